"""The paper's core: negatives synthesized from positives (section 3.3, Algorithm 1).

Pure functions on tensors. Shapes: C classes, P positives each, d feature dimensions. Everything random takes an
explicit generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

# In a Gaussian cloud of many dimensions all texts are about √(2·Tr Σ) apart, the nearest ones too. Real classes are
# clumps: the third nearest text lies at 0.5 to 0.7 of that. This brings both measures of an extent to one scale.
CLUMPING = 1.6
# What `synthesize` can make: by its steps, `ans` being all three.
WITH_ASCENT, WITH_PROJECTION = ("ans", "noise+ascent"), ("ans", "noise+projection")
SHELL_MODES = ("ans", "noise+projection", "noise+ascent", "noise")
# The stages of `synthesize`, as they are recorded.
NOISE, ASCENT, PROJECTION = "noise", "ascent", "projection"
# A class whose texts coincide differs by rounding alone: about 1e-7 a dimension. Real classes vary by more than 1e-2.
LEAST_DEVIATION = 1e-6
Record = Callable[[str, Tensor], None]


@dataclass(frozen=True)
class ClassShell:
    """Where negatives of C classes are made: noise of `deviations` [C, d], then `radii` [C] to γ times them away."""

    deviations: Tensor
    radii: Tensor

    @classmethod
    def around(
        cls,
        features: Tensor,
        labels: Tensor,
        num_classes: int,
        *,
        neighbours: int,
        radius_scale: float,
        fixed_radius: float | None,
    ) -> ClassShell:
        """The shells of all classes, read from their texts; see `class_deviations` and `class_radii`.

        Args:
            features: [N, d]. labels: [N], in 0 … C−1, on any device.
        """
        labels = labels.to(features.device)
        deviations = class_deviations(features, labels, num_classes, neighbours)
        if fixed_radius is None and not has_spread(deviations).any():
            deviations = _halfway(features, labels, num_classes)
        return cls(deviations, class_radii(deviations, radius_scale, fixed_radius))

    def only(self, m: int) -> ClassShell:
        """The shell of one class; C is 1 in all shapes then."""
        return self.some(slice(m, m + 1))

    def some(self, rows: slice) -> ClassShell:
        """The shells of some classes."""
        return ClassShell(self.deviations[rows], self.radii[rows])

    @property
    def noise_deviations(self) -> Tensor:
        """[C, d]. A class without a spread of its own takes noise as wide as its radius, alike in all directions."""
        even = self.radii.unsqueeze(1) / math.sqrt(2 * self.deviations.shape[1])
        return torch.where(has_spread(self.deviations).unsqueeze(1), self.deviations, even)


def has_spread(deviations: Tensor) -> Tensor:
    """Which classes have texts that differ by more than rounding: [C, d] → [C]."""
    return deviations.square().mean(1).sqrt() > LEAST_DEVIATION


def by_class(rows: Tensor, labels: Tensor, num_classes: int) -> tuple[Tensor, ...]:
    """The rows [N, …] of each class, in their order, C times [n_m, …]; in one pass, however many classes there are."""
    counts = torch.bincount(labels, minlength=num_classes).tolist()
    return rows[labels.argsort(stable=True)].split(counts)


def class_means(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """[N, d] and classes [N] → [C, d]."""
    counts = torch.bincount(labels, minlength=num_classes).clamp(min=1).unsqueeze(1)
    return features.new_zeros(num_classes, features.shape[1]).index_add(0, labels, features) / counts


def class_deviations(features: Tensor, labels: Tensor, num_classes: int, neighbours: int = 0) -> Tensor:
    """√diag Σ_m: standard deviation of each class's features per dimension.

    Args:
        features: [N, d]. labels: [N], in 0 … C−1, every class present.
        neighbours: k; each class's deviations are scaled together so that √(2·Tr Σ_m) is `CLUMPING` times the mean
            distance to the k-th nearest text of the class. 0 leaves them as they are.

    Returns:
        [C, d].
    """
    means = class_means(features, labels, num_classes)
    deviations = class_means((features - means[labels]) ** 2, labels, num_classes).sqrt()
    if not neighbours:
        return deviations
    apart = torch.stack([neighbour_distance(own, neighbours) for own in by_class(features, labels, num_classes)])
    spread = (2 * deviations.square().sum(1)).sqrt()
    scale = torch.where((apart > 0) & has_spread(deviations), CLUMPING * apart / spread.clamp(min=1e-12), 1.0)
    return deviations * scale.unsqueeze(1)


def _halfway(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """Where no class shows a spread, having one text: each reaches halfway to the nearest other one, evenly. [C, d].

    Read as `class_radii` does, √(2·Tr Σ_m) is half the mean distance between nearest classes.
    """
    first = torch.stack([own[0] for own in by_class(features, labels, num_classes)])
    apart = torch.cdist(first, first).fill_diagonal_(math.inf).min(1).values.mean()
    return features.new_full((num_classes, features.shape[1]), float(apart) / 2 / math.sqrt(2 * features.shape[1]))


def neighbour_distance(features: Tensor, k: int) -> Tensor:
    """Mean distance of one class's texts [n, d] to their k-th nearest other text of it (the last if there are fewer).

    0 for a single text.
    """
    k = min(k, len(features) - 1)
    parts = [torch.cdist(part, features).topk(k + 1, largest=False).values[:, -1] for part in features.split(1024)]
    return torch.cat(parts).mean()


def class_radii(deviations: Tensor, scale: float, fixed: float | None = None) -> Tensor:
    """r_m = c·√(2·Tr Σ_m), since √(2·Tr Σ) bounds the mean distance of two texts of a class (Proposition 1).

    A class whose texts all coincide has no spread of its own and takes the mean radius of the others.

    Args:
        deviations: [C, d]. scale: c. fixed: the paper's one r for all classes, instead.

    Returns:
        [C], every one above zero.

    Raises:
        ValueError: no class has any spread, so no radius can be read from the data.
    """
    if fixed is not None:
        return deviations.new_full((len(deviations),), fixed)
    radii = scale * (2 * deviations.square().sum(1)).sqrt()
    spread = has_spread(deviations)
    if not spread.any():
        raise ValueError("the radius needs at least two different texts; add texts or set fixed_radius.")
    return torch.where(spread, radii, radii[spread].mean())


def gaussian_noise(shape: torch.Size, deviations: Tensor, scale: float, generator: torch.Generator) -> Tensor:
    """ε ~ N(0, scale²·diag Σ_m); scale 2 is the paper's N(0, 4·diag Σ_m) (line 8).

    Args:
        shape: [C, P, d]. deviations: [C, d].
    """
    draw = torch.randn(shape, generator=generator, device=generator.device).to(deviations.device)
    return scale * deviations.unsqueeze(1) * draw


def ascend(
    positives: Tensor, noise: Tensor, logits: Callable[[Tensor], Tensor], steps: int, step_lengths: Tensor
) -> Tensor:
    """Move the noise to where the heads are most wrong about it (lines 9 to 12).

    Each step goes `step_lengths[m]` along the normalised gradient of ℓ = log(1 + exp(g_m(z + ε))) with respect to ε.
    The heads' weights receive no gradient.

    Args:
        positives, noise: [C, P, d]. logits: [C, P, d] → [C, P]. step_lengths: [C], η for each class.
    """
    lengths = step_lengths.view(-1, 1, 1)
    for _ in range(steps):
        noise = noise.detach().requires_grad_(True)
        with torch.enable_grad():
            loss = F.softplus(logits(positives + noise)).sum()
            (gradient,) = torch.autograd.grad(loss, noise)
        noise = noise + lengths * F.normalize(gradient, dim=-1)
    return noise.detach()


def project(noise: Tensor, radii: Tensor, gamma: float) -> Tensor:
    """Rescale each ε along its own direction into the shell r_m ≤ ‖ε‖ ≤ γ·r_m; inside it none moves (lines 13, 14).

    Args:
        noise: [C, P, d]. radii: [C].
    """
    length = noise.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    inner = radii.view(-1, 1, 1)
    return noise * (length.clamp(inner, gamma * inner) / length)


def synthesize(
    positives: Tensor,
    shell: ClassShell,
    logits: Callable[[Tensor], Tensor],
    generator: torch.Generator,
    *,
    mode: str = "ans",
    noise_scale: float = 2.0,
    ascent_steps: int = 5,
    ascent_rate: float = 0.03,
    gamma: float = 2.0,
    record: Record | None = None,
) -> Tensor:
    """Algorithm 1, lines 8 to 14: one synthesized negative z + ε for each positive z.

    Args:
        positives: [C, P, d]. shell: of the C classes. logits: the heads, [C, P, d] → [C, P].
        mode: one of `SHELL_MODES`: `ans`, the ablation's `noise+projection` and `noise`, or `noise+ascent`.
        ascent_rate: η as a share of the class's radius.
        record: hears each stage and the ε [C, P, d] after it: `NOISE`, then `ASCENT` for each step, then `PROJECTION`.

    Returns:
        [C, P, d], detached.
    """
    noise = gaussian_noise(positives.shape, shell.noise_deviations, noise_scale, generator)
    _tell(record, NOISE, noise)
    if mode in WITH_ASCENT:
        for _ in range(ascent_steps):
            noise = ascend(positives, noise, logits, 1, ascent_rate * shell.radii)
            _tell(record, ASCENT, noise)
    if mode in WITH_PROJECTION:
        noise = project(noise, shell.radii, gamma)
        _tell(record, PROJECTION, noise)
    return (positives + noise).detach()


def _tell(record: Record | None, stage: str, noise: Tensor) -> None:
    if record is not None:
        record(stage, noise.detach())


def mix(positives: Tensor, negatives: Tensor, generator: torch.Generator) -> Tensor:
    """Another way to make negatives: a point on the line between a text of the class and one of another (Zhan 2021).

    Args:
        positives: [C, P, d]. negatives: [C, P, d], known negatives.

    Returns:
        [C, P, d].
    """
    share = torch.rand(*positives.shape[:2], 1, generator=generator, device=generator.device).to(positives.device)
    return share * positives + (1 - share) * negatives


@torch.no_grad()
def mix_hardest(
    positives: Tensor, negatives: Tensor, logits: Callable[[Tensor], Tensor], generator: torch.Generator
) -> Tensor:
    """Mixing with the known negatives that the head is most wrong about: the quarter with the largest logits.

    Args and result as in `mix`.
    """
    hardest = logits(negatives).topk(max(1, negatives.shape[1] // 4), dim=1).indices
    picked = torch.randint(hardest.shape[1], positives.shape[:2], generator=generator).to(hardest.device)
    rows = hardest.gather(1, picked).unsqueeze(-1).expand_as(positives)
    return mix(positives, negatives.gather(1, rows), generator)

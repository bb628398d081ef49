"""The paper's core: noise as wide as the class, ascent on the head's loss, projection into the shell."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ans.model.heads import OneVsRestHeads
from ans.model.negatives import (
    ASCENT,
    CLUMPING,
    NOISE,
    PROJECTION,
    ClassShell,
    ascend,
    class_deviations,
    class_radii,
    gaussian_noise,
    project,
    synthesize,
)

CLASSES, POSITIVES, DIM, GAMMA = 3, 40, 10, 2.0
RADII = torch.tensor([1.0, 2.0, 5.0])


def generator(seed: int = 0) -> torch.Generator:
    """A fresh seeded generator."""
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def heads() -> OneVsRestHeads:
    """Untrained heads in evaluation mode."""
    torch.manual_seed(0)
    return OneVsRestHeads(CLASSES, DIM).eval()


@pytest.fixture
def positives() -> Tensor:
    """[C, P, d]."""
    return torch.randn(CLASSES, POSITIVES, DIM, generator=generator(1))


@pytest.fixture
def deviations() -> Tensor:
    """[C, d], different in every class and dimension."""
    return torch.rand(CLASSES, DIM, generator=generator(2)) + 0.1


def refuse(_: Tensor) -> Tensor:
    """Stands where heads must not be asked."""
    raise AssertionError("this mode must not ask the heads")


def test_deviations_are_numpys_per_class_and_dimension():
    features = torch.randn(50, DIM, generator=generator())
    labels = torch.arange(50) % 4
    got = class_deviations(features, labels, 4).numpy()
    for m in range(4):
        np.testing.assert_allclose(got[m], features[labels == m].numpy().std(axis=0), rtol=1e-5)


def clumps(*centres: float) -> Tensor:
    """A class of as many clumps as centres, 20 texts each: [n, d]."""
    return torch.cat([torch.randn(20, DIM, generator=generator(i)) + 50 * at for i, at in enumerate(centres)])


def extent(features: Tensor, neighbours: int) -> Tensor:
    """√(2·Tr Σ) of one class."""
    deviations = class_deviations(features, torch.zeros(len(features), dtype=torch.long), 1, neighbours)
    return (2 * deviations.square().sum()).sqrt()


def test_read_from_neighbours_a_class_of_two_far_clumps_reaches_no_farther_than_one_clump():
    one, two = clumps(0.0), clumps(0.0, 1.0)
    assert extent(two, 0) > 10 * extent(one, 0)
    torch.testing.assert_close(extent(two, 3), extent(one, 3), rtol=0.1, atol=0)


def test_read_from_neighbours_the_extent_is_the_mean_distance_to_the_kth_nearest_text_times_a_constant():
    features = clumps(0.0)
    distances = np.sort(np.linalg.norm(features[:, None].numpy() - features[None].numpy(), axis=-1), axis=1)
    np.testing.assert_allclose(extent(features, 3), CLUMPING * distances[:, 3].mean(), rtol=1e-4)
    # a class with fewer texts than that takes the farthest there is
    np.testing.assert_allclose(extent(features[:2], 3), CLUMPING * (features[0] - features[1]).norm(), rtol=1e-4)


def test_read_from_neighbours_a_class_keeps_its_shape():
    features = torch.rand(30, DIM, generator=generator()) * torch.arange(1, DIM + 1)
    labels = torch.arange(30) % 2
    ratio = class_deviations(features, labels, 2, 3) / class_deviations(features, labels, 2)
    torch.testing.assert_close(ratio, ratio[:, :1].expand_as(ratio))


def test_classes_without_near_neighbours_to_read_from_keep_their_own_deviations():
    one = torch.ones(1, DIM)
    twins = torch.cat([torch.zeros(4, DIM), torch.ones(4, DIM)])
    labels = torch.tensor([0] + [1] * 8)
    features = torch.cat([one, twins])
    torch.testing.assert_close(class_deviations(features, labels, 2, 3), class_deviations(features, labels, 2))


def test_the_order_of_the_texts_does_not_change_the_deviations():
    features, labels = torch.randn(50, DIM, generator=generator()), torch.arange(50) % 4
    order = torch.randperm(50, generator=generator())
    torch.testing.assert_close(
        class_deviations(features[order], labels[order], 4), class_deviations(features, labels, 4)
    )


def test_radii_are_c_times_the_root_of_twice_the_trace_on_hand_computed_numbers():
    deviations = torch.tensor([[3.0, 4.0], [1.0, 1.0]])  # Tr Σ is 25 and 2, √(2·Tr Σ) is √50 and 2
    assert class_radii(deviations, 1.0).tolist() == pytest.approx([50**0.5, 2.0])
    assert class_radii(deviations, 0.75).tolist() == pytest.approx([0.75 * 50**0.5, 1.5])


def test_the_root_of_twice_the_trace_bounds_the_mean_distance_of_two_texts_of_a_class():
    features = torch.randn(200, DIM, generator=generator()) * torch.arange(1.0, DIM + 1)
    radius = class_radii(class_deviations(features, torch.zeros(200, dtype=torch.long), 1), 1.0).item()
    mean_distance = torch.pdist(features).mean().item()
    assert 0.8 * radius < mean_distance <= radius


def test_a_fixed_radius_holds_for_every_class_whatever_its_spread():
    assert class_radii(torch.tensor([[3.0, 4.0], [0.0, 0.0]]), 0.75, fixed=8.0).tolist() == [8.0, 8.0]


def test_a_class_without_spread_takes_the_mean_radius_of_the_others():
    deviations = torch.tensor([[3.0, 4.0], [0.0, 0.0], [1.0, 1.0]])
    assert class_radii(deviations, 1.0)[1].item() == pytest.approx((50**0.5 + 2.0) / 2)


def test_no_radius_can_be_read_when_no_class_has_spread():
    with pytest.raises(ValueError, match="needs at least two different texts; add texts or set fixed"):
        class_radii(torch.zeros(3, DIM), 0.75)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_noise_has_scale_standard_deviations_of_its_class_in_every_dimension(deviations, scale):
    noise = gaussian_noise((CLASSES, 20_000, DIM), deviations, scale, generator())
    torch.testing.assert_close(noise.std(dim=1), scale * deviations, rtol=0.03, atol=0)
    assert (noise.mean(dim=1).abs() < 0.03 * scale * deviations).all()


def test_ascent_does_not_lower_the_loss_of_any_head_on_any_positive(heads, positives):
    noise = 0.1 * torch.randn(positives.shape, generator=generator(3))
    before = F.softplus(heads(positives + noise))
    moved = ascend(positives, noise, heads, steps=5, step_lengths=0.01 * RADII)
    after = F.softplus(heads(positives + moved))
    assert (after >= before - 1e-6).all()
    assert (after.mean(dim=1) > before.mean(dim=1)).all()


def test_each_step_of_the_ascent_moves_by_eta_of_its_class(heads, positives):
    noise, lengths = torch.zeros_like(positives), torch.tensor([0.1, 0.5, 2.0])
    for _ in range(3):
        moved = ascend(positives, noise, heads, steps=1, step_lengths=lengths)
        torch.testing.assert_close(
            (moved - noise).norm(dim=-1), lengths[:, None].expand(-1, POSITIVES), rtol=1e-4, atol=0
        )
        noise = moved


def test_k_steps_are_k_times_one_step_and_none_leaves_the_noise_alone(heads, positives, deviations):
    noise, lengths = gaussian_noise(positives.shape, deviations, 1.0, generator()), 0.1 * RADII
    stepwise = noise
    for _ in range(4):
        stepwise = ascend(positives, stepwise, heads, 1, lengths)
    assert torch.equal(ascend(positives, noise, heads, 4, lengths), stepwise)
    assert torch.equal(ascend(positives, noise, heads, 0, lengths), noise)


def test_ascent_on_a_linear_head_follows_its_weight_vector(positives):
    direction = F.normalize(torch.randn(CLASSES, 1, DIM, generator=generator(4)), dim=-1)
    moved = ascend(positives, torch.zeros_like(positives), lambda z: (z * direction).sum(-1), 5, torch.ones(CLASSES))
    torch.testing.assert_close(moved, (5 * direction).expand_as(moved), rtol=0, atol=1e-5)


def test_the_heads_weights_receive_no_gradient_from_the_ascent(heads, positives, deviations):
    made = synthesize(positives.requires_grad_(), ClassShell(deviations, RADII), heads, generator())
    assert not made.requires_grad
    assert positives.grad is None
    assert all(parameter.grad is None for parameter in heads.parameters())


def test_the_ascent_works_where_gradients_are_switched_off(heads, positives, deviations):
    with torch.no_grad():
        inside = synthesize(positives, ClassShell(deviations, RADII), heads, generator())
    assert torch.equal(inside, synthesize(positives, ClassShell(deviations, RADII), heads, generator()))


def test_projection_keeps_the_direction_and_brings_the_length_into_the_shell():
    noise = torch.randn(CLASSES, POSITIVES, DIM, generator=generator()) * torch.logspace(-3, 3, POSITIVES)[:, None]
    projected = project(noise, RADII, GAMMA)
    torch.testing.assert_close(F.normalize(projected, dim=-1), F.normalize(noise, dim=-1), rtol=0, atol=1e-5)
    length, inner = projected.norm(dim=-1), RADII[:, None]
    assert (length >= inner * (1 - 1e-5)).all()
    assert (length <= GAMMA * inner * (1 + 1e-5)).all()


def test_projection_moves_to_the_nearer_edge_and_leaves_a_noise_inside_the_shell_alone():
    unit = torch.tensor([0.6, 0.8])
    noise = torch.stack([0.5 * unit, 1.0 * unit, 1.5 * unit, 2.0 * unit, 9.0 * unit]).unsqueeze(0)
    projected = project(noise, torch.tensor([1.0]), GAMMA)
    assert projected.norm(dim=-1)[0].tolist() == pytest.approx([1.0, 1.0, 1.5, 2.0, 2.0])
    torch.testing.assert_close(projected[:, 1:4], noise[:, 1:4])


@pytest.mark.parametrize("mode", ["ans", "noise+projection"])
@pytest.mark.parametrize("noise_scale", [0.01, 2.0, 100.0])
def test_synthesized_negatives_lie_in_the_shell(heads, positives, deviations, mode, noise_scale):
    made = synthesize(
        positives, ClassShell(deviations, RADII), heads, generator(), mode=mode, noise_scale=noise_scale, gamma=GAMMA
    )
    distance = (made - positives).norm(dim=-1)
    assert made.shape == positives.shape
    assert (distance >= RADII[:, None] * (1 - 1e-4)).all()
    assert (distance <= GAMMA * RADII[:, None] * (1 + 1e-4)).all()


@pytest.mark.parametrize("spread", [0.0, 2e-7])
@pytest.mark.parametrize("mode", ["ans", "noise+projection"])
def test_negatives_of_a_class_without_spread_lie_in_the_shell_and_apart_from_each_other(
    heads, deviations, mode, spread
):
    deviations[1] = spread  # texts that coincide differ by rounding alone
    positives = torch.ones(CLASSES, POSITIVES, DIM)
    made = synthesize(positives, ClassShell(deviations, RADII), heads, generator(), mode=mode, gamma=GAMMA)
    distance = (made - positives).norm(dim=-1)
    assert (distance >= RADII[:, None] * (1 - 1e-4)).all()
    assert (distance <= GAMMA * RADII[:, None] * (1 + 1e-4)).all()
    assert torch.pdist(made[1]).min() > 0.1


def test_mode_noise_adds_the_noise_alone_and_never_asks_the_heads(positives, deviations):
    made = synthesize(positives, ClassShell(deviations, RADII), refuse, generator(), mode="noise", noise_scale=1.5)
    assert torch.equal(made, positives + gaussian_noise(positives.shape, deviations, 1.5, generator()))


def test_mode_noise_and_projection_adds_the_projected_noise_and_never_asks_the_heads(positives, deviations):
    made = synthesize(
        positives, ClassShell(deviations, RADII), refuse, generator(), mode="noise+projection", gamma=GAMMA
    )
    noise = gaussian_noise(positives.shape, deviations, 2.0, generator())
    assert torch.equal(made, positives + project(noise, RADII, GAMMA))


def test_mode_ans_is_noise_then_ascent_then_projection_with_eta_a_share_of_the_radius(heads, positives, deviations):
    made = synthesize(
        positives, ClassShell(deviations, RADII), heads, generator(), ascent_steps=4, ascent_rate=0.2, gamma=GAMMA
    )
    noise = gaussian_noise(positives.shape, deviations, 2.0, generator())
    expected = positives + project(ascend(positives, noise, heads, 4, 0.2 * RADII), RADII, GAMMA)
    assert torch.equal(made, expected)


def test_mode_noise_and_ascent_leaves_the_negatives_where_the_ascent_ends(heads, positives, deviations):
    made = synthesize(
        positives, ClassShell(deviations, RADII), heads, generator(), mode="noise+ascent", ascent_rate=0.2
    )
    noise = gaussian_noise(positives.shape, deviations, 2.0, generator())
    assert torch.equal(made, positives + ascend(positives, noise, heads, 5, 0.2 * RADII))


def test_the_same_seed_gives_the_same_negatives_and_another_seed_others(heads, positives, deviations):
    first, again, other = (
        synthesize(positives, ClassShell(deviations, RADII), heads, generator(seed)) for seed in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("spread", [0.0, 2e-7])
def test_a_class_whose_texts_coincide_up_to_rounding_takes_the_mean_radius_of_the_others(spread):
    deviations = torch.tensor([[3.0, 4.0], [spread, spread], [1.0, 1.0]])
    assert class_radii(deviations, 1.0)[1].item() == pytest.approx((50**0.5 + 2.0) / 2)
    shell = ClassShell(deviations, class_radii(deviations, 1.0))
    assert (2 * shell.noise_deviations.square().sum(1)).sqrt()[1].item() == pytest.approx(shell.radii[1].item())
    assert torch.equal(shell.noise_deviations[[0, 2]], deviations[[0, 2]])


def test_every_stage_is_recorded_in_order_and_the_last_is_what_comes_out(heads, positives, deviations):
    stages = []
    shell = ClassShell(deviations, RADII)
    made = synthesize(
        positives, shell, heads, generator(), ascent_steps=3, record=lambda stage, noise: stages.append((stage, noise))
    )
    assert [stage for stage, _ in stages] == [NOISE, ASCENT, ASCENT, ASCENT, PROJECTION]
    assert torch.equal(positives + stages[-1][1], made)
    assert torch.equal(made, synthesize(positives, shell, heads, generator(), ascent_steps=3)), (
        "recording changes nothing"
    )
    assert torch.equal(stages[0][1], gaussian_noise(positives.shape, deviations, 2.0, generator()))

"""All one-vs-rest heads as one batched module (section 3.2; layer sizes of appendix A.5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN = (256, 64)  # appendix A.5


class OneVsRestHeads(nn.Module):
    """C binary classifiers d → 256 → 64 → 1 with ReLU and dropout, evaluated together.

    A head's weights never meet another head's: training all heads in one batch equals training each alone. The only
    thing they share is the cost of a few batched matrix products.
    """

    def __init__(self, num_classes: int, dim: int, hidden: tuple[int, int] = HIDDEN, dropout: float = 0.1) -> None:
        super().__init__()
        self.dropout = dropout
        widths = (dim, *hidden, 1)
        self.weights = nn.ParameterList()  # layer l: [C, in, out]
        self.biases = nn.ParameterList()  # layer l: [C, 1, out]
        for fan_in, fan_out in pairwise(widths):
            bound = 1 / math.sqrt(fan_in)  # what nn.Linear draws from, per head
            self.weights.append(nn.Parameter(torch.empty(num_classes, fan_in, fan_out).uniform_(-bound, bound)))
            self.biases.append(nn.Parameter(torch.empty(num_classes, 1, fan_out).uniform_(-bound, bound)))

    @property
    def num_classes(self) -> int:
        """C, the number of heads."""
        return self.weights[0].shape[0]

    @property
    def widths(self) -> tuple[int, int]:
        """Units of the two hidden layers."""
        return self.weights[0].shape[2], self.weights[1].shape[2]

    def some(self, rows: slice) -> OneVsRestHeads:
        """Copies of some of the heads, to be trained by themselves; `put` takes their weights back."""
        twin = OneVsRestHeads(0, self.weights[0].shape[1], self.widths, self.dropout).to(self.weights[0].device)
        for own, copied in zip(self.parameters(), twin.parameters(), strict=True):
            copied.data = own.detach()[rows].clone()
        return twin

    @torch.no_grad()
    def put(self, rows: slice, heads: OneVsRestHeads) -> None:
        """Take over the weights of heads that `some` gave."""
        for own, other in zip(self.parameters(), heads.parameters(), strict=True):
            own[rows] = other

    def hidden(self, features: Tensor, only: int | Tensor | None = None) -> Tensor:
        """Second hidden layer, before dropout: [B, d] or [C, B, d] → [C, B, 64]. What the paper's Figure 4 draws.

        Args:
            only: run the heads of this class, or of these [K], alone; C is their number in all shapes then.
        """
        x = self._layer(0, features, only).relu()
        return self._layer(1, F.dropout(x, self.dropout, self.training), only).relu()

    def forward(self, features: Tensor, only: int | Tensor | None = None) -> Tensor:
        """Logits g_m; above zero means yes.

        Args:
            features: [B, d], the same texts for every head, or [C, B, d], each head its own. only: as in `hidden`.

        Returns:
            [C, B].
        """
        x = F.dropout(self.hidden(features, only), self.dropout, self.training)
        return self._layer(2, x, only).squeeze(-1).float()  # losses are float32 in mixed precision, too

    def _layer(self, index: int, x: Tensor, only: int | Tensor | None) -> Tensor:
        weight, bias = self.weights[index], self.biases[index]
        if only is not None:  # autocast converts a whole weight once for many uses, a slice of it each time
            rows = slice(only, only + 1) if isinstance(only, int) else only
            weight, bias = weight[rows], bias[rows]
        if x.dim() == 2:
            x = x.expand(len(weight), -1, -1)
        return torch.baddbmm(bias, x, weight)


class MultiViewHeads(nn.Module):
    """One `OneVsRestHeads` for each view of a text, with their logits averaged.

    A view is one encoder's feature of the text: the fine-tuned one's, and the untouched one's. Each view's heads are
    trained by themselves; they only vote together.
    """

    dim: int
    views: Sequence[OneVsRestHeads]

    def __init__(
        self, num_classes: int, dim: int, views: int, dropout: float = 0.1, hidden: tuple[int, int] = HIDDEN
    ) -> None:
        super().__init__()
        self.dim = dim
        made = nn.ModuleList(OneVsRestHeads(num_classes, dim, hidden, dropout) for _ in range(views))
        self.views = made  # pyright: ignore[reportAttributeAccessIssue]  a ModuleList holds what it was given

    @property
    def num_classes(self) -> int:
        """C."""
        return self.views[0].num_classes

    def split(self, features: Tensor) -> tuple[Tensor, ...]:
        """[…, V·d] → V times […, d]."""
        return features.split(self.dim, dim=-1)

    def forward(self, features: Tensor, only: Tensor | None = None) -> Tensor:
        """Mean logit over the views; above zero means yes. [B, V·d] or [C, B, V·d] → [C, B]. `only` as above."""
        parts = zip(self.views, self.split(features), strict=True)
        return torch.stack([heads(part, only) for heads, part in parts]).mean(0)

    def hidden(self, features: Tensor, only: int | None = None) -> Tensor:
        """Second hidden layers of all views side by side: [B, V·d] or [C, B, V·d] → [C, B, V·64]. `only` as above."""
        parts = zip(self.views, self.split(features), strict=True)
        return torch.cat([heads.hidden(part, only) for heads, part in parts], dim=-1)

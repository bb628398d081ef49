"""What the frozen layers made of many texts, without padding, and how texts of like length are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class CachedStates:
    """The frozen layers' output for many texts, without padding.

    `flat` is [tokens of all texts, d], or their ids [tokens of all texts] where a model can't be cut in two; text i
    owns the rows `starts[i] … starts[i] + lengths[i]`. `pieces` [tokens of all texts] numbers the pieces of each text
    from 1 on; None if each is of one.
    """

    flat: Tensor
    starts: Tensor
    lengths: Tensor
    pieces: Tensor | None = None

    @classmethod
    def of(cls, flat: Tensor, lengths: Tensor, counts: list[int]) -> CachedStates:
        """States of pieces one after the other: `lengths` of the pieces [P], and how many each text has [N]."""
        starts = lengths.cumsum(0) - lengths
        if len(counts) == len(lengths):
            return cls(flat, starts, lengths)
        many = torch.tensor(counts)
        first = many.cumsum(0) - many
        number = torch.arange(len(lengths)) - first.repeat_interleave(many) + 1
        whose = torch.arange(len(many)).repeat_interleave(many)
        whole = torch.zeros_like(many).index_add_(0, whose, lengths)
        return cls(flat, starts[first], whole, number.repeat_interleave(lengths))

    def __len__(self) -> int:
        return len(self.lengths)

    def only(self, rows: Tensor) -> CachedStates:
        """The states of some texts, in the order of `rows`."""
        lengths = self.lengths[rows]
        starts = lengths.cumsum(0) - lengths
        index = torch.arange(int(lengths.sum())) + (self.starts[rows] - starts).repeat_interleave(lengths)
        return CachedStates(self.flat[index], starts, lengths, None if self.pieces is None else self.pieces[index])

    def batch(self, rows: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """Some texts, padded: states [B, L, d] and mask [B, L], on real tokens the number of their piece, from 1 on."""
        lengths = self.lengths[rows]
        steps = torch.arange(int(lengths.max()))
        mask = steps < lengths[:, None]
        index = self.starts[rows][:, None] + torch.where(mask, steps, 0)
        pieces = mask.long() if self.pieces is None else torch.where(mask, self.pieces[index], 0)
        return self.flat[index].to(device), pieces.to(device)


def batches_by_length(lengths: Tensor, size: int, generator: torch.Generator | None = None) -> Iterator[Tensor]:
    """Row indices in batches of texts of like length. Random with a generator, else sorted by length."""
    if not len(lengths):
        return
    if generator is None:
        # Few texts fill one batch, whose longest pads all others: in four parts they take a fifth less time.
        size = min(size, max(16, -(-len(lengths) // 4)))
        yield from lengths.argsort(stable=True).split(size)
        return
    rows = torch.randperm(len(lengths), generator=generator)
    # Sorting inside pools of 32 batches keeps padding low and still makes a new mixture in each pass.
    pools = [pool[lengths[pool].argsort(stable=True)] for pool in rows.split(32 * size)]
    chunks = [chunk for pool in pools for chunk in pool.split(size)]
    for i in torch.randperm(len(chunks), generator=generator).tolist():
        yield chunks[i]


def by_piece(states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A batch of texts of several pieces → one of pieces: states [P, L', d], mask [P, L'] of 0 and 1, and whose each is
    [P]."""
    counts = mask.amax(1)
    owner = torch.arange(len(mask), device=mask.device).repeat_interleave(counts)
    number = torch.arange(len(owner), device=mask.device) - (counts.cumsum(0) - counts)[owner] + 1
    own = mask[owner] == number[:, None]
    lengths, first = own.sum(1), own.int().argmax(1)  # the tokens of a piece stand side by side
    steps = torch.arange(int(lengths.max()), device=mask.device)
    real = steps < lengths[:, None]
    return states[owner[:, None], first[:, None] + torch.where(real, steps, 0)], real.long(), owner

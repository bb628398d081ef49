"""Texts → token ids: the encoder's own prompt before each, and long texts in pieces that fit its window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ans.conventions import whole_characters
from ans.durable import is_passing, one_sentence

MOST_PIECES = 8  # of a long text; what comes after them is cut off


class Tokens:
    """How an encoder takes texts apart. `window`: the most tokens it is given at a time, special ones included.

    `before` and `after` are the tokens around each text: the special ones, and the prompt's.

    Raises:
        ValueError: the prompt leaves no room for a text.
    """

    def __init__(self, tokenizer: Any, prompt: str, window: int, most_pieces: int) -> None:
        self.tokenizer, self.prompt, self.window, self.most_pieces = tokenizer, prompt, window, most_pieces
        self.padding = tokenizer.pad_token_id or 0
        self.before, self.after = self._around()
        if prompt and window <= len(self.before) + len(self.after):
            raise ValueError(f"the prompt {prompt!r} leaves no room for a text in {window} tokens; raise max_tokens.")

    def _around(self) -> tuple[list[int], list[int]]:
        """The tokens before and after a text; where a word is read otherwise behind a prompt, those that two texts have
        in common."""
        probe, (whole, other) = self._plain("probe"), self._ids(["probe", "zebra"])
        start = next((i for i in range(len(whole)) if whole[i : i + len(probe)] == probe), None)
        if start is not None:
            return whole[:start], whole[start + len(probe) :]
        before = _alike(whole, other)
        after = _alike(whole[len(before) :][::-1], other[len(before) :][::-1])[::-1]
        return before, after

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, cut off at the window; at least one token a text."""
        found = self._ids(texts, truncation=True, max_length=self.window) if len(texts) else []
        return [ids or [self.padding] for ids in found]

    def pieces(self, texts: Sequence[str]) -> list[list[list[int]]]:
        """The ids of each text, of one that is longer than the window in as few pieces of like length as it takes.

        Each piece has the special tokens and the prompt. There are at most `most_pieces`; the rest is cut off.
        """
        found = [[ids] for ids in self.cut(texts)]
        room = self.window - len(self.before) - len(self.after)
        if self.most_pieces == 1 or room < 1:
            return found
        for i, (first,) in enumerate(found):
            if len(first) < self.window:
                continue
            # Words of more letters a token matter to nobody, and a book must not be read to its end to be cut off.
            ids = self._plain(texts[i][: 16 * self.window * self.most_pieces])[: room * self.most_pieces]
            if (count := math.ceil(len(ids) / room)) > 1:
                ends = [round(k * len(ids) / count) for k in range(count + 1)]
                found[i] = [[*self.before, *ids[start:end], *self.after] for start, end in pairwise(ends)]
        return found

    def padded(self, ids: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """Token ids and mask [B, L], filled up on the right whichever side the tokenizer prefers."""
        rows = [torch.tensor(tokens, dtype=torch.long) for tokens in ids]
        tokens = pad_sequence(rows, batch_first=True, padding_value=self.padding)
        lengths = torch.tensor([len(row) for row in rows])
        return tokens, (torch.arange(tokens.shape[1]) < lengths[:, None]).long()

    def _ids(self, texts: Sequence[str], **options: Any) -> list[list[int]]:
        return self._read([self.prompt + whole_characters(text) for text in texts], **options)

    def _plain(self, text: str) -> list[int]:
        """The ids of the text alone, without prompt and special tokens, however long it is."""
        return self._read(whole_characters(text), add_special_tokens=False)

    def _read(self, given: Any, **options: Any) -> Any:
        try:
            return self.tokenizer(given, return_attention_mask=False, **options)["input_ids"]
        except Exception as error:  # whatever a library raises that reads a tokenizer nobody vouches for
            if is_passing(error):
                raise
            reason = one_sentence(error).rstrip(".")
            raise ValueError(f"the encoder's tokenizer can't read a text ({reason}).") from error


def _alike(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """What two lists begin with alike."""
    return [first for first, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))]

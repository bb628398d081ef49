"""The frozen layers' states of texts, kept on disk: the next training on the same texts begins where they end.

Seeds, ratios, settings and runs share them. They are found by a hash of the tokens, below a folder for the frozen
weights, the layers and the kind of device; no text is written down. In full precision, so that a training from kept
states ends with the numbers of one that computes them: half would save half the room, and move every result a little.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ans.durable import is_passing, remedy, replacing
from ans.model.encoder import TextEncoder
from ans.model.precision import is_rounded
from ans.model.states import CachedStates
from ans.tensor_files import write_tensors

log = logging.getLogger("ans.model")
MOST_BYTES = 2 * 2**30  # of all files together; those that were not used for the longest time go first
FILE_BYTES = 64 * 2**20  # of a file's states, about
KEY = 16  # bytes of a hash
EachBatch = Callable[[int, int], None]


@dataclass(frozen=True)
class KeptStates:
    """Where states are kept. Without a folder they are computed each time."""

    folder: Path | None = None
    most_bytes: int = MOST_BYTES

    def of(
        self, encoder: TextEncoder, texts: list[str], each_batch: EachBatch = lambda done, total: None
    ) -> CachedStates:
        """What `encoder.cache` gives of these texts, computed only where it is not kept.

        A full disk, or a file that can't be used, costs time and nothing else.
        """
        if self.folder is None or encoder.lower is None or not texts:
            return encoder.cache(texts, each_batch=each_batch)
        pieces = encoder.tokens.pieces(texts)
        keys = [_key(own) for own in pieces]
        shelf = _Shelf(self.folder / _name(encoder), encoder.width)
        found = shelf.read(keys)
        missing = {key: row for row, key in enumerate(keys) if key not in found}
        if missing:
            kept = len(texts) - len(missing)
            own = [pieces[row] for row in missing.values()]
            computed = encoder.cache_pieces(own, each_batch=lambda done, _: each_batch(kept + done, len(texts)))
            shelf.write(list(missing), computed)
            self._make_room()
            found |= {key: (computed, i) for i, key in enumerate(missing)}
        else:
            each_batch(len(texts), len(texts))
        return _put_together([found[key] for key in keys], pieces, encoder.width)

    def _make_room(self) -> None:
        """Delete what was not used for the longest time, until the rest is within the limit."""
        files = []
        for path in (self.folder or Path()).glob("*/*.safetensors"):
            with suppress(OSError):  # another training deletes, too
                about = path.stat()
                files.append((about.st_mtime_ns, about.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.most_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size


NOT_KEPT = KeptStates()
Found = tuple[CachedStates, int]  # states of many texts, and which of them


@dataclass(frozen=True)
class _Shelf:
    """The files of one encoder, each of many texts: `keys` [N, 16], `lengths` [N] in tokens, `flat` [tokens, d]."""

    folder: Path
    width: int

    def read(self, keys: Sequence[bytes]) -> dict[bytes, Found]:
        """What is kept of these. A file is read to its end only if some of them are in it."""
        wanted, found = set(keys), {}
        for path in sorted(self.folder.glob("*.safetensors")):
            try:
                found |= self._read(path, wanted - found.keys())
            except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as error:
                log.warning("%s can't be used, so its states are computed again: %s", path.name, error)
                if not isinstance(error, OSError) and not is_passing(error):  # else it may be whole
                    with suppress(OSError):
                        path.unlink()
        return found

    def _read(self, path: Path, wanted: set[bytes]) -> dict[bytes, Found]:
        """Those of one file.

        Raises:
            ValueError, SafetensorError, KeyError, RuntimeError: it is damaged, or of something else.
        """
        with safe_open(path, "pt") as file:
            index = file.get_tensor("keys")
            mine = {key: row for row, key in enumerate(_rows(index)) if key in wanted}
            if not mine:
                return {}
            lengths, flat, about = file.get_tensor("lengths"), file.get_tensor("flat"), file.metadata() or {}
        if flat.shape != (int(lengths.sum()), self.width) or len(lengths) != len(index):
            raise ValueError("its parts don't fit together.")
        if about.get("checksum") != _checksum(index, lengths, flat):
            raise ValueError("its checksum is another one.")
        os.utime(path)
        states = CachedStates(flat, lengths.cumsum(0) - lengths, lengths)
        return {key: (states, row) for key, row in mine.items()}

    def write(self, keys: Sequence[bytes], states: CachedStates) -> None:
        """Keep the states of texts, some tens of megabytes a file."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for rows in _by_size(states.lengths, FILE_BYTES // (4 * self.width)):
                some = states.only(rows)
                index = np.frombuffer(b"".join(keys[i] for i in rows.tolist()), dtype=np.uint8)
                parts = (torch.from_numpy(index.reshape(-1, KEY).copy()), some.lengths.contiguous(), some.flat)
                named = {"keys": parts[0], "lengths": parts[1], "flat": parts[2]}
                with replacing(self.folder / f"{secrets.token_hex(8)}.safetensors") as building:
                    write_tensors(building, named, save_file, metadata={"checksum": _checksum(*parts)})
        except OSError as error:
            log.warning("States could not be kept: %s", remedy(error) or error)


def _name(encoder: TextEncoder) -> str:
    """The folder for all on which the states of given tokens depend."""
    precision = "-bf16" if is_rounded() and encoder.can_round else ""
    return f"{encoder.fingerprint()[:24]}-{len(encoder.prefix)}-{encoder.device.type}{precision}"


def _key(pieces: list[list[int]]) -> bytes:
    """A hash of a text's tokens."""
    parts = [np.asarray([len(own), *own], dtype="<i4").tobytes() for own in pieces]
    return hashlib.sha256(b"".join(parts)).digest()[:KEY]


def _rows(index: Tensor) -> list[bytes]:
    plain = index.numpy().tobytes()
    return [plain[i : i + KEY] for i in range(0, len(plain), KEY)]


def _checksum(*parts: Tensor) -> str:
    found = 0
    for part in parts:
        found = zlib.crc32(part.contiguous().numpy().data, found)
    return f"{found:08x}"


def _by_size(lengths: Tensor, most: int) -> Iterator[Tensor]:
    """Rows, in their order, in parts of about so many tokens."""
    parts = torch.bincount((lengths.cumsum(0) - lengths) // max(1, most))
    yield from torch.arange(len(lengths)).split(parts[parts > 0].tolist())


def _put_together(found: Sequence[Found], pieces: list[list[list[int]]], width: int) -> CachedStates:
    """The states of texts in the order of `found`, whatever files they come from."""
    sources = {id(states): states for states, _ in found}
    number_of = {source: number for number, source in enumerate(sources)}
    whose = torch.tensor([number_of[id(states)] for states, _ in found])
    places = torch.tensor([row for _, row in found])
    lengths, counts = torch.tensor([len(piece) for own in pieces for piece in own]), [len(own) for own in pieces]
    first = next(iter(sources.values()))
    if len(sources) == 1 and torch.equal(places, torch.arange(len(first))):  # as they were computed: no copy of all
        return CachedStates.of(first.flat, lengths, counts)
    flat = torch.empty(int(lengths.sum()), width)
    made = CachedStates.of(flat, lengths, counts)
    for number, states in enumerate(sources.values()):
        rows = (whose == number).nonzero().squeeze(1)
        whole, some = made.lengths[rows], states.only(places[rows])
        flat[torch.arange(len(some.flat)) + (made.starts[rows] - some.starts).repeat_interleave(whole)] = some.flat
    return made

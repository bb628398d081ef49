"""Whether the large files of a run are all there, without reading them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from ans.durable import is_passing
from ans.json_files import DamagedFile, damaged, stamp

JSON_OBJECT, JSON_LIST, SAFETENSORS = "{}", "[]", "safetensors"
_MOST_HEADER = 64 * 2**20  # bytes; a model of a thousand classes has a few thousand tensors, and a header of 1 MB


def looks_whole(path: Path, kind: str) -> None:
    """See whether a file is torn, empty or something else. Looked at once for each time it was written.

    Args:
        kind: `JSON_OBJECT` and `JSON_LIST` by their first and last letter, `SAFETENSORS` by the length in its header.

    Raises:
        FileNotFoundError: there is none. DamagedFile: it is not whole.
    """
    _look(path, stamp(path), kind)


@lru_cache(maxsize=16384)
def _look(path: Path, written: tuple[int, int, int], kind: str) -> None:
    size = written[1]
    try:
        with path.open("rb") as file:
            if kind == SAFETENSORS:
                whole = size == _told_length(file.read(8), file)
            else:
                first = file.read(64).lstrip()[:1]
                file.seek(max(0, size - 64))
                whole = size > 1 and (first + file.read().rstrip()[-1:]).decode("ascii", "replace") == kind
    except FileNotFoundError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        if is_passing(error):
            raise
        raise damaged(path, error) from error
    if not whole:
        raise DamagedFile(f"{path.name} is damaged (it is not whole).")


def _told_length(start: bytes, file) -> int:
    """The bytes a safetensors file has by its own header: 8 for the header's length, the header, the tensors."""
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > _MOST_HEADER:
        return -1
    header = json.loads(file.read(length))
    ends = [about["data_offsets"][1] for name, about in header.items() if name != "__metadata__"]
    return 8 + length + max(ends, default=0)

"""JSON files that appear whole or not at all, since another process may be reading them; and typed, when they are read.

A file of a run may be torn, empty, from another version or another program. Reading one never raises anything but
`DamagedFile`, so that one odd file can be left out by whoever meets it. Where the machine is short of memory or open
files, no file is to blame: that error goes on as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from math import isfinite
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from ans.durable import is_passing, replacing

T = TypeVar("T")


class DamagedFile(ValueError):
    """A file that is not what it should be. The message says which, and how."""


class NewerFormat(ValueError):
    """A file that a newer version of this project wrote in a way this one can't read."""


def parser(kind: Any) -> Callable[[bytes], Any]:
    """A function from the bytes of a JSON file to a value of this kind, such as a dataclass; types must fit exactly.

    A key that the kind does not have is ignored.
    """
    return partial(TypeAdapter(kind).validate_json, strict=True)


def read_json(path: Path) -> Any:
    """The value a file holds.

    Raises:
        FileNotFoundError: there is none. DamagedFile: it can't be read, or is no JSON.
    """
    stamp(path)
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        if is_passing(error):
            raise
        raise damaged(path, error) from error


def read_typed(path: Path, parse: Callable[[bytes], T]) -> T:
    """What `parse` makes of a file; it is asked once for each time the file was written.

    The page asks for the files of all runs every second.

    Args:
        parse: raises ValueError if the bytes are not what they should be. Its result is shared: it must not be changed.

    Raises:
        FileNotFoundError: there is none. DamagedFile: it can't be read, or holds something else. NewerFormat: `parse`.
    """
    written, newest = stamp(path), _newest(path, parse)
    if newest.known is None or newest.known[0] != written:
        newest.known = written, _parsed(path, parse)
    return newest.known[1]


def write_json(path: Path, value: Any) -> None:
    """Write a file, whole or not at all."""
    with replacing_json(path, value):
        pass


@contextmanager
def replacing_json(path: Path, value: Any) -> Iterator[None]:
    """Write a file that takes its place, whole, when the block ends well; else the older one stays."""
    with replacing(path) as building:
        building.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        yield


def json_text(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """A value as JSON that every program reads: a number that is none, or is without end, is null.

    Args:
        default: of a value that JSON has no kind for.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=default)
    except ValueError:  # looked for in the rare value that has some alone
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, default=default)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return {name: _finite(part) for name, part in value.items()} if isinstance(value, dict) else value


def stamp(path: Path) -> tuple[int, int, int]:
    """What changes whenever the file is written: when, its size, its inode.

    Raises:
        FileNotFoundError: there is none. DamagedFile: it can't even be looked at, or is a pipe or a device, of which
            nobody sees the end.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        if is_passing(error):
            raise
        raise damaged(path, error) from error
    if not (S_ISREG(stat.st_mode) or S_ISDIR(stat.st_mode)):  # of a folder the reading itself says what it is
        raise DamagedFile(f"{path.name} can't be read (it is no file).")
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class _Newest:
    """What a file held when it was read last, and its stamp then; a file that grows leaves nothing older behind."""

    known: tuple[tuple[int, int, int], Any] | None = None


@lru_cache(maxsize=16384)
def _newest(path: Path, parse: Callable[[bytes], Any]) -> _Newest:
    return _Newest()


def _parsed(path: Path, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(path.read_bytes())
    except (FileNotFoundError, NewerFormat):
        raise
    except (OSError, ValueError, RecursionError) as error:
        if is_passing(error):
            raise
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> DamagedFile:
    """The one sentence for a file that can't be read, or can't be understood."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        return DamagedFile(f"{path.name} is damaged ({f'{place}: ' if place else ''}{first['msg']}).")
    if isinstance(error, OSError):
        return DamagedFile(f"{path.name} can't be read ({error.strerror}).")
    return DamagedFile(f"{path.name} is damaged ({error}).")

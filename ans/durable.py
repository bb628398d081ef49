"""Files that appear whole or not at all, also when the power goes: written beside their place, then renamed to it."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What an operating system says when it can't write, and what a person can do.
_REMEDIES = {
    errno.ENOSPC: "the disk is full; delete runs in the Runs tab, or make room otherwise, then try again.",
    errno.EDQUOT: "the disk quota is used up; delete runs in the Runs tab, or make room otherwise, then try again.",
    errno.EFBIG: "the disk is full, or files may not be that large here; make room, then try again.",
    errno.EROFS: "the disk can't be written to; choose another place with --home or ANS_HOME.",
    errno.EACCES: "this place can't be written to; choose another one with --home or ANS_HOME.",
    errno.EPERM: "this place can't be written to; choose another one with --home or ANS_HOME.",
    errno.EMFILE: "too many files are open; try again in a moment.",
    errno.ENFILE: "too many files are open; try again in a moment.",
    errno.ENOMEM: "the memory is used up; close other programs, then try again.",
    errno.EAGAIN: "the system starts no more processes now; close other programs, then try again.",
}


# torch raises a RuntimeError of its allocators, and of a GPU that fails or was taken away.
_NO_MEMORY = re.compile(r"out of memory|allocate memory|not enough memory")
# Python's own, of code in C that failed and did not say how: it had no memory to say it in.
_FAILED_MUTELY = re.compile(r"without (exception set|setting an exception)")
_NO_GPU = re.compile(r"CUDA error|CUDA driver|NVIDIA driver|No CUDA GPUs|CUDNN_STATUS|CUBLAS_STATUS|MPS backend")
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)
# What `remedy` may know something of.
MACHINE_ERRORS = (OSError, MemoryError, RuntimeError, SystemError)


def remedy(error: Exception) -> str | None:
    """What went wrong with this machine and what to do about it, for errors that are nobody's mistake; None for others.

    Paths of the machine are not told.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return _REMEDIES.get(error.errno)
    mute = isinstance(error, SystemError) and _FAILED_MUTELY.search(str(error))
    if isinstance(error, MemoryError) or mute or (isinstance(error, RuntimeError) and _NO_MEMORY.search(str(error))):
        return "the memory is used up; choose fewer texts, a smaller batch or a smaller encoder, then try again."
    if isinstance(error, RuntimeError) and _NO_GPU.search(str(error)):
        return "the GPU does not work any more; start the app again, which computes on the CPU where there is no GPU."
    return None


def is_passing(error: Exception) -> bool:
    """Whether the machine is short of memory or open files, or its GPU failed: what was being read may be whole."""
    return error.errno in _PASSING if isinstance(error, OSError) else remedy(error) is not None


def one_sentence(error: Exception) -> str:
    """What a library says, in its first line, as a sentence; with the kind of error where that alone says something."""
    said = next(iter(str(error).splitlines()), "").strip()[:500]
    if not isinstance(error, (ValueError, OSError)):
        said = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return said if said.endswith(".") else f"{said}."


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write a file to, which then replaces `path`; if that fails, the old file stays and nothing is left."""
    building = path.with_name(f".{path.name}.{secrets.token_hex(3)}")
    try:
        yield building
        settle(building)
        os.replace(building, path)
    finally:
        building.unlink(missing_ok=True)
    settle(path.parent)


def put_in_place(building: Path, place: Path) -> None:
    """Rename a folder that is whole to its place, once all that is in it is on the disk."""
    for path in (*building.rglob("*"), building):
        settle(path)
    os.rename(building, place)
    settle(place.parent)


def put_if_first(building: Path, place: Path) -> None:
    """As `put_in_place`, of what every process makes alike: where another one was faster, its folder stays."""
    try:
        put_in_place(building, place)
    except OSError:
        if not place.is_dir():
            raise


def settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    opened = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""Files of tensors. A full disk, or too many open files, is told as for any other file, and not as damage."""

from __future__ import annotations

import errno
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ans.durable import is_passing
from ans.json_files import DamagedFile, stamp

log = logging.getLogger("ans")
Tensors = TypeVar("Tensors")
_SYSTEM_SAYS = re.compile(r"\(os error (\d+)\)")  # in the message of a SafetensorError, which keeps no number


def read_tensors(path: Path, load_file: Callable[[Path], Tensors]) -> Tensors:
    """What safetensors' `load_file`, for torch or numpy, makes of a file.

    Raises:
        FileNotFoundError: there is none. DamagedFile: it is not whole, or may not be read.
        OSError, MemoryError, RuntimeError: the machine is short of something, see `durable.is_passing`.
    """
    from safetensors import SafetensorError

    stamp(path)
    try:
        try:
            return load_file(path)
        except FileNotFoundError:  # safetensors says so of each file that it can't open, whatever the reason is
            path.open("rb").close()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path)) from None
    except FileNotFoundError:
        raise
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, TypeError) as error:
        if is_passing(error):
            raise
        if isinstance(error, OSError):
            raise DamagedFile(f"{path.name} can't be read ({error.strerror or 'the disk failed'}).") from error
        log.info("%s: %s", path, error)  # what the library says helps nobody else
        raise DamagedFile(f"{path.name} is damaged (it is not whole).") from error


def write_tensors(path: Path, tensors: object, save_file: Callable[..., None], **more: dict[str, str]) -> None:
    """Write a file by safetensors' `save_file`, for torch or numpy.

    Raises:
        OSError: the disk is full, or the like.
    """
    from safetensors import SafetensorError

    try:
        save_file(tensors, path, **more)
    except SafetensorError as error:
        if (said := _SYSTEM_SAYS.search(str(error))) is None:
            raise
        number = int(said[1])
        raise OSError(number, os.strerror(number), str(path)) from error

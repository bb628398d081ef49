"""Work on files that nobody vouches for, in a process of its own: where it takes too much, only that process ends."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final, ParamSpec, TypeVar

from ans.durable import remedy

GIB = 1 << 30
# How a process begins that has little of this one's memory, and begins soon where the system lets it.
LIGHT: Final = "spawn" if os.name == "nt" else "forkserver"
Given = ParamSpec("Given")
Result = TypeVar("Result")


def apart(
    seconds: float, memory: int, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    """What `work` returns, done in a process of its own.

    Args:
        seconds: how long it may take. memory: how many bytes it may use beside its code, where the system can hold it
            to that (Linux). work: a function of a module; what goes in and out is pickled.

    Raises:
        ValueError: it took too long or too much memory; or what `work` raises as one. OSError: the disk is full, or the
            like. RuntimeError: anything else went wrong in it.
    """
    context = multiprocessing.get_context(LIGHT)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, memory, work, given, named), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(seconds):
            raise ValueError(f"the file takes longer than {seconds:.0f} seconds to read; make it smaller or simpler.")
        error, result = here.recv()
    except (EOFError, ConnectionResetError):  # the system ended it
        error, result = ValueError(_too_large(memory)), None
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()
    if error is not None:
        raise error
    return result  # pyright: ignore[reportReturnType]


def _work(there: Connection, memory: int, work: Callable, given: tuple, named: dict) -> None:
    """In the other process: do it, and send (error, None) or (None, result)."""
    with suppress(OSError):  # what a library says of a broken file is told by the error alone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(ImportError, ValueError, OSError):  # not every system knows such limits
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: tuple[Any, Any] = (None, work(*given, **named))
    except (ValueError, OSError) as error:
        answer = (error, None)
    except Exception as error:
        used_up = isinstance(error, MemoryError) or remedy(error) is not None
        told = _too_large(memory) if used_up else f"{type(error).__name__}: {error}"
        answer = (ValueError(told) if used_up else RuntimeError(told), None)
    try:
        there.send(answer)
    except Exception as error:  # what it made can't be sent, perhaps since the memory is used up
        there.send(
            (ValueError(_too_large(memory)) if isinstance(error, MemoryError) else RuntimeError(str(error)), None)
        )


def _too_large(memory: int) -> str:
    return f"the file takes more than {memory / GIB:g} GiB of memory to read; make it smaller or simpler."

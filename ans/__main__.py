"""The command line: `ans`, or `python -m ans`: app, inspect, train, predict, teach, evaluate, benchmark, stress.

Runs one command, and turns what goes wrong into one sentence and an exit status. Everything heavy is imported inside
the commands, so that `--help` and a mistyped option answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from ans.command_arguments import PROGRAM, parsed
from ans.durable import remedy
from ans.terminal import open_what_is_closed

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for the reason that `ans.ui.start` gives

FAILED, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0, 2 after one sentence on stderr, 130 when interrupted."""
    open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a notebook's is none
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    asked = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if asked[:1] == ["app"]:
            from ans.ui.start import main as serve  # it has arguments of its own

            serve(asked[1:], f"{PROGRAM} app")
            return 0
        given = parsed(asked)
        status = given.command(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ImportError as error:
        return _fail(f"{error}; install the package again, with its dependencies.")
    except OSError as error:
        reason = error.strerror if error.strerror is not None else error
        return _fail(f"{reason}: {error.filename}" if error.filename is not None else reason)
    except (ValueError, RuntimeError, MemoryError) as error:
        return _fail(remedy(error) or str(error) or type(error).__name__)
    return status or 0


def _fail(sentence: object) -> int:
    print("error:", " ".join(str(sentence).split()), file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())

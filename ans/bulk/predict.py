"""`ans predict`: one answer a text, in the order of the texts, whether they are arguments, lines or rows of files."""

from __future__ import annotations

import argparse
import os
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from functools import partial
from io import BufferedReader
from typing import Any, cast

from ans.bulk.answered_files import Asked, answer_files, answers_of
from ans.data.encodings import MARKS, codec_of, marked
from ans.json_files import json_text
from ans.terminal import note


def predict(given: argparse.Namespace, load) -> dict[str, Any] | None:
    """Answer each text; of files, what came of them. `load` gives the model that the arguments name."""
    # Quoted, a `~` comes as it stands, and each engine would read it its own way.
    for name in ("model", "input", "out"):
        if (named := getattr(given, name)) is not None:
            setattr(given, name, os.path.expanduser(named))
    if (given.input is None) != (given.out is None):
        raise ValueError("--input and --out go together: the file with the texts, and the one for their answers.")
    if given.input is not None and given.text:
        raise ValueError("give texts or --input, not both.")
    if given.input is not None and given.out is not None:
        asked = Asked(given.model, given.text_column, given.sheet, given.encoding, given.refused, given.quiet)
        if given.engine == "ray":
            from ans.bulk.on_ray import answer_on_ray

            return answer_on_ray(given, asked, load)
        return answer_files(given.input, given.out, asked, partial(load, given))
    if given.engine == "ray":
        raise ValueError("--engine ray answers files; name them with --input and --out.")
    if not given.text and sys.stdin is None:
        raise ValueError("there are no texts, as stdin is closed; give some, or name a file with --input and --out.")
    encoding = None if given.text or given.encoding is None else _known_codec(given.encoding)
    model = load(given)
    if not given.text and sys.stdin.isatty():
        note("One text per line; end with Ctrl-D.", given.quiet)
    row = 0
    named = [os.fsencode(text).decode("utf-8", errors="replace") for text in given.text]
    for chunk in [named] if named else _arriving_lines(cast(BufferedReader, sys.stdin.buffer), encoding):
        texts = [text.strip("\ufeff \t\r\n") for text in chunk]
        for answer in answers_of(model, texts, given.candidates, given.neighbours):
            row += 1
            print(json_text({"row": row, **answer}))
        sys.stdout.flush()
    return None


def _arriving_lines(stream: BufferedReader, encoding: str | None) -> Iterator[Iterable[str]]:
    """The lines of a stream in the chunks they arrive in, at most 64 KiB at a time.

    Args:
        encoding: somebody has named it; else a mark at its beginning does, as a file's, and it is UTF-8 without one.
    """
    block = stream.read1(65536)
    while encoding is None and any(mark.startswith(block) and mark != block for mark, _ in MARKS):
        if not (more := stream.read1(1)):
            break
        block += more
    decoder = getincrementaldecoder(encoding or marked(block) or "utf-8")("replace")
    rest = ""
    while block:
        *lines, rest = (rest + decoder.decode(block)).split("\n")
        yield lines
        block = stream.read1(65536)
    if rest := rest + decoder.decode(b"", final=True):
        yield [rest]


def _known_codec(named: str) -> str:
    try:
        return codec_of(named)
    except ValueError as error:
        raise ValueError(f"stdin {error}") from error

"""`ans predict`: one answer a text, in the order of the texts, whether they are arguments, lines or rows of files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from io import BufferedReader
from typing import cast

from ans.bulk.answered_files import Asked, answer_files, answers_of
from ans.json_files import json_text
from ans.terminal import note


def predict(given: argparse.Namespace, load) -> None:
    """Answer each text. `load` gives the model that the arguments name."""
    if (given.input is None) != (given.out is None):
        raise ValueError("--input and --out go together: the file with the texts, and the one for their answers.")
    if given.input is not None and given.text:
        raise ValueError("give texts or --input, not both.")
    if given.input is not None and given.out is not None:
        asked = Asked(given.model, given.text_column, given.sheet, given.encoding, given.refused, given.quiet)
        if given.engine == "ray":
            from ans.bulk.on_ray import answer_on_ray

            answer_on_ray(given, asked, load)
            return
        answer_files(given.input, given.out, asked, partial(load, given))
        return
    if given.engine == "ray":
        raise ValueError("--engine ray answers files; name them with --input and --out.")
    model = load(given)
    if not given.text and sys.stdin.isatty():
        note("One text per line; end with Ctrl-D.", given.quiet)
    row = 0
    for chunk in (
        [[os.fsencode(text) for text in given.text]]
        if given.text
        else _arriving_lines(cast(BufferedReader, sys.stdin.buffer))
    ):
        texts = [raw.decode("utf-8", errors="replace").strip("\ufeff \t\r\n") for raw in chunk]
        for answer in answers_of(model, texts, given.candidates, given.neighbours):
            row += 1
            print(json_text({"row": row, **answer}))
        sys.stdout.flush()


def _arriving_lines(stream: BufferedReader) -> Iterator[Iterable[bytes]]:
    """The lines of a stream in the chunks they arrive in, at most 64 KiB at a time."""
    rest = b""
    while block := stream.read1(65536):
        *lines, rest = (rest + block).split(b"\n")
        yield lines
    if rest:
        yield [rest]

"""A file of text that is longer than memory: in the encoding in which `ans.data.text_bytes` would read it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ans.data.encodings import SAMPLE, Decoded, decoded
from ans.data.formats.recognised import bad_bytes, encoding_notes
from ans.data.rows import SHOWN_LINES, SHOWN_SAMPLES, Note
from ans.data.text_bytes import decode

HEAD = 8 << 20  # bytes: what is guessed of a long file is guessed from so many; a shorter one is read whole
LONGEST_LINE = 16 << 20  # bytes, and characters


@dataclass(frozen=True)
class LongText:
    """`head`: its first lines. `errors`: how bytes are read that are none of the encoding. `returns`: CR ends lines."""

    path: Path
    head: str
    found: Decoded
    errors: str
    returns: bool
    notes: list[Note] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, encoding: str | None = None) -> LongText:
        """Go through a file once for its encoding, or take the one that somebody names.

        Raises:
            ValueError: it is no text; the sentence follows a file's name.
        """
        with path.open("rb") as file:
            raw = file.read(HEAD)
        wide = b"\x00" in raw[:SAMPLE]  # where a line ends in more than one byte
        found = decode(raw if wide else raw[: raw.rfind(b"\n") + 1] or raw, encoding)
        head = found.text[: found.text.rfind("\n") + 1] or found.text
        lone = head.count("\r") - head.count("\r\n")
        errors, notes = "replace", []
        if encoding is None and not wide:
            found, notes = _through_all(path)
            errors = "ans.cp1252" if found.encoding == "utf-8" else "replace"
        return cls(path, head, found, errors, 2 * lone > head.count("\n"), notes)

    def lines(self) -> Iterator[str]:
        """Its lines, one after the other, each without the sign at its end.

        Raises:
            ValueError: one is far too long, or holds a zero byte; the sentence follows a file's name.
        """
        newline = None if self.returns else "\n"
        with self.path.open(encoding=self.found.encoding, errors=self.errors, newline=newline) as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise ValueError(f"has more than {LONGEST_LINE >> 20} million letters in line {number:,}.")
                if "\x00" in line:
                    raise ValueError(
                        f"holds a zero byte in line {number}, so it is no text, or damaged; save it as UTF-8 text."
                    )
                yield line.removesuffix("\n").removeprefix("\ufeff" if number == 1 else "")


def _through_all(path: Path) -> tuple[Decoded, list[Note]]:
    """The encoding of a whole file, by its lines that are more than ASCII, and what to know of it."""
    sample: list[bytes] = []
    bad: list[int] = []
    size = count = number = 0
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if line.isascii():
                continue
            if size < HEAD:
                sample.append(line)
                size += len(line)
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                count += 1
                if len(bad) < SHOWN_LINES:
                    bad.append(number)
                if len(bad) <= SHOWN_SAMPLES and size >= HEAD:
                    sample.append(line)
    if not count:
        return Decoded("", "utf-8"), []
    found = decoded(b"".join(sample))
    if found.encoding != "utf-8":
        return found, encoding_notes(replace(found, bad_lines=()))
    lines = found.text.split("\n")
    shown = [lines[place - 1] for place in found.bad_lines[:SHOWN_SAMPLES]]
    return found, [bad_bytes(found.name, bad, count, shown)]

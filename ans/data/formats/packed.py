"""Files that are packed: one file of texts in a gzip, bzip2, xz or zip is read as if it lay there by itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath

MOST_UNPACKED, MOST_ENTRIES = 40 << 20, 40_000  # bytes, and files of a zip
PACKED = (".gz", ".bz2", ".xz", ".zip")
STREAMS = ((b"\x1f\x8b", gzip.open, "gzip"), (b"BZh", bz2.open, "bzip2"), (b"\xfd7zXZ\x00", lzma.open, "xz"))
OFFICE = ("xl/", "word/", "ppt/")
ASIDE = ("readme", "license", "licence", "changelog", "notice")  # what lies beside the texts


def unpacked(raw: bytes, suffix: str, inner: str, texts: tuple[str, ...]) -> tuple[bytes, str, str]:
    """(Bytes, ending of the name, how they were packed); as they came, and "", where they are not packed.

    Args:
        suffix: of the file's name; inner: of that name without it, as `.csv` of `a.csv.gz`.
        texts: endings of files that hold texts.

    Raises:
        ValueError: it holds no file of texts, or several, or too much; the sentence follows a file's name.
    """
    for sign, opened, kind in STREAMS:
        if raw.startswith(sign):
            try:
                with opened(io.BytesIO(raw)) as file:
                    return _within_limit(file.read(MOST_UNPACKED + 1)), inner, kind
            except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
                if suffix not in PACKED:  # a text may begin so
                    break
                raise ValueError(f"is a damaged {kind} file ({error}); pack it again.") from error
    if raw.startswith(b"PK\x03\x04"):
        return _from_zip(raw, suffix, texts)
    return raw, suffix, ""


def _within_limit(content: bytes) -> bytes:
    if len(content) > MOST_UNPACKED:
        raise ValueError(f"unpacks to more than {MOST_UNPACKED >> 20} MB; keep fewer texts.")
    return content


def several_in_zip(raw: bytes, texts: tuple[str, ...]) -> list[tuple[PurePosixPath, Callable[[], bytes]]]:
    """The files in a zip, each with what reads it; none where it holds one file of texts at most, or is an office file.

    Args:
        texts: endings of files that hold texts.

    Raises:
        ValueError: they are locked, too many, or too large together; the sentence follows a file's name.
    """
    if not raw.startswith(b"PK\x03\x04"):
        return []
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return []  # the reader says what is wrong
    if any(entry.filename.startswith(OFFICE) for entry in archive.infolist()):
        return []
    found = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry)]
    endings = [PurePosixPath(entry.filename).suffix.lower() for entry in found]
    if len([entry for entry in found if _holds_texts(entry, texts)]) < 2 and endings.count("") < 2:
        return []
    if len(found) > MOST_ENTRIES:
        raise ValueError(f"holds more than {MOST_ENTRIES:,} files; keep fewer, or put their texts into one table.")
    if sum(entry.file_size for entry in found) > MOST_UNPACKED:
        raise ValueError(f"unpacks to more than {MOST_UNPACKED >> 20} MB; unpack it, and take the folder.")

    def read(entry: zipfile.ZipInfo) -> bytes:
        try:
            return archive.read(entry)  # never more than it said
        except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, zlib.error, EOFError) as error:
            what = "is a locked zip archive" if entry.flag_bits & 1 else f"is a damaged zip archive ({error})"
            raise ValueError(f"{what}; unpack it first.") from error

    return [(PurePosixPath(entry.filename), partial(read, entry)) for entry in found]


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(entry.filename).parts)


def _holds_texts(entry: zipfile.ZipInfo, texts: tuple[str, ...]) -> bool:
    path = PurePosixPath(entry.filename)
    return (
        path.suffix.lower() in texts and not _is_hidden(entry) and path.stem.lower() not in ASIDE and not entry.is_dir()
    )


def _from_zip(raw: bytes, suffix: str, texts: tuple[str, ...]) -> tuple[bytes, str, str]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        found = [entry for entry in archive.infolist() if _holds_texts(entry, texts)]
        if any(entry.filename.startswith(OFFICE) for entry in archive.infolist()):
            return raw, suffix, ""
        if len(found) > 1:
            listed = ", ".join(entry.filename for entry in found[:4])
            raise ValueError(f"holds several files ({listed}); unpack it, and take one of them, or the folder.")
        if len(found) == 1:
            if found[0].flag_bits & 1:
                raise ValueError("is a locked zip archive; unpack it first.")
            with archive.open(found[0]) as file:
                content = _within_limit(file.read(MOST_UNPACKED + 1))
            return content, PurePosixPath(found[0].filename).suffix.lower(), f"zip, {found[0].filename}"
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, zlib.error, EOFError):
        pass  # the reader says what is wrong
    return raw, suffix, ""

"""Uploads, looked at while they arrive: only where they are allowed, so large, and of the kinds the page reads.

Gradio keeps them for a day, apart from the home, and hands each out to whoever names it, which the page needs for what
it offers to save. A name is a hash of the content with a secret of this installation: nothing lists the names, and who
knows a text can't find out whether it is there.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from anyio import to_thread
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ans.data.tables import PACKED_TOO
from ans.ui.bodies import GONE, bounded
from ans.ui.limits import MIB, Limits
from ans.ui.refused import refused_answer

PATH = "/gradio_api/upload"
KINDS = frozenset(PACKED_TOO)
SECONDS = 900.0  # for a file of 500 MiB
LEFT = 3600.0  # seconds after which a file that did not arrive to its end is removed
# And any other one: later than Gradio, which removes after a day what it was sent since it began, and nothing older.
KEPT = 25 * 3600.0


class UploadGate:
    """What stands before Gradio's upload route.

    Args:
        folder: where Gradio keeps what was uploaded. limits: how much may be.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits, self._arriving = folder, limits, 0

    async def refusal(self, length: int) -> tuple[int, str] | None:
        """Why an upload of so many bytes can't be taken, with the status; None if it can."""
        most = self._limits.upload
        if not self._limits.uploading:
            return 403, "Uploads are turned off on this server; run the app on your own machine."
        if not length:
            return 411, "An upload tells its length."
        if length > most + MIB:  # the form around the file is small
            return 413, f"A file has at most {most // MIB} MiB here."
        kept = self._limits.kept
        if kept is not None and await to_thread.run_sync(_size, self._folder) + self._arriving + length > kept:
            return 413, "This server holds as many uploads as it may; try again in some hours."
        return None

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, length: int) -> None:
        """Let an upload through to `app`, and break it off where a file's name shows that nothing here reads it."""
        names = Names(dict(scope["headers"]).get(b"content-type", b""))
        part, refused = bounded(receive, self._limits.upload + MIB, SECONDS), False

        async def looked_at() -> Message:
            nonlocal refused
            message = await part()
            refused = refused or not names.fit(message.get("body", b""))
            return GONE if refused else message

        async def told(message: Message) -> None:
            if not refused:
                await send(message)

        self._arriving += length
        try:
            await app(scope, looked_at, told)
        finally:
            self._arriving -= length
            if refused:
                text = f"Expected a file whose name ends in {', '.join(sorted(KINDS))}."
                await refused_answer(415, text)(scope, receive, send)


class Names:
    """The names of the files in a form, read as its parts arrive, by the parser that Gradio reads them with."""

    def __init__(self, content_type: bytes) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        self._header, self._value, self._bad = b"", b"", boundary is None
        if boundary is not None:
            heard = {"on_header_field": self._field, "on_header_value": self._more, "on_header_end": self._ended}
            self._parser = MultipartParser(boundary, heard)  # pyright: ignore[reportArgumentType]

    def fit(self, body: bytes) -> bool:
        """Whether all names so far are of files that are read here; a form that is none does not fit."""
        if not self._bad:
            try:
                self._parser.write(body)
            except ValueError:  # of the parser: no form
                self._bad = True
        return not self._bad

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _ended(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._bad = self._bad or _kind(options.get(b"filename", b"")) not in KINDS
        self._header, self._value = b"", b""


def sweep(folder: Path) -> None:
    """Remove what did not arrive to its end, some time after it came, and the files of a day that is over."""
    now = time.time()
    for place, folders, names in os.walk(folder, topdown=False):
        for name in names:
            path = os.path.join(place, name)
            with suppress(OSError):
                about, unfinished = os.lstat(path), place == str(folder)  # what arrived lies in a folder of its own
                # Like Gradio by the time of the last change: a copy has the older time of what it is a copy of.
                if about.st_ctime < now - KEPT or (unfinished and about.st_mtime < now - LEFT):
                    os.unlink(path)
        for name in folders:
            path = os.path.join(place, name)
            with suppress(OSError):  # it holds something
                if os.lstat(path).st_ctime < now - KEPT:
                    os.rmdir(path)


def _kind(name: bytes) -> str:
    return Path(os.fsdecode(name)).suffix.lower()


def _size(folder: Path) -> int:
    sweep(folder)
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # swept in this moment
                total += os.stat(os.path.join(place, name)).st_size
    return total

"""Files for a visitor, made when one is asked for and saved by the browser; of a run a zip, cleared away then."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import gradio as gr

from ans.runs.run import Run
from ans.ui.limits import MIB, UPLOADED
from ans.ui.refused import Refused
from ans.ui.shared import Shared
from ans.workflows.archive import save_archive

FOLDERS, LEFT_AFTER = "ans-download-", 3600  # folders of zips, and seconds after which nobody waits for one
# The browser saves what the server has just put into the button that nobody sees.
SAVE_FILE = """(file) => {
  if (!file) return;
  const link = document.createElement('a');
  link.href = file.url;
  link.download = file.orig_name || 'run.zip';
  link.click();
}"""


def zip_name(run: Run) -> str:
    """What a run's zip is called, without its ending: letters, digits and hyphens of the run's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", run.name).strip("-").lower() or run.id


def packed_run(run: Run) -> Path:
    """A run as a zip, in a folder of its own.

    Raises:
        ValueError: it has no model. OSError: there is no room.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):  # of pages that were closed meanwhile
        with suppress(OSError):  # another page cleared it in this moment
            if time.time() - left.stat().st_mtime > LEFT_AFTER:
                clear(left)
    folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
    path = folder / f"{zip_name(run)}.zip"
    try:
        save_archive(run, path)
    except BaseException:  # there is no model, or no room for the zip
        clear(folder)
        raise
    return path


def clear(folder: Path | None) -> None:
    """Remove the folder of a zip: Gradio has copied that to where it serves it from."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def counted_file(shared: Shared, who: str | None, button: gr.DownloadButton, name: str, content: bytes) -> str:
    """The same as `offered_file` of what a visitor may have anew at each press: it lies beside the uploads for a day,
    and counts as one.

    Raises:
        ValueError: the address has had as much as it may, or it could not be written.
    """
    if wait := shared.server.rates.wait(UPLOADED, shared.address(who) or "", max(1, len(content) // MIB)):
        raise Refused(f"your address has had as many files as it may; try again in {wait} s.", 429, wait)
    return offered_file(button, name, content)


def offered_file(button: gr.DownloadButton, name: str, content: bytes) -> str:
    """The path of a file that the page may hand out; Gradio deletes it after a day.

    Raises:
        ValueError: it could not be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        kept = button.move_resource_to_block_cache(str(path))
    if kept is None:
        raise ValueError(f"the file {name} could not be written.")
    return kept

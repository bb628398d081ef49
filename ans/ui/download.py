"""Files for a visitor: small ones behind a button, and a run as a zip, packed, saved by the browser, cleared away."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import gradio as gr

from ans.runs.run import Run
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

"""Whether a run can be listed: everything the lists show can be read, and a finished run looks whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ans.json_files import DamagedFile
from ans.runs.check import Check
from ans.runs.damage import tell
from ans.runs.evaluation import Evaluation
from ans.runs.files import LARGE_FILES, Written, written
from ans.runs.run import Run
from ans.runs.status import Status
from ans.runs.whole_files import looks_whole

_sound: dict[Path, Written] = {}  # runs that were found sound, and how their files were then


def check(run: Run) -> None:
    """Look at all files of a run, once for each time one of them was written. A file that is not there is no damage.

    Raises:
        FileNotFoundError: the run has no settings or no status. DamagedFile: a file is not what it should be.
        NewerFormat: a newer version wrote the settings.
    """
    now = written(run.folder)
    if _sound.get(run.folder) == now:
        return
    status = Status.read(run.folder)
    _ = run.settings, run.owner, run.promotion, run.learnt
    for odd in _oddities(run, status):
        tell(run.id, odd)
    if status.ended_well:
        with suppress(FileNotFoundError):
            Evaluation.read(run.folder)
        for name, kind in LARGE_FILES.items():
            with suppress(FileNotFoundError):
                looks_whole(run.folder / name, kind)
    _sound[run.folder] = now


def _oddities(run: Run, status: Status) -> list[str]:
    """What is odd about a run, and no reason not to use it."""
    odd = list(run.notes)
    try:
        run.text_of("name.json")
    except DamagedFile as error:
        odd.append(f"{error} It is called by its settings.")
    try:
        Check.read(run.folder)
    except DamagedFile as error:
        odd.append(f"{error} What it found out about itself is not shown.")
    progress = run.progress
    if progress.damaged or (progress.torn and status.ended_well):
        odd.append("events.jsonl is damaged. Its curves lack some steps.")
    return odd

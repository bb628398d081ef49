"""What is renamed to its place is on the disk before, and its name is afterwards: a power cut leaves all or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.data.intake import understand
from ans.data.tables import read_upload
from ans.data.uploads import Uploads
from ans.json_files import write_json
from ans.model import files
from ans.runs import keys
from ans.runs.shipped import put_starter
from ans.runs.status import RUNNING
from ans.runs.store import RunStore
from ans.runs.sweep import sweep

ME = "0123456789abcdef" * 2
Done = list[tuple[str, dict[int, str], int]]  # "settled" or "renamed"; files by inode; the inode of the folder


@pytest.fixture
def done(monkeypatch) -> Done:
    """Each fsync and each rename, in their order; both are really done."""
    done: Done = []

    def fsync(opened: int, real: Callable = os.fsync) -> None:
        real(opened)
        done.append(("settled", {os.fstat(opened).st_ino: ""}, 0))

    def watched(real: Callable) -> Callable:
        def rename(source: str | Path, target: str | Path) -> None:
            paths = [path for path in (Path(source), *Path(source).rglob("*")) if path.is_file()]
            real(source, target)
            held = {path.stat().st_ino: path.name for path in _now_in(Path(source), Path(target), paths)}
            done.append(("renamed", held, Path(target).parent.stat().st_ino))

        return rename

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", watched(os.rename))
    monkeypatch.setattr(os, "replace", watched(os.replace))
    return done


def _now_in(source: Path, target: Path, paths: list[Path]) -> list[Path]:
    """Where the files with something in them are after their folder, or they themselves, were renamed."""
    return [new for path in paths if (new := target / path.relative_to(source)).stat().st_size]


def adopted(home: Path) -> None:
    store = RunStore(home / "runs")
    building = store.new_folder()
    (building / "model").mkdir()
    for name in ("status.json", "model/weights.safetensors"):
        (building / name).write_bytes(b"unpacked")
    store.adopt(building)


def uploaded(home: Path, parts: bool) -> None:
    home.mkdir()
    (home / "mine.csv").write_text("text,label\n" + "".join(f"text {i} of it,{'ab'[i % 2]}\n" for i in range(40)))
    table = read_upload(home / "mine.csv")
    understood = understand(table, table.guessed)
    if parts:
        understood.parts.update({"train": understood.parts[""], "test": understood.parts.pop("")})
    Uploads(home / "uploads").keep(ME, "mine", understood)


def changed(home: Path) -> None:
    run = RunStore(home / "runs").create(TrainConfig())
    run.set_status(RUNNING)
    run.rename("mine")
    keys.make_key(run.folder)


def deleted(home: Path) -> None:
    store = RunStore(home / "runs")
    store.remove(store.create(TrainConfig()).id)


def modelled(home: Path) -> None:
    for _ in range(2):
        files._write(home / "model", {"feature_factor": 1.0}, ["one"], {})


def rescued(home: Path) -> None:
    left = home / "runs" / "run" / ".model-abc-old"
    left.mkdir(parents=True)
    (left / "model.json").write_text("{}")
    sweep(home)


WAYS = {
    "a file": lambda home: write_json(home.parent / "a.json", [1]),
    "a new run": lambda home: RunStore(home / "runs").create(TrainConfig()),
    "the starter": lambda home: put_starter(RunStore(home / "runs")),
    "a table": lambda home: uploaded(home, parts=False),
    "data in parts": lambda home: uploaded(home, parts=True),
    "a run from a zip": adopted, "status, name and keys": changed, "a deleted run": deleted,
    "a model, twice": modelled, "a model that is put back": rescued,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_is_renamed_is_on_the_disk_before_and_its_name_afterwards(tmp_path, done, way):
    WAYS[way](tmp_path / "home")
    renames = [i for i, (what, *_) in enumerate(done) if what == "renamed"]
    assert renames
    for i in renames:
        _, held, folder = done[i]
        before, after = ({inode for what, settled, _ in part if what == "settled" for inode in settled}
                         for part in (done[:i], done[i + 1 :]))  # fmt: skip
        unsettled = [name for inode, name in held.items() if inode not in before]
        assert not unsettled, "these may be empty after a power cut"
        assert folder in after, "the new name may be gone after a power cut"

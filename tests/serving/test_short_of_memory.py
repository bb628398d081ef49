"""Where the machine is short of memory or open files, nothing is told as damaged, and all works again afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from ans import json_files
from ans.durable import remedy
from ans.json_files import DamagedFile
from ans.model import files
from ans.runs import keys, soundness, whole_files
from ans.runs.run import Run
from ans.runs.shipped import put_starter
from ans.runs.store import RunStore
from ans.serving.models import Serving
from tests.no_open_files import no_open_files

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"


@pytest.fixture
def run(tmp_path) -> Run:
    """A finished run; torch and its encoder have been loaded once, so that its own files alone are left to open."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    shutil.copytree(source, tmp_path / "runs" / "run")
    run = Run(tmp_path / "runs" / "run")
    keys.make_key(run.folder)
    serving = Serving(RunStore(tmp_path / "runs"))
    serving.model("run")
    run.load_test()
    return run


def forget_what_was_read() -> None:
    json_files._newest.cache_clear()
    whole_files._look.cache_clear()
    soundness._sound.clear()


def test_a_model_that_does_not_fit_the_memory_now_is_not_damaged_and_stays_in_the_lists(run, monkeypatch):
    store = RunStore(run.folder.parent)
    monkeypatch.setattr(files.TextEncoder, "of", lambda *_: torch.empty(1 << 55))
    with pytest.raises(RuntimeError) as error:
        Serving(store).model(run.id)
    assert remedy(error.value).startswith("the memory is used up")
    monkeypatch.undo()
    assert (store.unreadable(), run.damage) == ([], None)
    assert Serving(store).answer(run.id, "i lost my card")[0].label == "card_lost"


@pytest.mark.parametrize(
    "read",
    [
        lambda run: Serving(RunStore(run.folder.parent)).model(run.id),
        lambda run: files.load(run.folder / "model"),
        lambda run: run.load_test(),
        lambda run: run.status,
        lambda run: run.evaluation,
        lambda run: run.check,
        lambda run: RunStore(run.folder.parent).unreadable(),
        lambda run: soundness.check(run),
        lambda run: keys.make_key(run.folder),
        lambda run: put_starter(RunStore(run.folder.parent)),
    ],
    ids=["serving", "load", "test part", "status", "numbers", "check", "lists", "soundness", "keys", "starter"],
)
def test_files_that_can_not_be_opened_now_are_not_damaged(run, read):
    store, kept = RunStore(run.folder.parent), keys.keys_of(run.folder)
    (run.folder / "check.json").write_text("{}")
    forget_what_was_read()
    with no_open_files(), pytest.raises(OSError, match="Too many open files") as error:
        read(run)
    assert not isinstance(error.value, DamagedFile)
    assert remedy(error.value) == "too many files are open; try again in a moment."
    (run.folder / "check.json").unlink()
    assert (store.unreadable(), run.damage, keys.keys_of(run.folder)) == ([], None, kept)
    assert [one.id for one in store.all()] == [run.id]
    assert Serving(store).answer(run.id, "i lost my card")[0].label == "card_lost"


def test_weights_that_are_damaged_are_told_in_plain_words(run):
    weights = run.folder / "model" / "weights.safetensors"
    whole = weights.read_bytes()
    for content in (whole[:-4], b"\xff" * 100, whole.replace(b'"closed.', b'"other.')):
        weights.write_bytes(content)
        with pytest.raises(DamagedFile) as error:
            files.load(run.folder / "model")
        assert str(error.value) in (
            f"the model in {weights.parent} is damaged (weights.safetensors can't be read); "
            "train it again or copy it again.",
            f"the model in {weights.parent} is damaged (its weights are not those of its classes and encoder, such as "
            "closed.0.bias); train it again or copy it again.",
        )  # fmt: skip
    arrays = run.folder / "test.safetensors"
    arrays.write_bytes(arrays.read_bytes()[:-4])
    with pytest.raises(DamagedFile, match=r"test\.safetensors is damaged \(it is not whole\)\. Train it again\.$"):
        run.load_test()

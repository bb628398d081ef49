"""A run as a zip: it comes back whole, answers from the command line, and nothing foreign comes in with one."""

from __future__ import annotations

import io
import json
import resource
import shutil
import struct
import zipfile
from pathlib import Path

import pytest

from ans.__main__ import main
from ans.apart import GIB
from ans.config import TrainConfig
from ans.model.trained_model import TrainedModel
from ans.runs.run import Run
from ans.runs.status import FINISHED
from ans.runs.store import RunStore
from ans.serving.models import load_classifier
from ans.workflows.archive import LIMITS, load_archive, save_archive
from ans.workflows.checking import check_of
from ans.workflows.experiment import Outcome, save_outcome
from ans.workflows.judging import judge_test

WHO = "a" * 32
TEXTS = ["i lost my card", "who wrote hamlet"]


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("archive") / "runs")


@pytest.fixture(scope="module")
def run(store, classifier, small_split, small_config) -> Run:
    """A finished run on data that a browser uploaded, with a name of its own."""
    made = store.create(small_config.with_(dataset=str(store.uploads / WHO / "tickets.csv")))
    store.take_next()
    made.event_writer()({"phase": "heads", "step": 1, "steps": 2, "loss": 0.5})
    # The model as its training would have left it: with the settings of this run.
    classifier_here = TrainedModel(made.config, classifier.fitted, classifier.seconds, classifier.untouched_features)
    judged, check = judge_test(classifier, small_split), check_of(classifier)
    save_outcome(made, Outcome(classifier_here, small_split, judged, check, {"heads": 1.5}))
    made.set_status(FINISHED)
    made.rename("My tickets")
    return made


@pytest.fixture(scope="module")
def archive(run, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("zips") / "my-tickets.zip"
    save_archive(run, path)
    return path


def rewritten(archive: Path, folder: Path, change) -> Path:
    """The zip with its files changed by `change`, a function from {name: bytes} to the same."""
    with zipfile.ZipFile(archive) as source:
        files = {name: source.read(name) for name in source.namelist()}
    path = folder / "changed.zip"
    with zipfile.ZipFile(path, "w") as target:
        for name, content in change(files).items():
            target.writestr(name, content)
    return path


def with_json(name: str, change):
    """A change of one JSON file of the zip."""

    def changed(files: dict[str, bytes]) -> dict[str, bytes]:
        full = f"my-tickets/{name}"
        return {**files, full: json.dumps(change(json.loads(files[full]))).encode()}

    return changed


def refusal(path: Path, store: RunStore, encoders: tuple[str, ...] = ("minilm",)) -> str:
    """The sentence an upload is refused with; nothing of it stays in the store."""
    before = sorted(store.root.iterdir())
    with pytest.raises(ValueError, match="This is no run that can be opened here") as caught:
        load_archive(path, store, WHO, encoders)
    assert sorted(store.root.iterdir()) == before
    return str(caught.value)


def test_a_run_comes_back_from_its_zip_with_its_answers_numbers_curves_and_name(run, archive, store):
    back = load_archive(archive, store, "b" * 32, ("minilm",))
    assert back.id != run.id
    assert (back.name, back.owner, back.status.state) == ("My tickets", "b" * 32, FINISHED)
    assert back.evaluation == run.evaluation
    assert [event.loss for event in back.progress.events] == [0.5]
    ours, theirs = load_classifier(run, "cpu"), load_classifier(back, "cpu")
    assert [answer.to_dict() for answer in ours.explain(TEXTS)] == [a.to_dict() for a in theirs.explain(TEXTS)]


def test_the_zip_does_not_tell_whose_the_data_are_or_where_they_lie(archive, store):
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            content = source.read(name)
            assert WHO.encode() not in content, name
            assert str(store.root.parent).encode() not in content, name


def test_the_command_line_answers_from_the_zip_and_from_its_unpacked_folder_alike(archive, tmp_path, capsys):
    zipfile.ZipFile(archive).extractall(tmp_path)
    answers = []
    for model in (archive, tmp_path / "my-tickets"):
        assert main(["predict", str(model), *TEXTS, "--device", "cpu"]) == 0, capsys.readouterr().err
        answers.append([json.loads(line) for line in capsys.readouterr().out.splitlines()])
    assert answers[0] == answers[1]
    assert [answer["label"] for answer in answers[0]] == ["card_lost", None]


def test_the_command_line_says_when_a_file_is_no_run(tmp_path, capsys):
    path = tmp_path / "notes.txt"
    path.write_text("nothing")
    assert main(["predict", str(path), "hello"]) == 2
    assert f"{path} is no run downloaded from the app: the zip can't be read" in capsys.readouterr().err


def test_what_an_upload_says_of_itself_is_computed_anew(archive, store, run, tmp_path):
    def boast(evaluation: dict) -> dict:
        evaluation["metrics"]["accuracy"] = 99.9
        return evaluation

    back = load_archive(rewritten(archive, tmp_path, with_json("evaluation.json", boast)), store, WHO, ("minilm",))
    assert back.evaluation.metrics == run.evaluation.metrics


def test_an_uploaded_run_names_no_file_of_this_machine_as_its_data(archive, store, tmp_path):
    def point_elsewhere(files: dict[str, bytes]) -> dict[str, bytes]:
        config = json.loads(files["my-tickets/config.json"]) | {"dataset": "/etc/passwd", "data_dir": "/etc"}
        about = json.loads(files["my-tickets/model/model.json"]) | {"config": config}
        return {
            **files,
            "my-tickets/config.json": json.dumps(config).encode(),
            "my-tickets/model/model.json": json.dumps(about).encode(),
        }

    back = load_archive(rewritten(archive, tmp_path, point_elsewhere), store, WHO, ("minilm",))
    for config in (back.config, load_classifier(back, "cpu").config):
        assert Path(config.dataset).is_relative_to(store.uploads)
        assert not Path(config.dataset).exists()
        assert config.data_dir is None
    assert back.owner == WHO


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil", "my-tickets/../../evil", "my-tickets\\..\\evil", "my-tickets/model/evil.pkl",
             "../config.json", "/config.json"]
)  # fmt: skip
def test_a_name_that_is_no_file_of_a_run_is_refused_and_written_nowhere(archive, store, tmp_path, name):
    path = rewritten(archive, tmp_path, lambda files: {**files, name: b"{}"})
    assert "is no file of a run" in refusal(path, store)
    assert not list(tmp_path.rglob("evil*"))
    assert not list(store.root.parent.rglob("evil*"))


def test_a_file_beyond_its_limit_is_refused_before_it_is_unpacked(archive, store, tmp_path):
    size = LIMITS["status.json"] + 1
    path = rewritten(archive, tmp_path, lambda files: {**files, "my-tickets/status.json": b" " * size})
    assert f"status.json has {size:,} bytes; at most {size - 1:,} are accepted." in refusal(path, store)


def test_a_zip_that_lies_about_a_size_gives_no_more_than_it_declared(archive, store, tmp_path):
    path = tmp_path / "lie.zip"
    content = archive.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        member = source.getinfo("my-tickets/test.json")
    at = content.rindex(b"my-tickets/test.json") - 46  # its entry in the central directory
    path.write_bytes(content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :])
    assert member.file_size > 10
    assert "the zip can't be read" in refusal(path, store)


def test_a_zip_is_read_in_a_process_that_has_no_more_memory_and_time_than_it_is_given(archive, store, monkeypatch):
    monkeypatch.setattr("ans.workflows.archive.READING_MEMORY", GIB // 64)
    assert "the file takes more than 0.015625 GiB of memory to read" in refusal(archive, store)
    monkeypatch.undo()
    monkeypatch.setattr("ans.workflows.archive.READING_SECONDS", 0)
    assert "the file takes longer than 0 seconds to read" in refusal(archive, store)


def test_a_bomb_of_a_hundred_kilobytes_is_refused_and_takes_nothing_of_this_process(
    archive, store, tmp_path, monkeypatch
):
    bomb = b"[" + b"[]," * ((LIMITS["test.json"] - 3) // 3) + b"0]"  # in memory 22 million lists
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, bomb if name.endswith("/test.json") else source.read(name))
        assert target.getinfo("my-tickets/test.json").compress_size < 100_000
    monkeypatch.setattr("ans.workflows.archive.READING_MEMORY", GIB)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "the file takes more than 1 GiB of memory to read; make it smaller or simpler." in refusal(path, store)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + (100 << 10)


def test_two_runs_in_one_zip_are_refused(archive, store, tmp_path):
    path = rewritten(archive, tmp_path, lambda files: {**files, "other/config.json": b"{}"})
    assert "more than once; expected one run" in refusal(path, store)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("config.json", lambda c: c | {"format": 99}, "made by a newer version"),
        ("config.json", lambda c: c | {"seed": 5}, "its settings are not those of its model"),
        ("model/model.json", lambda m: m | {"version": 1}, "format version 1, expected 4; train it again"),
        ("model/model.json", lambda m: m | {"labels": m["labels"][:3]}, "its weights are not those of its classes"),
        ("model/model.json", lambda m: m | {"labels": [*m["labels"][:3], "oos"]}, "none of them open"),
        ("model/training_texts.json", lambda texts: [1] * len(texts), "training_texts.json is no list of texts"),
        ("model/training_texts.json", lambda texts: texts[1:], "is damaged"),
        ("test.json", lambda t: t | {"texts": t["texts"][1:]}, "test.json is damaged"),
        ("status.json", lambda s: s | {"ended": "soon"}, "damaged (ended: Input should be a valid number)"),
        ("status.json", lambda s: [s], "status.json is damaged"),
        ("evaluation.json", lambda e: e | {"seconds": {"heads": float("nan")}}, "seconds.heads: Input should"),
    ],
)  # fmt: skip
def test_a_run_that_does_not_fit_together_is_refused_with_the_reason(archive, store, tmp_path, name, change, said):
    sentence = refusal(rewritten(archive, tmp_path, with_json(name, change)), store)
    assert said in sentence
    assert str(store.root) not in sentence, "the message tells where things lie on the server"


def test_an_encoder_that_nobody_here_chose_is_not_loaded(archive, store):
    assert "its encoder is 'minilm'; here it must be one of other." in refusal(archive, store, ("other",))


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_what_is_no_zip_is_refused(store, tmp_path, content):
    path = tmp_path / "some.zip"
    path.write_bytes(content)
    assert "the zip can't be read" in refusal(path, store)


def test_a_zip_without_a_model_is_refused(archive, store, tmp_path):
    path = rewritten(
        archive, tmp_path, lambda files: {name: content for name, content in files.items() if "/model/" not in name}
    )
    assert "it lacks model/model.json" in refusal(path, store)


def test_only_a_finished_run_can_be_downloaded(store, tmp_path):
    run = store.create(TrainConfig())
    with pytest.raises(ValueError, match="is queued and has no model to download"):
        save_archive(run, tmp_path / "x.zip")
    shutil.rmtree(run.folder)


def test_pickled_weights_are_no_weights(archive, store, tmp_path):
    import pickle

    path = rewritten(
        archive, tmp_path, lambda files: {**files, "my-tickets/model/weights.safetensors": pickle.dumps(print)}
    )
    assert "don't fit together" in refusal(path, store)


def test_the_same_run_makes_the_same_zip(run, archive, tmp_path):
    again = tmp_path / archive.name
    save_archive(run, again)
    assert again.read_bytes() == archive.read_bytes()

"""Files that workers of Ray answer hold what the local engine writes, also when one of them is killed."""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from ans.bulk import predict as bulk
from ans.bulk.rows import read_rows
from ans.model.trained_model import TrainedModel

LINES = ["I lost my bank card", "who wrote hamlet", "wake me up at seven", "fly me to Rome"]


class Killed:
    """The model; once it has answered the first 512 texts of b.txt, its process is killed."""

    def __init__(self, model: TrainedModel, mark: Path) -> None:
        self.model, self.mark, self.encoder = model, mark, model.encoder

    def explain_many(self, texts, candidates, neighbours):
        if "the end of b" in texts and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.model.explain_many(texts, candidates, neighbours)


def load(given: Namespace):
    return Killed(TrainedModel.load(given.model, "cpu"), Path(given.mark))


def test_workers_write_what_the_local_engine_writes_and_a_killed_one_loses_nothing(ray_cluster, classifier, tmp_path):
    ray_cluster.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    lines, model, mark = tmp_path / "lines", tmp_path / "model", tmp_path / "killed"
    classifier.save(model)
    lines.mkdir()
    for name, count in (("a.csv", 5), ("b.txt", 520), ("c.csv", 1)):
        texts = [f"{LINES[i % 4]} {i}" for i in range(count)]
        (lines / name).write_text("\n".join(["text", *texts, f"the end of {name[0]}", ""]), encoding="utf-8")
    given = Namespace(
        model=str(model), input=str(lines / "*"), out=str(tmp_path / "there"), text=[], text_column=None, sheet=None,
        encoding=None, refused=None, candidates=5, neighbours=3, quiet=True, engine="ray", address=None, gpus=0,
        mark=str(mark),
    )  # fmt: skip
    bulk.predict(given, load)
    assert mark.exists(), "a worker was killed"
    bulk.predict(Namespace(**{**vars(given), "out": str(tmp_path / "here"), "engine": "local"}), load)
    names = [".answered.json", "a.csv", "b.txt.csv", "c.csv"]
    for folder in ("there", "here"):
        assert sorted(path.name for path in (tmp_path / folder).iterdir()) == names
    for name in names[1:]:
        there, here = (read_rows(tmp_path / folder / name).rows for folder in ("there", "here"))
        assert len(there) == len(here)
        for one, other in zip(there, here, strict=True):
            assert float(one.pop("answer_score")) == pytest.approx(float(other.pop("answer_score")), abs=0.1)
            assert {k: v for k, v in one.items() if k != "answer_known_below"} == {
                k: v for k, v in other.items() if k != "answer_known_below"
            }
    bulk.predict(given, lambda _: pytest.fail("all is answered"))


def test_what_a_worker_can_not_read_and_a_single_file_are_told_in_one_sentence(ray_cluster, classifier, tmp_path):
    model = tmp_path / "model"
    classifier.save(model)
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"text": \n', encoding="utf-8")
    given = Namespace(
        model=str(model), input=str(tmp_path / "*.jsonl"), out=str(tmp_path / "out"), text=[], text_column=None,
        sheet=None, encoding=None, refused=None, quiet=True, engine="ray", address=None, gpus=0, mark="",
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"^\S*a\.jsonl is no JSON in line 2: .*; expected one object a line\.$"):
        bulk.predict(given, load)
    given.input, given.out = str(tmp_path / "a.jsonl"), str(tmp_path / "out.jsonl")
    with pytest.raises(ValueError, match="--engine ray gives each worker a file; name several"):
        bulk.predict(given, load)

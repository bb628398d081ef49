"""What a machine with a GPU is to show, in under six minutes, whatever came of the steps before.

    python -m tests.tools.gpu_check [--data-dir DIR] [--out FILE]

Each step has a time limit, and is told as soon as it is over: whether it ran, what it measured, and whether that is
what was to be reached. Exit status 1 if a step failed or missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SPEED = ("phase-one", "phase-one-base", "heads-38", "heads-112", "encoding")
TESTS = ("tests/model/test_trained_model.py", "tests/model/test_recorded.py", "tests/model/test_rounding.py")


@dataclass(frozen=True)
class Step:
    """Seconds it may take, what is run, and what its output must say: a sentence of what is missing, or nothing."""

    name: str
    limit: float
    arguments: list[str]
    missed: Callable[[str], str]


def steps(data: list[str], place: Path) -> list[Step]:
    """In the order of what is worth most."""
    train = ["-m", "ans", "train", "--device", "cuda", "--json", "--quiet", *data]
    large = [*train, "--dataset", "clinc", "--known-ratio", "0.25", "--encoder", "mpnet"]
    only = [part for row in SPEED for part in ("--only", row)]
    speed = ["-m", "ans", "benchmark", "speed", "--device", "cuda", "--json", "--out", str(place / "speed.json"), *data]
    return [
        Step("clinc 75 %", 70, [*train, "--dataset", "clinc", "--known-ratio", "0.75"], partial(_within, 30, 89.0)),
        Step("bfloat16 against float32", 50, ["-m", "tests.tools.gpu_check", "--precisions"], _as_many_answers),
        Step("tests", 90, ["-m", "pytest", *TESTS], lambda said: ""),
        Step("mpnet, clinc 25 %", 60, large, partial(_within, 60, 84.8)),
        Step("benchmark speed", 80, [*speed, *only], lambda said: ""),
    ]


def _within(most: float, f1: float, said: str) -> str:
    found = json.loads(said.splitlines()[-1])
    taken = sum(found["seconds"].values())
    slow = f"took {taken:.0f} s, and {most:.0f} are to be reached. " if taken > most else ""
    return slow + (f"F1 is {found['f1']}, below {f1}." if found["f1"] < f1 else "")


def _as_many_answers(said: str) -> str:
    share = json.loads(said.splitlines()[-1])["same"]
    return "" if share >= 0.999 else f"{share:.2%} of the answers are the same, and 99.9 % are to be."


def precisions() -> dict[str, Any]:
    """Which share of the bundled test texts is answered alike on the GPU, in bfloat16, and on the CPU in float32."""
    from ans.config import STARTER
    from ans.data.corpora import corpus_of
    from ans.model.trained_model import TrainedModel

    corpus, config = corpus_of(STARTER), STARTER.with_(device="cuda", trainable_layers=2, epochs=3)
    with tempfile.TemporaryDirectory() as place:
        model = TrainedModel.trained_on(config, corpus.train.texts, corpus.train.labels)
        model.save(Path(place) / "model")
        exact = TrainedModel.load(Path(place) / "model", "cpu")
        pairs = zip(model.explain(corpus.test.texts), exact.explain(corpus.test.texts), strict=True)
        alike = [one.label == other.label for one, other in pairs]
    return {"texts": len(alike), "same": sum(alike) / len(alike)}


def carried_out(step: Step) -> dict[str, Any]:
    """The step's name, seconds, the end of what it said, and what went wrong; nothing if it is as it should be."""
    started = time.perf_counter()
    command = [sys.executable, *step.arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=step.limit)
        said, wrong = done.stdout, "" if done.returncode == 0 else done.stderr[-2000:] or f"status {done.returncode}"
        wrong = wrong or step.missed(said)
    except subprocess.TimeoutExpired as late:
        said, wrong = str(late.stdout or ""), f"was not over after {step.limit:.0f} s."
    return {"step": step.name, "seconds": round(time.perf_counter() - started, 1), "said": said[-3000:], "wrong": wrong}


def main() -> int:
    """Carry all steps out and tell of each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data-dir", help="a folder that holds clinc/ (default: ANS_DATA_DIR, else downloaded)")
    parser.add_argument("--out", type=Path, help="a file for all of it, as JSON")
    parser.add_argument("--precisions", action="store_true", help="one of the steps, which prints its figures")
    given = parser.parse_args()
    if given.precisions:
        print(json.dumps(precisions()))
        return 0
    data, found = ["--data-dir", given.data_dir] if given.data_dir else [], []
    with tempfile.TemporaryDirectory() as place:
        for step in steps(data, Path(place)):
            found.append(carried_out(step))
            said, wrong = found[-1]["said"].strip().splitlines()[-1:], found[-1]["wrong"]
            print(f"{step.name}: {found[-1]['seconds']} s; {wrong or 'as it should be'} {' '.join(said)}", flush=True)
            if given.out:
                given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(any(one["wrong"] for one in found))


if __name__ == "__main__":
    sys.exit(main())

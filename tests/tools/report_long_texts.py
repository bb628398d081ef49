"""The README on long texts: `python -m tests.tools.report_long_texts [--seeds 0,1,2] [--tokens 96]`.

The texts are long and real, and on every machine that has the requirements: the documentation of SciPy's functions,
each to be put into its package (stats, signal, …). Names of packages, examples, references and pointers to other
functions are left out, and half the packages are known. Read in pieces that are averaged, against cut off after the
first; the encoder stays untouched, as in the starter. Takes some minutes.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
import tempfile
import time
from pathlib import Path
from statistics import mean, median, pstdev

import numpy as np

from ans.config import LONG_TEXTS, STARTER
from ans.model.loading import load_model
from ans.workflows.experiment import run_experiment

PACKAGES = (
    "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize",
    "signal", "sparse", "spatial", "special", "stats",
)  # fmt: skip
TELLING = re.compile(r"\b(?:scipy|numpy|np|sp)\b[\w.]*|\b(?:" + "|".join(PACKAGES) + r")\.\w[\w.]*")
BEHIND = re.compile(r"^(?:See Also|Examples?|References)\n-+$", re.MULTILINE)
LEAST, FIFTH = 40, 5  # characters of a text; every fifth is for the test


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--tokens", type=int, default=STARTER.max_tokens, help="window, in tokens")
    parser.add_argument("--encoder", default="minilm")
    arguments = parser.parse_args()
    texts = documentation()
    tokenizer = load_model(arguments.encoder).tokenizer
    lengths = np.array([len(ids) for ids in tokenizer([text for text, _ in texts])["input_ids"]])
    print(
        f"{len(texts)} texts of {len(PACKAGES)} classes, {median(lengths):.0f} tokens in the middle; "
        f"{np.mean(lengths > arguments.tokens):.0%} longer than {arguments.tokens}"
    )
    with tempfile.TemporaryDirectory() as folder:
        write(texts, Path(folder))
        for long_texts in LONG_TEXTS:
            found, seconds = [], []
            for seed in map(int, arguments.seeds.split(",")):
                config = STARTER.with_(
                    dataset=folder, known_ratio=0.5, seed=seed, device="cpu", encoder=arguments.encoder,
                    max_tokens=arguments.tokens, long_texts=long_texts,
                )  # fmt: skip
                started = time.perf_counter()
                outcome = run_experiment(config, lambda event: None, lambda: False)
                seconds.append(time.perf_counter() - started)
                found.append(outcome.judged.metrics.headline())
            said = ", ".join(
                f"{name} {mean(row[name] for row in found):.1f} ± {pstdev([row[name] for row in found]):.1f}"
                for name in ("accuracy", "f1", "f1_known", "f1_open", "auroc")
            )
            print(f"{long_texts}: {said}, {mean(seconds):.0f} s", flush=True)


def documentation() -> list[tuple[str, str]]:
    """What the functions of each package do, in a fixed order, without what gives the package away."""
    found = {}
    for package in PACKAGES:
        module = importlib.import_module(f"scipy.{package}")
        for name in sorted(module.__all__):
            said = inspect.getdoc(getattr(module, name)) or ""
            text = TELLING.sub("", BEHIND.split(said)[0]).strip()
            if not inspect.ismodule(getattr(module, name)) and len(text) >= LEAST:
                found.setdefault(text, package)
    return list(found.items())


def write(texts: list[tuple[str, str]], folder: Path) -> None:
    """A folder with a train and a test part; every fifth text is for the test."""
    for part, chosen in (("train", lambda i: i % FIFTH), ("test", lambda i: not i % FIFTH)):
        rows = [{"text": text, "label": package} for i, (text, package) in enumerate(texts) if chosen(i)]
        (folder / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()

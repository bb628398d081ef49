"""The commands of `python -m ans`, one function each: from parsed arguments to lines on stdout.

torch and its company are imported inside them: whoever only asks for help or mistypes an option doesn't wait.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import fields
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ans.config import TrainConfig

if TYPE_CHECKING:
    from ans.runs.check import Check, Count


def train(given: argparse.Namespace) -> None:
    """Train one configuration, evaluate it, save it below --out."""
    values = {spec.name: getattr(given, spec.name) for spec in fields(TrainConfig)}
    asked = {name: value for name, value in values.items() if name != "known_ratio" or value is not None}
    config = TrainConfig(**asked)
    corrections = {}
    if given.corrections is not None:
        from ans.data.corrections import corrected
        from ans.data.tables import read_table

        table = read_table(given.corrections)
        corrections = corrected(table.texts, table.labels, known=())
    out = _writable_out(given.out) if given.out is not None else None
    if out is None:
        print("The model will not be saved; name a folder with --out to keep it.", file=sys.stderr)
    with closing(_Bars()) as bars:
        bars({"phase": "data"})
        from ans.data.corpora import load_corpus, make_open_world_split, usual_ratio

        if "known_ratio" not in asked:
            config = config.with_(known_ratio=usual_ratio(config.dataset))
        # Once before torch is there: wrong data is told in a moment.
        make_open_world_split(load_corpus(config.dataset, config.data_dir, config.seed), config)
        from ans.workflows.experiment import run_experiment

        outcome = run_experiment(config, bars, lambda: False, corrections)
        bars.finish()
    if out is not None:
        outcome.classifier.save(out)
    _print_result(
        outcome.judged.metrics,
        outcome.classifier,
        config.dataset,
        outcome.seconds,
        given.out,
        given.json,
        outcome.check,
    )


def predict(given: argparse.Namespace) -> None:
    """Answer each text with one line of JSON."""
    classifier = _loaded(given)
    if given.refused is not None:
        classifier = classifier.refusing(given.refused)
    if not given.text and sys.stdin.isatty():
        print("One text per line; end with Ctrl-D.", file=sys.stderr)
    for chunk in (
        [[os.fsencode(text) for text in given.text]]
        if given.text
        else _arriving_lines(cast(BufferedReader, sys.stdin.buffer))
    ):
        texts = [text for raw in chunk if (text := raw.decode("utf-8", errors="replace").strip("\ufeff \t\r\n"))]
        for answer in classifier.explain(texts, given.candidates, given.neighbours):
            print(json.dumps(answer.to_dict(), ensure_ascii=False))
        sys.stdout.flush()


def teach(given: argparse.Namespace) -> None:
    """Let a saved model learn corrections, and save what came of it."""
    from ans.data.corrections import corrected
    from ans.data.tables import read_table

    table = read_table(given.corrections)
    place = Path(given.model)
    beside = place.with_name(f"{place.resolve().name.removesuffix('.zip')}-taught")
    named = str(beside) if given.out is None else given.out
    out = _writable_out(named)
    started = time.perf_counter()
    classifier = _loaded(given)
    loaded = time.perf_counter()
    said = corrected(table.texts, table.labels, classifier.labels)
    learnt = classifier.teach(list(said), list(said.values()))
    seconds = time.perf_counter() - loaded
    learnt.save(out)
    new = [label for label in learnt.labels if label not in classifier.labels]
    # As the answers stood and as they stand, of the model that was given and of the one that was saved.
    before, after = (_right(model, said) for model in (classifier, learnt))
    result = {
        "corrections": len(said),
        "right_before": before,
        "right_after": after,
        "new_classes": new,
        "seconds": round(seconds, 2),
        "load_seconds": round(loaded - started, 2),
        "out": named,
    }
    if given.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"Of {len(said)} corrected texts the model had {before} right, and has {after} now.")
    if new:
        print(f"New classes: {', '.join(new)}.")
    print(f"Learnt in {seconds:.1f} s. The model is in {named}; the one in {given.model} is as it was.")


def _right(classifier, said: dict[str, str | None]) -> int:
    return sum(found.label == said[found.text] for found in classifier.explain(list(said), 1, 0))


def evaluate(given: argparse.Namespace) -> None:
    """Measure a saved model on the test part of a corpus that has its classes."""
    with closing(_Bars()) as bars:
        bars({"phase": "model"})
        from ans.data.corpora import load_corpus, make_open_world_split
        from ans.runs.check import Quality
        from ans.workflows.checking import check_of
        from ans.workflows.judging import judge_test

        classifier = _loaded(given)
        bars({"phase": "data"})
        # The model's own seed: of a single file, only the texts it was not trained on are the test part.
        corpus = load_corpus(given.dataset, given.data_dir, classifier.config.seed)
        if missing := sorted(set(classifier.labels) - set(corpus.classes)):
            raise ValueError(
                f"{corpus.name} lacks {len(missing)} of the model's {len(classifier.labels)} classes, "
                f"for example {missing[0]!r}; evaluate on a corpus that has them all."
            )
        # Of its own file, open texts it has learnt from don't test it; of any other, all do.
        own = Path(given.dataset).expanduser().resolve() == Path(classifier.config.dataset).expanduser().resolve()
        taught = classifier.config.open_texts if own and corpus.is_one_file else "test"
        known = tuple(classifier.labels)
        split = make_open_world_split(corpus, classifier.config.with_(known_classes=known, open_texts=taught))
        bars({"phase": "evaluate"})
        started = time.perf_counter()
        judged = judge_test(classifier, split)
        seconds = {"evaluate": time.perf_counter() - started}
        bars.finish()
    _print_result(
        judged.metrics, classifier, given.dataset, seconds, given.model, given.json, check_of(classifier, Quality())
    )


def _loaded(given: argparse.Namespace):
    """The classifier in a model's folder, or in a run that was downloaded from the app, zipped or unpacked."""
    from ans.model.trained_model import TrainedModel
    from ans.workflows.archive import model_folder

    with model_folder(given.model) as folder:
        return TrainedModel.load(folder, given.device)


class _Bars:
    """Listens to the events of a training and keeps one progress bar per phase on stderr."""

    def __init__(self) -> None:
        self._phase, self._bar, self._shown = None, None, {}

    def __call__(self, event: dict) -> None:
        from tqdm import tqdm

        if self._bar is None or event["phase"] != self._phase:
            self.finish()
            self._phase, self._shown = event["phase"], {}
            self._bar = tqdm(
                total=event.get("steps", 1),
                desc=f"{self._phase:<8}",
                file=sys.stderr,
                mininterval=0.5,
                bar_format=None if "steps" in event else "{desc}: {percentage:3.0f}%|{bar}| [{elapsed}]",
            )
        self._shown |= {name: f"{event[name]:.3f}" for name in ("loss", "dev_accuracy") if name in event}
        if self._shown:
            self._bar.set_postfix(self._shown, refresh=False)
        self._bar.update(event.get("step", 0) - self._bar.n)

    def finish(self) -> None:
        """The phase is over, be it before its last step: its bar is full."""
        if self._bar is not None:
            self._bar.total = max(self._bar.n, 1)
            self._bar.update(self._bar.total - self._bar.n)
            self._bar.refresh()
        self.close()

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
        self._phase, self._bar = None, None


def _print_result(
    metrics, classifier, dataset: str, seconds: dict, folder: str | None, as_json: bool, check: Check
) -> None:
    from ans.evaluation.advice import warning

    config = classifier.config
    if as_json:
        result = {
            **metrics.headline(),
            "num_known_classes": len(classifier.labels),
            "seconds": seconds,
            "device": str(classifier.encoder.device),
            "dataset": dataset,
            "known_ratio": config.known_ratio if config.known_classes is None else None,
            "seed": config.seed,
            "encoder": config.encoder,
            "encoder_reads": classifier.encoder.description(),
            "out": folder,
            "known_classes": classifier.labels,
            "held_out": {
                "known_refused": _share(check.refused),
                "known_texts": check.refused.of,
                "other_classes_let_in": _share(check.left_out),
                "labelled_open_let_in": _share(check.labelled_open),
                "warning": warning(check) or None,
            },
        }
        print(json.dumps(result, ensure_ascii=False))
        return
    for name, value in (
        ("accuracy", metrics.accuracy), ("F1", metrics.f1), ("F1-known", metrics.f1_known), ("F1-open", metrics.f1_open)
    ):  # fmt: skip
        print(f"{name:<9} {'none: no open text' if value is None else f'{value:6.2f} %'}")
    if check.refused.of:
        print(f"refused   {100 * check.refused.share:6.2f} % of {check.refused.of:,} held-out known texts")
    if check.left_out.of:
        print(
            f"let in    {100 * check.left_out.share:6.2f} % of {check.left_out.of:,} texts of classes left out in turn"
        )
    if check.labelled_open.of:
        labelled = check.labelled_open
        print(f"let in    {100 * labelled.share:6.2f} % of {labelled.of:,} held-out texts labelled as of no class")
    print("encoder  ", classifier.encoder.description())
    print("seconds  ", ", ".join(f"{phase} {value:.1f}" for phase, value in seconds.items()))
    print("model    ", folder if folder is not None else "not saved")
    if said := warning(check):
        print(said, file=sys.stderr)


def _share(count: Count) -> float | None:
    return round(100 * count.share, 2) if count.of else None


def _arriving_lines(stream: BufferedReader) -> Iterator[Iterable[bytes]]:
    """The lines of a stream in the chunks they arrive in, at most 64 KiB at a time."""
    rest = b""
    while block := stream.read1(65536):
        *lines, rest = (rest + block).split(b"\n")
        yield lines
    yield [rest]


def _writable_out(out: str) -> Path:
    """The folder to save into, checked before a long training rather than after it.

    Raises:
        ValueError: there is something else than a model, or nothing can be written there.
    """
    folder = Path(out).expanduser().resolve()
    if folder.is_dir() and any(folder.iterdir()):
        from ans.model.files import ABOUT_FILE, FORMAT, TEXTS_FILE, WEIGHTS_FILE

        about = folder / ABOUT_FILE
        is_model = about.is_file() and FORMAT in about.read_text(encoding="utf-8", errors="replace")
        if not is_model or {path.name for path in folder.iterdir()} - {ABOUT_FILE, WEIGHTS_FILE, TEXTS_FILE}:
            raise ValueError(f"--out {out} holds other files than a model; name a new or an empty folder.")
    elif folder.exists() and not folder.is_dir():
        raise ValueError(f"--out {out} is a file; name a new or an empty folder.")
    there = next(path for path in folder.parents if path.exists())
    try:
        tempfile.TemporaryDirectory(dir=there).cleanup()
    except OSError as error:
        raise ValueError(f"--out {out} can't be written: {error.strerror} in {there}; name another folder.") from error
    return folder

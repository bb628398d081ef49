"""The commands of `python -m ans`, one function each: from parsed arguments to lines on stdout.

torch and its company are imported inside them: whoever only asks for help or mistypes an option doesn't wait.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

from ans.config import TrainConfig
from ans.json_files import json_text
from ans.paths import existing
from ans.terminal import Progress, note, print_table

if TYPE_CHECKING:
    from ans.runs.check import Check, Count


def train(given: argparse.Namespace) -> None:
    """Train one configuration, evaluate it, save it below --out."""
    values = {spec.name: getattr(given, spec.name) for spec in fields(TrainConfig)}
    asked = {name: value for name, value in values.items() if name != "known_ratio" or value is not None}
    config = TrainConfig(**asked)
    corrections = {}
    if given.corrections is not None:
        from ans.data.corrections import corrected, learning
        from ans.data.tables import read_table

        table = read_table(given.corrections, may_choose=False)
        corrections = corrected(table.texts, table.labels, known=())
    out = _writable_out(given.out) if given.out is not None else None
    if not _is_first(config):
        out, given.quiet = None, True
    from ans.data.corpora import BUNDLED, PUBLIC, corpus_of, make_open_world_split, usual_ratio
    from ans.inspection import told_before

    if "known_ratio" not in asked:
        config = config.with_(known_ratio=usual_ratio(config.dataset))
    # Before torch is there: what is wrong with the data is told in a moment, with what was read otherwise alone.
    for sentence in told_before(config):
        note(sentence, given.quiet)
    if config.dataset not in PUBLIC:
        split = make_open_world_split(corpus_of(config), config)
        if corrections:
            learning(split, corrections)
    if out is None:
        note("The model will not be saved; name a folder with --out to keep it.", given.quiet)
    with Progress(given.quiet) as bars:
        bars({"phase": "start"})  # the libraries, which take seconds that are none of the data's
        from ans.workflows.experiment import run_experiment

        def show(event: dict) -> None:
            bars(event)
            if "work" in event:  # the data are read, and the encoder is loaded, which has no event of its own
                bars({"phase": "load"})

        own = None if config.dataset in (BUNDLED, *PUBLIC) else existing(config.dataset)
        # By its whole name it is found again from another folder, as an encoder is.
        named = config if own is None else config.with_(dataset=str(own.resolve()))
        outcome = run_experiment(named, show, lambda: False, corrections)
        bars.finish()
    if out is not None:
        outcome.classifier.save(out)
    if not _is_first(config):
        return
    _print_result(
        outcome.judged.metrics,
        outcome.classifier,
        config.dataset,
        outcome.seconds,
        given.out,
        given,
        outcome.check,
    )


def _is_first(config: TrainConfig) -> bool:
    """Whether this process speaks and saves: always, but for the others that `accelerate launch` has started."""
    if "WORLD_SIZE" not in os.environ:  # torch isn't loaded for nothing
        return True
    from ans.model.processes import processes

    return processes(config.device == "cpu").rank == 0


def predict(given: argparse.Namespace) -> None:
    """Answer each text with one line of JSON, or the rows of a file with a file."""
    from ans.bulk.predict import predict as answer_each

    def load(given: argparse.Namespace):
        model = _loaded(given)
        return model if given.refused is None else model.refusing(given.refused)

    told = answer_each(given, load)
    if told is not None and given.json:
        print(json_text(told))


def teach(given: argparse.Namespace) -> None:
    """Let a saved model learn corrections, and save what came of it."""
    from ans.data.tables import read_table

    table = read_table(given.corrections, may_choose=False)
    place = Path(given.model).expanduser()
    whole = place.resolve()  # `.` has no name to put anything beside
    beside = (place if place.name == whole.name else whole).with_name(f"{whole.name.removesuffix('.zip')}-taught")
    named = str(beside) if given.out is None else given.out
    out = _writable_out(named)
    from ans.workflows.teach_saved import teach_saved

    replaced = out.exists() and any(there.exists() and out.samefile(there) for there in (place, place / "model"))
    done = teach_saved(given.model, table.texts, table.labels, out, given.device)
    result = {**asdict(done), "out": named}
    if given.json:
        print(json_text(result))
        return
    before, after = done.right_before, done.right_after
    print(f"Of {done.corrections} corrected texts the model had {before} right, and has {after} now.")
    if done.new_classes:
        print(f"New classes: {', '.join(done.new_classes)}.")
    other = "it replaces the one that was there" if replaced else f"the one in {given.model} is as it was"
    print(f"Learnt in {done.seconds:.1f} s. The model is in {named}; {other}.")


def evaluate(given: argparse.Namespace) -> None:
    """Measure a saved model on the test part of a corpus that has its classes."""
    with Progress(given.quiet) as bars:
        bars({"phase": "model"})
        from ans.data.corpora import corpus_of, make_open_world_split
        from ans.runs.check import Quality
        from ans.workflows.checking import check_of
        from ans.workflows.judging import judge_test
        from ans.workflows.unseen import unseen

        classifier = _loaded(given)
        bars({"phase": "data"})
        # The model's own seed: of a single file, only the texts it was not trained on are the test part.
        own = Path(given.dataset).expanduser().resolve() == Path(classifier.config.dataset).expanduser().resolve()
        corpus = corpus_of(_read_as(given, classifier.config, own))
        if missing := sorted(set(classifier.labels) - set(corpus.classes)):
            raise ValueError(
                f"{corpus.name} lacks {len(missing)} of the model's {len(classifier.labels)} classes, "
                f"for example {missing[0]!r}; evaluate on a corpus that has them all."
            )
        # Of its own file, open texts it has learnt from don't test it; of any other, all do.
        taught = classifier.config.open_texts if own and corpus.is_one_file else "test"
        known = tuple(classifier.labels)
        whole = make_open_world_split(corpus, classifier.config.with_(known_classes=known, open_texts=taught))
        split = unseen(whole, classifier.train_texts)
        learnt = len(whole.test) - len(split.test)
        if learnt:
            note(f"{learnt:,} test texts are left out, since the model has learnt from them.", given.quiet)
        bars({"phase": "evaluate"})
        started = time.perf_counter()
        judged = judge_test(classifier, split)
        seconds = {"evaluate": time.perf_counter() - started}
        bars.finish()
    check = check_of(classifier, Quality())
    _print_result(judged.metrics, classifier, given.dataset, seconds, given.model, given, check, learnt)


def _read_as(given: argparse.Namespace, config: TrainConfig, own: bool) -> TrainConfig:
    """Settings that name the given corpus. What the command line leaves out of how it is read, the model's own has."""
    default = TrainConfig()
    asked = {
        name: getattr(given, name)
        for name in ("text_column", "label_column", "no_class", "near_names", "sheet", "encoding")
        if not own or getattr(given, name) != getattr(default, name)
    }
    return config.with_(dataset=given.dataset, data_dir=given.data_dir, **asked)


def _loaded(given: argparse.Namespace):
    """The classifier in a model's folder, or in a run that was downloaded from the app, zipped or unpacked."""
    from ans.model.trained_model import TrainedModel
    from ans.workflows.archive import model_folder

    with model_folder(given.model) as folder:
        return TrainedModel.load(folder, given.device)


def _print_result(
    metrics,
    classifier,
    dataset: str,
    seconds: dict,
    folder: str | None,
    given: argparse.Namespace,
    check: Check,
    learnt: int = 0,
) -> None:
    from ans.evaluation.advice import warning

    config = classifier.config
    if given.json:
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
            "learnt_left_out": learnt,
            "held_out": {
                "known_refused": _share(check.refused),
                "known_texts": check.refused.of,
                "other_classes_let_in": _share(check.left_out),
                "labelled_open_let_in": _share(check.labelled_open),
                "warning": warning(check) or None,
            },
        }
        print(json_text(result))
        return
    numbers = {
        "accuracy": metrics.accuracy, "F1": metrics.f1, "F1-known": metrics.f1_known, "F1-open": metrics.f1_open
    }  # fmt: skip
    rows = [(name, "none: no open text" if value is None else f"{value:.2f} %") for name, value in numbers.items()]
    rows += [
        (name, f"{100 * count.share:.2f} % of {count.of:,} {of}")
        for name, count, of in (
            ("refused", check.refused, "held-out known texts"),
            ("let in", check.left_out, "texts of classes left out in turn"),
            ("let in", check.labelled_open, "held-out texts labelled as of no class"),
        )
        if count.of
    ]
    rows.append(("encoder", classifier.encoder.description()))
    rows.append(("seconds", ", ".join(f"{phase} {value:.1f}" for phase, value in seconds.items())))
    rows.append(("model", folder if folder is not None else "not saved"))
    print_table(rows)
    if said := warning(check):
        note(said, given.quiet)


def _share(count: Count) -> float | None:
    return round(100 * count.share, 2) if count.of else None


def _writable_out(out: str) -> Path:
    """The folder to save into, checked before a long training rather than after it.

    Raises:
        ValueError: there is something else than a model, or nothing can be written there.
    """
    from ans.model.model_folder import place_of_model

    if not out.strip():
        raise ValueError("--out is empty; name the folder to save the model into.")
    try:
        folder = place_of_model(Path(out).expanduser())
    except ValueError as error:
        raise ValueError(f"--out {error}") from error
    there = next(path for path in folder.parents if path.exists())
    try:
        tempfile.TemporaryDirectory(dir=there).cleanup()
    except OSError as error:
        raise ValueError(f"--out {out} can't be written: {error.strerror} in {there}; name another folder.") from error
    return folder

"""Operations that train: train, train_status. Their docstrings are what programs read about them."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from ans.config import TrainConfig
from ans.conventions import OUTSIDE_NAME, with_whole_characters
from ans.data.columns import Columns
from ans.data.corpora import usual_ratio
from ans.data.intake import ReadAs, Understood, understand
from ans.data.reading import understood
from ans.data.report import REASONS, Report
from ans.data.rows import Cell, Table
from ans.paths import existing
from ans.runs.keys import make_key
from ans.runs.progress import PHASES
from ans.runs.run import LONGEST_NAME
from ans.runs.status import FINISHED, RUNNING
from ans.ui.access import LISTED, Visitor, dataset_named
from ans.ui.api.asking import check_length, figures_of
from ans.ui.api.lookup import Caller, asked, newcomer
from ans.ui.api.schema import MOST_ROWS, SETTINGS, Read, Row, Standing, Train, Training, TrainStatus
from ans.ui.limits import MIB, UPLOADED, UPLOADS
from ans.ui.polling import place_of
from ans.ui.refused import Refused
from ans.ui.shared import Shared
from ans.ui.train_form import ENCODERS

NAMES = frozenset(spec.name for spec in SETTINGS)
# What says how a file is read: rows are read already.
OF_FILES = ("data_dir", "text_column", "label_column")
READ_AT_ONCE = 8 * MIB  # of a named file: a larger one is read in the training alone
ROWS, TEXT, LABEL = "rows", "text", "label"


def train(shared: Shared, given: Train, caller: Caller) -> Training:
    """Queue a training on a dataset by name, or on own rows of text and label, and return its model_id at once.

    A model of own rows is private: it answers whoever shows the key that is returned with it. Settings are those of
    the Train tab by name; what is left out is as on the command line. train_status tells how far it is.
    """
    if (given.dataset is None) == (given.rows is None):
        raise Refused("name a dataset, or send rows of text and label: one of the two.", 422)
    if shared.restricted and given.dataset is not None and given.name:
        raise Refused("a model of a listed dataset is everybody's, and nobody names it here; leave name out.", 403)
    name = " ".join((given.name or "").split())
    if len(name) > LONGEST_NAME:
        raise Refused(f"a model's name has at most {LONGEST_NAME} characters, got {len(name):,}.", 422)
    config = _config(shared, given)
    found = None if given.rows is None else _read(shared, given.rows, ReadAs.of(config))
    named = _read_file(config) if given.rows is None else None
    visitor = newcomer(shared, caller)
    if given.rows is not None:
        _count_upload(shared, caller, given.rows)
    run = key = None
    try:
        with shared.trainings.starting:
            config = _startable(visitor, config, name, found)
            run = shared.store.create(config)
            visitor.note_start(run)
        if name:
            run.rename(name)
        key = None if found is None else make_key(run.folder)
    except BaseException:  # such as a full disk: nobody would ask for what is left, or delete it
        if run is not None:
            shared.store.remove(run.id)
        if found is not None:
            shutil.rmtree(visitor.uploads.folder(visitor.name), ignore_errors=True)
        raise
    return Training(
        model_id=run.id,
        key=key,
        state=run.status.state,
        place=place_of(shared.store, run) or 0,
        read=_told(Columns(TEXT, LABEL), found) if found is not None else named,
    )


def train_status(shared: Shared, given: TrainStatus, caller: Caller) -> Standing:
    """Tell where a training is: its state (queued, running, finished, stopped, failed, interrupted), how far it is, its
    place in the queue, and when it is finished its figures and classes."""
    run = asked(shared.store, given.model_id, given.key)
    status, progress = run.status, run.progress
    running = status.state == RUNNING
    ahead = progress.outlook(time.time()) if running else None
    evaluation = run.evaluation if status.state == FINISHED else None
    return Standing(
        model_id=run.id,
        name=run.name,
        state=status.state,
        message=status.message,
        phase=PHASES[progress.phase] if running and progress.phase is not None else None,
        progress=ahead.share if ahead is not None else float(status.state == FINISHED),
        seconds_left=None if ahead is None or ahead.left is None else round(ahead.left, 1),
        place=place_of(shared.store, run),
        figures=None if evaluation is None else figures_of(run),
        known_classes=[] if evaluation is None else evaluation.known,
    )


def _config(shared: Shared, given: Train) -> TrainConfig:
    """The settings of a training; what is left out is as on the command line.

    Raises:
        Refused: there is no such setting, or this server lets nobody name such a thing. ValueError: a setting is out of
            its bounds.
    """
    settings: dict[str, Any] = with_whole_characters(given.settings or {})
    if unknown := sorted(set(settings) - NAMES):
        raise Refused(f"there is no setting {unknown[0][:80]!r}; /ans/api/openapi.json lists all of them.", 422)
    if given.rows is not None and (odd := [name for name in OF_FILES if name in settings]):
        raise Refused(f"{odd[0]} is for files; leave it out with rows.", 422)
    dataset = ROWS if given.rows is not None else dataset_named(with_whole_characters(given.dataset))
    config = TrainConfig(**{"dataset": dataset, "known_ratio": usual_ratio(dataset), **settings})
    if shared.restricted and config.device != "auto":
        raise Refused("on this server device is auto; leave it out.", 403)
    if shared.restricted and (config.data_dir is not None or config.encoder not in ENCODERS):
        raise Refused(f"on this server encoder is one of {', '.join(ENCODERS)}, and data_dir is not taken.", 403)
    if given.rows is None and not shared.visitor(None).may_use(dataset):
        raise Refused("on this server only the listed datasets can be named; send your texts as rows.", 403)
    if given.rows is None and dataset not in LISTED and existing(dataset) is None:
        raise Refused(
            f"there is no dataset {dataset[:80]!r}; name {', '.join(LISTED)}, or a path on this machine.", 422
        )
    return config


def _read(shared: Shared, rows: list[Row], read_as: ReadAs) -> Understood:
    """What can be trained on of the rows.

    Raises:
        Refused: nobody may send any, there are too many, one is too long, or there are no two classes to tell apart.
    """
    if not shared.server.limits.uploading:
        raise Refused("own texts are turned off on this server; run the app on your own machine to train on them.", 403)
    if len(rows) > MOST_ROWS:
        raise Refused(f"a training has at most {MOST_ROWS:,} rows, got {len(rows):,}; upload a file on the page.", 413)
    for i, row in enumerate(rows, 1):
        check_length(row.text, f"the text of row {i}")
    cells: list[list[Cell]] = [[row.text, OUTSIDE_NAME if row.label is None else row.label] for row in rows]
    columns = Columns(TEXT, LABEL)
    table = Table("JSON", "", [TEXT, LABEL], cells, list(range(1, len(rows) + 1)), usual=columns)
    found = understand(table, columns, read_as.no_class, read_as.joined)
    if not found.trainable:
        stops = [note.text for note in Report(table, columns, found).notes if note.kind == "stop"]
        raise Refused(stops[0], 422)
    return found


def _startable(visitor: Visitor, config: TrainConfig, name: str, found: Understood | None) -> TrainConfig:
    """The settings, with own rows as their dataset, which is kept until the model is deleted.

    Raises:
        ValueError: the visitor may not start this training.
    """
    if found is not None:
        visitor.check_may_start([])
        path = visitor.uploads.keep(visitor.name, name or ROWS, found)
        config = config.with_(dataset=str(path), no_class=None, near_names="apart")  # they are read already
    visitor.check_may_start([config])
    return config


def _read_file(config: TrainConfig) -> Read | None:
    """What is understood of the file or folder that somebody named; None of one that would keep the answer waiting.

    Raises:
        Refused: it can't be read, has no such column, or can't be trained on.
    """
    path = existing(config.dataset)
    if config.dataset in LISTED or path is None or _bytes_of(path) > READ_AT_ONCE:
        return None
    try:
        report = understood(path, ReadAs.of(config))
    except ValueError as error:
        raise Refused(str(error), 422) from error
    if stops := [note.text for note in report.notes if note.kind == "stop"]:
        raise Refused(stops[0], 422)
    return _told(report.columns, report.found)


def _bytes_of(path: Path) -> int:
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def _told(columns: Columns, found: Understood) -> Read:
    left_out = {REASONS.get(reason, reason): entry.count for reason, entry in found.left_out.items()}
    return Read(
        text_column=columns.text,
        label_column=columns.label,
        rows=found.rows,
        kept=found.kept,
        left_out=left_out,
        classes=len(found.counts),
    )


def _count_upload(shared: Shared, caller: Caller, rows: list[Row]) -> None:
    """Own rows are an upload: they count as one.

    Raises:
        Refused: this address has uploaded too much, or these are too many bytes.
    """
    size = len(json.dumps([row.text for row in rows], ensure_ascii=False).encode())
    if size > shared.server.limits.upload:
        raise Refused(f"own texts have at most {shared.server.limits.upload // MIB} MiB here.", 413)
    for kind, cost in ((UPLOADS, 1), (UPLOADED, max(1, size // MIB))):
        if wait := shared.server.rates.wait(kind, caller.address, cost):
            raise Refused(f"your address has uploaded as much as it may; try again in {wait} s.", 429, wait)

"""`python -m ans inspect FILE`: what is understood of data, before anything is trained; the same as the page shows."""

from __future__ import annotations

import argparse
from pathlib import Path

from ans.config import TrainConfig
from ans.data.intake import ReadAs
from ans.data.report import DOUBTFUL, TRAINABLE, Report
from ans.json_files import json_text
from ans.paths import existing

SIGNS = {"fine": "✓", "note": "!", "doubt": "?", "stop": "✕"}
HEADLINES = {TRAINABLE: "This can be trained on.", DOUBTFUL: "This can be trained on, but look at the lines with a ?."}
MOST_CLASSES = 40


def inspect(given: argparse.Namespace) -> int:
    """Print what is understood of a file or folder; 0 if it can be trained on, 1 with doubts, 2 if not."""
    report = inspected(
        Path(given.file).expanduser(),
        ReadAs(
            given.text_column,
            given.label_column,
            given.no_class,
            given.near_names == "joined",
            given.sheet,
            given.encoding,
        ),
        given.encoder,
        given.max_tokens,
    )
    if given.json:
        print(json_text(report.to_dict()))
    else:
        print("\n".join(lines_of(report)))
    return report.status


def inspected(path: Path, read_as: ReadAs, encoder: str, max_tokens: int) -> Report:
    """What is understood of a file or folder, and what an encoder can read of it.

    Raises:
        ValueError: it can't be read, or has no such column.
    """
    from ans.data.reading import understood
    from ans.model.readable import encoder_notes

    report = understood(path, read_as, must_have_labels=False)
    texts = [text for part in report.found.parts.values() for text in part.texts]
    return Report(report.table, report.columns, report.found, encoder_notes(encoder, texts, max_tokens))


def told_before(config: TrainConfig) -> list[str]:
    """What a person should know of their own data before a training; nothing of the listed datasets.

    Raises:
        ValueError: it can't be read, or the encoder knows none of its words.
    """
    from ans.data.corpora import BUNDLED, PUBLIC

    path = existing(config.dataset)
    if config.dataset in (BUNDLED, *PUBLIC) or path is None:
        return []
    report = inspected(path, ReadAs.of(config), config.encoder, config.max_tokens)
    if stop := [note.text for note in report.more if note.kind == "stop"]:
        raise ValueError(stop[0])
    return [f"{SIGNS[note.kind]} {note.text}" for note in report.notes if note.kind in ("note", "doubt")]


def lines_of(report: Report) -> list[str]:
    """The report for a terminal."""
    table, columns, found = report.table, report.columns, report.found
    made = [HEADLINES.get(report.status, "This can't be trained on."), ""]
    made.append(f"format    {table.format}{f', {table.encoding}' if table.encoding else ''}")
    chosen = [f"text “{columns.text}”", f"label “{columns.label}”" if columns.label is not None else "no label"]
    others = ", ".join([name for name in table.names if name not in (columns.text, columns.label, columns.split)][:8])
    made.append(f"columns   {', '.join(chosen)}{f'; also {others}' if others else ''}")
    left = ", ".join(f"{entry.count:,} {reason}" for reason, entry in found.left_out.items())
    rows = f"{found.rows:,} read = {found.kept:,} kept + {found.left_out.total:,} left out"
    made.append(f"rows      {rows}{f': {left}' if left else ''}")
    counts = sorted(report.all_counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {count:,}" for name, count in counts[:MOST_CLASSES])
    more = f", and {len(counts) - MOST_CLASSES:,} more" if len(counts) > MOST_CLASSES else ""
    made.append(f"classes   {len(counts):,}{f': {shown}{more}' if counts else ''}")
    if found.no_class:
        made.append(f"no class  {', '.join(f'{name} {count:,}' for name, count in found.no_class.items())}")
    made.append("")
    for note in report.notes:
        made.append(f"{SIGNS[note.kind]} {note.text}")
        made += [f"    {example}" for example in note.examples]
    return made

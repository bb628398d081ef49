"""One file is understood alike at every door: Python, the command line, the page, and where texts are answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ans.__main__ import main
from ans.bulk.rows import read_rows
from ans.config import TrainConfig
from ans.data.corpora import corpus_of
from ans.data.intake import ReadAs
from ans.data.lines import MOST_LINES, lines_of_file
from ans.data.reading import understood
from ans.data.rows import text_in
from ans.data.tables import read_table
from ans.ui.data import upload
from ans.ui.data.upload import UploadTab
from tests.odd_files import FILES
from tests.odd_files.made import OddFile
from tests.ui.tabs import laid_out

APART = (
    "lone quotes, tabs",
    "Excel, merged title above",
    "UTF-16 without a mark",
    "Rasa",
    "zip",
)  # read as the page does
Account = dict[str, Any]


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> UploadTab:
    from ans.runs.store import RunStore

    return laid_out(upload.layout, RunStore(tmp_path_factory.mktemp("runs")))


def account(
    rows: int, kept: int, left_out: dict[str, int], classes: dict[str, int], no_class: dict[str, int]
) -> Account:
    """What every door has to say of a file."""
    return {"rows": rows, "kept": kept, "left_out": left_out, "classes": classes, "out_of_scope": no_class}


def at_the_command_line(path: Path, capsys) -> Account:
    main(["inspect", str(path), "--json"])
    found = json.loads(capsys.readouterr().out)
    return {key: found[key] for key in ("rows", "kept", "left_out", "classes", "out_of_scope")}


def on_the_page(path: Path, tab: UploadTab, monkeypatch, is_apart: bool) -> tuple[Account, dict]:
    """What is kept of an upload, and the numbers that are shown."""
    if not is_apart:  # a process each would take most of the time
        monkeypatch.setattr(upload, "read_apart", lambda read, *given: read(*given))
    opened = tab.opened(str(path))
    chosen = [opened[one]["value"] for one in tab.columns]
    changes = tab.checked(opened[tab.table], *chosen)
    found, report = changes[tab.understood], changes[tab.report]
    left_out = {reason: entry.count for reason, entry in found.left_out.items()}
    labels = [label for part in found.parts.values() for label in part.labels if label and label != "oos"]
    classes = {name: labels.count(name) for name in sorted(set(labels))}
    return account(found.rows, found.kept, left_out, classes, found.no_class), dict(report["facts"])


@pytest.mark.parametrize("kind", FILES)
def test_a_file_has_one_account_at_every_door(kind, tab, tmp_path, capsys, monkeypatch):
    file: OddFile = FILES[kind]
    path = tmp_path / file.name
    path.write_bytes(file.raw)
    right = account(file.rows, file.kept, file.left_out, dict(sorted(file.classes.items())), file.no_class)

    report = understood(path, ReadAs()).to_dict()
    assert {key: report[key] for key in right} == right
    assert at_the_command_line(path, capsys) == right
    on_page, shown = on_the_page(path, tab, monkeypatch, kind in APART)
    assert on_page == right
    assert (shown["Rows read"], shown["Kept"]) == (str(file.rows), str(file.kept))
    assert shown["Left out"] == str(sum(file.left_out.values()))

    assert set(corpus_of(TrainConfig(dataset=str(path))).classes) == set(file.classes)
    assert len(read_table(path)) >= file.kept
    texts = [text_in(cell) for cell in understood(path, ReadAs()).table.column(report["text_column"])]
    whole = [text for text in texts if text]
    assert lines_of_file(path).texts == whole[:MOST_LINES]
    answered = [text for text in read_rows(path).texts(None) if text]
    assert [text for text in answered if text in set(whole)] == whole

"""Parts that data bring are used where they can train and test; else that is told before a training, and none fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.__main__ import main
from ans.data.corpora import load_corpus
from ans.data.intake import ReadAs
from ans.data.reading import understood
from ans.data.report import Report
from tests.odd_files.made import CLASSES, EACH, ROWS, written


def read(folder: Path, **files: str) -> Report:
    """What is understood of one file, or of a folder of several."""
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return understood(folder / f"{name}.csv" if len(files) == 1 else folder, ReadAs())


def told(report: Report) -> list[str]:
    return [note.text for note in report.notes if note.kind in ("note", "doubt", "stop")]


def parted(*labelled: str) -> str:
    """A table with a split, in which only these parts have labels."""
    parts = ["train", "train", "train", "dev", "test", "test"] * len(CLASSES)
    rows = [(text, label if part in labelled else "", part) for (text, label), part in zip(ROWS, parts, strict=True)]
    return written(rows, "text,label,split")


@pytest.mark.parametrize(
    ("labelled", "why", "kept"),
    [
        (("train", "dev"), "has no label in test", 12),
        (("train",), "has no label in test", 9),
        (("dev", "test"), "has no label in train", 9),
    ],
)
def test_a_split_whose_train_or_test_rows_lack_labels_is_told_and_not_used(labelled, why, kept, tmp_path):
    report = read(tmp_path, mine=parted(*labelled))
    assert told(report)[0] == f"“split” {why}; the texts are split automatically."
    assert (report.found.kept, report.found.unlabelled, list(report.found.parts)) == (kept, 18 - kept, [""])
    assert report.status == 0
    corpus = load_corpus(str(tmp_path / "mine.csv"))
    assert (set(corpus.classes), len(corpus.test) > 0) == (set(CLASSES), True)
    assert len(corpus.train) + len(corpus.dev) + len(corpus.test) == kept


def test_a_dev_part_without_labels_is_explored_and_train_and_test_are_used(tmp_path):
    report = read(tmp_path, mine=parted("train", "test"))
    assert "The file's own split: 9 train, 0 dev, 6 test." in [note.text for note in report.notes]
    assert (report.found.unlabelled, report.status) == (3, 0)
    assert [len(part) for part in (lambda c: (c.train, c.dev, c.test))(load_corpus(str(tmp_path / "mine.csv")))] == [
        9, 0, 6,
    ]  # fmt: skip


def test_a_split_is_not_used_whose_test_texts_all_train_too_or_whose_train_texts_have_no_class(tmp_path):
    rows = [(text, label, part) for part in ("train", "test") for text, label in ROWS]
    report = read(tmp_path, mine=written(rows, "text,label,split"))
    assert told(report)[0].startswith("“split” has no text in test that train lacks; the texts")
    assert (report.found.counts, report.found.duplicates, report.found.trainable) == (EACH, 18, True)
    rows = [(f"{text} {part}", label if part == "test" else "oos", part) for text, label, part in rows]
    report = read(tmp_path, mine=written(rows, "text,label,split"))
    assert told(report)[0].startswith("“split” has no class in train; the texts")
    assert (report.found.counts, report.found.outside) == (EACH, 18)


def test_a_test_part_of_strange_labels_alone_is_used_with_a_doubt(tmp_path):
    parts = [("train", label) if place % 3 else ("test", "0") for place, (_, label) in enumerate(ROWS)]
    rows = [(text, label, part) for (text, _), (part, label) in zip(ROWS, parts, strict=True)]
    report = read(tmp_path, mine=written(rows, "text,label,split"))
    assert (report.status, list(report.found.parts)) == (1, ["train", "dev", "test"])
    assert any(one.startswith("No text of test is of a class that train has") for one in told(report))


HEADERS = [
    ("id,text,target", "id,text"),
    ("id,keyword,text,target", "id,keyword,text"),
    ("Nachricht,Sorte", "Nachricht"),
]


@pytest.mark.parametrize(("header", "without"), HEADERS)
def test_a_folder_whose_test_file_has_no_labels_is_split_from_train_and_the_test_texts_are_explored(
    header, without, tmp_path, capsys
):
    def rows(names: str, again: str = "") -> str:
        cells = {"id": str, "word": lambda place: ("fire", "flood")[place % 2]}
        return written(
            [
                [
                    cells[name](place)
                    if name in cells
                    else f"{text}{again}"
                    if name in ("text", "Nachricht")
                    else label
                    for name in names.split(",")
                ]
                for place, (text, label) in enumerate([*ROWS, *((f"{text} too", label) for text, label in ROWS)])
            ],
            names,
        )

    report = read(tmp_path, train=rows(header), test=rows(without, " again"))
    assert "“split” has no label in test; the texts are split automatically." in told(report)
    assert (report.found.counts, report.found.unlabelled) == (dict.fromkeys(CLASSES, 12), 36)
    assert len(load_corpus(str(tmp_path)).test) > 0
    assert main(["inspect", str(tmp_path)]) == 0
    assert "36 rows without a label: for exploring only" in capsys.readouterr().out


def test_repeated_texts_of_a_folder_count_once_where_its_parts_are_not_used(tmp_path):
    report = read(tmp_path, train=written([*ROWS, *ROWS]), test=written([(text,) for text, _ in ROWS], "text"))
    assert (report.found.counts, report.found.duplicates, report.found.unlabelled) == (EACH, 36, 0)


def test_a_corpus_with_nothing_to_test_with_is_refused_before_a_training(tmp_path):
    from ans.data.corpora import Corpus, _checked
    from ans.data.tables import LabelledTexts

    texts, nothing = LabelledTexts(*map(list, zip(*ROWS, strict=True))), LabelledTexts([], [])
    with pytest.raises(ValueError, match=r"^mine has no text with a label to test with; add some, or leave the parts"):
        _checked(Corpus("mine", texts, nothing, nothing))

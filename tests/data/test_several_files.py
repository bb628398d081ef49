"""Files that belong together are read as one table, in a folder as in a zip, and what is left aside is told."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ans.bulk.rows import read_rows
from ans.data.corpora import load_corpus
from ans.data.intake import ReadAs
from ans.data.lines import lines_of_file
from ans.data.listing import Library
from ans.data.reading import understood
from ans.data.report import Report
from tests.odd_files.made import CLASSES, EACH, ROWS, by_class, lines_of, workbook, written

RASA = {
    label: f"version: '3.1'\nnlu:\n- intent: {label}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
    for label, texts in by_class().items()
}


def said(texts: list[str]) -> str:
    """Phrases as Dialogflow ES writes them, in pieces."""
    return json.dumps([{"id": "x", "data": [{"text": text[:7]}, {"text": text[7:], "meta": "@e"}]} for text in texts])


def parts_in_cx(texts: list[str]) -> str:
    return json.dumps({"trainingPhrases": [{"parts": [{"text": text[:7]}, {"text": text[7:]}]} for text in texts]})


HALVES = {"train": ROWS[::2], "test": ROWS[1::2]}
WHOLE: dict[str, Mapping[str, str | bytes]] = {
    "a folder a class": {f"{label}/{place:03}.txt": f"{text}\n" for place, (text, label) in enumerate(ROWS)},
    "a folder a class, deeper, names without an ending": {
        f"data/20_news/{label}/{49_000 + place}": text for place, (text, label) in enumerate(ROWS)
    },
    "a file a class": {f"{label}.txt": "\n".join(texts) for label, texts in by_class().items()},
    "a table a class": {f"{label}.csv": "Utterances\n" + "\n".join(own) for label, own in by_class().items()},
    "a list a class": {f"intents/{label}.json": json.dumps(texts) for label, texts in by_class().items()},
    "a folder with one list a class": {f"{label}/all.txt": "\n".join(texts) for label, texts in by_class().items()},
    "Rasa": {
        **{f"data/nlu/{label}.yml": content for label, content in RASA.items()},
        "domain.yml": "intents:\n- refund\n",
        "config.yml": "language: en\npipeline:\n- name: WhitespaceTokenizer\n",
        "data/stories.yml": "stories:\n- story: a\n  steps:\n  - intent: refund\n",
    },
    "Dialogflow ES": {
        "agent.json": json.dumps({"language": "en"}),
        **{f"intents/{label}.json": json.dumps({"id": "x", "name": label}) for label in CLASSES},
        **{f"intents/{label}_usersays_en.json": said(texts) for label, texts in by_class().items()},
    },
    "Dialogflow CX": {
        "agent.json": json.dumps({"displayName": "shop"}),
        **{f"intents/i{place}/i{place}.json": json.dumps({"displayName": c}) for place, c in enumerate(CLASSES)},
        **{
            f"intents/i{place}/trainingPhrases/en.json": parts_in_cx(texts)
            for place, texts in enumerate(by_class().values())
        },
    },
    "Lex": {
        f"bot/Intents/{label}/Intent.json": json.dumps(
            {"name": label, "sampleUtterances": [{"utterance": text} for text in texts], "slots": None}
        )
        for label, texts in by_class().items()
    },
    "tables with the same columns": {
        "2026-01.csv": written(ROWS[:9]), "2026-02.csv": written(ROWS[9:]), "notes.pdf": b"%PDF-1",
    },
    "workbooks with the same columns": {
        f"{name}.xlsx": workbook(("one", [("Nachricht", "Kategorie"), *rows]))
        for name, rows in (("January", ROWS[:9]), ("March", ROWS[9:]))
    },
}  # fmt: skip
PARTED: dict[str, Mapping[str, str | bytes]] = {
    "as aclImdb": {
        **{
            f"aclImdb/{part}/{label}/{place}_7.txt": text
            for part, rows in HALVES.items()
            for place, (text, label) in enumerate(rows)
        },
        "aclImdb/README": "what this is",
        "aclImdb/imdb.vocab": "the\nand\n",
        "aclImdb/train/urls_neg.txt": "http://a\nhttp://b\n",
        "aclImdb/train/unsup/0_0.txt": "nobody says what this is",
    },
    "as 20 newsgroups by date": {
        f"20news-bydate-{part}/{label}/{place}": text
        for part, rows in HALVES.items()
        for place, (text, label) in enumerate(rows)
    },
    "files whose names end so": {f"tickets_{part}.jsonl": lines_of(
        {"text": text, "label": label} for text, label in rows
    ) for part, rows in HALVES.items()},
    "tables in folders": {f"{part}/{part[0]}.csv": written(rows) for part, rows in HALVES.items()},
}  # fmt: skip


def put(files: Mapping[str, str | bytes], place: Path, way: str) -> Path:
    """The files in a folder or a zip."""
    if way == "zip":
        with zipfile.ZipFile(place / "mine.zip", "w") as archive:
            archive.writestr("__MACOSX/._a.txt", b"\x00")
            for name, content in files.items():
                archive.writestr(name, content)
        return place / "mine.zip"
    for name, content in files.items():
        path = place / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place / "mine"


def told(report: Report) -> list[str]:
    return [note.text for note in report.notes if note.kind in ("note", "doubt", "stop")]


@pytest.mark.parametrize("way", ["folder", "zip"])
@pytest.mark.parametrize("kind", WHOLE)
def test_files_that_belong_together_are_read_as_one_table(kind, way, tmp_path):
    path = put(WHOLE[kind], tmp_path, way)
    report = understood(path, ReadAs())
    assert (report.found.counts, report.found.left_out.total - 3 * (kind == "a table a class")) == (EACH, 0)
    assert report.table.format.startswith(f"{way} of ")
    assert load_corpus(str(path)).classes == sorted(CLASSES)
    assert sorted(text.text for text in Library().listing(str(path)).texts) == sorted(text for text, _ in ROWS)
    if way == "zip":
        assert sorted(lines_of_file(path).texts) == sorted(text for text, _ in ROWS)
        assert len(read_rows(path).rows) == len(ROWS)


@pytest.mark.parametrize("way", ["folder", "zip"])
@pytest.mark.parametrize("kind", PARTED)
def test_folders_and_files_called_train_and_test_are_parts(kind, way, tmp_path):
    report = understood(put(PARTED[kind], tmp_path, way), ReadAs())
    found = {
        part: sorted(pair for pair in zip(texts.texts, texts.labels, strict=True) if pair[1])
        for part, texts in report.found.parts.items()
    }
    assert found == {"train": sorted(HALVES["train"]), "dev": [], "test": sorted(HALVES["test"])}
    assert report.status == 0
    if kind == "as aclImdb":
        assert report.found.unlabelled == 1
        assert any("3 files were left aside: aclImdb/" in one for one in told(report))


def test_names_that_became_classes_are_told_and_bytes_of_old_encodings_are_guessed_together(tmp_path):
    files = {f"{label}/{place}.txt": f"Größe für {text}".encode("cp1252") for place, (text, label) in enumerate(ROWS)}
    report = understood(put(files, tmp_path, "folder"), ReadAs())
    assert told(report)[0].startswith(
        "The name of each folder was taken for the class of the texts in it, one a file: "
    )
    assert report.table.encoding == "Windows-1252"
    assert all(text.startswith("Größe für ") for text in report.found.parts[""].texts)


def test_a_line_with_commas_in_a_file_of_its_class_is_one_text(tmp_path):
    files = {f"{label}.txt": "\n".join(f"{text}, please" for text in texts) for label, texts in by_class().items()}
    report = understood(put(files, tmp_path, "folder"), ReadAs())
    assert (report.found.counts, all(", please" in text for text in report.found.parts[""].texts)) == (EACH, True)


def test_numbered_pieces_of_one_list_are_one_list_and_no_classes(tmp_path):
    files = {f"part-{place}.txt": "\n".join(own) for place, own in enumerate(by_class().values())}
    assert lines_of_file(put(files, tmp_path, "zip")).texts == [text for text, _ in ROWS]
    with pytest.raises(ValueError, match=r"mine has the columns text; expected one for the label"):
        understood(put(files, tmp_path, "folder"), ReadAs())


def test_what_cannot_be_read_together_is_refused_with_what_can(tmp_path):
    with pytest.raises(ValueError, match=r"^the folder .*mine holds a\.pdf: no texts to read together; expected files"):
        understood(put({"a.pdf": "%PDF-1"}, tmp_path, "folder"), ReadAs())
    path = tmp_path / "mine.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        about = tarfile.TarInfo("a.csv")
        about.size = len(raw := written(ROWS).encode())
        archive.addfile(about, io.BytesIO(raw))
    with pytest.raises(ValueError, match=r"mine\.tar\.gz looks like a tar archive, .*; unpack it, and take the"):
        understood(path, ReadAs())


def test_a_table_of_names_of_files_is_refused_and_bytes_that_are_no_text_are_named(tmp_path):
    files = {
        **{f"texts/{place}.txt": text for place, (text, _) in enumerate(ROWS)},
        "labels.csv": written([(f"{place}.txt", label) for place, (_, label) in enumerate(ROWS)], "file,label"),
    }
    with pytest.raises(ValueError, match=r"mine holds a table with the names of files where texts are expected; write"):
        understood(put(files, tmp_path, "folder"), ReadAs())
    files = {**WHOLE["a folder a class"], "refund/x.txt": bytes(range(256)) * 4}
    with pytest.raises(ValueError, match=r"holds refund/x\.txt, which holds bytes that are no text"):
        understood(put(files, tmp_path, "zip"), ReadAs())


def test_more_files_left_aside_than_read_are_a_doubt(tmp_path):
    files = {"data.csv": written(ROWS), **{f"more/{place}.yml": "a: 1\n" for place in range(3)}}
    report = understood(put(files, tmp_path, "folder"), ReadAs())
    assert (report.found.counts, report.status) == (EACH, 1)
    assert "3 files were left aside: more/0.yml, more/1.yml, more/2.yml." in told(report)


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("refund", "login"):
            archive.writestr(f"{name}.txt", "a\n" * (11 << 20))
    with pytest.raises(ValueError, match=r"a\.zip unpacks to more than 40 MB; unpack it, and take the folder\."):
        understood(path, ReadAs())


def test_more_tables_than_can_be_read_in_a_bearable_time_are_refused(tmp_path):
    path = put({f"{label}{place}.csv": "text\na\n" for label in CLASSES for place in range(700)}, tmp_path, "zip")
    with pytest.raises(ValueError, match=r"mine\.zip holds more than 2,000 tables; put their rows into one\."):
        understood(path, ReadAs())
    path = put({f"{place}/{place}.txt": "" for place in range(40_001)}, tmp_path, "zip")
    with pytest.raises(ValueError, match=r"mine\.zip holds more than 40,000 files; keep fewer, or put their texts"):
        understood(path, ReadAs())

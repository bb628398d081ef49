"""One's own data: what is understood of a file, where it is kept, that it trains."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from ans.config import TrainConfig
from ans.conventions import LONGEST
from ans.data.columns import Columns
from ans.data.corpora import load_corpus, make_open_world_split
from ans.data.intake import Understood, understand
from ans.data.tables import read_file, read_table
from ans.data.uploads import MOST_DATASETS, Uploads

ME, OTHER = "a" * 32, "b" * 32


def taken_in(path: Path, rows: list[dict], columns: Columns | None = None) -> Understood:
    """What is understood of rows that come as a JSONL file."""
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    table = read_file(path)
    return understand(table, columns if columns is not None else table.guessed)


def rows_of(label: str, count: int, **more: str) -> list[dict]:
    return [{"text": f"{label} number {i}", "label": label, **more} for i in range(count)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


def test_what_is_wrong_with_a_file_is_counted_and_left_out(file):
    rows = [*rows_of("a", 6), *rows_of("b", 7), *rows_of("tiny", 4)]
    rows += [{"text": "a number 0", "label": "a"}, {"text": "  ", "label": "a"}]
    rows += [{"text": "both", "label": "a"}, {"text": "both", "label": "b"}]
    rows += [{"text": "x" * (LONGEST + 1), "label": "a"}, {"text": "who knows", "label": "oos"}, {"text": "bare"}]
    found = taken_in(file, rows)
    assert found.counts == {"a": 7, "b": 7, "tiny": 4}
    assert (found.rows, found.duplicates, found.empty, found.cut) == (24, 1, 1, 1)
    assert (found.conflicting, found.scarce) == ({"both": ["a", "b"]}, {"tiny": 4})
    assert (found.outside, found.unlabelled, found.texts) == (1, 1, 20)
    assert max(len(text) for text in found.parts[""].texts) == LONGEST
    assert found.trainable


def test_of_a_text_with_and_without_a_label_the_labelled_row_stays(file):
    found = taken_in(file, [{"text": "a number 1"}, *rows_of("a", 5), *rows_of("b", 5)])
    assert (found.unlabelled, found.duplicates, found.counts["a"]) == (0, 1, 5)


def test_columns_can_be_chosen_and_one_may_not_serve_twice(file):
    rows = [{"said": f"{kind} {i}", "kind": kind, "text": "no"} for kind in "ab" for i in range(5)]
    assert taken_in(file, rows, Columns("said", "kind")).counts == {"a": 5, "b": 5}
    with pytest.raises(ValueError, match="must be three different columns"):
        taken_in(file, rows, Columns("said", "said"))
    with pytest.raises(ValueError, match=r"^the file has no column 'gone'; it has said, kind, text\.$"):
        taken_in(file, rows, Columns("gone"))


def test_the_files_own_split_is_kept_and_a_dev_part_it_lacks_is_not_made(file, tmp_path):
    rows = [*rows_of("a", 20, split="training"), *rows_of("b", 20, split="training")]
    rows += [{"text": "new one", "label": "c", "split": "test"}, {"text": "a number 3", "label": "a", "split": "test"}]
    rows += [{"text": "stray", "label": "a", "split": "later"}]
    found = taken_in(file, rows)
    assert (found.no_part, found.duplicates) == (1, 1)
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 40, "dev": 0, "test": 1}
    corpus = load_corpus(str(Uploads(tmp_path / "uploads").keep(ME, "mine", found)))
    assert corpus.classes == ["a", "b"]
    assert (len(corpus.dev), corpus.test.labels) == (0, ["c"])


def test_dev_texts_of_a_class_that_has_no_others_train(file):
    rows = [*rows_of("a", 5, split="train"), *rows_of("b", 5, split="train"), *rows_of("c", 3, split="dev")]
    found = taken_in(file, [*rows, {"text": "x", "label": "a", "split": "test"}, *rows_of("A", 1, split="dev")])
    assert found.counts == {"A": 1, "a": 5, "b": 5, "c": 3}
    assert len(found.parts["dev"]) == 0


SPELLINGS = ("OOS", "Out of Scope", "out_of_domain", "none", "Unknown", "out-of-scope")


def test_labels_that_are_spelt_as_of_no_class_are_told_and_mean_that(file):
    rows = [*rows_of("a", 5), *rows_of("b", 5), *(row for name in SPELLINGS for row in rows_of(name, 2))]
    found = taken_in(file, rows)
    assert (found.counts, found.outside) == ({"a": 5, "b": 5}, 2 * len(SPELLINGS))
    assert found.no_class == dict.fromkeys(sorted(SPELLINGS), 2)
    assert set(found.parts[""].labels) == {"a", "b", "oos"}


def test_whoever_has_classes_of_such_names_keeps_them(file, tmp_path):
    taken_in(file, [*rows_of("a", 5), *rows_of("none", 5), *rows_of("unknown", 5), *rows_of("OOS", 5)])
    table = read_file(file)
    found = understand(table, table.guessed, no_class=())
    assert (set(found.counts), found.outside) == ({"a", "none (class)", "unknown (class)", "OOS (class)"}, 0)
    kept = Uploads(tmp_path / "uploads").keep(ME, "mine", found)
    assert load_corpus(str(kept)).classes == ["OOS (class)", "a", "none (class)", "unknown (class)"]


def test_a_split_column_without_a_test_part_is_told_and_not_used(file):
    found = taken_in(file, [*rows_of("a", 9, split="train"), *rows_of("b", 9, split="train")])
    assert found.unusable_split == "lacks train or test"
    assert list(found.parts) == [""]


def test_kept_data_are_read_again_as_they_were_with_quotes_and_formulas(file, tmp_path):
    texts = ['"quoted" at the start', 'a 5" pipe', "=1+1", 'ends with a quote"', "tab\there"]
    found = taken_in(file, [{"text": text, "label": label} for label in "a" for text in texts] + rows_of("b", 5))
    kept = read_table(Uploads(tmp_path / "uploads").keep(ME, "mine", found))
    assert kept.texts[:5] == [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize("name", ["../../etc", "..", "a/b", ".hidden", "", "  ", "con\0", "x" * 500, "é t é"])
def test_whatever_a_dataset_is_called_it_stays_in_the_browsers_own_folder(file, tmp_path, name):
    uploads = Uploads(tmp_path / "uploads")
    path = uploads.keep(ME, name, taken_in(file, [*rows_of("a", 5), *rows_of("b", 5)]))
    assert path.parent == uploads.folder(ME)
    assert uploads.all(ME) == [path]
    assert load_corpus(str(path)).classes == ["a", "b"]


@pytest.mark.parametrize("browser", [None, "", "..", "../" + "a" * 29, "A" * 32, "a" * 31, 7])
def test_a_browser_cannot_name_itself_into_another_folder(file, tmp_path, browser):
    uploads = Uploads(tmp_path / "uploads")
    assert uploads.all(browser) == []
    with pytest.raises(ValueError, match="this browser has no name yet"):
        uploads.keep(browser, "mine", taken_in(file, rows_of("a", 5)))


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_written_over(file, tmp_path):
    uploads = Uploads(tmp_path / "uploads")
    first = uploads.keep(ME, "mine", taken_in(file, [*rows_of("a", 5), *rows_of("b", 5)]))
    before = first.read_text()
    second = uploads.keep(ME, "mine", taken_in(file, [*rows_of("c", 5), *rows_of("d", 5)]))
    assert (first.read_text(), second.stem) == (before, "mine-2")


def test_data_that_two_windows_keep_under_one_name_in_the_same_moment_are_both_kept(file, tmp_path):
    uploads = Uploads(tmp_path / "uploads")
    own = [taken_in(file, [*rows_of(letter, 5), *rows_of("b", 5)]) for letter in "acdefghi"]
    together = Barrier(len(own))

    def keep(understood) -> str:
        together.wait()
        return uploads.keep(ME, "mine", understood).read_text()

    with ThreadPoolExecutor(len(own)) as windows:
        kept = list(windows.map(keep, own))
    assert sorted(path.read_text() for path in uploads.all(ME)) == sorted(kept)
    assert len(set(kept)) == len(own)


def test_data_belong_to_the_browser_that_brought_them(file, tmp_path):
    uploads = Uploads(tmp_path / "uploads")
    path = uploads.keep(ME, "mine", taken_in(file, [*rows_of("a", 5), *rows_of("b", 5)]))
    assert uploads.owns(ME, str(path))
    assert not uploads.owns(OTHER, str(path))
    assert uploads.holds(str(path))
    assert uploads.holds(f"{tmp_path}/runs/../uploads/{OTHER}/x.tsv")
    with pytest.raises(ValueError, match="none of the data this browser has uploaded"):
        uploads.delete(OTHER, str(path))
    uploads.delete(ME, str(path))
    assert uploads.all(ME) == []


def test_no_browser_keeps_more_than_its_share(file, tmp_path):
    uploads, found = Uploads(tmp_path / "uploads"), taken_in(file, [*rows_of("a", 5), *rows_of("b", 5)])
    for _ in range(MOST_DATASETS):
        uploads.keep(ME, "mine", found)
    with pytest.raises(ValueError, match=f"at most {MOST_DATASETS} datasets are kept"):
        uploads.keep(ME, "mine", found)


def test_classes_of_one_text_or_a_few_can_be_split_and_known(file, tmp_path):
    found = taken_in(file, [*rows_of("a", 1), *rows_of("b", 2), *rows_of("c", 5)])
    path = Uploads(tmp_path / "uploads").keep(ME, "mine", found)
    split = make_open_world_split(load_corpus(str(path)), TrainConfig(known_classes=("a", "b")))
    assert sorted(split.train.labels) == ["a", "b", "b"]
    assert "c" in split.test.labels

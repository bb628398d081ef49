"""Corrections belong to a browser and a dataset, and outlive the page and the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.data.corpora import OpenWorldSplit, load_corpus
from ans.data.corrections import MOST, Correction, Corrections, as_tsv, corrected, learning, right_class
from ans.data.tables import LabelledTexts
from ans.json_files import DamagedFile

ME, OTHER = "a" * 32, "b" * 32


def test_corrections_are_there_after_a_restart_the_latest_first_and_only_for_their_browser_and_dataset(tmp_path):
    kept = Corrections(tmp_path)
    kept.add(ME, "assistant", [Correction("play jazz", "music", None)])
    kept.add(ME, "assistant", [Correction("do fish sleep", None, "alarm")])
    kept.add(ME, "clinc", [Correction("pay my bill", "bills", None)])
    again = Corrections(tmp_path)
    assert [one.text for one in again.of(ME, "assistant")] == ["do fish sleep", "play jazz"]
    assert again.of(ME, "assistant")[0] == Correction("do fish sleep", None, "alarm")
    assert again.of(OTHER, "assistant") == [] == again.of(None, "assistant")


def test_a_text_that_is_corrected_again_has_only_its_last_correction(tmp_path):
    kept = Corrections(tmp_path)
    kept.add(ME, "assistant", [Correction("play jazz", "music", None), Correction("play jazz", None, None)])
    kept.add(ME, "assistant", [Correction(" play jazz ", "radio", None)])
    assert kept.of(ME, "assistant") == [Correction("play jazz", "radio", None)]
    kept.remove(ME, "assistant", ["play jazz", "never said"])
    assert kept.of(ME, "assistant") == []


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (Correction("  ", "music", None), "no text to correct"),
        (Correction("x" * 2001, "music", None), "2,000 characters, got 2,001"),
        (Correction("play jazz", "  ", None), "1 to 200 characters, got 0"),
        (Correction("play jazz", "m" * 201, None), "1 to 200 characters, got 201"),
    ],
)
def test_what_can_be_no_correction_is_refused_and_nothing_is_kept(tmp_path, correction, said):
    kept = Corrections(tmp_path)
    with pytest.raises(ValueError, match=said):
        kept.add(ME, "assistant", [Correction("fine", "music", None), correction])
    assert kept.of(ME, "assistant") == []


def test_a_browser_keeps_so_many_and_one_without_a_name_none(tmp_path):
    kept = Corrections(tmp_path)
    kept.add(ME, "assistant", [Correction(f"text {i}", None, None) for i in range(MOST)])
    with pytest.raises(ValueError, match="export them"):
        kept.add(ME, "clinc", [Correction("one more", None, None)])
    for nobody in (None, "../../etc", "A" * 32):
        with pytest.raises(ValueError, match="no name yet"):
            kept.add(nobody, "assistant", [Correction("text", None, None)])


def test_a_damaged_file_says_so(tmp_path):
    kept = Corrections(tmp_path)
    kept.add(ME, "assistant", [Correction("text", None, None)])
    (tmp_path / ME / "corrections.json").write_text('[{"text": 5}]')
    with pytest.raises(DamagedFile, match="is damaged"):
        kept.of(ME, "assistant")


def test_the_exported_table_is_read_as_labelled_texts(tmp_path: Path):
    table = tmp_path / "corrections.tsv"
    made = [Correction(f'say "{i}"\tplease', "music" if i % 2 else None, None) for i in range(8)]
    table.write_bytes(as_tsv([*made, Correction("ring", "alarm", "music"), Correction("ring now", "alarm", None)]))
    corpus = load_corpus(str(table), None, 0)
    found = {
        text: label
        for part in (corpus.train, corpus.dev, corpus.test)
        for text, label in zip(part.texts, part.labels, strict=True)
    }
    assert found['say "1" please'] == "music"
    assert found["ring now"] == "alarm"


def test_a_class_that_would_lose_its_last_text_to_learn_from_is_refused_before_anything_is_trained():
    train = LabelledTexts(["one", "two", "three"], ["a", "b", "b"])
    none, test = LabelledTexts([], []), LabelledTexts(["five"], ["b"])
    split = OpenWorldSplit("mine", ["a", "b"], [], train, none, test)
    with pytest.raises(ValueError, match="'a' would lose its last text; correct one text of it less, or give it"):
        learning(split, {"one": "b"})
    assert learning(split, {"one": "b", "four": "a"}).train.labels == ["b", "b", "b", "a"]
    assert learning(split, {"two": None}).train.labels == ["a", "b"]


def test_a_label_that_is_a_known_class_is_that_class_however_it_is_spelt():
    assert right_class("card ", ["card ", "b"]) == "card "
    assert right_class("  new   one ", ["card "]) == "new one"
    assert right_class("None", ["None", "b"]) == "None"
    assert right_class("None", ["b"]) is None


def test_a_corrected_text_is_the_one_that_was_read_however_its_spaces_were_typed(tmp_path):
    texts = ["I lost  my card", "\u200bI lost my card ", "I\u00a0lost my card"]
    assert corrected(texts, ["a", "b", "c"], ()) == {"I lost my card": "c"}
    kept = Corrections(tmp_path)
    for text in texts:
        kept.add(ME, "mine", [Correction(text, "card", None)])
    assert [one.text for one in kept.of(ME, "mine")] == ["I lost my card"]

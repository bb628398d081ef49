"""Looking into corpora: classes, samples, search, and data that can't be trained on or don't come."""

from __future__ import annotations

import threading

import pytest

from ans.data.corpora import load_corpus
from ans.data.listing import Library, within


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


def test_every_class_is_listed_with_its_texts_by_part_and_their_mean_length(library):
    found, corpus = library.listing("assistant"), load_corpus("assistant")
    assert [item.name for item in found.classes] == corpus.classes
    first = found.classes[0]
    own = [text for part in (corpus.train, corpus.dev, corpus.test)
           for text, label in zip(part.texts, part.labels, strict=True) if label == first.name]  # fmt: skip
    assert first.texts == first.train + first.dev + first.test == len(own)
    assert first.words == pytest.approx(sum(len(text.split()) for text in own) / len(own))
    assert len(found.texts) == len(corpus.train) + len(corpus.dev) + len(corpus.test)
    assert found.outside == corpus.test.labels.count("oos")


def test_samples_are_of_the_class_the_same_each_time_and_others_at_the_next_turn(library):
    found = library.listing("assistant")
    first = found.samples("card_lost", 8)
    assert {text.label for text in first} == {"card_lost"}
    assert first == found.samples("card_lost", 8)
    assert first != found.samples("card_lost", 8, turn=1)


def test_a_search_finds_texts_with_every_word_in_any_case_and_by_label(library):
    found = library.listing("assistant")
    hits = found.search("CARD lost")
    assert hits
    assert all("card" in f"{t.text} {t.label}".lower() and "lost" in f"{t.text} {t.label}".lower() for t in hits)
    assert {text.label for text in found.search("card_lost")} == {"card_lost"}


def test_data_that_cannot_be_trained_on_can_be_looked_into_and_say_why(library, tmp_path):
    path = tmp_path / "few.tsv"
    path.write_text("text\tlabel\none text\ta\nanother\tb\nno label here\t\n")
    found = library.listing(str(path))
    assert found.corpus is None
    assert found.trouble.startswith("few.tsv has one text of each class")
    assert [item.name for item in found.classes] == ["a", "b"]
    assert found.unlabelled == 1
    path.write_text("text\nonly texts\nand no label\n")  # a changed file is read again
    assert [text.text for text in library.listing(str(path)).texts] == ["only texts", "and no label"]


def test_unlabelled_texts_are_listed_beside_a_corpus_that_can_be_trained_on(library, tmp_path):
    path = tmp_path / "mixed.tsv"
    rows = "".join(f"{label} text {i}\t{label}\n" for label in "ab" for i in range(6))
    path.write_text(f"text\tlabel\n{rows}nobody knows\t\n")
    found = library.listing(str(path))
    assert found.corpus is not None
    assert [text.text for text in found.texts if not text.label] == ["nobody knows"]


def test_a_download_that_never_comes_ends_with_a_sentence_and_not_in_a_hang():
    answer = threading.Event()

    def hangs(name: str, seed: int) -> None:
        answer.wait(60)

    with pytest.raises(ValueError, match=r"^clinc did not arrive within 0 seconds\. Is there a network\?"):
        Library(patience=0.1, load=hangs).listing("clinc")
    answer.set()


def test_what_comes_in_time_is_returned_and_a_failure_is_passed_on():
    assert within(5, lambda: 7, "late") == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0, "late")


def test_an_unknown_dataset_is_refused(library):
    with pytest.raises(ValueError, match="unknown dataset 'nothing-of-the-kind'"):
        library.listing("nothing-of-the-kind")

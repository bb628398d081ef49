"""The rules that the bundled dataset keeps: enough of everything, near and far open texts, no near-duplicates, not
too easy."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ans.conventions import OPEN_LABELS
from ans.data.corpora import BUNDLED, BUNDLED_FOLDER, load_corpus

OOS = "oos"
PARTS = ("train", "dev", "test")
HARDEST_EASY = 0.92  # what words alone may reach at most, or there would be nothing to learn


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one file of the dataset, as its CSV quoting has them."""
    with (Path(BUNDLED_FOLDER) / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", strict=True))


@pytest.fixture(scope="module")
def parts() -> dict[str, list[dict[str, str]]]:
    """Train, dev and test."""
    return {name: rows(f"{name}.tsv") for name in PARTS}


@pytest.fixture(scope="module")
def everything(parts) -> list[dict[str, str]]:
    """All rows of all parts."""
    return [row for name in PARTS for row in parts[name]]


def words(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return re.findall(r"[\w']+", text.lower())


def test_every_part_is_a_table_of_texts_and_labels_and_nothing_else(parts):
    for table in parts.values():
        assert {tuple(row) for row in table} == {("text", "label")}
        assert all(row["text"] and row["text"] == " ".join(row["text"].split()) for row in table)


def test_the_package_reads_what_the_files_hold(parts):
    corpus = load_corpus(BUNDLED)
    for name in PARTS:
        data = getattr(corpus, name)
        assert list(zip(data.texts, data.labels, strict=True)) == [(row["text"], row["label"]) for row in parts[name]]


def test_there_are_at_least_60_intents_in_at_least_8_domains(everything):
    intents = rows("intents.tsv")
    assert len({row["label"] for row in intents}) == len(intents) >= 60
    assert len({row["domain"] for row in intents}) >= 8
    assert all(row["meaning"].strip() for row in intents)
    assert {row["label"] for row in everything} == {row["label"] for row in intents} | {OOS}


def test_every_intent_has_at_least_50_texts_and_is_in_all_three_parts(parts, everything):
    intents = {row["label"] for row in rows("intents.tsv")}
    counts = Counter(row["label"] for row in everything)
    assert {label: counts[label] for label in intents if counts[label] < 50} == {}
    for table in parts.values():
        assert intents <= {row["label"] for row in table}


def test_at_least_300_open_texts_are_in_the_test_part_alone(parts):
    assert Counter(row["label"] for row in parts["test"])[OOS] >= 300
    for name in ("train", "dev"):
        assert not {row["label"] for row in parts[name]} & OPEN_LABELS


def test_each_open_text_is_listed_once_as_near_or_far_and_about_half_are_near(parts):
    kinds = rows("oos_kinds.tsv")
    open_texts = [row["text"] for row in parts["test"] if row["label"] == OOS]
    assert sorted(row["text"] for row in kinds) == sorted(open_texts)
    assert {row["kind"] for row in kinds} == {"near", "far"}
    assert {row["domain"] for row in kinds if row["kind"] == "near"} <= {row["domain"] for row in rows("intents.tsv")}
    assert 0.45 <= sum(row["kind"] == "near" for row in kinds) / len(kinds) <= 0.55


def test_labels_are_in_snake_case(everything):
    assert {row["label"] for row in everything if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", row["label"])} == set()


def test_texts_have_2_to_30_words(everything):
    assert [row["text"] for row in everything if not 2 <= len(row["text"].split()) <= 30] == []


def test_at_most_15_percent_of_an_intents_texts_begin_with_the_same_three_words(everything):
    openings = defaultdict(Counter)
    for row in everything:
        openings[row["label"]][tuple(words(row["text"])[:3])] += 1
    counted = {label: (*counter.most_common(1)[0], counter.total()) for label, counter in openings.items()}
    assert {label: found for label, found in counted.items() if found[1] > 0.15 * found[2]} == {}


def test_no_two_texts_share_four_fifths_of_their_words(everything):
    texts = [row["text"] for row in everything]
    sets = [frozenset(words(text)) for text in texts]
    holders, close = defaultdict(list), []
    for i, own in enumerate(sets):
        shared = Counter(j for word in own for j in holders[word])
        close += [(texts[j], texts[i]) for j, n in shared.items() if n / (len(own) + len(sets[j]) - n) >= 0.8]
        for word in own:
            holders[word].append(i)
    assert close == []


def test_words_alone_do_not_solve_it(parts):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC(random_state=0))
    model.fit([row["text"] for row in parts["train"]], [row["label"] for row in parts["train"]])
    known = [row for row in parts["test"] if row["label"] != OOS]
    accuracy = model.score([row["text"] for row in known], [row["label"] for row in known])
    assert 0.5 < accuracy < HARDEST_EASY

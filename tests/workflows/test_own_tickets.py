"""A support team's file of 300 tickets, 12 classes of 25, all known: most tickets are named, foreign texts are OPEN."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.data.corpora import load_corpus, usual_ratio
from ans.events import never, silent
from ans.workflows.experiment import Outcome, run_experiment
from tests.assistant_texts import training_texts_of

CLASSES = (
    "balance_check", "card_lost", "charge_unknown", "device_offline", "item_faulty", "item_return", "order_address",
    "order_cancel", "order_track", "password_reset", "software_request", "transfer_missing",
)  # fmt: skip
EACH, FOREIGN = 25, 40


@pytest.fixture(scope="module")
def tickets(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tickets") / "tickets.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["message", "category"])
        writer.writerows((text, name) for name in CLASSES for text in training_texts_of(name)[:EACH])
    return path


@pytest.fixture(scope="module")
def outcome(tickets) -> Outcome:
    path = str(tickets)
    return run_experiment(TrainConfig(dataset=path, known_ratio=usual_ratio(path), device="cpu"), silent, never)


def test_all_classes_are_known_and_no_text_is_set_aside_for_dev(outcome):
    assert outcome.split.known == sorted(CLASSES)
    assert (len(outcome.split.train), len(outcome.split.dev), len(outcome.split.test)) == (240, 0, 60)


def test_three_quarters_of_the_tickets_are_named_rightly_and_nine_tenths_of_foreign_texts_are_open(outcome):
    assert outcome.judged.metrics.accuracy >= 75
    corpus = load_corpus("assistant")
    outside = [text for text, label in zip(corpus.test.texts, corpus.test.labels, strict=True) if label == "oos"]
    answers = outcome.classifier.explain(outside[:FOREIGN])
    assert sum(answer.open for answer in answers) >= 0.9 * FOREIGN


def test_the_run_knows_how_many_of_its_tickets_are_refused_and_what_other_texts_it_lets_in(outcome):
    check = outcome.check
    assert check.refused.of >= 60
    assert check.refused.share < 0.25
    assert not check.estimated
    assert check.left_out.of >= 50

"""The field's numbers against small cases counted by hand."""

import json
import math

import pytest

from ans.conventions import OPEN
from ans.evaluation.metrics import evaluate, risk_coverage

LABELS = ["a", "b"]
# Texts of class a: two right, one taken for b. Of b: one right, one rejected. Open: two rejected, one taken for a.
TARGETS = [0, 0, 0, 1, 1, OPEN, OPEN, OPEN]
ANSWERS = [0, 0, 1, 1, OPEN, OPEN, OPEN, 0]
SCORES = [5.0, 4.0, 3.0, 2.0, -1.0, -2.0, -0.5, 1.0]


def test_a_case_counted_by_hand_gives_the_fields_four_numbers():
    measured = evaluate(TARGETS, ANSWERS, SCORES, LABELS)
    # a: precision 2/3, recall 2/3. b: precision 1/2, recall 1/2. open: precision 2/3, recall 2/3.
    assert measured.accuracy == pytest.approx(100 * 5 / 8)
    assert measured.f1_known == pytest.approx(100 * (2 / 3 + 1 / 2) / 2)
    assert measured.f1_open == pytest.approx(100 * 2 / 3)
    assert measured.f1 == pytest.approx(100 * (2 / 3 + 1 / 2 + 2 / 3) / 3)


def test_auroc_is_the_share_of_known_open_pairs_in_the_right_order():
    # Known scores 5, 4, 3, 2 beat all three open ones; −1 beats only −2: 13 of 15 pairs.
    assert evaluate(TARGETS, ANSWERS, SCORES, LABELS).auroc == pytest.approx(100 * 13 / 15)


def test_each_class_has_its_own_line_and_the_open_class_comes_last():
    measured = evaluate([0, 0, 0, 0, 1, OPEN], [0, 1, 1, OPEN, 1, 1], [1.0] * 6, LABELS)
    a, b, rest = measured.per_class
    assert [a.label, b.label, rest.label] == ["a", "b", "open"]
    assert (a.precision, a.recall, a.support) == (100, 25, 4)
    assert a.f1 == pytest.approx(40)
    assert (b.precision, b.recall, b.support) == (25, 100, 1)
    assert b.f1 == pytest.approx(40)
    assert (rest.precision, rest.recall, rest.f1, rest.support) == (0, 0, 0, 1)


def test_confusions_stand_in_the_row_of_the_truth_and_the_column_of_the_answer():
    assert evaluate(TARGETS, ANSWERS, SCORES, LABELS).confusion == [[2, 1, 0], [0, 1, 1], [1, 0, 2]]


def test_without_open_texts_there_is_no_open_f1_and_f1_is_over_the_known_classes():
    measured = evaluate([0, 0, 1, 1], [0, 0, 1, OPEN], [1.0, 1.0, 1.0, -1.0], LABELS)
    assert measured.f1_open is None
    assert measured.auroc is None
    assert measured.f1 == measured.f1_known == pytest.approx(100 * (1 + 2 / 3) / 2)
    assert measured.accuracy == 75


def test_with_open_texts_alone_there_is_no_auroc():
    measured = evaluate([OPEN, OPEN], [OPEN, 0], [-1.0, 1.0], LABELS)
    assert measured.auroc is None
    assert measured.f1_open == pytest.approx(100 * 2 / 3)
    assert measured.f1_known == 0


def test_a_class_without_test_texts_is_not_in_the_mean_and_wrong_answers_with_it_count_against_the_others():
    measured = evaluate([0, OPEN], [0, OPEN], [1.0, -1.0], ["a", "b", "c"])
    assert measured.f1_known == measured.f1 == 100
    measured = evaluate([0, 0, OPEN], [0, 1, OPEN], [1.0, 1.0, -1.0], ["a", "b", "c"])
    assert measured.f1_known == pytest.approx(100 * 2 / 3)
    assert measured.f1 == pytest.approx(100 * (2 / 3 + 1) / 2)


def test_an_empty_test_part_is_refused():
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the whole sentence is compared
        evaluate([], [], [], LABELS)
    assert str(caught.value) == "the test part is empty; expected at least one text to evaluate on."


def test_the_numbers_are_plain_json_and_the_headline_is_the_short_of_them():
    measured = evaluate(TARGETS, ANSWERS, SCORES, LABELS)
    plain = json.loads(json.dumps(measured.to_dict(), allow_nan=False))
    assert plain["per_class"][1]["label"] == "b"
    assert measured.headline() == {name: plain[name] for name in ("accuracy", "f1", "f1_known", "f1_open", "auroc")}
    assert all(math.isfinite(value) for value in measured.headline().values())


def test_the_risk_of_the_surest_answers_counts_open_and_confused_texts_and_rejected_ones_never():
    targets, predicted = [0, OPEN, 1, 0, OPEN, 1], [0, 0, 1, 1, OPEN, OPEN]
    found = risk_coverage(targets, predicted, [5.0, 4.0, 3.0, 3.0, -1.0, -2.0])
    assert found is not None
    assert found.coverage == pytest.approx([1 / 6, 2 / 6, 4 / 6])  # the two of score 3 stay together
    assert found.risk == pytest.approx([0.0, 1 / 2, 2 / 4])
    assert risk_coverage([0, 1], [OPEN, OPEN], [-1.0, -2.0]) is None

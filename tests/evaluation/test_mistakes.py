"""How a run judged its test: each wrong answer is of one kind, and the counts add up to the metrics."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from ans.conventions import OPEN
from ans.evaluation.metrics import evaluate, roc
from ans.evaluation.mistakes import CONFUSED, OPEN_TAKEN, REJECTED, TestAnswers, read_answers, summary
from ans.plots.evaluation import confusion_matrix, roc_curve, score_histogram
from ans.runs.check import Quality
from ans.runs.status import FINISHED
from ans.runs.store import RunStore
from ans.workflows.checking import check_of
from ans.workflows.experiment import Outcome, save_outcome
from ans.workflows.judging import judge_test

ANSWERS = TestAnswers(
    known=["a", "b"],
    held_out=["c"],
    texts=["right", "rejected", "confused", "taken", "taken too", "left open"],
    truths=["a", "a", "b", "c", "out of scope", "c"],
    targets=np.array([0, 0, 1, OPEN, OPEN, OPEN]),
    answers=np.array([0, OPEN, 0, 1, 1, OPEN]),
    scores=np.array([3.0, -4.0, 0.5, 2.0, 1.0, -1.0]),
)


def test_each_wrong_answer_has_its_kind_and_the_surest_come_first():
    assert [(one.text, one.truth, one.answer, one.kind) for one in ANSWERS.mistakes()] == [
        ("rejected", "a", "open", REJECTED),
        ("taken", "c", "b", OPEN_TAKEN),
        ("taken too", "out of scope", "b", OPEN_TAKEN),
        ("confused", "b", "a", CONFUSED),
    ]


def test_held_out_classes_are_confused_under_their_own_names():
    assert {(one.truth, one.answer, one.count) for one in ANSWERS.confusions()} == {
        ("a", "open", 1), ("b", "a", 1), ("c", "b", 1), ("out of scope", "b", 1),
    }  # fmt: skip


def test_the_summary_counts_each_kind_against_the_texts_it_could_have_happened_to():
    per_class = evaluate(ANSWERS.targets, ANSWERS.answers, ANSWERS.scores, ANSWERS.known).per_class
    said = summary(ANSWERS, per_class)
    assert (said["texts"], said["right"]) == (6, 2)
    assert [(kind["kind"], kind["count"], kind["of"]) for kind in said["kinds"]] == [
        (OPEN_TAKEN, 2, 3), (REJECTED, 1, 3), (CONFUSED, 1, 3),
    ]  # fmt: skip
    assert [row["label"] for row in said["weakest"]] == ["b", "a"], "the open class is no known one"


def test_a_real_runs_errors_add_up_to_its_metrics(tmp_path, classifier, small_split, small_config):
    run = RunStore(tmp_path / "runs").create(small_config)
    save_outcome(
        run, Outcome(classifier, small_split, judge_test(classifier, small_split), check_of(classifier, Quality()), {})
    )
    answers, metrics = read_answers(run), run.evaluation.metrics
    wrong = len(answers.mistakes())
    assert 0 < wrong < len(answers.texts)
    assert 100 * (1 - wrong / len(answers.texts)) == pytest.approx(metrics.accuracy)
    assert wrong == sum(n for i, row in enumerate(metrics.confusion) for j, n in enumerate(row) if i != j)


def test_a_run_without_an_evaluation_and_a_damaged_one_say_so(tmp_path, small_config):
    store = RunStore(tmp_path / "runs")
    run = store.create(small_config)
    with pytest.raises(ValueError, match=r"has no evaluation: it is queued\. Choose"):
        read_answers(run)
    run.set_status(FINISHED)
    (run.folder / "evaluation.json").write_text(json.dumps({"known": [], "held_out": []}))
    with pytest.raises(ValueError, match=r"evaluation\.json is damaged"):
        read_answers(run)


def test_fpr_at_95_is_the_share_of_open_texts_accepted_where_95_percent_of_the_known_are():
    known, outside = np.arange(100, dtype=float), np.array([4.5, 5.5, 50.5, -1.0])
    drawn = roc([True] * 100 + [False] * 4, np.concatenate([known, outside]))
    assert drawn.fpr_at_95 == 50.0, "95 of 100 score at least 5; so do two of the four open ones"
    assert (drawn.known[-1], drawn.open[-1]) == (1.0, 1.0)


def test_fpr_at_95_is_zero_for_a_perfect_score_and_whole_for_a_reversed_one():
    is_known = [True] * 20 + [False] * 20
    assert roc(is_known, [1.0] * 20 + [-1.0] * 20).fpr_at_95 == 0.0
    assert roc(is_known, [-1.0] * 20 + [1.0] * 20).fpr_at_95 == 100.0
    assert roc([True, True], [1.0, 2.0]) is None


def test_the_matrix_leaves_zeros_blank_counts_on_a_log_scale_and_sets_the_open_class_apart():
    figure = confusion_matrix(["a", "b", "open"], [[9, 0, 1], [2, 8, 0], [0, 5, 100]], "key").to_dict()
    inside, outside = figure["data"]
    assert list(inside["x"]) == list(inside["y"]) == ["a", "b", " ", "open"]
    assert inside["z"][0] == [pytest.approx(math.log10(9), abs=1e-3), None, None, None]
    assert inside["z"][1][0] == pytest.approx(math.log10(2), abs=1e-3)
    assert outside["z"][0] == [None, None, None, 0.0]
    assert outside["z"][3][1] == pytest.approx(math.log10(5), abs=1e-3)
    assert inside["z"][2] == outside["z"][2] == [None] * 4, "the gap holds nothing"
    assert inside["customdata"][1][0] == 2


def test_with_112_classes_the_matrix_drops_the_names_at_its_sides_and_can_be_zoomed():
    labels = [*(f"c{i}" for i in range(112)), "open"]
    layout = confusion_matrix(labels, np.eye(113, dtype=int).tolist(), "key").to_dict()["layout"]
    assert layout["xaxis"]["showticklabels"] is False
    assert layout["xaxis"]["fixedrange"] is False


def test_no_bar_of_the_histogram_holds_scores_of_both_sides_of_zero():
    known, outside = [0.01, 2.0, 3.7, -0.01], [-3.3, -0.01, 0.01]
    bars = score_histogram(known, outside).to_dict()["data"]
    assert [bar["name"] for bar in bars] == ["known texts", "open texts"]
    for bar, scores in zip(bars, (known, outside), strict=True):
        assert sum(bar["customdata"]) == len(scores)
        assert sum(n for x, n in zip(bar["x"], bar["customdata"], strict=True) if x > 0) == sum(s > 0 for s in scores)


def test_the_roc_figure_marks_threshold_zero_and_fpr_at_95_in_percent():
    drawn = roc([True, True, False, False], [3.0, -1.0, -2.0, 1.0])
    traces = {t["name"]: t for t in roc_curve(drawn.known, drawn.open, (0.5, 0.5), drawn.fpr_at_95).to_dict()["data"]}
    assert (list(traces["threshold zero"]["x"]), list(traces["threshold zero"]["y"])) == ([50.0], [50.0])
    assert list(traces["95 % of known"]["x"]) == [50.0]

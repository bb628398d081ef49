"""What a run's own check is said to mean."""

from ans.evaluation.advice import more_texts, open_estimate, warning
from ans.runs.check import Check, Count, CurvePoint, Quality


def check(refused: Count, estimated: bool = False) -> Check:
    by_class = {"a": Count(0, 4), "b": Count(4, 4), "c": Count(3, 4)}
    return Check(refused, by_class, Count(1, 10), estimated, Count(0, 0), Quality())


def test_more_than_a_quarter_refused_is_warned_of_with_the_classes_that_lose_most():
    assert warning(check(Count(26, 100))) == (
        "26 % of 100 held-out known texts are refused, and about as many of your users' would be; what helps: "
        "more texts, first of all for b, c, or a looser line."
    )


def test_a_quarter_or_less_is_not_warned_of():
    assert warning(check(Count(25, 100))) == ""
    assert warning(check(Count(0, 0))) == ""
    assert warning(None) == ""


def test_the_estimate_for_open_texts_says_how_it_was_made():
    assert open_estimate(check(Count(1, 9))) == (
        "10 % of 10 texts of other classes would be let in (some classes left out in turn)."
    )
    assert "by nearest texts alone" in open_estimate(check(Count(1, 9), estimated=True))
    assert open_estimate(None) == ""


def test_a_curve_that_still_rises_asks_for_more_texts_and_a_flat_one_does_not():
    rising = [CurvePoint(0.75, 75, 0.7), CurvePoint(1.0, 100, 0.75)]
    flat = [CurvePoint(0.75, 75, 0.7), CurvePoint(1.0, 100, 0.71)]
    assert more_texts(rising).startswith("More texts would help: from 75 to 100 texts the right classes went from 70 %")
    assert more_texts(flat).startswith("More texts of the same kind would help little")
    assert more_texts([]) == ""

"""Labels come back as they went in: with their values, in one array with what stands for open."""

import numpy as np
import pytest

from ans.conventions import OPEN
from ans.model.label_values import LabelValues, labels_of


@pytest.mark.parametrize(
    ("given", "classes", "open_label"),
    [
        (["b", "a", "open", "b"], ["a", "b"], "open"),
        (np.array(["b", "a"], dtype=object), ["a", "b"], "open"),
        ([10, 9, 100, -1], [9, 10, 100], -1),
        (np.array([3, 200], dtype=np.uint8), [3, 200], -1),
        ([1.0, 0.0], [0.0, 1.0], -1),
        ([True, False], [False, True], "open"),
    ],
)
def test_classes_are_the_labels_in_order_and_open_is_none_of_them(given, classes, open_label):
    values = LabelValues.among(labels_of(given), "open")
    assert values.classes.tolist() == classes
    assert values.open_label == open_label
    assert values.with_open.tolist() == [*classes, open_label]
    assert [type(one) for one in values.with_open.tolist()[:-1]] == [type(one) for one in classes]
    again = LabelValues.from_dict(values.to_dict(), values.names)
    assert again.with_open.tolist() == values.with_open.tolist()
    assert again.classes.dtype.kind == values.classes.dtype.kind


def test_another_label_can_stand_for_open():
    values = LabelValues.among(labels_of(["x", "oos", "open", "y"]), "oos")
    assert values.classes.tolist() == ["open", "x", "y"]
    assert values.named(np.array(["oos", "open", "x"])) == [None, "open", "x"]
    assert values.array([0, OPEN, 2]).tolist() == ["open", "oos", "y"]


def test_a_longer_open_label_is_not_cut_to_the_classes_width():
    assert LabelValues.among(labels_of(["a", "b"]), "out of scope").array([OPEN]).tolist() == ["out of scope"]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (None, "y to be passed"),
        (["a", None], "position 1 .counted from 0. holds None"),
        ([1.0, float("nan")], "Input y contains NaN"),
        ([0.5, 1.2], "Unknown label type"),
        ([["a", "b"], ["c", "d"]], "should be a 1d array"),
        (np.array([1, "1"], dtype=object), "must be all of one kind, and begin as int"),
    ],
)
def test_what_are_no_labels_is_refused(labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        labels_of(labels)

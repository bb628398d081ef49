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
        (["a", float("nan")], "position 1 .counted from 0. holds NaN"),
        (["a", 1], "must be all of one kind, and begin as str"),
    ],
)
def test_what_are_no_labels_is_refused(labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        labels_of(labels)


@pytest.mark.parametrize(
    ("learnt", "label", "name"),
    [
        ([1.0, 2.0], 1, "1.0"),
        ([1.0, 2.0], np.int64(2), "2.0"),
        ([1.0, 2.0], 3, "3.0"),
        ([1.0, 2.0], -1.0, None),
        ([1, 2], 1.0, "1"),
        ([1, 2], np.float32(2), "2"),
        ([1, 2], 7.0, "7"),
        ([1, 2], -1, None),
        ([True, False], np.bool_(True), "True"),
        (["a", "b"], "b", "b"),
        (["a", "b"], "open", None),
        (["a", "b"], None, None),
        (["a", "b"], 5, "5"),
        (["card ", "b"], "card ", "card "),
    ],
)
def test_a_label_is_the_class_that_it_equals_a_new_one_of_the_same_kind_or_open(learnt, label, name):
    values = LabelValues.among(labels_of(learnt), "open")
    assert values.name_of(label) == name
    if name is not None:
        assert name in values.extended([*values.names, name] if name not in values.names else values.names).names


@pytest.mark.parametrize(
    ("learnt", "label", "sentence"),
    [
        ([1, 2], "x", "are whole numbers, got 'x'"),
        ([1, 2], 2.5, "are whole numbers, got 2.5"),
        ([1, 2], 10**30, "are whole numbers, got 1000"),
        ([1.0, 2.0], "1", "are numbers, got '1'"),
        ([True, False], "maybe", "are truth values, got 'maybe'"),
        ([True, False], 2, "are truth values, got 2"),
    ],
)
def test_a_label_of_another_kind_can_be_no_new_class(learnt, label, sentence):
    with pytest.raises(ValueError, match=sentence):
        LabelValues.among(labels_of(learnt), "open").name_of(label)

"""Labels come back as they went in: with their values, in one array with what stands for open."""

import numpy as np
import pyarrow as pa
import pytest

from ans.conventions import OPEN
from ans.model.label_values import LabelValues, checked_open_label, labels_of


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


@pytest.mark.parametrize(
    ("given", "asked", "classes", "open_label"),
    [
        ([True, False, "open"], "open", [False, True], "open"),
        ([2, 1, "open"], "open", [1, 2], -1),
        ([2, "x", 1], "x", [1, 2], "x"),
        (np.array([0.5, 2.0, "x"], dtype=object)[1:], "x", [2.0], "x"),
        (["b", -7, "a"], -7, ["a", "b"], -7),
        (["b", None, "a"], None, ["a", "b"], None),
        ([None, 1], None, [1], None),
    ],
)
def test_what_stands_for_open_may_be_of_another_kind_than_the_classes(given, asked, classes, open_label):
    labels = labels_of(given, asked)
    values = LabelValues.among(labels, asked)
    assert values.classes.tolist() == classes
    assert [type(one) for one in values.classes.tolist()] == [type(one) for one in classes]
    assert values.open_label == open_label
    assert values.named(labels) == [None if one in ("open", asked) else str(one) for one in given]
    answers = values.array([*range(len(classes)), OPEN])
    assert values.known(labels_of(answers, values.open_label)) == [*values.names, None]
    assert values.known(labels_of(given, values.open_label)) == values.named(labels)
    assert values.told(given) == values.named(labels)


@pytest.mark.parametrize("given", [pa.table({"y": ["b", "a"]}), pa.array(["b", "a"]), pa.chunked_array([["b"], ["a"]])])
def test_labels_of_pyarrow_are_those_in_it(given):
    assert labels_of(given).tolist() == ["b", "a"]


def test_labels_in_numpys_texts_of_any_length_are_texts():
    assert labels_of(np.array(["b", "a"], dtype=np.dtypes.StringDType())).tolist() == ["b", "a"]


@pytest.mark.parametrize("asked", ["?", -1, 2.5, True, None, np.str_("?"), np.int8(3)])
def test_a_text_a_number_a_truth_value_or_none_can_stand_for_open(asked):
    plain = checked_open_label(asked)
    assert plain == asked
    assert not isinstance(plain, np.generic)


@pytest.mark.parametrize("asked", [["a"], ("a",), np.array(["a"]), float("nan"), b"a", np.datetime64("2026-01-01")])
def test_what_no_label_equals_or_no_file_holds_can_not_stand_for_open(asked):
    with pytest.raises(ValueError, match=r"^open_label must be a text, a number or a truth value, got "):
        checked_open_label(asked)


@pytest.mark.parametrize("given", [[0.0, 1.0], [False, True], np.array([0, 1], dtype=np.uint8)])
def test_labels_that_equal_a_class_have_its_name_whatever_their_type(given):
    values = LabelValues.among(labels_of([0, 1]), "open")
    assert values.named(labels_of(given)) == values.known(given) == ["0", "1"]


def test_a_label_with_the_name_of_a_class_and_of_another_kind_is_not_taken_for_it():
    with pytest.raises(ValueError, match="labels of this model are whole numbers, got '1'"):
        LabelValues.among(labels_of([0, 1]), "open").named(labels_of(["1"]))


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
        ("abab", "y must be a list, got one str"),
        ({"a", "b"}, "y must be a list in a fixed order"),
        ({"a": 1, "b": 2}, "y must be a list in a fixed order"),
        ([1, 2, [3]], r"position 2 .counted from 0. holds \[3\] .list."),
        (["open", 1, 2, None], "position 3 .counted from 0. holds None"),
        (["open", 1, "x"], "begin as int; position 2 .counted from 0. holds 'x'"),
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
        ([1, 2], 10**30, "are whole numbers from -9,223,372,036,854,775,808 to .*, got 1000"),
        ([1.0, 2.0], "1", "are numbers, got '1'"),
        ([True, False], "maybe", "are truth values, got 'maybe'"),
        ([True, False], 2, "are truth values, got 2"),
        (np.array([1, 2], dtype=np.int8), 300, "are whole numbers from -128 to 127, as they were in training, got 300"),
        (["a", "b"], ["q"], r"a label must be a text, a number or a truth value, got \['q'\]"),
        (["a", "b"], b"q", "a label must be a text, a number or a truth value, got b'q'"),
    ],
)
def test_a_label_of_another_kind_can_be_no_new_class(learnt, label, sentence):
    with pytest.raises(ValueError, match=sentence):
        LabelValues.among(labels_of(learnt), "open").name_of(label)

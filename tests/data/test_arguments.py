"""Texts and labels as people hand them over in Python: taken where the meaning is clear, else the bad place named."""

from __future__ import annotations

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ans.data.arguments import given_labels, given_texts, label_as_given

TEXTS = ["where is my card", "set a timer"]


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        tuple(TEXTS),
        (text for text in TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        np.array(TEXTS)[:, None],
        pd.Series(TEXTS, index=[7, 3]),
        pd.DataFrame({"text": TEXTS}),
        datasets.Dataset.from_dict({"text": TEXTS})["text"],
        datasets.Dataset.from_dict({"text": TEXTS}),
        np.array(TEXTS, dtype=np.dtypes.StringDType()),
        pa.array(TEXTS),
        pa.chunked_array([TEXTS]),
        pa.table({"text": TEXTS}),
        pa.record_batch({"text": TEXTS}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_texts_come_out_as_plain_strings_in_their_order(texts):
    found = given_texts(texts)
    assert found == TEXTS
    assert {type(text) for text in found} == {str}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ("one text", "texts must be a list, got one str"),
        (b"one text", "texts must be a list, got one bytes"),
        (None, "got None"),
        (7, "got 7 .int."),
        ({"a"}, "must be a list in a fixed order"),
        ({"text": TEXTS}, "must be a list in a fixed order"),
        (["a", None], r"position 1 .counted from 0. holds None"),
        (["a", "b", float("nan")], r"position 2 .counted from 0. holds NaN"),
        (pd.Series(["a", np.nan]), r"position 1 .counted from 0. holds NaN"),
        (["a", 5], r"position 1 .counted from 0. holds 5 .int."),
        ([b"a"], r"position 0 .counted from 0. holds b'a' .bytes."),
        ([["a"], ["b"]], r"position 0 .counted from 0. holds \['a'\] .list."),
        (np.zeros((2, 2)), r"must have one dimension, got the shape \(2, 2\)"),
        (pd.DataFrame({"text": TEXTS, "label": TEXTS}), "got a table with text, label; choose one"),
        (pa.table({"text": TEXTS, "label": TEXTS}), "got a table with text, label; choose one"),
    ],
    ids=str,
)
def test_what_is_no_list_of_texts_is_refused_with_the_place(texts, sentence):
    with pytest.raises(ValueError, match=sentence):
        given_texts(texts)


@pytest.mark.parametrize(
    "labels",
    [
        ["a", "b", "a"],
        [3, 1, 3],
        [True, False, True],
        [1.0, 2.5, 1.0],
        np.array([3, 1, 3], dtype=np.int8),
        np.array([True, False, True]),
        np.array(["a", "b", "a"]),
        np.array([1.0, 2.5, 1.0], dtype=np.float32),
        pd.Series(["a", "b", "a"], dtype="category"),
        pd.Series([3, 1, 3], dtype="Int64"),
    ],
    ids=lambda value: f"{type(value).__name__} {getattr(value, 'dtype', type(next(iter(value))).__name__)}",
)
def test_labels_come_back_equal_to_what_went_in_whatever_their_kind(labels):
    given = given_labels(labels)
    assert all(type(name) is str for name in given.names)
    back = [label_as_given(name, given.kind) for name in given.names if name is not None]
    assert back == list(labels)
    assert type(back[0]).__name__ == given.kind


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["a", None], "position 1 .counted from 0. holds None"),
        ([1.0, float("nan")], "position 1 .counted from 0. holds NaN"),
        (["a", pd.NA], "position 1"),
        (["a", " "], "position 1 .counted from 0. holds ' '"),
        (["a", 1], "all of one kind, and begin as str; position 1 .counted from 0. holds 1 .int."),
        ([1, True], "all of one kind, and begin as int; position 1"),
        ([["a"], ["b"]], "position 0"),
        ("abc", "must be a list, got one str"),
    ],
    ids=str,
)
def test_a_label_that_is_missing_or_of_another_kind_is_refused_with_its_place(labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        given_labels(labels)


def test_none_is_a_label_only_where_it_stands_for_open():
    assert given_labels(["a", None], may_be_open=True).names == ["a", None]


def test_a_kind_that_nobody_wrote_is_refused():
    with pytest.raises(ValueError, match="expected a kind of label"):
        label_as_given("a", "tuple")

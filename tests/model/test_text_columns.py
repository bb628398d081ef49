"""Texts come in any column that people have."""

import datasets
import numpy as np
import pandas
import pytest

from ans.model.text_columns import texts_of

TEXTS = ["lost my card", "wake me at six", "¿qué hora es?"]


@pytest.mark.parametrize(
    "column",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object)[:, None],
        pandas.Series(TEXTS, index=[7, 3, 5]),
        pandas.Series(TEXTS, dtype="category"),
        pandas.DataFrame({"text": TEXTS}),
        pandas.DataFrame({"text": TEXTS})["text"],
        datasets.Dataset.from_dict({"text": TEXTS})["text"],
        (text for text in TEXTS),
    ],
    ids=lambda column: type(column).__name__,
)
def test_every_column_gives_its_texts_in_order(column):
    found = texts_of(column)
    assert found == TEXTS
    assert {type(text) for text in found} == {str}


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("lost my card", "expected many texts, got the one text 'lost my card'; put it in a list."),
        (["a", float("nan")], "expected texts, got nan (float) in row 1; turn it into a text, or drop that row."),
        (["a", None], "expected texts, got None (NoneType) in row 1; turn it into a text, or drop that row."),
        (pandas.DataFrame({"a": ["x"], "b": ["y"]}), "expected one column of texts, got 2 columns; choose one, such as "
         "X['text']."),
        (7, "expected a column of texts, got int."),
    ],
)  # fmt: skip
def test_what_is_no_column_of_texts_is_refused(column, sentence):
    with pytest.raises(ValueError, match=r"\w") as refused:
        texts_of(column)
    assert str(refused.value) == sentence

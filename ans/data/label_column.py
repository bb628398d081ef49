"""Which of several columns holds the labels, where no name says it: one whose words the texts tell.

A date, an agent or a number of stars has few values, too, but who reads a text can't tell them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ans.data.column_words import is_beside, is_destination

READ = 300  # characters of a text
TOLD = 0.2  # agreement beyond chance above which a column is told at all; of dates in 60 rows it is about 0
AS_WELL = 0.25  # of the best told: a language is told nearly always, and is rarely the label
FOLDS = 3
MANY, OWN = 10, 0.9  # cells, and the share of them that have a value of their own
DATE = re.compile(r"\b\d{1,4}([-./])\d{1,2}\1\d{1,4}\b|\b\d{1,2}:\d{2}\b")
ADDRESS = re.compile(r"\S+@\S+\.\w+|(https?://|www\.)\S+|[0-9a-f-]{16,}", re.IGNORECASE)  # of mail, of a page, a hash


def likeliest(texts: Sequence[str], columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Of columns that could be labels, by their shape, the one that is, before those that could be it as well.

    It is named as where messages go, else told by the texts, in words, of most values; not what is known beside.

    Args:
        texts: one a row. columns: by name, the cells of the same rows; an empty one is no label.
    """
    by_name = {name: cells for name, cells in columns.items() if is_destination(name)}
    others = {name: cells for name, cells in columns.items() if not is_beside(name)}
    columns = by_name or others or columns
    told = {name: _told(texts, cells) for name, cells in columns.items()} if len(columns) > 1 else {}
    best = max(told.values(), default=0.0)
    named = [name for name, share in told.items() if best > TOLD and share >= AS_WELL * best] or list(columns)
    words = [name for name in named if not _figures(columns[name])] or named
    found = sorted(words, key=lambda name: -len(set(columns[name])))
    return found[:1] if by_name else found


def all_differ(cells: Sequence[str]) -> bool:
    """Whether nearly each of many cells has a value of its own, as a subject that somebody wrote has."""
    filled = [cell for cell in cells if cell]
    return len(filled) >= MANY and len(set(filled)) > OWN * len(filled)


def are_dates(cells: Sequence[str]) -> bool:
    """Whether most of these are days or times, which are never labels."""
    return _mostly(cells, lambda value: DATE.search(value) is not None)


def are_no_words(cells: Sequence[str]) -> bool:
    """Whether most of these are numbers, days or addresses, which are never texts, however long they are."""
    return _figures(cells) or _mostly(cells, lambda value: ADDRESS.fullmatch(value) is not None)


def _told(texts: Sequence[str], labels: Sequence[str]) -> float:
    """How well a label is told by a text's letters beyond chance: Cohen's kappa of texts that were not learnt from."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import cohen_kappa_score
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline

    rows = [(text[:READ], label) for text, label in zip(texts, labels, strict=True) if text.strip() and label]
    if len(rows) < FOLDS:
        return 0.0
    some, truth = zip(*rows, strict=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))  # Chinese has no words to split at
    model = make_pipeline(letters, ComplementNB())
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    return float(cohen_kappa_score(truth, cross_val_predict(model, list(some), list(truth), cv=folds)))


def _figures(cells: Sequence[str]) -> bool:
    """Whether most of these are numbers, dates, times or codes such as K7: at least as many digits as letters."""
    return _mostly(cells, lambda value: 0 < sum(map(str.isdigit, value)) >= sum(map(str.isalpha, value)))


def _mostly(cells: Sequence[str], is_one: Callable[[str], bool]) -> bool:
    values = {cell for cell in cells if cell}
    return 2 * sum(map(is_one, values)) > len(values)

"""Labels as people have them (texts, numbers, truth values), and the names by which a model knows its classes."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from ans.conventions import OPEN, OPEN_NAME
from ans.data.arguments import given_items, given_labels, label_as_given

NUMBERS = "iuf"  # kinds of numpy dtypes
NUMBER = (int, float)
KINDS = f"{NUMBERS}bUOT"  # of labels
KIND_OF = {"b": "bool", "i": "int", "u": "int", "f": "float"}  # as `label_as_given` calls them; of all others "str"
KINDS_OF_NUMBERS = {"i": "whole numbers", "u": "whole numbers", "f": "numbers", "b": "truth values"}


def labels_of(y: Any, open_label: Any = OPEN_NAME) -> np.ndarray:
    """A column of labels, from a list, an array, a pandas Series or a column of a Hugging Face dataset, as an array.

    Those that stand for open may be of another kind than the others: then None is in their places.

    Raises:
        ValueError: some are missing, of different kinds, or these are no labels of classes.
    """
    if y is None:
        raise ValueError("learning requires y to be passed, but the target y is None; pass a label for each text.")
    given = _column(y)
    spellings = {open_label}
    if open_label == OPEN and any(isinstance(one, NUMBER) and one != OPEN for one in map(_plain, given)):
        spellings.add(OPEN_NAME)  # as numbers have −1 where nothing was asked for
    beyond = np.array([(one is None or _is_label(one)) and _plain(one) in spellings for one in given], dtype=bool)
    rest, marks = [], []
    for one, is_open in zip(given, beyond.tolist(), strict=True):
        (marks if is_open else rest).append(one)
    is_text = isinstance(rest[0], str) if rest else None
    if all(one is not None and is_text in (isinstance(one, str), None) for one in marks):
        return _checked(given)
    like_others = next(filter(_is_label, rest), None)
    given_labels([like_others if is_open else one for one, is_open in zip(given, beyond.tolist(), strict=True)], "y")
    values = np.full(len(beyond), None, dtype=object)
    values[~beyond] = _checked(rest)
    return values


def _column(y: Any) -> list | np.ndarray:
    """Labels in one dimension."""
    if not hasattr(y, "__array__") or hasattr(y, "to_pylist"):  # numpy reads pyarrow's as rows, or as texts
        return given_items(y, "y")
    if getattr(getattr(y, "dtype", None), "kind", "") == "T":
        y = np.asarray(y, dtype=object)  # scikit-learn can't read numpy's texts of any length
    return column_or_1d(y, warn=True)


def _checked(given: list | np.ndarray) -> np.ndarray:
    if isinstance(given, list):
        lengths = {len(one) if isinstance(one, (list, tuple)) else None for one in given}
        if len(lengths) > 1 or any(isinstance(one, str) for one in given):
            given_labels(given, "y")  # numpy would make texts of all of them, of a missing one "nan"
    values = column_or_1d(given)
    if values.dtype.kind == "f":
        assert_all_finite(values, input_name="y")
    kind = given_labels(values, "y").kind
    if values.dtype.kind == "O" and kind != "str":
        values = np.array(values.tolist())
    check_classification_targets(values)
    return values


def checked_open_label(label: Any) -> Any:
    """What is to stand for open, as Python's own value: a text, a number, a truth value or None.

    Raises:
        ValueError: it is anything else, which can't be compared with labels, or not be saved.
    """
    plain = _plain(label)
    endless = isinstance(plain, float) and not math.isfinite(plain)
    if plain is None or (_is_label(label) and not endless):
        return plain
    raise ValueError(f"open_label must be a text, a number or a truth value, got {reprlib.repr(label)}.")


@dataclass(frozen=True)
class LabelValues:
    """The labels of known classes in order, with their dtype, and what stands for open.

    `open_label` is "open" unless something else was asked for; where labels are numbers, −1.
    """

    classes: np.ndarray
    open_label: Any

    @classmethod
    def among(cls, y: np.ndarray, open_label: Any) -> LabelValues:
        """What stands in a column, as `labels_of` gives it: those that are open are no class."""
        if y.dtype.kind == "O" and any(one is None for one in y):
            y = np.array([one for one in y if one is not None])
        if open_label == OPEN_NAME and y.dtype.kind in NUMBERS:
            open_label = OPEN
        return cls(np.unique(y[y != open_label]), open_label)

    @property
    def names(self) -> list[str]:
        """What a model calls the classes, in their order."""
        return [str(one) for one in self.classes]

    def named(self, y: Iterable[Any]) -> list[str | None]:
        """Labels by their names, as `name_of` gives them; None for open ones."""
        plain = [_plain(one) for one in y]
        names = {one: self.name_of(one) for one in set(plain)}
        return [names[one] for one in plain]

    def told(self, y: Any) -> list[str | None]:
        """Right answers by name; None for open, in whatever kind that stands there.

        Raises:
            ValueError: they are no list, or no labels of this model's kind.
        """
        given = [None if _is_label(one) and self._is_open(_plain(one)) else one for one in given_items(y, "labels")]
        return self.named(given_labels(given, may_be_open=True).values)

    def _is_open(self, plain: Any) -> bool:
        by_default = self.open_label == OPEN and self.classes.dtype.kind in NUMBERS
        return plain == self.open_label or (by_default and plain == OPEN_NAME)

    @cached_property
    def _by_value(self) -> dict[Any, str]:
        return dict(zip(self.classes.tolist(), self.names, strict=True))

    def known(self, y: Iterable[Any]) -> list[str | None]:
        """Labels by the names of the classes that they equal, as 1 and 1.0 do; None for all else."""
        return [self._by_value.get(_plain(one)) for one in y]

    def name_of(self, label: Any) -> str | None:
        """What a model calls a label: the name of the class that it equals, else of a new one; None for open.

        Raises:
            ValueError: it is no label, or of another kind than the labels of the model.
        """
        if label is not None and not _is_label(label):
            raise ValueError(f"a label must be a text, a number or a truth value, got {reprlib.repr(label)}.")
        (known,), plain, kind = self.known([label]), _plain(label), self.classes.dtype.kind
        if known is not None or plain is None or self._is_open(plain):
            return known
        if kind not in KINDS_OF_NUMBERS:
            return str(plain)
        if isinstance(plain, (int, float)) and isinstance(plain, bool) == (kind == "b"):
            try:
                value = self.classes.dtype.type(plain)
            except OverflowError:
                value = None
            if value is not None and (kind == "f" or value == plain):
                return str(value)
        kinds = KINDS_OF_NUMBERS[kind]
        if kind in "iu" and isinstance(plain, int) and not isinstance(plain, bool):
            held = np.iinfo(self.classes.dtype)
            kinds += f" from {held.min:,} to {held.max:,}, as they were in training"
        raise ValueError(f"the labels of this model are {kinds}, got {label!r}.")

    def read(self, names: Iterable[str | None]) -> list[str | None]:
        """Right answers as a file has them, in letters, by the names of classes; None for open, however it is written.

        Raises:
            ValueError: one is no label of this model's kind.
        """
        return [None if name is None else self._read(name) for name in names]

    def _read(self, name: str) -> str | None:
        if name == str(self.open_label) and name not in self.names:
            return None
        kind = KIND_OF.get(self.classes.dtype.kind, "str")
        try:
            label = label_as_given(name, kind)
        except ValueError:
            label = name
        if kind == "bool" and name not in ("True", "False"):
            label = name
        return self.name_of(label)

    def array(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """The labels of class numbers, of which `OPEN` is one."""
        both = np.append(self.classes, np.array([self.open_label], dtype=None if self._fits else object))
        return both[np.asarray(rows, dtype=int)]  # OPEN is −1, the last one

    @property
    def with_open(self) -> np.ndarray:
        """All classes, and open last."""
        return self.array([*range(len(self.classes)), OPEN])

    @property
    def _fits(self) -> bool:
        """Whether the open label is of the classes' kind, so that one array can hold both as they are."""
        kind = np.asarray(self.open_label).dtype.kind
        return kind == self.classes.dtype.kind or (kind in NUMBERS and self.classes.dtype.kind in NUMBERS)

    def extended(self, names: Sequence[str]) -> LabelValues:
        """The same for a model that knows other classes, by their names."""
        return LabelValues(np.unique(_values(names, self.classes.dtype)), self.open_label)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = self.open_label.item() if isinstance(self.open_label, np.generic) else self.open_label
        return {"open_label": plain, "dtype": self.classes.dtype.str}

    @classmethod
    def from_dict(cls, plain: dict[str, Any], names: Sequence[str]) -> LabelValues:
        """Inverse of `to_dict`, for a model with classes of these names; of nothing, labels are texts.

        Raises:
            ValueError: the classes can't have had such labels.
        """
        open_label = plain.get("open_label", OPEN_NAME)
        try:
            dtype = np.dtype(plain.get("dtype", "O"))
            classes = np.unique(_values(names, dtype)) if dtype.kind in KINDS else np.empty(0)
        except (TypeError, ValueError, OverflowError, SyntaxError):  # numpy reads some descriptions as Python
            classes = np.empty(0)
        if sorted(map(str, classes)) != sorted(names) or isinstance(open_label, (list, dict)) or open_label in classes:
            raise ValueError("its classes can't have had the labels that model.json tells; copy the model again.")
        return cls(classes, open_label)


def comparable(answers: Sequence[str | None]) -> list[str]:
    """Names that can be compared with each other; a class can't have the one of open."""
    return ["" if one is None else f"={one}" for one in answers]


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label


def _is_label(one: Any) -> bool:
    return isinstance(_plain(one), (str, int, float))


def _values(names: Sequence[str], dtype: np.dtype) -> np.ndarray:
    """Names as the labels that they were, of one dtype; texts are as wide as they need."""
    kind = KIND_OF.get(dtype.kind, "str")
    return np.array([label_as_given(name, kind) for name in names], dtype=str if dtype.kind == "U" else dtype)

"""Labels as people have them (texts, numbers, truth values), and the names by which a model knows its classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from ans.conventions import OPEN, OPEN_NAME
from ans.data.arguments import given_labels, label_as_given

NUMBERS = "iuf"  # kinds of numpy dtypes
KINDS = f"{NUMBERS}bUOT"  # of labels
KINDS_OF_NUMBERS = {"i": "whole numbers", "u": "whole numbers", "f": "numbers", "b": "truth values"}


def labels_of(y: Any) -> np.ndarray:
    """A column of labels, from a list, an array, a pandas Series or a column of a Hugging Face dataset, as an array.

    Raises:
        ValueError: some are missing, of different kinds, or these are no labels of classes.
    """
    if y is None:
        raise ValueError("learning requires y to be passed, but the target y is None; pass a label for each text.")
    given = y if hasattr(y, "__array__") else list(y)
    if isinstance(given, list) and any(isinstance(one, str) for one in given):
        given_labels(given)  # numpy would make texts of all of them, of a missing one "nan"
    values = column_or_1d(given, warn=True)
    if values.dtype.kind == "f":
        assert_all_finite(values, input_name="y")
    given_labels(values)
    check_classification_targets(values)
    return values


@dataclass(frozen=True)
class LabelValues:
    """The labels of known classes in order, with their dtype, and what stands for open.

    `open_label` is "open" unless something else was asked for; where labels are numbers, −1.
    """

    classes: np.ndarray
    open_label: Any

    @classmethod
    def among(cls, y: np.ndarray, open_label: Any) -> LabelValues:
        """What stands in a column: those that are open are no class."""
        if open_label == OPEN_NAME and y.dtype.kind in NUMBERS:
            open_label = OPEN
        return cls(np.unique(y[y != open_label]), open_label)

    @property
    def names(self) -> list[str]:
        """What a model calls the classes, in their order."""
        return [str(one) for one in self.classes]

    def named(self, y: np.ndarray) -> list[str | None]:
        """Labels by their names; None for open ones."""
        return [None if one == self.open_label else str(one) for one in y]

    def known(self, y: Iterable[Any]) -> list[str | None]:
        """Labels by the names of the classes that they equal, as 1 and 1.0 do; None for all else."""
        by_value = dict(zip(self.classes.tolist(), self.names, strict=True))
        return [by_value.get(_plain(one)) for one in y]

    def name_of(self, label: Any) -> str | None:
        """What a model calls a label: the name of the class that it equals, else of a new one; None for open.

        Raises:
            ValueError: it is of another kind than the labels of the model.
        """
        (known,), plain, kind = self.known([label]), _plain(label), self.classes.dtype.kind
        if known is not None or plain is None or plain == self.open_label:
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
        raise ValueError(f"the labels of this model are {KINDS_OF_NUMBERS[kind]}, got {label!r}.")

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


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label


def _values(names: Sequence[str], dtype: np.dtype) -> np.ndarray:
    """Names as the labels that they were, of one dtype; texts are as wide as they need."""
    kind = {"b": "bool", "i": "int", "u": "int", "f": "float"}.get(dtype.kind, "str")
    return np.array([label_as_given(name, kind) for name in names], dtype=str if dtype.kind == "U" else dtype)

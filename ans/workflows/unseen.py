"""Which test texts of a split a model has not learnt from: the others say nothing about how it does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ans.data.corpora import OpenWorldSplit


def unseen(split: OpenWorldSplit, learnt: Collection[str]) -> OpenWorldSplit:
    """A split whose test part has none of the texts that a model has learnt.

    A file may have grown since the training, so that its parts are drawn anew; and corrections may be texts of its test
    part. Texts that stand in train and in test, as some public benchmarks have them, stay: so does the field count.

    Raises:
        ValueError: no test text of a known class is left.
    """
    gone = set(learnt) - set(split.train.texts)
    test = split.test.only([row for row, text in enumerate(split.test.texts) if text not in gone])
    left = len(split.test) - len(test)
    if left and not set(test.labels) & set(split.known):
        raise ValueError(
            f"the model has learnt from all {left:,} test texts of its classes that {split.corpus} has; evaluate it on "
            "texts that it has not seen."
        )
    return replace(split, test=test)

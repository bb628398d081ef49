"""Texts of the bundled dataset's classes, for tests that need some of a class."""

from __future__ import annotations

from ans.data.corpora import load_corpus


def training_texts_of(*classes: str) -> list[str]:
    """All training texts of these classes of `assistant`, in their order."""
    train = load_corpus("assistant").train
    return [text for text, label in zip(train.texts, train.labels, strict=True) if label in classes]

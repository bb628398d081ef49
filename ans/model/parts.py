"""What a training takes: texts of known classes, checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sklearn.utils.validation import check_consistent_length

from ans.conventions import MOST_CLASSES, some_names
from ans.data.tables import LabelledTexts
from ans.events import Emit, ShouldStop, stop_if


def checked_parts(
    texts: Sequence[str],
    labels: Sequence[str],
    dev_texts: Sequence[str] | None,
    dev_labels: Sequence[str] | None,
) -> tuple[LabelledTexts, LabelledTexts]:
    """Train and dev part; the latter may be empty, and may lack classes.

    Raises:
        ValueError: fewer than two classes, too many, texts and labels of different length.
    """
    if len(texts) != len(labels):
        raise ValueError(f"expected as many labels as texts, got {len(texts)} texts and {len(labels)} labels.")
    if (found := len(set(labels))) < 2:
        classes = "class" if found == 1 else "classes"
        raise ValueError(f"at least two known classes are needed, got {found} {classes}; add texts of another class.")
    if found > MOST_CLASSES:
        raise ValueError(
            f"at most {MOST_CLASSES:,} classes can be known at a time, got {found:,}; name fewer as known, or join "
            "classes that are answered alike."
        )
    dev_texts, dev_labels = list(dev_texts or ()), list(dev_labels or ())
    if len(dev_texts) != len(dev_labels):
        raise ValueError(
            f"expected as many dev labels as dev texts, got {len(dev_texts)} texts and {len(dev_labels)} labels; "
            "dev texts can be left out altogether."
        )
    if strangers := sorted(set(dev_labels) - set(labels)):
        raise ValueError(
            f"the dev labels {some_names(strangers, 5)} are no classes of the training texts; drop those texts."
        )
    return LabelledTexts(list(texts), list(labels)), LabelledTexts(dev_texts, dev_labels)


def apart(texts: Sequence[str], names: Sequence[str | None]) -> tuple[tuple[list[str], list[str]], list[str]]:
    """Known texts with their classes' names, and open texts."""
    check_consistent_length(texts, names)
    known = [(text, name) for text, name in zip(texts, names, strict=True) if name is not None]
    beyond = [text for text, name in zip(texts, names, strict=True) if name is None]
    return ([text for text, _ in known], [name for _, name in known]), beyond


def report_cache(emit: Emit, should_stop: ShouldStop, before: int, total: int) -> Callable[[int, int], None]:
    """What `TextEncoder.cache` calls after each batch: an event, and a look at whether to stop."""

    def each_batch(done: int, _: int) -> None:
        emit({"phase": "cache", "step": before + done, "steps": total})
        stop_if(should_stop)

    return each_batch

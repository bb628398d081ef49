"""What a training takes: texts of known classes, checked, and divided into a part to learn from and one to stop by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ans.data.corpora import stratified_parts
from ans.data.tables import LabelledTexts
from ans.events import Emit, ShouldStop, stop_if


def checked_parts(
    texts: Sequence[str],
    labels: Sequence[str],
    dev_texts: Sequence[str] | None,
    dev_labels: Sequence[str] | None,
    seed: int,
) -> tuple[LabelledTexts, LabelledTexts]:
    """Train and dev part; without dev texts, a tenth of each class is kept for that.

    Raises:
        ValueError: fewer than two classes, texts and labels of different length, a class with too few texts.
    """
    if len(texts) != len(labels):
        raise ValueError(f"expected as many labels as texts, got {len(texts)} texts and {len(labels)} labels.")
    train = LabelledTexts(list(texts), list(labels))
    if (found := len(set(labels))) < 2:
        raise ValueError(f"at least two known classes are needed, got {found}; add texts of another class.")
    if dev_texts is not None:
        dev_labels = dev_labels if dev_labels is not None else []
        if not len(dev_texts) == len(dev_labels) > 0:
            raise ValueError(
                "expected as many dev labels as dev texts, and at least one, got "
                f"{len(dev_texts)} texts and {len(dev_labels)} labels; leave both out to keep a tenth for dev."
            )
        if strangers := sorted(set(dev_labels) - set(labels)):
            raise ValueError(f"the dev labels {strangers[:5]} are no classes of the training texts; drop those texts.")
        return train, LabelledTexts(list(dev_texts), list(dev_labels))
    if scarce := sorted({name for name in train.labels if train.labels.count(name) < 2}):
        raise ValueError(f"every class needs at least two texts, one of them for dev; too few of {scarce[:5]}.")
    train, dev = stratified_parts(train, (0.1,), seed)
    return train, dev


def report_cache(emit: Emit, should_stop: ShouldStop, before: int, total: int) -> Callable[[int, int], None]:
    """What `TextEncoder.cache` calls after each batch: an event, and a look at whether to stop."""

    def each_batch(done: int, _: int) -> None:
        emit({"phase": "cache", "step": before + done, "steps": total})
        stop_if(should_stop)

    return each_batch

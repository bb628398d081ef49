"""What a run's own check means, in sentences: whether too many known texts are lost, and what helps."""

from __future__ import annotations

from collections.abc import Mapping

from ans.runs.check import Check, Count, CurvePoint

TOO_MANY = 0.25  # of the held-out known texts refused: a bot that loses every fourth message is not usable
WORST = 3  # classes that are named
HELPS = 0.02  # more right classes from the last quarter of the texts: then more texts help


def warning(check: Check | None) -> str:
    """One sentence if a run's line refuses too many known texts, and what helps; "" if not."""
    return "" if check is None else too_many_refused(check.refused, check.by_class)


def too_many_refused(refused: Count, by_class: Mapping[str, Count]) -> str:
    """The same of any line, by what it refuses in all and of each class."""
    if not refused.of or refused.share <= TOO_MANY:
        return ""
    named = ", ".join(name for name, count in worst_first(by_class)[:WORST] if count.texts)
    return (
        f"{refused} held-out known texts are refused, and about as many of your users' would be; what helps: "
        f"more texts, first of all for {named}, or a looser line."
    )


def worst_first(by_class: Mapping[str, Count]) -> list[tuple[str, Count]]:
    """Classes by the share that is refused, then by the number of their texts, then by name."""
    return sorted(by_class.items(), key=lambda item: (-item[1].share, -item[1].of, item[0]))


def open_estimate(check: Check | None) -> str:
    """How many open texts would be let in, by classes that were left out; "" if nobody knows."""
    if check is None or not check.left_out.of:
        return ""
    how = "by nearest texts alone, each class left out in turn" if check.estimated else "some classes left out in turn"
    return f"{check.left_out} texts of other classes would be let in ({how})."


def more_texts(curve: list[CurvePoint]) -> str:
    """Whether more texts would help, read off the learning curve; "" without one."""
    if len(curve) < 2:
        return ""
    before, now = curve[-2], curve[-1]
    rose = (
        f"from {before.texts:,} to {now.texts:,} texts the right classes went "
        f"from {_percent(before)} to {_percent(now)}"
    )
    if now.right - before.right >= HELPS:
        return f"More texts would help: {rose}."
    return f"More texts of the same kind would help little: {rose}."


def _percent(point: CurvePoint) -> str:
    return f"{100 * point.right:.0f} %"

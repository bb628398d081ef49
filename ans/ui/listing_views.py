"""The page's own components for lists: texts, classes, what is known of a dataset. JSON in, drawn in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from ans.ui.views import _JsonView

PAGE = 200  # rows that are sent at a time


class TextsView(_JsonView):
    """A list of texts, each with a tag. `click` carries the `text` of a row, `select` the `count` of
    rows that are shown when more are wanted; `retry` asks for others."""

    script, frame = "texts.js", '<div class="texts card"></div>'


class ClassesView(_JsonView):
    """Classes with counts and lengths. `click` carries a `label`, `select` the names that are `picked` as known."""

    script, frame = "classes.js", '<div class="classes"></div>'


class FindingsView(_JsonView):
    """What was found in data: a headline, a line for each finding, examples below it."""

    script, frame = "findings.js", '<div class="findings card empty"></div>'


def texts_value(rows: Sequence[dict], total: int, heading: str, empty: str = "", again: str = "") -> dict:
    """What `TextsView` draws: rows of text, tag, kind, aside; how many there are in all; what stands there for none;
    the name of the button that asks for others."""
    return {"rows": list(rows), "total": total, "heading": heading, "empty": empty, "again": again}

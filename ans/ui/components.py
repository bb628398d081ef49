"""The page's own components. Each takes JSON and draws it in the browser, with user text as text, never as HTML.

The drawing lies in assets/page/*.js.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, ClassVar

from ans.ui.page_component import PAGE_ASSETS, PageComponent

EXPORTS = ("export_menu.js",)  # of a component with tables of numbers: a menu to export them


class VerdictComponent(PageComponent):
    """The verdict of one text, the closest classes, the nearest training texts.

    Value: state ("empty", "busy", "failed", "answer"), title, reason, perhaps share (0 to 1). With "answer": open,
    label, candidates ([{label, logit}]), neighbours ([{text, label, similarity}]), reason, ask_back, usual, foot.
    """

    script, frame = "verdict.js", '<div class="verdict empty"></div>'


class ChipsComponent(PageComponent):
    """Example texts in groups, each with the expected answer. Its `click` event carries `text`.

    Value: [{kind ("known", "held_out", "oos"), name, explanation, texts: [{text, expected (a class, or None)}]}].
    `answered` marks a chip: {} or the text that was answered last and the answer, "OPEN" if it was open.
    """

    script, frame, extras = "chips.js", '<div class="chips"></div>', {"answered": {}}


class KnownClassesComponent(PageComponent):
    """What a model knows, to search and to try. Its `click` event carries `text`.

    Value: classes ([{name, texts}]).
    """

    script, frame = "known_classes.js", '<div class="known-classes card" hidden></div>'


class TourComponent(PageComponent):
    """Three steps on arrival, until this browser has closed them. Value: classes, the number that the model knows."""

    script, frame = "tour.js", '<div class="tour" role="region" aria-label="A short tour" hidden></div>'


class RunComponent(PageComponent):
    """Where something long stands, and how it ended: a training, many texts, the search for groups.

    Value: state, title; perhaps clock, name, detail, phases ([{name, state ("done", "now", "later")}]), share (0 to
    1), warning, numbers (a table, headings in its first row and column), note. Of a training that goes on also id,
    elapsed and left (seconds, left may be None): then clock and bar go on by themselves. Of a run also id, go ([{to,
    name}]), queue ([{id, name, running, may_drop}]), tables ([{title, about, rows}]). Its `click` event carries `to` (a
    tab, "watch" or "drop") and `id`.
    """

    script, frame, parts = "progress.js", '<div class="run empty"></div>', EXPORTS


class ChangesComponent(PageComponent):
    """Nobody sees it. Its `click` event comes when something has changed (`ans.ui.changes`), or after some seconds.

    Value: None before the page is open, then "open"; "gone" lets the page open again.
    """

    script, frame = "changes.js", '<div class="changes" hidden></div>'


class PlotComponent(PageComponent):
    """A Plotly figure updated in place, and a star for one text on it: `spot` is [] or [x, y, text].

    Its `click` event carries `x` and `y` of the point or cell, and `about`, the `meta` of its trace. `name` is what a
    screen reader calls the figure, `empty` what stands there before there is one.
    """

    script, extras, draws_plots = "plot.js", {"spot": []}, True

    def __init__(
        self, value: Any = None, *, height: int = 430, name: str = "", empty: str = "", **options: Any
    ) -> None:
        options.pop("frame", None)
        said = f'data-name="{html.escape(name)}" data-empty="{html.escape(empty)}"'
        frame = f'<div class="plot" {said} style="height:{int(height)}px"></div>'
        super().__init__(value, frame=frame, **options)


PAGE = 200  # rows that are sent at a time


class TextsComponent(PageComponent):
    """A list of texts, each with a tag. `click` carries the `text` of a row, `select` the `count` of
    rows that are shown when more are wanted; `retry` asks for others.

    Value: what `texts_value` makes; with clickable, a row is a button.
    """

    script, frame = "texts.js", '<div class="texts card"></div>'


class ClassCountsComponent(PageComponent):
    """How many texts have each answer, as bars that can be pressed. `click` carries the `label` of one, "" for OPEN.

    Value: rows ([{label, name, count, share}]), pressed (a label or None); None draws nothing.
    """

    script, frame = "class_counts.js", '<div class="class-counts"></div>'


class WorkTableComponent(PageComponent):
    """One page of many classified texts, with boxes to select them. Its events: `click` with the `text` of a row;
    `select` with `on` and a `row`, or without a row for all; `edit` with the `row` that is wrong; `apply` with the
    `order` to sort by; `expand` with a `page`; `clear` to filter no more.

    Value: what `ans.ui.ask.work_table.table_value` makes. `stamp`: a value with an older one comes too late.
    """

    script, frame = "work_table.js", '<div class="work-table"></div>'


class ClassesComponent(PageComponent):
    """Classes with counts and lengths. `click` carries a `label`, `select` the names that are `picked` as known.

    Value: classes ([{name, texts, words, known, detail}]), pick (may known classes be picked?), empty.
    """

    script, frame = "classes.js", '<div class="classes"></div>'


class FindingsComponent(PageComponent):
    """What was found in data: a headline, a line for each finding, examples below it.

    Value: state, title; perhaps detail, facts ([[name, value]]), findings ([{kind ("fine", "note", "doubt", "stop"),
    text, examples}]).
    """

    script, frame = "findings.js", '<div class="findings card empty"></div>'


def texts_value(rows: Sequence[dict], total: int, heading: str, empty: str = "", again: str = "") -> dict:
    """What `TextsComponent` draws: rows of text, tag, kind, aside; how many there are in all; what stands for none;
    the name of the button that asks for others."""
    return {"rows": list(rows), "total": total, "heading": heading, "empty": empty, "again": again}


class ComparisonComponent(PageComponent):
    """A table of methods for each run, and how far their fitting is.

    Value: state ("empty", "busy", "part", "done", "failed"), title, detail, perhaps share (0 to 1); runs ([{name,
    headings, measure (the column that is sorted by), rows: [{name, kind, note, cells ([{text, best}]), seconds,
    paper}]}]); changes (a table of what differs between the runs, [] of one run).
    """

    script, frame, parts = "compare.js", '<div class="comparison empty"></div>', EXPORTS


class JudgesComponent(PageComponent):
    """What every method says of one text, one below the other.

    Value: state ("empty", "busy", "answer", "failed"), title, detail, foot; runs ([{name, rows: [{name, own, answer,
    open, right (or None), sureness (0 to 1), score}]}]).
    """

    script, frame = "judges.js", '<div class="judges empty"></div>'


class ConfidentErrorsComponent(PageComponent):
    """Test texts on which MSP is confidently wrong. Its `click` event carries `text`.

    Value: title, detail, items ([{text, truth, label, sure}]).
    """

    script, frame = "confident_errors.js", '<div class="confident-errors"></div>'


class MapComponent(PageComponent):
    """A map of texts (`ans.plots.maps.point_map`), or {"nothing": a sentence} where there is none to draw.

    `spot` is [], or the place of the typed text and the text itself: [x, y, text], [x, y, z, text]. Its `click` event
    carries the `id` of a point.
    """

    script, extras, draws_plots = "map.js", {"spot": []}, True
    parts = ("map_points.js", "map_names.js", "map_list.js", "map_saving.js")
    frame = (PAGE_ASSETS / "map.html").read_text(encoding="utf-8")


class StagesComponent(PageComponent):
    """Algorithm 1, stage by stage. It draws with the plotly.js that the map beside it has loaded.

    Value: stages ([{name, sentence}]), maps ({hidden, features}), distances, loss, each figure with one frame a stage;
    or {"nothing": a sentence}.
    """

    script, frame = "stages.js", (PAGE_ASSETS / "stages.html").read_text(encoding="utf-8")


class PointComponent(PageComponent):
    """The point that was clicked. Value: kind, text, truth, right; None draws nothing."""

    script, frame = "point.js", '<div class="point is-empty"></div>'


class GroupsComponent(PageComponent):
    """Groups with their keywords and first texts. Its `click` event carries `id`, the group's place in the list.

    Value: groups ([{name, size, keywords, samples, colour}]), chosen (a place or None), rest, empty.
    """

    script, frame = "clusters.js", '<div class="clusters"></div>'


class RunsComponent(PageComponent):
    """All runs and what can be done with each. Its `click` event carries `action` and `id`, to rename also `name`.

    Value: restricted (is it a server for strangers?), rows (one for each run, as `ans.ui.runs` writes them). `note` is
    what came of the last action, for a person.
    """

    script, frame, parts, extras = "runs.js", '<div class="runs"></div>', EXPORTS, {"note": ""}


class UseModelComponent(PageComponent):
    """A dialog with code for using a run elsewhere. The page's event `use-model` opens it with the run's id.

    Value: what `ans.ui.use_model.card` makes, or asked and failed (a sentence); `cost`: an `ans.serving.cost.Cost` with
    the run's `id`, or `failed`; `note`: what came of the last action. Its `select` event carries `id`, `address` and
    `asked` when it opens, `click` also `action` ("make key", "revoke key" with `key`, "download").
    """

    script, frame = "use_model.js", (PAGE_ASSETS / "use_model.html").read_text(encoding="utf-8")
    extras: ClassVar[dict[str, Any]] = {"cost": {}, "note": ""}


class EvaluationComponent(PageComponent):
    """One part of an evaluation. Its `click` event carries whose errors to show, as `MistakesComponent` wants it.

    Value: view ("overview", "classes", "confusions", "facts"), and what that shows (`ans.ui.evaluate.cards`).
    """

    script, frame, parts = "evaluate.js", '<div class="evaluation"></div>', EXPORTS


class TeachComponent(PageComponent):
    """Corrections below a verdict. Its `click` event carries an `action`: correct (with `label`, or `open`), remove
    (with `text`), learn, back.

    Value: classes (names; without any nothing is drawn), corrections ([{text, says, answered, open, learnt}]), differs
    (is there something to learn?), form (can a message be corrected here?), refused (why the last correction is none),
    perhaps result (`ans.ui.ask.teach.result_card`).
    """

    script, frame = "teach.js", '<div class="teach is-empty"></div>'


class StrictnessComponent(PageComponent):
    """What a line does to texts whose labels are known.

    Value: rows ([{name, kind ("refused", "let-in"), count, of}]), note, perhaps warning and classes (rows as well).
    """

    script, frame = "strictness.js", '<div class="strictness"></div>'


class MistakesComponent(PageComponent):
    """The table of errors with its filters. Its `click` event carries a `text` for the map.

    Value: what `ans.ui.evaluate.cards.mistake_table` makes.
    `wanted` is what another component asks to see: {} or {kind, label, truth, answer, at}, each may be missing.
    """

    script, frame, extras = "mistakes.js", '<div class="mistakes"></div>', {"wanted": {}}

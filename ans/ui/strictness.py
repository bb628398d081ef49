"""How strict the model in use is: a slider to try another line, what that does at once, and keeping it.

It stands in Ask and in Evaluate; what is kept in one is told in the other by `Shared.kept`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr
from gradio.events import Dependency

from ans.evaluation.advice import too_many_refused, worst_first
from ans.ui.components import StrictnessComponent
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal

if TYPE_CHECKING:  # torch takes seconds, and the page opens without it
    from ans.workflows.strictness import Count, Effect, Lines

MOST, STEP = 50, 1  # percent of known texts that the slider refuses at most
PROMISE = "This is a share of texts like those held out, not of what users will type tomorrow."
NO_TEXTS = (
    "No texts were held out when this model was trained. To choose a line, train it again with “folds” from 1 on and "
    "at least four texts a class, or with dev texts."
)


@dataclass(frozen=True)
class Strictness:
    """The slider, what its line does, and its buttons. `tried`: the share that is tried and not kept, or None.

    `each_class`: whether every class is listed.
    """

    shared: Shared
    each_class: bool
    tried: gr.State
    slider: gr.Slider
    effect: StrictnessComponent
    keep: gr.Button
    reset: gr.Button

    @property
    def of_run(self) -> list:
        """All that changes with the run."""
        return [self.tried, self.slider, self.effect, self.keep, self.reset]

    def shown(self, run_id: str | None, who: str | None) -> Changes:
        """Another model is in use, or another line was kept."""
        visitor = self.shared.visitor(who)
        try:
            run = visitor.trained(run_id)
            lines = self.shared.serving.lines(run.id)
        except ValueError:  # the other cards say what is wrong
            return self._nothing("")
        if not lines.can_move:
            return self._nothing(NO_TEXTS)
        own, may_keep = lines.own, visitor.may_change(run)
        moved = lines.calibration.line != lines.calibration.trained_line
        return {
            self.tried: None,
            self.slider: gr.update(value=round(100 * own.refused.share), interactive=True),
            self.effect: self._card(lines, own, _standing(moved)),
            self.keep: gr.update(interactive=False, visible=may_keep),
            self.reset: gr.update(interactive=moved and may_keep, visible=may_keep),
        }

    def reopened(self, tried: float | None, run_id: str | None, who: str | None) -> Changes:
        """The tab is opened again: a line that is tried stays."""
        return gr.skip() if tried is not None else self.shown(run_id, who)

    def moved(self, run_id: str | None, percent: float, who: str | None) -> Changes:
        """The slider is moved: nothing is changed, but all can be seen."""
        try:
            refused = _share(percent)
            run = self.shared.visitor(who).trained(run_id)
            lines = self.shared.serving.lines(run.id)
            effect = lines.refusing(refused)
        except ValueError:
            return gr.skip()
        may_keep = self.shared.visitor(who).may_change(run)
        said = "This line is tried, not kept. " if may_keep else "This line is tried by you alone. "
        return {
            self.tried: refused,
            self.effect: self._card(lines, effect, said + PROMISE) | {"tried": refused},
            self.keep: gr.update(interactive=may_keep),
            self.reset: gr.update(interactive=True, visible=True),
        }

    def kept(self, tried: float | None, run_id: str | None, who: str | None) -> Iterator[Changes]:
        """Keep: the model answers by the tried line from now on, everywhere."""
        if tried is not None:
            yield from self._changed(tried, run_id, who)

    def taken_back(self, tried: float | None, run_id: str | None, who: str | None) -> Iterator[Changes]:
        """Reset: what is tried is forgotten; if nothing is, the line of the training comes back."""
        if tried is not None:
            yield self.shown(run_id, who)
        else:
            yield from self._changed(None, run_id, who)

    def _changed(self, refused: float | None, run_id: str | None, who: str | None) -> Iterator[Changes]:
        visitor = self.shared.visitor(who)
        try:
            run = visitor.trained(run_id)
            if not visitor.may_change(run):
                raise ValueError(f"{run.name} is everybody's, and on this server nobody may change its line.")
            self.shared.serving.keep_line(run.id, refused)
        except ValueError as error:
            raise refusal(error) from error
        yield {**self.shown(run_id, who), self.shared.kept: (run_id, time.time())}

    def _nothing(self, note: str) -> Changes:
        hidden = gr.update(interactive=False, visible=False)
        return {
            self.tried: None,
            self.slider: gr.update(interactive=False),
            self.effect: {"rows": [], "note": note},
            self.keep: hidden,
            self.reset: hidden,
        }

    def _card(self, lines: Lines, effect: Effect, note: str) -> dict:
        rows = [_row("Held-out known texts refused", "refused", effect.refused)]
        if effect.let_in.of:
            rows.append(_row("Open test texts let in", "let-in", effect.let_in))
        elif effect.left_out.of:
            rows.append(_row("Texts of left-out classes let in", "let-in", effect.left_out))
        if effect.labelled_open.of:
            rows.append(_row("Held-out texts of no class let in", "let-in", effect.labelled_open))
        classes = worst_first(effect.by_class) if self.each_class else []
        each = [_row(name, "refused", count) for name, count in classes]
        return {
            "rows": rows,
            "note": note,
            "classes": each,
            "warning": too_many_refused(effect.refused, effect.by_class),
        }


def wire(part: Strictness, opening: gr.Tab) -> list[Dependency]:
    """Connect the slider and the buttons; the events after which another line may judge.

    Whenever `opening` is opened, the slider of the run in use is there, even if that got lost before.
    """
    shared = part.shared
    asked = [shared.model, shared.browser]
    gr.on([shared.model.change, shared.kept.change], part.shown, asked, part.of_run, **AT_ONCE)
    opening.select(part.reopened, [part.tried, *asked], part.of_run, **AT_ONCE)
    moved = part.slider.input(
        part.moved,
        [shared.model, part.slider, shared.browser],
        [part.tried, part.effect, part.keep, part.reset],
        trigger_mode="always_last",
        **AT_ONCE,
    )
    outcome = [*part.of_run, shared.kept]
    kept = part.keep.click(part.kept, [part.tried, *asked], outcome, concurrency_limit=1, **QUIETLY)
    reset = part.reset.click(part.taken_back, [part.tried, *asked], outcome, concurrency_limit=1, **QUIETLY)
    return [moved, kept, reset]


def layout(shared: Shared, each_class: bool) -> Strictness:
    """The slider, below it what its line does, then the buttons."""
    tried = gr.State(None)
    with gr.Column(elem_classes="card strict"):
        slider = gr.Slider(
            0,
            MOST,
            step=STEP,
            label="Strictness: known texts that may be refused, in percent",
            info="More: fewer open texts are let in. Less: fewer known texts are lost.",
            interactive=False,
            buttons=[],
            elem_id="strictness-evaluate" if each_class else "strictness-ask",
        )
        effect = StrictnessComponent({"rows": []})
        with gr.Row():
            keep = gr.Button("Keep", variant="primary", size="sm", interactive=False, visible=False, min_width=80)
            reset = gr.Button("Reset", size="sm", interactive=False, visible=False, min_width=80)
    return Strictness(shared, each_class, tried, slider, effect, keep, reset)


def _standing(moved: bool) -> str:
    return ("Somebody has kept this line; Reset brings the training's back. " if moved else "") + PROMISE


def _row(name: str, kind: str, count: Count) -> dict:
    return {"name": name, "kind": kind, "count": count.texts, "of": count.of}


def _share(percent: float) -> float:
    return float(percent) / 100

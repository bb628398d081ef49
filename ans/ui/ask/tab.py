"""The Ask tab: type a sentence, see at once which known class it is, or that it is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from ans.conventions import LONGEST, Prediction
from ans.runs.status import FAILED, INTERRUPTED, STOPPED
from ans.serving.models import Serving
from ans.ui.ask import link
from ans.ui.ask import many_texts as many
from ans.ui.ask import small_map as ask_map
from ans.ui.components import ChipsView, VerdictView
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence, signed

EMPTY = {
    "state": "empty",
    "title": "Type a sentence, or click an example",
    "reason": "Each keystroke is judged: one of the known classes, or OPEN.",
}
KINDS = {
    "known": ("Texts of known classes", "Test texts of classes the model was trained on"),
    "held_out": ("Texts of held-out classes", "Real intents the model has never seen: these should be OPEN"),
    "oos": ("Out of scope", "Texts that belong to no class of the dataset: these should be OPEN"),
}


@dataclass(frozen=True)
class AskTab:
    """The components other tabs and the page need."""

    query: gr.Textbox
    verdict: VerdictView
    chips: ChipsView


def build(shared: Shared) -> AskTab:
    """Lay out the tab inside the current Tab and wire it."""
    serving, model = shared.serving, shared.model
    with gr.Tabs() as inner:
        with gr.Tab("One text", id="one"), gr.Row(equal_height=False, elem_id="ask"):
            with gr.Column(scale=5, min_width=320):
                query = gr.Textbox(
                    label="What does a user type?",
                    placeholder="my card was swallowed by the machine",
                    lines=3,
                    max_lines=6,
                    max_length=LONGEST,
                    autofocus=True,
                    elem_id="query",
                )
                link.copy_button(model, query)
                chips = ChipsView(elem_id="examples")
            with gr.Column(scale=6, min_width=320):
                verdict = VerdictView(EMPTY, elem_id="verdict")
                ask_map.build(shared.maps, model, verdict)
        with gr.Tab("Many texts", id="many"):
            many_tab = many.build(shared)

    def answer(text: str, run_id: str | None) -> Iterator[dict]:
        yield from verdicts(serving, text, run_id)

    query.change(answer, [query, model], verdict, concurrency_limit=4, **QUIETLY)
    model.change(answer, [query, model], verdict, **QUIETLY)
    chips.click(_clicked_text, None, query, **AT_ONCE)
    many_tab.rows.click(_taken_up, None, [query, inner], **AT_ONCE)
    return AskTab(query, verdict, chips)


def verdicts(serving: Serving, text: str, run_id: str | None) -> Iterator[dict]:
    """What the verdict card shows for a text: perhaps a note that the model is loading, then the answer."""
    if not run_id:
        yield waiting(serving)
        return
    if not (text or "").strip():
        yield EMPTY
        return
    if not serving.is_loaded(run_id):
        yield {"state": "busy", "title": "Loading the model", "reason": "A few seconds, once."}
    try:
        prediction, milliseconds = serving.answer(run_id, text)
    except ValueError as error:
        yield {"state": "failed", "title": "No answer", "reason": as_sentence(error)}
        return
    yield answer_card(prediction, milliseconds)


def answer_card(prediction: Prediction, milliseconds: float) -> dict:
    """A prediction as the card draws it."""
    return {
        "state": "answer",
        **prediction.to_dict(),
        "reason": reason(prediction),
        "foot": f"Judged in {milliseconds:.0f} ms. A head says yes above zero; the text is open when none does.",
    }


def reason(prediction: Prediction) -> str:
    """One sentence that says why."""
    best = prediction.candidates[0]
    if prediction.open:
        return f"No head says yes. The nearest to a yes is {best.label} at {signed(best.logit)}."
    agreeing = [candidate for candidate in prediction.candidates if candidate.logit >= 0]
    if len(agreeing) == 1 and best.label == prediction.label:
        return f"One head says yes: {best.label}, at {signed(best.logit)}."
    count = f"{len(agreeing)} heads say yes" if len(agreeing) > 1 else f"The head of {best.label} says yes"
    return f"{count}; the closed-set classifier picks {prediction.label}."


def waiting(serving: Serving) -> dict:
    """The card while there is no model at all: how far the starter is, or why there is none."""
    store = serving.store.seen_by(None)  # how others' private runs fare is not told
    run = store.active()
    if run is not None:
        return {
            "state": "busy",
            "title": "The starter model is being trained",
            "reason": "Less than a minute on two cores, once. You can type already; the answer appears by itself.",
            "share": run.progress.share_done,
        }
    latest = next(iter(store.all()), None)
    if latest is not None and latest.status.state in (FAILED, STOPPED, INTERRUPTED):
        return {
            "state": "failed",
            "title": "There is no model yet",
            "reason": f"The last training ended as {latest.status.state}: {latest.status.message} Start one in Train.",
        }
    return {"state": "empty", "title": "There is no model yet", "reason": "Start a training in the Train tab."}


def examples(serving: Serving, run_id: str | None) -> list[dict]:
    """The example chips of a run, in the groups of `KINDS`."""
    if not run_id:
        return []
    texts = serving.examples(run_id)
    return [
        {"kind": kind, "name": name, "explanation": explanation, "texts": texts[kind]}
        for kind, (name, explanation) in KINDS.items()
    ]


def _taken_up(event: gr.EventData) -> tuple[str, dict]:
    return str(event.text), gr.Tabs(selected="one")


def _clicked_text(event: gr.EventData) -> str:
    return str(event.text)

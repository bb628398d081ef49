"""What a run found in its training texts: would more help, which are probably mislabelled, which say the same."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import gradio as gr

from ans.evaluation.advice import more_texts, open_estimate
from ans.plots.curves import learning_curve
from ans.runs.check import Check, Doubt, Quality, Twins
from ans.runs.run import Run
from ans.serving.batch_csv import harmless
from ans.ui.components import PlotComponent, TextsComponent, texts_value
from ans.ui.download import offered_file
from ans.ui.wiring import Changes

LISTED = 50  # the file has them all
NO_CHECK = "Its texts were not looked at: an earlier version made this run, a class was added, or they are too few."
METHOD = (
    "Told by a simple classifier on the untouched encoder, each text by classifiers that have not learnt from it. "
    "A list of what to look at, no verdict."
)


@dataclass(frozen=True)
class QualityPart:
    """The learning curve and its sentence, two lists of texts, the file of both."""

    curve: PlotComponent
    note: gr.Markdown
    doubts: TextsComponent
    twins: TextsComponent
    download: gr.DownloadButton

    @property
    def of_run(self) -> list:
        """All that changes with the run."""
        return [self.curve, self.note, self.doubts, self.twins, self.download]

    def drawn(self, run: Run) -> Changes:
        """What is shown of a run."""
        check = run.check
        if check is None or not (check.quality.checked or check.quality.twins):
            nothing = texts_value([], 0, "", "")
            hidden = gr.update(visible=False)
            return {
                self.curve: None, self.note: NO_CHECK, self.doubts: nothing, self.twins: nothing, self.download: hidden,
            }  # fmt: skip
        found = check.quality
        return {
            self.curve: learning_curve([(one.texts, 100 * one.right) for one in found.curve], run.id).to_json(),
            self.note: " ".join(filter(None, [more_texts(found.curve), _unless_tested(check, run)])),
            self.doubts: doubts_listed(found.mislabelled),
            self.twins: gr.update(value=twins_listed(found.twins), visible=bool(found.twins)),
            self.download: gr.update(value=csv_file(self.download, found), visible=True)
            if found.mislabelled or found.twins
            else gr.update(visible=False),
        }


def layout() -> QualityPart:
    """The curve on the left, on the right what to look at."""
    card = {"min_width": 320, "elem_classes": "card"}
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, **card):
            gr.HTML("<h3>Would more texts help?</h3>", padding=False)
            curve = PlotComponent(
                height=260, name="Learning curve", empty="No learning curve was drawn.", elem_id="learning-curve"
            )
            note = gr.Markdown(elem_classes="quiet", elem_id="learning-note")
        with gr.Column(scale=6, **card):
            gr.HTML(f"<h3>Training texts to look at</h3><p class='note'>{METHOD}</p>", padding=False)
            doubts = TextsComponent(elem_id="mislabelled")
            twins = TextsComponent(elem_id="twins")
            download = gr.DownloadButton("Download CSV", size="sm", visible=False, min_width=150, elem_id="quality-csv")
    return QualityPart(curve, note, doubts, twins, download)


def doubts_listed(doubts: list[Doubt]) -> dict:
    """Probably mislabelled texts, the surest first, as the list draws them."""
    rows = [{"text": one.text, "tag": one.label, "kind": "", "aside": f"like {one.looks_like}"} for one in doubts]
    heading = f"{_texts(len(doubts))} probably mislabelled" if doubts else "No text looks mislabelled"
    return texts_value(rows[:LISTED], min(len(rows), LISTED), heading)


def twins_listed(twins: list[Twins]) -> dict:
    """Pairs of different classes, the most alike first, as the list draws them."""
    rows = [
        {"text": f"{one.text} ≈ {one.other}", "tag": one.label, "kind": "", "aside": f"and {one.other_label}"}
        for one in twins
    ]
    found = "1 pair" if len(twins) == 1 else f"{len(twins)} pairs"
    heading = f"{found} of classes say almost the same" if twins else "No two classes share a text"
    return texts_value(rows[:LISTED], min(len(rows), LISTED), heading)


def csv_file(button: gr.DownloadButton, found: Quality) -> str:
    """Both lists as one file for a spreadsheet; Gradio deletes it after a day."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["what", "text", "label", "other_text", "other_label", "number"])
    for doubt in found.mislabelled:
        row = [doubt.text, doubt.label, "", doubt.looks_like]
        writer.writerow(["probably mislabelled", *map(harmless, row), f"{doubt.label_share:.3f}"])
    for pair in found.twins:
        row = [pair.text, pair.label, pair.other, pair.other_label]
        writer.writerow(["two classes, one text", *map(harmless, row), f"{pair.similarity:.3f}"])
    return offered_file(button, "training-texts.csv", out.getvalue().encode("utf-8-sig"))


def _unless_tested(check: Check, run: Run) -> str:
    """The estimate for open texts stands only where the test has none."""
    evaluation = run.evaluation
    tested = evaluation is not None and evaluation.metrics.f1_open is not None
    said = open_estimate(check)
    return "" if tested or not said else f"The test has no open texts; by the training texts, {said}"


def _texts(count: int) -> str:
    return "1 text is" if count == 1 else f"{count} texts are"

"""The Data tab: look into a corpus, choose which classes are known, take it to Train; one's own data beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ans.config import TrainConfig
from ans.data.corpora import BUNDLED, make_open_world_split
from ans.data.listing import Library, Listing
from ans.data.uploads import Uploads
from ans.ui.access import may_use
from ans.ui.components import PAGE, ClassesView, FindingsView, TextsView, texts_value
from ans.ui.data import upload as bring
from ans.ui.shared import Shared
from ans.ui.train import RATIOS, TrainTab, dataset_choices
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence

SAMPLES = 20
LOOK = "Choose a class to read some of its texts, or search in all of them."
BUSY = {"state": "busy", "title": "Reading the texts", "detail": "Public corpora are downloaded the first time."}


@dataclass(frozen=True)
class DataTab:
    """The components the page fills when it is opened."""

    dataset: gr.Dropdown


def build(shared: Shared, train: TrainTab) -> DataTab:
    """Lay out the tab inside the current Tabs and wire it."""
    library, uploads = Library(), Uploads(shared.store.uploads)
    with gr.Tab("Data", id="data") as tab, gr.Tabs() as inner:
        with gr.Tab("Browse", id="browse"), gr.Row(equal_height=False):
            picks, asked, turn, seen = gr.State(None), gr.State(("", "")), gr.State(0), gr.State(None)
            with gr.Column(scale=5, min_width=320):
                with gr.Row():
                    dataset = gr.Dropdown(
                        dataset_choices(shared.store, None),
                        value=BUNDLED,
                        label="Dataset",
                        allow_custom_value=not shared.restricted,
                        scale=3,
                        min_width=180,
                        elem_id="corpus",
                    )
                    seed = gr.Number(0, label="Seed", precision=0, minimum=0, scale=1, min_width=80)
                ratio = gr.Radio(RATIOS, value=0.75, label="Known-class ratio")
                other = gr.Slider(0.05, 1.0, value=0.4, step=0.05, label="Ratio", visible=False)
                with gr.Column(elem_classes="card"):
                    draw_note = gr.Markdown("", elem_classes="quiet", elem_id="draw")
                    classes = ClassesView(elem_id="classes")
                with gr.Row():
                    use = gr.Button("Use in Train", variant="primary", scale=3)
                    redraw = gr.Button("Back to the draw", scale=2, min_width=140, interactive=False)
                with gr.Row(visible=False) as owned:
                    delete = gr.Button("Delete these data", size="sm", variant="secondary")
                    sure = gr.Button("Yes, delete them for good", size="sm", variant="stop", visible=False)
            with gr.Column(scale=6, min_width=320):
                facts = FindingsView(BUSY, elem_id="facts")
                search = gr.Textbox(label="Search texts and labels", placeholder="credit limit", max_length=200)
                texts = TextsView(texts_value([], 0, "", LOOK), elem_id="texts")
        with gr.Tab("Bring your own", id="bring"):
            bring_tab = bring.build(shared, uploads)

    def listing(name: str, number: float | None, browser: str | None) -> Listing:
        if not may_use(uploads, browser, name, shared.restricted):
            raise ValueError("on this server only the listed datasets and your own uploads can be looked into.")
        return library.listing(str(name or "").strip() or BUNDLED, int(number or 0))

    def show(name: str, share: float, more: float, number: float, browser: str | None) -> Iterator[tuple]:
        mine = gr.update(visible=uploads.owns(browser, name or ""))
        nothing = texts_value([], 0, "", LOOK)
        key = (name, share, more, number)
        after = ("", key, None, ("", ""), mine, gr.update(visible=False), gr.update(interactive=False))
        if not library.has(name or "", int(number or 0)):
            yield BUSY, {"classes": [], "empty": "One moment."}, "", nothing, *after
        try:
            found = listing(name, number, browser)
        except (ValueError, OSError) as error:
            failed = {"state": "failed", "title": "These data can't be read", "detail": as_sentence(error)}
            yield failed, {"classes": [], "empty": "There is nothing to show."}, "", nothing, *after
            return
        shown, note = drawn(found, more if share == -1.0 else share, int(number or 0))
        yield summary(found), shown, note, nothing, *after

    def come_back(name: str, share: float, more: float, number: float, browser: str | None, before: tuple | None):
        if before == (name, share, more, number):  # what was picked by hand stays
            yield tuple(gr.skip() for _ in drawing)
        else:
            yield from show(name, share, more, number, browser)

    def pick(name: str, number: float, browser: str | None, event: gr.EventData) -> tuple:
        try:
            found = listing(name, number, browser)
        except ValueError as error:
            raise gr.Error(as_sentence(error), print_exception=False) from error
        chosen = [str(label) for label in event.picked]
        words = f"{len(chosen)} of {len(found.classes)} classes are known, picked by hand."
        if len(chosen) < 2:
            words += " A training needs at least two."
        return chosen, words, gr.update(interactive=True)

    def take(name: str, share: float, more: float, number: float, chosen: list | None, browser: str | None) -> tuple:
        try:
            found = listing(name, number, browser)
            if found.corpus is None:
                raise ValueError(f"these texts can be explored, not trained on: {found.trouble}")
            given = None if chosen is None else tuple(chosen)
            config = TrainConfig(seed=int(number or 0), known_ratio=_ratio(share, more), known_classes=given)
            make_open_world_split(found.corpus, config)
        except ValueError as error:
            raise gr.Error(as_sentence(error), print_exception=False) from error
        known = gr.update(choices=[c.name for c in found.classes], value=chosen or [], visible=chosen is not None)
        named = gr.update(choices=dataset_choices(shared.store, browser), value=name)
        return named, share, more, number, known, (name if chosen is not None else None), gr.Tabs(selected="train")

    def read(name: str, number: float, browser: str | None, question: tuple, round_: int, most: int) -> dict:
        try:
            return listed(listing(name, number, browser), question, round_, most)
        except ValueError as error:
            return texts_value([], 0, "", as_sentence(error))

    def class_chosen(name, number, browser: str | None, event: gr.EventData) -> tuple:
        question = ("class", str(event.label))
        return read(name, number, browser, question, 0, PAGE), question, 0, ""

    def searched(name, number, browser: str | None, words: str, question: tuple) -> tuple:
        if not words.strip():  # emptied by a click on a class, or by hand
            return (gr.skip(), question) if question[0] == "class" else (texts_value([], 0, "", LOOK), ("", ""))
        return read(name, number, browser, ("search", words), 0, PAGE), ("search", words)

    def turned(name, number, browser: str | None, question: tuple, round_: int) -> tuple:
        return read(name, number, browser, question, round_ + 1, PAGE), round_ + 1

    def grown(name, number, browser: str | None, question: tuple, round_: int, event: gr.EventData) -> dict:
        return read(name, number, browser, question, round_, int(event.count) + PAGE)

    def remove(name: str, in_train: str, browser: str | None) -> tuple:
        try:
            uploads.delete(browser, name)
        except ValueError as error:
            raise gr.Error(as_sentence(error), print_exception=False) from error
        choices = dataset_choices(shared.store, browser)
        left = BUNDLED if in_train == name else in_train
        return gr.update(choices=choices, value=BUNDLED), gr.update(choices=choices, value=left)

    def kept(path: str, browser: str | None) -> tuple:
        choices = dataset_choices(shared.store, browser)
        return gr.update(choices=choices, value=path), gr.update(choices=choices), gr.Tabs(selected="browse")

    chosen = [dataset, ratio, other, seed, shared.browser]
    where = [dataset, seed, shared.browser]
    drawing = [facts, classes, draw_note, texts, search, seen, picks, asked, owned, sure, redraw]
    tab.select(come_back, [*chosen, seen], drawing, **QUIETLY)
    gr.on(
        [dataset.change, ratio.change, other.release, seed.change, redraw.click], show, chosen, drawing,
        trigger_mode="always_last", concurrency_limit=4, **QUIETLY,
    )  # fmt: skip
    ratio.change(lambda share: gr.update(visible=share == -1.0), ratio, other, **AT_ONCE)
    # Every tick counts, also one that comes while the last is on its way. Each carries all boxes: one after the other.
    classes.select(pick, where, [picks, draw_note, redraw], trigger_mode="multiple", concurrency_limit=1, **QUIETLY)
    classes.click(class_chosen, where, [texts, asked, turn, search], **QUIETLY)
    search.change(searched, [*where, search, asked], [texts, asked], concurrency_limit=4, **QUIETLY)
    texts.retry(turned, [*where, asked, turn], [texts, turn], **QUIETLY)
    texts.select(grown, [*where, asked, turn], texts, **QUIETLY)
    use.click(
        take, [dataset, ratio, other, seed, picks, shared.browser],
        [train.dataset, train.ratio, train.other, train.seed, train.known, train.known_of, shared.tabs], **QUIETLY,
    )  # fmt: skip
    delete.click(lambda: gr.update(visible=True), None, sure, **AT_ONCE)
    sure.click(remove, [dataset, train.dataset, shared.browser], [dataset, train.dataset], **QUIETLY)
    bring_tab.kept.change(kept, [bring_tab.kept, shared.browser], [dataset, train.dataset, inner], **QUIETLY)
    return DataTab(dataset)


def choices(shared: Shared) -> Callable[[str | None], tuple[dict, dict]]:
    """A handler for the opening of the page: what this browser has uploaded joins the choices of Data and Train."""

    def fill(browser: str | None) -> tuple[dict, dict]:
        offered = dataset_choices(shared.store, browser)
        return gr.update(choices=offered), gr.update(choices=offered)

    return fill


def summary(found: Listing) -> dict:
    """A dataset in numbers, and what hinders a training if something does."""
    sizes = [(name, len(found.part(key))) for name, key in (("Train", "train"), ("Dev", "dev"), ("Test", "test"))]
    facts = [("Classes", f"{len(found.classes):,}"), ("Texts", f"{len(found.texts):,}")]
    facts += [(name, f"{size:,}") for name, size in sizes if size]
    if found.outside:
        facts.append(("Of no class", f"{found.outside:,}"))
    if found.unlabelled:
        facts.append(("Without a label", f"{found.unlabelled:,}"))
    about = {"state": "done", "title": found.name, "facts": facts}
    if found.trouble is not None:
        about["findings"] = [{"kind": "note", "text": f"They can be explored, not trained on: {found.trouble}"}]
    return about


def drawn(found: Listing, ratio: float, seed: int) -> tuple[dict, str]:
    """The classes, those known that a training with this ratio and seed would draw, and a sentence on it."""
    known, note = set(), ""
    if found.corpus is not None:
        try:
            known = set(make_open_world_split(found.corpus, TrainConfig(known_ratio=ratio, seed=seed)).known)
            note = (
                f"{len(known)} of {len(found.classes)} classes are known, drawn by ratio {ratio:.0%} and seed {seed}; "
                "the others are held out as open. Tick boxes to choose by hand."
            )
        except ValueError as error:
            note = f"This can't be drawn: {error}"
    rows = [
        {
            "name": item.name,
            "texts": item.texts,
            "words": item.words,
            "known": item.name in known,
            "detail": f"{item.train} train, {item.dev} dev, {item.test} test" if found.corpus else "",
        }
        for item in found.classes
    ]
    return {"classes": rows, "pick": found.corpus is not None, "empty": "No text has a label."}, note


def listed(found: Listing, question: tuple[str, str], turn: int, most: int) -> dict:
    """Samples of a class or the texts that a search finds, as the list draws them."""
    what, words = question
    if what == "class":
        rows = found.samples(words, SAMPLES, turn)
        count = sum(text.label == words for text in found.texts)
        heading = f"{len(rows)} of the {count:,} texts of {words}"
        again = "Other samples" if count > len(rows) else ""
        return texts_value([_row(text) for text in rows], len(rows), heading, again=again)
    rows = found.search(words)
    heading = f"{len(rows):,} {'text' if len(rows) == 1 else 'texts'} found"
    return texts_value([_row(text) for text in rows[:most]], len(rows), heading, "No text has all of these words.")


def _row(text: Any) -> dict:
    return {"text": text.text, "tag": text.label or "no label", "kind": "", "aside": text.part if text.label else ""}


def _ratio(share: float, more: float) -> float:
    return more if share == -1.0 else share

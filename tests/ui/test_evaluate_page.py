"""The Evaluate tab's handlers: what they show, whose errors a click asks for, and that no odd file breaks them."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from ans.conventions import OPEN_NAME
from ans.evaluation import mistakes
from ans.evaluation.mistakes import ERROR_KINDS, KIND_NAMES, OPEN_TAKEN
from ans.json_files import write_json
from ans.plots.maps import GROUPS
from ans.runs.check import Doubt, Quality, Twins
from ans.runs.store import RunStore
from ans.serving.maps import points as map_points
from ans.ui.evaluate import cards
from ans.ui.evaluate import tab as evaluate
from ans.ui.evaluate.quality import csv_file
from ans.ui.map import tab as map_tab
from ans.ui.page_component import PAGE_ASSETS
from tests.ui.tabs import event, laid_out

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"
RUN = "run"
Harm = Callable[[Path], None]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A store with one finished run."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    shutil.copytree(source, tmp_path / "runs" / RUN)
    return RunStore(tmp_path / "runs")


def in_json(name: str, change: Callable[[dict], Any]) -> Harm:
    """A change of one JSON file of a run."""

    def harm(folder: Path) -> None:
        values = json.loads((folder / name).read_text())
        change(values)
        (folder / name).write_text(json.dumps(values))

    return harm


def in_arrays(change: Callable[[dict[str, np.ndarray]], Any]) -> Harm:
    """A change of the arrays of a run's test part."""

    def harm(folder: Path) -> None:
        arrays = load_file(folder / "test.safetensors")
        change(arrays)
        whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        save_file(whole, folder / "test.safetensors")

    return harm


def without_texts(folder: Path) -> None:
    in_json("test.json", lambda v: v.update(texts=[], labels=[]))(folder)
    in_arrays(lambda v: v.update({name: array[:0] for name, array in v.items()}))(folder)


DAMAGES: dict[str, Harm] = {
    "seconds are a list": in_json("evaluation.json", lambda v: v.update(seconds=[])),
    "metrics are a list": in_json("evaluation.json", lambda v: v.update(metrics=[])),
    "no metrics": in_json("evaluation.json", lambda v: v.pop("metrics")),
    "known is a number": in_json("evaluation.json", lambda v: v.update(known=3)),
    "a class too few": in_json("evaluation.json", lambda v: v["known"].pop()),
    "classes in another order": in_json("evaluation.json", lambda v: v["known"].reverse()),
    "a label too few": in_json("test.json", lambda v: v["labels"].pop()),
    "texts are numbers": in_json("test.json", lambda v: v.update(texts=[1] * len(v["texts"]))),
    "no texts": in_json("test.json", lambda v: v.pop("texts")),
    "no text at all": without_texts,
    "wider logits": in_arrays(lambda v: v.update(logits=np.repeat(v["logits"], 2, axis=1))),
    "flat logits": in_arrays(lambda v: v.update(logits=v["logits"][:, 0])),
    "logits without a value": in_arrays(lambda v: v["logits"].__setitem__((0, 0), np.nan)),
    "logits without end": in_arrays(lambda v: v["logits"].__setitem__((0, 0), np.inf)),
    "answers are no indices": in_arrays(lambda v: v.update(answers=v["answers"].astype(np.float32))),
    "an answer beyond the classes": in_arrays(lambda v: v["answers"].__setitem__(0, 99)),
    "no answers": in_arrays(lambda v: v.pop("answers")),
    "features without a value": in_arrays(lambda v: v["features"].__setitem__((0, 0), np.nan)),
    "features in double precision": in_arrays(lambda v: v.update(features=v["features"].astype(np.float64))),
}
HARMLESS: dict[str, Harm] = {
    "nothing": lambda folder: None,
    "no seconds": in_json("evaluation.json", lambda v: v.update(seconds={})),
    "no AUROC": in_json("evaluation.json", lambda v: v["metrics"].update(auroc=None)),
}


def shown(store: RunStore) -> tuple[evaluate.EvaluateTab, dict]:
    """The tab, and what it shows in the end."""
    tab = laid_out(evaluate.layout, store)
    return tab, list(tab.drawings(RUN, None))[-1]


def strict(value: Any) -> Any:
    """A value as a browser reads it, which knows no NaN."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(value if isinstance(value, str) else json.dumps(value), parse_constant=refuse)


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_run_is_told_in_a_sentence_that_says_what_to_do_and_where_no_run_lies(store, what):
    DAMAGES[what](store.root / RUN)
    tab, changes = shown(store)
    card = changes[tab.overview]
    assert (card["state"], card["title"]) == ("failed", "This model can't be evaluated")
    assert any(words in card["detail"] for words in ("is damaged", "are not those of"))
    assert str(store.root) not in card["detail"]
    assert changes[tab.drawn] == ""


@pytest.mark.parametrize("what", DAMAGES)
def test_the_map_of_a_damaged_run_is_a_sentence(store, what):
    tab = laid_out(map_tab.layout, store)
    name = tab.shared.serving.known(RUN)[0]
    tab.maps.model(tab.key(RUN, None, name, "pca", 2, None))  # the model was in use before
    DAMAGES[what](store.root / RUN)
    changes = tab.draw(RUN, None, name, "pca", 2, None, "")
    sentence = strict(changes[tab.plot]["value"]).get("nothing", "")
    assert any(words in sentence for words in ("damaged", "is not that of its model")), sentence
    assert not changes[tab.timer].active


@pytest.mark.parametrize("what", HARMLESS)
def test_what_may_be_missing_leaves_the_tab_whole_and_is_json_that_a_browser_reads(store, what):
    HARMLESS[what](store.root / RUN)
    tab, changes = shown(store)
    assert changes[tab.overview]["state"] == "done"
    assert set(tab.of_run) == set(changes)
    for view in (tab.overview, tab.classes, tab.confusions, tab.facts):
        strict(changes[view])
    strict(changes[tab.mistakes]["value"])
    for plot in (tab.matrix, tab.scores, tab.roc):
        strict(changes[plot])


def test_nothing_is_computed_before_somebody_has_looked_and_nothing_twice(store):
    tab = laid_out(evaluate.layout, store)
    assert list(tab.changed(RUN, None, None)) == []
    busy, drawn = tab.opened(RUN, None, None)
    assert (busy[tab.overview]["state"], busy[tab.drawn]) == ("busy", "")
    assert list(tab.opened(RUN, drawn[tab.drawn], None)) == []
    assert len(list(tab.changed(RUN, "", None))) == 2


def test_what_was_kept_in_another_window_is_drawn_when_the_tab_is_opened_again(store):
    tab, changes = shown(store)
    file = store.root / RUN / "evaluation.json"
    write_json(file, json.loads(file.read_text()))
    _, drawn = tab.opened(RUN, changes[tab.drawn], None)
    assert drawn[tab.drawn] != changes[tab.drawn]


def test_a_cell_asks_for_its_errors_on_the_diagonal_for_the_class_in_the_open_row_for_the_kind(store):
    tab = laid_out(evaluate.layout, store)

    def wanted(truth: str, answer: str) -> dict:
        asked = dict(tab.show_errors_of_cell(event(x=answer, y=truth))[tab.mistakes]["wanted"])
        assert asked.pop("at")
        return asked

    assert wanted("a", "b") == {"truth": "a", "answer": "b"}
    assert wanted("a", "a") == {"label": "a"}
    assert wanted(OPEN_NAME, "a") == {"kind": OPEN_TAKEN, "label": "a"}
    assert wanted("a", OPEN_NAME) == {"truth": "a", "answer": OPEN_NAME}


def test_other_names_for_a_person_change_no_key_that_the_page_compares(store, monkeypatch):
    def sent() -> Any:
        tab, changes = shown(store)
        found = strict(
            [changes[tab.overview], changes[tab.classes], changes[tab.facts], changes[tab.mistakes]["value"]]
        )
        assert {row["kind"] for row in found[3]["rows"]} <= {kind["key"] for kind in found[3]["kinds"]}
        assert [kind["kind"] for kind in found[0]["kinds"]] == list(ERROR_KINDS)
        return without_names(found)

    before = sent()
    monkeypatch.setattr(mistakes, "KIND_NAMES", {kind: f"another word for {i}" for i, kind in enumerate(ERROR_KINDS)})
    monkeypatch.setattr(cards, "KIND_NAMES", mistakes.KIND_NAMES)
    monkeypatch.setattr(cards, "GROUP_TITLES", {key: f"another word for {key}" for key in cards.GROUP_TITLES})
    assert sent() == before


def without_names(value: Any) -> Any:
    """A payload without what only a person reads."""
    if isinstance(value, dict):
        return {key: without_names(one) for key, one in value.items() if key not in ("name", "title")}
    return [without_names(one) for one in value] if isinstance(value, list) else value


def test_no_script_compares_with_a_name_for_a_person():
    names = {*KIND_NAMES.values(), *(group[0] for group in GROUPS.values()), *cards.GROUP_TITLES.values()}
    for script in ("evaluate", "mistakes", "map", "map_points", "map_names", "map_list", "stages", "point"):
        code = (PAGE_ASSETS / f"{script}.js").read_text(encoding="utf-8")
        assert [name for name in names if f"'{name}'" in code or f'"{name}"' in code] == []


def test_the_groups_of_the_points_are_those_that_can_be_drawn():
    keys = {
        map_points.KNOWN, map_points.POSITIVES, map_points.NEGATIVES, map_points.SYNTHESIZED, map_points.TESTED,
        map_points.HELD_OUT, map_points.OUT_OF_SCOPE,
    }  # fmt: skip
    assert keys == set(GROUPS)


@pytest.mark.parametrize("said", ["", "BertModel, 6 layers; a text is the mean of its tokens: 384 numbers."])
def test_a_run_says_how_its_encoder_reads_unless_an_earlier_version_trained_it(store, said):
    if said:
        in_json("evaluation.json", lambda values: values.update(reading=said))(store.root / RUN)
    tab, changes = shown(store)
    (group,) = (one for one in strict(changes[tab.facts])["groups"] if one["key"] == "encoder")
    assert [row["value"] for row in group["rows"] if row["name"] == "reads as"] == ([said] if said else [])


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@sum", "\t=1", '=HYPERLINK("http://x")'])
def test_no_cell_of_the_training_texts_to_look_at_is_a_formula(text, tmp_path):
    found = Quality(2, mislabelled=[Doubt(text, text, text, 0.1)], twins=[Twins(text, text, text, text, 0.99)])
    with gr.Blocks():
        path = csv_file(gr.DownloadButton(), found)
    _, *rows = csv.reader(Path(path).read_text(encoding="utf-8-sig").splitlines())
    assert [(row[0], set(row[1:5]) - {""}) for row in rows] == [
        ("probably mislabelled", {f"'{text}"}),
        ("two classes, one text", {f"'{text}"}),
    ]

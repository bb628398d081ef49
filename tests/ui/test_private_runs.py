"""No tab answers for a run of another browser, whatever id a browser sends: its handlers look it up themselves."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from ans.data.lines import Lines
from ans.json_files import write_json
from ans.runs.store import RunStore
from ans.serving.batch import Batch, Pass
from ans.ui.ask import routes
from ans.ui.ask import tab as ask
from ans.ui.ask.shown_rows import Place
from ans.ui.compare import tab as compare
from ans.ui.discover import tab as discover
from ans.ui.discover.findings import Findings
from ans.ui.evaluate import tab as evaluate
from ans.ui.map import tab as map_tab
from tests.ui.tabs import ME, OTHER, event, laid_out

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"
SECRETS = ("card_lost", "alarm_set", "flight_book", "report lost card")


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    """One finished run, which belongs to the other browser."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    root = tmp_path_factory.mktemp("private") / "runs"
    shutil.copytree(source, root / "theirs")
    write_json(root / "theirs" / "owner.json", OTHER)
    return RunStore(root)


def asked(store: RunStore, who: str) -> dict[str, Any]:
    """What each handler that takes a run answers this browser, by the handler's name."""
    of_ask, of_map = laid_out(ask.layout, store), laid_out(map_tab.layout, store)
    of_evaluation, of_comparison = laid_out(evaluate.layout, store), laid_out(compare.layout, store)
    of_discovery, run, what = laid_out(discover.layout, store), "theirs", ("card_lost", "pca", 2, None)
    batch = Batch(Lines(["i lost my card"], [""], 0), Pass(["i lost my card"], "gone", "Gone"))
    batch.first.begin(lambda: store.get("gone"))  # it ends at once
    batch.first.wait(10)
    mine = {"run": run, "who": who}
    return {
        "answer": lambda: routes.verdict(of_ask.shared, {"text": "i lost my card", **mine, "patient": True}),
        "many start": lambda: of_ask.many.start("i lost my card", None, None, None, None, run, who, None),
        "many beside": lambda: of_ask.many.beside(run, batch, who, "all", "", Place()),
        "teach": lambda: of_ask.taught.shown(run, who),
        "teach correct": lambda: of_ask.taught.act("hi", run, who, event(action="correct", open=True)),
        "teach learn": lambda: of_ask.taught.act("", run, who, event(action="learn")),
        "teach back": lambda: of_ask.taught.act("", run, who, event(action="back")),
        "map draw": lambda: of_map.draw(run, who, *what, "i lost my card"),
        "map finish": lambda: of_map.finish(run, who, *what, "i lost my card"),
        "map follow": lambda: of_map.follow(run, who, *what, "i lost my card"),
        "map click": lambda: of_map.clicked(run, who, *what, event(id=0)),
        "map reset": lambda: of_map.reset(run, who, "hello", ""),
        "map opened": lambda: of_map.opened(run, who, None, "i lost my card", ""),
        "stages show": lambda: of_map.stages.show(run, who, "card_lost", None),
        "stages choose": lambda: of_map.stages.choose(run, who, None, None, "i lost my card"),
        "evaluate": lambda: list(of_evaluation.opened(run, None, who)),
        "compare show": lambda: of_comparison.show([run], ["msp"], [], "f1", who),
        "compare judge": lambda: of_comparison.judge("i lost my card", [run], ["msp"], [], who),
        "discover": lambda: list(of_discovery.look_for(run, Findings(), "test", "", None, None, None, None, 0, who)),
        "strictness": lambda: of_ask.strict.shown(run, who),
        "strictness moved": lambda: of_ask.strict.moved(run, 10, who),
        "strictness kept": lambda: list(of_ask.strict.kept(0.1, run, who)),
        "strictness reset": lambda: list(of_ask.strict.taken_back(None, run, who)),
        "small map": lambda: routes.move(of_ask.shared, {"text": "hi", "label": "card_lost", **mine}),
    }


NAMES = (
    "answer", "many start", "many beside", "teach", "teach correct", "teach learn", "teach back",
    "map draw", "map finish", "map follow", "map click", "map reset",
    "map opened", "stages show", "stages choose", "evaluate", "compare show", "compare judge", "discover", "small map",
    "strictness", "strictness moved", "strictness kept", "strictness reset",
)  # fmt: skip


@pytest.fixture(scope="module")
def of_another(store) -> dict[str, Any]:
    return asked(store, ME)


@pytest.fixture(scope="module")
def of_its_own(store) -> dict[str, Any]:
    return asked(store, OTHER)


@pytest.mark.parametrize("name", NAMES)
def test_another_browsers_run_is_answered_like_one_that_is_gone(of_another, name):
    assert set(of_another) == set(NAMES)
    try:
        told = str(of_another[name]())
    except gr.Error as error:
        told = str(error.message)
    assert not [secret for secret in SECRETS if secret in told.replace("i lost my card", "")]


@pytest.mark.parametrize("name", ["answer", "map reset", "stages choose", "evaluate", "compare show"])
def test_its_own_browser_is_answered(of_its_own, name):
    told = str(of_its_own[name]())
    assert "card_lost" in told or "msp" in told.lower()

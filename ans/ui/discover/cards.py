"""What the Discover tab says: one card for where a person stands, one JSON value for the groups."""

from __future__ import annotations

from typing import Any

from ans.conventions import HEADINGS
from ans.plots.discovery import colour, group_map
from ans.runs.promotion import Promotion
from ans.runs.run import Run
from ans.serving.discovery import REST, Discovery
from ans.ui.discover.findings import Findings
from ans.ui.run_card import gap
from ans.ui.wording import as_sentence, clock, percent, signed

STEPS = ("Find groups", "Look at one", "Name it", "Make it a known class", "Ask it")
FIND, LOOK, NAME, MAKE, ASK = range(5)
NO_MODEL = {
    "state": "empty",
    "title": "There is no trained model yet",
    "detail": "Groups are looked for among the texts that a model leaves open. The starter model comes by itself; or "
    "start a training in Train.",
}


def steps(now: int) -> list[dict]:
    """The way through the tab, and where a person stands on it."""
    return [
        {"name": name, "state": "done" if i < now else "now" if i == now else "later"} for i, name in enumerate(STEPS)
    ]


def start() -> dict:
    """Before anything was looked for."""
    return {
        "state": "ready",
        "title": "What are the open texts about?",
        "detail": "OPEN says only that a text is none of the known classes. Texts that are alike may be a class nobody "
        "has named yet. Find groups among them, and make one a known class in seconds.",
        "phases": steps(FIND),
    }


def busy(title: str, detail: str, now: int, share: float | None = None) -> dict:
    """While something is computed."""
    return {"state": "busy", "title": title, "detail": detail, "phases": steps(now), "share": share}


def making(typed: str, detail: str, share: float) -> dict:
    """While a class is learnt."""
    return busy(f"Making {typed.strip() or 'it'} a known class", detail, MAKE, share)


WAITING = busy("Finding groups", "Waiting for its turn.", FIND, 0)


def failed(title: str, error: Exception | str, now: int) -> dict:
    """Something could not be done; its message says what to do."""
    return {"state": "failed", "title": title, "detail": as_sentence(error), "phases": steps(now)}


def unreadable(title: str, error: Exception | str) -> dict:
    """A file could not be read."""
    return failed(title, error, FIND)


def found(discovery: Discovery, judged: int, own: bool) -> dict:
    """Groups are there."""
    count, texts = len(discovery.clusters), len(discovery.texts)
    whose = "your" if own else "the test's"
    title = f"{count} groups in {texts:,} open texts" if count else f"No group in {texts:,} open texts"
    detail = f"Of {whose} {judged:,} texts the model leaves {texts:,} open. " + (
        "Click a group, in the list or on the map, to look at its texts."
        if count
        else "No texts are alike enough. Allow smaller groups, or bring more texts."
    )
    return {"state": "done", "title": title, "detail": detail, "phases": steps(LOOK if count else FIND)}


def looked_at(discovery: Discovery, chosen: int) -> dict:
    """One group is open."""
    cluster = discovery.clusters[chosen]
    return {
        "state": "done",
        "title": f"{cluster.name}: {len(cluster.rows)} texts",
        "detail": "Give it the name the class should have, and uncheck texts that don't belong. Then make it a known "
        "class.",
        "phases": steps(NAME),
    }


def promoted(run: Run) -> dict:
    """A class was added: what it was learnt from, and what that did to the numbers."""
    about = run.promotion
    if about is None:
        return start()
    return {
        "state": "finished",
        "title": f"{about.label} is a known class now",
        "name": run.name,
        "phases": steps(ASK),
        "numbers": _numbers(about) if about.before is not None else None,
        "note": _learnt(about) + " " + _measured(about),
    }


def _learnt(about: Promotion) -> str:
    return (
        f"Its head learnt from {len(about.texts)} texts and their synthesized negatives in "
        f"{clock(max(1, about.seconds))}; no other head was touched."
    )


def _measured(about: Promotion) -> str:
    if about.before is None:
        why = (
            "most of these texts are out of scope or of a class that was known before, so the test can't say which "
            "texts belong to the new class"
            if about.kept_back
            else "your texts carry no labels, so nothing here can say how well the class is recognised"
        )
        return f"There are no numbers: {why}. Ask it a few texts."
    texts, own = about.test_texts
    called = ""
    if about.agreeing is not None:
        size = len(about.texts) + len(about.kept_back)
        called = f"In the test it stands for {about.true_label}, as {about.agreeing} of the group's {size} texts do."
    return (
        f"{called} The numbers are over {texts:,} test texts, {own} of them of this class: they count as open before, "
        "as known after. The texts it learnt from are left out of both rows."
    ).strip()


def _numbers(about: Promotion) -> list[list[str]]:
    before, after = about.before or {}, about.after or {}
    both = [name for name in HEADINGS if before.get(name) is not None and after.get(name) is not None]
    return [
        ["", *(HEADINGS[name] for name in both)],
        ["Before", *(percent(before[name]) for name in both)],
        ["After", *(percent(after[name]) for name in both)],
        ["Change", *(signed(gap(after[name], before[name])) for name in both)],
    ]


def group_list(discovery: Discovery | None, chosen: int | None) -> dict:
    """The groups as the list draws them."""
    if discovery is None:
        return {"groups": [], "empty": "Groups appear here."}
    rest = int((discovery.assignment == REST).sum())
    return {
        "groups": [
            {
                "name": cluster.name,
                "size": len(cluster.rows),
                "keywords": cluster.keywords,
                "samples": [discovery.texts[row] for row in cluster.rows[:2]],
                "colour": colour(index),
            }
            for index, cluster in enumerate(discovery.clusters)
        ],
        "chosen": chosen,
        "rest": f"{rest:,} texts are in no group." if rest != 1 else "1 text is in no group.",
        "empty": "No group was found.",
    }


def group_figure(now: Findings) -> Any:
    """The map of the open texts, coloured by group; None before there are any."""
    found = now.found
    if found is None or not len(found.texts):
        return None
    names, key = [cluster.name for cluster in found.clusters], f"{now.run_id}/{now.judged}/{len(found.texts)}"
    return group_map(found.places.tolist(), found.texts, found.assignment.tolist(), names, now.chosen, key)

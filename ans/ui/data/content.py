"""What the Data tab shows of a dataset. Plain data; the page only draws it."""

from __future__ import annotations

from ans.config import TrainConfig
from ans.data.corpora import make_open_world_split
from ans.data.listing import Listing, Text
from ans.ui.components import texts_value

SAMPLES = 20
BUSY = {"state": "busy", "title": "Reading the texts", "detail": "Public corpora are downloaded the first time."}
NO_TEXTS = texts_value([], 0, "", "Choose a class to read some of its texts, or search in all of them.")
NOTHING_ASKED = ("", "")


def no_classes(sentence: str) -> dict:
    """The list of classes while there is none to show."""
    return {"classes": [], "empty": sentence}


def summary(found: Listing) -> dict:
    """A dataset in numbers, and what hinders a training if something does."""
    sizes = [(name, len(found.part(key))) for name, key in (("Train", "train"), ("Dev", "dev"), ("Test", "test"))]
    facts = [("Classes", f"{len(found.classes):,}"), ("Texts", f"{len(found.texts):,}")]
    facts += [(name, f"{size:,}") for name, size in sizes if size]
    if found.outside:
        facts.append(("Out of scope", f"{found.outside:,}"))
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
            note = f"{len(known)} of {len(found.classes)} classes are known"
            if len(known) < len(found.classes):
                note += f", picked at random ({ratio:.0%}, seed {seed}); the others are held out as open"
            note += ". Tick boxes to choose by hand."
        except ValueError as error:
            note = f"They can't be picked: {error}"
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


def picked_by_hand(found: Listing, chosen: list[str]) -> str:
    """A sentence on the known classes that a person has picked."""
    words = f"{len(chosen)} of {len(found.classes)} classes are known, picked by hand."
    return words if len(chosen) >= 2 else f"{words} A training needs at least two."


def texts_asked_for(found: Listing, question: tuple[str, str], turn: int, most: int) -> dict:
    """Samples of a class or the texts that a search finds, as the list draws them.

    Args:
        question: ("class", its name) or ("search", the words). turn: another one gives other samples of a class.
        most: rows of a search that are sent.
    """
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


def _row(text: Text) -> dict:
    return {"text": text.text, "tag": text.label or "no label", "kind": "", "aside": text.part if text.label else ""}

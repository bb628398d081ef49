"""Files that `python -m ans stress fuzz` uploads: tables, zips of anything, and runs with something wrong in them."""

from __future__ import annotations

import io
import random
import zipfile
from functools import cache

from ans.runs.shipped import SHIPPED
from ans.stress.drawn_damage import spoilt
from ans.stress.drawn_values import TEXTS

LIKE_A_RUN = ("a/config.json", "../x", "/x", "a/b/../../x", "a/model/model.json", "a/model/auto.py", "a/model/x.bin")


def table(draw: random.Random) -> bytes:
    """A table: sometimes one with texts and labels, more often cells and separators as they fall."""
    if draw.random() < 0.3:
        rows = [f"{draw.choice(TEXTS)},{draw.choice('abc')}" for _ in range(draw.randrange(60))]
        return "\n".join(["text,label", *rows]).encode(errors="replace")
    cells = [draw.choice((*TEXTS, '"', '""', ",", ";", "\t", "text", "label")) for _ in range(draw.randrange(40))]
    joined = draw.choice((",", "\t", ";", "\n", "\r")).join(cells)
    return joined.encode(draw.choice(("utf-8", "utf-16", "cp1252")), errors="replace")


def run_zip(draw: random.Random) -> bytes:
    """A zip: half of them of a run that was trained, with something wrong in one of its files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        if draw.random() < 0.5:
            for name in draw.sample(LIKE_A_RUN, draw.randrange(len(LIKE_A_RUN))):
                archive.writestr(name, table(draw))
        else:
            odd = draw.choice((None, *trained_run()))
            for name, content in trained_run().items():
                archive.writestr(f"a/{name}", spoilt(draw, name, content) if name == odd else content)
    whole = packed.getvalue()
    return whole[: draw.randrange(len(whole) + 1)] if draw.random() < 0.2 else whole


@cache
def trained_run() -> dict[str, bytes]:
    """The files of the starter, as a download has them, without what a download leaves out."""
    with zipfile.ZipFile(SHIPPED) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "made_from.json"}

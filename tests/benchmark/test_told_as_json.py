"""`benchmark` and `stress` tell a program what they tell a person, and end with the status that their help names."""

from __future__ import annotations

import importlib.util
import json
import re
from statistics import fmean

import pytest

from ans.__main__ import main
from ans.benchmark import router, taught
from ans.benchmark.results import RESULTS_FOLDER, Results
from ans.paths import ROOT


def test_a_benchmark_is_one_object_with_the_table_and_its_records(capsys):
    assert main(["benchmark", "teach", "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    records = Results(RESULTS_FOLDER / "teach.json", "teach").records
    assert found == {"benchmark": "teach", "table": taught.table(records), "runs": records}
    assert said.err == "", "all cells are there, and nothing is said of that"
    assert main(["benchmark", "teach"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == found["table"]
    sentence = f"Nothing was computed: all of this stands in {RESULTS_FOLDER / 'teach.json'} already."
    assert f"{sentence} --out OTHER.json measures it anew.\n" in said.err, "or it would be taken for measured now"


def test_harm_is_one_object_when_it_is_over(capsys):
    assert main(["stress", "fuzz", "--cases", "40", "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["stress"], found["well"], found["wrong"], found["lost"]) == ("fuzz", True, [], [])
    assert sum(found["sent"].values()) == sum(found["statuses"].values()) == 36
    assert sum(found["folders"].values()) == 4
    assert said.err == ""


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["kills", "--times", "0"], "--times must be at least 1, got 0."),
        (["load", "--clients", "5,0"], "--clients must be at least 1, got 0."),
        (["soak", "--clients", "5,6"], "--clients of soak is one number, got 2 of them."),
    ],
)
def test_numbers_out_of_bounds_end_with_two_and_a_sentence_also_as_json(capsys, asked, told):
    assert main(["stress", *asked, "--json"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"error: {told}\n")


@pytest.mark.skipif(importlib.util.find_spec("semantic_router") is not None, reason="it is installed here")
def test_the_benchmark_beside_another_project_says_that_this_must_be_installed(capsys, tmp_path):
    assert main(["benchmark", "router", "--out", str(tmp_path / "new.json")]) == 2
    assert capsys.readouterr().err.startswith("error: benchmark router needs semantic-router: pip install semantic-ro")


def test_the_table_beside_another_project_has_a_row_a_method():
    records = Results(RESULTS_FOLDER / "router.json", "router").records
    lines = router.table(records).splitlines()
    assert [line.split(" | ")[1] for line in lines[2:]] == list(router.ROWS)
    assert {one["config"]["seed"] for one in records} == {0, 1, 2}
    assert all(one["metrics"]["known_refused"] is not None and one["date"] for one in records)
    f1 = [fmean(one["metrics"]["f1"] for one in records if one["method"] == name) for name in router.ROWS]
    told = (ROOT / "assets" / "guide" / "programs.md").read_text(encoding="utf-8")
    told = told.split("With ten texts a class")[1][:400]
    assert re.findall(r"(?:F1|reaches) ([\d.]+)", told) == [f"{f1[0]:.1f}", f"{f1[-1]:.1f}"]

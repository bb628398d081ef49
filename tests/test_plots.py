"""Figures, tested through what they would send to the browser."""

from __future__ import annotations

from ans.plots.curves import training_curves
from ans.plots.maps import head_map
from ans.plots.style import KNOWN, SYNTHESIZED, wrap


def test_the_map_has_one_trace_a_group_with_its_points_texts_and_the_groups_own_colour():
    groups = [
        ("known positives", [(0.0, 1.0), (2.0, 3.0)], ["one", "two"]),
        ("synthesized negatives", [(4.0, 5.0)], ["made"]),
    ]
    drawn = head_map(groups, "run/class/pca").to_dict()
    assert [trace["name"] for trace in drawn["data"]] == ["known positives", "synthesized negatives"]
    assert list(drawn["data"][0]["x"]) == [0.0, 2.0]
    assert list(drawn["data"][0]["y"]) == [1.0, 3.0]
    assert list(drawn["data"][0]["text"]) == ["one", "two"]
    assert drawn["data"][0]["marker"]["color"] == KNOWN
    assert drawn["data"][1]["marker"]["color"] == SYNTHESIZED
    assert drawn["layout"]["uirevision"] == "run/class/pca"
    assert drawn["layout"]["xaxis"]["visible"] is False


def test_the_curves_put_losses_on_the_left_axis_and_accuracy_on_the_right():
    drawn = training_curves(
        [("loss, phase 1", [0, 1], [3.0, 2.0]), ("loss, phase 2", [2], [1.0])], ([1], [90.0])
    ).to_dict()
    assert [trace["name"] for trace in drawn["data"]] == ["loss, phase 1", "loss, phase 2", "dev accuracy"]
    assert [trace.get("yaxis", "y") for trace in drawn["data"]] == ["y", "y", "y2"]
    assert drawn["data"][2]["y"] == [90.0]


def test_a_long_hover_text_is_broken_between_words_and_loses_none():
    text = "one two three four five six seven eight nine ten eleven twelve thirteen<br><i>label</i>"
    lines = wrap(text, width=20).split("<br>")
    assert all(len(line) <= 20 for line in lines)
    assert lines[-1] == "<i>label</i>"
    assert " ".join(lines) == text.replace("<br>", " ")

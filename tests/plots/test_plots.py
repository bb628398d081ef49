"""Figures, tested through what they would send to the browser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ans.plots.curves import training_curves
from ans.plots.maps import MOST_ROUND, Group, point_map
from ans.plots.stages import stage_distances, stage_loss, stage_map
from ans.plots.style import KNOWN, SYNTHESIZED, wrap


def group(name: str, places: list, first: int) -> Group:
    many = np.arange(len(places))
    return Group(name, np.array(places), first + many, [f"text {i}" for i in many], many * 0, many * 0 + 1, many == 0)


def test_the_map_has_one_trace_a_group_with_what_the_page_needs_of_each_point():
    groups = [group("known_positives", [(0, 1), (2, 3)], 10), group("synthesized", [(4, 5)], 12)]
    drawn = point_map(groups, ["alarm_set", "open"], "run/class/pca/2", "The head of alarm_set")
    first, second = drawn.data
    assert (first.name, second.name) == ("known positives", "synthesized negatives")
    assert (first.meta, second.meta) == ({"group": "known_positives"}, {"group": "synthesized"})
    assert (list(first.x), list(first.y), list(first.text)) == ([0, 2], [1, 3], ["text 0", "text 1"])
    assert first.customdata.tolist() == [[10, 0, 1, 1], [11, 0, 1, 0]]
    assert (first.marker.color, second.marker.color) == (KNOWN, SYNTHESIZED)
    assert drawn.layout.uirevision == "run/class/pca/2"
    assert drawn.layout.meta["names"] == ["alarm_set", "open"]
    assert drawn.layout.xaxis.visible is False


def test_places_of_three_numbers_are_drawn_in_space():
    (drawn,) = point_map([group("out_of_scope", [(0, 1, 2), (3, 4, 5)], 0)], ["a", "b"], "key", "title").data
    assert drawn.type == "scatter3d"
    assert list(drawn.z) == [2, 5]


def test_thousands_of_points_are_the_cheapest_meshes_in_space_and_keep_their_shapes_in_the_plane():
    many = [(0, 1, 2)] * MOST_ROUND
    groups = [group("known_test", many, 0), group("synthesized", many[:1], MOST_ROUND)]
    for size, symbols in ((3, ["square", "diamond"]), (2, ["circle-open", "diamond"])):
        flat = [replace(one, places=one.places[:, :size]) for one in groups]
        assert [trace.marker.symbol for trace in point_map(flat, ["a", "b"], "key", "title").data] == symbols


def test_each_stage_is_a_frame_that_moves_the_points_and_their_threads():
    moving = np.array([[[0, 0], [1, 0]], [[0, 2], [1, 3]]])
    drawn = stage_map(np.zeros((1, 2)), np.ones((1, 2)), moving, "key")
    assert [frame.name for frame in drawn.frames] == ["0", "1"]
    threads, points = drawn.frames[1].data
    assert (list(points.x), list(points.y)) == ([0, 1], [2, 3])
    assert list(threads.y) == [0, 2, None, 0, 3, None]
    assert drawn.data[drawn.frames[1].traces[1]].name == "negatives in the making"


def test_the_histogram_counts_every_point_of_every_stage_and_draws_the_shell():
    own, nearest = np.array([[0.0, 0.0, 0.0], [2.0, 3.0, 4.0]]), np.array([[0.0, 0.0, 0.0], [2.0, 2.5, 2.5]])
    drawn = stage_distances(own, nearest, radius=2.0, gamma=2.0, key="key")
    assert [sum(trace.y) for frame in drawn.frames for trace in frame.data] == [3, 3, 3, 3]
    assert {shape.x0 for shape in drawn.layout.shapes} == {2.0, 4.0}
    assert drawn.layout.xaxis.range[1] >= 4.0


def test_the_loss_has_a_dot_at_its_stage():
    drawn = stage_loss([2.0, 0.5, 0.7], ["texts", "noise", "shell"], "key")
    assert list(drawn.data[0].y) == [2.0, 0.5, 0.7]
    dots = [frame.data[0] for frame in drawn.frames]
    assert [(dot.x, dot.y) for dot in dots] == [((0,), (2.0,)), ((1,), (0.5,)), ((2,), (0.7,))]


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

"""Figures, tested through what they would send to the browser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ans.plots.curves import training_curves
from ans.plots.map_classes import NAMED, class_colours, named_classes
from ans.plots.maps import MOST_ROUND, Group, point_map
from ans.plots.stages import stage_distances, stage_loss, stage_map
from ans.plots.style import CLASSES, KNOWN, OPEN, PAPER, SYNTHESIZED, wrap


def linear(colour: str) -> np.ndarray:
    """#rrggbb → linear light [3]."""
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """As WCAG counts it."""
    low, high = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def apart(one: str, other: str) -> float:
    """The distance of two colours to the eye: in OKLab, https://bottosson.github.io/posts/oklab/."""
    cones = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    return float(np.linalg.norm(lab @ (np.cbrt(cones @ linear(one)) - np.cbrt(cones @ linear(other)))))


def group(name: str, places: list, first: int) -> Group:
    many = np.arange(len(places))
    return Group(name, np.array(places), first + many, [f"text {i}" for i in many], many * 0, many * 0 + 1, many == 0)


def test_the_map_has_one_trace_a_group_with_what_the_page_needs_of_each_point():
    groups = [group("known_positives", [(0, 1), (2, 3)], 10), group("synthesized", [(4, 5)], 12)]
    drawn = point_map(groups, ["alarm_set", "open"], "run/class/pca/2", "The head of alarm_set")
    first, second = drawn.data
    assert (first.name, second.name) == ("this class, training", "synthesized negatives")
    assert [trace.meta["group"] for trace in drawn.data] == ["known_positives", "synthesized"]
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


def test_the_biggest_classes_are_named_and_of_equally_big_ones_those_that_lie_apart():
    sizes = np.array([10] * 20 + [50])
    centres = np.array([[float(i % 20), 0.0] for i in range(20)] + [[3.0, 3.0]])
    named = named_classes(sizes, centres)
    assert len(named) == len(set(named)) == NAMED
    assert named[0] == 20
    assert {0, 19} <= set(named), "the ends of the line lie farthest apart"
    assert named_classes(np.array([1, 2]), centres[:2]) == [1, 0]


def test_a_named_class_shares_its_colour_with_no_other_name_and_a_repeated_one_lies_far_away():
    centres = np.array([[float(i), 0.0] for i in range(24)])
    named = list(range(12))
    colours = class_colours(centres, named)
    assert sorted(colours[:12].tolist()) == list(range(12))
    gaps = [abs(i - j) for i in range(24) for j in range(i) if colours[i] == colours[j]]
    assert min(gaps) >= 6


def test_the_colours_of_classes_are_told_apart_from_each_other_and_from_open_and_negatives():
    for shade, background, reserved in ((0, PAPER, OPEN), (1, "#111a2e", "#ff6f9c")):
        here = [pair[shade] for pair in CLASSES]
        for i, one in enumerate(here):
            assert contrast(one, background) >= 3
            assert min(apart(one, other) for other in (*here[:i], *here[i + 1 :])) > 0.14
            assert min(apart(one, other) for other in (reserved, SYNTHESIZED)) > 0.12


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
    assert {"0.5", "1", "2"} <= set(drawn.layout.yaxis.ticktext)
    assert drawn.layout.yaxis.type == "log", "the rise of the ascent must be seen beside the fall before it"
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

"""Maps of a finished run: their points, their projections, and the same run with heads that were trained again."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from ans.conventions import OPEN_NAME
from ans.evaluation.mistakes import read_answers
from ans.runs.store import RunStore
from ans.serving.maps.maps import MapKey, Maps, _turned
from ans.serving.models import Serving
from ans.serving.projection import Projection, fit
from ans.ui.map import drawing as map_drawing
from ans.ui.map import radius as map_radius
from ans.ui.map import stages as map_stages
from ans.workflows.head_settings import HeadSettings
from ans.workflows.judging import judge_test
from tests.browser.waiting import until
from tests.finished_runs import finished_run


@pytest.fixture(scope="module")
def maps(classifier, small_split, small_config, tmp_path_factory) -> Maps:
    """The maps of a store with one finished run: the shared small classifier."""
    store = RunStore(tmp_path_factory.mktemp("maps") / "runs")
    finished_run(store, small_config, classifier, small_split)
    return Maps(Serving(store))


@pytest.fixture(scope="module")
def run_id(maps) -> str:
    return maps.serving.store.finished()[0].id


@pytest.fixture(scope="module")
def wide(maps, run_id):
    """The config of heads with another radius."""
    return maps.config(run_id, HeadSettings(radius=2.0))


def sizes(points) -> dict[str, int]:
    return dict(zip(points.groups, np.bincount(points.group).tolist(), strict=True))


def shows(plot: dict, method: str) -> bool:
    """Whether the page is sent a map of that method."""
    return f"/{method}/" in json.loads(plot["value"])["layout"]["uirevision"]


def test_the_map_of_a_head_has_the_papers_groups(maps, run_id, small_split):
    found = sizes(maps.points(MapKey(run_id, "card_lost")))
    known = sum(target >= 0 for target in small_split.test_targets)
    assert found == {
        "known_negatives": 120, "known_positives": 40, "synthesized": 40, "known_test": known,
        "out_of_scope": 60,
    }  # fmt: skip


def test_the_map_of_all_classes_shows_every_training_text_in_the_tuned_features(maps, run_id, classifier):
    points = maps.points(MapKey(run_id))
    assert sizes(points)["known"] == 160
    assert points.rows.shape == (len(points), classifier.encoder.dim)
    assert np.array_equal(points.rows, points.features[:, : classifier.encoder.dim].numpy())


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_negatives_do_not_squash_the_map_of_all_classes(maps, run_id, method):
    fitted = maps.fitted(MapKey(run_id, method=method))
    made = fitted.points.made[fitted.drawn]
    low, high = fitted.places[~made].min(0), fitted.places[~made].max(0)
    assert 0 < made.sum() <= fitted.points.made.sum()
    assert ((fitted.places[made] >= low) & (fitted.places[made] <= high)).all()
    texts = fitted.points.rows[fitted.drawn[~made]]
    assert np.allclose(fitted.places[~made], fit(texts, method, 0).places, atol=1e-3), "texts alone give it its shape"


def test_the_known_texts_of_the_map_of_all_classes_have_a_colour_and_a_name_each(maps, run_id, classifier):
    classes = map_drawing.classes_of(maps.fitted(MapKey(run_id)), classifier.labels)
    assert [one.name for one in classes] == classifier.labels
    assert len({one.colour for one in classes if one.named}) == 4


def test_every_map_of_a_run_tells_of_the_same_errors_as_evaluate(maps, run_id):
    wrong = len(read_answers(maps.serving.run(run_id)).mistakes())
    assert wrong > 0
    for key in (MapKey(run_id), MapKey(run_id, "card_lost"), MapKey(run_id, method="tsne")):
        plot, *_ = map_drawing.drawing(maps, key, "")
        assert json.loads(plot["value"])["layout"]["meta"]["test_errors"] == wrong


def test_what_is_not_drawn_is_told(maps, run_id):
    fitted = maps.fitted(MapKey(run_id))
    assert map_drawing.left_out(fitted, "PCA").count("are drawn") == (len(fitted.drawn) < len(fitted.points))
    texts = np.flatnonzero(~fitted.points.made)
    some = replace(fitted, drawn=texts[:50])
    said = map_drawing.left_out(some, "UMAP")
    assert f"UMAP draws 50 of {len(texts)} texts, evenly chosen." in said
    assert f"Of {int(fitted.points.made.sum())} synthesized negatives, the 0 near these texts are drawn." in said


def test_a_point_is_right_when_its_answer_is_its_class_or_open_for_all_others(maps, run_id, classifier):
    points = maps.points(MapKey(run_id, "card_lost"))
    answers = [OPEN_NAME if one < 0 else classifier.labels[one] for one in classifier.decide(points.features)[0]]
    assert points.answers == answers
    for truth, answer, right in zip(points.truths, points.answers, points.right, strict=True):
        assert right == (answer == (truth if truth in classifier.labels else OPEN_NAME))
    assert 0 < points.right.mean() < 1, "a test in which nothing is misjudged shows nothing"


@pytest.mark.parametrize("label", ["card_lost", None])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_training_text_is_placed_on_its_own_point(maps, run_id, label, dimensions):
    key = MapKey(run_id, label, dimensions=dimensions)
    fitted = maps.fitted(key)
    assert fitted.places.shape == (len(fitted.drawn), dimensions)
    assert maps.place(key, fitted.points.texts[0]) == pytest.approx(
        fitted.places[0].tolist(), abs=0.005 * float(np.ptp(fitted.places))
    )  # what is typed is rounded


def test_a_clicked_point_has_the_answer_of_its_text_with_heads_and_neighbours(maps, run_id, classifier):
    key = MapKey(run_id, "card_lost")
    points, prediction = maps.point(key, 3)
    assert prediction.neighbours[0].text == points.texts[3]
    assert prediction.score == pytest.approx(classifier.explain(points.texts[3]).score, abs=1e-4)
    with pytest.raises(ValueError, match=r"^this map has no point 100000; draw it again\.$"):
        maps.point(key, 100_000)


def test_a_slow_map_is_fitted_in_the_background_while_pca_is_drawn(maps, run_id):
    key = MapKey(run_id, "card_lost", "tsne")
    with maps._one_at_a_time:  # another map is being fitted
        plot, _, timer = map_drawing.drawing(maps, key, "")
        assert shows(plot, "pca")
        assert json.loads(plot["value"])["layout"]["meta"]["waiting"].startswith("t-SNE is being fitted")
        assert timer.active
    until(lambda: maps.is_ready(key), "t-SNE is fitted")
    plot, _, timer = map_drawing.drawing(maps, key, "")
    assert shows(plot, "tsne")
    assert json.loads(plot["value"])["layout"]["meta"]["waiting"] == ""
    assert not timer.active


def test_a_map_that_cannot_be_fitted_says_so_and_stays_pca(maps, run_id, monkeypatch):
    key, broken = MapKey(run_id, "card_lost", "umap"), ValueError("no room left.")
    monkeypatch.setattr(maps, "_fit", lambda *given: (_ for _ in ()).throw(broken))
    with pytest.raises(ValueError, match="no room left"):
        maps._prepare(key)
    monkeypatch.undo()
    plot, note, timer = map_drawing.drawing(maps, key, "")
    assert shows(plot, "pca")
    assert note.startswith("UMAP could not be fitted (no room left.); this is PCA.")
    assert not timer.active


def test_at_most_so_many_points_are_sampled_evenly_and_always_the_same(maps, run_id):
    points = maps.points(MapKey(run_id, "card_lost"))
    drawn = points.sample(50, seed=0)
    assert len(drawn) == len(set(drawn.tolist())) == 50
    assert np.array_equal(drawn, points.sample(50, seed=0))
    assert np.array_equal(points.sample(10_000, seed=0), np.arange(len(points)))


def test_a_class_the_model_does_not_know_has_no_map(maps, run_id):
    with pytest.raises(ValueError, match=r"^'flight_status' is no known class of this model; choose one from the list"):
        maps.fitted(MapKey(run_id, "flight_status"))


# Heads that are trained again


def test_the_runs_own_settings_are_no_other_heads(maps, run_id, small_config):
    assert maps.config(run_id, HeadSettings.of(small_config)) is None


def test_the_same_settings_give_the_runs_own_heads_again(maps, run_id, classifier, small_split):
    own = maps.retrained(run_id, classifier.config)
    answers = judge_test(classifier, small_split)
    assert torch.equal(own.judged.answers, answers.answers)
    assert own.judged.metrics == answers.metrics


def test_another_radius_gives_other_heads_and_leaves_the_run_as_it_is(maps, run_id, classifier, wide):
    folder = maps.serving.run(run_id).folder
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    weights = {name: value.clone() for name, value in classifier.heads.state_dict().items()}
    made = maps.retrained(run_id, wide).classifier
    assert made.shells[0].radii.tolist() == pytest.approx((2 * classifier.shells[0].radii).tolist())
    assert made.encoder is maps.serving.model(run_id).encoder
    assert made.score(["hello"]) != pytest.approx(classifier.score(["hello"]), abs=1e-3)
    assert all((weights[name] == value).all() for name, value in classifier.heads.state_dict().items())
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_map_that_came_out_mirrored_is_turned_back(maps, run_id):
    own = maps.fitted(MapKey(run_id, "card_lost"))
    mirrored = Projection(-own.places[:, ::-1], lambda rows: -own.place(rows)[:, ::-1])
    turned = _turned(mirrored, own.points, own)
    assert np.allclose(turned.places, own.places, atol=1e-3)
    assert np.allclose(turned.place(own.points.rows[:3]), own.places[:3], atol=1e-3)


def test_the_map_of_other_heads_has_the_same_texts_with_answers_and_places_of_their_own(maps, run_id, wide):
    own, other = (maps.fitted(MapKey(run_id, "card_lost", config=config)) for config in (None, wide))
    assert not np.array_equal(other.points.rows, own.points.rows)
    assert other.points.texts[:160] == own.points.texts[:160]
    assert not np.allclose(own.places[:160], other.places[:160], atol=1e-2)
    key = MapKey(run_id, "card_lost", config=wide)
    assert maps.place(key, other.points.texts[130]) == pytest.approx(
        other.places[130].tolist(), abs=0.001 * float(np.ptp(other.places))
    )


def test_a_fixed_radius_is_scaled_as_well(small_config):
    fixed = replace(small_config, fixed_radius=8.0)
    assert HeadSettings(radius=0.5).apply(fixed).fixed_radius == 4.0
    assert HeadSettings(radius=0.5).apply(small_config).radius_scale == small_config.radius_scale / 2
    with pytest.raises(ValueError, match=r"^gamma must be a number between 1 and 1000, got 0\.5\.$"):
        HeadSettings(gamma=0.5).apply(small_config)


# What the tab says


def test_training_heads_ends_with_both_numbers_and_a_way_back(maps, run_id):
    card, tried, free = list(map_radius.training(maps, run_id, HeadSettings(radius=2.0)))[-1]
    assert tried == (run_id, HeadSettings(radius=2.0))  # of another run they are no heads
    assert card["numbers"][0] == ["", "this run", "now", "change"]
    assert card["numbers"][1][0] == "Accuracy"
    assert free, "the Train button is free again"


def test_training_heads_tells_how_far_it_is():
    card = map_radius.progress_card({"step": 20, "steps": 80}, 3.2)
    assert (card["share"], card["detail"], card["clock"]) == (0.25, "Step 20 of 80.", "3 s")
    assert map_radius.progress_card({"step": 80, "steps": 80}, 9)["detail"] == "Classifying the test texts."
    assert map_radius.progress_card({}, 0)["detail"] == "Starting."


def test_heads_that_cannot_be_trained_say_why(maps, run_id, monkeypatch):
    def broken(*_):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(maps, "retrained", broken)
    card, *_ = list(map_radius.training(maps, run_id, HeadSettings(gamma=3.5)))[-1]
    assert (card["title"], card["detail"]) == ("These heads could not be trained", "Out of memory")


def test_every_stage_says_what_happens_there(maps, run_id, classifier):
    stages, places = maps.stages(MapKey(run_id, "card_lost"))
    assert set(places) == {"hidden", "features"}
    assert map_stages.stage_names(stages) == ["texts", "noise", *(f"step {i}" for i in range(1, 6)), "shell"]
    said = [map_stages.sentence(stages, i, classifier.config, "card_lost") for i in range(len(stages.kinds))]
    assert said[0].startswith("40 training texts of card_lost.")
    assert "standard deviations" in said[1]
    assert f"The loss rises from {stages.losses[1]:.3f} to {stages.losses[2]:.3f}." in said[2]
    assert f"between r = {stages.radius:.1f} and" in said[-1]


def test_a_clicked_point_says_what_it_is(maps, run_id):
    points = maps.points(MapKey(run_id, "card_lost"))
    kinds = {points.groups[points.group[i]]: map_drawing.about(points, i) for i in range(len(points))}
    assert kinds["known_positives"]["kind"] == "A training text"
    assert kinds["known_positives"]["truth"].startswith("True class: card_lost")
    assert kinds["synthesized"]["kind"] == "A synthesized negative, made from"
    assert kinds["out_of_scope"]["truth"].startswith("It belongs to no class. It should be open")

"""Maps of finished runs, and of runs whose heads were trained again: fitted once, kept, slow ones in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ans.config import TrainConfig
from ans.conventions import LONGEST, Prediction
from ans.recent import Recent
from ans.serving.maps.points import MapPoints, TrainingAnswers, map_points, projected_rows
from ans.serving.models import Serving
from ans.serving.projection import SLOW, Projection, fit
from ans.workflows.head_settings import HeadSettings

if TYPE_CHECKING:
    from ans.events import Emit, ShouldStop
    from ans.model.negative_stages import NegativeStages
    from ans.model.trained_model import TrainedModel
    from ans.serving.maps.staged import StagedMap
    from ans.workflows.retrain import Retrained

MAPS_KEPT, POINTS_KEPT, HEADS_KEPT, SMALL_KEPT, MODELS_KEPT = 10, 4, 3, 300, 3
MOST_FOR_SLOW = 3_000  # points that UMAP and t-SNE draw; more would take minutes
MOST_FITTING = 6  # maps that are fitted or wait for it
STAGED = 60  # negatives that are followed through Algorithm 1


@dataclass(frozen=True)
class MapKey:
    """Which map. label: the class whose head is drawn, None for all classes. config: None for the run's own heads, else
    that of the heads that were trained again."""

    run_id: str
    label: str | None = None
    method: str = "pca"
    dimensions: int = 2
    config: TrainConfig | None = None

    @property
    def is_slow(self) -> bool:
        """Whether fitting takes seconds."""
        return self.method in SLOW


@dataclass(frozen=True)
class FittedMap:
    """Points, which of them are drawn [n] and where [n, D], and how to put one more row on it."""

    points: MapPoints
    drawn: np.ndarray
    places: np.ndarray
    place: Callable[[np.ndarray], np.ndarray]

    def by_group(self) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """Each group's name, its drawn points as indices into `points` [m], and their places [m, D]."""
        number = self.points.group[self.drawn]
        return [(name, self.drawn[number == i], self.places[number == i]) for i, name in enumerate(self.points.groups)]


class Maps:
    """All maps of the runs that are served. Safe to call from many threads."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self._points, self._maps, self._heads = Recent(POINTS_KEPT), Recent(MAPS_KEPT), Recent(HEADS_KEPT)
        self._small, self._trained = Recent(SMALL_KEPT), Recent(MODELS_KEPT)
        self._lock, self._one_at_a_time, self._one_small = threading.Lock(), threading.Lock(), threading.Lock()
        self._fitting: set[MapKey] = set()
        serving.when_changed(self._forget)
        self._failed: dict[MapKey, str] = {}

    # Models

    def model(self, key: MapKey) -> TrainedModel:
        """The model whose map this is.

        Raises:
            ValueError: the run is gone.
        """
        return (
            self.serving.model(key.run_id) if key.config is None else self.retrained(key.run_id, key.config).classifier
        )

    def retrained(
        self, run_id: str, config: TrainConfig, emit: Emit = lambda event: None, should_stop: ShouldStop = lambda: False
    ) -> Retrained:
        """The run with heads of another config; trained now, in seconds, if nobody asked for them lately."""
        from ans.workflows.retrain import retrain

        run, model = self.serving.run(run_id), self.serving.model(run_id)
        return self._heads.get((run_id, config), lambda: retrain(run, model, config, emit, should_stop))

    def config(self, run_id: str, settings: HeadSettings) -> TrainConfig | None:
        """The config that head settings give on a run; None when they are the run's own."""
        config = self.serving.run(run_id).config
        return None if settings == HeadSettings.of(config) else settings.apply(config)

    # Maps

    def is_ready(self, key: MapKey) -> bool:
        """Whether `fitted` needs no fitting any more."""
        return key in self._maps

    def points(self, key: MapKey) -> MapPoints:
        """What lies on the map."""
        return self._points.get((key.run_id, key.config, key.label), lambda: self._points_of(key))

    def _points_of(self, key: MapKey) -> MapPoints:
        answers, model = None, self.model(key)
        if key.config is not None:
            answers = np.array(self.retrained(key.run_id, key.config).judged.answers)
        trained = self._trained.get((key.run_id, key.config), lambda: TrainingAnswers(model))
        return map_points(self.serving.run(key.run_id), model, answers, key.label, trained)

    def fitted(self, key: MapKey) -> FittedMap:
        """The map, fitted now if it is not there yet.

        Raises:
            ValueError: the run is gone, the class is not known, or there are too few texts.
        """
        return self._maps.get(key, lambda: self._fit(key, self.points(key)))

    def has_small(self, key: MapKey) -> bool:
        """Whether `small` needs no fitting any more."""
        return key in self._small

    def small(self, key: MapKey, draw: Callable[[FittedMap], Any]) -> tuple[Any, Callable[[str], list[float]]]:
        """What `draw` makes of a map, and where a text lies on it.

        There is one of each class that anybody types of. So they are kept apart from the maps somebody looks at, and
        only what is drawn; they are made one after the other, since verdicts want the processor too.

        Raises:
            ValueError: as `fitted`.
        """

        def make() -> tuple[Any, Callable[[np.ndarray], np.ndarray]]:
            with self._one_small:
                fitted = self._fit(key, self._points_of(key))
                return draw(fitted), fitted.place

        drawn, place = self._small.get(key, make)
        return drawn, lambda text: self._placed(key, place, text)

    def prepare(self, key: MapKey) -> None:
        """Begin to fit a map in the background, unless it is there or being fitted, or many are: then ask again. See
        `is_ready` and `failure`."""
        with self._lock:
            if key in self._maps or key in self._fitting or len(self._fitting) >= MOST_FITTING:
                return
            self._fitting.add(key)
            self._failed.pop(key, None)
        threading.Thread(target=self._prepare, args=(key,), daemon=True).start()

    def failure(self, key: MapKey) -> str | None:
        """Why a map could not be fitted in the background; None if it could, or is on its way."""
        return self._failed.get(key)

    def place(self, key: MapKey, text: str) -> list[float]:
        """Where a text lies on a map, [D] numbers."""
        return self._placed(key, self.fitted(key).place, text)

    def _placed(self, key: MapKey, place: Callable[[np.ndarray], np.ndarray], text: str) -> list[float]:
        rows = projected_rows(self.model(key), key.label, self.serving.features(key.run_id, text))
        return [float(x) for x in place(rows)[0]]

    def predict(self, key: MapKey, text: str) -> Prediction:
        """The verdict on a text, by the heads of this map."""
        return self.model(key).explain_features([text[:LONGEST]], self.serving.features(key.run_id, text))[0]

    def point(self, key: MapKey, index: int) -> tuple[MapPoints, Prediction]:
        """One point's answer, with its heads and its nearest training texts.

        Raises:
            ValueError: there is no such point.
        """
        points = self.points(key)
        if not 0 <= index < len(points):
            raise ValueError(f"this map has no point {index}; draw it again.")
        model, text = self.model(key), points.texts[index]
        if points.made[index]:
            return points, model.explain_features([text], points.features[index : index + 1])[0]
        return points, model.explain(text)  # in full precision; the features that a model learnt from are rounded

    def stages(self, key: MapKey) -> tuple[NegativeStages, dict[str, StagedMap]]:
        """How the negatives of the class `key.label` are made, and where that lies: as the head sees it (`hidden`), and
        in the encoder's `features`.

        Raises:
            ValueError: the run is gone, or no class has that name.
        """
        from ans.model.negative_stages import negative_stages
        from ans.serving.maps.staged import staged_map

        if key.label is None:
            raise ValueError("negatives are made for one class; choose it from the list.")
        seed, model, label = self.serving.run(key.run_id).config.seed, self.model(key), key.label
        stages = negative_stages(model, label, STAGED, seed)
        return stages, {space: staged_map(model, label, stages, space, seed) for space in ("hidden", "features")}

    def _forget(self, run_id: str) -> None:
        """The run answers otherwise now: its points are drawn by their answers."""
        for kept in (self._maps, self._small):
            kept.forget(lambda key: key.run_id == run_id)
        for kept in (self._points, self._heads, self._trained):
            kept.forget(lambda key: key[0] == run_id)

    def _prepare(self, key: MapKey) -> None:
        try:
            with self._one_at_a_time:
                self.fitted(key)
        except BaseException as error:  # whatever it was: the page must not wait for this map for ever
            self._failed[key] = str(error) or type(error).__name__
            raise
        finally:
            with self._lock:
                self._fitting.discard(key)

    def _fit(self, key: MapKey, points: MapPoints) -> FittedMap:
        seed = self.serving.run(key.run_id).config.seed
        drawn = points.sample(MOST_FOR_SLOW, seed) if key.is_slow else np.arange(len(points))
        if key.label is None:
            return _of_texts(points, drawn, lambda rows: fit(rows, key.method, seed, key.dimensions))
        projection = fit(points.rows[drawn], key.method, seed, key.dimensions)
        if key.config is not None and not key.is_slow:
            projection = _turned(projection, points, self.fitted(replace(key, config=None)))
        return FittedMap(points, drawn, projection.places.astype(np.float32), projection.place)


def _of_texts(points: MapPoints, drawn: np.ndarray, fitting: Callable[[np.ndarray], Projection]) -> FittedMap:
    """A map that only texts give its shape. Negatives go every way from their class; with them the texts would lie in a
    heap between a few far specks. They are put on the map afterwards, and drawn where there are texts around.
    """
    texts, negatives = drawn[~points.made[drawn]], np.flatnonzero(points.made)
    projection = fitting(points.rows[texts])
    places = projection.places
    if len(negatives):
        beside = projection.place(points.rows[negatives])
        low, high = places.min(0), places.max(0)
        near = ((beside >= low) & (beside <= high)).all(1)
        texts, places = np.concatenate([texts, negatives[near]]), np.concatenate([places, beside[near]])
    return FittedMap(points, texts, places.astype(np.float32), projection.place)


def _turned(projection: Projection, points: MapPoints, own: FittedMap) -> Projection:
    """A map of heads that were trained again, turned so that its texts lie as near as possible to where they lay.

    A projection may come out mirrored or rotated; who compares two maps should see only what the heads changed.
    """
    from scipy.linalg import orthogonal_procrustes

    here, there = ~points.made, ~own.points.made  # texts are the same on every map of a run and class
    if here.sum() != there.sum():
        return projection
    before, after = own.places[there], projection.places[here]
    centre, goal = after.mean(0), before.mean(0)
    turn, _ = orthogonal_procrustes(after - centre, before - goal)

    def turned(places: np.ndarray) -> np.ndarray:
        return (places - centre) @ turn + goal

    return Projection(turned(projection.places), lambda rows: turned(projection.place(rows)))

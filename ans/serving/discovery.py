"""From OPEN to groups: the open texts, clustered, each cluster with keywords. Whoever looks at one can name it.

The features are those of the untouched encoder: tuning sharpens the known classes, and these texts are none of them.
Five UMAP dimensions go to HDBSCAN, two to the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ans.conventions import OPEN
from ans.serving.umap_apart import UmapMap

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel
    from ans.runs.run import Run

FEWEST, MOST = 30, 10_000  # texts that can be grouped
NEIGHBOURS, DIMENSIONS, EPOCHS = 15, 5, 200  # of UMAP
SMALLEST = (5, 13)  # bounds of the smallest cluster, when it is a hundredth of the texts
MOST_TIMES = 8  # a larger cluster than that, and than a tenth of all texts, is looked at more closely
CORE_NEIGHBOURS = 3  # HDBSCAN's min_samples: the fewer, the fewer texts are left without a cluster
KEYWORDS = 6
PART = 256  # texts judged at a time
REST = -1  # the cluster of a text without one


@dataclass(frozen=True)
class OpenTexts:
    """Texts that a model leaves open. `labels` are their true names, None where nobody knows them.

    `features` [N, d] are one view's. `judged` is how many texts were looked at to find these.
    """

    texts: list[str]
    labels: list[str] | None
    features: np.ndarray
    judged: int


@dataclass(frozen=True)
class Cluster:
    """One group of texts. `rows` point into `Discovery.texts`, the most central first."""

    name: str
    keywords: list[str]
    rows: list[int]


@dataclass(frozen=True)
class Discovery:
    """Open texts in clusters, the largest first. `places` [N, 2] is the map. Rows of no cluster are the rest."""

    texts: list[str]
    labels: list[str] | None
    places: np.ndarray
    clusters: list[Cluster]

    @property
    def assignment(self) -> np.ndarray:
        """Index of each text's cluster [N], `REST` without one."""
        found = np.full(len(self.texts), REST)
        for index, cluster in enumerate(self.clusters):
            found[cluster.rows] = index
        return found

    def renamed(self, index: int, name: str) -> Discovery:
        """One cluster under another name."""
        clusters = list(self.clusters)
        clusters[index] = replace(clusters[index], name=" ".join(name.split()))
        return replace(self, clusters=clusters)

    def merged(self, index: int, other: int) -> Discovery:
        """The texts of `other` go to `index`, which keeps its name.

        Raises:
            ValueError: they are the same cluster.
        """
        if index == other:
            raise ValueError("a group can't be merged with itself; choose another one.")
        rows = self.clusters[index].rows + self.clusters[other].rows
        clusters = [replace(c, rows=rows) if i == index else c for i, c in enumerate(self.clusters) if i != other]
        return replace(self, clusters=_with_keywords(self.texts, clusters, keep_names=True))

    def keeping(self, index: int, rows: Sequence[int]) -> Discovery:
        """One cluster with only these of its rows; the others have no cluster any more.

        Raises:
            ValueError: none is left.
        """
        kept = [row for row in self.clusters[index].rows if row in set(rows)]
        if not kept:
            raise ValueError("no text would be left in this group; keep at least one.")
        clusters = [replace(c, rows=kept) if i == index else c for i, c in enumerate(self.clusters)]
        return replace(self, clusters=_with_keywords(self.texts, clusters, keep_names=True))

    def without(self, index: int) -> Discovery:
        """What is left when the texts of one cluster are open no longer."""
        gone = set(self.clusters[index].rows)
        stay = [row for row in range(len(self.texts)) if row not in gone]
        new = {row: place for place, row in enumerate(stay)}
        return Discovery(
            [self.texts[row] for row in stay],
            None if self.labels is None else [self.labels[row] for row in stay],
            self.places[stay],
            [replace(c, rows=[new[row] for row in c.rows]) for i, c in enumerate(self.clusters) if i != index],
        )


def open_test_texts(run: Run, dim: int) -> OpenTexts:
    """The test texts that a run's model answered OPEN, with their true names.

    Args:
        dim: d, features of one view.
    """
    texts, labels, arrays = run.load_test()
    rows = np.flatnonzero(arrays["answers"] == OPEN)
    return OpenTexts(
        [texts[row] for row in rows], [labels[row] for row in rows], arrays["features"][rows, -dim:], len(texts)
    )


def open_among(model: TrainedModel, texts: Sequence[str]) -> Iterator[OpenTexts]:
    """Those of any texts that a model leaves open: what was found so far, each time some more are judged."""
    different = list(dict.fromkeys(texts))
    kept, features = [], np.empty((0, model.encoder.dim), np.float32)
    for start in range(0, len(different), PART):
        part = different[start : start + PART]
        both = model.features(part)
        rows = (model.decide(both)[0] == OPEN).nonzero().squeeze(1).tolist()
        kept += [part[row] for row in rows]
        features = np.concatenate([features, both[rows, -model.encoder.dim :].numpy()])
        yield OpenTexts(list(kept), None, features, start + len(part))


def smallest_for(count: int) -> int:
    """How many texts make a cluster, when nobody says: a hundredth of all, within `SMALLEST`."""
    low, high = SMALLEST
    return int(np.clip(count // 100, low, high))


def discover(found: OpenTexts, smallest: int | None = None, seed: int = 0) -> Discovery:
    """Cluster open texts.

    Args:
        smallest: texts of the smallest cluster; None takes `smallest_for` the number of texts.

    Raises:
        ValueError: too few texts, or too many.
    """
    count = len(found.texts)
    if not FEWEST <= count <= MOST:
        what = "more texts of your own" if count < FEWEST else "fewer texts"
        raise ValueError(
            f"groups can be looked for among {FEWEST} to {MOST:,} open texts, got {count:,} "
            f"({found.judged:,} were classified); bring {what}."
        )
    from sklearn.cluster import HDBSCAN
    from sklearn.preprocessing import normalize

    rows = np.asarray(normalize(found.features))
    knn = _nearest(rows)
    reduced = _umap(rows, DIMENSIONS, 0.0, knn, seed)
    size = smallest if smallest is not None else smallest_for(count)
    fitted = HDBSCAN(
        min_cluster_size=size,
        min_samples=min(CORE_NEIGHBOURS, size),
        max_cluster_size=max(MOST_TIMES * size, count // 10),
        copy=True,  # pyright: ignore[reportArgumentType]  scikit-learn's hint says text
    ).fit(reduced)
    places = _umap(rows, 2, 0.1, knn, seed)
    clusters = []
    for index in range(fitted.labels_.max() + 1):
        own = np.flatnonzero(fitted.labels_ == index)
        nearness = rows[own] @ rows[own].mean(0)
        clusters.append(Cluster("", [], own[np.argsort(-nearness, kind="stable")].tolist()))
    clusters.sort(key=lambda cluster: -len(cluster.rows))
    return Discovery(found.texts, found.labels, places, _with_keywords(found.texts, clusters))


def _nearest(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row's nearest rows, itself among them, and how far. Exact, so UMAP need not compile a search of its own."""
    from sklearn.neighbors import NearestNeighbors

    distances, indices = NearestNeighbors(n_neighbors=NEIGHBOURS, metric="cosine").fit(rows).kneighbors(rows)
    return indices, distances.astype(np.float32)


def _umap(rows: np.ndarray, dimensions: int, spread: float, knn: tuple, seed: int) -> np.ndarray:
    return UmapMap(
        rows,
        n_neighbors=NEIGHBOURS,
        n_components=dimensions,
        min_dist=spread,
        metric="cosine",
        precomputed_knn=(*knn, None),
        init="pca",
        n_epochs=EPOCHS,
        random_state=seed,
        n_jobs=1,
    ).places


def _with_keywords(texts: Sequence[str], clusters: list[Cluster], keep_names: bool = False) -> list[Cluster]:
    """Each cluster with its keywords, and, unless it is to keep its own, a name made of the first two."""
    words = keywords([[texts[row] for row in cluster.rows] for cluster in clusters])
    named: list[Cluster] = []
    for number, (cluster, own) in enumerate(zip(clusters, words, strict=True), 1):
        name = cluster.name if keep_names else "_".join(dict.fromkeys(" ".join(own[:2]).split())) or f"group_{number}"
        if not keep_names and name in {other.name for other in named}:
            name = f"{name}_{number}"
        named.append(replace(cluster, name=name, keywords=own))
    return named


def keywords(groups: Sequence[Sequence[str]], count: int = KEYWORDS) -> list[list[str]]:
    """What sets each group's words apart: class-based TF-IDF, where all texts of a group are one document."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = [" . ".join(group) for group in groups]
    for stop_words in ("english", None):  # texts of nothing but common words still deserve some
        vectorizer = TfidfVectorizer(stop_words=stop_words, sublinear_tf=True, token_pattern=r"(?u)\b[^\W\d_]{2,}\b")
        try:
            weights = vectorizer.fit_transform(documents)
        except ValueError:  # no word at all
            continue
        names = vectorizer.get_feature_names_out()
        found = []
        for row in weights.toarray():
            best = np.argsort(-row, kind="stable")[:count]
            found.append([str(names[i]) for i in best if row[i] > 0])
        return found
    return [[] for _ in groups]

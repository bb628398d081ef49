"""Features in two or three dimensions, and the place of one more text on a map that is already drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ans.serving.umap_apart import UmapMap

METHODS = ("pca", "umap", "tsne")
SLOW = ("umap", "tsne")  # these take seconds; PCA is there at once
NEIGHBOURS = 15  # how far UMAP and t-SNE look around a text


@dataclass(frozen=True)
class Projection:
    """`places` [N, D] of the fitted rows; `place` puts more rows [M, d] on the same map → [M, D]."""

    places: np.ndarray
    place: Callable[[np.ndarray], np.ndarray]


def fit(rows: np.ndarray, method: str, seed: int, dimensions: int = 2) -> Projection:
    """Fit a map of rows [N, d] with D = 2 or 3 dimensions. PCA is exact and at once; UMAP and t-SNE take seconds, and
    UMAP more the first time.

    Raises:
        ValueError: too few rows, or a method that is not known. RuntimeError: UMAP's process failed.
    """
    if method not in METHODS:
        raise ValueError(f"the map's method must be one of {', '.join(METHODS)}, got {method!r}.")
    if len(rows) <= dimensions:
        raise ValueError(f"a map needs at least {dimensions + 1} texts, got {len(rows)}.")
    return {"pca": _pca, "umap": _umap, "tsne": _tsne}[method](rows, seed, dimensions)


def _pca(rows: np.ndarray, seed: int, dimensions: int) -> Projection:
    from sklearn.decomposition import PCA

    pca: Any = PCA(n_components=dimensions, random_state=seed)
    places, centre, turn = pca.fit_transform(rows), pca.mean_, pca.components_.T
    # As `pca.transform`, which looks at its rows for longer than it turns them.
    return Projection(places, lambda more: (more - centre) @ turn)


def _umap(rows: np.ndarray, seed: int, dimensions: int) -> Projection:
    # A seed makes UMAP repeat itself and place single texts fast; PCA as a start saves the slow spectral one.
    fitted = UmapMap(
        rows,
        n_components=dimensions,
        n_neighbors=min(NEIGHBOURS, len(rows) - 1),
        init="pca",
        n_epochs=200,
        random_state=seed,
        n_jobs=1,
    )
    return Projection(fitted.places, fitted.place)


def _tsne(rows: np.ndarray, seed: int, dimensions: int) -> Projection:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from sklearn.neighbors import KNeighborsRegressor

    short = rows
    if rows.shape[1] > 50 < len(rows):  # ten times as fast, and the map is the same to the eye
        short = PCA(n_components=50, random_state=seed).fit_transform(rows)
    perplexity = min(30.0, (len(rows) - 1) / 3)
    places = TSNE(
        n_components=dimensions, init="pca", perplexity=perplexity, max_iter=500, random_state=seed
    ).fit_transform(short)
    # t-SNE has no function for one more row: it goes between its nearest neighbours, on the very place of an equal row.
    nearest = KNeighborsRegressor(n_neighbors=min(5, len(rows)), weights="distance").fit(rows, places)
    return Projection(places, nearest.predict)

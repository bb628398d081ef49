"""Features in two or three dimensions, and the place of one more text on a map that is already drawn."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

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
    UMAP more the first time in a process.

    Raises:
        ValueError: too few rows, or a method that is not known.
    """
    if method not in METHODS:
        raise ValueError(f"the map's method must be one of {', '.join(METHODS)}, got {method!r}.")
    if len(rows) <= dimensions:
        raise ValueError(f"a map needs at least {dimensions + 1} texts, got {len(rows)}.")
    return {"pca": _pca, "umap": _umap, "tsne": _tsne}[method](rows, seed, dimensions)


def _pca(rows: np.ndarray, seed: int, dimensions: int) -> Projection:
    from sklearn.decomposition import PCA

    pca = PCA(n_components=dimensions, random_state=seed)
    return Projection(pca.fit_transform(rows), pca.transform)


def _umap(rows: np.ndarray, seed: int, dimensions: int) -> Projection:
    with umap_at_work() as umap:
        # A seed makes UMAP repeat itself and place single texts fast; PCA as a start saves the slow spectral one.
        model = umap.UMAP(
            n_components=dimensions,
            n_neighbors=min(NEIGHBOURS, len(rows) - 1),
            init="pca",
            n_epochs=200,
            random_state=seed,
            n_jobs=1,
        ).fit(rows)

    def place(more: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.transform(more)

    return Projection(np.asarray(model.embedding_), place)


@contextmanager
def umap_at_work() -> Iterator[ModuleType]:
    """The umap package, silent, with a cache for what numba compiles, and with OpenMP left as it was afterwards."""
    # Without a place to write, numba would compile for twenty seconds at every start.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "ans-numba"))
    from threadpoolctl import threadpool_limits

    # numba leaves its own number of OpenMP threads behind, and torch in this thread would then wait for cores in vain.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.simplefilter("ignore")
        import umap

        yield umap


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


def warm_umap() -> None:
    """Compile UMAP's kernels on a few rows, so that the first real map does not wait for that."""
    fit(np.random.RandomState(0).rand(40, 64).astype(np.float32), "umap", 0).place(np.zeros((1, 64), np.float32))

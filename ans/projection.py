"""Features in two dimensions, and the place of one more text on a map that is already drawn."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

METHODS = ("pca", "umap")


@dataclass(frozen=True)
class Projection:
    """`places` [N, 2] of the fitted rows; `place` puts more rows [M, d] on the same map → [M, 2]."""

    places: np.ndarray
    place: Callable[[np.ndarray], np.ndarray]


def fit(rows: np.ndarray, method: str, seed: int) -> Projection:
    """Fit a map of rows [N, d]. PCA is exact and at once; UMAP takes seconds, the first time in a process more.

    Raises:
        ValueError: fewer than three rows, or a method that is not known.
    """
    if len(rows) < 3:
        raise ValueError(f"a map needs at least three texts, got {len(rows)}.")
    if method == "pca":
        from sklearn.decomposition import PCA

        pca = PCA(n_components=2, random_state=seed)
        return Projection(pca.fit_transform(rows), pca.transform)
    if method != "umap":
        raise ValueError(f"the map's method must be one of {', '.join(METHODS)}, got {method!r}.")
    # Without a place to write, numba would compile for twenty seconds at every start.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "ans-numba"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        # A seed makes UMAP repeat itself and place single texts fast; PCA as a start saves the slow spectral one.
        model = umap.UMAP(
            n_neighbors=min(15, len(rows) - 1), init="pca", n_epochs=200, random_state=seed, n_jobs=1
        ).fit(rows)

    def place(more: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.transform(more)

    return Projection(np.asarray(model.embedding_), place)


def warm_umap() -> None:
    """Compile UMAP's kernels on a few rows, so that the first real map does not wait for that."""
    fit(np.random.RandomState(0).rand(40, 64).astype(np.float32), "umap", 0).place(np.zeros((1, 64), np.float32))

"""Maps: what is near stays near, a fitted text lands on its own place, one seed gives one map."""

from __future__ import annotations

import numpy as np
import pytest

from ans.serving.projection import METHODS, fit


@pytest.fixture(scope="module")
def clouds() -> np.ndarray:
    """Two clouds of 40 rows in 16 dimensions, far apart."""
    rng = np.random.RandomState(0)
    rows = np.concatenate([rng.randn(40, 16), rng.randn(40, 16) + 12])
    return rows.astype(np.float32)


@pytest.mark.parametrize("method", METHODS)
def test_two_clouds_stay_apart_and_a_row_lands_in_its_own_cloud(clouds, method):
    fitted = fit(clouds, method, seed=0)
    centres = np.stack([fitted.places[:40].mean(0), fitted.places[40:].mean(0)])
    for half, rows in enumerate((fitted.places[:40], fitted.places[40:])):
        distances = np.linalg.norm(rows[:, None] - centres, axis=2)
        assert (distances.argmin(1) == half).all()
    placed = fitted.place(clouds[[0, 79]])
    nearest = np.linalg.norm(placed[:, None] - centres, axis=2).argmin(1)
    assert nearest.tolist() == [0, 1]


def test_pca_puts_a_fitted_row_exactly_on_its_point(clouds):
    fitted = fit(clouds, "pca", seed=0)
    assert np.allclose(fitted.place(clouds[:5]), fitted.places[:5], atol=1e-4)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_one_seed_gives_one_map(clouds, method):
    assert np.array_equal(fit(clouds, method, seed=3).places, fit(clouds, method, seed=3).places)


def test_tsne_puts_a_fitted_row_on_its_point_and_another_between_its_neighbours(clouds):
    fitted = fit(clouds, "tsne", seed=0)
    assert np.allclose(fitted.place(clouds[:5]), fitted.places[:5], atol=1e-4)
    low, high = fitted.places[:40].min(0), fitted.places[:40].max(0)
    (placed,) = fitted.place(clouds[:40].mean(0, keepdims=True))
    assert ((low <= placed) & (placed <= high)).all()


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_a_map_in_three_dimensions_has_three_numbers_a_place(clouds, method):
    fitted = fit(clouds, method, seed=0, dimensions=3)
    assert fitted.places.shape == (80, 3)
    assert fitted.place(clouds[:2]).shape == (2, 3)


def test_too_few_rows_and_an_unknown_method_are_refused(clouds):
    with pytest.raises(ValueError, match=r"^a map needs at least 3 texts, got 2\.$"):
        fit(clouds[:2], "pca", seed=0)
    with pytest.raises(ValueError, match=r"^the map's method must be one of pca, umap, tsne, got 'som'\.$"):
        fit(clouds, "som", seed=0)

"""UMAP in a process of its own, which lasts. What numba compiles for it takes half a minute of an interpreter and some
hundred megabytes; here neither is the page's, and who types meanwhile does not wait for it.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
import warnings
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from ans.apart import LIGHT
from ans.recent import Recent

MAPS_KEPT = 12  # fitted maps that the process can put more rows on at once; older ones it fits anew
BEHIND = 5  # of 19: how much its work comes after the page's
Asked = tuple[int, np.ndarray, dict[str, Any], np.ndarray | None]  # number of the map, its rows, settings, more rows


class UmapMap:
    """A fitted map: `places` [N, D] of the rows it was fitted to. `place` puts more rows on it.

    Args:
        rows: [N, d]. settings: of `umap.UMAP`, with a `random_state`: where the process has forgotten the map, it is
            fitted again, and must come out the same.

    Raises:
        RuntimeError: the process failed, or was ended.
    """

    _numbers = count()

    def __init__(self, rows: np.ndarray, **settings: Any) -> None:
        self._number, self._rows, self._settings = next(self._numbers), rows, settings
        self.places = _process.answer((self._number, rows, settings, None))

    def place(self, more: np.ndarray) -> np.ndarray:
        """Where more rows [M, d] lie on the map, [M, D]."""
        return _process.answer((self._number, self._rows, self._settings, more))


def warm() -> None:
    """Compile on a few rows, so that the first real map does not wait for that."""
    rows = np.random.RandomState(0).rand(40, 64).astype(np.float32)
    UmapMap(rows, random_state=0, n_jobs=1, init="pca", n_epochs=20).place(rows[:1])


class _Process:
    """The process: begun when it is first asked, and again after it was ended."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: Any = None
        self._here: Connection | None = None

    def answer(self, asked: Asked) -> np.ndarray:
        with self._one_at_a_time:
            try:
                if self._here is None or not self._process.is_alive():
                    self._begin()
                assert self._here is not None
                self._here.send(asked)
                error, places = self._here.recv()
            except (EOFError, OSError) as ended:
                self._here = None
                raise RuntimeError("the process that draws UMAP maps was ended; try again.") from ended
        if error is not None:
            raise RuntimeError(error)
        return places

    def _begin(self) -> None:
        context = multiprocessing.get_context(LIGHT)
        self._here, there = context.Pipe()
        self._process = context.Process(target=_work, args=(there,), daemon=True)
        self._process.start()
        there.close()


_process = _Process()


def _work(there: Connection) -> None:
    """In the process: answer until the page is gone."""
    with suppress(AttributeError, OSError):
        os.nice(BEHIND)
    # Without a place to write, numba would compile what it can keep at every start.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "ans-numba"))
    warnings.simplefilter("ignore")
    fitted = Recent(MAPS_KEPT)
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            there.send(_answered(there.recv(), fitted))


def _answered(asked: Asked, fitted: Recent) -> tuple[str | None, np.ndarray | None]:
    number, rows, settings, more = asked
    try:
        import umap

        model = fitted.get(number, lambda: umap.UMAP(**settings).fit(rows))
        return None, np.asarray(model.embedding_ if more is None else model.transform(more))
    except Exception as error:
        return f"UMAP failed: {type(error).__name__}: {error}", None

"""The classes on a map of all classes: a colour for each, and which are named on the map."""

from __future__ import annotations

import numpy as np

from ans.plots.style import CLASSES

NAMED = len(CLASSES)  # so many are named on the map, each in a colour that no other of them has
ABOUT_AS_BIG = 0.8  # with so much of the smallest named class's texts, another may be named in its stead


def named_classes(sizes: np.ndarray, centres: np.ndarray) -> list[int]:
    """Which classes are named on a map, biggest first: indices into `sizes` [C] and `centres` [C, D].

    The biggest. Of those about equally big each next one is the one that lies farthest from all before, so that the
    names spread over the map.
    """
    order = np.argsort(-sizes, kind="stable")
    if len(order) <= NAMED:
        return order.tolist()
    certain = sizes * ABOUT_AS_BIG > sizes[order[NAMED]]  # clearly bigger than the first that would be left out
    picked = [int(i) for i in order[:NAMED] if certain[i]] or [int(order[0])]
    others = [int(i) for i in order if i not in picked and sizes[i] >= ABOUT_AS_BIG * sizes[order[NAMED - 1]]]
    while len(picked) < NAMED:
        gaps = [np.linalg.norm(centres[picked] - centres[i], axis=1).min() for i in others]
        picked.append(others.pop(int(np.argmax(gaps))))
    return picked


def class_colours(centres: np.ndarray, named: list[int]) -> np.ndarray:
    """A colour for each class as an index into `CLASSES` [C]: one of its own for each named class, the others repeat
    that which lies farthest away."""
    colours = np.zeros(len(centres), int)
    others = [i for i in range(len(centres)) if i not in named]
    done: list[int] = []
    for i in [*named, *others]:
        gaps = [
            min((float(np.linalg.norm(centres[i] - centres[j])) for j in done if colours[j] == colour), default=np.inf)
            for colour in range(len(CLASSES))
        ]
        colours[i] = int(np.argmax(gaps))
        done.append(i)
    return colours

"""What training texts tell about themselves: would more of them help, which are mislabelled, which say the same.

All by a simple classifier on the untouched encoder, each text judged by classifiers that have not learnt from it.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ans.runs.check import CurvePoint, Doubt, Quality, Twins

FOLDS, FOLDS_OF_CURVE = 5, 3
SHARES = (0.25, 0.5, 0.75, 1.0)
# Texts; of more, so many are drawn: all takes seconds, not minutes.
MOST_CHECKED, MOST_FOR_CURVE, MOST_PAIRED, BLOCK = 3000, 2000, 10_000, 512
DIRECTIONS = (
    192  # in which texts differ most, of many texts: the classifiers find as much there, in a third of the time
)
FEWEST = 10  # texts from which there is anything to say
SAME = 0.95  # cosine from which two texts say almost the same
MOST_LISTED = 200


def quality_of(texts: list[str], labels: list[str], features: np.ndarray, seed: int) -> Quality:
    """Look at training texts.

    Args:
        features: of the untouched encoder [N, d]. seed: of the folds, and of the draw where there are very many texts.
    """
    rng = np.random.RandomState(seed)
    names = sorted(set(labels))
    places = {name: place for place, name in enumerate(names)}
    classes = np.array([places[label] for label in labels], dtype=int)
    unit = at_length_one(features)
    rows = np.sort(_with_company(classes, rng.permutation(len(texts))[:MOST_CHECKED]))
    judged = len(rows) >= FEWEST and len(np.unique(classes[rows])) >= 2
    seen = _most_different(unit, rows)
    return Quality(
        checked=len(rows) if judged else 0,
        curve=_curve(seen, classes, rows[rng.permutation(len(rows))[:MOST_FOR_CURVE]], seed) if judged else [],
        mislabelled=_mislabelled(texts, names, seen, classes, rows, seed) if judged else [],
        twins=_twins(texts, names, unit, classes, np.sort(rng.permutation(len(texts))[:MOST_PAIRED])),
    )


def at_length_one(features: np.ndarray) -> np.ndarray:
    """Features [N, d], each divided by its length."""
    return features / np.linalg.norm(features, axis=1, keepdims=True).clip(1e-9)


def _most_different(unit: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Features [N, d] in the `DIRECTIONS` in which these rows differ most; as they are where rows are few, or d."""
    if unit.shape[1] <= DIRECTIONS or len(rows) < 2 * DIRECTIONS:
        return unit
    return PCA(DIRECTIONS, svd_solver="covariance_eigh").fit(unit[rows]).transform(unit)


def _with_company(classes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Those rows whose class has another one among them: a text alone in its class can't be held out."""
    return rows[np.bincount(classes[rows], minlength=classes.max() + 1)[classes[rows]] >= 2]


def _folds(classes: np.ndarray, seed: int, most: int = FOLDS) -> StratifiedKFold:
    count = int(np.bincount(classes)[np.unique(classes)].min())
    return StratifiedKFold(max(2, min(most, count)), shuffle=True, random_state=seed)


def _learnt(seen: np.ndarray, classes: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=10.0, max_iter=300).fit(seen, classes)


def _curve(seen: np.ndarray, classes: np.ndarray, rows: np.ndarray, seed: int) -> list[CurvePoint]:
    """Held-out texts named rightly after learning from a quarter, a half, three quarters, all of the others."""
    rows = _with_company(classes, rows)
    right, sizes = np.zeros((len(SHARES), 2)), np.zeros(len(SHARES))
    rng = np.random.RandomState(seed)
    folds = list(_folds(classes[rows], seed, FOLDS_OF_CURVE).split(rows, classes[rows]))
    for train, held in folds:
        order = rng.permutation(train)
        for i, share in enumerate(SHARES):
            some = rows[order[: max(2, round(share * len(order)))]]
            if not 2 <= len(np.unique(classes[some])) < len(some):  # the classifier wants a class of two texts
                continue
            with warnings.catch_warnings():  # of one text there is no spread; it takes that of the others
                warnings.simplefilter("ignore", UserWarning)
                learnt = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(seen[some], classes[some])
            answers = learnt.predict(seen[rows[held]])
            right[i] += np.count_nonzero(answers == classes[rows[held]]), len(held)
            sizes[i] += len(some) / len(folds)
    return [
        CurvePoint(share, round(size), float(good / of))
        for share, size, (good, of) in zip(SHARES, sizes, right, strict=True)
        if of
    ]


def _mislabelled(
    texts: list[str], names: list[str], seen: np.ndarray, classes: np.ndarray, rows: np.ndarray, seed: int
) -> list[Doubt]:
    """Confident learning (Northcutt et al. 2021): texts that are as surely of another class as that class's own are."""
    from cleanlab.filter import find_label_issues

    present, own = np.unique(classes[rows], return_inverse=True)
    shares = np.zeros((len(rows), len(present)))
    for train, held in _folds(own, seed).split(rows, own):
        learnt = _learnt(seen[rows[train]], own[train])
        shares[np.ix_(held, learnt.classes_)] = learnt.predict_proba(seen[rows[held]])
    found = find_label_issues(
        own, shares, filter_by="confident_learning", return_indices_ranked_by="self_confidence", n_jobs=1
    )
    return [
        Doubt(
            text=texts[rows[i]],
            label=names[classes[rows[i]]],
            looks_like=names[present[shares[i].argmax()]],
            label_share=float(shares[i, own[i]]),
        )
        for i in found[:MOST_LISTED]
    ]


def _twins(texts: list[str], names: list[str], unit: np.ndarray, classes: np.ndarray, rows: np.ndarray) -> list[Twins]:
    """Pairs of texts of different classes, the most alike first."""
    found: list[tuple[float, int, int]] = []
    for begin in range(0, len(rows), BLOCK):
        some = rows[begin : begin + BLOCK]
        cosines = unit[some] @ unit[rows].T
        cosines[(classes[some][:, None] == classes[rows][None]) | (some[:, None] >= rows[None])] = -1
        best = np.argpartition(cosines.ravel(), -min(MOST_LISTED, cosines.size))[-min(MOST_LISTED, cosines.size) :]
        for i, j in zip(*np.unravel_index(best, cosines.shape), strict=True):
            if cosines[i, j] >= SAME:
                found.append((float(cosines[i, j]), int(some[i]), int(rows[j])))
    found.sort(key=lambda one: (-one[0], one[1:]))
    return [
        Twins(texts[i], names[classes[i]], texts[j], names[classes[j]], cosine) for cosine, i, j in found[:MOST_LISTED]
    ]

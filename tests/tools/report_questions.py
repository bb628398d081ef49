"""The README's answers on speed, memory, sureness, two classes at once and open examples.

`python -m tests.tools.report_questions` asks all but the last of the shipped starter, which takes a minute.
`--open-texts DIR`, a folder that holds `clinc`,
trains twice for each seed instead: ten texts for each of 75 classes, without and with a hundred texts of other classes.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median

import numpy as np
from sklearn.metrics import f1_score

from ans import OpenWorldClassifier
from ans.config import TrainConfig
from ans.data.corpora import corpus_of, make_open_world_split
from ans.data.tables import LabelledTexts
from ans.runs.shipped import put_starter
from ans.runs.store import RunStore

ALONE, SURE, OPEN_TEXTS = 100, 0.9, 100  # texts that are asked one by one; a probability; open texts to learn from
PAIRS = 500  # texts made of two


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open-texts", metavar="DIR", help="with and without open texts, on clinc in this folder")
    parser.add_argument("--seeds", default="0,1,2")
    arguments = parser.parse_args()
    if arguments.open_texts:
        open_examples(arguments.open_texts, [int(seed) for seed in arguments.seeds.split(",")])
    else:
        starter()


def starter() -> None:
    """How fast, how large and how sure the starter is on its test part."""
    with tempfile.TemporaryDirectory() as home:
        run = put_starter(RunStore(Path(home) / "runs"))
        model = OpenWorldClassifier.load(run.folder / "model")
        texts, labels, *_ = run.load_test()
        known = set(model.classes_)
        truths = [label if label in known else model.open_label_ for label in labels]
        model.predict(texts[:1])
        print(f"memory after loading: {memory()} MiB")
        alone = [timed(model, [text]) for text in texts[:ALONE]]
        together = timed(model, texts)
        print(
            f"one text: {1000 * median(alone):.0f} ms; {len(texts):,} at once: {together:.1f} s, "
            f"{len(texts) / together:.0f} a second"
        )
        answers = model.explain(texts)
        print(f"memory after {len(texts):,} texts: {memory()} MiB")
        said = [model.open_label_ if answer.open else answer.label for answer in answers]
        right = np.array(said) == np.array(truths)
        unsure = np.array([answer.unsure for answer in answers])
        either = [truth in answer.between for truth, answer in zip(truths, answers, strict=True) if answer.unsure]
        print(
            f"unsure: {unsure.mean():.0%}; of these right {right[unsure].mean():.0%}, one of the two {mean(either):.0%}"
        )
        print(f"the others: right {right[~unsure].mean():.0%}")
        sure = model.predict_proba(texts).max(1) >= SURE
        print(f"probability of {SURE:.0%}: {sure.mean():.0%} of the texts; right of these {right[sure].mean():.0%}")
        two_classes(model, texts, truths)


def two_classes(model: OpenWorldClassifier, texts: Sequence[str], truths: Sequence[str]) -> None:
    """How often the heads of both classes say yes to two known texts in one, and a second head to one alone."""
    known = [(text, truth) for text, truth in zip(texts, truths, strict=True) if truth != model.open_label_]
    dice = np.random.default_rng(0)
    pairs = []
    while len(pairs) < PAIRS:
        one, other = (known[index] for index in dice.integers(len(known), size=2))
        if one[1] != other[1]:
            pairs.append((f"{one[0]}, and {other[0]}", {one[1], other[1]}))
    both, one, first = [], [], []
    for answer, (_, wanted) in zip(model.explain([text for text, _ in pairs]), pairs, strict=True):
        yes = {candidate.label for candidate in answer.candidates if candidate.logit > 0}
        both.append(wanted <= yes)
        one.append(len(wanted & yes) == 1)
        first.append({candidate.label for candidate in answer.candidates[:2]} == wanted)
    print(
        f"two known texts in one: both heads say yes to {mean(both):.0%}, one to {mean(one):.0%}; both are the two "
        f"strongest of {mean(first):.0%}"
    )
    alone = model.explain([text for text, _ in known])
    several = [sum(one.logit > 0 for one in answer.candidates) > 1 for answer in alone]
    print(f"one known text: a second head says yes to {mean(several):.0%}")


def open_examples(data_dir: str, seeds: Sequence[int]) -> None:
    """The same training without and with open texts to learn from."""
    for seed in seeds:
        config = TrainConfig(dataset="clinc", known_ratio=0.5, seed=seed, texts_per_class=10, data_dir=data_dir)
        corpus = corpus_of(config)
        split = make_open_world_split(corpus, config)
        known = set(split.known)
        foreign = [
            text for text, label in zip(corpus.train.texts, corpus.train.labels, strict=True) if label not in known
        ]
        drawn = np.random.default_rng(seed).choice(foreign, OPEN_TEXTS, replace=False).tolist()
        for name, beyond in (("without", None), ("with", drawn)):
            model = OpenWorldClassifier(seed=seed).fit(split.train.texts, split.train.labels, open_texts=beyond)
            print(seed, name, judged(model, split.test), flush=True)


def judged(model: OpenWorldClassifier, test: LabelledTexts) -> str:
    """Accuracy, F1, and the two errors between known and open, in percent."""
    known = set(model.classes_)
    truths = np.array([label if label in known else model.open_label_ for label in test.labels])
    said = model.predict(test.texts)
    is_open = truths == model.open_label_
    figures = {
        "accuracy": (said == truths).mean(),
        "F1": f1_score(truths, said, average="macro"),
        "known refused": (said[~is_open] == model.open_label_).mean(),
        "open let in": (said[is_open] != model.open_label_).mean(),
    }
    return ", ".join(f"{name} {100 * figure:.1f}" for name, figure in figures.items())


def timed(model: OpenWorldClassifier, texts: Sequence[str]) -> float:
    """Seconds until these are answered, with candidates and neighbours."""
    started = time.perf_counter()
    model.explain(list(texts))
    return time.perf_counter() - started


def memory() -> int:
    """The most this process has used so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()

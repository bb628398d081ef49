"""The README on discovery: `python -m tests.tools.report_discovery [--data-dir DIR] [--seed 0] [--store DIR]`.

For the bundled dataset, and clinc and banking if --data-dir holds them, at 25 % known classes: how well the clusters of
the open texts match the held-out labels, and accuracy and F1 before and after the five largest pure clusters become
known classes. Pure: four of five texts have one held-out label; of clusters of the same label the largest counts. Takes
some minutes; with --store the trained runs are kept there and found again.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from ans.config import TrainConfig
from ans.conventions import OPEN_LABELS
from ans.data.corpora import targets
from ans.evaluation.metrics import evaluate
from ans.runs.run import Run
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.serving.discovery import REST, Cluster, Discovery, discover, open_test_texts
from ans.serving.models import load_classifier
from ans.workflows.promote import Group, promote
from ans.workflows.worker import train_run

PURE, PROMOTED = 0.8, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder that holds clinc/ and banking/")
    parser.add_argument("--store", type=Path, help="folder of runs: trained ones are used again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        store = RunStore(arguments.store if arguments.store is not None else Path(passing) / "runs")
        names = ["assistant", *(["clinc", "banking"] if arguments.data_dir else [])]
        for name in names:
            config = TrainConfig(
                dataset=name,
                data_dir=None if name == "assistant" else arguments.data_dir,
                known_ratio=0.25,
                seed=arguments.seed,
            )
            report(store, trained(store, config))


def trained(store: RunStore, config: TrainConfig) -> Run:
    """A finished run of these settings: one that is there, or a new one."""
    for run in store.finished():
        if run.config == config and run.promotion is None:
            return run
    run = store.create(config)
    run.set_status(RUNNING)
    train_run(run)
    if run.status.state != FINISHED:
        raise SystemExit(run.status.message)
    return run


def report(store: RunStore, run: Run) -> None:
    """Print both parts for one run. Promoted runs are made in a store of their own."""
    model = load_classifier(run)
    found = discover(open_test_texts(run, model.encoder.dim), seed=run.config.seed)
    known, assignment = set(model.labels), found.assignment
    held_out = [i for i, label in enumerate(found.labels) if label not in known and label not in OPEN_LABELS]
    print(
        f"{run.config.dataset}, {run.config.known_ratio:.0%} known, seed {run.config.seed}: "
        f"{len(found.clusters)} clusters in {len(found.texts):,} open texts; {len(held_out):,} have one of "
        f"{len({found.labels[i] for i in held_out})} held-out labels"
    )
    clustered = [i for i in held_out if assignment[i] != REST]
    for name, rows in (("all of these, the unclustered ones as one cluster", held_out), ("clustered ones", clustered)):
        truth, answer = [found.labels[i] for i in rows], assignment[rows]
        nmi, ari = normalized_mutual_info_score(truth, answer), adjusted_rand_score(truth, answer)
        print(f"  {name} ({len(rows):,}): NMI {nmi:.3f}, ARI {ari:.3f}")
    promote_five(run, model, found)


def largest_pure(found: Discovery, known: set[str]) -> list[tuple[str, Cluster]]:
    """The largest clusters in which four of five texts have one held-out label, one for each label."""
    picked: dict[str, Cluster] = {}
    for cluster in found.clusters:  # the largest first
        label, count = Counter(found.labels[row] for row in cluster.rows).most_common(1)[0]
        if count >= PURE * len(cluster.rows) and label not in known | OPEN_LABELS:
            picked.setdefault(label, cluster)
    return list(picked.items())[:PROMOTED]


def promote_five(run: Run, model, found: Discovery) -> None:
    """One after the other, then all answers on what is left of the test, before and after."""
    with tempfile.TemporaryDirectory() as passing:
        store, last, grown = RunStore(Path(passing) / "runs"), run, model
        for label, cluster in largest_pure(found, set(model.labels)):
            rows = cluster.rows
            group = Group(label, [found.texts[row] for row in rows], [found.labels[row] for row in rows])
            last = promote(store, last, grown, group, browser="report", private=False)
            grown, about = load_classifier(last), last.promotion
            print(
                f"  + {label}: {len(rows)} texts, {about.agreeing} of them of that label; learnt from "
                f"{len(about.texts)} in {about.seconds:.1f} s, {about.test_texts[1]} left to test"
            )
        texts, labels, arrays = last.load_test()
        logits, answers = arrays["logits"], arrays["answers"]
        before_answers = dict(zip(run.load_test()[0], run.load_test()[2]["answers"].tolist(), strict=True))
        # The other heads are the same: the first columns are what the run's own heads say.
        old = logits[:, : len(model.labels)].max(1)
        before = evaluate(targets(labels, model.labels), [before_answers[t] for t in texts], old.tolist(), model.labels)
        after = evaluate(targets(labels, grown.labels), answers.tolist(), logits.max(1).tolist(), grown.labels)
        for name, metrics in (("before", before), ("after", after)):
            shown = ", ".join(f"{key} {value:.1f}" for key, value in metrics.headline().items() if value is not None)
            print(f"  {name}, {len(texts):,} test texts: {shown}", flush=True)


if __name__ == "__main__":
    main()

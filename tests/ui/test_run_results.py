"""What stands below a run's card: seeds together, what changed against the run before, where to go."""

from __future__ import annotations

from ans.config import TrainConfig
from ans.runs.evaluation import ClassScore, Evaluation, Metrics
from ans.runs.run import Run
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.ui import run_results
from ans.ui.polling import listed

CLINC = TrainConfig(dataset="clinc", known_ratio=0.25)


def trained(store: RunStore, config: TrainConfig, f1: float) -> Run:
    """A run that ended with this F1, and an accuracy 10 higher."""
    run = store.create(config)
    classes = [ClassScore(name, f1, f1, f1, 1) for name in ("a", "b", "open")]
    metrics = Metrics(f1 + 10, f1, f1, None, 90.0, classes, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    Evaluation(metrics, ["a", "b"], ["c"], {}, "cpu").write(run.folder)
    run.set_status(FINISHED)
    return run


def below(store: RunStore, run: Run) -> dict:
    return run_results.below(run, listed(store))


def test_runs_that_differ_in_their_seed_alone_stand_together_as_mean_and_deviation_beside_the_paper(store):
    for seed, f1 in ((0, 50.0), (1, 80.0), (0, 84.0), (2, 88.0)):  # seed 0 twice: the newer one counts
        trained(store, CLINC.with_(seed=seed), f1)
    last = trained(store, CLINC.with_(seed=3, gamma=3.0), 10.0)
    assert [table["title"] for table in below(store, last)["tables"]] == ["Against the run before"]
    run = next(run for run in store.all() if run.config.seed == 1)
    table = below(store, run)["tables"][-1]
    assert (table["title"], table["about"]) == ("3 seeds together", "Mean ± deviation of seeds 0, 1, 2.")
    assert table["rows"] == [
        ["", "Accuracy", "F1", "F1-known", "F1-open", "AUROC"],
        ["3 seeds", "94.0 ± 4.0", "84.0 ± 4.0", "84.0 ± 4.0", "–", "90.0 ± 0.0"],
        ["Paper, BERT-base", "92.6", "84.8", "84.5", "95.3", "–"],
        ["Difference", "+1.4", "−0.8", "−0.5", "–", "–"],
    ]


def test_where_the_paper_has_no_figures_seeds_stand_without_it_and_one_seed_alone_is_no_mean(store):
    run = trained(store, TrainConfig(), 50.0)
    assert below(store, run)["tables"] == []
    trained(store, TrainConfig(seed=1), 60.0)
    assert len(below(store, run)["tables"][0]["rows"]) == 2


def test_a_run_is_held_against_the_one_before_on_the_same_data_by_what_differs(store):
    trained(store, CLINC, 80.0)
    trained(store, TrainConfig(), 20.0)
    run = trained(store, CLINC.with_(gamma=3.0, known_classes=("a", "b")), 82.5)
    (table,) = below(store, run)["tables"]
    assert table["rows"] == [
        ["", "before", "this run", "difference"],
        ["known classes", "–", "2 chosen", ""],
        ["gamma", "2", "3", ""],
        ["Accuracy", "90.0", "92.5", "+2.5"],
        ["F1", "80.0", "82.5", "+2.5"],
        ["F1-known", "80.0", "82.5", "+2.5"],
        ["F1-open", "–", "–", "–"],
        ["AUROC", "90.0", "90.0", "+0.0"],
    ]


def test_a_first_run_and_one_whose_only_fellows_came_later_have_no_run_before(store):
    run = trained(store, CLINC, 80.0)
    trained(store, CLINC.with_(gamma=3.0), 81.0)
    assert below(store, run)["tables"] == []


def test_only_a_trained_run_offers_where_to_go_and_one_that_trains_shows_what_its_seeds_gave_so_far(store):
    first, second = trained(store, CLINC, 80.0), trained(store, CLINC.with_(seed=1), 82.0)
    assert [place["to"] for place in below(store, second)["go"]] == ["ask", "evaluate", "map", "compare"]
    third = store.create(CLINC.with_(seed=2))
    third.set_status(RUNNING)
    running = below(store, third)
    assert "go" not in running
    assert [table["title"] for table in running["tables"]] == ["2 seeds together"]
    assert first.id != second.id

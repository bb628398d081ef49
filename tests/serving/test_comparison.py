"""Methods beside each other on a run's own features: the run's figures, one text judged as the test is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.data.corpora import Corpus
from ans.data.tables import LabelledTexts
from ans.plots.comparison import comparison_bars
from ans.plots.style import KNOWN
from ans.runs.status import FINISHED
from ans.runs.store import RunStore
from ans.serving.comparison import comparisons as comparison
from ans.serving.comparison import run_features
from ans.serving.comparison.comparisons import CHOICES, MSP, Comparisons, paper_row
from ans.serving.comparison.job import Job
from ans.serving.models import Serving
from ans.ui import run_card
from ans.ui.access import Trainings, Visitor
from ans.ui.compare import judges as judging
from ans.ui.compare import table as comparing
from ans.ui.compare.tab import visible
from tests.finished_runs import finished_run

RULES = [choice for choice in CHOICES.values() if choice.rule is not None]


@pytest.fixture(scope="module")
def untuned(small_config, small_split):
    """A classifier on the untouched encoder: one view of each text."""
    from ans.model.trained_model import TrainedModel

    train, dev = small_split.train, small_split.dev
    config = small_config.with_(trainable_layers=0, epochs=30, patience=5)
    return TrainedModel.trained_on(config, train.texts, train.labels, dev.texts, dev.labels)


@pytest.fixture(scope="module")
def store(classifier, untuned, small_split, small_config, tmp_path_factory) -> RunStore:
    """Two runs: one with a tuned encoder, and one without."""
    store = RunStore(tmp_path_factory.mktemp("comparison") / "runs")
    finished_run(store, untuned.config, untuned, small_split)
    finished_run(store, small_config, classifier, small_split)
    return store


@pytest.fixture(scope="module")
def comparisons(store) -> Comparisons:
    return Comparisons(Serving(store))


def run_of(store: RunStore, tuned: bool):
    """The store's run with, or without, a tuned encoder."""
    return next(run for run in store.finished() if (run.config.trainable_layers > 0) is tuned)


@pytest.fixture(scope="module", params=[True, False], ids=["tuned", "untuned"])
def run(request, store):
    return run_of(store, request.param)


def test_the_runs_own_row_has_the_figures_of_its_evaluation(comparisons, run):
    own = comparisons.fit(run.id, CHOICES["ans"])
    assert own.own
    for name, value in own.numbers.items():
        assert value == pytest.approx(getattr(run.evaluation.metrics, name), abs=1e-6), name


def test_a_run_keeps_the_same_figures_of_msp_as_compare_finds_and_its_card_tells_them(comparisons, run):
    compared = comparisons.fit(run.id, CHOICES["msp"])
    assert run.evaluation.msp == pytest.approx(compared.numbers)
    theirs, own = run.evaluation.msp["f1"], run.evaluation.metrics.f1
    assert f"MSP: F1 {theirs:.1f}, this model: F1 {own:.1f}." in run_card.view(run, 0.0)["note"]


def test_what_needs_no_fitting_is_ready_at_once(store, comparisons):
    fresh = Comparisons(comparisons.serving)
    run = run_of(store, tuned=True)
    chosen = fresh.chosen(run.id, ["lof", "msp", "none"])
    assert [choice.key for choice in chosen] == ["msp", "lof", "none", "ans"], "the run's own heads are always there"
    assert [one.choice.key for one in fresh.ready(run.id, chosen)] == ["msp", "ans"]


@pytest.mark.parametrize("choice", [*RULES, CHOICES["none"]], ids=lambda choice: choice.key)
def test_a_method_judges_one_text_as_it_judges_the_test(comparisons, run, choice):
    compared = comparisons.fit(run.id, choice)
    features = comparisons.features(run.id)
    is_open, margins = compared.answers.answers == OPEN, (compared.answers.scores - compared.fitted.threshold).abs()
    for i in (0, 7, len(features.test_texts) - 1):
        (found,) = comparisons.judge(run.id, [compared], features.test_texts[i])
        answer = int(compared.answers.answers[i])
        assert found.label == (None if answer == OPEN else features.model.labels[answer])
        assert found.score == pytest.approx(float(compared.answers.scores[i]), rel=1e-3, abs=1e-3)
        assert (found.label is None) == (found.score < found.threshold)
        assert 0 <= found.sureness <= 1
        nearer = (margins <= margins[i])[is_open == is_open[i]].float()
        one_place = 1.01 / len(nearer)  # a text judged alone differs in the last bits
        assert found.sureness == pytest.approx(nearer.mean().item(), abs=one_place)


def test_the_text_farthest_from_the_threshold_is_the_surest_of_its_kind(comparisons, store):
    run = run_of(store, tuned=True)
    compared = comparisons.fit(run.id, CHOICES["ans"])
    texts = comparisons.features(run.id).test_texts
    for i in (int(compared.answers.scores.argmax()), int(compared.answers.scores.argmin())):
        (found,) = comparisons.judge(run.id, [compared], texts[i])
        assert found.sureness == pytest.approx(1, abs=0.03)  # one place: a text judged alone differs in the last bit


def test_rules_see_the_runs_features_its_known_dev_texts_and_the_closed_classifiers_logits(
    comparisons, store, classifier, small_split
):
    features = comparisons.features(run_of(store, tuned=True).id)
    tuned = features.for_rule("dev", lambda *_: None, lambda: False)
    assert torch.equal(tuned.train.views(("tuned", "untouched")), classifier.train_features)
    assert tuned.known == classifier.labels
    assert len(tuned.dev.targets) == len(small_split.dev)
    expected = classifier.features(small_split.dev.texts[:3])
    assert torch.allclose(tuned.dev.tuned[:3], expected[:, : tuned.dim], atol=1e-5)
    assert torch.allclose(tuned.dev.closed[:3], classifier.closed_logits(expected), atol=1e-4)
    assert (tuned.test.targets == OPEN).sum() == 60


def test_of_a_file_that_has_grown_since_what_was_learnt_or_tested_is_no_dev_text(
    comparisons, store, classifier, small_split, monkeypatch
):
    dev, none = small_split.dev, LabelledTexts([], [])
    known = [i for i, label in enumerate(small_split.test.labels) if label in classifier.labels][:4]
    test, learnt = small_split.test.only(known), small_split.train.only(range(6))
    drawn = LabelledTexts(dev.texts + learnt.texts + test.texts, dev.labels + learnt.labels + test.labels)
    monkeypatch.setattr(run_features, "corpus_of", lambda config: Corpus("grown", none, drawn, none))
    features = Comparisons(comparisons.serving).features(run_of(store, tuned=True).id)
    found = features.for_rule("dev", lambda *_: None, lambda: False).dev
    assert len(found.targets) == len(dev)


def test_dropout_blurs_what_adb_learns_from_and_is_never_on_in_the_model_that_answers(comparisons, store):
    features = Comparisons(comparisons.serving).features(run_of(store, tuned=True).id)
    seen = []
    tuned = features.for_rule("dropped", lambda *_: seen.append(features.model.encoder.tail.training), lambda: False)
    seen.append(features.model.encoder.tail.training)
    assert seen == [False, False]
    assert tuned.dropped.shape == tuned.train.tuned.shape
    distance = (tuned.dropped - tuned.train.tuned).norm(dim=1)
    assert (distance > 0).all()
    assert distance.mean() < tuned.train.tuned.norm(dim=1).mean()


def test_when_the_dataset_is_gone_only_the_rules_that_need_its_dev_texts_say_so(store, comparisons, monkeypatch):
    def gone(*_):
        raise ValueError("unknown dataset")

    monkeypatch.setattr(run_features, "corpus_of", gone)
    fresh, run = Comparisons(comparisons.serving), run_of(store, tuned=False)
    plan = comparing.plan(fresh, [run], ["energy", "openmax", "adb"])
    assert Job(fresh, plan).ended(60)
    assert set(fresh.failures(run.id)) == {"energy"}
    (shown,) = comparing.views(fresh, [run], ["energy", "openmax", "adb"], "f1")[0]["runs"]
    notes = {row["name"]: row["note"] for row in shown["rows"]}
    reason = "its threshold is set on the dev texts, and they can't be read: unknown dataset"
    assert notes == {"ANS": "this run", "OpenMax": "", "ADB": "", "energy": f"Not fitted: {reason}"}


def test_stop_ends_a_comparison_and_keeps_what_is_fitted(store, comparisons):
    fresh, run = Comparisons(comparisons.serving), run_of(store, tuned=False)
    first = fresh.fit(run.id, CHOICES["openmax"])
    job = Job(fresh, [(run.id, CHOICES["none"]), (run.id, CHOICES["mixing"])])
    job.stop()
    assert job.ended(30)
    assert job.share < 1
    choices = fresh.chosen(run.id, ["openmax", "none", "mixing"])
    assert [one.choice.key for one in fresh.ready(run.id, choices)] == ["openmax", "ans"]
    assert fresh.fit(run.id, CHOICES["openmax"]) is first
    assert not fresh.one_at_a_time.locked(), "the next comparison would wait for ever"


def test_a_comparison_that_is_stopped_while_it_waits_for_another_fits_nothing(store, comparisons):
    fresh, run = Comparisons(comparisons.serving), run_of(store, tuned=False)
    with fresh.one_at_a_time:
        job = Job(fresh, [(run.id, CHOICES["openmax"]), (run.id, CHOICES["adb"])])
        job.stop()
    assert job.ended(30)
    choices = fresh.chosen(run.id, ["openmax", "adb"])
    assert [one.choice.key for one in fresh.ready(run.id, choices)] == ["ans"]


def test_confident_errors_are_open_test_texts_that_msp_is_sure_of_and_the_run_leaves_open(
    comparisons, run, monkeypatch
):
    fresh = Comparisons(comparisons.serving)
    features = fresh.features(run.id)
    own, msp = fresh.fit(run.id, CHOICES["ans"]).answers, fresh.fit(run.id, MSP).answers
    is_open = torch.tensor([label == "oos" for label in features.test_labels])
    monkeypatch.setattr(comparison, "SURE", float(msp.scores[is_open].median()))
    surest = int((msp.scores * is_open).argmax())
    own.answers[surest] = 0  # had the run taken it for known, it would be no confident error of MSP alone
    sure = is_open & (msp.scores >= comparison.SURE)
    found, count, total = fresh.confident_errors(run.id)
    assert total == 60
    assert count == sure.sum()
    expected = [features.test_texts[i] for i in (sure & (own.answers == OPEN)).nonzero().flatten().tolist()]
    assert sorted(one.text for one in found) == sorted(expected)
    assert 0 < len(found) < count
    for one in found:
        i = features.test_texts.index(one.text)
        assert (one.truth, one.label) == ("oos", features.model.labels[msp.classes[i]])
        assert one.probability == pytest.approx(float(msp.scores[i]))
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)


def test_the_same_text_is_judged_by_every_ready_method_and_its_truth_is_told(comparisons, store):
    run = run_of(store, tuned=True)
    comparisons.fit(run.id, CHOICES["openmax"])
    features = comparisons.features(run.id)
    text = features.test_texts[features.test_labels.index("oos")]
    card = judging.judgements(comparisons, [run], ["openmax"], text)
    rows = card["runs"][0]["rows"]
    assert [row["name"] for row in rows] == ["ANS", "MSP", "OpenMax"]
    assert all(row["right"] is row["open"] for row in rows)
    assert card["detail"] == "A test text out of scope: OPEN is right."
    assert judging.judgements(comparisons, [run], [], " ") == judging.EMPTY
    assert judging.judgements(comparisons, [], [], text) == judging.NO_MODEL


def test_the_table_is_in_the_order_of_the_chosen_measure(comparisons, store):
    run = run_of(store, tuned=True)
    for key in ("openmax", "energy", "lof"):
        comparisons.fit(run.id, CHOICES[key])
    for place, measure in enumerate(("accuracy", "f1", "f1_known", "f1_open", "auroc")):
        view, figure, count = comparing.views(comparisons, [run], ["msp", "openmax", "energy", "lof"], measure)
        assert view["changes"] == []
        cells = [row["cells"][place] for row in view["runs"][0]["rows"]]
        values = [float(cell["text"]) for cell in cells]
        assert values == sorted(values, reverse=True)
        assert cells[0]["best"]
        assert count == len(values) == len(figure.data[0].y) == 5
        assert view["runs"][0]["measure"] == place


def test_several_runs_come_with_what_differs_between_them(comparisons, run):
    view, _, _ = comparing.views(comparisons, [run, run], ["msp"], "f1")
    assert [row[0] for row in view["changes"]] == ["", "Accuracy", "F1", "F1-known", "F1-open", "AUROC"]
    assert {row[-1] for row in view["changes"][1:]} <= {"+0.0", "–"}


def test_the_papers_figures_stand_beside_the_same_setting_only():
    config = TrainConfig(dataset="clinc", known_ratio=0.25)
    assert paper_row(MSP, config)["accuracy"] == 47.02
    assert paper_row(CHOICES["none"], config)["f1"] == 53.12
    assert paper_row(CHOICES["lof"], config) is None
    assert paper_row(MSP, config.with_(known_ratio=0.3)) is None
    assert paper_row(MSP, config.with_(known_classes=("balance", "bill_due"))) is None


def test_a_run_on_uploaded_data_is_seen_by_the_browser_that_uploaded_it_alone(tmp_path):
    store = RunStore(tmp_path / "runs")
    everybodys, own = (
        store.create(TrainConfig(dataset=name)) for name in ("assistant", str(store.uploads / "mine" / "data.csv"))
    )
    for run in (everybodys, own):
        run.set_status(FINISHED)
    shared = SimpleNamespace(visitor=lambda who: Visitor(who, False, store, Trainings()))
    assert {run.id for run in visible(shared, "mine")} == {everybodys.id, own.id}
    for other in ("other", None, ""):
        assert [run.id for run in visible(shared, other)] == [everybodys.id]


def test_the_best_bar_is_on_top_and_only_this_projects_is_blue():
    runs = [("a", {"MSP": 50.0, "ANS": 80.0, "LOF": 60.0}, {"ANS": 78.0}), ("b", {"MSP": 70.0}, {})]
    figure = comparison_bars(runs, ["ANS"], "F1")
    assert list(figure.layout.yaxis.categoryarray) == ["ANS", "LOF", "MSP"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first category is at the bottom"
    colours = dict(zip(figure.data[0].y, figure.data[0].marker.color, strict=True))
    assert [name for name, colour in colours.items() if colour == KNOWN] == ["ANS"]
    paper = next(trace for trace in figure.data if trace.name == "the paper's figure")
    assert (list(paper.y), list(paper.x)) == (["ANS"], [78.0])

"""Each baseline is the rule its authors wrote, seen on features where the right answer is plain."""

import pytest
import torch

from ans.baselines import nearest_contrast, with_negatives
from ans.baselines import own_tuning as trained_baselines
from ans.baselines import post_hoc as baselines
from ans.baselines.features import Part, PhaseOneFeatures
from ans.benchmark.phase_one import CorpusStates, phase_one_features
from ans.benchmark.tables import BENCHMARKS
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.model.encoder import TextEncoder
from ans.model.phase_one import closed_set_classifier, phase_one

DIM, CLASSES = 8, 3
ALL = {
    method.name: method
    for name in ("baselines", "negatives")
    for method in BENCHMARKS[name].methods
    if method.tune is phase_one
}
# With nothing to tell it, a softmax is as sure about far texts as about near ones: what the paper is about.
BLIND = {"MSP", "MaxLogit", "energy"}


def cloud(center: torch.Tensor, size: int, seed: int) -> torch.Tensor:
    """Texts around a center."""
    return center + 0.5 * torch.randn(size, DIM, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def found() -> PhaseOneFeatures:
    """Three clouds that a trained classifier tells apart; the test has each of them, and a fourth beside them."""
    centers = 4 * torch.eye(DIM)
    torch.manual_seed(0)
    network = closed_set_classifier(DIM, CLASSES)
    train = torch.cat([cloud(centers[m], 60, m) for m in range(CLASSES)])
    targets = torch.arange(CLASSES).repeat_interleave(60)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(train), targets).backward()
        optimizer.step()

    def part(features: torch.Tensor, labels: torch.Tensor) -> Part:
        with torch.no_grad():
            return Part(features, features, network(features), labels)

    dev = part(
        torch.cat([cloud(centers[m], 20, 10 + m) for m in range(CLASSES)]), torch.arange(3).repeat_interleave(20)
    )
    test = torch.cat([cloud(centers[m], 40, 20 + m) for m in (0, 1, 2, 5)])
    labels = torch.tensor([0, 1, 2, OPEN]).repeat_interleave(40)
    weights = {name: value.detach() for name, value in network.state_dict().items()}
    return PhaseOneFeatures(["a", "b", "c"], part(train, targets), dev, part(test, labels), train, weights, 1.0)


@pytest.mark.parametrize("name", ALL)
def test_known_texts_keep_their_class_and_a_cloud_beside_them_is_open_to_rules_that_look_at_features(name, found):
    method = ALL[name]
    answers = method.answer(found, TrainConfig(**method.changes, radius_scale=0.75, head_steps=200, many_classes=1000))
    known = found.test.targets != OPEN
    accepted = answers.answers[known] != OPEN
    assert accepted.float().mean() > 0.5
    assert (answers.answers[known][accepted] == found.test.targets[known][accepted]).all()
    assert answers.scores.shape == answers.classes.shape == found.test.targets.shape
    if name not in BLIND:
        higher = answers.scores[known].mean() > answers.scores[~known].mean()
        assert higher, "the score of known texts is not the higher one"


@pytest.mark.parametrize("rule", [baselines.max_logit, baselines.energy, baselines.mahalanobis,
                                  baselines.nearest_neighbours, baselines.local_outlier_factor])  # fmt: skip
def test_a_rule_without_a_threshold_of_its_own_accepts_95_percent_of_the_known_dev_texts(rule, found):
    on_dev = PhaseOneFeatures(found.known, found.train, found.dev, found.dev, found.dropped, found.classifier, 1.0)
    accepted = (rule(on_dev, TrainConfig()).answers != OPEN).float().mean().item()
    assert accepted == pytest.approx(baselines.ACCEPTED, abs=0.02)


def test_the_radius_of_adb_is_the_median_distance_of_its_class(found):
    answers = baselines.adb(found, TrainConfig())
    hidden = baselines.closed_hidden(found, found.test.tuned)
    means = baselines.class_means(baselines.closed_hidden(found, found.train.tuned), found.train.targets, CLASSES)
    nearest, classes = torch.cdist(hidden, means).min(1)
    radii = answers.scores + nearest
    dropped = torch.rand(len(found.train.tuned), DIM, generator=torch.Generator().manual_seed(0)) >= 0.1
    seen = baselines.closed_hidden(found, found.dropped) * dropped / 0.9
    for m in range(CLASSES):
        own = (seen[found.train.targets == m] - means[m]).norm(dim=1)
        assert radii[classes == m].std() < 1e-4
        assert radii[classes == m][0].item() == pytest.approx(own.median().item(), abs=0.15)


def test_msp_rejects_exactly_below_one_half(found):
    answers = baselines.msp(found, TrainConfig())
    assert ((answers.answers == OPEN) == (found.test.closed.softmax(1).max(1).values < 0.5)).all()


def test_negatives_make_a_softmax_reject_what_it_took_for_known(found):
    is_open = found.test.targets == OPEN
    config = TrainConfig()
    without = (with_negatives.msp(found, config).answers[is_open] == OPEN).float().mean()
    having = (with_negatives.msp_with_negatives(found, config).answers[is_open] == OPEN).float().mean()
    assert having > without + 0.3


# Baselines that tune the encoder in a way of their own

# One row of each way to tune; a row with a schedule of its own tunes as another row does.
TUNED_DIFFERENTLY = [
    method
    for method in BENCHMARKS["baselines"].methods
    if method.tune is not phase_one and method.changes == trained_baselines.OWN_TUNING
]
WORDS = {"card": "I lost my card in", "fly": "book a flight to", "lamp": "turn the light on", "song": "play music by"}
ENDS = [
    "Rome",
    "in",
    "June",
    "please",
    "now",
    "my",
    "dear",
    "friend",
    "at",
    "once",
    "tonight",
    "again",
    "somewhere",
    "slowly",
]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory, tiny_encoder_folder) -> TrainConfig:
    """Three of four kinds of sentences are known; the test has all."""
    folder = tmp_path_factory.mktemp("spoken")
    for part, size in (("train", 30), ("dev", 6), ("test", 10)):
        rows = [
            f"{said} {ENDS[i % 7]} {ENDS[-i % 11]} {part}\t{label}"
            for label, said in WORDS.items()
            for i in range(size)
        ]
        (folder / f"{part}.tsv").write_text("\n".join(["text\tlabel", *rows]), encoding="utf-8")
    return TrainConfig(
        dataset=str(folder), encoder=str(tiny_encoder_folder), known_classes=("card", "fly", "lamp"), batch_size=16,
        trainable_layers=1, epochs=12, patience=12, encoder_lr=2e-3, classifier_lr=5e-3, device="cpu",
    )  # fmt: skip


@pytest.fixture(scope="module")
def spoken_states(spoken):
    """The states of its texts, once for all."""
    return CorpusStates(spoken)


@pytest.mark.parametrize("method", TUNED_DIFFERENTLY, ids=lambda method: method.name)
def test_each_way_to_tune_learns_the_known_classes_and_its_rule_answers_with_them_or_open(
    method, spoken, spoken_states
):
    found = phase_one_features(spoken, lambda: spoken_states, method.tune)
    learnt = found.train.closed[:, :3].argmax(1) == found.train.targets
    assert learnt.float().mean() > 0.9
    answers = method.answer(found, spoken)
    assert set(answers.answers.tolist()) <= {OPEN, 0, 1, 2}
    accepted = answers.answers >= 0
    assert (answers.answers[accepted] == answers.classes[accepted]).all()
    on_train = PhaseOneFeatures(found.known, found.train, found.dev, found.train, found.dropped, found.classifier, 1.0)
    assert (method.answer(on_train, spoken).answers == found.train.targets).float().mean() > 0.4, "ADB keeps a half"
    assert method.tune.__name__ != phase_one.__name__, "its features would be taken for those of phase 1"


def test_doc_asks_more_of_a_class_whose_training_texts_are_sure(found):
    def threshold(logit: float) -> float:
        """The smallest sigmoid DOC accepts when every training text has this logit for its own class."""
        closed = torch.full((len(found.train.targets), CLASSES), -9.0)
        closed[torch.arange(len(closed)), found.train.targets] = logit
        train = Part(found.train.tuned, found.train.tuned, closed, found.train.targets)
        asked = torch.linspace(0.001, 0.999, 999)
        test = Part(torch.zeros(999, DIM), torch.zeros(999, DIM), torch.full((999, CLASSES), -9.0), torch.zeros(999))
        test.closed[:, 0] = asked.logit()
        answers = trained_baselines.doc(
            PhaseOneFeatures(found.known, train, found.dev, test, found.dropped, found.classifier, 1.0), TrainConfig()
        )
        return asked[answers.answers == 0].min().item()

    assert threshold(0.0) == pytest.approx(0.5, abs=2e-3)
    assert threshold(4.0) == pytest.approx(1 - 3 * (1 - torch.tensor(4.0).sigmoid().item()), abs=2e-3)


def test_the_contrast_of_knncl_asks_for_the_nearest_of_a_class_and_not_for_all_of_it(monkeypatch):
    monkeypatch.setattr(nearest_contrast, "NEAREST", 1)
    near, far, other = torch.tensor([[1.0, 0.0]]), torch.tensor([[-1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    zero, one = torch.tensor([0]), torch.tensor([1])

    def loss(*keys: tuple[torch.Tensor, torch.Tensor]) -> float:
        queue = nearest_contrast.Queue(2, torch.device("cpu"))
        for key, label in keys:
            queue.add(key, label)
        return queue.contrast(near, zero).item()

    expected = torch.tensor(1 + torch.e ** (-1 / nearest_contrast.TEMPERATURE)).log().item()
    assert loss((near, zero), (other, one)) == pytest.approx(expected)
    assert loss((near, zero), (far, zero), (other, one)) == pytest.approx(expected), "a class may have two clouds"
    assert loss((near, zero), (other, one), (other, one)) > expected + 0.1


def test_a_key_of_knncl_stands_under_the_class_of_its_text(spoken, spoken_states, monkeypatch):
    kept, add = [], nearest_contrast.Queue.add

    def noted(queue: nearest_contrast.Queue, keys: torch.Tensor, labels: torch.Tensor) -> None:
        kept.append((keys, labels))
        add(queue, keys, labels)

    monkeypatch.setattr(nearest_contrast.Queue, "add", noted)
    monkeypatch.setattr(nearest_contrast, "MOMENTUM", 0.0)  # in so few steps the follower would have learnt nothing
    (states, _, found), (dev, _, dev_found) = (spoken_states.split(spoken)[1][part] for part in ("train", "dev"))
    encoder = TextEncoder.of(spoken)
    nearest_contrast.tune_nearest_contrast(
        encoder, 3, (states, found), (dev, dev_found), spoken, lambda event: None, lambda: False
    )
    keys, classes = (torch.cat(part) for part in zip(*kept[-12:], strict=True))
    alike, same = keys @ keys.T, classes.unsqueeze(1) == classes
    assert alike[same].mean() > alike[~same].mean() + 0.3


def test_the_queue_of_knncl_forgets_the_oldest(monkeypatch):
    monkeypatch.setattr(nearest_contrast, "QUEUE", 2)
    queue = nearest_contrast.Queue(1, torch.device("cpu"))
    for i in range(4):
        queue.add(torch.tensor([[float(i)]]), torch.tensor([i]))
    assert queue.labels.tolist() == queue.keys.squeeze(1).tolist() == [2, 3]


def test_a_ball_of_adbes_grows_where_other_classes_are_far(found, monkeypatch):
    adb_only = baselines.adjusted_boundary(found, TrainConfig()).answers
    monkeypatch.setattr(baselines, "ADJUSTING", 0.9)
    grown = baselines.adjusted_boundary(found, TrainConfig()).answers
    known = found.test.targets != OPEN
    assert (grown[known] != OPEN).float().mean() > (adb_only[known] != OPEN).float().mean()

"""The rows of `benchmark speed` that compare a piece of work with the same work done straightforwardly."""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import torch
from transformers import BertConfig, BertModel

from ans.benchmark import speed_references as straightforward
from ans.config import TrainConfig
from ans.data.corpora import corpus_of
from ans.events import never, silent
from ans.model.encoder import TextEncoder
from ans.model.heads import OneVsRestHeads
from ans.model.kept_states import KeptStates
from ans.model.loading import Loaded, load_model
from ans.model.phase_one import closed_set_classifier, closed_set_loss, tune_encoder
from ans.model.phase_two import ALL, HeadTraining
from ans.model.pooling import Pooling
from ans.model.precision import rounded
from ans.model.threads import computing_with
from ans.model.trained_model import TrainedModel
from ans.serving.joined import Joined

Numbers = dict[str, float]
REPEATS = 3
EPOCH_TEXTS, BASE_TEXTS, ENCODED, ASKED = 512, 128, 5000, 200
CLIENTS, EACH = 50, 4  # clients that ask at once, and how many texts each
HEAD_TEXTS, HEAD_DIM, HEAD_STEPS = 100, 384, 8  # texts a class and updates, of which a training has ten times as many


def compared(reference: Callable[[], object], ours: Callable[[], object], repeats: int = REPEATS) -> Numbers:
    """Seconds of both, medians of some repeats by turns, and how many times faster ours is."""
    took: tuple[list[float], list[float]] = [], []
    for _ in range(repeats):
        for which, found in zip((reference, ours), took, strict=True):
            found.append(seconds(which))
    before, now = median(took[0]), median(took[1])
    return {"reference": before, "ours": now, "ratio": before / now}


def seconds(work: Callable[[], object]) -> float:
    """What it takes to do it once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def epoch_of_minilm(config: TrainConfig) -> Numbers:
    """One pass of phase 1 with the embedded encoder."""
    texts, labels = _labelled(config, EPOCH_TEXTS)
    return _epoch(load_model("minilm"), TextEncoder.of(config), texts, labels, config)


def epoch_of_bert_base(config: TrainConfig) -> Numbers:
    """One pass over a model of BERT-base's shape with random weights, ten of its twelve layers frozen."""
    tokenizer = load_model("minilm").tokenizer
    torch.manual_seed(0)
    models = [BertModel(BertConfig(return_dict=True), add_pooling_layer=False).eval() for _ in range(2)]
    ours = TextEncoder("of BERT-base's shape", Loaded(models[0], tokenizer, Pooling()), 2, config.max_tokens)
    texts, labels = _labelled(config, BASE_TEXTS)
    return _epoch(Loaded(models[1], tokenizer, Pooling()), ours, texts, labels, config.with_(batch_size=32), 2)


def states_of_another_run(config: TrainConfig) -> Numbers:
    """What the frozen layers make of a run's texts, after a run of another seed has met them: computed against read."""
    texts, encoder = corpus_of(config).train.texts, TextEncoder.of(config)
    with tempfile.TemporaryDirectory(prefix="ans-speed-") as folder, rounded():  # as a training has them
        kept = KeptStates(Path(folder))
        kept.of(encoder, texts[::-1])
        return compared(lambda: encoder.cache(texts), lambda: kept.of(encoder, texts), repeats=2)


def heads(config: TrainConfig, classes: int) -> Numbers:
    """All heads of one view together, against one after the other."""
    draw = torch.Generator().manual_seed(0)
    labels = torch.arange(classes).repeat_interleave(HEAD_TEXTS)
    features = torch.randn(classes, HEAD_DIM, generator=draw)[labels]
    features += 0.5 * torch.randn(len(labels), HEAD_DIM, generator=draw)

    def train(count: int, only: slice) -> None:
        training = HeadTraining(OneVsRestHeads(count, HEAD_DIM), features, labels, config, only)
        for _ in range(HEAD_STEPS):
            training.step()
        training.finish()

    train(1, slice(0, 1))
    return compared(lambda: [train(1, slice(m, m + 1)) for m in range(classes)], lambda: train(classes, ALL), repeats=2)


def encoding(config: TrainConfig) -> Numbers:
    """Features of many texts as many are answered, against batches of 32 in the given order in float32."""
    encoder, loaded, texts = TextEncoder.of(config), load_model("minilm"), _texts(config, ENCODED)
    encoder.record()

    def ours() -> None:
        with rounded():
            encoder.features(encoder.cache(texts))

    return compared(lambda: straightforward.encode(loaded, texts), ours, repeats=2)


def one_query(config: TrainConfig) -> Numbers:
    """Milliseconds of one text, with a thread for it, as the page asks: encoder, heads and nearest texts."""
    model, texts = _model(config), _texts(config, ASKED)
    model.encoder.record()
    with computing_with(1):  # as the page's process
        model.explain_many(texts[:1])
        took = sorted(1000 * seconds(lambda text=text: model.explain_many([text])) for text in texts)
    return {"p50": median(took), "p95": quantiles(took, n=20)[-1]}


def clients(config: TrainConfig) -> Numbers:
    """Many clients at once, whose texts are joined, against their texts one after the other."""
    model, texts = _model(config), _texts(config, CLIENTS * EACH)
    served = copy.deepcopy(model)
    served.encoder.record()
    joined = Joined(served.explain_many)

    def client(number: int) -> None:
        for text in texts[number::CLIENTS]:
            joined(text)

    def together() -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(client, range(CLIENTS)))

    with computing_with(1):  # as the page's process
        return compared(lambda: [model.explain(text) for text in texts], together)


def _epoch(
    reference: Loaded,
    encoder: TextEncoder,
    texts: list[str],
    labels: torch.Tensor,
    config: TrainConfig,
    repeats: int = REPEATS,
) -> Numbers:
    config = config.with_(epochs=1, least_updates=0)
    states = encoder.cache(texts)
    classifier = closed_set_classifier(encoder.dim, int(labels.max()) + 1)

    def objective(classifier, features, labels) -> torch.Tensor:
        return closed_set_loss(classifier, features, labels, config.label_smoothing)

    return compared(
        lambda: straightforward.one_epoch(reference, texts, labels, config),
        lambda: tune_encoder(encoder, classifier, (states, labels), None, config, silent, never, objective),
        repeats,
    )


def _texts(config: TrainConfig, count: int) -> list[str]:
    """Texts of the bundled dataset in a random order, so that short and long ones are mixed."""
    corpus = corpus_of(config)
    every = [*corpus.train.texts, *corpus.test.texts]
    order = torch.randperm(len(every), generator=torch.Generator().manual_seed(0)).tolist()
    return [every[i] for i in order[:count]]


def _labelled(config: TrainConfig, count: int) -> tuple[list[str], torch.Tensor]:
    train = corpus_of(config).train
    rows = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[:count].tolist()
    names = sorted(set(train.labels))
    return [train.texts[i] for i in rows], torch.tensor([names.index(train.labels[i]) for i in rows])


@cache
def _model(config: TrainConfig) -> TrainedModel:
    """A model of every class of the bundled dataset with ten texts each, which is quickly trained."""
    train = corpus_of(config).train
    picked: dict[str, list[str]] = {}
    for text, label in zip(train.texts, train.labels, strict=True):
        if label != "oos" and len(own := picked.setdefault(label, [])) < 10:
            own.append(text)
    texts = [text for own in picked.values() for text in own]
    labels = [label for label, own in picked.items() for _ in own]
    return TrainedModel.trained_on(config.with_(folds=1), texts, labels)


def all_heads_of(classes: int) -> Callable[[TrainConfig], Numbers]:
    """The row for so many classes."""
    return lambda config: heads(config, classes)

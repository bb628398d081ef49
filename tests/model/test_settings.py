"""Every setting of a training decides something, and decides that: the split, the features, or the heads alone."""

from dataclasses import fields
from pathlib import Path

import pytest
import torch

from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.data.corpora import load_corpus, make_open_world_split
from ans.model.devices import choose_device
from ans.model.trained_model import TrainedModel

PROBES = ["book a flight to Rome for me and my two sisters next Monday morning", "hi", "I lost my card"]
SPLIT, FEATURES, HEADS, LINE = "split", "features", "heads alone", "line alone"
# Setting → another value, and what has to change with it.
CHANGES = {
    "dataset": ("<another file>", SPLIT),
    "known_ratio": (0.5, SPLIT),
    "known_classes": (("card_lost", "flight_book"), SPLIT),
    "seed": (1, SPLIT),
    "texts_per_class": (4, SPLIT),
    "open_texts": ("train", HEADS),
    "encoder": ("<another encoder>", FEATURES),
    "trainable_layers": (2, FEATURES),
    "max_tokens": (5, FEATURES),
    "long_texts": ("cut", FEATURES),
    "pooling": ("max", FEATURES),
    "prompt": ("about: ", FEATURES),
    "epochs": (3, FEATURES),
    "patience": (1, FEATURES),
    "batch_size": (4, FEATURES),
    "encoder_lr": (1e-3, FEATURES),
    "classifier_lr": (1e-1, FEATURES),
    "least_updates": (100, FEATURES),
    "warmup": (0.9, FEATURES),
    "weight_decay": (0.9, FEATURES),
    "label_smoothing": (0.5, FEATURES),
    "standardising": (1.0, FEATURES),
    "views": ("tuned", HEADS),
    "head_steps": (8, HEADS),
    "head_batch": (4, HEADS),
    "head_lr": (1e-2, HEADS),
    "head_dropout": (0.5, HEADS),
    "head_averaging": (0.5, HEADS),
    "negatives": ("noise", HEADS),
    "synthesized_weight": (3.0, HEADS),
    "many_classes": (1, HEADS),
    "spread_neighbours": (0, HEADS),
    "noise_scale": (1.0, HEADS),
    "ascent_steps": (2, HEADS),
    "ascent_rate": (0.2, HEADS),
    "radius_scale": (2.0, HEADS),
    "fixed_radius": (8.0, HEADS),
    "gamma": (1.1, HEADS),
    "few_texts": (0, HEADS),
    "widened_below": (0, HEADS),
    "similarity": (3.0, LINE),
    "refused": (0.4, LINE),
}


class Trained:
    """What one training of a configuration gives: its split, tuned features of some texts, all head weights."""

    def __init__(self, config: TrainConfig) -> None:
        split = make_open_world_split(load_corpus(config.dataset, config.data_dir, config.seed), config)
        self.split = split.known, split.train, split.dev
        # So small a file leaves no dev part; known texts of the test stand in for one, so patience and line matter.
        dev = split.test.only([i for i, target in enumerate(split.test_targets) if target >= 0])
        model = TrainedModel.trained_on(
            config, split.train.texts, split.train.labels, dev.texts, dev.labels, split.open_train.texts
        )
        self.features = torch.cat([model.features(PROBES), model.train_features])[:, : model.encoder.dim]
        self.line = model.calibration.line
        self.weights = torch.cat([parameter.detach().flatten() for parameter in model.heads.parameters()])


@pytest.fixture(scope="module")
def config(small_corpus_file: Path, tiny_encoder_folder: Path) -> TrainConfig:
    """A training that takes a fraction of a second."""
    return TrainConfig(
        dataset=str(small_corpus_file),
        encoder=str(tiny_encoder_folder),
        trainable_layers=1,
        max_tokens=12,  # some texts are longer
        device="cpu",
        epochs=8,
        patience=4,
        batch_size=8,
        encoder_lr=1e-2,  # dev accuracy rises late, so that patience matters
        classifier_lr=3e-3,
        head_steps=6,
        head_batch=8,
        least_updates=0,
    )


@pytest.fixture(scope="module")
def original(config: TrainConfig) -> Trained:
    """The training that each change is compared with."""
    return Trained(config)


@pytest.fixture(scope="module")
def others(small_corpus_file: Path, save_tiny_encoder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The paths behind the placeholders in CHANGES."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    lines = small_corpus_file.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path_factory.mktemp("other") / "other.tsv"
    file.write_text("".join(line for line in lines if not line.endswith("\tcard_lost\n")), encoding="utf-8")
    return {"<another encoder>": str(save_tiny_encoder(BertModel(BertConfig(**sizes)))), "<another file>": str(file)}


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two tensors are equal in shape and in every number."""
    return a.shape == b.shape and torch.equal(a, b)


def test_the_same_settings_give_the_same_training(config, original):
    again = Trained(config)
    assert again.split == original.split
    assert same(again.features, original.features)
    assert same(again.weights, original.weights)


@pytest.mark.parametrize("name", CHANGES)
def test_a_setting_changes_what_it_should_and_no_more(name, config, original, others):
    value, what = CHANGES[name]
    assert getattr(config, name) != value
    changed = Trained(config.with_(**{name: others.get(value, value) if isinstance(value, str) else value}))
    assert (changed.split != original.split) == (what == SPLIT)
    assert same(changed.features, original.features) == (what in (HEADS, LINE))
    assert same(changed.weights, original.weights) == (what == LINE)
    assert changed.line != original.line


def test_every_setting_has_its_test():
    # The last in test_few_texts: these texts are too alike to hold out. How own data are read: in test_reading.
    read_as = {"text_column", "label_column", "no_class", "near_names", "sheet", "encoding"}
    elsewhere = {"device", "data_dir", "folds", *read_as}
    assert {spec.name for spec in fields(TrainConfig)} == set(CHANGES) | elsewhere


def test_the_device_setting_decides_where_to_compute():
    missing = "cuda" if torch.backends.mps.is_available() else "mps"
    config = TrainConfig(device=missing)
    with pytest.raises(ValueError, match=rf"device must be on this machine \(.*\) or auto, got '{missing}'\."):
        TrainedModel.trained_on(config, ["a", "b", "c", "d"], ["x", "x", "y", "y"])
    assert choose_device(TrainConfig(device="cpu").device) == torch.device("cpu")


@pytest.mark.parametrize("folder_name", ["clinc", "oos"])
def test_the_data_dir_setting_decides_where_a_public_benchmark_is_read(folder_name, tmp_path):
    folder = tmp_path / folder_name
    folder.mkdir()
    for part in ("train", "dev", "test"):
        (folder / f"{part}.tsv").write_text(f"text\tlabel\n{part} one\ta\n{part} two\tb\nwhat\toos\n", encoding="utf-8")
    config = TrainConfig(dataset="clinc", data_dir=str(tmp_path), known_ratio=1.0)
    split = make_open_world_split(load_corpus(config.dataset, config.data_dir, config.seed), config)
    assert split.train.texts == ["train one", "train two"]
    assert split.test_targets == [0, 1, OPEN]

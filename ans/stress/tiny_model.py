"""A trained model that is loaded in hundredths of a second: a random encoder of two narrow layers, and two classes.

It knows nothing, but has all the files that a model and its encoder can have.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

from ans.config import TrainConfig
from ans.events import never
from ans.runs.run import Run
from ans.runs.status import FINISHED
from ans.runs.store import RunStore

ENCODER, RUNS, CORPUS = "encoder", "runs", "texts.tsv"
WORDS = {  # so many texts that some are held out
    "card": (("my", "the", "a", "that"), ("card is", "bank card is", "card may be"), ("lost", "gone", "away", "here")),
    "alarm": (
        ("please", "now", "just", "do"),
        ("set an alarm", "wake me up", "wake us"),
        ("at seven", "at noon", "at six", "early"),
    ),
}
TEXTS = {label: [" ".join(parts) for parts in product(*words)] for label, words in WORDS.items()}
SIZES: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
PARTS = {"": "Transformer", "1_Pooling": "Pooling", "2_Dense": "Dense"}


def tiny_run(place: Path) -> Run:
    """Write an encoder, a table and a finished run on it below an empty folder."""
    from ans.model.estimator import OpenWorldClassifier
    from ans.model.hub import KIND
    from ans.workflows.experiment import run_experiment, save_outcome

    rows = [f"{text}\t{label}\n" for label, texts in TEXTS.items() for text in texts]
    (place / CORPUS).write_text("text\tlabel\n" + "".join(rows))
    _write_encoder(place / ENCODER)
    config = TrainConfig(
        dataset=str(place / CORPUS), encoder=str(place / ENCODER), known_ratio=1.0, trainable_layers=1, device="cpu",
        epochs=1, least_updates=2, head_steps=3, folds=0, max_tokens=16,
    )  # fmt: skip
    store = RunStore(place / RUNS)
    store.create(config)
    run = store.take_next()
    assert run is not None
    save_outcome(run, run_experiment(config, run.event_writer(), never))
    OpenWorldClassifier.load(run.folder / "model", "cpu").save(run.folder / "model")  # with what `labels_in` holds
    (run.folder / "model" / "config.json").write_text(json.dumps(KIND))  # as a repository on the hub has it
    run.set_status(FINISHED)
    run.rename("a tiny one")
    return run


def _write_encoder(folder: Path) -> None:
    """A folder as the sentence-transformers library writes one."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel, BertTokenizer
    from transformers.utils import logging

    words = sorted({word for texts in TEXTS.values() for text in texts for word in text.split()})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    for place in PARTS:
        (folder / place).mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    logging.disable_progress_bar()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        BertModel(BertConfig(**SIZES, vocab_size=len(words), max_position_embeddings=32)).save_pretrained(folder)
        save_file({"linear.weight": torch.randn(12, 16)}, folder / "2_Dense" / "model.safetensors")
    about = {
        "in_features": 16,
        "out_features": 12,
        "bias": False,
        "activation_function": "torch.nn.modules.activation.Tanh",
    }
    parts = [{"idx": i, "name": str(i), "path": path, "type": f"x.{PARTS[path]}"} for i, path in enumerate(PARTS)]
    for name, value in {
        "modules.json": parts,
        "1_Pooling/config.json": {"pooling_mode_mean_tokens": True, "include_prompt": True},
        "2_Dense/config.json": about,
        "config_sentence_transformers.json": {"prompts": {"query": "my "}, "default_prompt_name": "query"},
    }.items():
        (folder / name).write_text(json.dumps(value))

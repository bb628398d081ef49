"""Several processes that tune an encoder together come where one comes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from ans.model.encoder import TextEncoder
from ans.model.processes import Processes

ROOT = Path(__file__).resolve().parent.parent.parent


def test_shares_of_a_batch_are_all_of_it_and_their_weighted_means_are_its_mean():
    values = torch.tensor([3.0, 1.0, 4.0, 1.0, 5.0])
    for size in (1, 2, 5):
        rows = torch.arange(size)
        shares = [Processes(rank, 2).share(rows) for rank in (0, 1)]
        assert sorted(row for own, weight in shares if weight for row in own.tolist()) == rows.tolist()
        mean = sum(weight * values[own].mean() for own, weight in shares) / 2
        assert mean == pytest.approx(values[:size].mean().item())


def test_two_processes_train_what_one_trains(save_tiny_encoder, small_corpus_file, tmp_path):
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}  # what it draws, a share draws otherwise
    encoder = save_tiny_encoder(BertModel(BertConfig(**sizes, **still)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def start(out: str, **variables: str) -> subprocess.Popen:
        arguments = ["--dataset", str(small_corpus_file), "--encoder", str(encoder), "--known-ratio", "1"]
        arguments += ["--trainable-layers", "1", "--epochs", "3", "--head-steps", "2", "--batch-size", "7"]
        return subprocess.Popen(
            [sys.executable, "-m", "ans", "train", *arguments, "--device", "cpu", "--out", str(tmp_path / out)],
            cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1", **variables}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    together = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    several = [start("two", **together, RANK=str(rank), LOCAL_RANK=str(rank)) for rank in (0, 1)]
    said = [process.communicate(timeout=280)[0] for process in (*several, start("one"))]
    assert [process.returncode for process in several] == [0, 0]
    assert "accuracy" in said[0]
    assert said[1] == "", "the first process alone speaks"
    one, two = (load_file(tmp_path / name / "weights.safetensors") for name in ("one", "two"))
    start = TextEncoder.load(str(encoder), 1).tail.state_dict(prefix="tail.")

    def apart(some: dict, others: dict) -> float:
        return sum((some[name] - others[name]).square().sum().item() for name in start) ** 0.5

    # Sums in another order, and in bfloat16 where the processor has it.
    assert apart(one, two) < 0.002 * apart(one, start)

"""The same work done straightforwardly, as the library's examples do it. Only `benchmark speed` uses this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.model.loading import Loaded
from ans.model.phase_one import closed_set_classifier, closed_set_loss

BATCH = 32


def mean_features(loaded: Loaded, texts: Sequence[str]) -> Tensor:
    """Features of a batch of texts, padded to its longest: the whole model, the mean over real tokens [B, d]."""
    given = loaded.tokenizer(list(texts), padding=True, truncation=True, max_length=96, return_tensors="pt")
    states = loaded.model(**given).last_hidden_state
    mask = given["attention_mask"].unsqueeze(-1)
    return (states * mask).sum(1) / mask.sum(1)


@torch.no_grad()
def encode(loaded: Loaded, texts: Sequence[str]) -> Tensor:
    """Features of all texts, in batches as they come, in float32 [N, d]."""
    loaded.model.eval()
    return torch.cat([mean_features(loaded, texts[i : i + BATCH]) for i in range(0, len(texts), BATCH)])


def one_epoch(loaded: Loaded, texts: list[str], labels: Tensor, config: TrainConfig) -> None:
    """Phase 1 for one pass: random batches through the whole model, of which the last layers are tuned."""
    model: Any = loaded.model
    model.requires_grad_(False)
    tuned: nn.ModuleList = model.encoder.layer[-config.trainable_layers :]
    tuned.requires_grad_(True)
    model.train()
    classifier = closed_set_classifier(model.config.hidden_size, int(labels.max()) + 1)
    groups = [
        {"params": list(classifier.parameters()), "lr": config.classifier_lr},
        {"params": list(tuned.parameters()), "lr": config.encoder_lr},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
    order = torch.randperm(len(texts), generator=torch.Generator().manual_seed(config.seed))
    for rows in order.split(config.batch_size):
        features = mean_features(loaded, [texts[int(i)] for i in rows])
        loss = closed_set_loss(classifier, features, labels[rows], config.label_smoothing)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*classifier.parameters(), *tuned.parameters()], 1.0)
        optimizer.step()

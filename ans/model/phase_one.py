"""Phase 1: the encoder's last layers are tuned with a closed-set classifier. A plain loop: no files, no page."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.events import Emit, ShouldStop, check_loss, stop_if
from ans.model.checkpoints import Checkpoint, Tuning
from ans.model.encoder import TextEncoder
from ans.model.few_texts import schedule
from ans.model.processes import processes
from ans.model.random_numbers import random_numbers_from
from ans.model.standardising import standardise
from ans.model.states import CachedStates, batches_by_length


def warmup_then_decay(step: int, total: int, warmup: float) -> float:
    """Factor on the learning rate: linear from near 0 to 1 over the first share of the steps, then linear down to 0."""
    rising = max(1, round(warmup * total))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (total - step) / max(1, total - rising))


def closed_set_classifier(dim: int, num_classes: int) -> nn.Sequential:
    """f_cls of section 3.1: one hidden layer as wide as the features, ReLU. [B, d] → [B, C]."""
    return nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, num_classes))


def num_outputs(classifier: nn.Sequential) -> int:
    """C of a closed-set classifier."""
    last = classifier[-1]
    if not isinstance(last, nn.Linear):
        raise TypeError(f"a closed-set classifier ends with a linear layer, got {type(last).__name__}.")
    return last.out_features


def phase_one(
    encoder: TextEncoder,
    num_classes: int,
    train: tuple[CachedStates, Tensor],
    dev: tuple[CachedStates, Tensor] | None,
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    checkpoint: Checkpoint | None = None,
) -> nn.Sequential:
    """A closed-set classifier, tuned together with the encoder's tail. The seed alone decides how it begins."""
    objective = partial(closed_set_loss, smoothing=config.label_smoothing)
    with random_numbers_from(config.seed):
        closed = closed_set_classifier(encoder.dim, num_classes).to(encoder.device)
        tune_encoder(encoder, closed, train, dev, config, emit, should_stop, objective, checkpoint)
    standardise(encoder, closed, train[0], config.standardising)
    return closed


def closed_set_loss(classifier: nn.Module, features: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy over the known classes (section 3.1), against a truth of which `smoothing` is spread evenly."""
    return F.cross_entropy(classifier(features), labels, label_smoothing=smoothing)


def tune_encoder(
    encoder: TextEncoder,
    classifier: nn.Module,
    train: tuple[CachedStates, Tensor],
    dev: tuple[CachedStates, Tensor] | None,
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    objective: Callable[[nn.Module, Tensor, Tensor], Tensor],
    checkpoint: Checkpoint | None = None,
) -> None:
    """Phase 1 (section 3.1): fine-tune the tail with a closed-set classifier.

    The best weights on dev accuracy stay; without dev texts those of the last pass, when the rates have come down to 0.

    Args:
        classifier: features [B, d] → class logits [B, C]. train, dev: cached prefix states and class indices [N].
        objective: classifier, features [B, d], labels [B] → loss; each baseline has its own.
        checkpoint: where it goes on from, if it was cut off, and keeps how far it is.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    states, labels = train
    device, planned, together = encoder.device, schedule(len(states), config), processes(config.device == "cpu")
    # An untouched encoder gives the same features in every pass: compute them once, and only the classifier learns.
    frozen = encoder.features(states).to(device) if not len(encoder.tail) else None
    dev_frozen = encoder.features(dev[0]) if dev is not None and frozen is not None else None
    total = planned.passes * math.ceil(len(states) / planned.batch)
    optimizer, rates = _optimizer(encoder, classifier, config, total)
    learnt, checkpoint = nn.ModuleList([encoder.tail, classifier]), checkpoint or Checkpoint()
    now = Tuning(learnt, optimizer, rates, torch.Generator().manual_seed(config.seed))
    checkpoint.read(now)

    while now.epoch < planned.passes and now.waited < planned.patience:
        learnt.train()
        for rows in batches_by_length(states.lengths, planned.batch, now.order):
            stop_if(should_stop)
            rows, weight = together.share(rows)
            features = encoder(*states.batch(rows, device)) if frozen is None else frozen[rows]
            loss = weight * objective(classifier, features, labels[rows].to(device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            together.average(learnt.parameters())
            nn.utils.clip_grad_norm_(learnt.parameters(), 1.0)
            optimizer.step()
            rates.step()
            now.step += 1
            check_loss(loss.item(), "the encoder", "encoder_lr or classifier_lr")
            emit({"phase": "encoder", "step": now.step, "steps": total, "loss": loss.item()})
        now.epoch += 1
        if dev is not None:
            learnt.eval()
            features = encoder.features(dev[0]) if dev_frozen is None else dev_frozen
            with torch.no_grad():
                accuracy = (classifier(features.to(device)).argmax(1).cpu() == dev[1]).float().mean().item()
            accuracy = together.agreed(accuracy, device)
            emit({"phase": "encoder", "step": now.step, "steps": total, "epoch": now.epoch, "dev_accuracy": accuracy})
            now.waited += 1
            if accuracy > now.best:
                now.best, now.waited = accuracy, 0
                now.best_weights = {name: value.detach().clone() for name, value in learnt.state_dict().items()}
        checkpoint.keep(now, last=now.epoch == planned.passes or now.waited >= planned.patience)
    if now.best_weights:
        learnt.load_state_dict(now.best_weights)
    learnt.eval()


def _optimizer(
    encoder: TextEncoder, classifier: nn.Module, config: TrainConfig, total: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    """AdamW with a rate for the classifier and one for the tail, which rise and fall over `total` steps."""
    groups = [{"params": list(classifier.parameters()), "lr": config.classifier_lr}]
    if len(encoder.tail):
        groups.append({"params": list(encoder.tail.parameters()), "lr": config.encoder_lr})
    optimizer = torch.optim.AdamW(groups, weight_decay=config.weight_decay, fused=True)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: warmup_then_decay(i, total, config.warmup))

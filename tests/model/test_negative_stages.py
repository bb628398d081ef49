"""How a negative is made, stage by stage: the stages are Algorithm 1's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ans.model.fitted import Fitted
from ans.model.negative_stages import NegativeStages, negative_stages
from ans.model.negatives import synthesize
from ans.model.trained_model import TrainedModel
from ans.serving.maps.staged import staged_map


@pytest.fixture(scope="module")
def stages(classifier) -> NegativeStages:
    return negative_stages(classifier, "card_lost", 30, seed=5)


def test_the_stages_end_where_synthesize_ends(classifier, stages):
    m, config = classifier.labels.index("card_lost"), classifier.config
    view = classifier.heads.split(classifier.train_features)[0]
    generator = torch.Generator().manual_seed(5)
    torch.randperm(40, generator=generator)  # the draw of the texts comes first
    made = synthesize(
        view[stages.rows].unsqueeze(0),
        classifier.shells[0].only(m),
        lambda points: classifier.heads.views[0](points, only=m),
        generator,
        **config.shell,
    )
    assert torch.allclose(stages.features[-1], made[0], atol=1e-5)


def test_they_begin_at_training_texts_of_the_class_and_end_in_the_shell(classifier, stages):
    assert stages.kinds == ["positives", "noise", *["ascent"] * 5, "projection"]
    assert set(classifier.train_targets[stages.rows].tolist()) == {classifier.labels.index("card_lost")}
    view = classifier.heads.split(classifier.train_features)[0]
    assert torch.equal(stages.features[0], view[stages.rows])
    assert (stages.own[0] == 0).all()
    assert (stages.nearest[0] == 0).all()
    assert (stages.own[-1] >= stages.radius * (1 - 1e-4)).all()
    assert (stages.own[-1] <= stages.gamma * stages.radius * (1 + 1e-4)).all()
    assert (stages.nearest <= stages.own + 1e-4).all()


def test_each_step_of_the_ascent_raises_the_heads_loss(stages):
    losses = stages.losses[1:-1]  # noise and five steps
    assert (losses.diff() > 0).all()
    assert torch.allclose(stages.losses[1], torch.nn.functional.softplus(stages.logits[1]).mean())


@pytest.mark.parametrize(
    ("negatives", "kinds"),
    [
        ("noise", ["positives", "noise"]),
        ("noise+projection", ["positives", "noise", "projection"]),
        ("noise+ascent", ["positives", "noise", *["ascent"] * 5]),
    ],
)
def test_a_model_without_ascent_or_projection_shows_none(classifier, negatives, kinds):
    other = TrainedModel(replace(classifier.config, negatives=negatives), classifier.fitted, {})
    assert negative_stages(other, "card_lost", 5).kinds == kinds


@pytest.mark.parametrize("space", ["hidden", "features"])
def test_on_the_map_the_points_begin_on_their_texts_and_move_away(classifier, stages, space):
    drawn = staged_map(classifier, "card_lost", stages, space)
    assert drawn.positives.shape == (40, 2)
    assert drawn.known_negatives.shape == (120, 2)
    assert drawn.moving.shape == (8, 30, 2)
    distance = abs(drawn.moving[0][:, None] - drawn.positives[None]).sum(2).min(1)
    assert distance.max() < 1e-3
    assert abs(drawn.moving[-1] - drawn.moving[0]).sum(1).min() > 0


def test_a_class_the_model_does_not_know_has_no_stages(classifier):
    with pytest.raises(ValueError, match=r"^'lunch' is no known class of this model; choose one from the list\.$"):
        negative_stages(classifier, "lunch", 5)


@pytest.mark.parametrize("spread", [0.0, 2e-7])
def test_a_class_whose_texts_coincide_shows_negatives_in_its_shell_too(classifier, spread):
    m, fitted = classifier.labels.index("card_lost"), classifier.fitted
    features = fitted.features.clone()
    own = fitted.targets == m
    noise = torch.randn(int(own.sum()), features.shape[1], generator=torch.Generator().manual_seed(0))
    features[own] = features[own][0] + spread * noise
    parts = {
        name: getattr(fitted, name)
        for name in ("labels", "encoder", "closed", "heads", "targets", "texts", "calibration")
    }
    coinciding = TrainedModel(
        classifier.config, Fitted.of(classifier.config, features=features, **parts), classifier.seconds
    )
    shown = negative_stages(coinciding, "card_lost", 20)
    assert shown.radius > 0.1
    assert (shown.own[1] > 0).all(), "noise moves every point off its text"
    assert (shown.own[-1] >= shown.radius * (1 - 1e-4)).all()
    assert (shown.own[-1] <= shown.gamma * shown.radius * (1 + 1e-4)).all()

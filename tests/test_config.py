"""TrainConfig: what it accepts, what it says when it doesn't, and that it survives being written down."""

import json
import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from ans.config import STARTER, TrainConfig, setting

BOUNDED = [spec for spec in fields(TrainConfig) if spec.metadata["low"] is not None]
CHOSEN = [spec for spec in fields(TrainConfig) if spec.metadata["choices"] is not None]
WHOLE = [spec for spec in BOUNDED if "int" in spec.type]


def refusal(**values) -> str:
    """The sentence with which TrainConfig refuses these values."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the caller compares the whole sentence
        TrainConfig(**values)
    return str(caught.value)


def bounds_sentence(spec, value: object) -> str:
    """What a bounded field must say about a value it refuses."""
    kind = "a whole number" if "int" in spec.type else "a number"
    low, high = spec.metadata["low"], spec.metadata["high"]
    return f"{spec.name} must be {kind} between {low:.12g} and {high:.12g}, got {value!r}."


@pytest.mark.parametrize("spec", BOUNDED, ids=lambda spec: spec.name)
def test_each_bound_itself_is_accepted_and_the_next_value_is_refused_by_name(spec):
    low, high = spec.metadata["low"], spec.metadata["high"]
    step = 1 if spec in WHOLE else (high - low) / 1000
    assert getattr(TrainConfig(**{spec.name: low}), spec.name) == low
    assert getattr(TrainConfig(**{spec.name: high}), spec.name) == high
    for outside in (low - step, high + step):
        assert refusal(**{spec.name: outside}) == bounds_sentence(spec, outside)


@pytest.mark.parametrize("spec", BOUNDED, ids=lambda spec: spec.name)
@pytest.mark.parametrize("value", [True, math.nan, math.inf, 10**400, "5", [1]], ids=str)
def test_what_is_no_finite_number_is_refused_where_a_number_is_expected(spec, value):
    assert refusal(**{spec.name: value}) == bounds_sentence(spec, value)


def test_the_sentences_read_as_they_stand_here():
    assert refusal(known_ratio=1.5) == "known_ratio must be a number between 0 and 1, got 1.5."
    assert refusal(seed=-1) == "seed must be a whole number between 0 and 2147483647, got -1."
    assert refusal(known_classes="abc") == "known_classes must be a list of names, got 'abc'."
    assert refusal(epochs=0) == "epochs must be a whole number between 1 and 1000, got 0."
    assert refusal(epochs=None) == "epochs must have a value, got nothing; leave it out for 5."
    assert refusal(device="tpu") == "device must be one of auto, cpu, cuda, mps; got 'tpu'."
    assert refusal(known_classes=("a", "a")) == (
        "known_classes must name at least two different classes, got a; "
        "name more, or leave it empty and set known_ratio."
    )


@pytest.mark.parametrize("spec", WHOLE, ids=lambda spec: spec.name)
def test_a_broken_number_is_refused_where_a_whole_one_is_expected(spec):
    value = spec.metadata["low"] + 0.5
    assert refusal(**{spec.name: value}) == bounds_sentence(spec, value)


@pytest.mark.parametrize("spec", CHOSEN, ids=lambda spec: spec.name)
def test_a_choice_outside_the_list_is_refused_with_the_list(spec):
    for choice in spec.metadata["choices"]:
        assert getattr(TrainConfig(**{spec.name: choice}), spec.name) == choice
    expected = f"{spec.name} must be one of {', '.join(spec.metadata['choices'])}; got 'ANS'."
    assert refusal(**{spec.name: "ANS"}) == expected


@pytest.mark.parametrize("spec", fields(TrainConfig), ids=lambda spec: spec.name)
def test_only_fields_that_are_empty_by_default_may_be_empty(spec):
    if spec.default is None:
        assert getattr(TrainConfig(**{spec.name: None}), spec.name) is None
    else:
        expected = f"{spec.name} must have a value, got nothing; leave it out for {spec.default!r}."
        assert refusal(**{spec.name: None}) == expected


@pytest.mark.parametrize("spec", fields(TrainConfig), ids=lambda spec: spec.name)
def test_each_field_explains_itself_and_its_default_is_valid(spec):
    about = setting(spec.name)
    assert len(about["explanation"]) > 10
    assert getattr(TrainConfig(), spec.name) == about["default"] == spec.default


def test_values_take_the_type_of_their_field():
    config = TrainConfig(epochs=3.0, gamma=2, known_classes=["b", "a"])
    assert (type(config.epochs), type(config.gamma)) == (int, float)
    assert config.known_classes == ("b", "a")


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(),
        STARTER,
        TrainConfig(known_classes=["b", "a"], head_steps=7, fixed_radius=8, data_dir="somewhere", negatives="noise"),
    ],
    ids=["default", "starter", "changed"],
)
def test_a_config_comes_back_equal_from_json(config):
    assert TrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_every_field_is_written_down():
    assert list(TrainConfig().to_dict()) == [spec.name for spec in fields(TrainConfig)]


def test_unknown_names_are_refused_together_with_the_known_ones():
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the whole sentence is compared
        TrainConfig.from_dict({"epochs": 3, "speed": 1, "colour": 2})
    names = sorted(spec.name for spec in fields(TrainConfig))
    assert str(caught.value) == f"unknown settings colour, speed; this version knows {', '.join(names)}."


def test_a_changed_copy_is_validated_and_the_original_stays():
    config = TrainConfig(seed=1)
    assert config.with_(seed=2) == TrainConfig(seed=2)
    assert config.seed == 1
    with pytest.raises(ValueError, match=r"^seed must be a whole number"):
        config.with_(seed=-1)
    with pytest.raises(FrozenInstanceError):
        config.seed = 3


def test_asking_for_the_setting_of_no_field_is_an_error():
    with pytest.raises(KeyError, match="speed"):
        setting("speed")


def test_numbers_of_numpy_are_numbers():
    config = TrainConfig(head_steps=np.int64(40), gamma=np.float32(3), seed=np.uint8(4), refused=np.float64(0.5))
    assert (config.head_steps, config.gamma, config.seed, config.refused) == (40, 3.0, 4, 0.5)
    assert [type(one) for one in (config.head_steps, config.gamma, config.seed)] == [int, float, int]
    for odd in (np.bool_(True), np.float64("nan"), np.array([3]), 3 + 0j):
        with pytest.raises(ValueError, match="head_steps must be a whole number between 1 and 100000, got "):
            TrainConfig(head_steps=odd)

"""States of the frozen layers on disk: found again, shared, checked, bounded; and nothing else than computed ones."""

import logging
import os

import pytest
import torch

from ans.config import TrainConfig
from ans.model import kept_states
from ans.model.encoder import TextEncoder
from ans.model.kept_states import NOT_KEPT, KeptStates
from ans.model.phase_one import closed_set_classifier, closed_set_loss
from ans.model.precision import can_round, rounded
from ans.model.states import CachedStates
from ans.model.trained_model import TrainedModel
from ans.workflows.experiment import states_kept

LONG = "a text that is longer than the window of the encoder and is therefore read in several pieces, " * 4
TEXTS = ["hello", "what is my balance?", LONG, "hello", "book a table for two at eight", "play some jazz"]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder.load("minilm", max_tokens=32)


def counted(encoder: TextEncoder, monkeypatch) -> list[int]:
    """How many texts the encoder computes from now on, each time it computes some to keep them."""
    counts, compute = [], encoder.cache_pieces

    def counting(pieces, *given, **named) -> CachedStates:
        if "each_batch" in named:  # `cache` gives it by its place
            counts.append(len(pieces))
        return compute(pieces, *given, **named)

    monkeypatch.setattr(encoder, "cache_pieces", counting)
    return counts


@pytest.fixture
def computed(encoder, monkeypatch) -> list[int]:
    """The same for the encoder of the module."""
    return counted(encoder, monkeypatch)


def assert_equal(found: CachedStates, expected: CachedStates, exactly: bool = False) -> None:
    assert torch.equal(found.lengths, expected.lengths)
    assert torch.equal(found.starts, expected.starts)
    assert (found.pieces is None) == (expected.pieces is None)
    if found.pieces is not None and expected.pieces is not None:
        assert torch.equal(found.pieces, expected.pieces)
    assert torch.allclose(found.flat, expected.flat, atol=0 if exactly else 1e-5, rtol=0)


def files(kept: KeptStates) -> list:
    assert kept.folder is not None
    return sorted(kept.folder.glob("*/*.safetensors"))


def test_what_was_computed_once_is_read_again_and_is_the_same(encoder, computed, tmp_path):
    kept = KeptStates(tmp_path)
    first, again = kept.of(encoder, TEXTS), kept.of(encoder, TEXTS)
    assert computed == [len(set(TEXTS))], "a text that comes twice is computed once"
    assert_equal(first, encoder.cache(TEXTS))
    assert_equal(again, first, exactly=True)


def test_texts_of_other_draws_are_put_together_from_several_files_and_the_rest_is_computed(
    encoder, computed, tmp_path, monkeypatch
):
    monkeypatch.setattr(kept_states, "FILE_BYTES", 8_000)
    kept, told = KeptStates(tmp_path), []
    kept.of(encoder, TEXTS[:3])
    kept.of(encoder, TEXTS[4:])
    assert len(files(kept)) > 2
    wanted = [*reversed(TEXTS), "a new one"]
    found = kept.of(encoder, wanted, lambda done, total: told.append((done, total)))
    assert computed == [3, 2, 1]
    assert told[-1] == (len(wanted), len(wanted))
    assert_equal(found, encoder.cache(wanted))


def test_phase_one_has_the_same_gradients_from_kept_states(encoder, tmp_path):
    kept = KeptStates(tmp_path)
    kept.of(encoder, TEXTS[1:])
    torch.manual_seed(0)
    classifier, labels = closed_set_classifier(encoder.dim, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    gradients = []
    for states in (encoder.cache(TEXTS), kept.of(encoder, TEXTS)):
        encoder.zero_grad()
        features = encoder(*states.batch(torch.arange(len(TEXTS)), encoder.device))
        closed_set_loss(classifier, features, labels, 0.1).backward()
        gradients.append([parameter.grad.clone() for parameter in encoder.tail.parameters()])
    for computed, from_disk in zip(*gradients, strict=True):
        assert computed.norm() > 0
        # What differs is the rounding of float32 in other batches, as bfloat16 amplifies it where the CPU has that.
        assert (computed - from_disk).norm() < 0.02 * computed.norm()


def test_the_same_training_from_kept_states_ends_with_the_same_numbers(tmp_path):
    config = TrainConfig(epochs=1, least_updates=0, head_steps=3, folds=0, device="cpu")
    texts = [f"{what} number {i}" for what in ("the balance of account", "play song") for i in range(6)]
    labels = ["money"] * 6 + ["music"] * 6
    runs = [
        TrainedModel.trained_on(config, texts, labels, kept_states=kept)
        for kept in (NOT_KEPT, KeptStates(tmp_path), KeptStates(tmp_path))
    ]
    plain, first, again = (model.answers(model.train_features).logits for model in runs)
    assert torch.equal(plain, first)
    assert torch.equal(first, again)


@pytest.mark.parametrize("damage", ["cut off", "one bit", "no such format", "of another width"])
def test_a_file_that_is_damaged_or_of_something_else_is_computed_again(
    encoder, computed, tmp_path, damage, monkeypatch, caplog
):
    kept = KeptStates(tmp_path)
    whole = kept.of(encoder, TEXTS)
    (path,) = files(kept)
    held = bytearray(path.read_bytes())
    if damage == "cut off":
        path.write_bytes(held[: len(held) // 2])
    elif damage == "one bit":
        held[-1] ^= 1
        path.write_bytes(held)
    elif damage == "no such format":
        path.write_bytes(b"texts,labels\n")
    else:
        monkeypatch.setattr(encoder, "width", 2 * encoder.width)
        shelf = kept_states._Shelf(path.parent, encoder.width)
        monkeypatch.undo()
        assert shelf.read([kept_states._key(own) for own in encoder.tokens.pieces(TEXTS)]) == {}
        assert not path.exists()
        return
    with caplog.at_level(logging.WARNING, "ans.model"):
        assert_equal(kept.of(encoder, TEXTS), whole, exactly=True)
    assert computed == [5, 5]
    assert "computed again" in caplog.text
    assert_equal(kept.of(encoder, TEXTS), whole, exactly=True)
    assert computed == [5, 5], "what was computed again is kept again"


def test_another_encoder_or_other_layers_find_nothing_of_these(encoder, tmp_path):
    kept = KeptStates(tmp_path)
    kept.of(encoder, TEXTS)
    other = TextEncoder.load("minilm", trainable_layers=1, max_tokens=32)
    assert_equal(kept.of(other, TEXTS), other.cache(TEXTS))
    assert len({path.parent for path in files(kept)}) == 2


@pytest.mark.skipif(not can_round(torch.device("cpu")), reason="this processor has no bfloat16")
def test_states_of_another_precision_are_not_taken_for_these(encoder, tmp_path):
    kept = KeptStates(tmp_path)
    with rounded():
        rough = kept.of(encoder, TEXTS)
        assert_equal(kept.of(encoder, TEXTS), rough, exactly=True)
    exact = kept.of(encoder, TEXTS)
    assert_equal(exact, encoder.cache(TEXTS))
    assert (exact.flat - rough.flat).abs().max() > 1e-4


def test_another_window_cuts_texts_into_other_tokens_and_finds_only_those_that_are_the_same(
    encoder, tmp_path, monkeypatch
):
    kept = KeptStates(tmp_path)
    kept.of(encoder, TEXTS)
    wider = TextEncoder.load("minilm", max_tokens=64)
    counts = counted(wider, monkeypatch)
    assert_equal(kept.of(wider, TEXTS), wider.cache(TEXTS))
    assert counts == [1], "the long text alone"


def test_what_was_not_used_for_the_longest_time_goes_first_when_the_limit_is_reached(encoder, computed, tmp_path):
    room = KeptStates(tmp_path)
    room.of(encoder, ["one old text"])
    (old,) = files(room)
    room.of(encoder, ["another text here"])
    (used,) = set(files(room)) - {old}
    for age, path in enumerate((old, used)):
        os.utime(path, ns=(age, age))
    room.of(encoder, ["one old text"])  # which makes the older one the one that was used last
    narrow = KeptStates(tmp_path, most_bytes=sum(path.stat().st_size for path in files(room)))
    narrow.of(encoder, ["yes"])
    assert old.exists()
    assert not used.exists()
    before = len(computed)
    narrow.of(encoder, ["one old text", "yes"])
    assert len(computed) == before


def test_a_file_that_does_not_fit_the_memory_now_is_kept(encoder, tmp_path, monkeypatch):
    kept = KeptStates(tmp_path)
    kept.of(encoder, TEXTS)
    (path,) = files(kept)
    monkeypatch.setattr(kept_states, "_checksum", lambda *_: torch.empty(1 << 55))
    shelf = kept_states._Shelf(path.parent, encoder.width)
    assert shelf.read([kept_states._key(own) for own in encoder.tokens.pieces(TEXTS)]) == {}
    assert path.exists()


def test_a_disk_that_takes_nothing_costs_time_alone(encoder, tmp_path, caplog):
    (tmp_path / "full").write_text("no folder can be made here")
    kept = KeptStates(tmp_path / "full")
    with caplog.at_level(logging.WARNING, "ans.model"):
        assert_equal(kept.of(encoder, TEXTS), encoder.cache(TEXTS))
    assert "could not be kept" in caplog.text


def test_states_of_own_texts_are_never_kept(tmp_path):
    assert states_kept(TrainConfig(dataset=str(tmp_path / "mine.csv"))) is NOT_KEPT
    assert states_kept(TrainConfig()).folder is not None

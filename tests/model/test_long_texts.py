"""A text that is longer than the encoder's window is read in pieces, and its feature is the average of theirs."""

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast

from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.tokens import MOST_PIECES, Tokens

# Each is one token of MiniLM's tokenizer.
WORDS = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "red", "blue", "green", "black", "white", "cat", "dog", "horse", "bird", "fish",
]  # fmt: skip
WINDOW = 12  # of which two are the special tokens


@pytest.fixture(scope="module")
def encoder(tiny_encoder_folder) -> TextEncoder:
    """With a window of ten words."""
    return TextEncoder.load(str(tiny_encoder_folder), 1, max_tokens=WINDOW)


def features(encoder: TextEncoder, *texts: str) -> torch.Tensor:
    return encoder.features(encoder.cache(list(texts)))


def text(*words: str) -> str:
    return " ".join(words)


def test_a_text_of_two_windows_is_the_mean_of_its_halves(encoder):
    halves = features(encoder, text(*WORDS[:10]), text(*WORDS[10:]))
    torch.testing.assert_close(features(encoder, text(*WORDS))[0], halves.mean(0), rtol=0, atol=1e-5)


def test_a_text_that_just_fits_is_read_at_once(encoder):
    assert encoder.tokens.pieces([text(*WORDS[:10])]) == [encoder.tokens.cut([text(*WORDS[:10])])]


def test_pieces_are_as_few_as_it_takes_and_of_like_length(encoder):
    (pieces,) = encoder.tokens.pieces([text(*WORDS[:14])])
    assert [len(piece) - 2 for piece in pieces] == [7, 7]
    assert all((piece[0], piece[-1]) == (101, 102) for piece in pieces)
    assert [token for piece in pieces for token in piece[1:-1]] == encoder.tokens._plain(text(*WORDS[:14]))


def test_a_long_text_has_the_same_feature_alone_and_among_short_ones_in_any_order(encoder):
    texts = ["hi", text(*WORDS), text(*WORDS[:10]), text(*WORDS, *WORDS, "and more"), ""]
    alone = torch.cat([features(encoder, one) for one in texts])
    torch.testing.assert_close(features(encoder, *texts), alone, rtol=0, atol=1e-5)
    torch.testing.assert_close(features(encoder, *texts[::-1]).flip(0), alone, rtol=0, atol=1e-5)


def test_states_of_some_texts_keep_their_pieces(encoder):
    texts = ["hi", text(*WORDS), "what is this", text(*WORDS, *WORDS)]
    states, rows = encoder.cache(texts), torch.tensor([3, 0, 1])
    torch.testing.assert_close(encoder.features(states.only(rows)), encoder.features(states)[rows], rtol=0, atol=1e-5)


def test_what_comes_after_the_last_piece_is_cut_off(encoder):
    most = text(*(WORDS * MOST_PIECES)[: 10 * MOST_PIECES])
    assert [len(pieces) for pieces in encoder.tokens.pieces([most])] == [MOST_PIECES]
    assert torch.equal(features(encoder, most + " and so on"), features(encoder, most))


def test_a_text_of_a_million_characters_is_not_read_to_its_end(encoder, monkeypatch):
    seen = []
    whole = encoder.tokens._plain
    monkeypatch.setattr(encoder.tokens, "_plain", lambda text: seen.append(len(text)) or whole(text))
    assert features(encoder, "word " * 200_000).isfinite().all()
    assert max(seen) <= 16 * WINDOW * MOST_PIECES


def test_cut_off_is_what_earlier_versions_did(tiny_encoder_folder):
    cut = TextEncoder.load(str(tiny_encoder_folder), 1, max_tokens=WINDOW, long_texts="cut")
    assert torch.equal(features(cut, text(*WORDS)), features(cut, text(*WORDS[:10])))


def test_each_piece_has_the_prompt(tiny_encoder_folder):
    prompted = TextEncoder.load(str(tiny_encoder_folder), 1, max_tokens=WINDOW, prompt="red cat ")
    (pieces,) = prompted.tokens.pieces([text(*WORDS[:16])])
    assert [prompted.tokens.tokenizer.decode(piece[1:-1]) for piece in pieces] == [
        text("red", "cat", *WORDS[:8]), text("red", "cat", *WORDS[8:16]),
    ]  # fmt: skip


def test_a_prompt_that_leaves_no_room_for_a_text_is_refused(tiny_encoder_folder):
    with pytest.raises(ValueError, match=r"leaves no room for a text in 6 tokens; raise max_tokens\."):
        TextEncoder.load(str(tiny_encoder_folder), 1, max_tokens=6, prompt=text(*WORDS[:4]))
    with pytest.raises(ValueError, match=r"prompt must have at most 500 characters, got 501\."):
        TrainConfig(prompt="x" * 501)


def test_texts_of_several_pieces_teach_the_tail(encoder):
    learner = TextEncoder.load(encoder.name, 1, max_tokens=WINDOW)
    states = learner.cache([text(*WORDS), "hi", text(*WORDS, *WORDS)])
    pooled = learner(*states.batch(torch.arange(3), learner.device))
    expected = features(encoder, text(*WORDS), "hi", text(*WORDS, *WORDS))
    torch.testing.assert_close(pooled.detach(), expected, rtol=0, atol=1e-2)  # learning may run in bfloat16
    pooled.square().sum().backward()
    assert all(one.grad is not None and one.grad.isfinite().all() for one in learner.tail.parameters())


def test_a_model_that_runs_whole_reads_long_texts_in_pieces_too(save_tiny_encoder):
    from tests.model.tiny_models import tiny_model

    whole = TextEncoder.load(str(save_tiny_encoder(tiny_model("RemBert"))), 1, max_tokens=WINDOW)
    assert whole.lower is None
    halves = features(whole, text(*WORDS[:10]), text(*WORDS[10:]))
    torch.testing.assert_close(features(whole, text(*WORDS))[0], halves.mean(0), rtol=0, atol=1e-5)


def test_each_piece_has_the_prompt_where_a_word_is_read_otherwise_behind_one():
    """As in tokenizers on bytes (RoBERTa's, ModernBERT's), where the space before a word is a part of it."""
    byte_level = Tokenizer(BPE())
    byte_level.pre_tokenizer = ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(special_tokens=["<pad>", "<s>", "</s>"], initial_alphabet=ByteLevel.alphabet())
    byte_level.train_from_iterator(["query: probe", "the zebra is a probe", text(*WORDS)] * 3, trainer)
    byte_level.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=byte_level, pad_token="<pad>")
    tokens = Tokens(tokenizer, "query: ", 24, MOST_PIECES)
    assert (tokens.before[0], tokens.after) == (1, [2])
    assert "query" in tokenizer.decode(tokens.before)
    (pieces,) = tokens.pieces([text(*WORDS, *WORDS)])
    assert len(pieces) > 1
    for piece in pieces:
        assert piece[: len(tokens.before)] == tokens.before
        assert piece[-1] == 2
        assert "probe" not in tokenizer.decode(piece)

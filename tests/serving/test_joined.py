"""Texts that wait together go through the model together, and each gets its own answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import torch

from ans.serving.joined import AT_ONE_TIME, MOST_TOGETHER, Joined


class Encoder:
    """Counts its passes, and holds the first ones up until they are let go."""

    def __init__(self) -> None:
        self.passes: list[list[str]] = []
        self.busy, self.go = threading.Semaphore(0), threading.Event()

    def __call__(self, texts: Sequence[str]) -> list[float]:
        self.passes.append(list(texts))
        self.busy.release()
        self.go.wait(30)
        if "bad" in texts:
            raise ValueError("no such text")
        return [float(len(text)) for text in texts]

    def keep_busy(self, joined: Joined[float], pool: ThreadPoolExecutor) -> list[Future[float]]:
        """As many passes as there may be at one time, each with one text."""
        asked = []
        for n in range(AT_ONE_TIME):
            asked.append(pool.submit(joined, "x" * (n + 1)))
            assert self.busy.acquire(timeout=30)
        return asked


def test_what_comes_while_the_encoder_is_busy_goes_through_it_next_together():
    encoder = Encoder()
    joined, texts = Joined(encoder), ["x" * n for n in range(2, 12)]
    with ThreadPoolExecutor(20) as pool:
        first = encoder.keep_busy(joined, pool)
        others = [pool.submit(joined, text) for text in texts]
        while len(joined._waiting) < len(texts):
            threading.Event().wait(0.01)
        encoder.go.set()
        assert [one.result(30) for one in first] == list(range(1, AT_ONE_TIME + 1))
        assert [other.result(30) for other in others] == [len(text) for text in texts]
    assert [len(one) for one in encoder.passes] == [*[1] * AT_ONE_TIME, len(texts)]


def test_no_more_than_so_many_go_together_and_nobody_is_forgotten():
    encoder = Encoder()
    joined, count = Joined(encoder), 2 * MOST_TOGETHER + 3
    with ThreadPoolExecutor(count) as pool:
        answers = [pool.submit(joined, "x" * (n + 1)) for n in range(count)]
        while len(joined._waiting) + sum(map(len, encoder.passes)) < count:
            threading.Event().wait(0.01)
        encoder.go.set()
        assert [one.result(30) for one in answers] == [n + 1 for n in range(count)]
    assert max(map(len, encoder.passes)) <= MOST_TOGETHER


def test_an_error_is_told_to_whoever_asked_for_that_text_and_not_to_those_it_was_joined_with():
    encoder = Encoder()
    joined = Joined(encoder)
    with ThreadPoolExecutor(3 + AT_ONE_TIME) as pool:
        first = encoder.keep_busy(joined, pool)[0]
        fine, bad, long = (pool.submit(joined, text) for text in ("fine", "bad", "longer"))
        while len(joined._waiting) < 3:
            threading.Event().wait(0.01)
        encoder.go.set()
        assert [one.result(30) for one in (first, fine, long)] == [1, 4, 6]
        with pytest.raises(ValueError, match="no such text"):
            bad.result(30)


def test_after_an_error_the_next_are_answered():
    encoder = Encoder()
    encoder.go.set()
    joined = Joined(encoder)
    with pytest.raises(ValueError, match="no such text"):
        joined("bad")
    assert joined("fine") == 4


def test_the_real_model_says_the_same_of_texts_that_were_joined(classifier):
    texts = ["wake me up at seven", "i lost my card", "do fish sleep", "book a flight to oslo please, on monday"]
    joined = Joined(lambda some: classifier.features(some).split(1))
    with ThreadPoolExecutor(4) as pool:
        together = torch.cat(list(pool.map(joined, texts * 8)))
    alone = torch.cat([classifier.features([text]) for text in texts * 8])
    assert torch.allclose(together, alone, atol=1e-4)
    assert torch.equal(classifier.decide(together)[0], classifier.decide(alone)[0])

"""One more known class for a trained classifier: it is learnt, and nothing else moves."""

from __future__ import annotations

import pytest
import torch

from ans.data.corpora import load_corpus
from ans.model.trained_model import TrainedModel
from tests.assistant_texts import training_texts_of

LABEL = "password_reset"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Thirty training texts of a class that the shared classifier has never seen."""
    return training_texts_of(LABEL)[:30]


@pytest.fixture(scope="module")
def grown(classifier, texts) -> TrainedModel:
    return classifier.add_class(LABEL, texts)


def test_the_new_class_is_answered_for_most_of_its_test_texts_and_was_open_before(classifier, grown):
    test = load_corpus("assistant").test
    own = [text for text, label in zip(test.texts, test.labels, strict=True) if label == LABEL]
    before = [answer.label for answer in classifier.explain(own)]
    after = [answer.label for answer in grown.explain(own)]
    assert before.count(None) > 0.6 * len(own)
    assert after.count(LABEL) > 0.5 * len(own)


def test_every_other_head_row_and_feature_keeps_every_bit(classifier, grown, small_split):
    count = len(classifier.labels)
    assert grown.labels == [*classifier.labels, LABEL]
    assert grown.encoder is classifier.encoder
    for old, new in zip(classifier.heads.parameters(), grown.heads.parameters(), strict=True):
        assert torch.equal(old, new[:count])
    for old, new in zip(classifier.closed.parameters(), grown.closed.parameters(), strict=True):
        assert torch.equal(old, new[: len(old)])
    features = classifier.features(small_split.test.texts)
    assert torch.allclose(classifier.head_logits(features), grown.head_logits(features)[:, :count], atol=1e-5)


def test_the_classifier_it_came_from_stays_as_it_was(classifier, grown):
    assert LABEL not in classifier.labels
    assert len(classifier.train_texts) + 30 == len(grown.train_texts)
    assert classifier.heads.num_classes + 1 == grown.heads.num_classes


def test_known_texts_keep_their_answers(classifier, grown, small_split):
    known = [
        text for text, label in zip(small_split.test.texts, small_split.test.labels, strict=True) if label != "oos"
    ]
    before = [answer.label for answer in classifier.explain(known)]
    after = [answer.label for answer in grown.explain(known)]
    assert sum(a == b for a, b in zip(before, after, strict=True)) > 0.95 * len(known)


def test_it_is_the_same_after_saving_and_loading(grown, texts, tmp_path):
    grown.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model", "cpu")
    assert again.labels == grown.labels
    assert again.config.known_classes == tuple(grown.labels)
    assert torch.equal(again.head_logits(again.features(texts)), grown.head_logits(grown.features(texts)))


def test_the_same_texts_give_the_same_head(classifier, grown, texts):
    again = classifier.add_class(LABEL, texts)
    for one, other in zip(grown.heads.parameters(), again.heads.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (" ", "the new class needs a name"),
        ("card_lost", "'card_lost' is a known class already; choose another name."),
        ("OOS", "'OOS' stands for texts of no known class; choose another name."),
    ],
)
def test_a_name_that_can_be_no_new_class_is_refused(classifier, texts, label, message):
    with pytest.raises(ValueError, match=message):
        classifier.add_class(label, texts)


def test_too_few_different_texts_are_refused(classifier):
    with pytest.raises(
        ValueError, match=r"^a new class needs at least 3 different texts, got 2; add texts of 'gym'\.$"
    ):
        classifier.add_class("gym", ["is the gym open", "gym hours", "gym hours"])

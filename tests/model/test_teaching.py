"""A trained classifier learns corrections: they are right afterwards, and what nobody corrected stays as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ans.conventions import OPEN
from ans.data.corpora import load_corpus, targets
from ans.data.corrections import corrected
from ans.model.trained_model import TrainedModel


@pytest.fixture(scope="module")
def test_part():
    """Every test text of the bundled dataset, of which the shared classifier knows four classes."""
    return load_corpus("assistant").test


@pytest.fixture(scope="module")
def wrong(classifier, test_part) -> dict[str, str | None]:
    """Test texts that the shared classifier answers wrongly, half of them known, with their right answer."""
    answers = classifier.explain(test_part.texts, 1, 0)
    truths = [label if label in classifier.labels else None for label in test_part.labels]
    found = {one.text: truth for one, truth in zip(answers, truths, strict=True) if one.label != truth}
    lost = [text for text, truth in found.items() if truth is not None][:10]
    let_in = [text for text, truth in found.items() if truth is None][:10]
    assert len(lost) > 2
    assert len(let_in) > 2
    return {text: found[text] for text in [*lost, *let_in]}


@pytest.fixture(scope="module")
def learnt(classifier, wrong) -> TrainedModel:
    return classifier.teach(list(wrong), list(wrong.values()))


def test_corrected_texts_are_answered_as_they_were_corrected(learnt, wrong):
    right = [one.label == wrong[one.text] for one in learnt.explain(list(wrong), 1, 0)]
    assert sum(right) >= 0.9 * len(right)


def test_texts_that_nobody_corrected_are_no_worse_on_the_whole(classifier, learnt, wrong, test_part):
    rest = [
        (text, label) for text, label in zip(test_part.texts, test_part.labels, strict=True)
        if text not in wrong
    ]  # fmt: skip
    truth = torch.tensor(targets([label for _, label in rest], classifier.labels))
    features = classifier.features([text for text, _ in rest])
    before, after = ((model.decide(features)[0] == truth).double().mean() for model in (classifier, learnt))
    assert after > before - 0.02


def test_the_encoder_is_shared_and_the_model_that_was_taught_stays_as_it_was(classifier, learnt, wrong):
    assert learnt.encoder is classifier.encoder
    assert all(one.label != wrong[one.text] for one in classifier.explain(list(wrong), 1, 0))
    assert not set(wrong) & set(classifier.train_texts)


def test_the_same_corrections_make_the_same_model(classifier, learnt, wrong):
    again = classifier.teach(list(wrong), list(wrong.values()))
    for one, other in zip(learnt.heads.parameters(), again.heads.parameters(), strict=True):
        assert torch.equal(one, other)


def test_known_corrections_become_training_texts_and_open_ones_are_negatives_of_every_head(classifier, learnt, wrong):
    known = [text for text, label in wrong.items() if label is not None]
    assert learnt.train_texts == [*classifier.train_texts, *known]
    assert len(learnt.fitted.outside) == len(classifier.fitted.outside) + len(wrong) - len(known)


def test_a_name_that_no_class_has_becomes_a_class_even_from_one_text(classifier):
    learnt = classifier.teach(["water the ferns on the balcony"], ["gardening"])
    assert learnt.labels == [*classifier.labels, "gardening"]
    assert learnt.explain("water the ferns on the balcony").label == "gardening"
    assert learnt.config.known_classes == tuple(learnt.labels)


def test_what_was_said_of_a_text_last_counts(classifier):
    text, other = classifier.train_texts[0], classifier.labels[1]
    assert classifier.labels[int(classifier.train_targets[0])] != other
    learnt = classifier.teach([text, text], [None, other])
    assert learnt.train_texts.count(text) == 1
    assert learnt.labels[int(learnt.train_targets[learnt.train_texts.index(text)])] == other
    back = learnt.teach([text], [None])
    assert text not in back.train_texts
    assert len(learnt.teach([text], [None]).teach([text], [other]).fitted.outside) == len(learnt.fitted.outside)


def test_a_taught_model_is_the_same_after_saving_and_loading(learnt, wrong, tmp_path):
    learnt.save(tmp_path / "model")
    loaded = TrainedModel.load(tmp_path / "model", "cpu")
    texts = list(wrong)
    assert [one.label for one in loaded.explain(texts)] == [one.label for one in learnt.explain(texts)]


def test_every_spelling_of_no_class_in_a_file_is_open(classifier):
    said = corrected(["one way", "other way"], ["Out of Scope", "open"], classifier.labels)
    learnt = classifier.teach(list(said), list(said.values()))
    assert learnt.labels == classifier.labels
    assert learnt.decide(learnt.features(["one way", "other way"]))[0].tolist() == [OPEN, OPEN]


@pytest.mark.parametrize(
    ("texts", "labels", "said"),
    [
        ([], [], "no correction to learn from"),
        (["a text"], [], "1 texts and 0 labels"),
        (["a text"], [" "], "needs a text and a label"),
        (["  "], [None], "needs a text and a label"),
    ],
)
def test_what_is_no_correction_is_refused(classifier, texts, labels, said):
    with pytest.raises(ValueError, match=said):
        classifier.teach(texts, labels)


def test_a_class_does_not_lose_its_last_text_unless_it_is_given_another(classifier):
    label = classifier.labels[0]
    own = [t for t, m in zip(classifier.train_texts, classifier.train_targets.tolist(), strict=True) if m == 0]
    with pytest.raises(ValueError, match=f"'{label}' would lose its last text"):
        classifier.teach(own, [None] * len(own))
    kept = classifier.teach([*own, "quite another text"], [*([None] * len(own)), label])
    assert kept.labels == classifier.labels
    assert set(kept.train_texts).isdisjoint(own)
    assert [kept.labels[m] for m, t in zip(kept.train_targets, kept.train_texts, strict=True) if "another" in t] == [
        label
    ]
    answers = [one.label for one in kept.explain([*own, "quite another text"], 1, 0)]
    assert answers[:-1].count(label) <= 0.1 * len(own), "what was said of them before counts no more"


def test_two_classes_that_had_each_others_texts_are_put_right(classifier):
    first, second = classifier.labels[:2]
    own = [
        [t for t, m in zip(classifier.train_texts, classifier.train_targets.tolist(), strict=True) if m == place]
        for place in (0, 1)
    ]
    learnt = classifier.teach([*own[0], *own[1]], [second] * len(own[0]) + [first] * len(own[1]))
    assert len(learnt.train_texts) == len(classifier.train_texts)
    said = dict(zip(learnt.train_texts, (learnt.labels[m] for m in learnt.train_targets), strict=True))
    assert {said[text] for text in own[0]} == {second}
    assert {said[text] for text in own[1]} == {first}


def test_an_open_text_that_is_corrected_to_a_class_is_no_negative_any_more_however_many_there_are(
    classifier, test_part
):
    outside = [text for text, label in zip(test_part.texts, test_part.labels, strict=True) if label == "oos"][:60]
    fitted = replace(classifier.fitted, outside=classifier.features(outside))
    model = TrainedModel(classifier.config, fitted, classifier.seconds)
    corrected = outside[:30]
    learnt = model.teach(corrected, [classifier.labels[0]] * len(corrected))
    assert len(learnt.fitted.outside) == len(outside) - len(corrected)

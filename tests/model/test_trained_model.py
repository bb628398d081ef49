"""A trained model: what it answers, that it is the same after saving, what it refuses."""

import copy
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ans.config import TrainConfig
from ans.conventions import OPEN, Prediction
from ans.events import Emit, ShouldStop, TrainingStopped, never, silent
from ans.model.calibration import Calibration
from ans.model.trained_model import TrainedModel

TEXTS = ["book a flight to Rome", "please book me a seat on a plane", "I need a flight to Paris", "fly me to Oslo"] * 3
TEXTS += ["I lost my card", "my bank card is gone", "where is my card, I can't find it", "card lost, block it"] * 3
LABELS = ["flight"] * 12 + ["card"] * 12
SHORT = TrainConfig(device="cpu", epochs=1, head_steps=6, seed=3)


def fit(config: TrainConfig, emit: Emit = silent, should_stop: ShouldStop = never, **changes) -> TrainedModel:
    """A model trained on TEXTS."""
    return TrainedModel.trained_on(config.with_(**changes), TEXTS, LABELS, emit=emit, should_stop=should_stop)


# Answers


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("wake me up at seven tomorrow morning", "alarm_set"),
        ("I lost my bank card on the train", "card_lost"),
        ("book me a flight to Rome next Monday", "flight_book"),
        ("I want to take Friday off", "leave_request"),
    ],
)
def test_a_typed_sentence_of_a_known_class_gets_that_class(classifier, text, label):
    answer = classifier.explain(text)
    assert isinstance(answer, Prediction)
    assert (answer.text, answer.label, answer.open) == (text, label, False)
    assert answer.score > 0


@pytest.mark.parametrize(
    "text", ["How far is Saturn from the sun?", "le chat dort sur le canapé", "xqzv blorp wug", "¿?", "", "42"]
)
def test_a_strange_foreign_or_nonsense_sentence_is_open(classifier, text):
    answer = classifier.explain(text)
    assert (answer.label, answer.open) == (None, True)
    assert answer.score < 0


def test_most_known_test_texts_keep_their_class_and_most_open_ones_are_rejected(classifier, small_split):
    answers, _ = classifier.decide(classifier.features(small_split.test.texts))
    truth = torch.tensor(small_split.test_targets)
    assert (answers == truth)[truth >= 0].float().mean() > 0.6
    assert (answers == truth)[truth < 0].float().mean() > 0.8


def without_few_texts(classifier):
    """The same as if there had been a hundred texts a class: heads alone, a line at zero."""
    plain = replace(classifier.fitted, calibration=Calibration.none(len(classifier.config.head_views)))
    return TrainedModel(classifier.config.with_(few_texts=0), plain, {})


def test_with_many_texts_one_is_open_exactly_when_all_heads_say_no_and_else_gets_the_closed_set_argmax(
    classifier, small_split
):
    classifier = without_few_texts(classifier)
    features = classifier.features(small_split.test.texts)
    with torch.no_grad():
        all_no = (classifier.heads(features) < 0).all(dim=0).tolist()
        best = classifier.closed(features[:, : classifier.encoder.dim]).argmax(dim=1).tolist()
    assert 0 < sum(all_no) < len(all_no), "this test needs both kinds"
    expected = [OPEN if no else i for no, i in zip(all_no, best, strict=True)]
    assert classifier.decide(features)[0].tolist() == expected
    answers = classifier.explain(small_split.test.texts)
    assert [OPEN if answer.open else classifier.labels.index(answer.label) for answer in answers] == expected


def test_a_text_is_open_exactly_when_no_logit_is_above_zero_however_few_the_texts(classifier, small_split):
    answers, logits = classifier.decide(classifier.features(small_split.test.texts))
    assert ((answers == OPEN) == (logits < 0).all(1)).all()
    assert 0 < (answers == OPEN).sum() < len(answers), "this test needs both kinds"


def test_another_line_moves_all_logits_alike_refuses_more_the_stricter_it_is_and_is_saved(classifier, tmp_path):
    texts = ["I lost my card", "set an alarm", "who wrote hamlet", "book me something"]
    features = classifier.features(texts)
    before, open_before = classifier.head_logits(features), 0
    for share in (0.0, 0.2, 0.5, 0.9):
        moved = classifier.refusing(share)
        assert torch.allclose(
            moved.head_logits(features) - before, moved.head_logits(features)[:1, :1] - before[:1, :1]
        )
        assert moved.config.refused == share
        refused = int((moved.decide(features)[0] == OPEN).sum())
        assert refused >= open_before
        open_before = refused
    moved.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model", "cpu")
    assert [one.to_dict() for one in again.explain(texts)] == [one.to_dict() for one in moved.explain(texts)]
    assert torch.equal(again.refusing(None).head_logits(features), before)


def test_copies_of_a_text_and_classes_of_one_text_are_learnt_from(tiny_encoder_folder):
    texts = ["a b", "a b", "a b", "c d e", "c f", "g h i j"]
    config = SHORT.with_(encoder=str(tiny_encoder_folder), trainable_layers=1)
    model = TrainedModel.trained_on(config, texts, ["x", "x", "x", "y", "y", "z"])
    assert model.labels == ["x", "y", "z"]
    assert len(model.explain(texts)) == 6
    alone = TrainedModel.trained_on(config, ["a b", "c d"], ["x", "y"])
    assert torch.isfinite(alone.score(["a b", "e"])).all()


def test_when_head_and_closed_set_classifier_disagree_the_closed_set_classifier_names_the_class(classifier):
    classifier = without_few_texts(classifier)
    last = classifier.closed[-1]
    rolled = copy.deepcopy(classifier.closed)
    rolled[-1].load_state_dict({name: value.roll(1, dims=0) for name, value in last.state_dict().items()})
    turned = TrainedModel(classifier.config, replace(classifier.fitted, closed=rolled), {})
    known = classifier.explain("I lost my bank card on the train")
    following = classifier.labels[(classifier.labels.index(known.label) + 1) % 4]
    assert turned.explain(known.text).label == following
    assert turned.explain("How far is Saturn from the sun?").open


def test_the_score_is_the_largest_head_logit_and_logits_follow_the_order_of_labels(classifier, small_split):
    texts = small_split.test.texts[:20]
    logits, scores = classifier.head_logits(classifier.features(texts)), classifier.score(texts)
    assert classifier.labels == small_split.known
    for i, answer in enumerate(classifier.explain(texts, candidates=4)):
        assert answer.score == answer.candidates[0].logit == logits[i].max() == scores[i]
        by_label = {candidate.label: candidate.logit for candidate in answer.candidates}
        assert by_label == dict(zip(classifier.labels, logits[i].tolist(), strict=True))
        assert list(by_label.values()) == sorted(by_label.values(), reverse=True)


def test_many_texts_give_what_each_gives_alone_and_no_text_gives_no_answer(classifier, small_split):
    texts = small_split.test.texts[:10]
    together, apart = classifier.explain(texts), [classifier.explain(text) for text in texts]
    assert [answer.label for answer in together] == [answer.label for answer in apart]
    assert [answer.score for answer in together] == pytest.approx([answer.score for answer in apart], abs=1e-4)
    assert classifier.explain([]) == []
    assert classifier.score([]).shape == (0,)


def test_a_training_text_is_its_own_nearest_neighbour(classifier, small_split):
    row = 17
    text, label = small_split.train.texts[row], small_split.train.labels[row]
    neighbours = classifier.explain(text, neighbours=5).neighbours
    assert (neighbours[0].text, neighbours[0].label) == (text, label)
    assert neighbours[0].similarity == pytest.approx(1, abs=1e-4)
    assert [one.similarity for one in neighbours] == sorted((one.similarity for one in neighbours), reverse=True)


def test_synthesized_negatives_lie_in_the_shell_around_positives_of_their_class(classifier):
    negatives, rows = classifier.synthesized_negatives("card_lost", 50)
    m = classifier.labels.index("card_lost")
    assert set(classifier.train_targets[rows].tolist()) == {m}
    moved = classifier.heads.split(negatives - classifier.train_features[rows])
    assert len(moved) == 2, "the tuned and the untouched view"
    for noise, shell in zip(moved, classifier.shells, strict=True):
        distance, r = noise.norm(dim=1), shell.radii[m]
        assert (distance >= r * (1 - 1e-4)).all()
        assert (distance <= classifier.config.gamma * r * (1 + 1e-4)).all()
    with pytest.raises(ValueError, match="'lunch' is no known class of this model; it knows alarm_set, card_lost, fl"):
        classifier.synthesized_negatives("lunch", 5)


def test_who_is_interrupted_between_the_two_renames_keeps_the_older_model(classifier, tmp_path, monkeypatch):
    classifier.save(tmp_path / "model")
    before = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
    replace = os.replace

    def interrupted(source, target):
        if Path(target) == tmp_path / "model" and not str(source).endswith("-old"):
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        classifier.refusing(0.3).save(tmp_path / "model")
    assert {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


# Training


def test_two_trainings_of_one_config_give_equal_scores_and_another_seed_gives_others():
    first, again, other = fit(SHORT), fit(SHORT), fit(SHORT, seed=4)
    assert torch.equal(first.score(TEXTS), again.score(TEXTS))
    assert not torch.isclose(first.score(TEXTS), other.score(TEXTS)).any()


def test_training_reports_its_phases_in_order_and_its_seconds(tiny_encoder_folder):
    events = []
    model = fit(SHORT, events.append, encoder=str(tiny_encoder_folder), trainable_layers=1)
    assert list(dict.fromkeys(event["phase"] for event in events)) == ["cache", "check", "encoder", "heads"]
    cached = [event for event in events if event["phase"] == "cache"]
    assert (cached[-1]["step"], cached[-1]["steps"]) == (len(TEXTS), len(TEXTS))
    assert set(model.seconds) == {"load", "cache", "check", "encoder", "heads"}


@pytest.mark.parametrize("phase", ["cache", "encoder", "heads"])
def test_a_training_that_is_stopped_goes_no_further(phase, tiny_encoder_folder):
    events = []
    with pytest.raises(TrainingStopped):
        fit(
            SHORT, events.append, lambda: events[-1]["phase"] == phase,
            encoder=str(tiny_encoder_folder), trainable_layers=1, batch_size=4,
        )  # fmt: skip
    assert [event["phase"] for event in events].count(phase) == 1, "it went on after the request"
    assert events[-1]["phase"] == phase


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((["a", "b"], ["x", "x"]), "at least two known classes are needed, got 1 class; add texts of another class."),
        (([], []), "at least two known classes are needed, got 0 classes; add texts of another class."),
        ((["a", "b"], ["x"]), "expected as many labels as texts, got 2 texts and 1 labels."),
        (
            (TEXTS, LABELS, ["a"], []),
            "expected as many dev labels as dev texts, got 1 texts and 0 labels; dev texts can be left out altogether.",
        ),
        (
            (TEXTS, LABELS, ["a"], ["lunch"]),
            "the dev labels lunch are no classes of the training texts; drop those texts.",
        ),
    ],
)
def test_training_refuses_texts_it_cannot_learn_from(arguments, sentence):
    with pytest.raises(ValueError, match=r"\w") as refused:
        TrainedModel.trained_on(SHORT, *arguments)
    assert str(refused.value) == sentence


# Persistence


def test_a_model_that_has_learnt_half_a_character_is_saved_with_it(classifier, tmp_path):
    texts = ["cut \ud83d", *classifier.train_texts[1:]]
    model = TrainedModel(classifier.config, replace(classifier.fitted, texts=texts), classifier.seconds)
    model.save(tmp_path / "model")
    assert TrainedModel.load(tmp_path / "model", "cpu").train_texts == texts


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory) -> Path:
    """The small classifier's folder; copy it before damaging it."""
    folder = tmp_path_factory.mktemp("saved") / "model"
    classifier.save(folder)
    return folder


def test_a_loaded_classifier_gives_identical_answers_and_scores(classifier, saved, small_split):
    loaded = TrainedModel.load(saved, device="cpu")
    texts = small_split.test.texts
    assert (loaded.labels, loaded.config, loaded.seconds) == (classifier.labels, classifier.config, classifier.seconds)
    assert loaded.explain(texts) == classifier.explain(texts)
    assert torch.equal(loaded.score(texts), classifier.score(texts))
    made = [model.synthesized_negatives("card_lost", 9)[0] for model in (loaded, classifier)]
    assert torch.equal(*made)


def test_saving_again_replaces_the_older_model_and_leaves_nothing_beside_it(classifier, saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "model")
    (folder / "training_texts.json").write_text("[]")
    classifier.save(folder)
    assert (folder / "training_texts.json").read_bytes() == (saved / "training_texts.json").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.json",
        "training_texts.json",
        "weights.safetensors",
    ]


def test_nothing_but_a_model_is_ever_replaced(classifier, saved, tmp_path, monkeypatch):
    """A folder with a person's own files went, and these files with it."""
    with_model = shutil.copytree(saved, tmp_path / "model")
    own = {tmp_path / "work" / "notes.txt": tmp_path / "work", with_model / "README.md": with_model}
    for file, folder in own.items():
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine")
        monkeypatch.chdir(folder)
        for said in (folder, ".", file):
            before = sorted(tmp_path.rglob("*"))
            with pytest.raises(ValueError, match=r"(holds other files than a model|is a file); name a new or an empty"):
                classifier.save(said)
            assert sorted(tmp_path.rglob("*")) == before
            assert file.read_text() == "mine"


def test_an_empty_folder_in_which_one_stands_takes_a_model(classifier, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    classifier.save(".")
    assert TrainedModel.load(tmp_path, "cpu").labels == classifier.labels


def rewrite(folder: Path, **changes) -> None:
    """Change entries of model.json."""
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(about | changes), encoding="utf-8")


def cut_short(path: Path) -> None:
    """Take the last bytes away."""
    path.write_bytes(path.read_bytes()[:-9])


DAMAGES = {
    "weights cut short": lambda f: cut_short(f / "weights.safetensors"),
    "weights are no weights": lambda f: (f / "weights.safetensors").write_text("nothing"),
    "weights missing": lambda f: (f / "weights.safetensors").unlink(),
    "texts missing": lambda f: (f / "training_texts.json").unlink(),
    "a text too few": lambda f: (f / "training_texts.json").write_text('["one"]'),
    "model.json cut short": lambda f: cut_short(f / "model.json"),
    "a label too few": lambda f: rewrite(f, labels=["alarm_set", "card_lost", "flight_book"]),
    "no labels": lambda f: rewrite(f, labels=None),
    "no config": lambda f: rewrite(f, config=None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_refused_as_damaged(damage, saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "model")
    DAMAGES[damage](folder)
    with pytest.raises(ValueError, match=r"(?s)the model in .* is damaged \(.*\); train it again or copy it again\."):
        TrainedModel.load(folder)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": "other"}, "{} holds no open-world classifier; model.json should say 'ans-open-world-classifier'."),
        ({"version": 1}, "the model in {} has format version 1, expected 4; train it again."),
        (
            {"version": 99},
            "the model in {} was made by a newer version: its format is 99, and this version reads 4. Update the app "
            "to use it.",
        ),
        (
            {"encoder_fingerprint": "0" * 64},
            "the model in {} was trained on other weights than the encoder 'minilm' has here; bring those weights "
            "back, or train again.",
        ),
    ],
)
def test_a_foreign_model_is_refused_by_what_is_foreign(changes, sentence, saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "model")
    rewrite(folder, **changes)
    with pytest.raises(ValueError, match=r"\w") as refused:
        TrainedModel.load(folder)
    assert str(refused.value) == sentence.format(folder)


def test_a_folder_without_a_model_is_refused_with_what_was_expected(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ValueError, match="no model in") as refused:
            TrainedModel.load(folder)
        assert str(refused.value).startswith(f"no model in {folder}: expected a folder written by ")

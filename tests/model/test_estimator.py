"""OpenWorldClassifier among scikit-learn's own tools, with the labels and columns that people have."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import datasets
import joblib
import numpy as np
import pandas
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_array

from ans import OpenWorldClassifier
from ans.config import TrainConfig
from ans.conventions import Prediction
from ans.model import estimator

FOREIGN = ["who wrote hamlet", "xqzv blorp wug", "is the moon made of cheese"]


@pytest.fixture(scope="module")
def four(small_split):
    """Texts and labels of four classes, few of each."""
    rows = range(0, len(small_split.train), 4)
    return [small_split.train.texts[i] for i in rows], [small_split.train.labels[i] for i in rows]


@pytest.fixture(scope="module")
def quick() -> OpenWorldClassifier:
    """One that learns in a moment. Not fitted: clone it."""
    return OpenWorldClassifier(device="cpu", trainable_layers=0, epochs=20, head_steps=60, folds=1)


@pytest.fixture(scope="module")
def fitted(quick, four) -> OpenWorldClassifier:
    """The quick one, having learnt the four classes."""
    return clone(quick).fit(*four)


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory) -> Path:
    """The folder of a tuned model, as the app writes it."""
    folder = tmp_path_factory.mktemp("saved") / "model"
    classifier.save(folder)
    return folder


# Parameters


def test_every_setting_is_a_keyword_with_its_default_and_reaches_the_training(quick, fitted):
    defaults = {spec.name: spec.default for spec in fields(TrainConfig)}
    assert OpenWorldClassifier().get_params() == {"open_label": "open", "verbose": False, **defaults}
    assert fitted.model_.config == TrainConfig(device="cpu", trainable_layers=0, epochs=20, head_steps=60, folds=1)
    assert clone(quick).set_params(gamma=3).get_params() == {**quick.get_params(), "gamma": 3}
    with pytest.raises(TypeError, match=r"unknown settings gama; OpenWorldClassifier\(\)\.get_params\(\) has all"):
        OpenWorldClassifier(gama=3)


def test_a_setting_out_of_bounds_is_refused_when_it_learns(quick, four):
    with pytest.raises(ValueError, match="gamma must be a number between 1 and 1000, got 0"):
        clone(quick).set_params(gamma=0).fit(*four)


@pytest.mark.parametrize("ask", ["predict", "predict_proba", "decision_function", "explain"])
def test_nothing_is_answered_before_it_has_learnt(ask):
    with pytest.raises(NotFittedError):
        getattr(OpenWorldClassifier(), ask)(["a"])


def test_nothing_is_saved_taught_or_pushed_before_it_has_learnt(tmp_path):
    model = OpenWorldClassifier()
    for act in (
        lambda: model.save(tmp_path / "model"),
        lambda: model.save_pretrained(tmp_path / "hub"),
        lambda: model.add_class("x", ["a", "b", "c"]),
        lambda: model.teach(["a"], ["x"]),
        lambda: model.score(["a"], ["x"]),
        lambda: model.refusing(0.1),
    ):
        with pytest.raises(NotFittedError):
            act()
    assert not list(tmp_path.rglob("*.*"))


# Answers


def test_predict_gives_an_array_of_labels_with_open_for_what_belongs_to_none(fitted, small_split):
    known = [i for i, label in enumerate(small_split.test.labels) if label != "oos"]
    texts = [small_split.test.texts[i] for i in known]
    labels = np.array([small_split.test.labels[i] for i in known])
    found = fitted.predict(texts)
    assert isinstance(found, np.ndarray)
    assert set(found) <= {*fitted.classes_, "open"}
    assert (found == labels).mean() > 0.6
    assert set(fitted.predict(FOREIGN)) == {"open"}
    assert fitted.predict([]).shape == (0,)


def test_decision_function_is_negative_everywhere_exactly_where_it_is_open(fitted, small_split):
    texts = small_split.test.texts
    logits, found = fitted.decision_function(texts), fitted.predict(texts)
    assert logits.shape == (len(texts), len(fitted.classes_))
    assert ((logits < 0).all(1) == (found == "open")).all()
    assert 0 < (found == "open").sum() < len(found), "this test needs both kinds"


def test_probabilities_have_a_column_for_each_class_and_for_open_and_keep_to_the_line(fitted, small_split):
    texts = small_split.test.texts
    found, chosen = fitted.predict_proba(texts), fitted.predict(texts)
    assert found.shape == (len(texts), len(fitted.classes_) + 1)
    assert np.allclose(found.sum(1), 1)
    assert ((found[:, -1] > 0.5) == (chosen == "open")).all()
    said = np.array([*fitted.classes_, "open"])[found.argmax(1)]
    assert (said == chosen).mean() > 0.9


def test_probabilities_of_known_texts_are_about_as_high_as_answers_are_right(saved, small_split):
    model = OpenWorldClassifier.load(saved, "cpu")
    known = [i for i, label in enumerate(small_split.test.labels) if label != "oos"]
    labels = np.array([small_split.test.labels[i] for i in known])
    found = model.predict_proba([small_split.test.texts[i] for i in known])
    right = found[np.arange(len(known)), np.searchsorted(model.classes_, labels)]
    accuracy = (model.classes_[found[:, :-1].argmax(1)] == labels) & (found[:, -1] < 0.5)
    assert right.mean() == pytest.approx(accuracy.mean(), abs=0.12)


def test_score_takes_labels_it_does_not_know_for_open(fitted, four):
    texts, labels = four
    assert fitted.score([*texts[:9], *FOREIGN], [*labels[:9], "open", "cheese", "books"]) == pytest.approx(
        (9 * fitted.score(texts[:9], labels[:9]) + 3) / 12
    )
    assert fitted.score([texts[0], FOREIGN[0]], [labels[0], labels[0]], sample_weight=[3, 1]) == pytest.approx(0.75)


def test_explain_gives_reasons_and_one_answer_for_one_text(fitted):
    one, (first, second) = fitted.explain(FOREIGN[0]), fitted.explain(FOREIGN[:2], candidates=2, neighbours=1)
    assert isinstance(one, Prediction)
    assert (one.label, first.text, second.text) == (None, *FOREIGN[:2])
    assert (len(first.candidates), len(first.neighbours)) == (2, 1)


@pytest.mark.parametrize("count", [-1, 1.5, 2.0, "3", None, True])
def test_a_number_of_candidates_or_neighbours_is_a_whole_one_from_0_on(fitted, count):
    for what in ("candidates", "neighbours"):
        for texts in (FOREIGN[0], FOREIGN):
            with pytest.raises(ValueError, match=rf"^{what} must be a whole number from 0 on, got "):
                fitted.explain(texts, **{what: count})
        with pytest.raises(ValueError, match=rf"^{what} must be a whole number from 0 on, got "):
            fitted.model_.explain_many(FOREIGN, **{what: count})
    with pytest.raises(ValueError, match=r"^count must be a whole number from 0 on, got "):
        fitted.model_.synthesized_negatives("card_lost", count)
    found = fitted.explain(FOREIGN[0], candidates=np.int64(1), neighbours=np.uint8(0))
    assert (len(found.candidates), len(found.neighbours)) == (1, 0)


# Labels and columns


def test_numbers_come_back_as_numbers_and_minus_one_is_open(quick, four, tmp_path):
    texts, labels = four
    numbers = np.array(
        [{"alarm_set": 100, "card_lost": 9, "flight_book": 20, "leave_request": 3}[one] for one in labels]
    )
    model = clone(quick).fit(pandas.Series(texts), pandas.Series(numbers))
    assert model.classes_.tolist() == [3, 9, 20, 100]
    assert model.predict(FOREIGN).tolist() == [-1, -1, -1]
    assert model.predict(texts).dtype == numbers.dtype
    assert (model.predict(texts) == numbers).mean() > 0.8
    columns = model.decision_function(texts).argmax(1)
    assert (model.classes_[columns] == numbers).mean() > 0.8, "columns follow classes_, not the names"
    model.save(tmp_path / "model")
    again = OpenWorldClassifier.load(tmp_path / "model", "cpu")
    assert (again.predict([*texts, *FOREIGN]) == model.predict([*texts, *FOREIGN])).all()
    taught = again.teach(["water the ferns", "water my plants", "could you water the roses"], [7, 7, 7])
    assert taught.classes_.tolist() == [3, 7, 9, 20, 100]
    assert taught.predict(["water the ferns"]).tolist() == [7]


def test_labels_that_equal_a_class_are_that_class_whatever_kind_of_number_they_are(quick, four):
    texts, names = four
    numbers = [float(sorted(set(names)).index(name)) for name in names]
    model = clone(quick).fit(texts, pandas.Series(numbers))
    assert model.score(texts, [int(one) for one in numbers]) == model.score(texts, numbers) > 0.5
    taught = model.teach(["do fish sleep", "xqzv blorp"], [1, -1])
    assert taught.classes_.tolist() == model.classes_.tolist()
    assert taught.predict(["do fish sleep", "xqzv blorp"]).tolist() == [1.0, -1.0]
    grown = model.add_class(9, ["water the plants", "mow the lawn", "rake the leaves", "prune the roses"])
    assert grown.classes_.tolist() == [*model.classes_.tolist(), 9.0]
    assert grown.predict(["mow the lawn"]).tolist() == [9.0]
    with pytest.raises(ValueError, match="the labels of this model are numbers, got 'garden'"):
        model.add_class("garden", ["a", "b", "c"])
    with pytest.raises(ValueError, match="-1 stands for texts of no known class"):
        model.add_class(-1, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("asked", "value_of"), [("open", lambda name: name < "card"), ("?", lambda name: len(name)), (-7, str)]
)
def test_its_own_answers_are_labels_that_it_takes_whatever_stands_for_open(quick, four, asked, value_of):
    texts, names = four
    labels = [value_of(name) for name in names]
    model = clone(quick).set_params(open_label=asked, folds=0).fit([*texts, *FOREIGN], [*labels, *[asked] * 3])
    assert set(model.classes_.tolist()) == set(labels)
    answers = model.predict([*texts, *FOREIGN])
    assert asked in answers.tolist()
    assert model.score([*texts, *FOREIGN], answers) == 1


def test_a_label_for_open_that_no_text_can_have_is_refused_before_anything_is_learnt(quick, four):
    model = OpenWorldClassifier(open_label=["x"], encoder="no such encoder")
    with pytest.raises(ValueError, match=r"open_label must be a text, a number or a truth value, got \['x'\]"):
        model.fit(*four)


def test_labels_that_are_no_list_are_refused_like_such_texts(quick, fitted):
    with pytest.raises(ValueError, match="y must be a list, got one str; put it into a list"):
        clone(quick).fit(["aa b", "cc d", "ee f", "gg h"], "abab")
    with pytest.raises(ValueError, match="y must be a list in a fixed order"):
        fitted.score(["a", "b"], {"a", "b"})
    with pytest.raises(ValueError, match="y must be a list in a fixed order"):
        clone(quick).fit(["a", "b"], ["a", "b"], dev_texts=["a"], dev_labels={"a"})


def test_to_refuse_nothing_is_a_share_like_any_other(quick, four):
    model = clone(quick).set_params(refused=0.0).fit(*four)
    calibration = model.model_.calibration
    assert calibration.line == pytest.approx(float(calibration.scores.min()))
    assert clone(model.refusing(0)).get_params()["refused"] == 0


@pytest.mark.parametrize(("folds", "texts_each"), [(0, 8), (1, 1)])
def test_a_share_to_refuse_that_no_held_out_text_can_check_is_refused(quick, four, folds, texts_each):
    rows = [row for label in set(four[1]) for row in np.flatnonzero(np.array(four[1]) == label)[:texts_each]]
    texts, labels = ([column[row] for row in rows] for column in four)
    model = clone(quick).set_params(folds=folds, refused=0.1)
    with pytest.raises(ValueError, match=r"^refused=0\.1 is checked on .* there are 0; train with folds from 1"):
        model.fit(texts, labels)
    assert model.fit(texts, labels, dev_texts=four[0], dev_labels=four[1]).model_.calibration.refused is not None
    with pytest.raises(ValueError, match="no held-out texts to check a line on; train it again with folds from 1 on"):
        model.set_params(refused=None).fit(texts, labels).refusing(0.1)


def test_columns_of_a_hugging_face_dataset_with_class_labels_give_its_numbers_which_it_can_name(quick, four):
    texts, labels = four
    kinds = datasets.ClassLabel(names=sorted(set(labels)))
    features = datasets.Features({"text": datasets.Value("string"), "intent": kinds})
    data = datasets.Dataset.from_dict({"text": texts, "intent": kinds.str2int(labels)}, features=features)
    model = clone(quick).fit(data["text"], data["intent"])
    assert model.classes_.tolist() == [0, 1, 2, 3]
    assert model.score(data["text"], data["intent"]) > 0.8
    found = model.predict(data["text"])
    named = [kinds.int2str(int(one)) if one >= 0 else "open" for one in found]
    assert np.mean([one == label for one, label in zip(named, labels, strict=True)]) > 0.8
    assert model.predict(FOREIGN).tolist() == [-1, -1, -1]


def test_texts_labelled_open_and_open_texts_teach_the_heads_what_to_refuse(quick, four):
    texts, labels = four
    marked = clone(quick).set_params(open_label="none").fit([*texts, *FOREIGN], [*labels, *["none"] * 3])
    given = clone(quick).fit(texts, labels, open_texts=FOREIGN)
    for model in (marked, given):
        assert len(model.classes_) == 4
        assert len(model.model_.fitted.outside) == 3
    assert marked.predict(FOREIGN[:1]).tolist() == ["none"]
    assert np.allclose(marked.decision_function(texts), given.decision_function(texts), atol=1e-5)


def test_dev_texts_set_the_line_instead_of_held_out_ones(quick, four, small_split):
    model = clone(quick).fit(*four, dev_texts=small_split.dev.texts, dev_labels=small_split.dev.labels)
    assert (model.model_.calibration.rows == -1).any()


def test_texts_and_labels_that_differ_in_number_are_refused(quick):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clone(quick).fit(["a", "b", "c"], ["x", "y"])


# Other tools


def test_it_works_in_a_pipeline_in_cross_validation_and_in_a_grid_search(four, tiny_encoder_folder):
    texts, labels = (pandas.Series(column) for column in four)
    small = OpenWorldClassifier(
        device="cpu", encoder=str(tiny_encoder_folder), trainable_layers=0, epochs=2, head_steps=5, folds=0
    )
    lower = FunctionTransformer(lambda column: column.str.lower())
    assert cross_val_score(make_pipeline(lower, small), texts, labels, cv=2, error_score="raise").shape == (2,)
    search = GridSearchCV(small, {"gamma": [1.5, 2], "head_steps": [3]}, cv=2, error_score="raise").fit(texts, labels)
    assert search.best_params_["gamma"] in (1.5, 2)
    assert set(search.predict(texts)) <= {*search.classes_, "open"}
    weighted = cross_val_score(small, texts, labels, cv=2, scoring="f1_macro", error_score="raise")
    assert np.isfinite(weighted).all()


def test_a_pickled_one_answers_alike_and_is_no_larger_than_the_saved_model(fitted, four, tmp_path):
    joblib.dump(fitted, tmp_path / "model.joblib")
    fitted.save(tmp_path / "model")
    size = sum(path.stat().st_size for path in (tmp_path / "model").iterdir())
    assert (tmp_path / "model.joblib").stat().st_size < 1.05 * size
    again = joblib.load(tmp_path / "model.joblib")
    assert np.array_equal(again.decision_function(four[0]), fitted.decision_function(four[0]))
    assert again.get_params() == fitted.get_params()


def test_a_model_of_the_app_is_loaded_with_its_settings_and_another_line_leaves_it_alone(
    classifier, saved, small_split
):
    model = OpenWorldClassifier.load(saved, "cpu")
    texts = small_split.test.texts[:40]
    assert model.get_params()["known_classes"] == classifier.config.known_classes
    assert model.predict(texts).tolist() == [one.label or "open" for one in classifier.explain(texts)]
    strict = model.refusing(0.5)
    assert (strict.predict(texts) == "open").sum() > (model.predict(texts) == "open").sum()
    assert (strict.refused, model.refused) == (0.5, None)
    assert set(model.add_class("garden", ["water the ferns", "cut the grass", "rake the leaves"]).classes_) == {
        *model.classes_, "garden",
    }  # fmt: skip


def test_in_python_a_label_means_what_it_says_and_the_open_label_alone_is_open(fitted, four):
    taught = fitted.teach(["water the ferns", "cut the grass"], ["none", "open"])
    assert set(taught.classes_) == {*fitted.classes_, "none"}, "as fit takes it"
    assert taught.predict(["water the ferns", "cut the grass"]).tolist() == ["none", "open"]


def test_bars_are_shown_when_asked_for_and_else_nothing_is(four, tiny_encoder_folder, capsys):
    small = {"device": "cpu", "encoder": str(tiny_encoder_folder), "trainable_layers": 0, "epochs": 1, "head_steps": 2}
    OpenWorldClassifier(**small).fit(*four)
    assert capsys.readouterr() == ("", "")
    OpenWorldClassifier(**small, verbose=True).fit(*four)
    said = re.findall(r"(\w+): 100%", capsys.readouterr().err)
    assert list(dict.fromkeys(said)) == ["cache", "check", "encoder", "heads"]


def test_a_notebook_shows_parameters_and_once_it_has_learnt_classes_and_held_out_numbers(quick, fitted):
    assert "training texts" not in quick._repr_html_()
    shown = fitted._repr_html_()
    assert "OpenWorldClassifier" in shown
    assert "4: alarm_set, card_lost, flight_book, leave_request" in shown
    assert "of these refused" in shown


# The checks of scikit-learn, of rows of numbers that are read out as texts

NOT_OF_TEXTS = {
    "check_n_features_in": "a text has no number of features",
    "check_n_features_in_after_fitting": "a text has no number of features",
    "check_classifiers_train": "expects no probability but those of the classes, and open has one",
    "check_classifiers_classes": "expects one value for two classes, whose sign decides; a text may belong to neither",
    "check_decision_proba_consistency": "expects one value for two classes, as above",
}


def read_out(column: object) -> list[str]:
    """Numbers as words: each column a letter, each value rounded."""
    rows = check_array(column)
    return [" ".join(f"{chr(97 + j % 26)} {value:.0f}" for j, value in enumerate(row)) for row in rows]


class OfNumbers(OpenWorldClassifier):
    """What scikit-learn's checks can talk to."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = tags.input_tags.one_d_array = False
        return tags


@pytest.mark.filterwarnings("ignore")
def test_the_checks_of_scikit_learn_pass_but_for_those_listed_with_a_reason(monkeypatch, tiny_encoder_folder):
    check_estimator(OpenWorldClassifier())
    monkeypatch.setattr(estimator, "given_texts", read_out)
    small = {"device": "cpu", "trainable_layers": 0, "epochs": 2, "head_steps": 3, "folds": 0, "max_tokens": 32}
    done = check_estimator(
        OfNumbers(encoder=str(tiny_encoder_folder), **small), expected_failed_checks=NOT_OF_TEXTS, on_skip=None
    )
    page = " ".join((Path(__file__).parents[2] / "assets/guide/programs.md").read_text(encoding="utf-8").split())
    for name, reason in NOT_OF_TEXTS.items():
        assert re.search(rf"`{name}`(, `check_\w+`)?: {re.escape(reason)}", page), f"programs.md: {name}: {reason}"
    status = {check["check_name"]: check["status"] for check in done}
    assert {name for name, how in status.items() if how == "xfail"} == set(NOT_OF_TEXTS)
    assert sum(how == "passed" for how in status.values()) > 40

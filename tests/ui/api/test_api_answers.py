"""What programs are answered: whom the operations answer, and that without a key a private run is told like none."""

from __future__ import annotations

import shutil
from pathlib import Path

import gradio as gr
import pytest

from ans.conventions import LONGEST
from ans.json_files import write_json
from ans.runs.keys import keys_of, make_key, revoke_key
from ans.runs.store import RunStore
from ans.ui.api.endpoints import Endpoints
from ans.ui.api.schema import MOST_TEXTS
from tests.ui.tabs import ME, laid_out

FIXTURE = Path(__file__).resolve().parent.parent.parent / "fixtures" / "first_format"
KNOWN, FOREIGN = "i lost my card", "what is the boiling point of helium"


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    """Finished runs: the starter, a newer one that is everybody's, two private ones."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    root = tmp_path_factory.mktemp("api") / "runs"
    for name in ("starter-1", "newer", "mine", "other"):
        shutil.copytree(source, root / name)
        if name in ("mine", "other"):
            write_json(root / name / "owner.json", ME)
    write_json(root / "newer" / "status.json", {"state": "finished", "created": 9e9})
    return RunStore(root)


@pytest.fixture(scope="module")
def api(store) -> Endpoints:
    return laid_out(Endpoints, store)


@pytest.fixture(scope="module")
def key(store) -> str:
    return make_key(store.get("mine").folder)


def refused(call, *values) -> str:
    with pytest.raises(gr.Error) as caught:
        call(*values)
    assert caught.value.print_exception is False  # nothing of it goes into the log
    return str(caught.value.message)


def test_everybodys_run_answers_without_a_key_and_with_any(api):
    for shown in (None, "", "ans_nonsense"):
        said = api.classify(KNOWN, "newer", shown)
        assert (said["label"], said["open"], said["model_id"]) == ("card_lost", False, "newer")


def test_without_an_id_the_starter_answers_not_the_newest_run_of_a_stranger(api):
    assert api.classify(KNOWN)["model_id"] == "starter-1"
    assert api.classify_batch([KNOWN], "")["model_id"] == "starter-1"
    api.shared.store.preferred = "newer"
    assert api.classify(KNOWN)["model_id"] == "newer"
    api.shared.store.preferred = "mine"  # a private one answers nobody else
    assert api.classify(KNOWN)["model_id"] == "starter-1"


def test_a_private_run_answers_whoever_shows_its_key(api, key):
    assert api.classify(KNOWN, "mine", key)["label"] == "card_lost"
    said = api.classify_batch([KNOWN, FOREIGN], "mine", key)
    assert said["model_id"] == "mine"
    assert [(one["text"], one["label"]) for one in said["answers"]] == [(KNOWN, "card_lost"), (FOREIGN, None)]


def test_a_batch_gives_each_text_the_answer_it_gets_alone(api):
    alone = [api.classify(text, "newer") for text in (KNOWN, FOREIGN)]
    together = api.classify_batch([KNOWN, FOREIGN], "newer")["answers"]
    for one, other in zip(alone, together, strict=True):
        assert one["label"] == other["label"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-4)
    assert api.classify_batch([], "newer")["answers"] == []


def test_a_private_run_without_its_key_and_no_run_at_all_are_told_alike(api, store, key):
    of_other = make_key(store.get("other").folder)
    revoked = make_key(store.get("mine").folder)
    revoke_key(store.get("mine").folder, keys_of(store.get("mine").folder)[-1].id)
    told = set()
    for run_id in ("mine", "gone!", "../mine", ".mine"):
        for shown in (None, "", "wrong", of_other, revoked, key[:-1]):
            for call, text in ((api.classify, KNOWN), (api.classify_batch, [KNOWN])):
                told.add(refused(call, text, run_id, shown).replace(run_id, "ID"))
    assert len(told) == 1
    assert told.pop().startswith("No trained model 'ID' answers to this: the id is wrong, or the model is private and")


def test_a_model_that_is_still_trained_says_so_and_a_training_without_a_model_too(api, store):
    waiting = store.create(store.get("newer").config)
    assert refused(api.classify, KNOWN, waiting.id) == "This model is queued; train_status tells how far it is."
    waiting.set_status("stopped")
    assert refused(api.classify, KNOWN, waiting.id).startswith("This training was stopped, so there is no model")
    store.delete(waiting)


def test_what_is_wrong_with_the_texts_is_told_only_to_whoever_may_ask(api, key):
    endless = ["x"] * (MOST_TEXTS + 1)
    assert refused(api.classify_batch, endless, "mine", "wrong").startswith("No trained model")
    assert refused(api.classify_batch, endless, "mine", key) == (
        "A request has at most 1,000 texts, got 1,001; send them in several requests."
    )


def test_texts_that_cannot_be_answered_are_told_with_their_place(api):
    too_long = "x" * (LONGEST + 1)
    assert refused(api.classify, too_long) == "The text has 2,001 characters, and at most 2,000 are read; shorten it."
    assert refused(api.classify_batch, [KNOWN, too_long]).startswith("Text 2 has 2,001 characters")
    assert refused(api.classify, None) == "The text must be a string, got NoneType."
    assert refused(api.classify_batch, [KNOWN, 3]) == "Text 2 must be a string, got int."
    assert refused(api.classify_batch, KNOWN) == "Texts must be a list, got str."
    assert refused(api.classify, KNOWN, "newer", 7) == "Key must be a string, got int."
    assert api.classify("x" * LONGEST)["text"] == "x" * LONGEST


def test_a_key_without_the_id_of_its_model_is_told_instead_of_an_answer_of_another_model(api, key):
    assert refused(api.classify, KNOWN, None, key) == "A key is for one model; send its model_id too."


def test_no_message_repeats_a_key(api, key):
    for model_id in (None, "gone", "other"):
        assert key not in refused(api.classify, KNOWN, model_id, key)


def test_half_a_character_is_told_and_a_name_that_no_file_can_have_is_no_model(api):
    half = "\ud800 lone"
    assert "half a character" in refused(api.classify, half, "newer")
    assert refused(api.classify_batch, [KNOWN, half], "newer").startswith("Text 2 holds half a character")
    for odd in ("x" * 10_000, "a\0b", "..", "/etc", "newer/../newer"):
        assert refused(api.classify, KNOWN, odd).startswith("No trained model")


def test_the_list_holds_everybodys_models_newest_first_and_the_one_that_a_key_opens(api, key):
    def ids(*shown: str) -> list[str]:
        return [one["model_id"] for one in api.list_models(*shown)["models"]]

    assert ids() == ids("wrong") == ["newer", "starter-1"]
    assert sorted(ids(key)) == ["mine", "newer", "starter-1"]
    mine = next(one for one in api.list_models(key)["models"] if one["private"])
    assert mine["known_classes"] == 3
    assert 0 <= mine["figures"]["f1"] <= 100

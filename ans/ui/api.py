"""The API for programs: `/classify` and `/classify_batch`. Whoever calls shows no browser, but perhaps a run's key."""

from __future__ import annotations

from dataclasses import dataclass

from gradio.events import api

from ans.conventions import LONGEST, whole_characters
from ans.runs import keys
from ans.runs.run import Run
from ans.runs.store import first_of
from ans.serving.models import Serving
from ans.ui.wiring import refusal

MOST_CHARACTERS = 300_000  # of one request, so that it takes seconds
MOST_TEXTS = 1000  # of one request: some seconds on one core


@dataclass(frozen=True)
class Api:
    """The public endpoints over the runs of a store. Their docstrings are the API page's descriptions."""

    serving: Serving

    def classify(self, text: str, model_id: str | None = None, key: str | None = None) -> dict:
        """Answer one text: its known class, or open (label null), with the closest classes and the nearest texts.

        Without model_id the starter answers. A private model needs its key: see "Use this model" on the page.
        """
        try:
            run = self._asked(model_id, key)
            _check(text, "the text")
            return self.serving.answer(run.id, text)[0].to_dict() | {"model_id": run.id}
        except ValueError as error:
            raise refusal(error) from error

    def classify_batch(self, texts: list[str], model_id: str | None = None, key: str | None = None) -> dict:
        """Answer up to 1,000 texts at once: model_id, and in answers for each text what classify gives, in order."""
        try:
            run = self._asked(model_id, key)
            if not isinstance(texts, list):
                raise ValueError(f"expected a list of texts, got {type(texts).__name__}.")
            if len(texts) > MOST_TEXTS:
                raise ValueError(
                    f"a request has at most {MOST_TEXTS:,} texts, got {len(texts):,}; send them in several requests."
                )
            for i, text in enumerate(texts, 1):
                _check(text, f"text {i}")
            if (long := sum(map(len, texts))) > MOST_CHARACTERS:
                raise ValueError(
                    f"a request has at most {MOST_CHARACTERS:,} characters, got {long:,}; send the texts in several."
                )
            return {"model_id": run.id, "answers": [said.to_dict() for said in self._answers(run, texts)]}
        except ValueError as error:
            raise refusal(error) from error

    def _answers(self, run: Run, texts: list[str]) -> list:
        return self.serving.model(run.id).explain_many(texts) if texts else []

    def _asked(self, model_id: str | None, key: str | None) -> Run:
        """The run that is asked. One that is private is told like none, so that nobody finds out which ids there are.

        Raises:
            ValueError: there is none, or it is private and this is no key of it.
        """
        if not model_id:
            if key:
                raise ValueError("a key is for one model; send its model_id too.")
            return self._everybodys()
        run = self.serving.store.get(model_id) if isinstance(model_id, str) else None
        try:
            if run is not None and run.status.ended_well and (run.owner is None or keys.opens(run.folder, key)):
                return run
        except ValueError:  # deleted in this moment
            pass
        raise ValueError(
            f"no trained model {str(model_id)[:80]!r} answers to this: the id is wrong, or the model is private and "
            'its key is missing or wrong. "Use this model" on the page shows the id and makes a key.'
        )

    def _everybodys(self) -> Run:
        """The starter; where it was deleted, the newest run that is everybody's."""
        first = first_of(self.serving.store.seen_by(None).finished())
        if first is None:
            raise ValueError("there is no trained model yet; wait for the starter model, or train one.")
        return first


def publish(serving: Serving) -> None:
    """Make the endpoints of the current Blocks."""
    endpoints = Api(serving)
    api(endpoints.classify, api_name="classify", concurrency_limit=4)
    api(endpoints.classify_batch, api_name="classify_batch", concurrency_limit=2)


def _check(text: object, what: str) -> None:
    """See that this is a text the model reads.

    Raises:
        ValueError: it is none, or too long.
    """
    if not isinstance(text, str):
        raise ValueError(f"{what} must be a string, got {type(text).__name__}.")
    if whole_characters(text) != text:
        raise ValueError(f"{what} holds half a character (a lone surrogate); send it as UTF-8.")
    if len(text) > LONGEST:
        raise ValueError(f"{what} has {len(text):,} characters, and at most {LONGEST:,} are read; shorten it.")

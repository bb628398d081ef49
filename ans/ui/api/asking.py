"""Operations that ask: classify, classify_batch, list_models. Their docstrings are what programs read about them."""

from __future__ import annotations

from ans.conventions import LONGEST
from ans.data.corpora import dataset_name
from ans.runs import keys
from ans.runs.run import Run
from ans.ui.api.lookup import Caller, trained
from ans.ui.api.schema import (
    MOST_CHARACTERS,
    MOST_TEXTS,
    Answer,
    Answers,
    Classify,
    ClassifyBatch,
    Figures,
    ListModels,
    Model,
    ModelAnswer,
    Models,
)
from ans.ui.refused import Refused
from ans.ui.shared import Shared

MOST_LISTED = 200


def classify(shared: Shared, asked: Classify, caller: Caller) -> ModelAnswer:
    """Answer one text: its known class, or open (label null) when it belongs to none, with the closest classes and the
    nearest training texts.

    Without model_id the starter answers. A private model needs its key.
    """
    run = trained(shared.store, asked.model_id, asked.key)
    check_length(asked.text, "the text")
    said, _ = shared.serving.answer(run.id, asked.text)
    return ModelAnswer.model_validate(said.to_dict() | {"model_id": run.id})


def classify_batch(shared: Shared, asked: ClassifyBatch, caller: Caller) -> Answers:
    """Answer up to 1,000 texts at once: in answers, for each text in order, what classify gives."""
    run = trained(shared.store, asked.model_id, asked.key)
    if len(asked.texts) > MOST_TEXTS:
        raise Refused(
            f"a request has at most {MOST_TEXTS:,} texts, got {len(asked.texts):,}; send them in several requests.", 413
        )
    for i, text in enumerate(asked.texts, 1):
        check_length(text, f"text {i}")
    if (long := sum(map(len, asked.texts))) > MOST_CHARACTERS:
        raise Refused(
            f"a request has at most {MOST_CHARACTERS:,} characters, got {long:,}; send the texts in several.", 413
        )
    found = shared.serving.model(run.id).explain_many(asked.texts) if asked.texts else []
    return Answers(model_id=run.id, answers=[Answer.model_validate(one.to_dict()) for one in found])


def list_models(shared: Shared, asked: ListModels, caller: Caller) -> Models:
    """List the trained models that are everybody's, newest first; with a key also the private model it opens."""
    finished = shared.store.finished()
    listed = [run for run in finished if _is_everybodys(run) or (asked.key and keys.opens(run.folder, asked.key))]
    return Models(models=[model for run in listed[:MOST_LISTED] if (model := _model(run)) is not None])


def figures_of(run: Run) -> Figures | None:
    """The numbers of a run's test part; None of one that has none."""
    evaluation = run.evaluation
    return None if evaluation is None else Figures.model_validate(evaluation.metrics.headline())


def check_length(text: str, what: str) -> None:
    """See that a text is as short as models read it.

    Raises:
        Refused: it is longer.
    """
    if len(text) > LONGEST:
        raise Refused(f"{what} has {len(text):,} characters, and at most {LONGEST:,} are read; shorten it.", 413)


def _is_everybodys(run: Run) -> bool:
    try:
        return run.owner is None
    except ValueError:  # deleted in this moment
        return False


def _model(run: Run) -> Model | None:
    try:
        evaluation = run.evaluation
        return Model(
            model_id=run.id,
            name=run.name,
            dataset=dataset_name(run.config.dataset),
            known_classes=0 if evaluation is None else len(evaluation.known),
            private=run.owner is not None,
            trained=run.status.ended,
            figures=figures_of(run) or Figures(),
        )
    except ValueError:  # deleted in this moment, or damaged
        return None

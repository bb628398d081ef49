"""What each operation takes and gives, as types: the schema of /ans/api/openapi.json and of the tools is made of these.

Numbers and lists that are too large are told by the operations, each in a sentence of its own.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from ans.config import LISTS, TrainConfig
from ans.conventions import LONGEST, whole_characters
from ans.runs.status import State

MOST_CHARACTERS = 300_000  # of the texts of one request, so that it takes seconds
MOST_TEXTS = 1000  # of one request: some seconds on one core
MOST_ROWS = 20_000  # of one training; more come as a file, on the page
# Settings that `train` takes by name. The dataset has a field of its own, or the rows are it.
SETTINGS = tuple(spec for spec in fields(TrainConfig) if spec.name != "dataset")


def settings_schema() -> dict[str, Any]:
    """The settings of a training as a JSON schema: types, bounds, choices and explanations are their own."""
    properties = {}
    for spec in SETTINGS:
        about = spec.metadata
        kind = "integer" if "int" in str(spec.type) else "number" if about["low"] is not None else "string"
        one: dict[str, Any] = {"type": kind}
        if spec.name in LISTS:
            one = {"type": "array", "items": {"type": "string"}}
        if about["low"] is not None:
            one |= {"minimum": about["low"], "maximum": about["high"]}
        if about["choices"] is not None:
            one["enum"] = list(about["choices"])
        if spec.default is None:
            one = {"anyOf": [one, {"type": "null"}]}
        properties[spec.name] = one | {"description": about["explanation"], "default": spec.default}
    return {"type": "object", "properties": properties, "additionalProperties": False}


class Asked(BaseModel):
    """What a program sends: types must fit exactly, and nothing else may be there."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _whole(text: str) -> str:
    if whole_characters(text) != text:
        raise ValueError("half a character")
    return text


String = Annotated[str, AfterValidator(_whole)]
Text = Annotated[String, Field(description=f"at most {LONGEST:,} characters")]
ModelId = Annotated[String | None, Field(description="the model's id; without one the starter answers")]
Key = Annotated[str | None, Field(description="of a private model; or as a header, Authorization: Bearer KEY")]
Label = Annotated[String | None, Field(description="the text's class; null, or oos, none …: of no class")]


class Classify(Asked):
    """One text."""

    text: Text
    model_id: ModelId = None
    key: Key = None


class ClassifyBatch(Asked):
    """Many texts."""

    texts: Annotated[
        list[String], Field(description=f"at most {MOST_TEXTS:,}, and {MOST_CHARACTERS:,} characters in all")
    ]
    model_id: ModelId = None
    key: Key = None


class ListModels(Asked):
    """Nothing, or a key."""

    key: Key = None


class Row(Asked):
    """A text with its class."""

    text: Text
    label: Label


class Train(Asked):
    """What to learn from: a dataset by name, or rows."""

    dataset: Annotated[
        String | None, Field(description="assistant, clinc, banking or stackoverflow; on one's own machine also a path")
    ] = None
    rows: Annotated[list[Row] | None, Field(description=f"own texts, at most {MOST_ROWS:,}: they stay private")] = None
    settings: Annotated[dict[str, Any] | None, WithJsonSchema({"anyOf": [settings_schema(), {"type": "null"}]})] = None
    name: Annotated[String | None, Field(description="what the model is called in lists")] = None


class TrainStatus(Asked):
    """A training, by the id that `train` gave."""

    model_id: Annotated[String, Field(description="as train or teach gave it")]
    key: Key = None


class Teach(Asked):
    """Texts that a model gets wrong, or that belong to a new class, with their right classes."""

    corrections: Annotated[
        list[Row], Field(description=f"at most {MOST_TEXTS:,}; a label that is no class yet makes one")
    ]
    model_id: ModelId = None
    key: Key = None


class Candidate(BaseModel):
    """A class and how surely the text belongs to it: above zero is a yes."""

    label: str
    logit: float


class Neighbour(BaseModel):
    """A training text near the one that was asked; similarity is a cosine."""

    text: str
    label: str
    similarity: float


class Answer(BaseModel):
    """The answer to one text. `label` is null when it is open, of no known class."""

    text: str
    label: str | None
    open: bool
    unsure: Annotated[bool, Field(description="another answer is about as right; between names the two")]
    score: Annotated[float, Field(description="of the closest class; below zero is open")]
    candidates: Annotated[list[Candidate], Field(description="the closest classes, closest first")]
    neighbours: list[Neighbour]
    known_below: Annotated[float | None, Field(description="the share of held-out known texts that score lower")]
    between: Annotated[list[str], Field(description="two classes, or a class and open; empty when it is sure")]


class ModelAnswer(Answer):
    """An answer, and which model gave it."""

    model_id: str


class Answers(BaseModel):
    """One answer for each text, in order."""

    model_id: str
    answers: list[Answer]


class Figures(BaseModel):
    """How the texts of the test part were answered, in percent; null where it holds no such texts."""

    accuracy: float | None = None
    f1: float | None = None
    f1_known: float | None = None
    f1_open: float | None = None
    auroc: float | None = None


class Model(BaseModel):
    """A trained model."""

    model_id: str
    name: str
    dataset: str
    known_classes: Annotated[int, Field(description="how many it knows; train_status names them")]
    private: Annotated[bool, Field(description="it answers only whoever shows its key")]
    trained: Annotated[float | None, Field(description="when, in seconds since 1970")]
    figures: Figures


class Models(BaseModel):
    """Trained models, newest first."""

    models: list[Model]


class Read(BaseModel):
    """What was understood of own rows, or of a file."""

    text_column: Annotated[str, Field(description="of a file: where its texts were read; settings can name another")]
    label_column: Annotated[str | None, Field(description="of a file: where its labels were read")]
    rows: int
    kept: int
    left_out: Annotated[dict[str, int], Field(description="how many, by reason")]
    classes: int


class Training(BaseModel):
    """A training that was queued."""

    model_id: Annotated[str, Field(description="for train_status, and for classify as soon as it is trained")]
    key: Annotated[str | None, Field(description="told this once; null where the model is everybody's")]
    state: State
    place: Annotated[int, Field(description="trainings that go before it")]
    read: Annotated[Read | None, Field(description="null of a dataset by name, or of a file that is large")]


class Standing(BaseModel):
    """Where a training is, and how it ended."""

    model_id: str
    name: str
    state: State
    message: Annotated[str, Field(description="why it ended, if not well")]
    phase: Annotated[str | None, Field(description="what it does now")]
    progress: Annotated[float, Field(description="the share of the time that is over, 0 to 1")]
    seconds_left: float | None
    place: Annotated[int | None, Field(description="trainings that go before it; 0 while it is trained itself")]
    figures: Annotated[Figures | None, Field(description="once it is trained")]
    known_classes: list[str]


class Taught(BaseModel):
    """A new model that has learnt the corrections; the one before stays as it is."""

    model_id: str
    key: Annotated[str, Field(description="of the new model, which is private; told this once")]
    corrections: Annotated[int, Field(description="texts it has learnt, with those of earlier times")]
    right_before: int
    right_after: int
    new_classes: list[str]
    f1_before: Annotated[float, Field(description="on the rest of the test part, in percent")]
    f1_after: float
    seconds: float


class Problem(BaseModel):
    """Why there is no answer, in one sentence."""

    error: str
    detail: str

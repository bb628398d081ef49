"""Settings in files: written so that no later version reads them as something else, read from any earlier version."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ans.config import TrainConfig
from ans.json_files import NewerFormat

# The format of what is written. It grows when an earlier version could no longer read it rightly; 0 had no number.
FORMAT = 2


def written_settings(config: TrainConfig) -> dict[str, Any]:
    """What stands in a file: the format, and every setting. A later change of a default then changes no old model."""
    return {"format": FORMAT, **config.to_dict()}


@dataclass(frozen=True)
class ReadSettings:
    """Settings from a file of any version, and a sentence for each thing a person should know about them."""

    config: TrainConfig
    notes: tuple[str, ...] = ()


def read_settings(values: Any) -> ReadSettings:
    """Inverse of `written_settings`, for files of this and all earlier versions.

    A setting that the writing version did not have yet takes the value that does what that version did. One that this
    version does not have is left out, with a note.

    Raises:
        NewerFormat: a newer version wrote it in a way this one can't read.
        ValueError: these are no settings, one is missing that every version wrote, or a value is out of its bounds.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"expected settings by name, got {type(values).__name__}.")
    given = dict(values)
    written = given.pop("format", 0)
    if not isinstance(written, int) or isinstance(written, bool):
        raise ValueError(f"its format must be a whole number, got {reprlib.repr(written)}.")
    if written > FORMAT:
        raise NewerFormat(
            f"made by a newer version: its format is {reprlib.repr(written)}, and this version reads up to {FORMAT}. "
            "Update the app to use it."
        )
    specs = {spec.name: spec for spec in fields(TrainConfig)}
    for name, spec in specs.items():
        if (formerly := spec.metadata["formerly"]) in given:
            given.setdefault(name, given.pop(formerly))
    unknown = sorted(set(given) - set(specs))
    for name, spec in specs.items():
        if name not in given:
            if "before" not in spec.metadata:
                raise ValueError(f"the setting {name} is missing.")
            given[name] = spec.metadata["before"]
    notes = tuple(f"Its setting {name!r} is not one of this version's, and was left out." for name in unknown)
    return ReadSettings(TrainConfig.from_dict({name: given[name] for name in specs}), notes)

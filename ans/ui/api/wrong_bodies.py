"""What is wrong with a body that a program sent, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ans.ui.refused import Refused
from ans.ui.wording import as_sentence

ONE_OF = {"texts": "text", "rows": "row", "corrections": "correction"}
TYPES = {"string_type": "a string", "list_type": "a list", "dict_type": "an object", "model_type": "an object"}


def what_is_wrong(errors: Sequence[Any]) -> Refused:
    """The first of the errors that pydantic or FastAPI tells."""
    first = errors[0]
    kind, loc = str(first["type"]), [part for part in first["loc"] if part != "body"]
    got = type(first.get("input")).__name__
    if kind.startswith("json"):
        return Refused("What was sent is no JSON.", 400)
    if not loc and got == "bytes":
        return Refused("Expected a JSON object, sent as Content-Type: application/json.", 400)
    if not loc:
        return Refused(f"Expected a JSON object, got {got}.", 422)
    if kind == "extra_forbidden":
        return Refused(f"There is no field {str(loc[-1])[:80]!r}; /ans/api/openapi.json tells which there are.", 422)
    place = as_sentence(_place(loc))
    if kind == "missing":
        return Refused(f"{place} is missing.", 422)
    if kind in ("value_error", "string_unicode"):
        return Refused(f"{place} holds half a character (a lone surrogate); send it as UTF-8.", 422)
    kind = kind.replace("model_attributes_type", "model_type")
    return Refused(as_sentence(f"{place} must be {TYPES.get(kind, 'something else')}, got {got}."), 422)


def _place(loc: Sequence[Any]) -> str:
    """`the text`, `text 2`, `the label of row 3`; of anything else its name."""
    name, *inner = loc
    if not inner:
        return "the text" if name == "text" else str(name)
    one = f"{ONE_OF.get(name, name)} {inner[0] + 1}" if isinstance(inner[0], int) else str(name)
    return f"the {inner[1]} of {one}" if len(inner) > 1 else one

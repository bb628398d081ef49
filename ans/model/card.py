"""The README of a model on the Hugging Face hub, and what a notebook shows of a model. No torch."""

from __future__ import annotations

import hashlib
import html
import json
import re
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from huggingface_hub import ModelCard, ModelCardData

from ans.config import TrainConfig
from ans.conventions import whole_characters
from ans.paths import existing

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

PAPER = "https://aclanthology.org/2022.emnlp-main.295/"
FILE = "README.md"
SEAL = re.compile(r"<!-- written by ans: (\w{16}) -->")  # of what stands above it: who changes that, wrote it
HEADING = "# Open-world text classifier of "  # how cards began that had no seal yet
HUB_NAMES = {"minilm": "sentence-transformers/all-MiniLM-L6-v2", "mpnet": "sentence-transformers/all-mpnet-base-v2"}
HUB_NAME = re.compile(r"\w[\w.-]*(/[\w.-]+)?")
MOST_CLASSES = 200  # that the card lists
TEXT = """---
{{ card_data }}
---

# Open-world text classifier of {{ classes | length }} classes

Answers a text with one of the classes below, or with **open**: it belongs to none of them. It has learnt from texts of
these classes{{ " and from open ones" if outside else " alone" }}, with [adaptive negative samples]({{ paper }}).

The package `ans-open-world` reads it. It is on no index: `pip install .` in a clone of its project installs it.

```python
from ans import OpenWorldClassifier

model = OpenWorldClassifier.from_pretrained({{ repository }})  # this repository, or its folder
model.predict(["a text", "another one"])  # labels; {{ open_label }} for texts of no class
model.explain("a text")  # score, closest classes, nearest training texts
```

## How good it is

{% for name, value in numbers.items() -%}
- {{ name }}: {{ value }}
{% endfor %}
{%- if not numbers %}Nothing was held out in its training, so nothing is known; measure it on texts of your own.
{% endif %}
## What it has learnt from

{{ data }}

| class | texts |
| --- | --- |
{% for name, count in classes.items() -%}
| {{ name }} | {{ count }} |
{% endfor %}
{%- if left_out %}
and {{ left_out }} more classes
{% endif %}
## Settings

Encoder {{ encoder }}{% for name, value in changed.items() %}, {{ name }} {{ value }}{% endfor %}; all others as the
defaults are. Trained in {{ seconds }} s.

## Limits

- **`training_texts.json` holds its training texts**, of which the nearest are shown beside an answer. Where they are
  private, make the repository private.
- A text is judged by itself, by its first {{ tokens }}, in the languages that its encoder reads.
{% if own_folder -%}
- **It needs its encoder**, a folder called {{ encoder }}, which is not in this repository. It is looked for where it
  was in the training: `model.json` tells the path.
{% endif -%}
{% if own_data -%}
- `model.json` tells the paths of its data where it was trained.
{% endif -%}
- The numbers are of texts like those it has learnt from. What users type is often farther away, and more of it refused.
"""


def model_card(
    model: TrainedModel,
    about: ModelCardData,
    *,
    open_label: object,
    repository: str,
    metrics: Mapping[str, Any] | None = None,
    data: str = "",
) -> ModelCard:
    """The README of a model. Of a folder on this machine it tells the name, never the path.

    Args:
        about: its front matter, to which the encoder is added, unless it is a folder. open_label: what stands for open.
        repository: what the model is loaded by. metrics: what was measured elsewhere, by name.
        data: words about the texts.
    """
    from ans.model.tokens import MOST_PIECES

    config, counts = model.config, _texts_by_class(model)
    shown = dict(list(counts.items())[:MOST_CLASSES])
    own_folder = _is_folder(config.encoder)
    front: dict[str, Any] = about.to_dict()
    if not own_folder:
        front["base_model"] = HUB_NAMES.get(config.encoder, config.encoder)
    changed = {
        f"`{spec.name}`": _value(getattr(config, spec.name))
        for spec in fields(TrainConfig)
        if spec.metadata["group"] != "data" and spec.name not in ("encoder", "device")
        if getattr(config, spec.name) != spec.default
    }
    card = ModelCard.from_template(
        ModelCardData(**front),
        template_str=TEXT,
        paper=PAPER,
        classes={_cell(name): count for name, count in shown.items()},
        left_out=len(counts) - len(shown),
        outside=len(model.fitted.outside),
        open_label=repr(open_label.item() if isinstance(open_label, np.generic) else open_label),
        repository=json.dumps(repository, ensure_ascii=False),
        numbers={**(metrics or {}), **held_out(model)},
        data=data or f"{len(model.train_texts):,} texts; nobody has said more about them.",
        encoder=_as_code(Path(config.encoder).expanduser().resolve().name if own_folder else config.encoder),
        own_folder=own_folder,
        own_data=config.data_dir is not None or _is_folder(config.dataset),
        changed=changed,
        seconds=round(sum(model.seconds.values())),
        tokens=f"{config.max_tokens} tokens"
        if config.long_texts == "cut"
        else f"{MOST_PIECES} × {config.max_tokens} tokens, in pieces whose numbers are averaged",
    )
    said = whole_characters(str(card)).rstrip()
    return ModelCard(f"{said}\n\n{_sealed(said)}\n")


def drop_written(folder: Path) -> None:
    """Remove the README of an older model, so that the mixin writes another: it does where there is none.

    One that a person has written, or changed since, stays, with a warning.
    """
    path = folder / FILE
    if not path.exists():
        return
    said = path.read_text(encoding="utf-8", errors="replace")
    seal = SEAL.search(said)
    if seal[0] == _sealed(said[: seal.start()]) and not said[seal.end() :].strip() if seal else HEADING in said:
        path.unlink()
        return
    warnings.warn(
        f"{path} was written or changed by hand and stays as it is, so it may tell of another model; delete it, and "
        "save again, to have it written anew.",
        stacklevel=5,  # who called `save_pretrained`
    )


def held_out(model: TrainedModel) -> dict[str, str]:
    """What is known of a model from texts that its training has held out, by name, for reading."""
    found = model.calibration
    if not len(found.scores):
        return {}
    accepted = found.scores >= found.line
    right = float((accepted & (found.answers == found.targets)).double().mean())
    numbers = {
        f"answered rightly, of {len(accepted):,} held-out known texts": f"{100 * right:.1f} %",
        "of these refused": f"{100 * (1 - float(accepted.double().mean())):.1f} %",
    }
    for scores, kind in ((found.left_out, "classes left out in turn"), (found.outside, "no class")):
        if len(scores):
            let_in = float((scores >= found.line).double().mean())
            numbers[f"let in, of {len(scores):,} held-out texts of {kind}"] = f"{100 * let_in:.1f} %"
    return numbers


def described(model: TrainedModel) -> str:
    """A trained model as a small HTML table, for a notebook."""
    counts = _texts_by_class(model)
    names = ", ".join(list(counts)[:12]) + (" …" if len(counts) > 12 else "")
    facts = {
        "known classes": f"{len(counts)}: {names}",
        "training texts": f"{sum(counts.values()):,}, {min(counts.values()):,} to {max(counts.values()):,} a class",
        **held_out(model),
    }
    rows = (f"<tr><th>{html.escape(name)}</th><td>{html.escape(said)}</td></tr>" for name, said in facts.items())
    return f'<table style="margin-top: 0.5em; text-align: left">{"".join(rows)}</table>'


def _texts_by_class(model: TrainedModel) -> dict[str, int]:
    counts = Counter(model.train_targets.tolist())
    return {name: counts[row] for row, name in enumerate(model.labels)}


def _is_folder(name: str) -> bool:
    """Whether this is a folder or a file here, or was one: no name of the hub or of a dataset."""
    return existing(name) is not None or HUB_NAME.fullmatch(name) is None


def _sealed(said: str) -> str:
    """The comment that tells whether these words are still those that were written."""
    return f"<!-- written by ans: {hashlib.sha256(said.strip().encode()).hexdigest()[:16]} -->"


def _as_code(text: str) -> str:
    """A text as code in a line of Markdown, whatever it holds."""
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    room = " " if "`" in line else ""
    return f"{fence}{room}{line}{room}{fence}"


def _value(value: Any) -> Any:
    """A setting's value in a line of Markdown: a text as it would be typed."""
    return _as_code(json.dumps(value, ensure_ascii=False)) if isinstance(value, str) and not value.isalnum() else value


def _cell(name: str) -> str:
    """A name as a cell of a table in Markdown."""
    return " ".join(name.split()).replace("|", "\\|").replace("<", "&lt;")

"""A model on the Hugging Face hub: the README that goes with it, and its way there and back. No torch."""

from __future__ import annotations

import html
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from huggingface_hub import HfApi, ModelCard, ModelCardData, snapshot_download

from ans.config import TrainConfig
from ans.paths import existing, existing_folder

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

PAPER = "https://aclanthology.org/2022.emnlp-main.295/"
TAGS = ("open-set-recognition", "out-of-distribution", "intent-detection")
FILES = ("model.json", "weights.safetensors", "training_texts.json")
KIND = {"architectures": ["OpenWorldClassifier"], "model_type": "ans-open-world-classifier"}
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

model = OpenWorldClassifier.from_pretrained("{{ repository }}")  # this repository, or its folder
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
| {{ name | replace("|", "\\\\|") }} | {{ count }} |
{% endfor %}
{%- if left_out %}
and {{ left_out }} more classes
{% endif %}
## Settings

Encoder `{{ encoder }}`{% for name, value in changed.items() %}, {{ name }} {{ value }}{% endfor %}; all others as the
defaults are. Trained in {{ seconds }} s.

## Limits

- **`training_texts.json` holds its training texts**, of which the nearest are shown beside an answer. Where they are
  private, make the repository private.
- A text is judged by itself, by its first {{ tokens }}, in the languages that its encoder reads.
{% if own_folder -%}
- **It needs its encoder**, a folder called `{{ encoder }}`, which is not in this repository. It is looked for where it
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
        f"`{spec.name}`": getattr(config, spec.name)
        for spec in fields(TrainConfig)
        if spec.metadata["group"] != "data" and spec.name not in ("encoder", "device")
        if getattr(config, spec.name) != spec.default
    }
    return ModelCard.from_template(
        ModelCardData(**front),
        template_str=TEXT,
        paper=PAPER,
        classes=shown,
        left_out=len(counts) - len(shown),
        outside=len(model.fitted.outside),
        open_label=repr(open_label.item() if isinstance(open_label, np.generic) else open_label),
        repository=repository,
        numbers={**(metrics or {}), **held_out(model)},
        data=data or f"{len(model.train_texts):,} texts; nobody has said more about them.",
        encoder=Path(config.encoder).expanduser().resolve().name if own_folder else config.encoder,
        own_folder=own_folder,
        own_data=config.data_dir is not None or _is_folder(config.dataset),
        changed=changed,
        seconds=round(sum(model.seconds.values())),
        tokens=f"{config.max_tokens} tokens"
        if config.long_texts == "cut"
        else f"{MOST_PIECES} × {config.max_tokens} tokens, in pieces whose numbers are averaged",
    )


def full_name(repository: str, private: bool | None = None, token: str | None = None) -> str:
    """A repository with its owner, who is whoever the token belongs to where none is named; it is made if need be."""
    if "/" in repository:
        return repository
    return HfApi(token=token).create_repo(repository, private=private, exist_ok=True).repo_id


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


def save_beside(save: Callable[[Path], None], folder: Path) -> None:
    """Save a model among the other files of a repository; `save` would have a folder for itself."""
    with tempfile.TemporaryDirectory() as own:
        save(Path(own) / "model")
        for name in FILES:
            shutil.move(Path(own) / "model" / name, folder / name)
    (folder / "config.json").write_text(json.dumps(KIND, indent=2), encoding="utf-8")


def folder_of(model_id: str, **where: Any) -> Path:
    """The folder itself, or where the files of a repository on the hub have been downloaded to.

    Args:
        where: what `snapshot_download` takes: revision, cache_dir, force_download, local_files_only, token.
    """
    if (folder := existing_folder(model_id)) is not None:
        return folder
    wanted = [*FILES, "config.json"]  # by the last the hub counts downloads
    return Path(snapshot_download(model_id, allow_patterns=wanted, **where))


def _texts_by_class(model: TrainedModel) -> dict[str, int]:
    counts = Counter(model.train_targets.tolist())
    return {name: counts[row] for row, name in enumerate(model.labels)}


def _is_folder(name: str) -> bool:
    """Whether this is a folder or a file here, or was one: no name of the hub or of a dataset."""
    return existing(name) is not None or HUB_NAME.fullmatch(name) is None

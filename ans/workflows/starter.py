"""Build the starter that comes with the app: `python -m ans.workflows.starter`. Takes a minute.

It has to be built again when `outdated` names something, which a test holds.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ans.config import STARTER
from ans.config_files import read_settings, written_settings
from ans.data.corpora import BUNDLED_FOLDER
from ans.runs.check import Check
from ans.runs.evaluation import Evaluation
from ans.runs.run import Run
from ans.runs.shipped import SHIPPED, pack, rounded
from ans.runs.store import RunStore
from ans.workflows.worker import train_run


def build(shipped: Path = SHIPPED) -> float:
    """Train the starter, round it, judge what was rounded, and pack that; returns its F1 in percent.

    Raises:
        RuntimeError: the training did not end well.
    """
    with tempfile.TemporaryDirectory() as home:
        store = RunStore(Path(home) / "runs")
        store.starter()
        run = store.take_next()
        assert run is not None  # it was queued just now
        train_run(run)
        if not run.status.ended_well:
            raise RuntimeError(f"the training ended as {run.status.state}: {run.status.message}")
        _round(run)
        replace(run.status, process=None).write(run.folder)  # how long it took says nothing of the machine it comes to
        pack(run.folder, ingredients(), shipped)
        return Evaluation.read(run.folder).metrics.f1


def ingredients() -> dict[str, Any]:
    """What decides how the starter comes out: settings, data, encoder and the format of models."""
    from ans.model.encoder import TextEncoder
    from ans.model.files import version_of

    encoder = TextEncoder.of(STARTER)
    return {
        "settings": written_settings(STARTER),
        "data": digest_of(BUNDLED_FOLDER),
        "encoder": encoder.fingerprint(),
        "model_format": version_of(encoder.factor),
    }


def outdated(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Which ingredients have changed. A setting that is new, and does what was done before, changes nothing.

    Args:
        before, now: `ingredients` of the starter that was shipped, and today's.
    """
    changed = [name for name in now if name != "settings" and before.get(name) != now[name]]
    was, settings = read_settings(before["settings"]).config, read_settings(now["settings"]).config
    return changed if was == settings else ["settings", *changed]


def digest_of(folder: Path) -> str:
    """One hash of the tables in a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.tsv")):
        whole.update(f"{path.name}\n".encode() + path.read_bytes())
    return whole.hexdigest()


def _round(run: Run) -> None:
    """Let the run hold the model that a home gets, and what that one answers."""
    import torch
    from safetensors.numpy import load_file, save_file

    from ans.model.model_folder import WEIGHTS_FILE
    from ans.model.trained_model import TrainedModel
    from ans.workflows.checking import check_of
    from ans.workflows.experiment import save_answers
    from ans.workflows.judging import judge, msp_numbers

    weights = run.folder / "model" / WEIGHTS_FILE
    save_file(rounded(load_file(weights)), weights)
    model = TrainedModel.load(run.folder / "model", "cpu")
    _, labels, arrays = run.load_test()
    judged = judge(model, torch.from_numpy(rounded(arrays)["features"]), labels)
    evaluation, check = Evaluation.read(run.folder), Check.read(run.folder)
    assert check is not None  # it was written with the evaluation
    evaluation = replace(evaluation, metrics=judged.metrics, msp=msp_numbers(model, judged.features, labels))
    save_answers(run, model, judged, evaluation, check_of(model, check.quality))


def main() -> None:
    """Build it where the project keeps it, and say how good it is and how large."""
    f1 = build()
    print(f"{SHIPPED.name}: F1 {f1:.2f}, {SHIPPED.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

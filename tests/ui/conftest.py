"""What most tests of the page begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.runs.run import Run
from ans.runs.store import RunStore
from tests.finished_runs import finished_run


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """No run yet."""
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store, classifier, small_split, small_config) -> Run:
    """A finished run of everybody's, with a model that answers."""
    return finished_run(store, small_config, classifier, small_split)

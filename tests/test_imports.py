"""What importing a module may bring along: the page has to be up before anything heavy is."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "transformers", "datasets", "sklearn", "umap")
LIGHT_MODULES = [
    "ans",
    "ans.runs.store",
    "ans.runs.progress",
    "ans.workflows.worker",
    "ans.workflows.archive",
    "ans.workflows.promote",
    "ans.data.corpora",
    "ans.data.tables",
    "ans.config",
    "ans.conventions",
]
PAGE_MODULES = ["app"] + [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "ans" / "ui").rglob("*.py"))
]


def imported_by(modules: list[str]) -> set[str]:
    """All top-level packages that are loaded after importing modules in a fresh process, which must stay silent."""
    code = "import importlib, json, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    process = subprocess.run(
        [sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout.count("\n") == 1, "something was printed at import"
    return set(json.loads(process.stdout))


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports anywhere in it, by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("start", ["app", "ans.__main__"])
@pytest.mark.parametrize(("asked", "threads"), [(None, 1), ("2", 2)])
def test_numpy_and_scipy_compute_with_one_thread_unless_somebody_asks_for_more(start, asked, threads):
    code = f"import json, {start}, numpy, scipy.linalg, threadpoolctl\n"
    code += "print(json.dumps([one['num_threads'] for one in threadpoolctl.threadpool_info()]))"
    env = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS")}
    env |= {} if asked is None else {"OPENBLAS_NUM_THREADS": asked}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    assert set(json.loads(done.stdout)) == {threads}


@pytest.mark.parametrize(("asked", "spins"), [(None, "1000"), ("0", "0")])
def test_waiting_threads_spin_for_a_moment_unless_somebody_asks_for_something_else(asked, spins):
    env = {name: value for name, value in os.environ.items() if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    env |= {} if asked is None else {"GOMP_SPINCOUNT": asked}
    code = "import ans, os; print(os.environ['OMP_WAIT_POLICY'], os.environ['GOMP_SPINCOUNT'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["PASSIVE", spins]


def test_a_warm_worker_has_all_code_of_models_before_anybody_waits_for_it():
    code = "import sys; from ans.workflows.experiment import warm_up; warm_up(); before = set(sys.modules); "
    code += "from ans.config import TrainConfig; from ans.model.encoder import TextEncoder; "
    code += "TextEncoder.of(TrainConfig()); print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_queue_counts_no_past_events_for_a_view_that_is_not_served():
    code = "import app, gradio; queue = gradio.Blocks().queue()._queue; queue.events_recorded = 10**6; "
    code += "print(queue.ANALYTICS_MAX_EVENTS, queue.compute_analytics_summary([{'no': 'record'}]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 {'functions': {}}"


def test_the_package_runs_workflows_data_and_config_import_nothing_heavy():
    loaded = imported_by(LIGHT_MODULES)
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)
    assert "gradio" not in loaded


def test_the_package_gives_the_classifier_and_the_settings_when_they_are_asked_for():
    code = "import sys; from ans import OpenWorldClassifier, TrainConfig; "
    code += "print(OpenWorldClassifier(seed=TrainConfig(seed=3).seed).seed, 'torch' in sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert process.stdout == "3 False\n"


def test_the_page_imports_nothing_heavy():
    loaded = imported_by(PAGE_MODULES)
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


@pytest.mark.parametrize("module", ["heads", "negatives"])
def test_heads_and_negatives_know_tensors_only(module):
    names = {name.split(".")[0] for name in imports_of(ROOT / "ans" / "model" / f"{module}.py")}
    assert names <= {"__future__", "torch", "math", "itertools", "collections", "dataclasses"}


@pytest.mark.parametrize("module", ["phase_one", "phase_two"])
def test_training_knows_no_files_and_no_page(module):
    names = imports_of(ROOT / "ans" / "model" / f"{module}.py")
    assert not {name for name in names if name.split(".")[0] in ("os", "pathlib", "json", "gradio")}
    assert not {name for name in names if name.startswith(("ans.runs", "ans.workflows", "ans.ui"))}


def test_the_floors_that_the_guide_draws_are_those_that_the_linter_holds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    floors = next(one["layers"] for one in contracts if one["type"] == "layers")
    guide = (ROOT / "assets" / "guide" / "code.md").read_text(encoding="utf-8")
    drawn = re.search(r"```\n(ans\.__main__\n.+?)```", guide, re.DOTALL)
    assert drawn is not None
    order = [name for floor in floors for name in floor.split(" | ")]
    assert drawn[1].replace("ans.", "").split() == order

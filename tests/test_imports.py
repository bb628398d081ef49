"""What importing a module may bring along: the page has to be up before anything heavy is."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "transformers", "datasets", "sklearn", "umap")
LIGHT_MODULES = ["ans.runs", "ans.worker", "ans.data", "ans.config", "ans.conventions", "ans.tables"]
PAGE_MODULES = ["ans.ui"] if (ROOT / "ans" / "ui" / "__init__.py").is_file() else []
PAGE_MODULES += [f"ans.ui.{path.stem}" for path in sorted((ROOT / "ans" / "ui").glob("*.py")) if path.stem[0] != "_"]
PAGE_MODULES += ["app"] if (ROOT / "app.py").is_file() else []


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


def test_runs_worker_data_config_and_conventions_import_nothing_heavy():
    loaded = imported_by(LIGHT_MODULES)
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)
    assert "gradio" not in loaded


@pytest.mark.skipif(not PAGE_MODULES, reason="there is no page yet")
def test_the_page_imports_nothing_heavy():
    loaded = imported_by(PAGE_MODULES)
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_only_the_page_imports_gradio():
    for path in sorted((ROOT / "ans").rglob("*.py")):
        if path.parent.name == "ui":
            continue
        names = {name.split(".")[0] for name in imports_of(path)}
        assert "gradio" not in names, path.name


@pytest.mark.parametrize("module", ["heads", "negatives"])
def test_heads_and_negatives_know_tensors_only(module):
    names = {name.split(".")[0] for name in imports_of(ROOT / "ans" / f"{module}.py")}
    assert names <= {"torch", "math", "itertools", "collections"}


def test_training_knows_no_files_and_no_page():
    names = imports_of(ROOT / "ans" / "training.py")
    assert not {name for name in names if name.split(".")[0] in ("os", "pathlib", "json", "gradio")}
    assert not {name for name in names if name.startswith(("ans.runs", "ans.worker", "ans.ui"))}

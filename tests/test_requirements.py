"""The requirements list what is imported, and nothing that is not."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWN = {"ans", "app", "tests"}
BEHIND = {"aiohttp", "httptools", "uvloop"}  # imported by what is imported here, and not installed with it
EXTRAS = {"accelerate", "mcp", "ray"}  # imported by what is optional
STARTED = {"accelerate", "hatchling", "threadpoolctl"}  # imported by processes that tests start
TOOLS = {"import-linter", "oxlint", "pip-audit", "pyright", "ruff"}  # commands of .ci/run


def listed(path: Path) -> dict[str, str]:
    """The packages of a requirements file and their versions; every line pins one."""
    lines = [line.split("  #")[0] for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    pins = [re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[\w+\])?==([\w.+]+)(?:; .+)?", line) for line in lines]
    assert all(pins), lines
    return {normal(pin[1]): pin[2] for pin in pins if pin is not None}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*files: Path) -> set[str]:
    """The distributions that files import anywhere in them."""
    modules = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(str(node.module).split(".")[0])
    foreign = modules - OWN - set(sys.stdlib_module_names)
    distributions = packages_distributions()
    return {normal(distributions[module][0]) for module in foreign}


def test_the_app_lists_exactly_the_packages_it_imports():
    used = imported(ROOT / "app.py", *(ROOT / "ans").rglob("*.py"))
    assert set(listed(ROOT / "requirements.txt")) == (used | BEHIND) - EXTRAS


def test_the_tests_list_what_they_import_besides_and_the_tools_of_ci():
    used = imported(*(ROOT / "tests").rglob("*.py")) - set(listed(ROOT / "requirements.txt"))
    assert set(listed(ROOT / "tests" / "requirements.txt")) == used | STARTED | TOOLS
    commands = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert all(tool.replace("import-linter", "lint-imports") in commands for tool in TOOLS)


@pytest.mark.parametrize("file", ["requirements.txt", "tests/requirements.txt"])
def test_every_pin_is_the_version_that_is_installed(file):
    from importlib.metadata import version

    for name, pinned in listed(ROOT / file).items():
        assert version(name).split("+")[0] == pinned, name

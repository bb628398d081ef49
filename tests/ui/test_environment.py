"""What a server reads of its environment: all in one place, all in the README's table, and nothing that it can't be."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ans.paths import SPACE_DISK, home
from ans.ui.environment import Environment
from ans.ui.limits import MIB, OWN, PUBLIC, UPLOADED, Rates, limits_of

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = re.compile(r"\b(?:(?:ANS|GRADIO)_[A-Z_]+|SPACE_ID|PORT)\b")
# Read by Gradio, and set by the start for Gradio and the libraries below it; nobody else needs them.
GRADIOS = {"GRADIO_ROOT_PATH"}
ITS_OWN = {"GRADIO_ANALYTICS_ENABLED", "GRADIO_ANALYTICS_MAX_EVENTS", "GRADIO_ANALYTICS_CACHE_FREQUENCY"}


class Asked(dict):
    """An environment that remembers what was looked for."""

    def __init__(self, **said: str) -> None:
        super().__init__(said)
        self.names: set[str] = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def test_the_table_of_the_readme_has_each_variable_that_is_read_and_no_other():
    asked = Asked()
    Environment.read(asked)
    elsewhere = {"ANS_HOME", "ANS_DATA_DIR"}  # the command line reads them, too
    rows = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- environment -->")[1].split("\n\n")[0]
    told = [set(NAME.findall(row.split("|")[1])) for row in rows.strip().splitlines()[2:]]
    assert set().union(*told) == asked.names | elsewhere | GRADIOS


def test_no_other_file_reads_a_variable_of_its_own():
    allowed = {"paths.py": {"ANS_HOME", "SPACE_ID"}, "corpora.py": {"ANS_DATA_DIR"}, "doctor.py": {"ANS_DATA_DIR"}}
    allowed["start.py"] = {"ANS_DATA_DIR", *ITS_OWN}
    allowed["speed_whole.py"] = {"ANS_HOME"}  # it sets it, for a process of its own
    for path in sorted((ROOT / "ans").rglob("*.py")):
        if path.name == "environment.py":
            continue
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "environ" in line]
        assert set(NAME.findall("\n".join(lines))) <= allowed.get(path.name, set()), path


def test_without_a_word_it_is_a_server_for_oneself():
    assert Environment.read({}) == Environment()
    assert limits_of(Environment(), public=False, reachable=False) == OWN


def test_a_space_is_reached_by_strangers_through_one_proxy():
    asked = Environment.read({"SPACE_ID": "someone/something"})
    assert (asked.on_space, asked.host, asked.port, asked.proxies) == (True, "0.0.0.0", 7860, 1)
    assert (
        Environment.read({"SPACE_ID": "a/b", "GRADIO_SERVER_NAME": "10.0.0.7", "ANS_PROXIES": "2"}).host == "10.0.0.7"
    )


def test_the_port_is_gradios_then_the_platforms():
    assert Environment.read({"PORT": "80"}).port == 80
    assert Environment.read({"PORT": "80", "GRADIO_SERVER_PORT": "81"}).port == 81
    assert Environment.read({"PORT": "", "GRADIO_SERVER_PORT": " "}).port == 7860


NUMBERS = {
    "PORT": 65535, "GRADIO_SERVER_PORT": 65535, "ANS_PROXIES": 100, "ANS_KEEP_DAYS": 10**6, "ANS_UPLOAD_MIB": 10**6,
    "ANS_UPLOADS_GIB": 10**6, "ANS_TRAINING_MINUTES": 10**6, "ANS_TRAININGS": 10**6,
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["x", "-1", "1.5", "1e3", "٣", "10000001"])
def test_a_bad_number_is_told_with_its_variable_and_what_it_may_be(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be a number from [01] to {NUMBERS[name]}, got '{value}'\.$"):
        Environment.read({name: value})


@pytest.mark.parametrize("name", ["ANS_PUBLIC", "ANS_TRAINING", "ANS_UPLOADS"])
def test_what_is_neither_on_nor_off_is_told_with_its_variable(name):
    with pytest.raises(ValueError, match=rf"^{name} must be on or off, got 'perhaps'\.$"):
        Environment.read({name: "perhaps"})


def test_each_limit_can_be_set_and_the_others_stay_those_of_the_kind_of_server():
    said = {
        "ANS_UPLOAD_MIB": "7", "ANS_UPLOADS_GIB": "3", "ANS_TRAINING_MINUTES": "5", "ANS_TRAININGS": "2",
        "ANS_TRAINING": "off", "ANS_UPLOADS": "no",
    }  # fmt: skip
    limits = limits_of(Environment.read(said), public=True, reachable=True)
    assert (limits.upload, limits.kept, limits.seconds, limits.trainings) == (7 * MIB, 3 * 1024 * MIB, 300, 2)
    assert (limits.training, limits.uploading) == (False, False)
    assert (limits.rates, limits.waiting, limits.work) == (PUBLIC.rates, PUBLIC.waiting, PUBLIC.work)


def test_people_are_told_when_runs_do_not_stay():
    assert Environment().keeping(Path("/somewhere")) == ""
    assert Environment(keep_days=1).keeping(Path("/somewhere")) == (
        "Runs and uploads are deleted here after a day. Download what you want to keep."
    )
    own = "[Duplicate this Space](https://huggingface.co/spaces/me/mine?duplicate=true) to have one of your own."
    assert Environment(space="me/mine").keeping(SPACE_DISK / "ans") == own
    assert Environment(space="me/mine", keep_days=30).keeping(Path("/tmp/ans")) == (
        "Runs and uploads are deleted here after 30 days. This Space has no disk of its own: its runs and uploads go "
        f"when it is started again. Download what you want to keep. {own}"
    )
    assert "Duplicate" not in Environment(space="x](https://example.org)").keeping(SPACE_DISK / "ans")


def test_a_home_is_what_is_named_then_a_spaces_disk_then_the_users_cache(monkeypatch, tmp_path):
    for name in ("ANS_HOME", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("ans.paths.SPACE_DISK", tmp_path / "data")
    own = tmp_path / ".cache" / "ans"
    assert home() == own
    (tmp_path / "data").mkdir()
    assert home() == own  # somebody else's /data
    monkeypatch.setenv("SPACE_ID", "a/b")
    assert home() == tmp_path / "data" / "ans"
    monkeypatch.setattr("ans.paths.SPACE_DISK", tmp_path / "none")
    assert home() == own
    monkeypatch.setenv("ANS_HOME", str(tmp_path / "named"))
    assert home() == tmp_path / "named"


def test_a_user_without_a_home_has_one_among_the_temporary_files(monkeypatch):
    for name in ("ANS_HOME", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", classmethod(_none))
    assert home().name == "ans"
    assert os.access(home().parent, os.W_OK)


def _none(_kind) -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_a_file_that_may_be_as_large_can_be_uploaded_within_an_hour():
    asked = Environment.read({"ANS_UPLOAD_MIB": "300"})
    assert Rates(limits_of(asked, public=True, reachable=True)).wait(UPLOADED, "192.0.2.1", 300) == 0
    assert Rates(PUBLIC).wait(UPLOADED, "192.0.2.1", 300) > 0
    smaller = Environment.read({"ANS_UPLOAD_MIB": "10"})
    assert limits_of(smaller, public=True, reachable=True).rates == PUBLIC.rates

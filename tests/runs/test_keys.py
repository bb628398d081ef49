"""Keys of a private run: told once, kept as a hash, revocable, and gone wherever the run is not itself."""

from __future__ import annotations

import hmac
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from ans.json_files import write_json
from ans.runs import keys
from ans.runs.keys import KEYS_FILE, MOST_KEYS, keys_of, make_key, opens, revoke_key
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.workflows.archive import load_archive, save_archive
from tests.ui.tabs import ME, OTHER

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A finished run of one browser."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    shutil.copytree(source, tmp_path / "runs" / "mine")
    write_json(tmp_path / "runs" / "mine" / "owner.json", ME)
    return Run(tmp_path / "runs" / "mine")


def test_a_key_opens_its_run_and_is_found_in_no_file(run):
    key = make_key(run.folder)
    assert re.fullmatch(r"ans_[0-9a-f]{6}_[\w-]{43}", key)
    assert opens(run.folder, key)
    (kept,) = keys_of(run.folder)
    assert key.startswith(f"{kept.id}_")
    secret = key.removeprefix(f"{kept.id}_").encode()
    assert not [path for path in run.folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


@pytest.mark.parametrize("shown", ["", "ans_", None, 7, ["x"], {"key": "x"}, "\ud800", "é" * 50])
def test_what_is_no_key_opens_nothing_with_and_without_keys(run, shown):
    assert not opens(run.folder, shown)
    key = make_key(run.folder)
    for no_key in (shown, key[:-1], key + "x", key.upper(), keys_of(run.folder)[0].sha256):
        assert not opens(run.folder, no_key)


def test_every_hash_is_compared_in_constant_time_wherever_the_right_one_stands(run, monkeypatch):
    made = [make_key(run.folder) for _ in range(3)]
    compared, compare = [], hmac.compare_digest
    monkeypatch.setattr(keys.hmac, "compare_digest", lambda a, b: compared.append(a) or compare(a, b))
    for key in (*made, "wrong"):
        compared.clear()
        assert opens(run.folder, key) is (key in made)
        assert compared == [kept.sha256 for kept in keys_of(run.folder)]


def test_a_revoked_key_opens_nothing_and_the_others_still_do(run):
    first, second = make_key(run.folder), make_key(run.folder)
    revoke_key(run.folder, keys_of(run.folder)[0].id)
    assert (opens(run.folder, first), opens(run.folder, second)) == (False, True)
    for gone in (first[:10], "ans_000000", None):
        with pytest.raises(ValueError, match="there is no such key any more"):
            revoke_key(run.folder, gone)


def test_a_run_has_a_bounded_number_of_keys(run):
    for _ in range(MOST_KEYS):
        make_key(run.folder)
    with pytest.raises(ValueError, match="at most 10 keys, and this one has 10; revoke one first"):
        make_key(run.folder)
    assert len(keys_of(run.folder)) == MOST_KEYS


@pytest.mark.parametrize("content", ["", "{}", '[{"id": "ans_1"}]', '[{"id": "a", "sha256": "é", "made": 1}]'])
def test_a_damaged_file_opens_nothing_and_a_new_key_replaces_it(run, content):
    (run.folder / KEYS_FILE).write_text(content, encoding="utf-8")
    assert not opens(run.folder, "é")
    key = make_key(run.folder)
    assert opens(run.folder, key)
    assert len(keys_of(run.folder)) == 1


def test_neither_a_zip_nor_the_run_that_is_made_of_it_has_the_keys_and_a_zip_that_brings_some_is_refused(run, tmp_path):
    store, key, path = RunStore(run.folder.parent), make_key(run.folder), tmp_path / "run.zip"
    save_archive(run, path)
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "key" in name]
    taken = load_archive(path, store, OTHER, {"minilm"})
    assert (taken.owner, keys_of(taken.folder), opens(taken.folder, key)) == (OTHER, [], False)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"run/{KEYS_FILE}", json.dumps([]))
    with pytest.raises(ValueError, match="is no file of a run"):
        load_archive(path, store, OTHER, {"minilm"})


def test_keys_go_with_their_run(run):
    key = make_key(run.folder)
    RunStore(run.folder.parent).delete(run)
    assert not opens(run.folder, key)
    with pytest.raises(ValueError, match="has just been deleted"):
        make_key(run.folder)
    assert list(run.folder.parent.iterdir()) == []

"""A run as a zip for a visitor: packed whole or not at all, and cleared away where nobody waits for it any more."""

from __future__ import annotations

import os
import tempfile
import time
import zipfile

import pytest

from ans.durable import remedy
from ans.ui.download import FOLDERS, LEFT_AFTER, packed_run
from tests.full_disk import full_disk


@pytest.fixture
def temp(tmp_path, monkeypatch):
    """Where zips are packed."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_zips_of_pages_that_were_closed_are_cleared_away_and_nothing_else_is(run, temp):
    for name, age in ((f"{FOLDERS}old", LEFT_AFTER + 60), (f"{FOLDERS}new", LEFT_AFTER - 60), ("others", 1e6)):
        (temp / name).mkdir()
        (temp / name / "run.zip").write_bytes(b"zip")
        os.utime(temp / name, (time.time() - age,) * 2)
    path = packed_run(run)
    assert zipfile.is_zipfile(path)
    assert {one.name for one in temp.iterdir()} == {f"{FOLDERS}new", "others", path.parent.name}


def test_a_zip_for_which_there_is_no_room_leaves_nothing_and_is_packed_once_there_is(run, temp):
    with full_disk(), pytest.raises(OSError, match="too large") as error:
        packed_run(run)
    assert remedy(error.value).startswith("the disk is full")
    assert list(temp.iterdir()) == []
    assert zipfile.is_zipfile(packed_run(run))

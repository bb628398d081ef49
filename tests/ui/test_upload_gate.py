"""Uploads, sent as strangers send them: how many, how large, and of which kinds are taken."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

import pytest

from ans.runs.store import RunStore
from ans.ui import upload_gate
from ans.ui.changes import StoreChanges
from ans.ui.launch import launch_options
from ans.ui.limits import MIB, UPLOADED, Limits
from ans.ui.server import Server
from ans.ui.upload_gate import sweep
from ans.ui.wiring import LenientBlocks
from tests.ui.guarded_server import TINY, sent


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(guarded):
    client = guarded(TINY)
    refused = client.post("/gradio_api/upload", content=b"", headers={"Content-Length": str(50 * MIB)})
    assert refused.status_code == 413
    assert refused.json()["error"] == "A file has at most 2 MiB here."


def test_an_upload_that_does_not_tell_its_length_is_refused(guarded):
    def chunks():
        yield b"x" * 1000

    assert guarded(TINY).post("/gradio_api/upload", content=chunks()).status_code == 411


def test_uploads_are_counted_by_address_in_files_and_in_mebibytes(guarded):
    client = guarded(TINY)
    assert [sent(client).status_code for _ in range(3)] == [200, 200, 429]
    client = guarded(Limits(rates={UPLOADED: "4/hour"}))
    assert [sent(client, size=3 * MIB).status_code for _ in range(2)] == [200, 429]


def test_all_uploads_together_have_a_bound(guarded, uploads):
    uploads.mkdir()
    (uploads / "somebodys").write_bytes(b"x" * 6 * MIB)
    assert sent(guarded(TINY)).status_code == 413
    (uploads / "somebodys").unlink()
    assert sent(guarded(TINY)).status_code == 200


@pytest.mark.parametrize("name", ["a.exe", "a", "a.html", "a.svg", "a.csv.html", ".csv", "a.pkl"])
def test_only_tables_and_zips_are_taken(guarded, name):
    assert sent(guarded(), name).status_code == 415
    assert sent(guarded(), "A Table.CSV").status_code == 200
    assert guarded().post("/gradio_api/upload", content=b"no form").status_code == 415


def form(*heads: bytes) -> dict:
    """A form whose parts begin with these lines, as a program that is no browser may write it."""
    parts = b"".join(b"--b\r\n" + head + b"\r\n\r\n" + b"x" * 10_000 + b"\r\n" for head in heads)
    return {"content": parts + b"--b--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}


CSV = b'Content-Disposition: form-data; name="files"; filename="a.csv"'


@pytest.mark.parametrize(
    "second",
    [
        b'Content-Disposition: form-data; name="files"; filename="a.html"',
        b"Content-Disposition: form-data; name=files; filename=a.html",
        b'content-disposition:form-data;name=files;filename="a.csv\".html"',
        b'Content-Disposition: form-data; name="much"',
    ],
)  # fmt: skip
def test_each_part_of_a_form_is_a_file_that_is_read_here_however_its_name_is_written(guarded, second):
    assert guarded().post("/gradio_api/upload", **form(CSV, CSV)).status_code == 200
    refused = guarded().post("/gradio_api/upload", **form(CSV, second))
    assert refused.status_code == 415
    assert ".csv" in refused.json()["error"]


def test_what_did_not_arrive_to_its_end_is_removed_after_an_hour_and_what_did_stays(guarded, uploads):
    whole, new, old = uploads / "hash" / "a.csv", uploads / "tmpnew", uploads / "tmpold"
    whole.parent.mkdir(parents=True)
    for file in (whole, new, old):
        file.write_bytes(b"x")
    for file in (whole, old):  # the whole one is a copy that was made now of an old file
        os.utime(file, (0, 0))
    assert sent(guarded(TINY)).status_code == 200
    assert (whole.exists(), new.exists(), old.exists()) == (True, True, False)


def test_files_of_earlier_lives_make_room_after_a_day(guarded, uploads, monkeypatch):
    whole = uploads / "hash" / "a.csv"
    whole.parent.mkdir(parents=True)
    whole.write_bytes(b"x" * 6 * MIB)
    now = time.time()
    for hours, status in ((0, 413), (24, 413), (26, 200)):
        monkeypatch.setattr(upload_gate, "time", SimpleNamespace(time=lambda then=now + 3600 * hours: then))
        assert sent(guarded(TINY)).status_code == status
        assert whole.exists() == (status == 413)
    sweep(uploads)
    assert not any(path.name == "hash" for path in uploads.iterdir()), "its folder goes a little later"


def test_uploads_that_are_turned_off_are_refused(guarded):
    refused = sent(guarded(Limits(uploading=False)))
    assert refused.status_code == 403
    assert "turned off" in refused.json()["error"]


@pytest.mark.parametrize(("limits", "left"), [(TINY, False), (Limits(), True)])
def test_a_server_for_strangers_begins_without_the_uploads_of_earlier_lives(uploads, monkeypatch, limits, left):
    whole = uploads / "hash" / "a.csv"
    whole.parent.mkdir(parents=True)
    whole.write_bytes(b"x")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(uploads))
    monkeypatch.setattr(upload_gate, "time", SimpleNamespace(time=lambda: time.time() + 26 * 3600))
    with LenientBlocks() as page:
        launch_options(page, StoreChanges(RunStore(uploads.parent / "runs"), lambda: None), Server(limits=limits))
    assert whole.exists() == left

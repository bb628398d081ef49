"""Whatever can't be written leaves what was there, and nothing half made."""

from __future__ import annotations

import errno

import pytest
import torch

from ans.config import TrainConfig
from ans.data.corrections import Correction, Corrections
from ans.data.intake import understand
from ans.data.tables import read_upload
from ans.data.uploads import Uploads
from ans.durable import remedy, replacing
from ans.json_files import write_json
from ans.runs.status import FINISHED
from ans.runs.store import RunStore
from tests.full_disk import full_disk

ME = "0123456789abcdef" * 2


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def files(folder) -> dict[str, bytes]:
    """All files below a folder, also those whose names begin with a dot, and what is in them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_that_can_not_be_replaced_stays_as_it_was_and_nothing_lies_beside_it(tmp_path):
    write_json(tmp_path / "a.json", [1])
    with full_disk(), pytest.raises(OSError, match="too large") as error:
        write_json(tmp_path / "a.json", [2])
    assert remedy(error.value).startswith("the disk is full")
    assert files(tmp_path) == {"a.json": b"[1]"}


def test_a_file_whose_writing_broke_off_is_not_put_in_its_place(tmp_path):
    write_json(tmp_path / "a.json", [1])

    def broken_off() -> None:
        with replacing(tmp_path / "a.json") as building:
            building.write_text("[2")
            raise KeyError

    with pytest.raises(KeyError):
        broken_off()
    assert files(tmp_path) == {"a.json": b"[1]"}


def test_no_run_is_made_renamed_or_ended_and_none_is_lost(home):
    store = RunStore(home / "runs")
    run = store.create(TrainConfig())
    store.take_next()
    before = files(home)
    for write in (
        lambda: store.create(TrainConfig()), lambda: run.rename("mine"), lambda: run.set_status(FINISHED),
    ):  # fmt: skip
        with full_disk(), pytest.raises(OSError, match="too large"):
            write()
        assert files(home) == before
    assert [one.id for one in store.all()] == [run.id]
    run.rename("mine")
    assert store.get(run.id).name == "mine"


def test_neither_data_nor_corrections_are_half_kept(home):
    uploads, corrections = Uploads(home / "uploads"), Corrections(home / "corrections")
    home.mkdir()
    (home / "mine.csv").write_text("text,label\n" + "".join(f"text {i} of it,{'ab'[i % 2]}\n" for i in range(40)))
    table = read_upload(home / "mine.csv")
    understood = understand(table, table.guessed)
    corrections.add(ME, "assistant", [Correction("one", "a", None)])
    before = files(home)
    for write in (
        lambda: uploads.keep(ME, "mine", understood),
        lambda: corrections.add(ME, "assistant", [Correction("two", "a", None)]),
        lambda: corrections.remove(ME, "assistant", ["one"]),
    ):
        with full_disk(), pytest.raises(OSError, match="too large"):
            write()
        assert files(home) == before
    assert uploads.all(ME) == []
    assert uploads.keep(ME, "mine", understood).is_file()


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "the disk can't be written to"),
        (PermissionError(errno.EACCES, "Permission denied"), "this place can't be written to"),
        (MemoryError(), "the memory is used up"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), "the memory"),
        (SystemError("error return without exception set"), "the memory is used up"),
        (SystemError("<built-in function f> returned NULL without setting an exception"), "the memory is used up"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), "the memory is used up"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), "the memory is used up"),
        (RuntimeError("CUDA error: out of memory"), "the memory is used up"),
        (RuntimeError("CUDA error: unspecified launch failure"), "the GPU does not work any more"),
        (torch.AcceleratorError("CUDA error: device-side assert triggered"), "the GPU does not work any more"),
        (RuntimeError("CUDA driver initialization failed, you might not have a CUDA gpu."), "the GPU does not"),
        (RuntimeError("No CUDA GPUs are available"), "the GPU does not work any more"),
        (RuntimeError("Found no NVIDIA driver on your system."), "the GPU does not work any more"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "the GPU does not work any more"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate`"), "the GPU does not"),
    ],
)  # fmt: skip
def test_an_error_of_the_machine_is_told_with_what_to_do(error, what):
    assert remedy(error).startswith(what)
    assert "; " in remedy(error)


@pytest.mark.parametrize(
    "error", [ValueError("x"), FileNotFoundError(2, "x"), RuntimeError("illegal memory access"), SystemError("x")]
)
def test_an_error_of_another_kind_is_not_explained_away(error):
    assert remedy(error) is None

"""One packed file of texts is read as if it lay there by itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from ans.data.folders import parts_of
from ans.data.tables import read_file, read_table
from tests.data.few_classes import EACH, ROWS, found_in


@pytest.mark.parametrize("packed", ["gz", "bz2", "xz", "zip"])
def test_one_file_of_texts_that_is_packed_is_read_as_if_it_were_not(packed, tmp_path):
    plain = "\n".join(["text,label", *(f"{text},{label}" for text, label in ROWS)]).encode()
    path = tmp_path / f"train.csv.{packed}"
    if packed == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__MACOSX/._train.csv", b"\x00")
            archive.writestr("README.txt", "what this is")
            archive.writestr("export/train.csv", plain)
    else:
        path.write_bytes({"gz": gzip, "bz2": bz2, "xz": lzma}[packed].compress(plain))
    table = read_file(path)
    assert table.format.startswith("CSV (")
    assert found_in(table).counts == EACH
    (tmp_path / f"test.csv.{packed}").write_bytes(path.read_bytes())
    assert [part for part, paths in parts_of(tmp_path).items() if paths] == ["train", "test"]


def test_what_is_packed_is_one_file_of_texts_of_a_bearable_size(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * (12 << 20)))
    with pytest.raises(ValueError, match=r"a\.csv\.gz unpacks to more than 40 MB"):
        read_file(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"a\.csv\.gz is a damaged gzip file"):
        read_file(path)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("users.json", "{}")
        archive.writestr("set.json", "{}")
    with pytest.raises(ValueError, match=r"a\.zip holds users\.json, set\.json: no texts to read together; expected"):
        read_file(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.png", "x")
    with pytest.raises(ValueError, match="looks like a zip archive"):
        read_file(path)


@pytest.mark.parametrize("packed", [gzip, bz2, lzma])
def test_a_packed_tar_archive_is_called_by_its_name(packed, tmp_path):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo("tickets.csv")
        entry.size = 9
        archive.addfile(entry, io.BytesIO(b"text,a\nb\n"))
    path = tmp_path / "tickets.tar.gz"
    path.write_bytes(packed.compress(made.getvalue()))
    with pytest.raises(ValueError, match="looks like a tar archive, not like texts; unpack it, and take the file"):
        read_file(path)


def test_lines_without_labels_are_said_to_be_texts_with_a_line_as_it_should_be(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("refund: I want my money back\ndelivery: where is my parcel\n")
    with pytest.raises(ValueError, match=r"read as one text in each line.* such as “where is my parcel,delivery”"):
        read_table(path)

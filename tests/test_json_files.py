"""Files that are read again and again: parsed once, until they change."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from ans.json_files import json_text, read_typed


class Text(str):
    """Weakly referable, as a plain str is not."""

    __slots__ = ("__weakref__",)


def parse(raw: bytes) -> Text:
    return Text(raw.decode())


def test_a_file_is_parsed_once_until_it_is_written_again(tmp_path: Path):
    path = tmp_path / "file"
    path.write_text("one")
    first = read_typed(path, parse)
    assert read_typed(path, parse) is first
    path.write_text("another")
    assert read_typed(path, parse) == "another"


def test_of_a_file_that_grows_nothing_older_stays_in_memory(tmp_path: Path):
    path, before = tmp_path / "file", []
    for size in range(1, 30):
        path.write_text("x" * size)
        before.append(weakref.ref(read_typed(path, parse)))
    gc.collect()
    assert sum(one() is not None for one in before) == 1


def test_a_number_that_json_has_not_is_null_at_any_depth():
    odd = {"a": float("nan"), "b": [float("inf"), 1.5, (float("-inf"), "ü")], "c": {"d": float("nan")}, "e": Path("x")}
    assert json_text(odd, str) == '{"a": null, "b": [null, 1.5, [null, "ü"]], "c": {"d": null}, "e": "x"}'

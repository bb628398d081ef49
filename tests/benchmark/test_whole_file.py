"""What the run of a million lines counts as right: each line answered once, where it was."""

from __future__ import annotations

import pytest

from ans.benchmark.whole_file import _compare, _Lines


@pytest.mark.parametrize(
    ("answered", "wrong"),
    [
        (["a", "b", "c"], None),
        (["a", "b"], "line 3 is 'c', but nothing was answered"),
        (["a", "b", "b", "c"], "line 3 is 'c', but 'b' was answered"),
        (["a", "c", "b"], "line 2 is 'b', but 'c' was answered"),
        (["a", "b", "c", "c"], "'c' was answered after the last line"),
    ],
)
def test_a_line_that_is_lost_doubled_or_moved_is_told(tmp_path, answered, wrong):
    asked, out = tmp_path / "asked.csv", tmp_path / "out.csv"
    asked.write_text("text\na\nb\nc\n", "utf-8")
    out.write_text("text,answer_label\n" + "".join(f"{text},x\n" for text in answered), "utf-8")
    if wrong is None:
        _compare(asked, out)
    else:
        with pytest.raises(ValueError, match=wrong):
            _compare(asked, out)


def test_the_lines_of_a_file_that_grows_are_counted_on(tmp_path):
    lines = _Lines(tmp_path / "grows.csv")
    assert lines.counted() == 0
    for written, count in ((b"one\ntwo\nthr", 2), (b"ee\n", 3), (b"", 3)):
        with lines.path.open("ab") as file:
            file.write(written)
        assert lines.counted() == count

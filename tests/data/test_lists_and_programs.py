"""Texts that only look like classes with headings, like labels with arrows, or like lists of a program."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ans.data.formats.delimited import ONE_A_LINE
from ans.data.formats.recognised import read_bytes

LINES = {
    "notes with prose": "# To do\n- buy milk\n\n# Later\nthis is prose\n- call home\n",
    "one heading": "# To do\n- buy milk\n- call home\n- write\n",
    "texts with a hash and a dash": "#1 is broken\n- and now?\n# 2\nso what\n",
    "settings of a program": "[one]\na = the first\nb = another\n[two]\na = the third\nb = the last\n",
    "optional words": "[please] help me\nturn on the light\n[now]\nturn it off\n",
    "ways through a menu": "\n".join(f"open settings {i} -> press button {i * 7}" for i in range(9)),
    "an arrow in some": "go to menu -> settings\nwhere is it\ngo to menu -> help\nwhy\n",
    "Chinese prose": "\n".join(f"你好，我的包裹{place}在哪里，还没有到" for place in "一二三四五六七八"),
    "an equation": "x = (a + b)\ny = (c + d)\nwhat is x\n",
}


@pytest.mark.parametrize("kind", LINES)
def test_lines_of_texts_stay_lines(kind):
    table = read_bytes(LINES[kind].encode(), ".txt")
    assert table.format == ONE_A_LINE
    assert [row[0] for row in table.rows] == [line for line in LINES[kind].split("\n") if line]


def test_a_program_is_told_as_one():
    program = b"import csv\nrows = [('hi', 'greet')]\nprint(rows)\n"
    with pytest.raises(ValueError, match="is a program, not texts; save the list in it as JSON or CSV"):
        read_bytes(program, ".py")


@pytest.mark.parametrize("start", ["[", "# ", "[a", "x = [", "@relation t\n@attribute a string\n@data\n'"])
def test_long_lines_of_what_begins_so_take_no_time(start):
    content = (start + "a" + " " * 200_000 + "b#" * 100_000).encode()
    with suppress(ValueError):  # a row of Weka's without an end
        read_bytes(content, ".txt")

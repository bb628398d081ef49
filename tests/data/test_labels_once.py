"""Labels that stand in the first row of their group alone, and rows that have none."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.report import DOUBTFUL, TRAINABLE, Report
from ans.data.tables import read_table
from tests.odd_files.made import EACH, ROWS, written

FIRST = [(text, label if place % 6 == 0 else "") for place, (text, label) in enumerate(ROWS)]


def reported(rows: Sequence[tuple[str, str]]) -> Report:
    table = read_bytes(written(rows).encode(), ".csv")
    return Report(table, table.guessed, understand(table, table.guessed))


def test_a_label_above_empty_cells_is_read_as_theirs_and_doubted():
    report = reported(FIRST)
    assert (report.all_counts, report.status) == (EACH, DOUBTFUL)
    assert report.notes[0].text == (
        "In 15 rows “label” is empty below a label, and no label comes again further down: they were read as of the "
        "label above. If they have none, take them out."
    )


def test_a_cell_is_no_label_of_those_below_where_labels_come_again_or_each_stands_alone():
    again = reported([*FIRST, ("my money again", "refund")])
    assert (again.all_counts, again.found.left_out["unlabelled"].count) == ({**dict.fromkeys(EACH, 1), "refund": 2}, 15)
    some = [*ROWS[::6], *((text, "") for text, _ in ROWS)]
    assert reported(some).all_counts == dict.fromkeys(EACH, 1)
    test_part = [*ROWS, *((f"{text} too", "") for text, _ in ROWS)]
    assert reported(test_part).all_counts == EACH


def test_a_frame_of_a_sheet_whose_labels_are_merged_is_read_as_the_sheet():
    frame = pd.DataFrame(FIRST, columns=pd.Index(["text", "label"])).replace("", None)
    assert read_table(frame).labels == [label for _, label in ROWS]


def test_more_rows_without_a_label_than_with_one_are_doubted():
    assert reported([*ROWS, *((f"{text} too", "") for text, _ in ROWS)]).status == TRAINABLE
    assert reported([*ROWS[::2], *((f"{text} too", "") for text, _ in ROWS)]).status == DOUBTFUL

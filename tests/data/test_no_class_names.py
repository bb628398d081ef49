"""A name that somebody gives for texts of no class, and that no row has, is told."""

from __future__ import annotations

import pytest

from ans.__main__ import main


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("zzz,carrd", "? No row has the label 'carrd', 'zzz', named as of no class; did you mean card?"),
        ("zzz", "? No row has the label 'zzz', named as of no class?"),
        ("other", None),
    ],
)
def test_a_label_named_as_of_no_class_that_no_row_has_is_a_doubt_with_the_near_ones(tmp_path, capsys, named, said):
    rows = [f"text number {i} of {label}\t{label}" for label in ("card", "alarm", "other") for i in range(9)]
    (tmp_path / "rows.tsv").write_text("text\tlabel\n" + "\n".join(rows), encoding="utf-8")
    status = main(["inspect", str(tmp_path / "rows.tsv"), "--no-class", named])
    lines = capsys.readouterr().out.splitlines()
    assert (status, said in lines) == ((1, True) if said else (0, False))
    assert any(line.startswith("? No row") for line in lines) == (said is not None)

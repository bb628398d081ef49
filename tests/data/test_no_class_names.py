"""A name that somebody gives for texts of no class, and that no row has, is told."""

from __future__ import annotations

import pytest

from ans.__main__ import main
from ans.conventions import may_mean_no_class, means_no_class
from ans.data.intake import ReadAs
from ans.data.reading import understood

NAMES = (
    "OOS", "None of these", "sys.no-match-default", "actions.intent.NO_MATCH", "unbekannt", "kein Intent", "Aucune",
    "hors-périmètre", "Ninguno", "fuera de alcance", "Nessuna", "desconhecido", "geen", "Brak", "žádný", "вне домена",
    "未知", "范围外", "該当なし", "対象外", "없음", "خارج النطاق", "ไม่ทราบ", "kapsam dışı",
    "No Intent Found", "OOS - misc", "Out-of-scope: chitchat", "ood/news", "out_of_domain_sports",
)  # fmt: skip
RESTS = (
    "Other",
    "unclear",
    "Sonstiges",
    "autre",
    "Otros",
    "Altro",
    "inne",
    "ostatní",
    "Другое",
    "其他",
    "その他",
    "기타",
    "أخرى",
)


@pytest.mark.parametrize("name", NAMES)
def test_none_unknown_and_out_of_scope_are_told_in_other_languages_too(name):
    assert means_no_class(name)
    assert not may_mean_no_class(name)


@pytest.mark.parametrize(
    "name", ["open account", "none left", "unknown number", "keine Lieferung", "无线", "OOS (class)", "oosten"]
)
def test_a_class_whose_name_only_begins_so_is_one(name):
    assert not means_no_class(name)
    assert not may_mean_no_class(name)


@pytest.mark.parametrize("name", RESTS)
def test_what_is_called_other_stays_a_class_and_is_asked_about_until_somebody_says_so(tmp_path, name):
    rows = [f"text number {i} of {label}\t{label}" for label in ("card", "alarm", name) for i in range(5)]
    (tmp_path / "rows.tsv").write_text("text\tlabel\n" + "\n".join(rows), encoding="utf-8")
    report = understood(tmp_path / "rows.tsv", ReadAs())
    assert (report.found.counts[name], report.found.rest, report.status) == (5, [name], 0)
    assert [note.kind for note in report.notes if note.text.startswith(f"{name}: read as a class. ")] == ["note"]
    for said in ((), (name,)):
        told = understood(tmp_path / "rows.tsv", ReadAs(no_class=said)).notes
        assert not any("read as a class" in note.text for note in told)


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

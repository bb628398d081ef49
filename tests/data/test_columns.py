"""Which column holds what, and whether there is a header, where no usual name says it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ans.data.columns import Columns, guess_columns, has_header, named, some, usual_name
from ans.data.corpora import load_corpus
from ans.data.reading import ReadAs, understood
from ans.data.tables import read_file, read_table

LABELS = ("Rechnung", "Versand", "Konto")
TEXTS = [(f"wo bleibt nun eigentlich mein Vorgang Nummer {i}", LABELS[i % 3]) for i in range(18)]

FOUR_COLUMNS = [("Ulm", str(20 + i), *row) for i, row in enumerate(TEXTS)]


def test_a_header_in_another_language_is_one_for_it_comes_nowhere_else():
    assert has_header([("Meldung", "Sorte"), *TEXTS]) is True
    assert has_header(TEXTS) is False
    assert has_header([("Nr", "Anfrage", "Thema"), *((str(i), *row) for i, row in enumerate(TEXTS))]) is True


def test_a_name_above_numbers_alone_is_a_header():
    numbered = [(str(i), text) for i, (text, _) in enumerate(TEXTS)]
    assert has_header([("Nr", "Beschwerde"), *numbered]) is True
    assert has_header([("17", "wo bleibt es"), *numbered]) is None
    assert has_header([("Nr", "Beschwerde"), ("a4", "x"), *numbered]) is None


def test_a_first_text_whose_label_comes_nowhere_else_is_no_header():
    assert has_header([("ich möchte sofort mit einem Menschen sprechen", "Sonstiges"), *TEXTS]) is None


@pytest.mark.parametrize(
    ("name", "usual"),
    [("text_en", "text"), ("Text (EN)", "text"), ("data.text.de", "text"), ("de_intent", "intent"),
     ("label-pt-BR", "label"), ("Query (German)", "query"), ("intent_id", ""), ("title no", ""), ("my_en", "")],
)  # fmt: skip
def test_a_language_in_a_columns_name_leaves_it_a_usual_one(name, usual):
    assert usual_name(name) == usual


def test_of_texts_in_several_languages_the_english_ones_are_read_and_the_others_told(tmp_path):
    names = ["text_de", "text_en", "intent"]
    rows = [(f"{text}, auf deutsch etwas länger", f"english {i}", label) for i, (text, label) in enumerate(TEXTS)]
    assert guess_columns(names, rows) == Columns("text_en", "intent")
    assert guess_columns([*names, "text"], [(*row, "short") for row in rows]).text == "text_en", "one that varies"
    assert guess_columns([*names, "text"], [(*row, row[1]) for row in rows]).text == "text", "the plain name is nearest"
    path = tmp_path / "a.csv"
    path.write_text("\n".join([";".join(names), *map(";".join, rows)]), encoding="utf-8")
    told = [note.text for note in understood(path, ReadAs()).notes]
    assert any("“text_en” was taken for the text; in other languages: “text_de”." in one for one in told)


def test_without_a_column_of_few_values_nothing_tells():
    assert has_header([("wo ist meine Karte", "Karte"), ("stell den Wecker", "Wecker")]) is None


def test_the_label_is_the_column_of_few_values_and_the_text_the_longest():
    rows = [
        (str(i), "de" if i % 2 else "en", text, label, f"2026-11-{i + 1:02}") for i, (text, label) in enumerate(TEXTS)
    ]
    found = guess_columns(["Nr", "Sprache", "Meldung", "Sorte", "Datum"], rows)
    assert found == Columns("Meldung", "Sorte", None, ("Meldung", "Sorte"))


BESIDE = {
    "Datum": [f"{day:02}.03.2026" for day in range(1, 29)],
    "Sterne": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
    "Bearbeitet von": ["Anna", "Bert", "Cem", "Dana", "Emil", "Fatma", "Gerd", "Hanna"],
    "erledigt": ["ja", "nein"],
    "Uhr": [f"{hour:02}:{minute}" for hour in range(8, 18) for minute in ("00", "30")],
}


@pytest.mark.parametrize("beside", [*BESIDE, "all"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
def test_the_label_is_what_the_texts_tell_and_no_date_agent_or_number_of_stars(beside, first):
    """Of real texts: twelve of each of five classes of the bundled dataset."""
    part = load_corpus("assistant").train
    classes = sorted(set(part.labels))[:40:8]
    picked = [i for name in classes for i in [i for i, label in enumerate(part.labels) if label == name][:12]]
    chance = random.Random(0)
    names = list(BESIDE) if beside == "all" else [beside]
    rows = []
    for i in picked:
        row = [part.texts[i], part.labels[i]]
        others = [chance.choice(BESIDE[name]) for name in names]
        rows.append([*others, *row] if first else [*row, *others])
    heads = ["Nachfrage", "Sorte"]
    found = guess_columns([*names, *heads] if first else [*heads, *names], rows)
    assert (found.text, found.label) == ("Nachfrage", "Sorte")


def test_days_alone_are_no_labels():
    rows = [(text, f"2026-03-{1 + i % 5:02}") for i, (text, _) in enumerate(TEXTS)]
    assert guess_columns(["Meldung", "am"], rows).label is None


@pytest.mark.parametrize(
    "beside",
    [
        [f"2024/03/{i + 1:02} 10:11:{i + 10} AM MEZ" for i in range(18)],
        [f"anne-marie.schmitt.{i}@kundendienst.example.com" for i in range(18)],
        [f"https://example.com/vorgang/ansehen/nummer/{i}" for i in range(18)],
        [f"{i:08}-0000-4000-8000-a00000000000" for i in range(18)],
    ],
    ids=["time", "mail", "page", "number"],
)
def test_what_is_no_words_is_no_text_however_much_longer_it_is(beside):
    rows = [
        (cell, text[:12] + str(i), label) for i, (cell, (text, label)) in enumerate(zip(beside, TEXTS, strict=True))
    ]
    found = guess_columns(["wann oder wer", "Was?", "Wozu?"], rows)
    assert (found.text, found.label) == ("Was?", "Wozu?")


def test_a_text_with_a_time_in_it_is_one_all_the_same():
    rows = [(f"stell den Wecker auf {i % 12 + 1}:30", label, "ja") for i, (_, label) in enumerate(TEXTS)]
    assert guess_columns(["Was?", "Wozu?", "gut"], rows).text == "Was?"


def test_a_column_that_is_named_like_labels_and_holds_days_is_none():
    rows = [(f"{i + 1:02}.01.2024", text, label) for i, (text, label) in enumerate(TEXTS)]
    assert guess_columns(["Tag", "Nachricht", "Sorte"], rows).label == "Sorte"


@pytest.mark.parametrize(
    "names",
    [
        ("Frage", "Thema"), ("Satz", "Absicht"), ("Demande", "Thème"), ("Énoncé", "Intention"),
        ("Pregunta", "Intención"),
        ("Domanda", "Intenzione"), ("Dotaz", "Štítek"), ("Wiadomość", "Etykieta"), ("Обращение", "Тема"),
        ("用户问题", "意图"), ("質問", "意図"), ("질문", "의도"), ("السؤال", "التصنيف"), ("ข้อความ", "หมวดหมู่"),
    ],
)  # fmt: skip
def test_few_rows_have_a_header_in_another_language_where_nothing_comes_again(written, names):
    rows = [("wo bleibt mein Paket", "Versand"), ("ich bin ausgesperrt", "Konto"), ("zu viel berechnet", "Rechnung")]
    table = read_file(written("a.csv", names, *rows))
    assert (table.guessed.text, table.guessed.label, len(table.rows)) == (*names, 3)


def test_a_question_is_the_text_and_a_longer_answer_is_none(written):
    rows = [(text, f"Danke, wir sehen nach und melden uns bald wegen {label}", label) for text, label in TEXTS]
    assert read_file(written("a.csv", ("Frage", "Antwort", "Thema"), *rows)).guessed.text == "Frage"


def test_of_two_columns_a_first_row_that_may_be_names_is_told(written):
    rows = [("wo bleibt mein Paket", "Versand"), ("ich bin ausgesperrt", "Konto"), ("zu viel berechnet", "Rechnung")]
    first = "The first row was taken for one like the others: Was, Wozu."
    assert [note.text[: len(first)] for note in read_file(written("a.csv", ("Was", "Wozu"), *rows)).notes] == [first]
    assert not read_file(written("b.csv", *rows)).notes
    assert not read_file(written("c.csv", ("hallo", "Versand"), *rows)).notes


def test_names_of_columns_stand_below_a_row_that_groups_them(written):
    table = read_file(written("a.csv", ("Kunde", "", "Anfrage", ""), ("Ort", "Alter", "Text", "Thema"), *FOUR_COLUMNS))
    assert (table.names, len(table.rows)) == (["Ort", "Alter", "Text", "Thema"], len(FOUR_COLUMNS))


def test_usual_names_win_over_shapes_and_are_no_guess():
    rows = [(text, "x" * 200, label) for text, label in TEXTS]
    assert guess_columns(["text", "notes", "Sorte"], rows) == Columns("text", "Sorte", None, ("Sorte",))
    assert guess_columns(["notes", "text", "label"], [(b, a, c) for a, b, c in rows]) == Columns("text", "label")


@pytest.mark.parametrize(
    "cells",
    [
        [f"one of its own {i}" for i in range(18)],
        [str(i % 9) + "x" * 70 for i in range(18)],
        ["always the same"] * 18,
        [""] * 18,
    ],
    ids=["all different", "too long", "one value", "empty"],
)
def test_a_column_that_could_not_be_labels_is_not_taken_for_one(cells):
    rows = [("much longer than whatever stands beside it " * 3 + str(i), cell) for i, cell in enumerate(cells)]
    assert guess_columns(["Meldung", "etwas"], rows).label is None


def test_a_file_sorted_by_its_labels_has_them_all_the_same():
    rows = [(f"wo bleibt mein Vorgang {i}", LABELS[i // 3000]) for i in range(9000)]
    assert guess_columns(["Meldung", "Sorte"], some(rows)).label == "Sorte"


def test_every_column_has_a_name_of_its_own():
    assert named(["", "text", "text ", "column 1"]) == ["column 1", "text", "text (2)", "column 1 (2)"]


@pytest.fixture
def written(tmp_path: Path):
    def write(name: str, *rows: tuple[str, ...]) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
        return path

    return write


def test_a_file_of_more_columns_without_a_header_keeps_its_first_row(written):
    table = read_file(written("a.csv", *((str(i), *row) for i, row in enumerate(TEXTS))))
    assert (table.names, len(table.rows)) == (["column 1", "column 2", "column 3"], len(TEXTS))
    assert table.guessed == Columns("column 2", "column 3", None, ("column 2", "column 3"))


def test_a_header_in_another_language_trains_no_class_of_its_own(written, tmp_path):
    for part in ("train", "test"):
        written(f"{part}.csv", ("Meldung", "Sorte"), *TEXTS)
    corpus = load_corpus(str(tmp_path))
    assert corpus.classes == sorted(LABELS)
    assert len(corpus.train) == len(TEXTS)


def test_columns_need_no_usual_name_where_their_shapes_tell(written):
    assert read_table(written("two.csv", ("text", "Sorte"), *TEXTS)).labels == [label for _, label in TEXTS]
    rows = [(str(i), *row) for i, row in enumerate(TEXTS)]
    for names in (("Nr", "Meldung", "label"), ("Nr", "text", "Thema"), ("Nr", "Meldung", "Thema")):
        assert read_table(written("three.csv", names, *rows)).labels == [label for _, label in TEXTS]
    assert len(read_table(written("three.csv", names, *rows), "Meldung", "Nr")) == len(TEXTS)


def test_two_columns_without_labels_are_refused_rather_than_each_row_made_a_class(written):
    path = written("two.csv", ("text", "Nummer"), *((text, str(i)) for i, (text, _) in enumerate(TEXTS)))
    with pytest.raises(ValueError, match="expected one for the label"):
        read_table(path)


def test_a_header_of_one_column_says_that_commas_belong_to_the_texts(written, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("text\nhello, how are you\nstop; I mean it\na|b or not\n")
    table = read_file(path)
    assert table.names == ["text"]
    assert table.column("text") == ["hello, how are you", "stop; I mean it", "a|b or not"]


def test_the_line_with_which_a_spreadsheet_names_its_delimiter_is_obeyed_and_no_row(tmp_path):
    path = tmp_path / "a.csv"
    for first in ("sep=;", "sep=;;", '"sep=;";;'):  # as it is saved again, as wide as the table
        path.write_text(f"{first}\ntext;label\nhello, you;greet\n")
        assert read_table(path).texts == ["hello, you"]
        assert not read_file(path).left_out


def test_commas_in_the_texts_separate_no_columns_where_semicolons_separate_the_header(written):
    rows = [(str(i), f"guten Tag, wo bleibt mein Vorgang {i}", label) for i, (_, label) in enumerate(TEXTS)]
    table = read_file(written("a.csv", ("Nr", "Meldung", "Sorte"), *rows))
    assert table.names == ["Nr", "Meldung", "Sorte"]
    assert table.column("Meldung")[3] == "guten Tag, wo bleibt mein Vorgang 3"

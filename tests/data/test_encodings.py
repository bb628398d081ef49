"""Old encodings: those that are told rightly, and no wrong guess in silence; whoever knows better says so."""

from __future__ import annotations

import pytest

from ans.data.encodings import decoded, decoded_as
from ans.data.formats.recognised import read_bytes
from ans.data.rows import Table

SHORT = {
    "cp1252": ["où est ma commande déjà payée", "Øl og brød"],
    "cp850": ["La città più bella", "Überweisung fehlt"],
    "cp1250": ["źle działa", "Köszönöm"],
    "cp1254": ["Siparişim nerede? Teşekkürler"],
    "cp1257": ["Parole nestrādā"],
    "koi8_r": ["Возврат денег"],
    "cp1253": ["λογαριασμός"],
    "cp1255": ["איפה ההזמנה שלי"],
    "gb18030": ["我的订单在哪里"],
    "euc_jp": ["返金をお願いします"],
}


def table_in(text: str, encoding: str, named: str | None = None) -> Table:
    return read_bytes(f"text,label\n{text},a\n{text},b\n".encode(encoding), ".csv", encoding=named)


@pytest.mark.parametrize("encoding", SHORT)
def test_of_a_word_or_two_the_encoding_is_doubted_and_the_words_are_shown(encoding):
    for text in SHORT[encoding]:
        table = table_in(text, encoding)
        (note,) = table.notes
        assert table.guessed_encoding
        assert note.kind == "doubt"
        assert note.examples
        assert "If these look wrong, choose another." in note.text
        table = table_in(text, encoding, encoding)
        assert (table.column("text")[0], table.guessed_encoding, table.notes) == (text, False, [])


def test_many_words_leave_no_doubt_but_what_was_read_is_shown():
    words = "Größe für möchte ich später zurück schönen Gerät größer wäre öfter Überweisung"
    (note,) = table_in(words, "cp1252").notes
    assert (note.kind, note.examples[:2]) == ("note", ("Größe", "für"))
    assert "The encoding is a guess: Windows-1252." in note.text


def test_what_is_certain_is_no_guess():
    for encoding in ("utf-8", "utf-16", "ascii"):
        text = "Größe" if encoding != "ascii" else "size"
        assert decoded(text.encode(encoding)).told_by == ()


@pytest.mark.parametrize("named", ["Windows-1250", "windows-1250", "cp1250", "WINDOWS_1250"])
def test_an_encoding_is_known_by_its_usual_names(named):
    assert decoded_as("źle działa".encode("cp1250"), named).text == "źle działa"


@pytest.mark.parametrize("named", ["none such", "rot13", "hex", "", "idna", "a\0b"])
def test_what_is_no_encoding_is_refused_with_those_there_are(named):
    with pytest.raises(ValueError, match=r"^can't be read as .*, which is no encoding; expected one as UTF-8, UTF-16"):
        decoded_as(b"text", named)


def test_lines_that_are_not_in_the_encoding_that_somebody_names_are_told():
    table = table_in("Größe", "cp1252", "UTF-8")
    assert table.notes[0].kind == "doubt"
    assert "lines 2, 3" in table.notes[0].text

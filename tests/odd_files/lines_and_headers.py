"""How lines end, what stands above, between and below them, and what names the columns."""

from __future__ import annotations

import csv

from tests.odd_files.made import CLASSES, PLAIN, ROWS, OddFile, adding, joined, workbook, written

HEADERS = {
    "German": "Nachricht;Kategorie", "French": "Texte;Catégorie", "Spanish": "Mensaje;Categoría",
    "Italian": "Testo;Etichetta", "Polish": "Treść;Kategoria", "Turkish": "Metin;Etiket",
    "Russian": "Текст;Метка", "Greek": "Κείμενο;Ετικέτα", "Chinese": "文本;标签", "Japanese": "文章;分類",
    "Korean": "문장;분류", "Arabic": "النص;الفئة", "Hindi": "पाठ;श्रेणी", "Dutch": "Bericht;Categorie",
    "Swedish": "Meddelande;Kategori", "Finnish": "Viesti;Luokka", "Czech": "Zpráva;Kategorie",
    "nobody's": "foo;bar", "capital": "TEXT;LABEL", "camel": "queryText;intentName",
    "underscored": "user_query;intent_label",
}  # fmt: skip
FILES: dict[str, OddFile] = {}
add = adding(FILES)

add("CR alone", "a.tsv", joined(ROWS, "\t", "text\tlabel").replace("\n", "\r"))
add("CRLF and LF", "a.csv", written(ROWS).replace("\n", "\r\n", 7))
add(
    "U+2028 and U+0085",
    "a.csv",
    written([(text.replace(" ", "\u2028", 1).replace(" ", "\x85", 1), label) for text, label in ROWS]),
)
add("blank lines", "a.csv", written(ROWS).replace("\n", "\n\n"))
add("comments", "a.csv", "# exported on Monday\n# by hand\n" + written(ROWS), left_out={"comment": 2})
add("a title", "a.csv", "Tickets of May\n\n" + written(ROWS), left_out={"before the table": 1})
add("a hash before the header", "a.tsv", "#" + joined(ROWS, "\t", "text\tlabel"))
add("the header again", "a.csv", written(ROWS[:9]) + written(ROWS[9:]), left_out={"repeated header": 1})
add("a total below", "a.csv", written(ROWS) + "Total,18\n", left_out={"total": 1})
add(
    "a total with empty cells",
    "a.csv",
    written([(place, *row) for place, row in enumerate(ROWS)], "id,text,label") + "Total:,,18\n",
    left_out={"total": 1},
)
add("no end of the last line", "a.csv", written(ROWS).rstrip("\n"))
add("no header", "a.csv", written(ROWS, None))
add("no header, label first", "a.tsv", joined([row[::-1] for row in ROWS], "\t"))
for language, header in HEADERS.items():
    add(f"a header, {language}", "a.csv", joined(ROWS, ";", header))
add(
    "names that come again",
    "a.csv",
    written([(text, label, label.upper()) for text, label in ROWS], "text,label,label"),
)
add("title and body", "a.csv", written([(text.split()[0], text, label) for text, label in ROWS], "subject,body,label"))
add(
    "label id beside its name",
    "a.csv",
    written([(text, CLASSES.index(label), label) for text, label in ROWS], "text,label,label_name"),
)
add(
    "row names of R",
    "a.csv",
    "text,label\n" + "".join(f'"{place}","{text}","{label}"\n' for place, (text, label) in enumerate(ROWS, 1)),
)
add("an index of pandas", "a.csv", written([(place, *row) for place, row in enumerate(ROWS)], ",text,label"))
add("UTF-16 without a mark", "a.csv", written(ROWS).encode("utf-16-le"))
add("UTF-16, big end first", "a.csv", written(ROWS).encode("utf-16-be"))
add("UTF-32", "a.csv", written(ROWS).encode("utf-32"))
add("a mark inside", "a.csv", (written(ROWS[:9]) + "\ufeff" + written(ROWS[9:], None)))
add(
    "a mark before each file that was joined",
    "a.csv",
    "\ufeff" + written(ROWS[:9]) + "\ufeff" + written(ROWS[9:]),
    left_out={"repeated header": 1},
)
add("one bad byte", "a.csv", written(ROWS).encode().replace(b"urgent", b"\xfcrgent", 1))
add(
    "UTF-8 and Windows-1252 lines",
    "a.csv",
    b"".join(
        f"{text} é,{label}\n".encode("cp1252" if place % 6 == 0 else "utf-8")
        for place, (text, label) in enumerate([("text", "label"), *PLAIN])
    ).replace(b"text \xe9", b"text"),
)

add(
    "a form",
    "a.csv",
    written(
        [(f"2026/01/{place + 1:02} 10:00:00", *row, "") for place, row in enumerate(ROWS)],
        "Timestamp,What is your question?,Which team?,Anything else?",
    ),
)
QUESTIONS = ("What would you\nlike to tell us?", "Which team?")
add(
    "Qualtrics",
    "a.csv",
    written(
        [
            ("Start Date", "Response ID", *QUESTIONS),
            ('{"ImportId":"startDate","timeZone":"America/Denver"}', *(f'{{"ImportId":"QID{n}"}}' for n in range(3))),
            *(("2026-01-01 10:00:00", f"R_{place}", *row) for place, row in enumerate(ROWS)),
        ],
        "StartDate,ResponseId,Q1,Q2",
        quoting=csv.QUOTE_ALL,
    ).encode("utf-8-sig"),
    left_out={"column description": 2},
)
add(
    "Qualtrics, Excel, names of columns in the second row",
    "a.xlsx",
    workbook(("one", [("Q1", "Q2"), ("Message", "Category"), ('{"ImportId":"QID1"}', '{"ImportId":"QID2"}'), *ROWS])),
    left_out={"before the table": 1, "column description": 1},
)
add(
    "SurveyMonkey",
    "a.csv",
    written(
        [("", "Open-Ended Response", "Response"), *((114 + place, *row) for place, row in enumerate(ROWS))],
        "Respondent ID,What is your question?,Which team?",
    ),
    left_out={"column description": 1},
)
add(
    "names of columns in two rows",
    "a.csv",
    written([("Nachricht", "Kategorie"), *ROWS]),
    left_out={"column description": 1},
)
add(
    "six columns without a header",
    "a.csv",
    written(
        [
            (label, 1467810369 + place, "Mon Apr 06 22:19:45 PDT 2009", "NO_QUERY", f"user{place}", text)
            for place, (text, label) in enumerate(ROWS)
        ],
        None,
        quoting=csv.QUOTE_ALL,
    ),
)
add("three columns without a header", "a.csv", written([(place, *row) for place, row in enumerate(ROWS)], None))
add("a header with invisible letters", "a.csv", "\u00a0text\u00a0;\u200blabel \n" + joined(ROWS, ";"))
add("a header over two lines", "a.csv", '"text\n(as written)",label\n' + written(ROWS, None))
add("a header with more words", "a.csv", written(ROWS, "Text (English),Label (manual)"))
add("a header of more words", "a.csv", written(ROWS, "Customer message,Assigned category"))
add(
    "all texts over lines, no header",
    "a.csv",
    written([(text.replace(" ", "\r\n", 1), label) for text, label in ROWS], None, ";", quoting=csv.QUOTE_ALL),
)
add("the end of DOS", "a.csv", written(ROWS) + "\x1a")
add("two marks", "a.csv", "\ufeff\ufeff" + written(ROWS))
add("Unicode text of Excel", "a.txt", joined([("text", "label"), *ROWS], "\t").replace("\n", "\r\n").encode("utf-16"))
add(
    "the same question in each row",
    "a.csv",
    written(
        [(place, "What would you tell it?", label, text) for place, (text, label) in enumerate(ROWS)],
        "id,question,intent,answer",
    ),
)
add(
    "psql",
    "a.txt",
    "      text      | label\n----------------+------\n"
    + "".join(f" {text} | {label}\n" for text, label in PLAIN)
    + "(18 rows)\n",
    left_out={"comment": 1, "too few cells": 1},
)
add(
    "texts and labels in languages, and long answers",
    "a.csv",
    written(
        [
            (f"{text} auf deutsch", text, f"de {label}", label, f"{label}: an answer longer than any text")
            for text, label in ROWS
        ],
        "utterance_de,utterance_en,intent_de,intent_en,reply",
    ),
)

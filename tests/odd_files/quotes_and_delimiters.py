"""How cells are enclosed and separated."""

from __future__ import annotations

import csv

from tests.odd_files.made import PLAIN, ROWS, OddFile, adding, joined, written

FILES: dict[str, OddFile] = {}
add = adding(FILES)

lone = [(f'"{text}' if place in (2, 11) else text, label) for place, (text, label) in enumerate(PLAIN)]
add("lone quotes, tabs", "a.tsv", joined(lone, "\t", "text\tlabel"))
add("lone quotes, semicolons", "a.csv", joined([row[::-1] for row in lone], ";", "label;text"))
add("inches", "a.csv", joined([(f'{text} 5" wide', label) for text, label in PLAIN], ",", "text,label"))
add("single quotes", "a.csv", written(ROWS, quotechar="'", quoting=csv.QUOTE_ALL))
add("typographic quotes", "a.csv", joined([(f"“{text}”", label) for text, label in PLAIN], ",", "text,label"))
add(
    "backslashes",
    "a.csv",
    written(
        [(f'{text}, "so"', label) for text, label in ROWS], doublequote=False, escapechar="\\", quoting=csv.QUOTE_ALL
    ),
)
add("a space before the quote", "a.csv", "text, label\n" + "".join(f'"{text}", "{label}"\n' for text, label in ROWS))
add(
    "texts over lines",
    "a.csv",
    written([(text.replace(" ", "\n", 1), label) for text, label in ROWS], quoting=csv.QUOTE_ALL),
)
add("quotes at the end", "a.tsv", joined([(f'{text} "sic"', label) for text, label in PLAIN], "\t", "text\tlabel"))
add("an apostrophe first", "a.csv", joined([(f"'tis {text}", label) for text, label in PLAIN], ",", "text,label"))
add("commas in the text, label last", "a.csv", joined(ROWS, ",", "text,label"))
add("commas in the text, label first", "a.csv", joined([row[::-1] for row in ROWS], ",", "label,text"))
add(
    "commas in the text, an id before",
    "a.csv",
    joined([(place, *row) for place, row in enumerate(ROWS)], ",", "id,text,label"),
)
add(
    "semicolons in the text",
    "a.csv",
    joined([(text.replace(",", ";"), label) for text, label in ROWS], ";", "text;label"),
)
add("bars", "a.csv", joined(PLAIN, "|", "text|label"))
add("bars with spaces", "a.txt", joined(PLAIN, " | ", "text | label"))
add("two bars", "a.txt", joined(PLAIN, "||", "text||label"))
add("carets", "a.csv", joined(PLAIN, "^", "text^label"))
add("tildes", "a.csv", joined(PLAIN, "~", "text~label"))
add(
    "Markdown table",
    "a.md",
    "| text | label |\n|---|---|\n" + "".join(f"| {text} | {label} |\n" for text, label in PLAIN),
    left_out={"comment": 1},
)
add(
    "MySQL",
    "a.txt",
    (rule := "+-----------+------+\n")
    + "| text      | label |\n"
    + rule
    + "".join(f"| {text}  | {label} |\n" for text, label in PLAIN)
    + rule,
    left_out={"comment": 3},
)
add("tabs in a .csv", "a.csv", joined(ROWS, "\t", "text\tlabel"))
add("commas in a .tsv", "a.tsv", written(ROWS))
add("two tabs", "a.tsv", joined(PLAIN, "\t\t", "text\t\tlabel"))
add("sep=|", "a.csv", "sep=|\r\n" + joined(PLAIN, "|", "text|label").replace("\n", "\r\n"))
add("sep=tab", "a.csv", "sep=\t\n" + joined(ROWS, "\t", "text\tlabel"))
add("a mark and sep=", "a.csv", b"\xef\xbb\xbf" + ("sep=;\n" + joined(ROWS, ";", "text;label")).encode())
add("quoted sep=", "a.csv", '"sep=;"\n' + joined(ROWS, ";", "text;label"))
add("trailing delimiters", "a.csv", "".join(f"{line};\n" for line in joined(PLAIN, ";", "text;label").splitlines()))

mails = [(f"Hello,\n{text}.\n\nBest regards; Anna\n--\nsent from here", label) for text, label in ROWS]
for kind, header, rows in (
    ("mails over lines, no usual name", "Complaint,Department", mails),
    ("mails over lines, label first", "Department,Complaint", [row[::-1] for row in mails]),
    ("mails over lines, one usual name", "id,message,team", [(place, *row) for place, row in enumerate(mails)]),
    ("mails over lines, no header", None, [row[::-1] for row in mails]),
):
    add(kind, "a.csv", written(rows, header))
add("mails over lines, semicolons", "a.csv", written(mails, "Beschwerde,Abteilung", ";"))
add("mails over lines, tabs", "a.txt", written(mails, "Complaint,Department", "\t"))
add(
    "mails over lines, below a title",
    "a.csv",
    "Tickets of May\n\n" + written(mails, "Complaint,Department"),
    left_out={"before the table": 1},
)

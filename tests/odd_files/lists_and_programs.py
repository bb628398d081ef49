"""Classes as headings, arrows between text and label, lists that stand in programs, Weka's files."""

from __future__ import annotations

import json

from tests.odd_files.made import CLASSES, ROWS, OddFile, adding, by_class, joined

FILES: dict[str, OddFile] = {}
add = adding(FILES)


def headed(heading: str, text: str) -> str:
    """Each class as a heading with its texts below."""
    parts = (
        "".join([heading.format(label), "\n", *(text.format(one) + "\n" for one in texts)])
        for label, texts in by_class().items()
    )
    return "\n".join(parts)


add("Bot Framework's .lu", "a.lu", "> exported on Monday\n" + headed("# {}", "- {}"), left_out={"comment": 1})
add(
    ".lu with entities",
    "a.lu",
    headed("# {}", "- {}").replace("today", "{@when=today}") + "\n@ list city\n- rome :\n  - Roma\n",
    left_out={"comment": 3},
)
add("headings of Markdown", "a.md", "# All intents\n\n" + headed("## {}", "* {}"))
add("headings of Markdown, numbers before the texts", "a.md", headed("# {}", "1. {}"))
add("Rhasspy", "sentences.ini", headed("[{}]", "{}"))
add("an arrow before the label", "a.txt", joined(ROWS, " -> "))
add("an arrow behind the label, with names", "a.txt", joined([row[::-1] for row in ROWS], " → ", "intent → utterance"))
add(
    "commas of full width",
    "a.csv",
    joined([(text.replace(",", ""), label) for text, label in ROWS], "，", "文本，标签"),
)
add("tuples in Python", "a.py", "# the data\ntrain = [\n" + "".join(f"    {row!r},\n" for row in ROWS) + "]\n")
add("tuples in a text", "a.txt", "[" + ",\n".join(map(repr, ROWS)) + "]")
add(
    "an object in JavaScript",
    "a.js",
    "// the data\nexport const intents = " + json.dumps(by_class(), indent=2) + ";\n",
)
ATTRIBUTES = f"@relation tickets\n\n@attribute text string\n@attribute 'class' {{{','.join(CLASSES)}}}\n\n@data\n"
add(
    "Weka, single quotes",
    "a.arff",
    "% by hand\n" + ATTRIBUTES + "".join(f"'it\\'s, {text}',{label}\n" for text, label in ROWS),
    left_out={"comment": 1},
)
add(
    "Weka, double quotes, a label missing",
    "a.arff",
    ATTRIBUTES.upper().replace("TEXT STRING", "text string")
    + "".join(f'"{text}", {label}\n' for text, label in ROWS)
    + "'no label',?\n",
    left_out={"unlabelled": 1},
)

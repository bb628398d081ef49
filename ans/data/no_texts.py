"""What programs and people write into a cell where there is no text, and texts of signs alone."""

from __future__ import annotations

from collections.abc import Iterable

from ans.data.rows import Note

# Faults of spreadsheets, in the languages of theirs, and messages that were taken back: in no case a text.
FAULTS = frozenset((
    "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!", "#calc!", "#error!", "#field!",
    "#nv", "#bezug!", "#wert!", "#zahl!", "#n/d", "#valeur!", "#nom?", "#nombre!", "#¡ref!", "#¡valor!", "#¿nombre?",
    "#¡div/0!", "[deleted]", "[removed]", "[deleted by user]", "<na>", "(null)", "(blank)", "(empty)", "\\n",
))  # fmt: skip
# As programs write them; in other letters they may be words: “Null” is zero in German, “na” is “no” in several tongues.
MISSING = frozenset((
    "nan", "NaN", "NAN", "NULL", "N/A", "n/a", "NA", "NaT", "undefined", "-", "--", "–", "—", "_", ".",
))  # fmt: skip
DOUBTED = frozenset(("null",))


def is_no_text(text: str) -> bool:
    """Whether a cell holds what is written where there is no text: `nan`, `#REF!`, `[deleted]`, a dash."""
    return text in MISSING or (text[:1] in "#[<(\\" and text.casefold() in FAULTS)


def unsure_notes(texts: Iterable[str]) -> list[Note]:
    """What to tell of kept texts that may be none: words that programs write for nothing, and mere signs."""
    words: dict[str, int] = {}
    signs: dict[str, int] = {}
    for text in texts:
        if len(text) > 20:
            continue
        if text.casefold() in DOUBTED:
            words[text] = words.get(text, 0) + 1
        elif text.isascii() and not any(map(str.isalnum, text)):
            signs[text] = signs.get(text, 0) + 1
    made = []
    if words:
        listed = ", ".join(f"{text} ({count:,})" for text, count in words.items())
        said = f"Programs write {listed} where there is no text; kept as one. If it is none, empty it."
        made.append(Note("doubt", said))
    if signs:
        many = "1 text is" if (count := sum(signs.values())) == 1 else f"{count:,} texts are"
        made.append(Note("note", f"{many} signs without a letter or number: kept.", tuple(signs)[:4]))
    return made

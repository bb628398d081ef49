"""Rows below a header that say what its columns hold and are no answers, as tools for surveys write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ans.data.columns import some, usual_name

MOST_BELOW = 4  # rows below the header among which the last of these is
IMPORT_ID = re.compile(r"\s*\{\s*[\"']*ImportId[\"']*\s*:")  # Qualtrics: {"ImportId":"QID1_TEXT"}
# SurveyMonkey: the kind of an answer below each question, or the answers that could be ticked.
OPEN_ENDED = (
    "open-ended response", "offene antwort", "réponse ouverte", "respuesta abierta", "resposta aberta",
    "risposta aperta", "open antwoord",
)  # fmt: skip
OF_ANSWERS = (
    *OPEN_ENDED, "response", "antwort", "réponse", "respuesta", "resposta", "risposta", "antwoord",
    "other (please specify)", "comments",
)  # fmt: skip


def count_below_header(rows: Sequence[Sequence[str]]) -> int:
    """How many rows below the first one describe the columns.

    They are those down to a row of import ids, or one of words such as `Open-Ended Response` or `text` and `label`,
    which stand nowhere else in their columns.
    """
    for place, row in enumerate(rows[1 : MOST_BELOW + 1], 1):
        if any(IMPORT_ID.match(cell) for cell in row):
            return place
    return int(len(rows) > 2 and rows[1] != rows[0] and _names_answers(rows[1], some(rows[2:])))


def _names_answers(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    filled = {place: " ".join(cell.casefold().split()) for place, cell in enumerate(row) if cell.strip()}
    if len(filled) < 2:
        return False
    if len(filled) < len(row) and any(word in OPEN_ENDED for word in filled.values()):  # the rest may be ticked below
        return True
    if not all(word in OF_ANSWERS or usual_name(word) for word in filled.values()):
        return False
    return not any(len(other) > place and other[place] == row[place] for other in below for place in filled)

"""The values in a JSON text: one, or many one after the other, whatever stands between them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ans.data.rows import BROKEN, Account

BETWEEN = re.compile(r"[\s,]*")
DEEPEST = "it is nested too deeply to be a table of texts"
# Bytes that a value takes in memory, about, and as many as they may take together.
OBJECT, LIST, TEXT, NUMBER, MOST_BYTES = 200, 70, 25, 12, 200 << 20
MOST_BROKEN = 0.5  # of the lines: with more, these are no JSON lines


@dataclass(frozen=True)
class Values:
    """`lines`: of each value where it begins, its place in the list for those of one list. `single`: it was one value,
    and no list."""

    values: list[Any]
    lines: list[int]
    kind: str
    left_out: Account
    cut_off: bool = False
    single: bool = False


def json_values(content: str) -> Values:
    """The values of a JSON text: a list's items, one a line, pretty-printed ones after another, or a single value.

    Raises:
        ValueError: it is no JSON; the sentence follows a file's name.
    """
    _check_size(content)
    try:
        whole = json.loads(content)
    except RecursionError as error:
        raise ValueError(f"is JSON, but {DEEPEST}.") from error
    except ValueError as error:
        return _many(content, error)
    if isinstance(whole, str) and whole.lstrip()[:1] in ("[", "{"):  # written as JSON twice
        return json_values(whole)
    if isinstance(whole, list):
        return Values(whole, list(range(1, len(whole) + 1)), "JSON", Account())
    return Values([whole], [1], "JSON", Account(), single=True)


def _check_size(content: str) -> None:
    """See that the values of a text take no more memory than they may.

    Raises:
        ValueError: they do; the sentence follows a file's name.
    """
    objects, lists, texts = content.count("{"), content.count("["), content.count('"') // 2
    if OBJECT * objects + LIST * lists + TEXT * texts + NUMBER * content.count(",") > MOST_BYTES:
        raise ValueError(
            f"holds {objects + lists:,} objects and lists of {texts:,} texts, more than can be read at once; "
            "keep fewer texts, or fewer keys of each."
        )


def _many(content: str, whole_error: ValueError) -> Values:
    lines = [(number, line.strip()) for number, line in enumerate(content.split("\n"), 1)]
    lines = [(number, line) for number, line in lines if line]
    values, starts, account = [], [], Account()
    for number, line in lines:
        try:
            values.append(json.loads(line))
            starts.append(number)
        except (ValueError, RecursionError):
            account.add(BROKEN, number, line)
    compound = sum(isinstance(value, (dict, list)) for value in values)
    if values and account.total <= MOST_BROKEN * len(lines) and compound > len(values) / 2:
        return Values(values, starts, "JSON Lines", account)
    return _one_after_another(content, whole_error)


def _one_after_another(content: str, whole_error: ValueError) -> Values:
    """Values with only spaces or commas between them, inside an unfinished list or not; what can't be read is told."""
    decoder, values, starts, account = json.JSONDecoder(), [], [], Account()
    place, line, counted = _begin(content, decoder), 1, 0
    cut_off = False
    while True:
        place = _next(content, place)
        if place >= len(content):
            break
        if content[place] == "]":  # a list ends; another may follow
            place += 1
            continue
        line, counted = line + content.count("\n", counted, place), place
        try:
            value, end = decoder.raw_decode(content, place)
        except RecursionError as error:
            raise ValueError(f"is JSON, but {DEEPEST}.") from error
        except ValueError:
            cut_off = True
            account.add(BROKEN, line, content[place : place + 200])
            end = _after_broken(content, place)
            if end < 0:
                break
            place = end
            continue
        whole = isinstance(value, list) and bool(value) and all(isinstance(item, (dict, list)) for item in value)
        found = value if whole else [value]  # lists of records one after another are one list
        values += found
        starts += [line] * len(found)
        place = end
    good = [value for value in values if isinstance(value, (dict, list))]
    if not good or account.total > MOST_BROKEN * len(values):
        problem = str(whole_error)
        raise ValueError(f"is no valid JSON: {problem}; expected one object per line, or one list.") from whole_error
    return Values(values, starts, "JSON, one object after another", account, cut_off)


def _begin(content: str, decoder: json.JSONDecoder) -> int:
    """Where the first value begins: in the list that is unfinished, or at a whole one."""
    first = _next(content, 0)
    if content[first : first + 1] != "[":
        return first
    try:
        decoder.raw_decode(content, first)
    except (ValueError, RecursionError):
        return first + 1
    return first


def _next(content: str, place: int) -> int:
    match = BETWEEN.match(content, place)
    return match.end() if match is not None else place


def _after_broken(content: str, place: int) -> int:
    """Where the next object begins, on a line of its own."""
    match = re.compile(r"\n\s*(?=\{)").search(content, place + 1)
    return match.end() if match is not None else -1

"""How numbers, names and messages are written for a person."""

from __future__ import annotations

import re

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def clock(seconds: float) -> str:
    """`7 s`, `1 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def ordinal(number: int) -> str:
    """`First` to `Tenth`, `11th`, `22nd`."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def percent(value: float | None) -> str:
    """A number that is in percent already; a dash where the test has no such texts."""
    return "–" if value is None else f"{value:.1f}"


def signed(value: float | None) -> str:
    """A difference or a logit with its sign, a true minus; a dash for None."""
    return "–" if value is None else f"{value:+.1f}".replace("-", "−")


def as_sentence(error: Exception | str) -> str:
    """An error's message as a sentence of its own: with a capital, unless it begins with the name of something."""
    message = str(error)
    return message[:1].upper() + message[1:] if re.match("[a-z]+ ", message) else message


def as_markdown(text: str) -> str:
    """A text of somebody's as Markdown that shows it as it is: no image, link or heading comes of it."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def only_english(texts: str) -> str:
    """What is said where an encoder has not read the language of some texts: `this message seems`, `3 texts seem`."""
    return (
        f"Only English so far: this model's encoder has read English alone, and {texts} to be in another language. "
        "Do not rely on the answer."
    )

"""Whether a text is in a language that an encoder has not learned: most encoders here have read English alone."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ans.data.languages import ENGLISH_ONLY

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Measured on the bundled dataset: of its 1,120 English test texts none is taken for another language, of its training
# texts 0.02 %, of half typed ones 0.1 %; 38 of 40 plain German, French, Spanish and Chinese messages are found.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "no", "tr", "ro", "cs", "id", "vi", "fi", "hu")
SURE, FEWEST_LETTERS = 0.7, 8


def is_foreign_to(encoder: str, text: str) -> bool:
    """Whether this encoder reads English alone, and the text is most likely in another language."""
    return encoder in ENGLISH_ONLY and not may_be_english(text)


@lru_cache(maxsize=1 << 15)  # the texts of a batch, which the page asks about again and again
def may_be_english(text: str) -> bool:
    """False where most letters are of another script, or a text of some length reads like another language."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(_is_latin(letter) for letter in letters)
    if 2 * latin < len(letters):
        return False
    if len(letters) < FEWEST_LETTERS:
        return True
    language, probability = _identifier().classify(text.lower())
    return bool(language == "en" or probability < SURE)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "FULLWIDTH LATIN"))


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(list(LANGUAGES))
    return made

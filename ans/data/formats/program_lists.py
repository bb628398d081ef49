"""Lists of texts that stand in a program, Python's or JavaScript's, as JSON."""

from __future__ import annotations

import ast
import json
import re
import warnings

PROGRAMS = (".py", ".js", ".ts", ".mjs")
LONGEST = 4 << 20  # characters: Python's parser takes some fifty times as much memory
ASSIGNED = re.compile(r"\s*(?:(?:export\s+)?(?:const|let|var)\s+)?[A-Za-z_]\w*\s*(?::[^=\n]{1,80})?=\s*(?=[\[{(])")
TUPLES = re.compile(r"\s*[\[(]\s*\(\s*[rbu]?['\"]")
COMMENTS = re.compile(r"(?:[ \t]*(?:#|//)[^\n]*\n|\s*\n)*")


def as_json(content: str, suffix: str) -> str | None:
    """JSON of the one list or object that a program names, `train = [("hi", "greet")]`; None of any other text.

    Raises:
        ValueError: it is a program by its name, and holds more or less than that; the sentence follows a file's name.
    """
    code = content[match.end() :] if (match := COMMENTS.match(content)) else content
    named = ASSIGNED.match(code)
    found = None
    if (named or TUPLES.match(code)) and len(code) <= LONGEST:
        found = _written(code[named.end() if named else 0 :].strip().removesuffix(";"))
    if found is None and suffix in PROGRAMS:
        raise ValueError("is a program, not texts; save the list in it as JSON or CSV.")
    return found


def _written(code: str) -> str | None:
    try:
        json.loads(code)
    except (ValueError, RecursionError):
        pass
    else:
        return code
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a backslash in a text
            value = ast.literal_eval(code)
        return json.dumps(value) if isinstance(value, (list, tuple, dict)) else None
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None

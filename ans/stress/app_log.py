"""What a running app has printed: did anything go wrong that nobody was told?"""

from __future__ import annotations

import re

SHOWN = 2000  # characters of a traceback


def tracebacks(log: str) -> int:
    """How many there are, but for Gradio's own: it refuses a model that left the list in the moment of a request, and
    it stumbles over its own stream of events when a page is left while several are under way.
    """
    own = len(re.findall(r"Value: .* is not in the list of choices", log))
    for trouble in log.split("Exception in ASGI application")[1:]:
        if "sse_stream" in trouble:
            own += 1 + sum(trouble.count(link) for link in ("The above exception was", "During handling of the above"))
    return log.count("Traceback") - own


def first_traceback(log: str) -> str:
    """Its last lines, which say where it was and what it is."""
    found = re.search(r"^Traceback .*?^(?=\S)[^\n]*", log[log.find("Traceback") :], re.DOTALL | re.MULTILINE)
    return found[0][-SHOWN:] if found is not None else ""

"""The Compare tab's own components, drawn in the browser like those of `ans.ui.views`."""

from __future__ import annotations

from ans.ui.views import _JsonView


class ComparisonView(_JsonView):
    """A table of methods for each run, and how far their fitting is."""

    script, frame = "compare.js", '<div class="comparison empty"></div>'


class JudgesView(_JsonView):
    """What every method says of one text, one below the other."""

    script, frame = "judges.js", '<div class="judges empty"></div>'


class DeceptionsView(_JsonView):
    """Test texts on which MSP is confidently wrong. Its `click` event carries `text`."""

    script, frame = "deceptions.js", '<div class="deceptions"></div>'

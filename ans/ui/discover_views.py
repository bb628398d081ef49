"""The list of groups that were found among open texts."""

from __future__ import annotations

from ans.ui.views import _JsonView


class GroupsView(_JsonView):
    """Groups with their keywords and first texts. Its `click` event carries `id`, the group's place in the list."""

    script, frame = "clusters.js", '<div class="clusters"></div>'

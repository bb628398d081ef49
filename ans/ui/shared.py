"""What every tab is given."""

from __future__ import annotations

from dataclasses import dataclass, field

import gradio as gr

from ans.runs.store import RunStore
from ans.serving.maps.maps import Maps
from ans.serving.models import Serving
from ans.ui.access import Trainings, Visitor
from ans.ui.server import Server


@dataclass(frozen=True)
class Shared:
    """What the tabs share.

    `server`: how it is run. `model`: the run in use, by id. `tabs`: return `gr.Tabs(selected=ID)` to it to bring a
    person to another tab. `browser`: what this browser shows as its name, under which it owns what it uploads. `mine`:
    the run it started last. `kept`: run and time of the line this page has kept last. `trainings`: who started what.
    """

    serving: Serving
    maps: Maps
    server: Server
    model: gr.Dropdown
    tabs: gr.Tabs
    browser: gr.BrowserState
    mine: gr.BrowserState
    kept: gr.State
    trainings: Trainings = field(default_factory=Trainings)

    @property
    def restricted(self) -> bool:
        """Whether strangers can reach the page."""
        return self.server.restricted

    @property
    def store(self) -> RunStore:
        """All runs, also those of other browsers: what a browser asks for is looked up by its `visitor`."""
        return self.serving.store

    def visitor(self, browser: str | None) -> Visitor:
        """What a browser may see and do, by what it shows as its name."""
        return Visitor(self.server.name(browser), self.restricted, self.store, self.trainings, self.server.limits)

    def address(self, browser: str | None) -> str | None:
        """Where a browser came from last, by what it shows as its name."""
        return self.trainings.address_of(self.visitor(browser).browser)

    def known(self, browser: str | None, run_id: str | None) -> list[str]:
        """The known classes of a run; none if it is gone, or not this browser's to see."""
        return self.serving.known(run_id) if self.visitor(browser).find(run_id) is not None else []

    def models(self, who: str | None) -> list[tuple[str, str]]:
        """What the menu of models lists for a browser: name and id of each finished run that it may see."""
        return self.visitor(who).models()

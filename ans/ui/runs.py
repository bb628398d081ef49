"""The Runs tab: every run this browser may see; open, rename, download, delete, upload."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from ans.durable import remedy
from ans.runs.damage import Unreadable
from ans.runs.run import Run
from ans.runs.status import FINISHED, GOING, QUEUED, RUNNING
from ans.ui.access import Visitor
from ans.ui.components import RunsComponent
from ans.ui.download import SAVE_FILE, clear, packed_run
from ans.ui.headed_tab import headed_tab
from ans.ui.polling import Listed, listed
from ans.ui.shared import Shared
from ans.ui.train_form import ENCODERS
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal
from ans.ui.wording import as_sentence
from ans.workflows.archive import load_archive

STATES = {FINISHED: "trained", RUNNING: "training", QUEUED: "waiting"}  # the others are called what they are


@dataclass(frozen=True)
class RunsTab:
    """The tab's components and handlers. The page's poll refills `view`.

    `file`: a button nobody sees, for the zip that is to be saved; `packed`: the folder that zip was made in.
    """

    shared: Shared
    view: RunsComponent
    upload: gr.UploadButton
    file: gr.DownloadButton
    packed: gr.State

    def act(self, event: gr.EventData, who: str | None, chosen: str | None) -> Changes:
        """A button in the row of a run."""
        visitor, action = self.shared.visitor(who), getattr(event, "action", None)
        try:
            if action == "delete" and (odd := visitor.odd(getattr(event, "id", None))) is not None:
                note = deleted_unreadable(visitor, odd)
                return {self.view: gr.update(value=listing(visitor, chosen), note=note), **self._no_file()}
            run = visitor.run(getattr(event, "id", None))
        except ValueError as error:
            raise refusal(error) from error
        try:
            if action == "open":
                return {**self._in_use(visitor, run), **self._no_file()}
            if action == "download":
                path = packed_run(run)
                return {self.view: gr.update(note=""), self.file: str(path), self.packed: path.parent}
            if action == "rename":
                note = renamed(visitor, run, str(getattr(event, "name", "")))
            elif action == "delete":
                note = deleted(visitor, run)
            else:
                raise refusal(f"There is no action {action!r}.")
        except ValueError as error:
            return {self.view: gr.update(note=as_sentence(error)), **self._no_file()}
        return {self.view: gr.update(value=listing(visitor, chosen), note=note), **self._no_file()}

    def add(self, path: str, who: str | None, chosen: str | None) -> Iterator[Changes]:
        """An uploaded zip."""
        yield {self.view: gr.update(note="Checking the run: its model is loaded and its test answered again.")}
        visitor = self.shared.visitor(who)
        try:
            run = uploaded(visitor, Path(path))
        except (ValueError, OSError) as error:
            if isinstance(error, OSError) and remedy(error) is None:
                raise
            yield {self.view: gr.update(note=as_sentence(remedy(error) or error))}
        else:
            note = f"{run.name} is added, for this browser alone. Open it to ask it."
            yield {self.view: gr.update(value=listing(visitor, chosen), note=note)}
        finally:
            if path:
                Path(path).unlink(missing_ok=True)

    def refill(self, who: str | None, chosen: str | None) -> Changes:
        """The list, when another model is in use."""
        return {self.view: listing(self.shared.visitor(who), chosen)}

    def wait(self) -> Changes:
        """Before the server gets to an uploaded zip."""
        return {self.view: gr.update(note="The run waits for its turn.")}

    def _in_use(self, visitor: Visitor, run: Run) -> Changes:
        menu = gr.update(choices=visitor.models(), value=visitor.trained(run.id).id, visible=True)
        return {self.shared.model: menu, self.shared.tabs: gr.Tabs(selected="ask")}

    def _no_file(self) -> Changes:
        """What was saved before is not saved again."""
        return {self.file: None, self.packed: None}


def build(shared: Shared) -> RunsTab:
    """Lay out the tab inside the current Tabs and wire it."""
    with headed_tab("Runs", "runs"):
        tab = layout(shared)
    wire(tab)
    return tab


def layout(shared: Shared) -> RunsTab:
    """The list, and below it the button for an upload."""
    view = RunsComponent(elem_id="runs")
    if keeping := shared.server.keeping:
        gr.Markdown(keeping, elem_id="keeping")
    upload = gr.UploadButton(
        "Upload a run", file_types=[".zip"], size="md", elem_id="upload-run", variant="secondary",
        visible=shared.server.limits.uploading,
    )  # fmt: skip
    return RunsTab(shared, view, upload, gr.DownloadButton(visible=False), gr.State(None))


def wire(tab: RunsTab) -> None:
    """Connect list and upload with their handlers."""
    shared, asker = tab.shared, [tab.shared.browser, tab.shared.model]
    # A second action may come while a download is still being packed.
    acted = tab.view.click(
        tab.act, asker, [tab.view, shared.model, shared.tabs, tab.file, tab.packed], trigger_mode="multiple", **QUIETLY
    )
    acted.then(None, tab.file, None, js=SAVE_FILE).then(clear, tab.packed, tab.packed, **QUIETLY)
    waiting = tab.upload.upload(tab.wait, None, tab.view, **AT_ONCE)
    waiting.then(tab.add, [tab.upload, *asker], tab.view, concurrency_limit=1, **QUIETLY)
    shared.model.change(tab.refill, asker, tab.view, **AT_ONCE)


def listing(visitor: Visitor, in_use: str | None, runs: Sequence[Listed] | None = None) -> dict:
    """All runs that a browser may see, newest first, as the view draws them.

    Args:
        runs: these runs, where they are read already.
    """
    found = listed(visitor.runs) if runs is None else runs
    rows = [_row(one, one.id == in_use, visitor) for one in found]
    return {"restricted": visitor.restricted, "rows": rows + [_odd_row(odd, visitor) for odd in visitor.unreadable()]}


def _odd_row(odd: Unreadable, visitor: Visitor) -> dict:
    """A run that can't be read: its folder's name, and what is wrong with it."""
    return {
        "id": odd.id,
        "title": odd.id,
        "given_name": "",
        "state": "unreadable",
        "status": "newer version" if odd.newer else "damaged",
        "message": as_sentence(odd.reason),
        "accuracy": None,
        "f1": None,
        "usable": False,
        "may_change": False,
        "may_delete": not visitor.restricted,
    }


def _row(one: Listed, in_use: bool, visitor: Visitor) -> dict:
    run, status, config, given = one.run, one.status, one.run.config, one.run.given_name
    evaluation = run.evaluation if status.ended_well else None
    metrics = evaluation.metrics if evaluation is not None else None
    state, may_change = STATES.get(status.state, status.state), visitor.may_change(run)
    return {
        "id": run.id,
        "title": one.name,
        "given_name": given or "",
        "dataset": Path(config.dataset).stem,
        "ratio": f"{config.known_ratio:.0%}" if config.known_classes is None else f"{len(config.known_classes)} chosen",
        "seed": config.seed,
        "encoder": Path(config.encoder).name,
        "state": status.state,
        "status": f"{state}, {run.progress.outlook(time.time()).share:.0%}" if status.state == RUNNING else state,
        "message": status.message or " ".join(run.notes),
        "accuracy": None if metrics is None else metrics.accuracy,
        "f1": None if metrics is None else metrics.f1,
        "created": status.created,
        "in_use": in_use,
        "starter": run.is_starter,
        "private": run.owner is not None,
        "usable": status.ended_well,
        "may_change": may_change,
        "may_delete": may_change and status.state not in GOING,
    }


def renamed(visitor: Visitor, run: Run, name: str) -> str:
    """Give a run another name; returns what to tell.

    Raises:
        ValueError: this browser may not, or the name is too long.
    """
    _check_may_change(visitor, run)
    run.rename(name)
    return f"It is called {run.name} now."


def deleted(visitor: Visitor, run: Run) -> str:
    """Delete a run; returns what to tell.

    Raises:
        ValueError: this browser may not, or the run is being trained.
    """
    _check_may_change(visitor, run)
    name, again = run.name, " It comes back when the app starts next." if run.is_starter else ""
    visitor.store.delete(run)
    return f"{name} is deleted.{again}"


def deleted_unreadable(visitor: Visitor, odd: Unreadable) -> str:
    """Delete a run that no list shows; returns what to tell.

    Raises:
        ValueError: strangers share the page, or it is gone.
    """
    if visitor.restricted:
        raise ValueError(f"{odd.id} is everybody's, and on this server nobody may delete such runs.")
    visitor.store.delete_unreadable(odd.id)
    return f"{odd.id} is deleted."


def _check_may_change(visitor: Visitor, run: Run) -> None:
    if not visitor.may_change(run):
        raise ValueError(f"{run.name} is everybody's, and on this server nobody may rename or delete such runs.")


def uploaded(visitor: Visitor, path: Path) -> Run:
    """A zip that becomes a run of this browser.

    Raises:
        ValueError: the browser has no name or no room, or the zip is no run that can be taken.
    """
    if not isinstance(visitor.browser, str) or not visitor.browser:
        raise ValueError("This browser has no name yet; reload the page and upload the run again.")
    visitor.check_room()
    encoders = set(ENCODERS)
    if not visitor.restricted:  # and what the person at this machine has trained with
        encoders |= {run.config.encoder for run in visitor.store.all()}
    return load_archive(path, visitor.store, visitor.browser, encoders)

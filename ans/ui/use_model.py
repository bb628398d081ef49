"""*Use this model*: a dialog with ready code for a run, its keys if it is private, its zip, and what a request costs.

Ask and Runs open it with the page's event `use-model`, which carries the run's id; the dialog then asks for the card.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from ans.runs.keys import keys_of, make_key, revoke_key
from ans.runs.run import Run
from ans.serving.cost import Costs
from ans.serving.models import Serving
from ans.ui.access import Visitor
from ans.ui.components import UseModelComponent
from ans.ui.download import SAVE_FILE, clear, packed_run, zip_name
from ans.ui.shared import Shared
from ans.ui.snippets import FOREIGN, Subject, snippets
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes
from ans.ui.wording import as_sentence

# What a browser says its page's address is; anything else could be more than an address in the code that is shown.
ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]+(/[A-Za-z0-9.~/%_-]*)?")
HERE = "http://127.0.0.1:7860"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
OPEN_DIALOG = """(run) => {
  document.dispatchEvent(new CustomEvent('use-model', { detail: run }));
  return [];
}"""


@dataclass(frozen=True)
class UseModel:
    """The dialog and its handlers. `file` and `packed` serve the zip, as in Runs."""

    shared: Shared
    costs: Costs
    view: UseModelComponent
    file: gr.DownloadButton
    packed: gr.State

    def opened(self, event: gr.EventData, who: str | None) -> Changes:
        """The card of the run that the dialog was opened for."""
        try:
            run = self.shared.visitor(who).trained(getattr(event, "id", None))
            return {self.view: card(self.shared.serving, run, event)}
        except ValueError as error:
            return {self.view: {"asked": getattr(event, "asked", 0), "failed": as_sentence(error)}}

    def measured(self, event: gr.EventData, who: str | None) -> Changes:
        """What a request costs, which takes a second when nobody has asked yet."""
        try:
            run = self.shared.visitor(who).trained(getattr(event, "id", None))
            return {self.view: gr.update(cost={"id": run.id, **asdict(self.costs.of(run.id))})}
        except ValueError as error:
            return {self.view: gr.update(cost={"id": getattr(event, "id", ""), "failed": as_sentence(error)})}

    def act(self, event: gr.EventData, who: str | None) -> Changes:
        """A button of the dialog: a new key, a key revoked, the zip."""
        visitor, action, nothing = self.shared.visitor(who), getattr(event, "action", None), self._no_file()
        try:
            run = visitor.trained(getattr(event, "id", None))
            if action == "download":
                path = packed_run(run)
                return {self.view: gr.update(note=""), self.file: str(path), self.packed: path.parent}
            if action == "make key":
                return {self.view: card(self.shared.serving, run, event, new_key(visitor, run)), **nothing}
            if action == "revoke key":
                _check_owns(visitor, run)
                revoke_key(run.folder, getattr(event, "key", None))
                return {self.view: card(self.shared.serving, run, event), **nothing}
            raise ValueError(f"there is no action {action!r}.")
        except ValueError as error:
            return {self.view: gr.update(note=as_sentence(error)), **nothing}

    def _no_file(self) -> Changes:
        """What was saved before is not saved again."""
        return {self.file: None, self.packed: None}


def button(shared: Shared) -> gr.Button:
    """A button that opens the dialog for the model in use."""
    made = gr.Button("Use this model", size="sm", variant="secondary", elem_id="use-this-model")
    made.click(None, shared.model, None, js=OPEN_DIALOG, api_visibility="private")
    return made


def build(shared: Shared) -> UseModel:
    """Place the dialog, closed, and wire it."""
    file, packed = gr.DownloadButton(visible=False), gr.State(None)
    part = UseModel(shared, Costs(shared.serving), UseModelComponent(elem_id="use-model"), file, packed)
    part.view.select(part.opened, shared.browser, part.view, **AT_ONCE)
    part.view.select(part.measured, shared.browser, part.view, concurrency_limit=1, **QUIETLY)
    acted = part.view.click(part.act, shared.browser, [part.view, file, packed], trigger_mode="multiple", **QUIETLY)
    acted.then(None, file, None, js=SAVE_FILE).then(clear, packed, packed, **QUIETLY)
    return part


def card(serving: Serving, run: Run, event: gr.EventData, fresh: str = "") -> dict[str, Any]:
    """What the dialog shows of a run; `asked` tells it which of its questions this answers.

    Args:
        event: carries `address`, the page's own, and `asked`.
        fresh: a key that was just made, to be shown this once.
    """
    about = subject(serving, run, str(getattr(event, "address", "")))
    return {
        "asked": getattr(event, "asked", 0),
        "id": run.id,
        "name": run.name,
        "private": about.private,
        "local": urlsplit(about.address).hostname in LOCAL_NAMES,
        "snippets": [asdict(snippet) for snippet in snippets(about)],
        "keys": [{"id": key.id, "made": key.made} for key in keys_of(run.folder)] if about.private else [],
        "fresh": fresh,
    }


def subject(serving: Serving, run: Run, address: str) -> Subject:
    """What the snippets of a run are about, for a page at this address.

    Raises:
        ValueError: the run was deleted in this moment, or is damaged.
    """
    texts = {kind: [one.text for one in found] for kind, found in serving.examples(run.id).items()}
    foreign = [*texts["oos"], *texts["held_out"], FOREIGN]
    return Subject(
        address=address.rstrip("/") if ADDRESS.fullmatch(address) else HERE,
        model_id=run.id,
        private=run.owner is not None,
        zip_name=zip_name(run),
        known=next(iter(texts["known"]), FOREIGN),
        foreign=foreign[0],
        labels=serving.known(run.id),
    )


def new_key(visitor: Visitor, run: Run) -> str:
    """A new key of a private run.

    Raises:
        ValueError: the run is not this browser's own, or has too many keys.
    """
    _check_owns(visitor, run)
    return make_key(run.folder)


def _check_owns(visitor: Visitor, run: Run) -> None:
    if run.owner is None:
        raise ValueError("this model is everybody's, so it needs no key.")
    if run.owner != visitor.browser:
        raise ValueError("only the browser this model belongs to makes and revokes its keys.")

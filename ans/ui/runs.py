"""The Runs tab: every run this browser may see; open, rename, download, delete, upload."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from ans.runs.run import Run
from ans.runs.status import FINISHED, QUEUED, RUNNING
from ans.ui.components import RunsView
from ans.ui.shared import Shared
from ans.ui.train import ENCODERS
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence
from ans.workflows.archive import load_archive, save_archive

DOWNLOAD, LEFT_AFTER = "ans-download-", 3600  # folders of zips, and seconds after which nobody waits for one
STATES = {FINISHED: "trained", RUNNING: "training", QUEUED: "waiting"}  # the others are called what they are
# The browser saves what the server has just put into the button that nobody sees.
SAVE_FILE = """(file) => {
  if (!file) return;
  const link = document.createElement('a');
  link.href = file.url;
  link.download = file.orig_name || 'run.zip';
  link.click();
}"""


def build(shared: Shared) -> RunsView:
    """Lay out the tab inside the current Tabs and wire it. The page's poll refills the returned view."""
    model, browser = shared.model, shared.browser
    with gr.Tab("Runs", id="runs"):
        view = RunsView(elem_id="runs")
        upload = gr.UploadButton(
            "Upload a run", file_types=[".zip"], size="md", elem_id="upload-run", variant="secondary"
        )
        file = gr.DownloadButton(visible=False)
        made = gr.State(None)

    def act(event: gr.EventData, who: str | None, chosen: str | None) -> tuple:
        run, action = _visible(shared, who, getattr(event, "id", None)), getattr(event, "action", None)
        skipped, listed = gr.skip(), lambda note: gr.update(value=listing(shared, who, chosen), note=note)
        try:
            if action == "open":
                return skipped, _in_use(shared, who, shared.serving.run(run.id)), gr.Tabs(selected="ask"), None, None
            if action == "download":
                path = _zip(run)
                return gr.update(note=""), skipped, skipped, str(path), path.parent
            _need_right(shared, run)
            if action == "rename":
                run.rename(str(getattr(event, "name", "")))
                return listed(f"It is called {run.name} now."), skipped, skipped, None, None
            if action == "delete":
                name, again = run.name, " It is trained anew when the app starts next." if run.is_starter else ""
                shared.store.delete(run)
                return listed(f"{name} is deleted.{again}"), skipped, skipped, None, None
        except ValueError as error:
            return gr.update(note=as_sentence(error)), skipped, skipped, None, None
        raise gr.Error(f"There is no action {action!r}.", print_exception=False)

    def add(path: str, who: str | None, chosen: str | None) -> Iterator[dict]:
        yield gr.update(note="Checking the run: its model is loaded and its test answered again.")
        try:
            run = _uploaded(shared, Path(path), who)
        except ValueError as error:
            yield gr.update(note=as_sentence(error))
        else:
            note = f"{run.name} is added, for this browser alone. Open it to ask it."
            yield gr.update(value=listing(shared, who, chosen), note=note)
        finally:
            Path(path).unlink(missing_ok=True)

    # A second action may come while a download is still being packed.
    saved = view.click(
        act, [browser, model], [view, model, shared.tabs, file, made], trigger_mode="multiple", **QUIETLY
    )
    saved.then(None, file, None, js=SAVE_FILE).then(_clear, made, made, **QUIETLY)
    waiting = upload.upload(lambda: gr.update(note="The run waits for its turn."), None, view, **AT_ONCE)
    waiting.then(add, [upload, browser, model], view, concurrency_limit=1, **QUIETLY)
    model.change(lambda who, chosen: listing(shared, who, chosen), [browser, model], view, **AT_ONCE)
    return view


def listing(shared: Shared, who: str | None, in_use: str | None) -> dict:
    """All runs that a browser may see, newest first, as the view draws them."""
    return {
        "restricted": shared.restricted,
        "rows": [_row(run, run.id == in_use, _may_change(shared, run)) for run in shared.store.seen_by(who).all()],
    }


def _row(run: Run, in_use: bool, may_change: bool) -> dict:
    config, status, evaluation = run.config, run.status, run.evaluation
    metrics = evaluation.metrics if evaluation is not None and status.ended_well else None
    state = STATES.get(status.state, status.state)
    return {
        "id": run.id,
        "title": run.name.split(" · ")[0] if run.given_name is None else run.given_name,
        "given_name": run.given_name or "",
        "dataset": Path(config.dataset).stem,
        "ratio": f"{config.known_ratio:.0%}" if config.known_classes is None else f"{len(config.known_classes)} chosen",
        "seed": config.seed,
        "encoder": Path(config.encoder).name,
        "state": status.state,
        "status": f"{state}, {run.progress.share_done:.0%}" if status.state == RUNNING else state,
        "message": status.message,
        "accuracy": None if metrics is None else metrics.accuracy,
        "f1": None if metrics is None else metrics.f1,
        "created": status.created,
        "in_use": in_use,
        "starter": run.is_starter,
        "private": run.owner is not None,
        "usable": status.ended_well,
        "may_change": may_change,
        "may_delete": may_change and status.state not in (QUEUED, RUNNING),
    }


def _visible(shared: Shared, who: str | None, run_id: Any) -> Run:
    """The run a browser names, if it may see it. An id is just a text that anybody may send."""
    run = shared.store.seen_by(who).get(run_id) if isinstance(run_id, str) else None
    if run is None:
        raise gr.Error(
            "There is no such run any more; it may have been deleted in another window.", print_exception=False
        )
    return run


def _may_change(shared: Shared, run: Run) -> bool:
    """Whether who sees a run may rename and delete it: its owner always, everybody's only where no strangers come."""
    return run.owner is not None or not shared.restricted


def _need_right(shared: Shared, run: Run) -> None:
    if not _may_change(shared, run):
        raise ValueError(f"{run.name} is everybody's, and on this server nobody may rename or delete such runs.")


def _in_use(shared: Shared, who: str | None, run: Run) -> dict:
    return gr.update(choices=shared.models(who), value=run.id, visible=True)


def _zip(run: Run) -> Path:
    for left in Path(tempfile.gettempdir()).glob(f"{DOWNLOAD}*"):  # of pages that were closed meanwhile
        if time.time() - left.stat().st_mtime > LEFT_AFTER:
            _clear(left)
    folder = Path(tempfile.mkdtemp(prefix=DOWNLOAD))
    path = folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name).strip('-').lower() or run.id}.zip"
    try:
        save_archive(run, path)
    except ValueError:
        shutil.rmtree(folder)
        raise
    return path


def _clear(folder: Path | None) -> None:
    """Gradio has copied the zip to where it serves it from."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _uploaded(shared: Shared, path: Path, who: str | None) -> Run:
    if not isinstance(who, str) or not who:
        raise ValueError("This browser has no name yet; reload the page and upload the run again.")
    encoders = set(ENCODERS)
    if not shared.restricted:  # and what the person at this machine has trained with
        encoders |= {run.config.encoder for run in shared.store.all()}
    return load_archive(path, shared.store, who, encoders)

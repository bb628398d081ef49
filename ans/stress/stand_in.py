"""The app without its page, to be killed: `python -m ans.stress.stand_in HOME` trains what is queued, and writes a lot.

It starts in a second, where the page takes several. What touches the disk is the app's own code: runs, uploads,
corrections, names, and another line for a trained model.
"""

from __future__ import annotations

import itertools
import sys
import threading
from contextlib import suppress
from pathlib import Path

from ans.data.corrections import Correction, Corrections
from ans.data.intake import understand
from ans.data.tables import read_upload
from ans.data.uploads import Uploads
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.runs.sweep import Home
from ans.workflows.worker import WorkerSupervisor

BROWSER = "0123456789abcdef" * 2
LINES = 200  # of an uploaded table
STARTED = "started"


def main() -> None:
    """Start as the app does, say so, and write until somebody ends this."""
    home = Path(sys.argv[1])
    store = RunStore(home / "runs")
    used = Home(home)
    store.go_on()
    print(STARTED, flush=True)
    sys.stdin.readline()  # whoever started this looks at what there is, then lets it go on
    supervisor = WorkerSupervisor(store)
    supervisor.start()
    threading.Thread(target=_write_models, args=(store,), daemon=True).start()
    try:
        _write_small_things(store, home)
    finally:
        supervisor.close()
        used.leave()


def _write_small_things(store: RunStore, home: Path) -> None:
    uploads, corrections = Uploads(store.uploads), Corrections(store.corrections)
    table = home / f"table-{threading.get_native_id()}.csv"
    table.write_text("text,label\n" + "".join(f"text {i} of it,{'ab'[i % 2]}\n" for i in range(LINES)))
    read = read_upload(table)
    table.unlink()
    understood = understand(read, read.guessed)
    for number in itertools.count():
        path = uploads.keep(BROWSER, "table", understood)
        corrections.add(BROWSER, "assistant", [Correction(f"text {number % 50}", "a", None)])
        for run in store.all():
            run.rename(f"name {number}")
        kept = uploads.all(BROWSER)
        for old in [path, *kept[10:]] if number % 3 else kept[10:]:
            if old in uploads.all(BROWSER):
                uploads.delete(BROWSER, str(old))


def _write_models(store: RunStore) -> None:
    from ans.serving.models import load_classifier
    from ans.workflows.strictness import keep

    loaded: tuple[Run, object] | None = None
    for number in itertools.count():
        finished = store.finished()
        if not finished:
            threading.Event().wait(0.1)
            continue
        if loaded is None or loaded[0].id != finished[0].id:
            loaded = finished[0], load_classifier(finished[0], "cpu")
        with suppress(ValueError):  # a run of which nothing was held out has no other line
            keep(loaded[0], loaded[1], (0.02, 0.05, None)[number % 3])  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

"""The rows of `benchmark speed` that are whole, in processes of their own: trainings from click to model, the page."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from ans.benchmark.own_process import in_own_process, peak_memory
from ans.config import TrainConfig
from ans.local_page import answers, free_port
from ans.paths import ROOT

PATIENCE = 120  # seconds until a page answers
LOOK = 0.05  # seconds between two looks at whether it does


def training(config: TrainConfig) -> dict[str, float]:
    """Seconds of a training with its evaluation in a worker that is warm, and the worker's peak memory in MiB."""
    return in_own_process(f"the training of {config.dataset} ended without a model", _trained, config)


def _trained(config: TrainConfig) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="ans-speed-") as home:
        os.environ["ANS_HOME"] = home  # nothing is kept there yet
        from ans.events import never, silent
        from ans.workflows.experiment import run_experiment, warm_up

        warm_up()  # as the worker of the page
        started = time.perf_counter()
        run_experiment(config, silent, never)
        return {"seconds": time.perf_counter() - started, "mib": peak_memory(os.getpid())}


def page(_: TrainConfig) -> dict[str, float]:
    """Seconds until `python app.py` answers with a home that is empty, and the most memory until its model answers."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ans-speed-") as home:
        command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), "--home", home]
        started = time.perf_counter()
        app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not answers(f"http://127.0.0.1:{port}"):
                if app.poll() is not None or time.perf_counter() - started > PATIENCE:
                    raise ValueError("the page does not answer; start python app.py by hand to see why.")
                time.sleep(LOOK)
            taken = time.perf_counter() - started
            time.sleep(max(0.0, 20 - taken))  # the model of newcomers is loaded by then
            return {"seconds": taken, "mib": peak_memory(app.pid)}
        finally:
            app.terminate()
            app.wait()

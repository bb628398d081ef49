"""The rows of `benchmark speed` that are whole, in processes of their own: trainings from click to model, the page."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from multiprocessing.connection import Connection
from pathlib import Path

from ans.config import TrainConfig
from ans.paths import ROOT

MIB = 1024 * 1024
PATIENCE = 120  # seconds until a page answers
LOOK = 0.05  # seconds between two looks at whether it does


def training(config: TrainConfig) -> dict[str, float]:
    """Seconds of a training with its evaluation in a worker that is warm, and the worker's peak memory in MiB."""
    spawned = multiprocessing.get_context("spawn")
    here, there = spawned.Pipe()
    worker = spawned.Process(target=_worker, args=(there, config))
    worker.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        raise ValueError(f"the training of {config.dataset} ended without a model; see above.") from None
    finally:
        worker.join()


def _worker(report: Connection, config: TrainConfig) -> None:
    with tempfile.TemporaryDirectory(prefix="ans-speed-") as home:
        os.environ["ANS_HOME"] = home  # nothing is kept there yet
        from ans.events import never, silent
        from ans.workflows.experiment import run_experiment

        started = time.perf_counter()
        run_experiment(config, silent, never)
        report.send({"seconds": time.perf_counter() - started, "mib": peak_memory(os.getpid())})


def page(_: TrainConfig) -> dict[str, float]:
    """Seconds until `python app.py` answers with a home that is empty, and the most memory until its model answers."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="ans-speed-") as home:
        command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), "--home", home]
        started = time.perf_counter()
        app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not _answers(f"http://127.0.0.1:{port}"):
                if app.poll() is not None or time.perf_counter() - started > PATIENCE:
                    raise ValueError("the page does not answer; start python app.py by hand to see why.")
                time.sleep(LOOK)
            taken = time.perf_counter() - started
            time.sleep(max(0.0, 20 - taken))  # the model of newcomers is loaded by then
            return {"seconds": taken, "mib": peak_memory(app.pid)}
        finally:
            app.terminate()
            app.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False


def peak_memory(process: int) -> float:
    """The most memory a process ever had, in MiB; nan where there is no /proc."""
    try:
        told = (Path("/proc") / str(process) / "status").read_text()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) * 1024 / MIB for line in told.splitlines() if line.startswith("VmHWM")), 0.0)

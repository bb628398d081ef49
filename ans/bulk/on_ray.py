"""`ans predict --engine ray`: Ray Data shares files out among workers, each of which has the model and answers a file
as the local engine does, at a place that all workers see. What a killed worker has kept, the next one goes on with.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from ans.bulk.answered_files import Answered, answer_file
from ans.bulk.asked import Asked, waiting_files
from ans.cluster import joined
from ans.terminal import Progress, note


class Worker:
    """One model, which answers one file after the other."""

    def __init__(self, asked: Asked, load) -> None:
        self.asked, self._load, self._model = asked, load, None

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """A file and the place of its answers → the same place, what came of it, what went wrong."""
        source, out = Path(batch["source"][0]), Path(batch["out"][0])
        try:
            answered, problem = answer_file(source, out, self.asked, self._once), ""
        except (ValueError, OSError) as error:
            answered, problem = Answered(), str(error)
        return {"out": [str(out)], "problem": [problem], **{name: [one] for name, one in asdict(answered).items()}}

    def _once(self):
        self._model = self._load() if self._model is None else self._model
        return self._model


def answer_on_ray(given: argparse.Namespace, asked: Asked, load) -> dict[str, Any]:
    """Answer all files that `--input` names; what came of them.

    Args:
        load: gives the model that the arguments name, on a worker.

    Raises:
        ValueError: Ray is not installed, it is a single file, or one can't be read; the others are still there.
    """
    ray = joined(given.address)
    started, all_of_them = time.perf_counter(), Answered()
    from ray.data import ActorPoolStrategy, DataContext, from_items

    waiting = list(waiting_files(given.input, given.out, asked))
    if not waiting:
        return all_of_them.told(0, given.out, 0.0)
    finished = waiting[0][2]
    if finished is None:
        raise ValueError(
            f"--engine ray gives each worker a file; name several, as 'lines/*.jsonl', and not one ({given.input}). "
            "Of lines, `split -l 100000` makes several."
        )
    DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    # Workers have other folders that they are in.
    there = argparse.Namespace(**{**vars(given), "model": str(Path(given.model).resolve())})
    quiet = Asked(there.model, asked.column, asked.sheet, asked.encoding, asked.refused, quiet=True)
    size = given.gpus or max(1, min(len(waiting), int(ray.cluster_resources().get("CPU", 1))))
    note(f"{len(waiting):,} files, {size:,} workers.", asked.quiet)
    files = [{"source": str(source.resolve()), "out": str(out.resolve())} for source, out, _ in waiting]
    answered = from_items(files, override_num_blocks=len(files)).map_batches(
        Worker,
        fn_constructor_args=(quiet, partial(load, there)),
        batch_size=1,
        compute=ActorPoolStrategy(size=min(size, len(files))),
        num_cpus=1,
        num_gpus=1 if given.gpus else None,
    )
    with Progress(asked.quiet) as progress:
        progress({"phase": "predict", "step": 0, "steps": len(files)})
        for done, row in enumerate(answered.iter_rows(), 1):
            if row["problem"]:
                raise ValueError(row["problem"])
            finished.add(Path(row["out"]), row["task"])
            all_of_them = all_of_them.and_of(Answered(row["rows"], row["open"], row["empty"]))
            progress({"phase": "predict", "step": done, "steps": len(files)})
        progress.finish()
    note(f"{len(files):,} files are in {given.out}.", asked.quiet)
    return all_of_them.told(len(files), given.out, time.perf_counter() - started)

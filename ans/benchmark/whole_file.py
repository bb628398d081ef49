"""A file of many lines answered as a person would: `ans predict`, killed halfway and started again."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ans.benchmark.own_process import peak_memory
from ans.bulk.kept_answers import part_of
from ans.config import TrainConfig
from ans.data.corpora import corpus_of

EACH_SECOND = 1.0  # a look at how far it is: the count of lines costs more than the wait
KNOWN = 0.25  # a model of twelve classes is trained in seconds, and answers no sooner than one of many


def answered_file(lines: int, config: TrainConfig) -> dict[str, float]:
    """Seconds and peak memory in MiB of `predict` on so many lines of the bundled dataset, no two alike.

    The process is killed once half of them are answered, and the same command is started again. The seconds are those
    of both together.

    Raises:
        ValueError: a command failed, or a line is lost, doubled, or not where it was.
    """
    with tempfile.TemporaryDirectory(prefix="ans-lines-") as name:
        folder = Path(name)
        asked, out = folder / "lines.csv", folder / "answers.csv"
        _write(asked, lines, config)
        model = str(folder / "model")
        device = ("--device", config.device)
        _run(["train", "--known-ratio", str(KNOWN), "--out", model, "--quiet", *device])
        command = ["predict", model, "--input", str(asked), "--out", str(out), *device]
        began = time.perf_counter()
        kept = _Lines(part_of(out))
        first = _run(command, killed_when=lambda: kept.counted() > lines // 2)
        second = _run(command)
        seconds = time.perf_counter() - began
        _compare(asked, out)
        return {"seconds": seconds, "mib": max(first, second)}


def _write(path: Path, lines: int, config: TrainConfig) -> None:
    texts = corpus_of(config).test.texts
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text"])
        rows.writerows([text] for text in no_two_alike(texts, range(lines)))


def no_two_alike(texts: Sequence[str], numbers: Iterable[int]) -> Iterator[str]:
    """These texts over and over, by number, each with how often it was there before."""
    return (f"{texts[i % len(texts)]} {i // len(texts)}" for i in numbers)


def _run(command: list[str], killed_when: Callable[[], bool] | None = None) -> float:
    """The most memory that a command of this package had, in MiB; it ends by itself, or is killed when that holds."""
    memory = 0.0
    with subprocess.Popen([sys.executable, "-m", "ans", *command], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            memory = max(memory, peak_memory(process.pid))
            if killed_when is not None and killed_when():
                process.kill()
            try:
                process.wait(EACH_SECOND)
            except subprocess.TimeoutExpired:
                continue
    if killed_when is not None and process.returncode == 0:
        raise ValueError(f"ans {command[0]} was done before it could be killed; take more lines.")
    if killed_when is None and process.returncode != 0:
        raise ValueError(f"ans {command[0]} ended with status {process.returncode}; see above.")
    return memory


class _Lines:
    """How many lines a file has that grows."""

    def __init__(self, path: Path) -> None:
        self.path, self.count, self.read = path, 0, 0

    def counted(self) -> int:
        """The lines by now; 0 as long as there is no file."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self.read)
                while part := file.read(1 << 20):
                    self.count += part.count(b"\n")
                    self.read += len(part)
        return self.count


def _compare(asked: Path, out: Path) -> None:
    with asked.open(encoding="utf-8", newline="") as given, out.open(encoding="utf-8", newline="") as told:
        texts, answers = csv.DictReader(given), csv.DictReader(told)
        for row, text in enumerate(texts, 1):
            answer = next(answers, None)
            if answer is None or answer["text"] != text["text"]:
                got = "nothing" if answer is None else repr(answer["text"])
                raise ValueError(f"line {row} is {text['text']!r}, but {got} was answered.")
        if (more := next(answers, None)) is not None:
            raise ValueError(f"{more['text']!r} was answered after the last line.")

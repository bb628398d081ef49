"""Many rows: a run that is killed loses none and doubles none, and memory doesn't grow with the file."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from ans.__main__ import main

ROOT = Path(__file__).resolve().parent.parent.parent
TEXTS = ["I lost my bank card", "who wrote hamlet", "wake me up at seven", "fly me to Rome", ""]
MEMORY = """
import resource, sys
from argparse import Namespace
from ans.bulk.predict import predict
from ans.conventions import Candidate, Prediction

class AtOnce:
    encoder = Namespace(record=lambda: None)

    def explain_many(self, texts, candidates, neighbours):
        return [Prediction(text, "a", 1.0, [Candidate("a", 1.0)], []) for text in texts]

def peak(path):
    predict(Namespace(model="m", input=path, out=path + ".out.csv", text=[], text_column=None, sheet=None,
                      encoding=None, refused=None, quiet=True, engine="local"), lambda given: AtOnce())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

print(*map(peak, sys.argv[1:]))
"""


def test_a_killed_process_that_is_started_again_writes_the_bytes_of_one_that_was_not(classifier, tmp_path):
    model, source = tmp_path / "model", tmp_path / "asked.csv"
    classifier.save(model)
    source.write_text("text\n" + "".join(f"{TEXTS[i % 4]} {i if i % 3 else ''}\n" for i in range(1400)), "utf-8")
    arguments = ["predict", str(model), "--device", "cpu", "--quiet", "--input", str(source), "--out"]
    out, part = tmp_path / "out.csv", tmp_path / "out.csv.part"
    with subprocess.Popen([sys.executable, "-m", "ans", *arguments, str(out)], cwd=ROOT) as process:
        while process.poll() is None and (not part.exists() or part.read_bytes().count(b"\n") < 200):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "it was killed before its end"
    assert not out.exists()
    assert part.is_file()
    assert main([*arguments, str(out)]) == 0
    assert main([*arguments, str(tmp_path / "whole.csv")]) == 0
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert out.read_bytes().count(b"\n") == 1401
    assert {path.name for path in tmp_path.iterdir()} == {"model", "asked.csv", "out.csv", "whole.csv"}


def test_memory_stays_the_same_however_many_lines_there_are(tmp_path):
    def lines(count: int) -> str:
        path = tmp_path / f"{count}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("id,text,from\n")
            file.writelines(f"{i},{TEXTS[i % 5]},{'a customer ' * 10}\n" for i in range(count))
        return str(path)

    done = subprocess.run(
        [sys.executable, "-c", MEMORY, lines(70_000), lines(200_000)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    few, many = map(int, done.stdout.split())
    assert many < few + 10, f"{few} MiB for 70,000 lines, {many} MiB for 200,000"

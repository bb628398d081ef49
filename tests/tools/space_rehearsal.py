"""What a Space goes through, rehearsed on this machine: `python -m tests.tools.space_rehearsal`. Takes some minutes.

The app runs from a copy that nobody can write to, as a user that was never here where this is root (on Linux, with
setpriv; elsewhere as whoever starts this), with no variables but a Space's, in a home that goes. Each step prints one
line; the exit status is 0 if all went well. What a Space's own machines do, such as building the image, is not here.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ans.local_page import answers, free_port
from tests.browser.behind_a_prefix import ask_in_a_frame, walk
from tests.browser.running_app import FLAGS, ROOT, chromium, headless_chromium
from tests.browser.stripping_proxy import stripping_proxy
from tests.browser.waiting import until

BOUND = 15  # seconds from the start until a model answers
NOBODY = "65534"
CAPABILITY = "+dac_read_search"  # the interpreter may lie where that user could not read it
PREFIX = "/demo"
TRAINING = (
    "import sys, pathlib; from ans.runs.store import RunStore; from ans.config import TrainConfig; "
    "RunStore(pathlib.Path(sys.argv[1]) / 'runs').create(TrainConfig(known_ratio=0.25, epochs=200, patience=200))"
)


class Space:
    """The copy of the code, who runs it, and a home that each step may have for itself."""

    def __init__(self, folder: Path) -> None:
        self.code, self.user, self.home = folder / "code", folder / "user", folder / "user" / "home"
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in listed.splitlines():
            if not name.startswith("tests/"):
                (self.code / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.code / name)
        self.shipped = self.files()
        for path in (*self.code.rglob("*"), self.code):
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.user.mkdir()
        self.as_user: list[str] = []
        if os.name == "posix" and os.geteuid() == 0 and shutil.which("setpriv"):
            os.chown(self.user, int(NOBODY), int(NOBODY))
            folder.chmod(0o755)
            ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            self.as_user = ["setpriv", *ids, f"--inh-caps={CAPABILITY}", f"--ambient-caps={CAPABILITY}"]

    def files(self) -> set[Path]:
        """What lies in the copy."""
        return {path.relative_to(self.code) for path in self.code.rglob("*")}

    def python(self, *arguments: str, **variables: str) -> subprocess.Popen:
        """Start the interpreter in the copy, with a Space's variables and these."""
        told = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "SYSTEM": "spaces", "SPACE_ID": "someone/something",
            "GRADIO_SERVER_NAME": "127.0.0.1", "TMPDIR": str(self.user), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        return subprocess.Popen(
            [*self.as_user, sys.executable, *arguments], cwd=self.code, env={**told, **variables}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    @contextmanager
    def served(self, **variables: str) -> Iterator[tuple[str, subprocess.Popen]]:
        """An app and its address, before it answers."""
        port = free_port()
        app = self.python("app.py", GRADIO_SERVER_PORT=str(port), **variables)
        try:
            yield f"http://127.0.0.1:{port}", app
        finally:
            kill(app)

    def train(self) -> None:
        """Put a training of minutes into the queue."""
        asking = self.python("-c", TRAINING, str(self.home / ".cache" / "ans"))
        said, _ = asking.communicate(timeout=60)
        assert asking.returncode == 0, said

    def forget(self) -> None:
        """The disk goes, as it does with each restart of a Space that has none of its own."""
        shutil.rmtree(self.home, ignore_errors=True)


def kill(app: subprocess.Popen) -> None:
    """End it with all its processes, at once."""
    if app.poll() is None:
        os.killpg(app.pid, signal.SIGKILL)
    app.wait(30)


def first_answer(address: str, app: subprocess.Popen, began: float) -> float:
    """Seconds from `began` until a model has answered through the API."""
    while not answers(address):
        assert app.poll() is None, app.stdout.read() if app.stdout else ""
        assert time.monotonic() - began < 4 * BOUND, "the page does not come up"
        time.sleep(0.1)
    body = json.dumps({"data": ["wake me up at seven"]}).encode()
    asked = urllib.request.Request(f"{address}/gradio_api/call/classify", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{address}/gradio_api/call/classify/{event}", timeout=60) as reply:
        said = reply.read().decode()
    assert '"label": "alarm_set"' in said, said
    return time.monotonic() - began


def answers_in_time(space: Space) -> str:
    """A start in whatever home there is, until the first answer."""
    began = time.monotonic()
    with space.served() as (address, app):
        took = first_answer(address, app, began)
    assert took <= BOUND, f"the first answer took {took:.1f} s, expected {BOUND} at most"
    return f"{took:.1f} s"


def a_fresh_home(space: Space) -> str:
    """The first start of all."""
    space.forget()
    return answers_in_time(space)


def nothing_is_written_beside_the_code(space: Space) -> str:
    """After a start."""
    more = space.files() - space.shipped
    assert not more, f"written there: {sorted(map(str, more))[:5]}"
    return f"{len(space.shipped)} files"


def killed_while_it_starts(space: Space) -> str:
    """Page and all, at three moments of the first start."""
    took = []
    for seconds in (0.7, 1.5, 4):
        space.forget()
        with space.served() as (_, app):
            time.sleep(seconds)
            kill(app)
        took.append(answers_in_time(space))
    return ", ".join(took)


def killed_while_it_trains(space: Space) -> str:
    """With the training process; afterwards the training goes on by itself."""
    space.forget()
    runs = space.home / ".cache" / "ans" / "runs"
    began = time.monotonic()
    with space.served() as (address, app):
        first_answer(address, app, began)
        space.train()
        until(lambda: [one for one in runs.glob("2*/events.jsonl") if '"encoder"' in one.read_text()], "it trains")
        kill(app)
    took = answers_in_time(space)
    with space.served():
        until(lambda: any('"running"' in one.read_text() for one in runs.glob("2*/status.json")), "it goes on")
    assert len(list(runs.glob("starter-*"))) == 1
    return took


def start_errors(space: Space) -> str:
    """Each one sentence, and exit status 2."""
    (space.user / "file").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        cases = [
            {"GRADIO_SERVER_PORT": port}, {"ANS_HOME": str(space.user / "file")},
            {"ANS_HOME": str(space.code / "home")}, {"PORT": "x"}, {"ANS_KEEP_DAYS": "soon"},
        ]  # fmt: skip
        for variables in cases:
            app = space.python("app.py", **{"GRADIO_SERVER_PORT": "0", **variables})
            said, _ = app.communicate(timeout=60)
            assert app.returncode == 2, f"{variables}: exit status {app.returncode}: {said[-300:]}"
            assert said.startswith("error: "), f"{variables}: {said}"
            assert said.count("\n") == 1, f"{variables}: {said}"
    return f"{len(cases)} of them"


def a_prefix_behind_a_stripping_proxy(space: Space) -> str:
    """Every tab with plots, an upload, a download; nothing is asked for outside of the prefix."""
    with space.served(GRADIO_ROOT_PATH=PREFIX) as (app, _):
        until(lambda: answers(app), "the page answers")
        with stripping_proxy(app, PREFIX) as proxied, headless_chromium() as browser:
            walk(browser, proxied, space.user)
    return PREFIX


def a_frame_with_storage_denied(space: Space) -> str:
    """In a frame of Hugging Face's page, in a Chromium whose settings block what other sites want to keep."""
    from playwright.sync_api import sync_playwright

    profile = Path(tempfile.mkdtemp(dir=space.user))
    (profile / "Default").mkdir()
    blocked = {"profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}}
    (profile / "Default" / "Preferences").write_text(json.dumps(blocked))
    with space.served() as (app, _), sync_playwright() as playwright:
        until(lambda: answers(app), "the page answers")
        context = playwright.chromium.launch_persistent_context(profile, executable_path=chromium(), args=FLAGS)
        context.set_default_timeout(60_000)
        ask_in_a_frame(context, app)
        context.close()
    return "answered"


STEPS: tuple[Callable[[Space], str], ...] = (
    a_fresh_home, nothing_is_written_beside_the_code, answers_in_time, killed_while_it_starts, killed_while_it_trains,
    start_errors, a_prefix_behind_a_stripping_proxy, a_frame_with_storage_denied,
)  # fmt: skip


def main() -> int:
    """Go through all steps, whatever becomes of each."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="space-") as folder:
        space = Space(Path(folder))
        print("as a user that was never here" if space.as_user else "as this user: no root, or no setpriv")
        for step in STEPS:
            name = step.__name__.replace("_", " ")
            try:
                print(f"ok      {name}: {step(space)}", flush=True)
            except Exception as error:  # whatever it is, the others are looked at too
                failed += 1
                print(f"FAILED  {name}: {' '.join(str(error).split())[:600]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

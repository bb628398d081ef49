"""Open-world text classification in the browser: `python app.py`. Arguments, build, launch; no logic."""

import argparse
import os
import threading
from pathlib import Path

# Before gradio is imported: nothing of this app calls home, and a proxy must not stand between it and itself. (The
# latter is a workaround, seen with Gradio 6.31.0: `launch` asks its own address through the machine's proxy, and fails;
# https://github.com/gradio-app/gradio/issues/4046 tells of it. It can go when tests/ui/test_workarounds.py says so.)
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ["NO_PROXY"] = ",".join(filter(None, [os.environ.get("NO_PROXY"), "localhost,127.0.0.1"]))

from ans.paths import home
from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page
from ans.workflows.worker import WorkerSupervisor


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train an open-world text classifier and ask it, in the browser. "
        "The first start trains a small starter model in the background, which takes less than a minute.",
    )
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="default: %(default)s"
    )
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860")), help="default: %(default)s"
    )
    parser.add_argument(
        "--home", type=Path, default=home(), help="where runs are kept (ANS_HOME; default: %(default)s)"
    )
    parser.add_argument("--data-dir", help="folder that holds clinc/, banking/, stackoverflow/ (ANS_DATA_DIR)")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    if arguments.data_dir is not None:
        os.environ["ANS_DATA_DIR"] = arguments.data_dir
    store = RunStore(arguments.home / "runs")
    store.starter()
    supervisor = WorkerSupervisor(store)
    serving = Serving(store)
    reachable = "SPACE_ID" in os.environ or arguments.host not in ("127.0.0.1", "localhost", "::1")
    demo = page.build(serving, restricted=reachable)
    _, address, _ = demo.launch(
        server_name=arguments.host, server_port=arguments.port, prevent_thread_lock=True, **page.launch_options()
    )
    print(f"The page is at {address}", flush=True)
    supervisor.start()
    threading.Thread(target=page.warm, args=(serving,), daemon=True).start()
    try:
        demo.block_thread()
    finally:
        supervisor.close()


if __name__ == "__main__":
    main()

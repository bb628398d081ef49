"""The proxy that the walks put before the app does see who asks another machine."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.recording_proxy import recording_proxy

ASK = "import urllib.request as r; r.urlopen('http://somewhere.example/a', timeout=20)"


def test_a_process_that_asks_another_machine_is_written_down_and_lets_nothing_out():
    with recording_proxy() as (variables, asked):
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env={**os.environ, **variables, "NO_PROXY": ""},
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0
        assert asked == ["GET http://somewhere.example/a HTTP/1.1"]

"""What reading one file costs, in a process that does nothing else: `python -m tests.data.cost_of_reading FILE`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ans.data.intake import understand
from ans.data.report import Report
from ans.data.tables import read_file


def main(path: Path) -> None:
    """Read a file, and print CPU seconds, the most memory in MB (0 where the system doesn't tell) and the rows."""
    started = time.process_time()
    try:
        table = read_file(path)
        found = understand(table, table.guessed)
        assert found.rows == found.kept + found.left_out.total
        Report(table, table.guessed, found).to_dict()
        rows = found.rows
    except ValueError:
        rows = 0
    seconds = time.process_time() - started
    about = Path("/proc/self/status")
    lines = about.read_text().splitlines() if about.is_file() else []
    most = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
    print(json.dumps({"seconds": seconds, "megabytes": most, "rows": rows}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Cells that another table has already: the default configuration is a row of most of them, and is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ans.benchmark.cells import Settings
from ans.benchmark.methods import Method
from ans.benchmark.results import Results
from ans.benchmark.tables import BENCHMARKS
from ans.config import TrainConfig

Table = tuple[Results, Sequence[Method]]


def take_over(methods: Sequence[Method], settings: Settings, results: Results) -> None:
    """Copy what `results` lacks from the tables beside it, where the same rule ran with exactly the same settings."""
    tables = [_table(path) for path in sorted(results.path.parent.glob("*.json")) if path != results.path]
    tables = [table for table in tables if table is not None]
    for config in settings:
        for method in methods:
            wanted = config.with_(**method.changes)
            if results.find(method.name, wanted) is None and (found := _same(tables, method, wanted)) is not None:
                results.keep({**found, "method": method.name})
    results.computed = 0  # they stood there already


def _table(path: Path) -> Table | None:
    """A file's records and rows; None for a file of something else."""
    try:
        found = Results(path, None)
    except ValueError:
        return None
    return (found, BENCHMARKS[found.benchmark].methods) if found.benchmark in BENCHMARKS else None


def _same(tables: Sequence[Table], method: Method, config: TrainConfig) -> dict | None:
    same = (
        table.find(row.name, config)
        for table, rows in tables
        for row in rows
        if (row.answer, row.tune) == (method.answer, method.tune)
    )
    return next((record for record in same if record is not None), None)

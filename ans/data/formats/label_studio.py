"""Label Studio's JSON: tasks, each with its data and the annotations that people made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ans.data.columns import Columns, usual_column
from ans.data.rows import NOT_ANSWERED, Account, Cell, Note, Table

LABEL = "choice"


def is_export(records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these are tasks as Label Studio writes them."""
    looked = records[:50]
    return all(
        isinstance(record.get("data"), Mapping) and any(key in record for key in ("annotations", "completions"))
        for record in looked
    )


def read_tasks(
    records: Sequence[Mapping[str, Any]],
    starts: list[int],
    encoding: str,
    account: Account,
    flat: Callable[[Any], dict[str, Cell]],
) -> Table:
    """One row a task: its data, and what was chosen. Annotators that agree chose one; cancelled ones nothing."""
    rows, lines, cancelled = [], [], 0
    data = [flat(found if isinstance(found := record.get("data"), Mapping) else {}) for record in records]
    names = list(dict.fromkeys(name for item in data for name in item))
    for record, item, start in zip(records, data, starts, strict=True):
        annotations = record.get("annotations", record.get("completions"))
        annotations = annotations if isinstance(annotations, list) else []
        valid = [one for one in annotations if isinstance(one, Mapping) and not one.get("was_cancelled")]
        cancelled += len(annotations) - len(valid)
        if annotations and not valid:
            account.add(NOT_ANSWERED, start, ", ".join(str(cell) for cell in item.values()))
            continue
        rows.append([*(item.get(name) for name in names), tuple(dict.fromkeys(_chosen(valid)))])
        lines.append(start)
    text = usual_column(names, ("text",)) or max(
        names, key=lambda name: sum(len(str(item.get(name) or "")) for item in data[:500]), default="text"
    )
    notes = [Note("note", f"{cancelled:,} cancelled annotations were left aside.")] if cancelled else []
    if not names:
        names, rows = ["text"], [["", *row] for row in rows]
    label = LABEL if LABEL not in names else f"{LABEL} (annotated)"
    return Table("Label Studio JSON", encoding, [*names, label], rows, lines, account, notes, Columns(text, label))


def _chosen(annotations: Sequence[Mapping[str, Any]]) -> list[str]:
    """The choices of all annotations, in their order; of a taxonomy the path."""
    found: list[str] = []
    for annotation in annotations:
        results = annotation.get("result")
        for result in results if isinstance(results, list) else ():
            value = result.get("value") if isinstance(result, Mapping) else None
            if not isinstance(value, Mapping):
                continue
            chosen, paths = (one if isinstance(one, list) else [one] for one in map(value.get, ("choices", "taxonomy")))
            found += [str(choice) for choice in chosen if isinstance(choice, (str, int))]
            found += ["/".join(map(str, path)) for path in paths if isinstance(path, list)]
    return found

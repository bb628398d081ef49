"""The tables of `few` and `traffic` from their records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from ans.benchmark.report import markdown, mean, mean_and_deviation

TRAFFIC = {
    "accuracy": "accuracy",
    "in_scope": "in-scope accuracy",
    "oos_recall": "out-of-scope recall",
    "known_refused": "known refused",
    "mcc": "MCC",
    "f1": "F1",
    "auroc": "AUROC",
    "best_threshold_f1": "best F1 of any threshold",
}


def few_table(records: Sequence[dict]) -> str:
    """One row a method, one column a number of texts a class: the mean F1 of all settings (of the best line)."""
    sizes = sorted({record["config"]["texts_per_class"] for record in records})
    rows = []
    for method, own in _by_method(records).items():
        row = [method]
        for size in sizes:
            found = [record["metrics"] for record in own if record["config"]["texts_per_class"] == size]
            row.append(_line_and_best(found))
        rows.append(row)
    return markdown(["F1", *(f"{size} text{'s' if size > 1 else ''}" for size in sizes)], rows)


def traffic_table(records: Sequence[dict]) -> str:
    """For each folder one row a method: means over the seeds."""
    tables = []
    for dataset in sorted({record["config"]["dataset"] for record in records}):
        rows = []
        for method, own in _by_method([r for r in records if r["config"]["dataset"] == dataset]).items():
            rows.append([method, *(_mean(own, name) for name in TRAFFIC)])
        tables.append(markdown([dataset, *TRAFFIC.values()], rows))
    return "\n\n".join(tables)


def _by_method(records: Sequence[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for record in records:
        found.setdefault(record["method"], []).append(record)
    return found


def _mean(records: Sequence[dict], name: str) -> str:
    """Mean over seeds, and the deviation if they differ at all."""
    if mean(records, name) is None:
        return "–"
    return mean_and_deviation(records, name).removesuffix(" ± 0.0")


def choices_table(records: Sequence[dict]) -> str:
    """One row a choice left out, one column a setting: mean F1 over the seeds (of the best line)."""
    settings = sorted({_setting(record) for record in records})
    rows = []
    for method, own in _by_method(records).items():
        cells = [_line_and_best([one["metrics"] for one in own if _setting(one) == each]) for each in settings]
        rows.append([method, *cells, _line_and_best([one["metrics"] for one in own])])
    return markdown(["F1", *(f"{dataset} {ratio:.0%}" for dataset, ratio in settings), "mean"], rows)


def _setting(record: dict) -> tuple[str, float]:
    return record["config"]["dataset"], record["config"]["known_ratio"]


def _line_and_best(found: Sequence[dict]) -> str:
    if not found:
        return "–"
    return f"{fmean(one['f1'] for one in found):.1f} ({fmean(one['best_threshold_f1'] for one in found):.1f})"


TABLES: dict[str, Callable[[Sequence[dict]], str]] = {
    "few": few_table,
    "few-choices": choices_table,
    "traffic": traffic_table,
}

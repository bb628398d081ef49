"""Records of a benchmark → Markdown tables, beside the published rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from ans.evaluation.published import published

NAMES = {"accuracy": "accuracy", "f1": "F1", "f1_open": "F1-open", "f1_known": "F1-known", "auroc": "AUROC"}
IN_SHORT = ("accuracy", "f1")


def headline_table(records: Sequence[dict], method: str = "ANS") -> str:
    """Table 1's row of one method: mean ± deviation over seeds, the published mean ± deviation, the difference.

    The last row is the mean over the settings that have a published row; if none has, the paper's columns are left out.
    """
    header = ["dataset", "known"]
    for name in ("accuracy", "F1"):
        header += [name, "paper", "difference"]
    # A machine that does other things as well makes a run slower, never faster: the fastest seed tells what it takes.
    header += ["F1-known", "F1-open", "AUROC", "best F1 of any threshold", "seconds, fastest"]
    rows, ours, theirs = [], [], []
    for (dataset, ratio), group in settings_of(records, method):
        paper = published(dataset, ratio) or {}
        spread = published(dataset, ratio, table="A.4") or {}
        row = [dataset, f"{ratio:.0%}"]
        for name in ("accuracy", "f1"):
            row.append(mean_and_deviation(group, name))
            row.append(f"{paper[name]:.1f} ± {spread[name]:.1f}" if paper else "–")
            measured = mean(group, name)
            row.append(f"{measured - paper[name]:+.1f}" if paper and measured is not None else "–")
        row += [_one(mean(group, name)) for name in ("f1_known", "f1_open", "auroc", "best_threshold_f1")]
        row.append(f"{min(sum(record['seconds'].values()) for record in group):.0f}")
        rows.append(row)
        if paper:
            ours.append([mean(group, name) for name in ("accuracy", "f1", "best_threshold_f1")])
            theirs.append([paper[name] for name in ("accuracy", "f1")])
    if len(ours) > 1:
        (accuracy, f1, best), (paper_accuracy, paper_f1) = (
            map(fmean, zip(*rows_, strict=True)) for rows_ in (ours, theirs)
        )
        last = ["**mean**", "", f"{accuracy:.1f}", f"{paper_accuracy:.1f}", f"{accuracy - paper_accuracy:+.1f}"]
        rows.append([*last, f"{f1:.1f}", f"{paper_f1:.1f}", f"{f1 - paper_f1:+.1f}", "", "", "", f"{best:.1f}", ""])
    if not ours:  # the paper has none of these settings
        kept = [i for i, name in enumerate(header) if name not in ("paper", "difference")]
        header, rows = [header[i] for i in kept], [[row[i] for i in kept] for row in rows]
    return markdown(header, rows)


def methods_table(records: Sequence[dict], metric: str, table: str, published_names: dict[str, str]) -> str:
    """One row a method, one column a setting: the mean of a metric over seeds, in brackets the published figure.

    A method that was measured on fewer seeds than others says so.
    """
    every = _seeds(records)
    settings = sorted({_setting(record) for record in records})
    methods = list(dict.fromkeys(record["method"] for record in records))
    header = [NAMES[metric], *(f"{dataset} {ratio:.0%}" for dataset, ratio in settings), "mean"]
    rows = []
    for method in methods:
        groups = {setting: group for setting, group in settings_of(records, method)}
        own = _seeds(record for record in records if record["method"] == method)
        which = f"{'seed' if len(own) == 1 else 'seeds'} {', '.join(map(str, own))} only"
        row, means = [method if own == every else f"{method} ({which})"], []
        for setting in settings:
            if setting not in groups:
                row.append("–")
                continue
            value = mean(groups[setting], metric)
            paper = published(*setting, method=str(published_names.get(method, method)), table=table)
            row.append(_one(value) + (f" ({paper[metric]:.1f})" if paper else ""))
            means.append(value)
        complete = len(means) == len(settings) and None not in means
        rows.append([*row, _one(fmean(means)) if complete else "–"])
    return markdown(header, rows)


def methods_tables(records: Sequence[dict], table: str, published_names: dict[str, str]) -> str:
    """Accuracy and F1, one table each."""
    return "\n\n".join(methods_table(records, metric, table, published_names) for metric in ("accuracy", "f1"))


def paper_in_short(records: Sequence[dict], method: str = "ANS") -> str:
    """Accuracy and F1 of each setting, each with the published figure of BERT-base in brackets."""
    rows = []
    for (dataset, ratio), group in settings_of(records, method):
        paper = published(dataset, ratio) or {}
        rows.append([dataset, f"{ratio:.0%}", *(f"{mean(group, name):.1f} ({paper[name]:.1f})" for name in IN_SHORT)])
    return markdown(["dataset", "known", *(f"{NAMES[name]} (paper)" for name in IN_SHORT)], rows)


def methods_in_short(records: Sequence[dict]) -> str:
    """Means over all settings and seeds of each method that was measured in all of them, the best F1 first."""
    cells = {(*_setting(record), record["config"]["seed"]) for record in records}
    rows = []
    for method in dict.fromkeys(record["method"] for record in records):
        own = [record for record in records if record["method"] == method]
        if {(*_setting(record), record["config"]["seed"]) for record in own} == cells:
            rows.append([method, *(_one(mean(own, name)) for name in IN_SHORT)])
    rows.sort(key=lambda row: -float(row[-1]))
    return markdown(["rule, all on the same encoder", *(NAMES[name] for name in IN_SHORT)], rows)


def settings_of(records: Iterable[dict], method: str) -> list[tuple[tuple[str, float], list[dict]]]:
    """The records of one method by (dataset, ratio), sorted."""
    groups: dict[tuple[str, float], list[dict]] = {}
    for record in records:
        if record["method"] == method:
            groups.setdefault(_setting(record), []).append(record)
    return sorted(groups.items())


def mean(group: Sequence[dict], metric: str) -> float | None:
    """Mean over seeds; None if the metric is not defined there."""
    values = [record["metrics"][metric] for record in group]
    return None if None in values else fmean(values)


def mean_and_deviation(group: Sequence[dict], metric: str) -> str:
    """`mean ± standard deviation` over seeds; the mean alone for one seed."""
    values = [record["metrics"][metric] for record in group]
    return f"{fmean(values):.1f} ± {stdev(values):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _seeds(records: Iterable[dict]) -> list[int]:
    return sorted({record["config"]["seed"] for record in records})


def _setting(record: dict) -> tuple[str, float]:
    return record["config"]["dataset"], record["config"]["known_ratio"]


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"

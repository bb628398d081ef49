"""Figures that sentences of the README and of the pages quote are those of the records in assets/benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

import pytest

from ans.benchmark.readme import PAGES
from ans.benchmark.results import RESULTS_FOLDER, Results
from ans.paths import ROOT

TEXTS = {page: " ".join(page.read_text(encoding="utf-8").split()) for page in [*PAGES, ROOT / "assets/guide/method.md"]}
README, MEASURED, ENCODERS, METHOD = TEXTS

DRAW = ("dataset", "known_ratio", "seed")


def records(which: str, **config) -> list[dict]:
    """The records of ANS, or of a benchmark without methods, that have these settings."""
    found = Results(RESULTS_FOLDER / f"{which}.json", None).records
    return [one for one in found if all(one["config"].get(name) == value for name, value in config.items())]


def ans(which: str, metric: str, **config) -> float:
    return mean(one["metrics"][metric] for one in records(which, **config) if one["method"] == "ANS")


def numbers(which: str, row: str) -> dict[str, float]:
    (found,) = (one["numbers"] for one in records(which) if one["method"] == row)
    return found


def few(metric: str, *sizes: int) -> list[float]:
    return [ans("few", metric, texts_per_class=size) for size in sizes]


def best(which: str, **config) -> float:
    """What the best line of the test would add to F1."""
    return ans(which, "best_threshold_f1", **config) - ans(which, "f1", **config)


def fastest(which: str, dataset: str, known_ratio: float) -> float:
    """Seconds of both phases, as the table has them."""
    found = records(which, dataset=dataset, known_ratio=known_ratio)
    return min(sum(one["seconds"].values()) for one in found if one["method"] == "ANS")


def quoted() -> Iterator[tuple]:
    """A page, and what it says by the records."""
    five, ten, twenty, fifty = few("f1", 5, 10, 20, 50)
    yield (
        README,
        f"5 texts a class give an F1 of {five:.1f}, 10 give {ten:.1f}, 20 give {twenty:.1f}, 50 give {fifty:.1f}.",
    )
    refused = "{:.0f}, {:.0f}, {:.0f} and {:.0f} %".format(*few("known_refused", 5, 10, 20, 50))
    yield (
        README,
        f"Of known texts {refused} are then refused by mistake. One text a class trains, too ({few('f1', 1)[0]:.1f}).",
    )
    yield (
        README,
        f"would add {best('table1'):.1f} points of F1; with ten texts a class, {best('few', texts_per_class=10):.1f}.",
    )
    two, of_ten = (100 - found for found in few("in_scope", 2, 10))
    turned = few("known_refused", 2)[0]
    yield (
        README,
        f"with two texts a class {two:.0f} % of known texts are refused or named wrongly, {turned:.0f} % being "
        f"refused, with ten {of_ten:.0f} %",
    )
    yield README, f"on the chatbot above, {ans('traffic', 'known_refused'):.0f} % of it was refused"
    quarter, whole = (best("assistant", known_ratio=ratio) for ratio in (0.25, 1.0))
    yield (
        README,
        f"would add {quarter:.1f} points of F1 where a quarter of its classes is known, and {whole:.1f} where all are.",
    )
    yield README, f"has an F1 of 90.6 and ANS one of {ans('assistant', 'f1', known_ratio=1.0):.1f}"
    small, large = numbers("speed", "heads-38")["ratio"], numbers("speed", "heads-112")["ratio"]
    yield METHOD, f"the 38 heads of clinc 25 % {small:.1f} times and the 112 of clinc 75 % {large:.1f} times as fast"
    minutes = numbers("scale", "training of many texts 100000")["seconds"] / 60
    room = numbers("scale", "training of many texts 100000")["mib"] / 1024
    yield README, f"{minutes:.0f} minutes and {room:.0f} GB of memory for a hundred thousand"
    pace = 100_000 / numbers("scale", "scoring 100000")["seconds"]
    alone = numbers("speed", "query")["p50"]
    yield README, f"An answer: {alone:.0f} ms for one text, and {pace:.0f} texts a second where many are asked at once"
    yield MEASURED, f"of the {numbers('speed', 'clinc-25')['seconds']:.0f} s of clinc 25 %"
    draws = [{name: one["config"][name] for name in DRAW} for one in records("table1-mpnet")]
    large, small = (mean(ans(which, "f1", **draw) for draw in draws) for which in ("table1-mpnet", "table1"))
    told = (
        f"on {len(draws)} draws of nine tasks its mean F1 is {large:.1f} and `minilm`'s on the same draws {small:.1f}"
    )
    yield ENCODERS, told
    for name, dataset in (("BANKING77", "banking"), ("CLINC-150", "clinc"), ("StackOverflow", "stackoverflow")):
        of_it = [draw for draw in draws if draw["dataset"] == dataset]
        ours, theirs = (mean(ans(which, "f1", **draw) for draw in of_it) for which in ("table1-mpnet", "table1"))
        yield ENCODERS, f"{name} ({ours:.1f} against {theirs:.1f})"
    tasks = {(draw["dataset"], draw["known_ratio"]) for draw in draws}
    slower = [fastest("table1-mpnet", *task) / fastest("table1", *task) for task in tasks]
    yield ENCODERS, f"takes {min(slower):.0f} to {max(slower):.0f} times as long in both phases"
    yield README, f"for {min(slower):.0f} to {max(slower):.0f} times the time"
    (acc, mcc), (own, own_mcc) = ((ans(which, "accuracy"), ans(which, "mcc")) for which in ("traffic-mpnet", "traffic"))
    yield ENCODERS, f"accuracy is {acc:.1f} and its MCC {mcc:.1f}, `minilm`'s {own:.1f} and {own_mcc:.1f} (five seeds)"
    yield README, f"was {large - small:.1f} points of F1 better in the mean of {len(draws)} draws"


@pytest.mark.parametrize(("page", "sentence"), quoted(), ids=lambda part: str(part)[-40:].rpartition("/")[2])
def test_a_figure_that_a_sentence_quotes_is_that_of_the_records(page, sentence):
    assert sentence in TEXTS[page]


def test_the_rule_that_is_quoted_from_the_datasheet_stands_there():
    sheet = (ROOT / "assets/datasets/assistant/README.md").read_text(encoding="utf-8")
    assert "| 100 % (only `oos` is open) | MSP | 88.8 | 90.6 |" in sheet
    assert f"| ANS | 88.8 | {ans('assistant', 'f1', known_ratio=1.0):.1f} |" in sheet


def test_seeds_that_only_some_numbers_of_texts_have_are_told_below_the_table():
    assert "seeds 0, 1, 2, 3, 4 (with 1 and 2 texts 0, 1, 2)" in TEXTS[README]

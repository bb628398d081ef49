"""What each benchmark runs, and how its records are printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ans.baselines import nearest_contrast, own_tuning, post_hoc, with_negatives
from ans.baselines.heads import ans, ans_untouched
from ans.benchmark import report
from ans.benchmark.methods import Method
from ans.config import TrainConfig

ALL = ("clinc", "banking", "stackoverflow")
RATIOS = (0.25, 0.5, 0.75)
RADIUS_FACTORS = (0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32)
PAPER_RADII = (1, 4, 8, 16, 64, 256)


@dataclass(frozen=True)
class Benchmark:
    """One table or figure: its rows, its usual settings, and how its records become Markdown."""

    name: str
    methods: Sequence[Method]
    print: Callable[[Sequence[dict]], str]
    datasets: Sequence[str] = ALL
    ratios: Sequence[float] = RATIOS
    seeds: Sequence[int] = (0, 1, 2)

    def table(self, records: Sequence[dict]) -> str:
        """These records as Markdown, rows in the order of `methods`."""
        place = {method.name: i for i, method in enumerate(self.methods)}
        return self.print(sorted(records, key=lambda record: place.get(record["method"], len(place))))


TABLE_1 = Benchmark("table1", [Method("ANS", ans)], report.headline_table, seeds=(0, 1, 2, 3, 4))

# Table 2 of the paper is on clinc; the other two corpora are here as well.
ABLATION_NAMES = {
    "one-vs-rest (λ = 0)": "one-vs-rest (lambda=0)",
    "+ Gaussian noise": "+ gaussian noise",
    "+ projection": "+ projection",
    "+ ascent (ANS)": "+ ascent (ANS)",
}
ABLATION = Benchmark(
    "ablation",
    [
        Method(name, ans, {"negatives": mode})
        for name, mode in zip(ABLATION_NAMES, ("none", "noise", "noise+projection", "ans"), strict=True)
    ],
    partial(report.methods_tables, table="2", published_names=ABLATION_NAMES),
)

NEGATIVES_NAMES = {"one-vs-rest + negatives (ANS)": "one-vs-rest + negatives"}
NEGATIVES = Benchmark(
    "negatives",
    [
        Method("MSP", with_negatives.msp),
        Method("MSP + negatives", with_negatives.msp_with_negatives),
        Method("ADB", with_negatives.adb),
        Method("ADB + negatives", with_negatives.adb_with_negatives),
        Method("one-vs-rest", ans, {"negatives": "none"}),
        Method("one-vs-rest + negatives (ANS)", ans),
    ],
    partial(report.methods_tables, table="3", published_names=NEGATIVES_NAMES),
)

BASELINES = Benchmark(
    "baselines",
    [
        Method("MSP", post_hoc.msp),
        Method("DOC", own_tuning.doc, own_tuning.OWN_TUNING, tune=own_tuning.tune_doc),
        Method("OpenMax", post_hoc.openmax),
        Method("DeepUnk", own_tuning.deepunk, own_tuning.OWN_TUNING, tune=own_tuning.tune_deepunk),
        Method("ADB", post_hoc.adb),
        Method(
            "(C + 1)-way, mixed negatives",
            own_tuning.mixed_class,
            own_tuning.OWN_TUNING,
            tune=own_tuning.tune_mixed_class,
        ),
        Method("DA-ADB", own_tuning.da_adb, own_tuning.OWN_TUNING, tune=own_tuning.tune_distance_aware),
        Method(
            "DA-ADB, its authors' schedule",
            own_tuning.da_adb,
            own_tuning.DA_ADB_SCHEDULE,
            tune=own_tuning.tune_distance_aware,
        ),
        Method(
            "KNNCL",
            nearest_contrast.density,
            own_tuning.OWN_TUNING,
            tune=nearest_contrast.tune_nearest_contrast,
        ),
        Method("ADBES", post_hoc.adjusted_boundary),
        Method("MaxLogit", post_hoc.max_logit),
        Method("energy", post_hoc.energy),
        Method("Mahalanobis", post_hoc.mahalanobis),
        Method("k nearest neighbours", post_hoc.nearest_neighbours),
        Method("LOF", post_hoc.local_outlier_factor),
        Method("heads, negatives by mixing", ans, {"negatives": "mixing"}),
        Method("heads, negatives by hard mixing", ans, {"negatives": "hard mixing"}),
        Method("ANS", ans),
    ],
    partial(report.methods_tables, table="1", published_names={"(C + 1)-way, mixed negatives": "SelfSup*"}),
)

CHOICES = Benchmark(
    "choices",
    [
        Method("all", ans),
        Method("no label smoothing", ans, {"label_smoothing": 0}),
        Method("dimensions as tuned", ans, {"standardising": 0}),
        Method("heads on tuned features only", ans, {"views": "tuned"}),
        Method("heads on untouched features only", ans_untouched),
        Method("a class's extent from Σ", ans, {"spread_neighbours": 0}),
        Method("no averaging of weights", ans, {"head_averaging": 0}),
        Method("λ = 1 for any number of classes", ans, {"many_classes": 1000}),
        Method("half the head updates", ans, {"head_steps": 40}),
        Method("twice the head updates", ans, {"head_steps": 160}),
        Method("ascent rate doubled", ans, {"ascent_rate": 0.06}),
    ],
    partial(report.methods_tables, table="", published_names={}),
)

RADIUS = Benchmark(
    "radius",
    [Method(f"r × {factor:g}", ans, {"radius_scale": TrainConfig().radius_scale * factor}) for factor in RADIUS_FACTORS]
    + [Method(f"r = {radius}", ans, {"fixed_radius": float(radius)}) for radius in PAPER_RADII],
    partial(report.methods_tables, table="", published_names={}),
    datasets=("banking",),
)

BENCHMARKS = {benchmark.name: benchmark for benchmark in (TABLE_1, ABLATION, NEGATIVES, RADIUS, BASELINES, CHOICES)}

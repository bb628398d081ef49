"""Everything that decides a training run, in one frozen, validated dataclass. The reason stands beside each field."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ans.setting_fields import DATA, ENCODER, PHASE_1, PHASE_2, checked
from ans.setting_fields import setting_field as _setting

NEGATIVE_MODES = ("ans", "noise+projection", "noise+ascent", "noise", "mixing", "hard mixing", "none")
VIEWS = ("tuned", "both")
LONG_TEXTS = ("average", "cut")
LONGEST_PROMPT = 500
POOLINGS = ("own", "mean", "cls", "max")
LISTS = ("known_classes", "no_class")  # settings that are names
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class TrainConfig:
    """One training run: data, encoder, phase 1 (closed-set fine-tuning), phase 2 (one-vs-rest heads).

    Raises:
        ValueError: a value is out of its bounds; the message names the field, what was expected and what came.
    """

    # Data
    dataset: str = _setting(
        DATA, "assistant", "a corpus by name, or a path to a folder or to a file with texts and labels"
    )
    data_dir: str | None = _setting(
        DATA, None, "folder that holds the public benchmarks (else ANS_DATA_DIR, else download)"
    )
    text_column: str | None = _setting(
        DATA,
        None,
        "of own data: the column with the texts, or two as title+body (empty: told by names and shapes)",
        before=None,
    )
    label_column: str | None = _setting(
        DATA, None, "of own data: the column with the labels (empty: told by names and shapes)", before=None
    )
    # A class may really be called `open` or `unknown`; and somebody's `other` may be no class.
    no_class: tuple[str, ...] | None = _setting(
        DATA,
        None,
        "of own data: the labels that mean no class, as oos does; an empty name: none does (empty: those spelt so)",
        before=None,
    )
    near_names: str = _setting(
        DATA,
        "apart",
        "of own data: class names that differ only by case, spaces or 1 and 1.0, kept apart or joined",
        choices=("apart", "joined"),
        before="apart",
    )
    sheet: str | None = _setting(
        DATA,
        None,
        "of a spreadsheet: the sheet, by its name or its number from 1 (empty: the first that is shown and not empty)",
        before=None,
    )
    encoding: str | None = _setting(
        DATA, None, "of own data as text: how its letters are written, as cp1250 (empty: told by them)", before=None
    )
    known_ratio: float = _setting(
        DATA, 0.75, "share of the classes that are known; the rest appear as open", low=0, high=1
    )
    known_classes: tuple[str, ...] | None = _setting(
        DATA, None, "the known classes by name, instead of a draw by ratio"
    )
    texts_per_class: int | None = _setting(
        DATA,
        None,
        "learn from at most this many texts of each class, drawn by the seed, and without dev texts; empty: from all",
        low=1,
        high=1000000,
        before=None,
    )
    # The paper learns from known texts alone, and so do the benchmarks; who has texts of no class can use them.
    open_texts: str = _setting(
        DATA,
        "test",
        "texts labelled as of no class (oos, …): for the test alone, or also to train every head against",
        choices=("test", "train"),
        before="test",
    )
    # One seed feeds the draw of classes, the file split, initial weights, batches, noise and UMAP.
    seed: int = _setting(DATA, 0, "seed of the draw of known classes and of everything random", low=0, high=2**31 - 1)

    # Encoder
    encoder: str = _setting(
        ENCODER, "minilm", "minilm (embedded), mpnet (large), bert-base-uncased, another hub name or a local folder"
    )
    # Two of twelve in the paper ("freeze the first ten layers of BERT"); two of six here.
    trainable_layers: int = _setting(
        ENCODER, 2, "last layers that are fine-tuned; 0 keeps the encoder untouched", low=0, high=48
    )
    # The benchmarks' texts have 5 to 30 tokens.
    max_tokens: int = _setting(ENCODER, 96, "tokens that the encoder reads at a time", low=4, high=512)
    long_texts: str = _setting(
        ENCODER,
        "average",
        "longer texts: the average of up to 8 pieces, or cut off after the first",
        choices=LONG_TEXTS,
        before="cut",
    )
    # An encoder gives poor features when it is read in another way than it was trained to be.
    pooling: str = _setting(
        ENCODER,
        "own",
        "how a text's tokens become one feature; own: as the encoder's folder says, mean if it says nothing",
        choices=POOLINGS,
        before="mean",
    )
    prompt: str | None = _setting(
        ENCODER, None, "put before each text (e5 wants 'query: '); empty: the encoder's own, if it has one", before=None
    )
    device: str = _setting(ENCODER, "auto", "where to compute", choices=DEVICES)

    # Phase 1, section 3.1 and appendix A.5
    epochs: int = _setting(PHASE_1, 5, "most passes over the training texts in phase 1", low=1, high=1000)
    patience: int = _setting(
        PHASE_1, 3, "phase 1 stops after this many passes without a better dev accuracy", low=1, high=1000
    )
    batch_size: int = _setting(PHASE_1, 64, "texts per step in phase 1", low=2, high=4096)
    # A.5 has 5e-5 for BERT-base; two layers of a narrow encoder want a larger step.
    encoder_lr: float = _setting(PHASE_1, 2e-4, "learning rate of the encoder's last layers", low=0, high=1)
    classifier_lr: float = _setting(PHASE_1, 1e-3, "learning rate of the closed-set classifier", low=0, high=1)
    # 275 texts and 5 passes are 25 updates: a classifier that starts at random has not learnt its classes by then.
    least_updates: int = _setting(
        PHASE_1, 60, "fewest updates of phase 1, however few the texts", low=0, high=100000, before=0
    )
    warmup: float = _setting(PHASE_1, 0.1, "share of the steps over which the learning rate rises", low=0, high=1)
    weight_decay: float = _setting(PHASE_1, 0.01, "weight decay of AdamW", low=0, high=1)
    # Once all texts are right, cross-entropy still drives the classes apart, and unknown texts along with them; a truth
    # that is not quite sure ends that.
    label_smoothing: float = _setting(
        PHASE_1,
        0.1,
        "share of the truth that phase 1 spreads over all known classes; its loss then stays above zero",
        low=0,
        high=0.95,
        before=0.0,
    )
    # A common offset of all features takes up some of the heads' few updates; and in lengths, as noise and radius are,
    # a dimension that varies twice as much counts four times. Halfway, since what it tells apart does count for more.
    standardising: float = _setting(
        PHASE_1,
        0.5,
        "how far the tuned features, moved to mean 0, are made to vary alike in all dimensions; 0: as tuned",
        low=0,
        high=1,
        before=0.0,
        formerly="equalising",
    )

    # Phase 2, sections 3.2 and 3.3, Algorithm 1
    # Fine-tuning learns what tells the known classes apart and forgets some of what tells unknown texts from them.
    views: str = _setting(
        PHASE_2,
        "both",
        "whose features the heads see: the fine-tuned encoder's, or also the untouched one's (logits averaged)",
        choices=VIEWS,
        before="tuned",
    )
    # What decides how the heads end is the number and size of their updates, not the passes over the texts: about 80 at
    # 1e-3 serve 5 classes of 600 texts as well as 112 classes of 100. (A.5 has min(C, 20) passes.)
    head_steps: int = _setting(PHASE_2, 80, "updates of the heads in phase 2", low=1, high=100000)
    head_batch: int = _setting(
        PHASE_2, 32, "positives per head and step; as many negatives of each kind", low=1, high=4096
    )
    head_lr: float = _setting(PHASE_2, 1e-3, "learning rate of the heads", low=0, high=1)
    head_dropout: float = _setting(PHASE_2, 0.1, "dropout after each hidden layer of a head", low=0, high=0.95)
    head_averaging: float = _setting(
        PHASE_2,
        0.95,
        "the heads end as a moving average of their weights with this decay; 0 takes the last",
        low=0,
        high=0.999,
        before=0.0,
    )
    negatives: str = _setting(
        PHASE_2,
        "ans",
        "how negatives are made (ans: noise, ascent, projection; mixing: between texts of two classes)",
        choices=NEGATIVE_MODES,
    )
    synthesized_weight: float = _setting(
        PHASE_2, 1.0, "λ: weight of the loss on synthesized negatives", low=0, high=1000, symbol="λ"
    )
    # The more classes are known, the more do their texts stand for everything else, and the less need be made up.
    many_classes: int = _setting(
        PHASE_2,
        30,
        "beyond this many known classes λ shrinks in proportion: λ·30/C",
        low=1,
        high=1000000,
        before=1000000,
    )
    # Where a class must say yes is as near to its texts as they are to each other. A class of several clumps has a wide
    # Σ all the same, and would let in what lies between them. (The paper suggests nearest neighbours in its outlook.)
    spread_neighbours: int = _setting(
        PHASE_2,
        3,
        "a class's extent is read from its texts' k-th nearest neighbours; 0: from Σ alone",
        low=0,
        high=1000,
        before=0,
    )
    # ε ~ N(0, 4·diag Σ_m) is a deviation of 2σ per dimension.
    noise_scale: float = _setting(PHASE_2, 2.0, "Gaussian noise, in standard deviations of the class", low=0, high=1000)
    ascent_steps: int = _setting(
        PHASE_2, 5, "k: steps of gradient ascent on a head's loss", low=0, high=1000, symbol="k"
    )
    # Above about a tenth of the radius the heads begin to reject everything.
    ascent_rate: float = _setting(
        PHASE_2, 0.03, "η: length of one ascent step, as a share of the radius", low=0, high=10, symbol="η"
    )
    # The paper's r = 8 lies at 0.67 to 1 of √(2·Tr Σ), which is 8 to 12 there.
    radius_scale: float = _setting(
        PHASE_2, 0.75, "c: a class's radius r is c·√(2·Tr Σ), its extent", low=0.001, high=1000, symbol="c"
    )
    fixed_radius: float | None = _setting(
        PHASE_2,
        None,
        "r: one radius for all classes (the paper's 8); empty: from the data",
        low=1e-6,
        high=1e6,
        symbol="r",
    )
    gamma: float = _setting(
        PHASE_2, 2.0, "γ: negatives lie between r and γ·r from their positive", low=1, high=1000, symbol="γ"
    )

    # Few texts a class: `ans.model.few_texts` has the formulas and their reasons. With this many and more, all is as in
    # the paper: heads alone, a line at zero.
    few_texts: int = _setting(
        PHASE_2,
        100,
        "below this many texts a class they are few: heads are helped by the nearest texts, and the line is checked",
        low=0,
        high=100000,
        before=0,
    )
    similarity: float = _setting(
        PHASE_2,
        1.0,
        "weight of the nearest training texts beside the heads, where texts are few",
        low=0,
        high=100,
        before=0.0,
    )
    widened_below: int = _setting(
        PHASE_2,
        50,
        "below this many texts a class's positives are partly drawn from where its next texts are expected",
        low=0,
        high=100000,
        before=0,
    )
    folds: int = _setting(
        PHASE_2,
        3,
        "most trainings, each without a quarter of the texts, that check the line where texts are few; 0: none",
        low=0,
        high=4,
        before=0,
    )
    refused: float | None = _setting(
        PHASE_2,
        None,
        "share of held-out known texts that may be refused; empty: by the number of texts",
        low=0,
        high=0.9,
        before=None,
    )

    def __post_init__(self) -> None:
        for spec in fields(self):
            object.__setattr__(self, spec.name, checked(spec, getattr(self, spec.name)))
        if self.prompt is not None and len(self.prompt) > LONGEST_PROMPT:
            raise ValueError(f"prompt must have at most {LONGEST_PROMPT} characters, got {len(self.prompt)}.")
        for field_name in LISTS:
            names = getattr(self, field_name)
            if names is None:
                continue
            if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
                raise ValueError(f"{field_name} must be a list of names, got {reprlib.repr(names)}.")
            object.__setattr__(self, field_name, tuple(names))
        if self.known_classes is not None and len(set(self.known_classes)) < 2:
            got = ", ".join(name[:80] for name in set(self.known_classes)) or "none"
            raise ValueError(
                f"known_classes must name at least two different classes, got {got}; "
                "name more, or leave it empty and set known_ratio."
            )

    def weight_for(self, num_classes: int) -> float:
        """λ for C known classes."""
        return self.synthesized_weight * min(1.0, self.many_classes / num_classes)

    @property
    def shell(self) -> dict[str, Any]:
        """What `negatives.synthesize` takes of these settings."""
        return {name: getattr(self, name) for name in ("noise_scale", "ascent_steps", "ascent_rate", "gamma")}

    @property
    def radius(self) -> dict[str, Any]:
        """What `negatives.ClassShell.around` takes of these settings."""
        return {
            "neighbours": self.spread_neighbours,
            "radius_scale": self.radius_scale,
            "fixed_radius": self.fixed_radius,
        }

    @property
    def head_views(self) -> tuple[str, ...]:
        """The views of a text that heads are trained on. An encoder that is not tuned has only one."""
        if self.trainable_layers == 0:
            return ("tuned",)
        return ("tuned", "untouched") if self.views == "both" else ("tuned",)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` turns them back into an equal config."""
        plain = asdict(self)
        for name in LISTS:
            plain[name] = None if plain[name] is None else list(plain[name])
        return plain

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainConfig:
        """Inverse of `to_dict`, for settings of this version; `ans.config_files` reads those of earlier ones.

        Raises:
            ValueError: a name is no setting of this version, or a value is out of its bounds.
        """
        names = {spec.name for spec in fields(cls)}
        if unknown := sorted(set(values) - names):
            raise ValueError(f"unknown settings {', '.join(unknown)}; this version knows {', '.join(sorted(names))}.")
        return cls(**values)

    def with_(self, **changes: Any) -> TrainConfig:
        """A copy with some fields changed, validated again."""
        return replace(self, **changes)


def setting(name: str) -> Mapping[str, Any]:
    """What is known about one setting: `default`, and what `_setting` takes.

    Raises:
        KeyError: there is no such setting.
    """
    for spec in fields(TrainConfig):
        if spec.name == name:
            return {**spec.metadata, "default": spec.default}
    raise KeyError(name)


def setting_names(group: str) -> tuple[str, ...]:
    """The names of the settings of one of `GROUPS`, in order."""
    return tuple(spec.name for spec in fields(TrainConfig) if spec.metadata["group"] == group)


# The model that answers before anybody has trained one: the encoder stays untouched, so it is ready in seconds.
STARTER = TrainConfig(trainable_layers=0, epochs=60, patience=8)

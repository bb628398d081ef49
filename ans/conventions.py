"""What every module agrees on: the open label, the sign of a score, the order of classes, what an answer is, the words.

* A class index is `0 … C−1`, in the order of `labels`, which is saved with the weights. `OPEN` stands for no class.
* A score is the largest head logit of a text: higher means more surely known.
* A text is open when its score is below `ZERO`, which is the same as every head saying no. Nothing is tuned.

The words, each with one meaning in the whole project:

    known class            a class the model is trained on
    held-out class         a class of the dataset that training does not see; its texts are open
    open                   of no known class: what the model answers when every head says no
    out of scope           a text that belongs to no class of the dataset at all
    known-class ratio      the share of a dataset's classes that are known
    head                   a one-vs-rest classifier of one known class; its logit above zero is a yes
    score                  the largest head logit of a text
    synthesized negative   a feature made from a known text, near its class and outside of it (section 3.3)
    radius, shell          r of a class; its negatives lie between r and γ·r from the text they were made from
    view                   one encoder's feature of a text: `tuned` (fine-tuned) or `untouched`; nothing else is a view
    phase 1, phase 2       fine-tuning the encoder with a closed-set classifier; training the heads
    run                    one training in a directory of its own; a model is what a finished run answers with
    promotion              a run made from another one by adding a class
    part                   train, dev or test texts of a dataset
    rule                   a method that decides open or known from the features of phase 1
    card, component        what a tab shows of one thing, as plain data; what draws it in the browser
    visitor                one browser, with what it may see and do
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

OPEN = -1
OPEN_NAME = "open"
ZERO = 0.0
# The listed datasets as a person reads them who has never heard of them.
DATASET_NAMES = {
    "assistant": "Everyday assistant",
    "clinc": "Assistant requests (CLINC150)",
    "banking": "Bank customers (BANKING77)",
    "stackoverflow": "Programming questions (Stack Overflow)",
}
LONGEST = 2000  # characters of a text; some five times what an encoder reads at a time
# Known classes of one training. Cost and memory grow with them in proportion: with two texts each, so many take about a
# quarter of an hour and 3 GB on two cores.
MOST_CLASSES = 5000
# The field's four numbers and AUROC, by their keys in `Metrics`, as a person reads them.
HEADINGS = {"accuracy": "Accuracy", "f1": "F1", "f1_known": "F1-known", "f1_open": "F1-open", "auroc": "AUROC"}
# Label spellings that mark a text as belonging to no class, whatever the corpus; never drawn as a known class.
OPEN_LABELS = frozenset({"oos", "oos_near", "oos_far", "open", "out_of_scope", "out-of-scope", "ood", "unknown"})
OUTSIDE_NAME = "oos"  # how this project writes such a label


def _bare(label: str) -> str:
    """A label without case, spaces and punctuation."""
    return "".join(c for c in label.casefold() if c.isalnum())


# Spellings in people's data of "none", "unknown" and "out of scope". Whoever has a class of such a name can say so.
OPEN_SPELLINGS = frozenset(
    _bare(name)
    for name in (
        "oos", "oos near", "oos far", "ood", "open", "unknown", "out of scope", "out of domain",
        "out of distribution", "none", "no class", "no intent", "no intent found", "no intent detected",
        "no nodes detected", "nota", "none of the above",
        "none of these", "nlu fallback", "fallback", "fallback intent", "default fallback intent",
        "amazon.FallbackIntent", "none intent", "unknown intent", "oos intent", "out of scope intent", "open intent",
        "no match", "no match intent", "sys.no-match-default", "actions.intent.NO_MATCH", "input.unknown",
        "not in scope", "outside scope", "unk", "oos-oos", "out of scope (oos)", "keine", "kein", "keines",
        "keine Klasse", "keine Kategorie", "kein Intent", "unbekannt", "außerhalb des Bereichs", "nicht zuordenbar",
        "aucun", "aucune", "aucune classe", "aucune intention", "inconnu", "inconnue", "hors périmètre",
        "hors domaine", "hors champ", "ninguno", "ninguna", "desconocido", "desconocida", "fuera de alcance",
        "fuera del alcance", "fuera de dominio", "nessuno", "nessuna", "sconosciuto", "fuori ambito", "fuori dominio",
        "nenhum", "nenhuma", "desconhecido", "fora do escopo", "fora de escopo", "fora do domínio", "geen",
        "onbekend", "buiten bereik", "żaden", "żadna", "brak", "nieznane", "nieznany", "poza zakresem", "žádný",
        "žádná", "žádné", "neznámý", "neznámé", "mimo rozsah", "неизвестно", "неизвестный", "вне области",
        "вне домена", "невідомо", "bilinmeyen", "hiçbiri", "kapsam dışı", "không xác định", "ngoài phạm vi", "未知",
        "未知意图", "无", "無", "无意图", "范围外", "域外", "超出范围", "不明", "該当なし", "なし", "対象外",
        "範囲外", "없음", "알 수 없음", "해당 없음", "범위 외", "غير معروف", "خارج النطاق", "لا شيء", "ไม่ทราบ",
        "ไม่มี", "นอกขอบเขต",
    )
)  # fmt: skip
PART_OF_OUTSIDE = re.compile(r"\s*(oos|ood|out[ _-]?of[ _-]?(scope|domain))\s*[-–—:/|._(]\s*\w", re.IGNORECASE)
# What may hold whatever fits no class, or be a class as any other.
REST_SPELLINGS = frozenset(
    _bare(name)
    for name in (
        "other", "others", "misc", "miscellaneous", "anything else", "everything else", "something else", "off topic",
        "irrelevant", "unrelated", "not relevant", "unclear", "unklar", "garbage", "nonsense",
        "gibberish", "uncategorized", "unclassified", "unassigned", "sonstiges", "sonstige", "anderes",
        "andere", "autre", "autres", "divers", "hors sujet", "otro", "otros", "otra", "otras", "altro", "altri",
        "outro", "outros", "outra", "outras", "overig", "overige", "inne", "pozostałe", "jiné", "ostatní", "другое",
        "прочее", "разное", "інше", "diğer", "khác", "其他", "其它", "その他", "기타", "أخرى", "อื่นๆ",
    )
)  # fmt: skip


def means_no_class(label: str) -> bool:
    """Whether a label is spelt as in `OPEN_SPELLINGS`: `OOS`, `Out of Scope`, `out_of_domain`, `unbekannt`.

    A part of what is out of scope is so, too: `OOS - chitchat`.
    """
    return _bare(label) in OPEN_SPELLINGS or (
        PART_OF_OUTSIDE.match(label) is not None and not label.endswith("(class)")  # so is called what is none
    )


def may_mean_no_class(label: str) -> bool:
    """Whether a label is spelt as in `REST_SPELLINGS`: `Other`, `Sonstiges`."""
    return _bare(label) in REST_SPELLINGS


def some_names(names: Collection[str], most: int = 20, longest: int = 80) -> str:
    """The first of many names, each as far as it fits a sentence: `a, b and 40 more`."""
    shown = [name if len(name) <= longest else f"{name[: longest - 1]}…" for name in list(names)[:most]]
    more = len(names) - len(shown)
    return f"{', '.join(shown)} and {more:,} more" if more else ", ".join(shown)


def is_open(label: int) -> bool:
    """Whether a class index means `belongs to no known class`."""
    return label < 0


def is_known(label: int) -> bool:
    """Whether a class index is one of the known classes."""
    return not is_open(label)


@dataclass(frozen=True)
class Candidate:
    """One head's opinion: its class and its logit (above zero: yes)."""

    label: str
    logit: float


@dataclass(frozen=True)
class Neighbour:
    """A training text near the query: cosine similarity of features, in [-1, 1]."""

    text: str
    label: str
    similarity: float


@dataclass(frozen=True)
class Prediction:
    """The answer for one text. `label` is None when open; `candidates` are the strongest heads, strongest first.

    `known_below` is how usual such a score is: the share of held-out known texts that score lower; None where none were
    held out. `between` names the two answers an unsure text wavers between, the one given first: two classes, or a
    class and `open`; of a sure one it is empty.
    """

    text: str
    label: str | None
    score: float
    candidates: list[Candidate] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)
    known_below: float | None = None
    between: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """True when no head says yes."""
        return self.label is None

    @property
    def unsure(self) -> bool:
        """True when another answer is about as right."""
        return bool(self.between)

    def to_dict(self) -> dict:
        """Plain values for JSON: text, label (null when open), open, unsure, score, and the other fields."""
        parts = {
            "candidates": [dict(vars(one)) for one in self.candidates],
            "neighbours": [dict(vars(one)) for one in self.neighbours],
            "between": list(self.between),
        }
        plain = {**vars(self), **parts}  # as `dataclasses.asdict`, which costs ten times as much
        first = {"text": plain.pop("text"), "label": plain.pop("label"), "open": self.open, "unsure": self.unsure}
        return first | plain


def whole_characters(text: str) -> str:
    """The text with a question mark for each half of a character (a lone surrogate), which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def with_whole_characters(value: Any) -> Any:
    """A JSON value without halves of characters in its texts and names."""
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [with_whole_characters(part) for part in value]
    if isinstance(value, dict):
        return {with_whole_characters(name): with_whole_characters(part) for name, part in value.items()}
    return value

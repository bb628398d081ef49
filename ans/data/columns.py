"""Which column of a table holds what: by its usual name, else by its shape; and whether a table has a header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ans.data.column_words import is_beside, is_destination
from ans.data.label_column import all_differ, are_dates, are_no_words, likeliest
from ans.data.languages import is_language
from ans.data.text_column import without_answers, written

TEXT_COLUMNS = (
    "text", "utterance", "sentence", "query", "question", "message", "title", "content", "input", "phrase", "prompt",
    "body", "description", "document", "review", "comment", "tweet", "subject", "transcript", "texts", "sentences",
    "nachricht", "anfrage", "texte", "texto", "testo", "tekst", "mensaje", "mensagem", "messaggio", "текст",
    "сообщение", "文本", "内容", "テキスト", "텍스트", "frage", "kundenanfrage", "beschreibung", "kommentar", "satz",
    "demande", "commentaire", "énoncé", "verbatim", "pregunta", "consulta", "frase", "comentario", "descripción",
    "pergunta", "comentário", "descrição", "domanda", "commento", "descrizione", "vraag", "zpráva", "dotaz", "popis",
    "wiadomość", "zapytanie", "treść", "вопрос", "обращение", "запрос", "фраза", "повідомлення", "mesaj", "soru",
    "metin", "bericht", "问题", "句子", "用户问题", "文章", "本文", "質問", "発話", "問い合わせ内容", "질문", "문장",
    "النص", "الرسالة", "السؤال", "ข้อความ", "คำถาม",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "intent", "class", "category", "target", "tag", "topic", "labels", "intents", "label_text", "output",
    "class_name", "y", "label_name", "intent_name", "category_name", "sentiment", "choice", "kategorie", "klasse",
    "catégorie", "classe", "étiquette", "categoría", "categoria", "clase", "etiqueta", "etichetta", "категория",
    "метка", "класс", "标签", "类别", "分类", "ラベル", "カテゴリ", "라벨", "kategori", "etiket", "absicht", "thema",
    "rubrik", "intention", "thème", "thématique", "libellé", "intención", "tema", "intenção", "intenzione",
    "argomento", "onderwerp", "záměr", "štítek", "téma", "kategoria", "etykieta", "intencja", "интент", "намерение",
    "тема", "категорія", "niyet", "konu", "意图", "意图名称", "意図", "分類", "カテゴリー", "의도", "분류", "التصنيف",
    "الفئة", "النية", "หมวดหมู่", "ป้ายกำกับ", "เจตนา",
)  # fmt: skip
SPLIT_NAMES = {
    "train": ("train", "training"),
    "dev": ("dev", "valid", "validation", "val"),
    "test": ("test", "testing"),
}
PART_OF = {name: part for part, names in SPLIT_NAMES.items() for name in names} | {"eval": "dev", "evaluation": "dev"}
SPLIT_COLUMNS = ("split", "set", "part", "partition", "fold", "subset")
# Two columns that are one text in halves.
TITLES = (
    "title", "subject", "headline", "summary", "betreff", "objet", "titre", "asunto", "oggetto", "předmět", "标题",
    "件名",
)  # fmt: skip
BODIES = (
    "body", "description", "content", "message", "details", "selftext", "abstract", "beschreibung", "nachricht",
    "anfrage", "demande", "descripción", "mensaje", "descrizione", "messaggio", "popis", "zpráva", "内容", "本文",
    "問い合わせ内容",
)  # fmt: skip
# What says about a class rather than to somebody, where another column holds what people wrote.
DESCRIPTIONS = ("description", "beschreibung", "descripción", "descrição", "descrizione", "popis")
# What annotation tools write beside a label, and what is never one.
BESIDE = (
    "annotator", "annotationid", "leadtime", "createdat", "updatedat", "id", "user", "username", "lang", "language",
    "source", "date", "timestamp", "confidence", "score", "index", "approved", "author", "url",
)  # fmt: skip
# The last part of a path that says nothing by itself: `label.name` is a label.
GENERAL = ("name", "value", "title", "choices", "displayname")
LOOKED_AT = 2000  # rows: enough to tell a column's shape
LONGEST_LABEL = 60  # characters, on average
ENOUGH = 5  # rows that tell whether a column has several values
NAMED_BY = 3  # words that the name of a column may have
# A language at the end of a column's name, `text_en`, `text.pt-BR`, `Text (German)`, or before it, `en_text`.
TONGUE_BEHIND = re.compile(r"(.+?)[ _.(\[/-]+([a-z]{2}(?:[-_][a-z]{2})?|[a-z]{4,})[)\]]?", re.IGNORECASE)
TONGUE_BEFORE = re.compile(r"([a-z]{2})[_./-]+(.+)", re.IGNORECASE)
NO_TONGUES = ("id", "no", "is", "am", "be")  # an `intent_id` is a number
AND = " + "  # between the names of two columns whose cells are joined
Row = TypeVar("Row")


@dataclass(frozen=True)
class Columns:
    """Which column holds what. Without a label column no text is labelled; without a split column none is given.

    `guessed`: those of them that were told by their shape, as no name is a usual one. `rivals`: columns that could as
    well hold the labels, where that is not sure.
    """

    text: str
    label: str | None = None
    split: str | None = None
    guessed: tuple[str, ...] = ()
    rivals: tuple[str, ...] = field(default=(), compare=False)


def bare(name: str) -> str:
    """A name without case, spaces and punctuation. Of a path its last part, or the one before, if that says more."""
    *before, last = [part for part in name.split(".") if part] or [""]
    if before and last.casefold() in GENERAL:
        last = before[-1]
    return "".join(character for character in last.casefold() if character.isalnum())


_USUAL = {bare(name): name for name in (*SPLIT_COLUMNS, *LABEL_COLUMNS, *TEXT_COLUMNS)}


def without_language(name: str) -> tuple[str, str]:
    """A column's name without the language in it, and that language; without one the whole name, and ""."""
    name = name.strip()
    if len(name) <= LONGEST_LABEL and name.count(" ") <= NAMED_BY:
        if (found := TONGUE_BEHIND.fullmatch(name)) and _is_tongue(found[2]):
            return found[1].strip(), found[2].casefold()
        if (found := TONGUE_BEFORE.fullmatch(name)) and _is_tongue(found[1]):
            return found[2], found[1].casefold()
    return name, ""


def usual_name(name: str) -> str:
    """The usual name of a column that this is, whatever its case, punctuation and language; "" if it is none."""
    if len(name) > LONGEST_LABEL:
        return ""
    return _USUAL.get(bare(name), "") or _USUAL.get(bare(without_language(name)[0]), "")


def usual_column(names: Sequence[str], usual: Sequence[str]) -> str | None:
    """The column that has one of the usual names; the earliest of these wins. None if none has.

    Of a name in several languages the English column: most encoders read that best, and some nothing else.
    """
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(bare(name), name)
    apart = [(*without_language(name), name) for name in names]
    for stem, _, name in sorted(apart, key=lambda one: one[1][:2] != "en"):
        by_name.setdefault(bare(stem), name)
    return next((by_name[bare(name)] for name in usual if bare(name) in by_name), None)


def in_other_languages(names: Sequence[str], chosen: str) -> list[str]:
    """The columns that hold in other languages what the chosen one holds."""
    stem, tongue = without_language(chosen)
    if not tongue:
        return []
    found = {name: without_language(name) for name in names if name != chosen}
    return [name for name, (own, other) in found.items() if other and bare(own) == bare(stem)]


def _is_tongue(word: str) -> bool:
    return is_language(word) and word.casefold() not in NO_TONGUES


def some(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows from all over, as a file may be sorted by its labels."""
    return rows[:: max(1, len(rows) // LOOKED_AT)]


def guess_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    """Text, label and split by their usual names; else the text is what is longest, the label what has few values.

    Args:
        rows: cells in the order of the names, of `some` rows.
    """
    varied = [name for place, name in enumerate(names) if len(rows) < ENOUGH or _varies(rows, place)]
    said = without_answers({name: _cells(names, rows, name) for name in varied})
    text = usual_column(said, TEXT_COLUMNS)  # a question that is asked in each row is no text
    labels = [name for name in names if usual_name(name) in LABEL_COLUMNS]
    labels = [name for name in labels if not are_dates(_cells(names, rows, name))]  # a German “Tag” is a day
    subjects = [name for name in labels if all_differ(_cells(names, rows, name))]  # a German “Thema” may be one
    label = usual_column([name for name in labels if name not in subjects], LABEL_COLUMNS)
    label, split = label or usual_column(labels, LABEL_COLUMNS), _split_column(names, rows)
    guessed, rivals = [], []
    title, body = usual_column(names, TITLES), usual_column(names, BODIES)
    if text is not None and text in (title, body) and title is not None and body is not None:
        text = f"{title}{AND}{body}"
        guessed.append(text)
    if text is None or usual_name(text) in DESCRIPTIONS:
        others = [name for name in said if name not in (label, split)]
        by_name = written({name: _cells(names, rows, name) for name in others if usual_name(name) not in TEXT_COLUMNS})
        guessed += [by_name] if by_name is not None else []
        text = by_name or text
    if text is None:
        rest = [name for name in names if name not in (label, split) and (name in said or name not in varied)]
        rest = rest or list(names)
        rest = [name for name in rest if not are_no_words(_cells(names, rows, name))] or rest
        text = max(rest, key=lambda name: _length(rows, names.index(name)) * _varies(rows, names.index(name)))
        guessed.append(text)
    label, split = (None if name == text else name for name in (label, split))
    if label is None or label in subjects:
        taken = {*text.split(AND), text, split, label}
        rest = [name for name in names if name not in taken and bare(name) not in BESIDE]
        rest = rest or [name for name in names if name not in taken]
        few = {name: _cells(names, rows, name) for name in rest if few_values(rows, names.index(name))}
        few = {name: cells for name, cells in few.items() if not are_dates(cells)}
        if few and not (label is not None and all(is_beside(name) for name in few)):
            subject = [label] if label is not None else []
            label, *rivals = likeliest(_cells(names, rows, text), few)
            rivals += [] if is_destination(label) else subject
            guessed.append(label)
    elif (spelt := _spelt_out(names, rows, label, {*text.split(AND), split})) is not None:
        label = spelt
        guessed.append(label)
    return Columns(text, label, split, tuple(guessed), tuple(rivals))


def _split_column(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str | None:
    """The column with the part of each row: by its usual name, or as it holds nothing but names of parts."""
    usual = usual_column(names, SPLIT_COLUMNS)
    others = [name for name in names if name != usual and usual_name(name) not in (*LABEL_COLUMNS, *TEXT_COLUMNS)]
    for name in ([usual] if usual is not None else []) + others:
        values = {cell.casefold() for cell in _cells(names, rows, name) if cell}
        if values <= PART_OF.keys() and {"train", "test"} <= {PART_OF[value] for value in values}:
            return name
    return usual


def _spelt_out(names: Sequence[str], rows: Sequence[Sequence[str]], label: str, taken: set) -> str | None:
    """The column with the names of labels that are mere numbers: another one that says the same in words."""
    place = names.index(label)
    numbers = few_values(rows, place)
    if not numbers or not all(value.removesuffix(".0").isdigit() for value in numbers):
        return None
    for other, name in enumerate(names):
        words = few_values(rows, other) if name not in taken and other != place else Counter()
        if not words or all(value.replace(".", "", 1).isdigit() for value in words):
            continue
        pairs = {(row[place], row[other]) for row in rows if len(row) > max(place, other) and row[place] and row[other]}
        if len(pairs) == len(numbers) == len(words):
            return name
    return None


def few_values(rows: Sequence[Sequence[str]], column: int) -> Counter[str]:
    """The values of a column that could be labels: short, two or more, each twice on average. Else nothing."""
    values = Counter(row[column] for row in rows if len(row) > column and row[column])
    count = values.total()
    if len(values) < 2 or 2 * len(values) > count or _length(rows, column) > LONGEST_LABEL * len(rows):
        return Counter()
    if all(value.replace(".", "", 1).isdigit() for value in values) and len(values) > 20:  # a number, not a name
        return Counter()
    return values


def has_header(rows: Sequence[Sequence[str]]) -> bool | None:
    """Whether the first of these rows names the columns; None where neither names nor shapes tell.

    A usual name is one, if it does not come again below. Else a column of few values tells: if the first row's value
    comes again, that row is data; if it comes nowhere else, and each cell of that row is short and comes nowhere else,
    it names the columns. So it does above a column of numbers alone.
    """
    first, rest = rows[0], some(rows[1:])
    columns = range(len(first))
    again = {column for column in columns if any(len(row) > column and row[column] == first[column] for row in rest)}
    if any(usual_name(first[column]) for column in columns if column not in again):
        return True
    if len(first) > 1 and len(rest) >= ENOUGH and are_brief(first) and not again and _is_above_numbers(first, rest):
        return True
    few = [column for column in columns if few_values(rest, column)]
    if not few:
        return None
    if again & set(few):
        return False
    longest = max(columns, key=lambda column: _length(rest, column))
    shorter = len(first[longest]) < _length(rest, longest) / len(rest)
    return True if are_brief(first) and shorter and not again else None


def _is_above_numbers(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether a cell of the first row has letters, and all below it are numbers."""
    return any(
        any(map(str.isalpha, name)) and all(len(row) > column and row[column].strip().isdigit() for row in rest)
        for column, name in enumerate(first)
    )


def are_brief(cells: Sequence[str]) -> bool:
    """Whether cells are as short as the names of columns."""
    return all(0 < len(cell.split()) <= NAMED_BY and len(cell) <= LONGEST_LABEL for cell in cells)


def named(names: Sequence[str]) -> list[str]:
    """Names of columns that tell them apart: an empty one gets its place, one that is taken a number."""
    made: list[str] = []
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for place, name in enumerate(names, 1):
        stem = name.strip() or f"column {place}"
        free = stem
        while free in taken:
            numbers[stem] = max(2, numbers[stem] + 1)
            free = f"{stem} ({numbers[stem]})"
        taken.add(free)
        made.append(free)
    return made


def _varies(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a column has several values, as texts do."""
    values = {row[column] for row in rows if len(row) > column}
    return len(values) > 1 or len(rows) < 2


def _cells(names: Sequence[str], rows: Sequence[Sequence[str]], column: str) -> list[str]:
    """A column's cell of each row; of a text in two columns those of both."""
    places = [names.index(name) for name in ([column] if column in names else column.split(AND))]
    return [" ".join(row[place] for place in places if len(row) > place) for row in rows]


def _length(rows: Sequence[Sequence[str]], column: int) -> int:
    return sum(len(row[column]) for row in rows if len(row) > column)

"""What was understood of data, in numbers and sentences: the same for the page, the command line and Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from ans.conventions import LONGEST, MOST_CLASSES, some_names
from ans.data.column_words import is_destination, is_written, stem
from ans.data.columns import AND, Columns, bare, in_other_languages, some
from ans.data.file_names import are_file_names
from ans.data.intake import FEW, Understood
from ans.data.markup import Markup, markup_in
from ans.data.no_texts import unsure_notes
from ans.data.rows import (
    BEFORE,
    BROKEN,
    COMMENT,
    CONTRADICTORY,
    DESCRIBING,
    EMPTY,
    FOR_NONE,
    HEADER_AGAIN,
    NO_EXAMPLE,
    NO_PART,
    NOT_ANSWERED,
    REPEATED,
    SEVERAL,
    TOO_FEW,
    TOO_MANY,
    TOTAL,
    UNLABELLED,
    LeftOut,
    Note,
    Table,
    clean,
    lines_named,
    shortened,
)
from ans.data.several_labels import missing_labels, named_together
from ans.data.text_bytes import saved_twice
from ans.data.text_column import are_texts
from ans.data.twins import twin_notes

SAMPLE, EXAMPLES = 6, 4
TRAINABLE, DOUBTFUL, USELESS = 0, 1, 2
# Why rows were left out, as it goes on after "3 rows …".
REASONS = {
    EMPTY: "without a text",
    FOR_NONE: "with what is written where there is no text",
    UNLABELLED: "without a label: for exploring only",
    SEVERAL: "with several labels (multi-label), where one is needed",
    REPEATED: "repeating another",
    CONTRADICTORY: "whose text stands there with another label, too",
    NO_PART: "in neither train, dev nor test",
    TOO_MANY: "with more cells than the header: is a delimiter or a quote in a text?",
    TOO_FEW: "with fewer cells than the header",
    BROKEN: "without valid JSON",
    COMMENT: "with a comment",
    HEADER_AGAIN: "repeating the header",
    BEFORE: "above the table",
    DESCRIBING: "describing the columns",
    TOTAL: "with totals",
    NOT_ANSWERED: "whose annotation was cancelled or rejected",
    NO_EXAMPLE: "without an example of the intent",
}
# Rows that were meant to be texts, and can't be read with certainty.
DOUBTFUL_REASONS = (TOO_MANY, TOO_FEW, BROKEN, NO_EXAMPLE)


@dataclass(frozen=True)
class Report:
    """What was understood. `more`: notes of whoever knows more, such as an encoder."""

    table: Table
    columns: Columns
    found: Understood
    more: Sequence[Note] = field(default_factory=tuple)

    @property
    def notes(self) -> list[Note]:
        """All that a person should know, in the order of reading, columns, labels, texts."""
        return [
            *self.table.notes,
            *_of_columns(self),
            *_left_out(self.found),
            *_of_labels(self),
            *_of_texts(self),
            *unsure_notes(text for part in self.found.parts.values() for text in part.texts),
            *self.twins,
            *self.more,
        ]

    @cached_property
    def markup(self) -> Markup:
        """The HTML in the texts."""
        return markup_in(text for part in self.found.parts.values() for text in part.texts)

    @cached_property
    def twins(self) -> list[Note]:
        """What to tell of texts that are one but for case and punctuation."""
        parts = self.found.parts.values()
        return twin_notes(pair for part in parts for pair in zip(part.texts, part.labels, strict=True))

    @cached_property
    def twice(self) -> dict[str, str]:
        """Texts and labels that were garbled before the file was written, and what they were."""
        parts = self.found.parts.values()
        written = dict.fromkeys(one for part in parts for one in (*part.texts, *part.labels))
        return {one: meant for one in written if (meant := saved_twice(one))}

    @property
    def status(self) -> int:
        """`TRAINABLE`, `DOUBTFUL` where something may be understood wrongly, `USELESS` where nothing can be trained."""
        kinds = {note.kind for note in self.notes}
        if not self.found.trainable or "stop" in kinds:
            return USELESS
        return DOUBTFUL if "doubt" in kinds else TRAINABLE

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, by the keys that assets/guide/files.md documents."""
        found, columns = self.found, self.columns
        return {
            "format": self.table.format,
            "encoding": self.table.encoding or None,
            "sheet": self.table.sheet or None,
            "columns": self.table.names,
            "text_column": columns.text,
            "label_column": columns.label,
            "split_column": columns.split,
            "rows": found.rows,
            "kept": found.kept,
            "left_out": {reason: entry.count for reason, entry in found.left_out.items()},
            "left_out_lines": {reason: entry.lines for reason, entry in found.left_out.items()},
            "classes": dict(sorted(self.all_counts.items())),
            "out_of_scope": found.no_class,
            "probably_one": found.near,
            "notes": [note.text for note in self.notes],
            "sample": [{"text": text, "label": label or None} for text, label in sample(found)],
            "status": self.status,
        }

    @property
    def all_counts(self) -> dict[str, int]:
        """The kept texts of each class in all parts; those of no class are not among them."""
        counts: dict[str, int] = {}
        outside = "oos"
        for part in self.found.parts.values():
            for label in part.labels:
                if label and label != outside:
                    counts[label] = counts.get(label, 0) + 1
        return counts


def sample(found: Understood, count: int = SAMPLE) -> list[tuple[str, str]]:
    """The first texts that are kept, with their labels."""
    pairs = (pair for part in found.parts.values() for pair in zip(part.texts, part.labels, strict=True))
    return [pair for pair, _ in zip(pairs, range(count), strict=False)]


def _of_columns(report: Report) -> list[Note]:
    columns, table = report.columns, report.table
    made = []
    if AND in columns.text and columns.text in columns.guessed:
        made.append(Note("note", f"“{columns.text}” are one text: each cell of one before that of the other."))
    elif columns.text in columns.guessed and len(table.names) > 1:
        why = "by its name" if is_written(columns.text) else "it has the longest cells"
        made.append(Note("note", f"“{columns.text}” was taken for the text: {why}."))
    elif others := in_other_languages(table.names, columns.text):
        said = ", ".join(f"“{name}”" for name in others[:3]) + (", …" if len(others) > 3 else "")
        made.append(Note("note", f"“{columns.text}” was taken for the text; in other languages: {said}."))
    if columns.label is not None and columns.label in columns.guessed:
        why = "by its name" if is_destination(columns.label) else "it has few values"
        rivals = table.guessed.rivals if columns.label == table.guessed.label else ()
        also = f" So might {some_names([f'“{name}”' for name in rivals])} be." if rivals else ""
        kind = "doubt" if rivals else "note"
        made.append(Note(kind, f"“{columns.label}” was taken for the label: {why}.{also}"))
    if made:
        last = made[-1]
        made[-1] = Note(last.kind, f"{last.text} Choose another column if that is wrong.")
    if twins := _of_the_same_name(report):
        said = f"{some_names([f'“{name}”' for name in twins])} holds texts, too, and was not read"
        made.append(Note("doubt", f"{said}: choose it, or join both as one text, if it counts."))
    if columns.label is None:
        made.append(Note("note", "No column holds labels; texts without one can only be explored."))
    elif not report.found.trainable:
        made.append(Note("stop", _why_not(report.found)))
    if len(report.found.parts) > 1:
        sizes = ", ".join(f"{sum(map(bool, part.labels)):,} {name}" for name, part in report.found.parts.items())
        made.append(Note("fine", f"The file's own split: {sizes}."))
        if not set(report.found.parts["test"].labels) & set(report.found.counts):
            said = "No text of test is of a class that train has: what is refused is tested alone. Is it meant so?"
            made.append(Note("doubt", said))
    elif why := report.found.unusable_split:
        made.append(Note("note", f"“{columns.split}” {why}; the texts are split automatically."))
    return made


def _of_the_same_name(report: Report) -> list[str]:
    """The columns of texts that differ from the one that was read by a number in their names, as of pairs."""
    names, text = report.table.names, report.columns.text
    if text not in names or (stem(text) == text and f"{text} (2)" not in names):
        return []
    twins = [name for name in names if name != text and bare(stem(name)) == bare(stem(text))]
    return [name for name in twins if are_texts([clean(cell) for cell in some(report.table.column(name))])]


def _why_not(found: Understood) -> str:
    if not found.kept:
        return "No row has both a text and a label."
    if len(found.counts) < 2:
        only = f" (only “{next(iter(found.counts))}”)" if found.counts else ""
        return f"A training needs at least two classes, and {len(found.counts) or 'none'} was found{only}."
    return "A training needs two texts of some class, so that one can test; here each class has one."


def _left_out(found: Understood) -> list[Note]:
    made = []
    for reason, entry in found.left_out.items():
        what = REASONS.get(reason, f"({reason})")
        rows = "1 row" if entry.count == 1 else f"{entry.count:,} rows"
        kind = "doubt" if reason in DOUBTFUL_REASONS else "note"
        if reason == UNLABELLED:
            kind = "doubt" if 2 * entry.count > found.rows else "fine"
        made.append(Note(kind, f"{rows} {what}: left out, {lines_named(entry.lines, entry.count)}.", _samples(entry)))
    return made


def _samples(entry: LeftOut) -> tuple[str, ...]:
    return tuple(text for text in entry.samples if text)


def _of_labels(report: Report) -> list[Note]:
    found, made = report.found, []
    if found.no_labels:
        alike = [one for name in found.no_labels for one in get_close_matches(name, list(found.counts), 1)]
        near = f"; did you mean {some_names(list(dict.fromkeys(alike)))}" if alike else ""
        wrong = some_names([repr(name) for name in found.no_labels])
        made.append(Note("doubt", f"No row has the label {wrong}, named as of no class{near}?"))
    if found.no_class:
        listed = ", ".join(f"{name} ({count:,})" for name, count in found.no_class.items())
        texts = "1 text" if found.outside == 1 else f"{found.outside:,} texts"
        if found.confirmed or set(found.no_class) <= {"oos"}:
            kind, ask = "fine", ""
        else:
            kind, ask = "doubt", " Confirm it, or say which are classes."
        use = "for testing, unless training is told to learn from them"
        made.append(Note(kind, f"{texts} of no class, by the names {listed}: {use}.{ask}"))
    as_classes = [name for name in found.spelt_so if name not in found.no_class]
    if as_classes:
        made.append(Note("note", f"{', '.join(as_classes)}: kept as classes, as you said."))
    if found.rest and not found.confirmed:
        listed = ", ".join(found.rest)
        ask = "If it holds whatever fits no other class, name it as of no class, so that it teaches nothing."
        made.append(Note("note", f"{listed}: read as a class. {ask}"))
    if found.near:
        groups = tuple(" = ".join(group) for group in found.near)
        if found.joined:
            made.append(Note("fine", "Names that were probably one class were joined.", groups[:EXAMPLES]))
        else:
            made.append(Note("doubt", "These names are probably one class, and count as several: join them?", groups))
    if (count := len(report.all_counts)) > MOST_CLASSES:
        said = f"{count:,} classes, of which at most {MOST_CLASSES:,} can be known at a time: are these the labels?"
        made.append(Note("doubt", f"{said} Choose another column, fewer known classes, or join classes."))
    cells = report.table.column(report.columns.label) if report.columns.label is not None else ()
    if several := tuple(named_together(report.all_counts, cells)[:EXAMPLES]):
        said = "These labels seem to name several classes each, and count as classes of their own; write one of them."
        made.append(Note("doubt", said, several))
    if missing := missing_labels(report.all_counts):
        listed = ", ".join(f"{name} ({report.all_counts[name]:,})" for name in missing)
        said = f"Programs and people write {listed} where there is no label; kept as a class."
        made.append(Note("doubt", f"{said} If it is none, empty it."))
    if found.renamed:
        listed = ", ".join(found.renamed)
        made.append(Note("note", f"Written in several ways that look alike, and read as one class: {listed}."))
    if found.scarce:
        lonely = sum(count == 1 for count in found.counts.values())
        doubt = lonely > max(20, len(found.counts) / 2)
        classes = "1 class" if len(found.scarce) == 1 else f"{len(found.scarce):,} classes"
        text = f"{classes} with fewer than {FEW} texts: kept; more texts would help."
        examples = tuple(f"{name[:40]} ({count})" for name, count in found.scarce.items())[:EXAMPLES]
        made.append(Note("doubt" if doubt else "note", text + (" Is it the right column?" if doubt else ""), examples))
    return made


def _of_texts(report: Report) -> list[Note]:
    made = []
    texts = [text for part in report.found.parts.values() for text in part.texts]
    if are_file_names(texts):
        said = "These are names of files, and not the texts in them: write those into the column instead."
        made.append(Note("doubt", said, tuple(map(shortened, texts[:EXAMPLES]))))
    if report.found.cut:
        cut = "1 text" if report.found.cut == 1 else f"{report.found.cut:,} texts"
        made.append(Note("note", f"{cut} longer than {LONGEST:,} characters: cut there."))
    if twice := report.twice:
        many = "1 text or label looks" if len(twice) == 1 else f"{len(twice):,} texts or labels look"
        said = f"{many} like UTF-8 that a program took for Windows-1252 and saved so: read as written."
        shown = tuple(f"{shortened(text)} = {shortened(meant)}" for text, meant in list(twice.items())[:EXAMPLES])
        made.append(Note("doubt", f"{said} Save the file again where it comes from.", shown))
    if (markup := report.markup).texts:
        texts = "1 text holds" if markup.texts == 1 else f"{markup.texts:,} texts hold"
        said = f"{texts} HTML such as {', '.join(markup.signs)}; they are learnt as they are."
        made.append(Note("note", said, tuple(shortened(sample) for sample in markup.samples)))
    return made

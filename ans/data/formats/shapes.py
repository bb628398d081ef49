"""What the columns of a table look like, to tell which reading of an odd row is the sensible one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ans.data.columns import BODIES, TEXT_COLUMNS, TITLES, few_values, some, usual_column
from ans.data.formats.dialect import NONE
from ans.data.text_column import WORDS_OF_A_TEXT


@dataclass(frozen=True)
class Shapes:
    """`width` cells a row; `text` is the column of free text, None if there are several or none.

    `values`: by column, counted from the left up to the text and from the right (negative) after it, the values that
    come again; None for a column whose values do not, such as a number or a date.
    """

    width: int
    delimiter: str
    text: int | None
    values: dict[int, frozenset[str] | None]

    @classmethod
    def of(
        cls, names: Sequence[str] | None, rows: Sequence[Sequence[str]], delimiter: str, width: int | None = None
    ) -> Shapes:
        """The shapes of rows. Without names and width, also the number of columns is told by the rows."""
        looked = [row for row in some(rows) if row]
        widths = Counter(len(row) for row in looked)
        if names is not None:
            width = len(names)
        elif width is None:
            width = widths.most_common(1)[0][0] if widths else 1
        fitting = [row for row in looked if len(row) == width]
        long_enough = [row for row in looked if len(row) >= width]
        text = cls._text(names, width, fitting, long_enough)
        values: dict[int, frozenset[str] | None] = {}
        if text is not None and long_enough:
            for column in range(width):
                if column == text:
                    continue
                place = column if column < text else column - width
                cells = [[row[place].strip()] for row in long_enough]
                few = few_values(cells, 0)
                values[place] = frozenset(value for value, count in few.items() if count > 1) if few else None
        return cls(width, delimiter, text, values)

    @staticmethod
    def _text(
        names: Sequence[str] | None, width: int, fitting: Sequence[Sequence[str]], all_rows: Sequence[Sequence[str]]
    ) -> int | None:
        if width == 1:
            return 0
        if names is not None:
            title, body = usual_column(names, TITLES), usual_column(names, BODIES)
            if title is not None and body is not None:  # a delimiter may stand in either
                return None
            found = usual_column(names, TEXT_COLUMNS)
            if found is not None:
                return list(names).index(found)
        if width == 2 and all_rows:
            few = [bool(few_values([[row[place]] for row in all_rows], 0)) for place in (0, -1)]
            if few[0] != few[1]:
                return 1 if few[0] else 0
        words = [sum(len(row[column].split()) for row in fitting) / max(1, len(fitting)) for column in range(width)]
        free = [column for column in range(width) if words[column] >= WORDS_OF_A_TEXT]
        return free[0] if len(free) == 1 else None

    def looks_whole(self, row: Sequence[str]) -> bool:
        """Whether cells are a row of their own: as many as the others have, and those that come again among them.

        Where none come again, only tabs tell, as texts hardly hold any.
        """
        if self.width < 2 or len(row) != self.width or self.is_no_row(row):
            return False
        return self.delimiter == "\t" or any(self.values.values())

    def is_no_row(self, row: Sequence[str]) -> bool:
        """Whether a cell stands where values come again, and is none of them."""
        return any(
            known is not None and row[place].strip() not in known
            for place, known in self.values.items()
            if -len(row) <= place < len(row)
        )

    def is_wide_enough(self, row: Sequence[str]) -> bool:
        """Whether a row that has been put together from lines has the cells of a row."""
        return len(row) == self.width or (len(row) > self.width and self.merged(row) is not None)

    def merged(self, row: Sequence[str]) -> list[str] | None:
        """A row of too many cells as the one that was meant: empty ones at its end left away, or a text in one piece.

        None if there is no sensible reading, or more than one.
        """
        if not any(cell.strip() for cell in row[self.width :]):
            return list(row[: self.width])
        if self.text is None or self.delimiter == NONE or self.is_no_row(row):
            return None
        if not any(known for known in self.values.values()):  # nothing tells where the text ends
            return None
        after = len(row) - (self.width - 1 - self.text)
        return [*row[: self.text], self.delimiter.join(row[self.text : after]), *row[after:]]

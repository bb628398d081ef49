"""HTML in texts is told with its count, and left as it is; signs that are no HTML are not taken for it."""

from ans.data.columns import Columns
from ans.data.intake import understand
from ans.data.markup import markup_in
from ans.data.report import Report
from ans.data.rows import Table


def test_tags_and_entities_are_told_with_their_count_and_the_texts_stay():
    texts = ["hello<br/>there", "<P class='x'>one</p>", "fish &amp; chips", "plain", *["it is <BR> late"] * 5]
    found = markup_in(texts)
    assert (found.texts, found.signs[0], found.samples) == (8, "<br>", tuple(texts[:3]))
    rows = [[f"{text} {place}", "ab"[place % 2]] for place, text in enumerate(texts)]
    table = Table("CSV", "UTF-8", ["text", "label"], [[*row] for row in rows], list(range(len(rows))))
    columns = Columns("text", "label")
    report = Report(table, columns, understand(table, columns))
    note = report.notes[-1]
    assert (note.kind, note.examples[0]) == ("note", "hello<br/>there 0")
    assert note.text == "8 texts hold HTML such as <br>, <p>, &amp;; they are learnt as they are."
    assert [text for text in report.found.parts[""].texts] == [row[0] for row in rows]


def test_what_is_no_html_is_not_taken_for_it():
    texts = ["a < b and c > d", "I <3 you", "<name> is missing", "AT&T;", "R&D", "x<y>z", "<url>", "use List<String>"]
    assert markup_in(texts).texts == 0

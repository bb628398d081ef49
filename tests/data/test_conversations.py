"""Of a conversation what the person said is the text, and a label of its own is its label."""

from __future__ import annotations

import json

import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from tests.odd_files import conversations


@pytest.mark.parametrize("kind", conversations.FILES)
def test_neither_the_instruction_nor_the_answer_is_learnt_as_text(kind):
    file = conversations.FILES[kind]
    table = read_bytes(file.raw, f".{file.name.rpartition('.')[2]}")
    texts = [text for part in understand(table, table.guessed).parts.values() for text in part.texts]
    assert len(set(texts)) == len(conversations.ROWS)
    assert not [text for text in texts if text.startswith(("Classify", "Hi ")) or "help you with" in text]


def test_of_which_key_the_label_is_and_how_much_is_the_text_is_told():
    turns = [{"role": "user", "content": "hello there"}, {"role": "assistant", "content": "Hi!"}]
    rows = [{"messages": [*turns, {"role": "user", "content": f"case {i}"}], "intent": "ab"[i % 2]} for i in range(8)]
    table = read_bytes(json.dumps(rows).encode(), ".json")
    assert table.column("text")[0] == "hello there case 0"
    assert "all that a person said is the text, “intent” its label" in table.notes[0].text


def test_without_a_label_of_its_own_the_answer_is_it_and_chats_between_people_have_none():
    rows = [
        {"turns": [{"speaker": "customer", "text": f"case {i}"}, {"speaker": "agent", "text": "ok"}]} for i in "abcd"
    ]
    table = read_bytes(json.dumps(rows).encode(), ".json")
    assert table.guessed.label is None or "label" not in table.names

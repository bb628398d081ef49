"""Which of several columns holds what people wrote: no answer of a bot, though it is longer."""

from __future__ import annotations

import pytest

from ans.data.column_words import is_answer, is_written
from ans.data.columns import guess_columns

TEXTS = [(f"where is my parcel {i}, it is late", ("delivery", "refund", "login")[i % 3]) for i in range(18)]
ANSWER = "thank you for your message, one of us will look into it and write to you, number"
ROWS = [(text, f"{ANSWER} {i}", label) for i, (text, label) in enumerate(TEXTS)]


@pytest.mark.parametrize(
    "names",
    [
        ("user_input", "bot_response", "intent"), ("customerMessage", "agentReply", "topic"), ("user", "bot", "intent"),
        ("instruction", "response", "intent"), ("Kundenfrage", "Botantwort", "Absicht"), ("What?", "Solution", "class"),
        ("user_response", "bot_prompt", "intent"), ("Example", "Output", "intent"), ("用户", "客服回复", "意图"),
        ("Demande du client", "Réponse", "thème"), ("said", "answer.text", "label"),
    ],
)  # fmt: skip
def test_an_answer_is_no_text_where_another_column_holds_texts(names):
    assert guess_columns(names, ROWS).text == names[0]


@pytest.mark.parametrize("name", ["response", "bot_message", "Agent notes", "output"])
def test_an_answer_is_the_text_where_no_other_column_holds_texts(name):
    rows = [(f"K-{i}", text, label) for i, (text, label) in enumerate(TEXTS)]
    assert guess_columns(("number", name, "intent"), rows).text == name


@pytest.mark.parametrize("other", ["description", "Beschreibung"])
def test_what_people_write_is_the_text_before_a_longer_description(other):
    assert guess_columns(("Training phrase", other, "intent"), ROWS).text == "Training phrase"
    assert guess_columns(("Ort", other, "intent"), ROWS).text == other, "else it is one"


def test_names_and_numbers_of_customers_are_no_texts_whatever_the_column_is_called():
    rows = [(f"C{i:08}", f"Anna Nr{i}", f"2026-01-{i + 1:02}", *row) for i, row in enumerate(TEXTS)]
    assert guess_columns(("customer", "user", "message sent", "Text dazu", "Sorte"), rows).text == "Text dazu"


@pytest.mark.parametrize("name", ["agent_reply", "Reply to customer", "chatbotAnswer", "AI response", "客服回复"])
def test_words_of_a_name_say_that_it_is_of_answers(name):
    assert is_answer(name)
    assert not is_written(name)


@pytest.mark.parametrize("name", ["Training phrases", "userInput", "Beispielsätze", "customer_reply", "用户问题"])
def test_words_of_a_name_say_that_people_wrote_it(name):
    assert not is_answer(name)
    assert is_written(name)


@pytest.mark.parametrize("name", ["agency", "botany", "context", "user_id", "aid"])
def test_parts_of_words_say_nothing(name):
    assert not is_answer(name)
    assert not is_written(name)

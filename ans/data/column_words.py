"""What the words of a column's name say of it: who wrote what stands there, or which part of a company it went to."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What people write to somebody, and who they are.
WRITTEN = (
    "instruction", "input", "inputs", "utterance", "utterances", "utt", "phrase", "example", "pattern", "sample",
    "message", "query", "queries", "question", "prompt", "sentence", "text", "texts", "request", "inquiry", "inquiries",
    "enquiry", "complaint", "verbatim", "beispiel", "äußerung", "frage", "anfrage", "nachricht", "satz", "beschwerde",
    "anliegen", "exemple", "énoncé", "demande", "ejemplo", "mensaje", "consulta", "pregunta", "exemplo", "mensagem",
    "pergunta", "esempio", "messaggio", "domanda", "voorbeeld", "vraag", "bericht", "meddelande", "fråga", "viesti",
    "kysymys", "dotaz", "zpráva", "příklad", "wiadomość", "pytanie", "przykład", "вопрос", "сообщение", "обращение",
    "запрос", "пример", "mesaj", "soru", "例句", "问题", "句子", "質問", "例文", "発話", "질문", "예문", "발화",
)  # fmt: skip
PEOPLE = (
    "user", "customer", "client", "caller", "visitor", "human", "guest", "kunde", "kunden", "nutzer", "benutzer",
    "utilisateur", "cliente", "usuario", "usuário", "utente", "klant", "kund", "asiakas", "zákazník", "klient",
    "клиент", "пользователь", "müşteri", "用户", "客户", "顧客", "고객",
)  # fmt: skip
# What they get back, and from whom.
ANSWERS = (
    "answer", "response", "reply", "replies", "output", "outputs", "solution", "completion", "antwort", "lösung",
    "réponse", "respuesta", "solución", "resposta", "risposta", "soluzione", "antwoord", "svar", "vastaus", "odpověď",
    "odpowiedź", "ответ", "решение", "відповідь", "cevap", "yanıt", "回答", "答案", "回复", "答复",
    "返信", "답변", "응답",
)  # fmt: skip
ANSWERING = ("bot", "chatbot", "agent", "assistant", "operator", "gpt", "llm", "ai")
# To whom a message goes, which is a class of messages.
GOES_TO = (
    "department", "dept", "team", "queue", "type", "group", "division", "abteilung", "bereich", "gruppe", "typ", "art",
    "warteschlange", "service", "équipe", "département", "groupe", "departamento", "equipo", "grupo", "tipo", "área",
    "equipe", "reparto", "gruppo", "afdeling", "groep", "soort", "avdelning", "grupp", "ärendetyp", "osasto", "ryhmä",
    "tyyppi", "oddělení", "skupina", "dział", "zespół", "grupa", "отдел", "группа", "тип", "відділ", "departman",
    "bölüm", "部门", "部門", "部署", "类型", "類型", "부서", "유형",
)  # fmt: skip
# What else a ticket system knows of a message: it has few values, and the text does not tell them.
KNOWN_BESIDE = (
    "status", "state", "priority", "urgency", "impact", "severity", "channel", "source", "origin", "via", "medium",
    "agent", "assignee", "assigned", "owner", "operator", "requester", "creator", "language", "locale", "lang",
    "country", "region", "city", "platform", "device", "browser", "gender", "age", "rating", "satisfaction", "csat",
    "resolved", "closed", "worker", "annotator", "priorität", "kanal", "quelle", "herkunft", "bearbeiter", "sprache",
    "dringlichkeit", "statut", "état", "priorité", "canal", "langue", "agente", "estado", "prioridad", "idioma",
    "stato", "priorità", "canale", "lingua", "prioridade", "língua", "prioriteit", "kanaal", "taal", "språk",
    "prioritet", "kieli", "tila", "prioriteetti", "stav", "priorita", "jazyk", "priorytet", "język", "статус",
    "приоритет", "канал", "язык", "durum", "öncelik", "dil", "状态", "優先度", "优先级", "渠道", "语言", "状態",
    "言語", "상태", "우선순위", "언어",
)  # fmt: skip
NUMBERED = re.compile(r"(.*?[^\W\d_].*?)[\s_.(#\[-]*(\d{1,3})[)\]]?")
COMPOUND = 5  # letters of a listed word that may be part of a longer one: `Botantwort`, `phrases`


def words_of(name: str) -> list[str]:
    """The words of a column's name, as `userInput` and `user_input` have two."""
    apart = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\W\d_]+", apart.casefold()) if word]


def stem(name: str) -> str:
    """The name of a column without a number at its end: `utterance` of `utterance_3`."""
    found = NUMBERED.fullmatch(name.strip())
    return found[1] if found is not None else name.strip()


def is_answer(name: str) -> bool:
    """Whether a column holds, by its name, what somebody was answered: `bot_response`, but not `customer_reply`."""
    words = words_of(name)
    if any(word in ANSWERING for word in words):
        return True
    by_people = any(word.removesuffix("s") in PEOPLE for word in words) and "to" not in words
    return not by_people and _has(words, ANSWERS)


def is_written(name: str) -> bool:
    """Whether a column holds, by its name, what people wrote: `instruction`, `user_input`, `Training phrases`."""
    words = words_of(name)
    alone = len(words) == 1 and words[0].removesuffix("s") in PEOPLE
    return not is_answer(name) and (alone or _has(words, (*WRITTEN, *ANSWERS)))


def is_destination(name: str) -> bool:
    """Whether a column says, by its name, where a message goes, as `Ticket type` does, but not `Age group`."""
    words = words_of(name)
    people = any(word.removesuffix("s") in PEOPLE for word in words)
    return not people and not is_beside(name) and any(word in GOES_TO or _of_signs(word, GOES_TO) for word in words)


def is_beside(name: str) -> bool:
    """Whether a column holds, by its name, what a ticket system knows beside a message: `Priority`, `Assigned to`."""
    return any(word in KNOWN_BESIDE or _of_signs(word, KNOWN_BESIDE) for word in words_of(name))


def _has(words: Iterable[str], listed: Iterable[str]) -> bool:
    listed = tuple(listed)
    return any(
        word in listed
        or _of_signs(word, listed)
        or any(len(one) >= COMPOUND and (word.startswith(one) or word.endswith(one)) for one in listed)
        for word in words
    )


def _of_signs(word: str, listed: Iterable[str]) -> bool:
    """Whether a word of a script without spaces has a listed one in it."""
    return not word.isascii() and any(one in word for one in listed if one[0] > "\u2fff")

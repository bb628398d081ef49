"""A gate before a chatbot: a message that is none of its business never reaches its intent model.

The model behind ANS_MODEL is trained on the bot's own examples, text and intent; nobody writes out-of-scope examples.
"""

import json
import os
from urllib.request import Request, urlopen

ADDRESS = os.environ.get("ANS_ADDRESS", "http://127.0.0.1:7860")


def ask(text):
    body = {"text": text[:2000], "model_id": os.environ.get("ANS_MODEL"), "key": os.environ.get("ANS_KEY")}
    kind = {"Content-Type": "application/json"}
    return json.load(urlopen(Request(f"{ADDRESS}/ans/api/classify", json.dumps(body).encode(), kind), timeout=5))


def reply(text, bot, hand_over, ask_back):
    """`bot`: what you have, it answers each message; `hand_over`: a person, or a search in your FAQ."""
    try:
        said = ask(text)
    except OSError:  # no gate is better than no bot
        return bot(text)
    if said["open"]:
        return hand_over(text, closest=[one["label"] for one in said["candidates"][:3]])
    if said["unsure"]:  # between two classes, or a class and open: ask which, or whether it is that one
        return ask_back([label for label in said["between"] if label != "open"])
    return bot(text)

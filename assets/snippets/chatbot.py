"""Answers what it knows, asks back when unsure, hands the rest to a person."""

import json
import os  # if private
from urllib.request import Request, urlopen

HAND_OVER = "I can't help with that. Let me get a colleague."
ANSWERS = {
    "LABEL": "TODO: what the bot says",
}


def classify(text):
    asked = {"text": text, "model_id": "MODEL_ID"}
    asked["key"] = os.environ["ANS_KEY"]  # if private
    kind = {"Content-Type": "application/json"}
    return json.load(urlopen(Request("ADDRESS/ans/api/classify", json.dumps(asked).encode(), kind)))


def reply(text):
    try:
        said = classify(text)
    except OSError as error:
        print("(no answer from the model:", error, ")")
        return HAND_OVER
    if said["unsure"]:
        return "Do you mean " + " or ".join(name for name in said["between"] if name != "open") + "?"
    return ANSWERS.get(said["label"], HAND_OVER)  # the label of an OPEN text is None


while text := input("you: ").strip():
    print("bot:", reply(text))

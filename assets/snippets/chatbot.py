"""Answers what it knows, asks back when unsure, hands the rest to a person."""

import json
import os  # if private
from urllib.request import Request, urlopen

CLASSIFY = "ADDRESS/gradio_api/call/v2/classify"
HAND_OVER = "I can't help with that. Let me get a colleague."
ANSWERS = {
    "LABEL": "TODO: what the bot says",
}


def classify(text):
    asked = {"text": text, "model_id": "MODEL_ID"}
    asked["key"] = os.environ["ANS_KEY"]  # if private
    request = Request(CLASSIFY, json.dumps(asked).encode(), {"Content-Type": "application/json"})
    event = json.load(urlopen(request))["event_id"]
    told = urlopen(f"{CLASSIFY}/{event}").read().decode()
    _, done, answer = told.partition("event: complete\ndata: ")
    if not done:
        raise OSError(told)
    return json.loads(answer)[0]


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

import os  # if private

from gradio_client import Client

client = Client("ADDRESS", verbose=False)
mine = {"model_id": "MODEL_ID"}
mine["key"] = os.environ["ANS_KEY"]  # if private

answer = client.predict(text="KNOWN_TEXT", **mine, api_name="/classify")
print("OPEN" if answer["open"] else answer["label"])

texts = [
    "KNOWN_TEXT",
    "FOREIGN_TEXT",
]
for answer in client.predict(texts=texts, **mine, api_name="/classify_batch")["answers"]:
    print("OPEN" if answer["open"] else answer["label"], "←", answer["text"])

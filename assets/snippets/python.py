import shutil

from ans import OpenWorldClassifier

shutil.unpack_archive("ZIP_NAME.zip", ".")
model = OpenWorldClassifier.load("ZIP_NAME/model")
texts = [
    "KNOWN_TEXT",
    "FOREIGN_TEXT",
]
for answer in model.predict(texts):
    print("OPEN" if answer.open else answer.label, "←", answer.text)

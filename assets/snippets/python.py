import shutil

from ans import OpenWorldClassifier

shutil.unpack_archive("ZIP_NAME.zip", ".")
model = OpenWorldClassifier.load("ZIP_NAME/model")
texts = [
    "KNOWN_TEXT",
    "FOREIGN_TEXT",
]
for text, label in zip(texts, model.predict(texts), strict=True):
    print("OPEN" if label == model.open_label_ else label, "←", text)

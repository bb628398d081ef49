import shutil

from ans import OpenWorldClassifier

shutil.unpack_archive("ZIP_NAME.zip", ".")
model = OpenWorldClassifier.load("ZIP_NAME/model")
for answer in model.predict(["KNOWN_TEXT", "FOREIGN_TEXT"]):
    print("OPEN" if answer.open else answer.label, "←", answer.text)

python -m ans predict ZIP_NAME.zip KNOWN_TEXT FOREIGN_TEXT

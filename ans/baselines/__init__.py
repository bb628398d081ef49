"""Other methods of the field behind one protocol: fit on known texts, answer any text."""

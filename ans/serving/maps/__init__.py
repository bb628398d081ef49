"""Maps of a run's texts: what lies on them, how they are fitted, where one more text goes."""

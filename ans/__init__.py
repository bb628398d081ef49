"""Open-world text classification with adaptive negative samples (ANS).

Importing this package imports nothing heavy; torch and transformers load when a model is built.
"""

__version__ = "0.1.0"

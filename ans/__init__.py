"""Open-world text classification with adaptive negative samples (ANS).

Importing this package imports nothing heavy; torch and transformers load when a model is built.
"""

import os

# torch's threads sleep while they wait. By default they spin, and on cores that are busy (the page beside its trainer)
# a training then takes ten times as long. Must be set before torch is loaded, hence here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"

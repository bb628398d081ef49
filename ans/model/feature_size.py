"""How far apart an encoder's features lie, made alike for all encoders.

Classifier and heads begin with small weights and make few updates, whose number and size suit features as `minilm` has
them. An encoder whose features are a third as large would leave them half-learnt, and refuse known texts.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor

# What people type, of many kinds.
SENTENCES = (
    "I lost my credit card, what should I do now?",
    "wake me up at seven tomorrow",
    "how do I sort a list of dictionaries by a value",
    "is it going to rain this weekend",
    "play something by the Rolling Stones",
    "the printer on the second floor is out of paper again",
    "what does this word mean",
    "cancel my order, please",
    "thanks, that was very helpful",
    "who won the match last night?",
    "my parcel has not arrived yet",
    "translate good morning into Spanish",
    "error 404 when I open the settings page",
    "book a table for four on Friday evening",
    "how many calories are in an apple",
    "can you speak a bit louder",
)
USUAL = 0.2871  # minilm's mean deviation of SENTENCES in a dimension
LEAST, MOST = 0.01, 100.0  # what an untrained encoder would want beyond is no use


def feature_factor(features: Callable[[list[str]], Tensor]) -> float:
    """The factor, of two digits, that makes an encoder's features deviate as `minilm`'s over `SENTENCES`; 1 for minilm.

    Texts themselves are no measure of it: those of one field lie closer together than those of many.

    Args:
        features: what the encoder makes of texts, untouched: [N, d].
    """
    try:
        found = features(list(SENTENCES))
    except ValueError:  # one has a token that the model does not know; what is asked of it may have none
        return 1.0
    deviation = (found - found.mean(0)).square().mean().sqrt().item()
    if not math.isfinite(deviation) or deviation == 0:  # all sentences are one to it
        return 1.0
    return float(f"{min(max(USUAL / deviation, LEAST), MOST):.2g}")

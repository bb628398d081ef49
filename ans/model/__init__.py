"""The method: encoder, heads, synthesized negatives, both phases, and the classifier made of them."""

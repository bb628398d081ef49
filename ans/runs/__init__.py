"""A run's directory and the store of all of them: what is written there, and what can be read. No torch, no model."""

"""Harm on purpose, and whether anything was lost: `python -m ans stress`."""

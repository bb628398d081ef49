"""Figures: plain data in, `go.Figure` out. They know no run, no model and no page."""

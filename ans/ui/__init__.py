"""The page: one file per tab. With app.py the only place that imports gradio."""

"""The paper's tables and figures on the same splits: one command each, resumable, beside the published rows."""

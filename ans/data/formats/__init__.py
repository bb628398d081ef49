"""One file a format: bytes or text in, an `ans.data.rows.Table` out, and nothing lost without a word."""

"""How good answers are: the field's numbers, the paper's figures, the mistakes behind them."""

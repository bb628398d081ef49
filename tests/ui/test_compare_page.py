"""What the Compare tab writes into its cards."""

from __future__ import annotations

import pytest

from ans.ui.compare.judges import number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.421, "0.42"),
        (-9.5, "−9.50"),
        (38.06, "38.1"),
        (-1234.56, "−1,235"),
        (99999.4, "99,999"),
        (-2.07e6, "−2.1e+06"),
    ],
)
def test_a_score_is_short_enough_to_stand_beside_its_bar_however_large_it_is(value, shown):
    assert number(value) == shown

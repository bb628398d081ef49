"""The last few results of something slow: kept, forgotten, and never kept if they are of before a change."""

from __future__ import annotations

import pytest

from ans.recent import Recent


def test_what_is_forgotten_is_made_anew_and_the_rest_stays():
    kept = Recent(3)
    for key in ("a", "b"):
        kept.get(key, lambda key=key: f"old {key}")
    kept.forget(lambda key: key == "a")
    assert kept.get("a", lambda: "new") == "new"
    assert kept.get("b", lambda: "new") == "old b"


def test_a_result_whose_making_began_before_a_change_is_not_kept():
    kept = Recent(3)

    def slow() -> str:
        kept.forget(lambda key: key == "a")  # somebody keeps another line meanwhile
        return "old"

    assert kept.get("a", slow) == "old"
    assert "a" not in kept
    assert kept.get("a", lambda: "new") == "new"


def test_a_change_of_something_else_meanwhile_does_no_harm():
    kept = Recent(3)

    def slow() -> str:
        kept.forget(lambda key: key == "b")
        return "made"

    kept.get("a", slow)
    assert "a" in kept


def test_of_what_could_not_be_made_nothing_is_left():
    kept = Recent(3)

    def refused() -> str:
        raise ValueError("damaged")

    for key in range(100):
        with pytest.raises(ValueError, match="damaged"):
            kept.get(key, refused)
    assert not kept._making
    assert kept.get(7, lambda: "made") == "made"

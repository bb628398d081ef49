"""What pages hold is counted while they hold it, and nobody takes the room of all."""

from __future__ import annotations

import pytest

from ans.ui.held import SHARES, Held

HERE, THERE = "10.0.0.1", "10.0.0.2"


class Texts(list):
    """Something that can be held."""


def test_what_nobody_holds_any_more_leaves_its_room():
    held = Held(SHARES * 100)
    for _ in range(1000):
        held.admit(Texts(), 100, HERE)
    kept = Texts()
    held.admit(kept, 100, HERE)
    with pytest.raises(ValueError, match=r"^this server holds as many texts of yours as it may; bring fewer, or "):
        held.admit(Texts(), 1, HERE)
    assert held.of(HERE) == [kept]
    assert held.of(THERE) == []


def test_one_address_leaves_room_for_others_and_all_together_have_a_bound():
    held, kept = Held(SHARES * 100), [Texts() for _ in range(SHARES)]
    for number, one in enumerate(kept):
        held.admit(one, 100, f"10.0.1.{number}")
    with pytest.raises(ValueError, match=r"^this server holds as many texts of all visitors as it may; "):
        held.admit(Texts(), 1, HERE)
    kept.pop()
    del one
    held.admit(Texts(), 1, HERE)


def test_the_same_value_again_counts_once_and_without_a_bound_everything_is_held():
    held, one = Held(SHARES * 100), Texts()
    for _ in range(3):
        held.admit(one, 100, HERE)
    endless = Held(None)
    endless.admit(one, 1 << 60, HERE)
    assert endless.of(HERE) == [one]

"""How far a training is: in proportion to time, over all phases, and never backwards."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ans.runs.outlook import Outlook, outlook
from ans.runs.progress import Event

WORK = {"cache": 4.0, "check": 0.0, "encoder": 40.0, "heads": 10.0, "evaluate": 6.0}
STEPS = {"cache": 20, "encoder": 400, "heads": 80}


def training(took: dict[str, float], pace: dict[str, float] | None = None) -> list[Event]:
    """The events of a training that began at 100 s, whose phases took so long."""
    events, at = [Event(100.0, "data", pace=pace), Event(100.0, "data", known=5, texts=100, work=WORK)], 100.0
    for phase, seconds in took.items():
        steps = STEPS.get(phase, 0)
        events += [Event(at + seconds * step / steps, phase, step, steps) for step in range(1, steps + 1)]
        if not steps:
            events.append(Event(at, phase))
        at += seconds
    return events


def standings(events: list[Event], end: float) -> list[tuple[float, Outlook]]:
    """Each half second: the share of the time that is really over, and what is said."""
    return [
        ((at - 100.0) / (end - 100.0), outlook([event for event in events if event.time <= at], at))
        for at in (100.0 + half / 2 for half in range(int(2 * (end - 100.0)) + 1))
    ]


def test_a_training_that_takes_what_was_expected_moves_the_bar_in_proportion_to_time():
    for real, said in standings(training(WORK), 160.0):
        assert said.share == pytest.approx(real, abs=0.02)
        assert said.left == pytest.approx(60 * (1 - real), abs=1.0)


@pytest.mark.parametrize("slower", [0.3, 3.0])
def test_a_slow_or_a_quick_machine_is_noticed_by_the_end_of_the_first_phases(slower):
    took = {phase: slower * seconds for phase, seconds in WORK.items()}
    end = 100.0 + 60 * slower
    late = [(real, said) for real, said in standings(training(took), end) if real > 0.3]
    assert all(said.share == pytest.approx(real, abs=0.08) for real, said in late)
    assert all(said.left == pytest.approx((end - 100.0) * (1 - real), abs=0.25 * (end - 100.0)) for real, said in late)


def test_what_the_last_training_took_here_is_expected_from_the_beginning():
    pace = dict.fromkeys(WORK, 3.0)
    took = {phase: 3.0 * seconds for phase, seconds in WORK.items()}
    assert outlook(training(took, pace)[:2], 100.0).left == pytest.approx(180.0)
    assert all(said.share == pytest.approx(real, abs=0.02) for real, said in standings(training(took, pace), 280.0))


@pytest.mark.parametrize(
    "took",
    [
        {"cache": 40.0, "check": 0.0, "encoder": 5.0, "heads": 60.0, "evaluate": 30.0},
        {"cache": 1.0, "check": 0.0, "encoder": 90.0, "heads": 1.0, "evaluate": 1.0},
    ],
)
def test_the_share_never_falls_and_never_reaches_the_end_before_it(took):
    shares = [said.share for _, said in standings(training(took), 100.0 + sum(took.values()))]
    assert shares == sorted(shares)
    assert shares[-1] < 1.0


def test_a_phase_that_ends_early_brings_the_bar_forward():
    events = training({"cache": 4.0, "check": 0.0, "encoder": 40.0})
    stopped = [event for event in events if event.time <= 112.0]
    before = outlook(stopped, 112.0)
    after = outlook([*stopped, Event(112.1, "heads", 1, 80)], 112.1)
    assert after.share > before.share + 0.1
    assert after.left < before.left - 20


def test_while_a_phase_tells_nothing_the_bar_goes_on_and_there_is_always_something_left():
    events = training({"cache": 4.0, "check": 0.0, "encoder": 40.0, "heads": 10.0, "evaluate": 6.0})
    last = events[-1].time
    said = [outlook(events, last + seconds) for seconds in range(0, 60, 2)]
    assert all(later.share > earlier.share for earlier, later in pairwise(said))
    assert all(one.left > 0 for one in said)


def test_the_check_on_held_out_texts_counts_a_training_as_done_when_the_next_begins():
    work = {"cache": 1.0, "check": 30.0, "encoder": 10.0, "heads": 1.0, "evaluate": 1.0}
    events = [Event(100.0, "data", work=work), Event(101.0, "cache", 1, 1), Event(101.0, "check", 1, 3)]
    assert outlook(events, 101.0).left == pytest.approx(42.0, abs=0.5)
    assert outlook([*events, Event(111.0, "check", 2, 3)], 111.0).left == pytest.approx(32.0, abs=0.5)


def test_before_anything_is_expected_nobody_says_how_long_it_takes():
    assert outlook([], 0.0) == Outlook(0.0, None)
    assert outlook([Event(1.0, "data")], 5.0) == Outlook(0.0, None)

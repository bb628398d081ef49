"""What a running app has printed is read for tracebacks, and the first is told by its end, which says what it was."""

from ans.stress.app_log import SHOWN, first_traceback, tracebacks

DEEP = "Traceback (most recent call last):\n" + '  File "deep.py", line 1, in far\n' * 200 + "ValueError: a reason\n"
LOG = f"The app starts.\n{DEEP}It goes on.\nTraceback (most recent call last):\n  File\nKeyError: 'later'\n"


def test_of_a_long_traceback_the_end_is_told():
    assert first_traceback(LOG).endswith("in far\nValueError: a reason")
    assert len(first_traceback(LOG)) == SHOWN


def test_a_clean_log_has_none():
    assert (tracebacks("All is well.\n"), first_traceback("All is well.\n")) == (0, "")
    assert tracebacks(LOG) == 2

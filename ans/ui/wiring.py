"""How events are wired: past Gradio's queue or through it, what handlers return, and what those that yield end with.

A handler is a method of its tab, the dataclass of the tab's components, so that it can be called without a page. It
returns {component: value} for what changes, or `gr.skip()` where nothing does. It must be a function or a method: of a
`functools.partial` Gradio sees no type hints, and would hand over no `gr.EventData` and no `gr.Request`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import InvalidPathError
from gradio.state_holder import SessionState
from starlette.routing import BaseRoute

from ans.conventions import with_whole_characters
from ans.durable import MACHINE_ERRORS, remedy
from ans.ui.wording import as_sentence

Changes = dict[Any, Any]  # what a handler returns: {component: value}, or gr.skip()

# How events are wired. Polls, and what comes in a burst when the page opens or the model changes, go past Gradio's
# queue (`AT_ONCE`): its one stream of answers opens and closes for each burst, and assets/page/queue.js tells what can
# happen then. What yields, raises gr.Error, warns, or waits its turn needs the queue (`QUIETLY`).
QUIETLY: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIETLY, "queue": False}


def refusal(error: Exception | str) -> gr.Error:
    """What a handler raises where something can't be done: the page shows the sentence, and the log stays clean."""
    return gr.Error(as_sentence(error), print_exception=False)


FILES = (gr.File, gr.UploadButton)  # components that take an uploaded file
FORGOTTEN = "the server has forgotten this page, which was long unused. It opens again by itself in a few seconds."
# What Gradio's components raise of values of a wrong type.
_ODD = (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError, OSError, InvalidPathError)


def told_number(event: gr.EventData, name: str) -> int | None:
    """The whole number that a part of the page tells under a name; None where it tells none, or something else."""
    value = getattr(event, name, None)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def holds_a_file(value: Any) -> bool:
    """Whether something in a JSON value is a file to Gradio, which would put it into its cache to show it."""
    if isinstance(value, dict):
        return {"path", "meta"} <= value.keys() or any(holds_a_file(part) for part in value.values())
    return isinstance(value, list) and any(holds_a_file(part) for part in value)


def _names_an_address(value: Any) -> bool:
    """Whether a file is given as an address on the net, which Gradio's components would fetch."""
    if isinstance(value, dict):
        path = value.get("path")
        return (isinstance(path, str) and "://" in path) or any(_names_an_address(part) for part in value.values())
    return isinstance(value, list) and any(_names_an_address(part) for part in value)


def _as_typed(value: Any, part: Any) -> Any:
    """A text no longer than can be typed there. Browsers see to it, Gradio does not, and it may be kept for a page."""
    return value[: part.max_length] if isinstance(value, str) and getattr(part, "max_length", None) else value


class LenientBlocks(gr.Blocks):
    """A page with plain routes beside it, whose public endpoints take values that are left out at the end as None.

    Workaround, seen with Gradio 6.31.0, no upstream issue known: a request with too few values is answered without a
    reason, and all that it holds, keys too, goes into the log. It can go when tests/ui/test_workarounds.py says so.
    """

    plain_routes: Sequence[BaseRoute] = ()
    desk: Any = None  # answers programs, see ans/ui/api/operations.py

    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        """See that all values are there.

        Raises:
            gr.Error: too few of a private event, or a file where none is uploaded.
        """
        if not isinstance(inputs, list):
            raise refusal(f"expected a list of values, got {type(inputs).__name__}.")
        missing = len(block_fn.inputs) - len(inputs)
        if missing > 0 and block_fn.api_visibility != "public":
            raise refusal(f"expected {len(block_fn.inputs)} values, got {len(inputs)}.")
        if _names_an_address(inputs):
            raise refusal("a file is uploaded; its address can't be given.")
        for value, part in zip(inputs, block_fn.inputs, strict=False):
            if not isinstance(part, FILES) and holds_a_file(value):
                raise refusal("a file was sent where none can be uploaded; reload the page.")
        inputs[:] = [with_whole_characters(value) for value in inputs] + [None] * missing
        if block_fn.api_visibility != "public":
            inputs[:] = [_as_typed(value, part) for value, part in zip(inputs, block_fn.inputs, strict=False)]

    async def call_function(self, *given: Any, **named: Any) -> Any:
        """As `gr.Blocks.call_function`; an error that tells a person something leaves the log clean."""
        try:
            return await super().call_function(*given, **named)
        except gr.Error as error:
            error.print_exception = False
            raise

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list, state: SessionState | None, explicit_call: bool = False
    ) -> list:
        """What components make of the values that a browser sends.

        Raises:
            gr.Error: one is nothing that the page itself would send, or of a page that the server has forgotten. The
                log is kept clean of it.
        """
        new = state is not None and not state.state_data  # which that of a page that has opened here is not
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error as error:
            if new and block_fn.api_visibility != "public":
                raise refusal(FORGOTTEN) from error
            error.print_exception, error.message = False, str(error.message)[:300]
            raise
        except _ODD as error:
            raise refusal("what was sent is nothing that this page sends; reload the page.") from error


def within(around: Callable[[Sequence[Any]], AbstractContextManager[Sequence[Any]]], handler: Callable) -> Callable:
    """A handler that runs within a context: `around` is given the values, and gives those that the handler takes."""

    @wraps(handler)
    def yielding(*values: Any) -> Iterator:
        with around(values) as taken:
            yield from handler(*taken)

    @wraps(handler)
    def returning(*values: Any) -> Any:
        with around(values) as taken:
            return handler(*taken)

    return yielding if inspect.isgeneratorfunction(handler) else returning


def say_what_is_wrong(page: gr.Blocks) -> None:
    """Let each handler of this page that meets a full disk or the like say so, in a sentence."""
    for event in page.fns.values():
        if event.fn is not None:
            event.fn = within(_saying_what_is_wrong, event.fn)


@contextmanager
def _saying_what_is_wrong(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    try:
        yield values
    except MACHINE_ERRORS as error:
        if (reason := remedy(error)) is None:
            raise
        raise refusal(reason) from error


def end_unchanged(page: gr.Blocks) -> None:
    """Let each handler of this page that yields end with a yield that changes nothing.

    Workaround, seen with Gradio 6.31.0, no upstream issue known. Gradio sends the last values of a generator again when
    it has ended: what a person changed between the two, a group that was chosen or a box unchecked, would be undone.
    And where a generator ends without a single yield, it empties all its outputs: a tab that has nothing to redraw
    would go blank. It can go when tests/ui/test_workarounds.py and tests/browser/test_gradio_faults.py say so.
    """
    for event in page.fns.values():
        if inspect.isgeneratorfunction(event.fn):
            event.fn = _ending_unchanged(event.fn)


def let_one_wait(page: gr.Blocks) -> None:
    """Of the events that one trigger starts let only one wait for its turn; the others run each time.

    Workaround, seen with Gradio 6.31.0, no upstream issue known. A trigger that fires while its event is under way runs
    that event once more at the end (`always_last`, the default of `change`): Gradio fires the trigger again for that,
    with all its events. Two that wait and overlap so start each other for ever, some times a second. The one with the
    most triggers goes on waiting. It can go when tests/ui/test_workarounds.py says so.
    """
    waited_for: set[tuple] = set()
    for event in sorted(page.fns.values(), key=lambda one: -len(one.targets)):
        triggers = {(block, name) for block, name in event.targets if block is not None}
        if event.trigger_mode != "always_last":
            continue
        if triggers & waited_for:
            event.trigger_mode = "multiple"
        waited_for |= triggers


def _ending_unchanged(handler: Callable[..., Iterator]) -> Callable[..., Iterator]:
    @wraps(handler)
    def wrapped(*values: Any) -> Iterator:
        last = None
        for last in handler(*values):
            yield last
        yield tuple(gr.skip() for _ in last) if isinstance(last, tuple) else gr.skip()

    return wrapped

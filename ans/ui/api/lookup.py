"""Which run a program asks, and as whom. A program shows no browser, but perhaps a run's key."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ans.runs import keys
from ans.runs.run import Run
from ans.runs.status import FAILED, GOING
from ans.runs.store import RunStore, first_of
from ans.ui.access import TURNED_OFF, Visitor
from ans.ui.limits import LEARNING, NAMES
from ans.ui.refused import Refused
from ans.ui.shared import Shared


@dataclass(frozen=True)
class Caller:
    """Where a request comes from."""

    address: str


def trained(store: RunStore, model_id: str | None, key: str | None) -> Run:
    """The run whose model is asked; without an id everybody's first.

    Raises:
        Refused: as `asked`, or it has no model (yet).
    """
    if not model_id:
        if key:
            raise Refused("a key is for one model; send its model_id too.", 422)
        run = first_of(store.seen_by(None).finished(), store.preferred)
        if run is None:
            raise Refused("there is no trained model yet; wait for the starter model, or train one.", 503, wait=5)
        return run
    run = asked(store, model_id, key)
    if (state := run.status.state) in GOING:
        raise Refused(f"this model is {state}; train_status tells how far it is.", 503, wait=5)
    if not run.status.ended_well:
        how = "failed" if state == FAILED else f"was {state}"
        raise Refused(f"this training {how}, so there is no model; train it again.", 404)
    return run


def asked(store: RunStore, model_id: str, key: str | None) -> Run:
    """The run with this id, whatever its state.

    Raises:
        Refused: there is none, or it is private and this is no key of it. Both are told alike, so that nobody finds out
            which ids there are.
    """
    run = opened(store, model_id, key)
    if run is None:
        raise _nothing(model_id, key)
    return run


def opened(store: RunStore, model_id: str, key: str | None) -> Run | None:
    """The run with this id, if it is everybody's or this is a key of it."""
    run = store.get(model_id)
    try:
        return run if run is not None and (run.owner is None or keys.opens(run.folder, key)) else None
    except ValueError:  # deleted in this moment
        return None


def newcomer(shared: Shared, caller: Caller) -> Visitor:
    """A visitor of its own for what a program makes: its data and its models are nobody else's.

    Raises:
        Refused: there were too many from this address, or it learns too often.
    """
    if not shared.server.limits.training:
        raise Refused(TURNED_OFF, 403)
    for kind in (LEARNING, NAMES):
        if wait := shared.server.rates.wait(kind, caller.address):
            raise Refused(f"your address has asked for as much as it may; try again in {wait} s.", 429, wait)
    name = secrets.token_hex(16)
    shared.trainings.came_from(name, caller.address)
    return Visitor(name, shared.restricted, shared.store, shared.trainings, shared.server.limits)


def _nothing(model_id: str, key: str | None) -> Refused:
    return Refused(
        f"no trained model {model_id[:80]!r} answers to this: the id is wrong, or the model is private and "
        'its key is missing or wrong. "Use this model" on the page shows the id and makes a key.',
        401 if key else 404,
    )

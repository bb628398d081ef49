"""The six operations in one table, and how one is carried out: each door (routes, tools, gradio_client) asks here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel
from starlette.requests import Request

from ans.durable import MACHINE_ERRORS, remedy
from ans.runs import keys
from ans.ui.api import schema
from ans.ui.api.asking import classify, classify_batch, list_models
from ans.ui.api.lookup import Caller
from ans.ui.api.teaching import teach
from ans.ui.api.training import train, train_status
from ans.ui.refused import Refused
from ans.ui.shared import Shared
from ans.ui.wording import as_sentence

MOST_WAITING = 256  # requests of all addresses, so that what they hold fits the memory


@dataclass(frozen=True)
class Operation:
    """One of them. `at_one_time`: how many requests for it are worked on at a time. `alone`: where
    strangers come, of each address one.
    """

    call: Callable[[Shared, Any, Caller], BaseModel]
    takes: type[schema.Asked]
    gives: type[BaseModel]
    at_one_time: int
    alone: bool = False

    @property
    def name(self) -> str:
        """As programs call it."""
        return self.call.__name__

    @property
    def about(self) -> str:
        """What it does, for whoever reads the schema or a list of tools."""
        return " ".join((self.call.__doc__ or "").split())


OPERATIONS = (
    Operation(classify, schema.Classify, schema.ModelAnswer, 32),  # those that wait are answered together
    Operation(classify_batch, schema.ClassifyBatch, schema.Answers, 2, alone=True),
    Operation(list_models, schema.ListModels, schema.Models, 2),
    Operation(train, schema.Train, schema.Training, 1),
    Operation(train_status, schema.TrainStatus, schema.Standing, 4),
    Operation(teach, schema.Teach, schema.Taught, 1, alone=True),
)


@dataclass(frozen=True)
class Desk:
    """Carries operations out, each in threads of its own, so that none waits for another; no address fills it."""

    shared: Shared
    _threads: dict[str, CapacityLimiter] = field(default_factory=dict)
    _under_way: Counter[str] = field(default_factory=Counter)
    _long: set[str] = field(default_factory=set)

    async def answer(self, operation: Operation, asked: schema.Asked, request: Request | None) -> BaseModel:
        """What it gives.

        Raises:
            Refused: it gives nothing, for a reason that is told in a sentence.
        """
        address = self.shared.server.address_of_request(request)
        threads = self._threads.setdefault(operation.name, CapacityLimiter(operation.at_one_time))
        with self._one_more(address), self._alone(address, operation):
            return await to_thread.run_sync(
                carry_out, operation, self.shared, with_shown_key(asked, request), Caller(address), limiter=threads
            )

    @contextmanager
    def _one_more(self, address: str) -> Iterator[None]:
        most, here = self.shared.server.limits.waiting, self._under_way[address]
        if most is not None and here >= most:
            raise Refused(f"This address has {here} requests waiting already; wait for their answers.", 429, wait=1)
        if self._under_way.total() >= MOST_WAITING:
            raise Refused("This server has as many requests waiting as it can; try again in a moment.", 503, wait=5)
        self._under_way[address] += 1
        try:
            yield
        finally:
            self._under_way[address] -= 1
            if not self._under_way[address]:
                del self._under_way[address]

    @contextmanager
    def _alone(self, address: str, operation: Operation) -> Iterator[None]:
        if not operation.alone or self.shared.server.limits.waiting is None:
            yield
            return
        one = f"{address} {operation.name}"
        if one in self._long:
            raise Refused(f"A {operation.name} of this address is under way; wait for its answer.", 429, wait=5)
        self._long.add(one)
        try:
            yield
        finally:
            self._long.remove(one)


def carry_out(operation: Operation, shared: Shared, asked: schema.Asked, caller: Caller) -> BaseModel:
    """What an operation gives.

    Raises:
        Refused: it gives nothing, for a reason that is told in a sentence.
    """
    try:
        return operation.call(shared, asked, caller)
    except Refused as refused:
        raise Refused(as_sentence(refused), refused.status, refused.wait) from refused
    except ValueError as error:
        raise Refused(as_sentence(error), 422) from error
    except MACHINE_ERRORS as error:
        if (reason := remedy(error)) is None:
            raise
        raise Refused(as_sentence(reason), 503) from error


def with_shown_key(asked: schema.Asked, request: Request | None) -> schema.Asked:
    """A key that is shown as a header counts where none is in the body. Another token there is for another's door."""
    kind, _, shown = ("" if request is None else request.headers.get("authorization", "")).partition(" ")
    if kind.lower() != "bearer" or not shown.startswith(keys.BEGINNING) or getattr(asked, "key", "") is not None:
        return asked
    return asked.model_copy(update={"key": shown.strip()})

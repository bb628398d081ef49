"""The operations for gradio_client: `client.predict(text=…, api_name="/classify")`.

Gradio wants functions with a parameter for each value. It takes no key as a header. Their docstrings are shown on the
page's API view.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.events import api
from pydantic import ValidationError

from ans.ui.api.lookup import Caller
from ans.ui.api.operations import OPERATIONS, carry_out
from ans.ui.api.wrong_bodies import what_is_wrong
from ans.ui.refused import Refused
from ans.ui.shared import Shared
from ans.ui.wiring import refusal

_NAMED = {operation.name: operation for operation in OPERATIONS}


@dataclass(frozen=True)
class Endpoints:
    """The public endpoints of the page."""

    shared: Shared

    def classify(self, text: str, model_id: str | None = None, key: str | None = None) -> dict:
        return self._said("classify", None, text=text, model_id=model_id, key=key)

    def classify_batch(self, texts: list[str], model_id: str | None = None, key: str | None = None) -> dict:
        return self._said("classify_batch", None, texts=texts, model_id=model_id, key=key)

    def list_models(self, key: str | None = None) -> dict:
        return self._said("list_models", None, key=key)

    def train(
        self,
        request: gr.Request,
        dataset: str | None = None,
        rows: list[dict] | None = None,
        settings: dict | None = None,
        name: str | None = None,
    ) -> dict:
        return self._said("train", request, dataset=dataset, rows=rows, settings=settings, name=name)

    def train_status(self, model_id: str, key: str | None = None) -> dict:
        return self._said("train_status", None, model_id=model_id, key=key)

    def teach(
        self,
        request: gr.Request,
        corrections: list[dict],
        model_id: str | None = None,
        key: str | None = None,
    ) -> dict:
        return self._said("teach", request, corrections=corrections, model_id=model_id, key=key)

    def _said(self, name: str, request: gr.Request | None, /, **values: Any) -> dict:
        operation = _NAMED[name]
        address = "" if request is None else self.shared.server.address(request)
        try:
            asked = operation.takes.model_validate(values)
            return carry_out(operation, self.shared, asked, Caller(address)).model_dump(mode="json")
        except ValidationError as error:
            raise refusal(what_is_wrong(error.errors())) from None
        except Refused as refused:
            raise refusal(refused) from refused


def publish(shared: Shared) -> None:
    """Make the endpoints of the current Blocks."""
    endpoints = Endpoints(shared)
    for name, operation in _NAMED.items():
        limit = min(operation.at_one_time, 4)
        make = partial(api, api_name=name, api_description=operation.about, concurrency_limit=limit)
        make(getattr(endpoints, name))

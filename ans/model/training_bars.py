"""A training's progress as bars of tqdm, one for each phase, in a terminal or a notebook."""

from __future__ import annotations

from typing import Any


class TrainingBars:
    """Listens to the events of a training; `with` closes the last bar."""

    def __init__(self) -> None:
        self._phase, self._bar = "", None

    def __call__(self, event: dict[str, Any]) -> None:
        from tqdm.auto import tqdm

        if self._bar is None or event["phase"] != self._phase:
            self._finish()
            self._phase = event["phase"]
            self._bar = tqdm(total=event.get("steps", 1), desc=self._phase)
        if shown := {name: f"{event[name]:.3f}" for name in ("loss", "dev_accuracy") if name in event}:
            self._bar.set_postfix(shown, refresh=False)
        self._bar.update(event.get("step", 0) - self._bar.n)

    def _finish(self) -> None:
        """The phase is over, be it before its last step: its bar is full."""
        if self._bar is not None:
            self._bar.update(self._bar.total - self._bar.n)
            self._bar.close()

    def __enter__(self) -> TrainingBars:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            self._finish()
        elif self._bar is not None:
            self._bar.close()

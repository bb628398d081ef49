"""What somebody may not do, or not now."""

from __future__ import annotations

from starlette.responses import JSONResponse


class Refused(ValueError):
    """A refusal in a sentence. `status` is what HTTP says of it, `wait` the seconds until another try may go through.

    The page shows the sentence alone.
    """

    def __init__(self, sentence: str, status: int, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.wait = status, wait


def refused_answer(status: int, sentence: str, wait: int = 0) -> JSONResponse:
    """A refusal as the answer to a request; Gradio's page reads `detail`, everybody else `error`."""
    headers = {"Retry-After": str(wait)} if wait else None
    return JSONResponse({"error": sentence, "detail": sentence}, status, headers)

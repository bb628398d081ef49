"""What one visitor of Discover has found, with each of the models asked last."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ans.serving.discovery import Discovery

MOST_REMEMBERED = 3  # other models whose groups are kept


@dataclass(frozen=True)
class Findings:
    """What was found: with which run, in whose texts (`own`: the visitor's), among how many judged; the chosen group.

    `others`: what was found with other runs, newest last, themselves without `others`.
    """

    run_id: str | None = None
    own: bool = False
    judged: int = 0
    found: Discovery | None = None
    chosen: int | None = None
    others: tuple[Findings, ...] = ()

    def at(self, run_id: str | None) -> Findings:
        """What was found with another run, or that nothing was yet; what was found with this one is remembered.

        A change of the model reaches the server late at times, when the next one is already there: nothing may be lost
        by going there and back.
        """
        seen = (*self.others, replace(self, others=()))
        then = next((one for one in seen if one.run_id == run_id), Findings(run_id))
        others = [one for one in seen if one.run_id != run_id and one.found is not None]
        return replace(then, others=tuple(others[-MOST_REMEMBERED:]))

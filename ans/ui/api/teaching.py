"""The operation that corrects a model: teach. Its docstring is what programs read about it."""

from __future__ import annotations

from dataclasses import replace

from ans.data.corrections import LONGEST_CLASS, Correction, corrected
from ans.runs.keys import make_key
from ans.ui.api.asking import check_length
from ans.ui.api.lookup import Caller, newcomer, trained
from ans.ui.api.schema import MOST_TEXTS, Taught, Teach
from ans.ui.refused import Refused
from ans.ui.shared import Shared


def teach(shared: Shared, given: Teach, caller: Caller) -> Taught:
    """Let a model learn corrections in seconds: texts with their right class, a new class, or null for open.

    A new private model is made, with all corrections that this one has learnt before; this one stays as it is.
    """
    from ans.workflows.teach import origin_of
    from ans.workflows.teach import teach as learn

    run = trained(shared.store, given.model_id, given.key)
    known = shared.serving.known(run.id)
    new = _checked(given, known)
    shared.visitor(None).check_taught([*new.values()], known)
    visitor = newcomer(shared, caller)
    owner = run.owner or visitor.name
    replace(visitor, browser=owner).check_room()
    origin = origin_of(shared.store.seen_by(run.owner), run)
    said = new if origin.id == run.id else {**run.learnt, **new}
    corrections = [Correction(text, label, None) for text, label in said.items()]
    model, alone = shared.serving.model(origin.id), not shared.restricted
    made = learn(shared.store, origin, model, corrections, owner, alone)
    about, before = made.taught, shared.serving.known(origin.id)
    assert about is not None
    return Taught(
        model_id=made.id,
        key=make_key(made.folder),
        corrections=len(said),
        right_before=about.before.corrected.texts,
        right_after=about.after.corrected.texts,
        new_classes=[label for label in shared.serving.known(made.id) if label not in before],
        f1_before=about.before.f1,
        f1_after=about.after.f1,
        seconds=round(about.seconds, 2),
    )


def _checked(given: Teach, known: list[str]) -> dict[str, str | None]:
    """The right class by the text.

    Raises:
        Refused: too many, or a text or a name is too long. ValueError: one is empty, or there is none.
    """
    if len(given.corrections) > MOST_TEXTS:
        raise Refused(
            f"a request has at most {MOST_TEXTS:,} corrections, got {len(given.corrections):,}; send them in several.",
            413,
        )
    for i, row in enumerate(given.corrections, 1):
        check_length(row.text, f"the text of correction {i}")
        if row.label is not None and len(row.label) > LONGEST_CLASS:
            raise Refused(
                f"the label of correction {i} has {len(row.label):,} characters, and a class's name has at most "
                f"{LONGEST_CLASS}.",
                422,
            )
    return corrected([row.text for row in given.corrections], [row.label for row in given.corrections], known)

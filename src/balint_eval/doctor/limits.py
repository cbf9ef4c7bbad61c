"""What could not have been seen: said once an instrument, where the answers are too few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from balint_eval.doctor.finding import Finding
from balint_eval.doctor.form import Form, complete
from balint_eval.doctor.keys import ENOUGH_ROWS, judgeable, mixed_scales

ENOUGH_PEOPLE = 30
"""People from which the faults are found with the shares of docs/doctor.md."""


def what_could_not_be_seen(form: Form, found: Sequence[Finding]) -> Iterator[Finding]:
    """Say which faults the answers are too few to show."""
    if any(finding.severity == "refuse" for finding in found):
        return
    reason = _reason(form)
    if reason:
        yield Finding(
            code="DOC-NOTJUDGED",
            severity="note",
            people=form.n_people(),
            seen=reason,
            why="what was not found may still be there",
            mend="compare the key, the codes and the order of the columns with the form by eye",
        )


def _reason(form: Form) -> str | None:
    people = max(len(who) for who in form.people.values())
    said = "1 person" if people == 1 else f"{people} people"
    if people < ENOUGH_ROWS:
        return (
            f"{said}: with fewer than {ENOUGH_ROWS} a wrong key, single wrong items, swapped codes and "
            "exchanged columns cannot be told from chance"
        )
    if people < ENOUGH_PEOPLE:
        return (
            f"{said}: with fewer than {ENOUGH_PEOPLE} a single wrong item, two swapped codes or two "
            "exchanged columns are often missed"
        )
    if flat := _flat_scales(form):
        return f"the key of {', '.join(flat)} was not judged: too few complete answers, or an item that does not vary"
    return None


def _flat_scales(form: Form) -> list[str]:
    flat = []
    for scale in mixed_scales(form):
        own = [item - 1 for item in scale.items]
        rows = [complete(form.stored[wave][:, own]) for wave in form.stored]
        if not any(judgeable(wave) for wave in rows):
            flat.append(scale.label or scale.name)
    return flat

"""The programme as it ran, held against its plan."""

from __future__ import annotations

from balint_eval.report import counts, numbers
from balint_eval.report.material import Material
from balint_eval.report.wording import say


def programme_rows(material: Material) -> list[tuple[str, ...]]:
    """Hold the meetings as they were held against the plan; no rows without a session log."""
    runs, plan = counts.group_runs(material), material.study.programme
    if not runs:
        return []
    meetings = counts.span_of([float(run.meetings) for run in runs])
    planned = (plan.sessions, plan.sessions) if plan.sessions else None
    members = counts.span_of([float(run.members) for run in runs if run.members])
    minutes = (plan.minutes - plan.minutes_tolerance, plan.minutes + plan.minutes_tolerance)
    return [
        _held(say("Meetings a group"), planned, meetings),
        _held_about(say("Minutes a meeting"), minutes, counts.overall([run.minutes for run in runs])),
        _held_by_people(say("Members a group"), plan.members, members),
        _held(say("Leaders a meeting"), plan.leaders, counts.overall([run.leaders for run in runs])),
    ]


def _held(feature: str, plan: tuple[float, float] | None, found: counts.Span | None) -> tuple[str, ...]:
    planned = numbers.span(*plan) if plan else say("not fixed")
    if found is None:
        return feature, planned, say("not recorded"), numbers.MISSING
    kept = "" if plan is None else say("✓ yes") if found.within(*plan) else say("✗ differs")
    return feature, planned, found.text, kept or numbers.MISSING


def _held_about(feature: str, plan: tuple[float, float], found: counts.Span | None) -> tuple[str, ...]:
    """Hold a length against the plan and its tolerance, written as 90 (± 15)."""
    row = _held(feature, plan, found)
    middle, reach = (plan[0] + plan[1]) / 2, (plan[1] - plan[0]) / 2
    planned = say("{middle} (± {reach})", middle=numbers.trimmed(middle), reach=numbers.trimmed(reach))
    return (row[0], planned if reach else row[1], *row[2:])


def _held_by_people(feature: str, plan: tuple[float, float], found: counts.Span | None) -> tuple[str, ...]:
    """Hold a count of people against the plan without telling how few they were."""
    row = _held(feature, plan, found)
    few = found is not None and numbers.too_few(found.low)
    return (row[0], row[1], numbers.WITHHELD, row[3]) if few else row

"""The programme as it ran, held against its plan."""

from __future__ import annotations

from balint_eval.language import Language
from balint_eval.report import counts, numbers
from balint_eval.report.material import Material
from balint_eval.study_model import Programme


def programme_rows(material: Material) -> list[tuple[str, ...]]:
    """Hold the meetings as they were held against the plan; no rows without a session log."""
    runs, plan = counts.group_runs(material), material.study.programme
    if not runs:
        return []
    meetings = counts.span_of([float(run.meetings) for run in runs])
    planned = (plan.sessions, plan.sessions) if plan.sessions else None
    members = counts.span_of([float(run.members) for run in runs if run.members])
    minutes = (plan.minutes - plan.minutes_tolerance, plan.minutes + plan.minutes_tolerance)
    language, overall = material.language, counts.overall
    return [
        _held(language, material.say("Meetings a group"), planned, meetings),
        _held_about(language, material.say("Minutes a meeting"), minutes, overall([run.minutes for run in runs])),
        _held_between(language, plan, overall([run.days_between for run in runs])),
        _held_by_people(language, material.say("Members a group"), plan.members, members),
        _held(language, material.say("Leaders a meeting"), plan.leaders, overall([run.leaders for run in runs])),
        *_dose_rows(language, counts.dose(material)),
    ]


def _dose_rows(language: Language, dose: counts.Dose | None) -> list[tuple[str, ...]]:
    """Say what people got of it; lowest and highest tell of single people, so of few people nothing is said."""
    if dose is None:
        return []
    few = dose.people < numbers.SMALLEST_FOR_EXTREMES
    share = numbers.percent(dose.most / dose.people)
    if few and dose.most in (0, dose.people):
        share = numbers.PROTECTED
    found = {
        language.say("Meetings a person came to"): numbers.PROTECTED if few else dose.meetings.said(language),
        language.say("Minutes a person got"): numbers.PROTECTED if few else dose.minutes.said(language),
        language.say("People who came to three quarters of the meetings or more"): (
            numbers.WITHHELD if numbers.too_few(dose.people) else share
        ),
    }
    return [(feature, language.say("not fixed"), text, numbers.MISSING) for feature, text in found.items()]


def _held(
    language: Language, feature: str, plan: tuple[float, float] | None, found: counts.Span | None
) -> tuple[str, ...]:
    planned = counts.Span(*plan).said(language) if plan else language.say("not fixed")
    if found is None:
        return feature, planned, language.say("not recorded"), numbers.MISSING
    kept = "" if plan is None else language.say("✓ yes") if found.within(*plan) else language.say("✗ differs")
    return feature, planned, found.said(language), kept or numbers.MISSING


def _held_about(
    language: Language, feature: str, plan: tuple[float, float], found: counts.Span | None
) -> tuple[str, ...]:
    """Hold a length against the plan and its tolerance, written as 90 (± 15)."""
    row = _held(language, feature, plan, found)
    middle, reach = (plan[0] + plan[1]) / 2, (plan[1] - plan[0]) / 2
    planned = language.say("{planned} (± {reach})", planned=numbers.trimmed(middle), reach=numbers.trimmed(reach))
    return (row[0], planned if reach else row[1], *row[2:])


def _held_between(language: Language, plan: Programme, found: counts.Span | None) -> tuple[str, ...]:
    """Hold the days between meetings against the plan and its tolerance, written as 7 to 31 (± 3)."""
    (low, high), reach = plan.interval_days, plan.interval_tolerance
    row = _held(language, language.say("Days from a meeting to the next"), (low - reach, high + reach), found)
    planned = language.say(
        "{planned} (± {reach})", planned=counts.Span(low, high).said(language), reach=numbers.trimmed(reach)
    )
    return (row[0], planned if reach else row[1], *row[2:])


def _held_by_people(
    language: Language, feature: str, plan: tuple[float, float], found: counts.Span | None
) -> tuple[str, ...]:
    """Hold a count of people against the plan without telling how few they were."""
    row = _held(language, feature, plan, found)
    few = found is not None and numbers.too_few(found.low)
    return (row[0], row[1], numbers.WITHHELD, row[3]) if few else row

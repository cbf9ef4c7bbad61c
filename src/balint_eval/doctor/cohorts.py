"""Does one cohort answer from the other end than the others? Seen only where several cohorts are put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from balint_eval.doctor.evidence import column_correlations
from balint_eval.doctor.finding import Finding, accepting, as_table, settled
from balint_eval.doctor.form import Form, filled, make_forms
from balint_eval.doctor.waves import ENOUGH_ODDS, EXPECTED_PROFILE, odds_of_turned
from balint_eval.instruments.model import Instrument
from balint_eval.scoring import FloatArray
from balint_eval.tables import ALL_COHORTS

FEWEST_PEOPLE = 12
FEWEST_ITEMS = 7


def examine_cohorts(
    responses: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    accepted: Mapping[str, Iterable[str]] | None = None,
    waves: Sequence[str] = (),
) -> pd.DataFrame:
    """Hold the cohorts against each other; parameters and result as of `examine`.

    Parameters
    ----------
    responses, instruments, accepted
        As for `examine`, of all cohorts together.
    waves : sequence of str
        In time; blank takes them as they come.

    Returns
    -------
    pandas.DataFrame
        Contract `findings`, one row a finding.

    Notes
    -----
    Answers that are turned round in every wave of a cohort agree with each other. Only which items are
    agreed to most can differ then: the profile of the keyed item means, over all waves, correlates
    negatively with that of the other cohorts. From 7 items and 12 people in each cohort on.
    """
    by_instrument: dict[str, list[Form]] = {}
    for form in make_forms(responses, instruments, waves):
        by_instrument.setdefault(form.instrument.name, []).append(form)
    findings: list[Finding] = []
    for name, forms in by_instrument.items():
        findings += settled(_turned_cohorts(forms), (accepted or {}).get(name, ()))
    return as_table(findings)


def _turned_cohorts(forms: list[Form]) -> Iterator[Finding]:
    large = [form for form in forms if form.n_people() >= FEWEST_PEOPLE and form.instrument.n_items >= FEWEST_ITEMS]
    if len(large) < 2:
        return
    profiles = np.column_stack([_profile(form) for form in large])
    with_others = [_with_others(profiles, place) for place in range(len(large))]
    # Only the one that differs most is named: with it turned back the others agree again.
    place = int(np.argmin(with_others))
    r = with_others[place]
    if odds_of_turned(r, EXPECTED_PROFILE, large[place].instrument.n_items) > ENOUGH_ODDS:
        yield _finding(large[place], r, len(large))


def _with_others(profiles: FloatArray, place: int) -> float:
    """Give the mean correlation of one cohort's profile with those of the others; a flat one correlates 0."""
    return float(column_correlations(np.delete(profiles, place, axis=1), profiles[:, [place]]).mean())


def _profile(form: Form) -> FloatArray:
    return np.asarray(np.mean([filled(form.keyed(wave)).mean(axis=0) for wave in form.stored], axis=0))


def _finding(form: Form, r: float, cohorts: int) -> Finding:
    name = form.instrument.name
    other = "the other cohort" if cohorts == 2 else f"the other {cohorts - 1} cohorts"
    return Finding(
        code="DOC-COHORT",
        cohort=form.cohort if cohorts > 2 else ALL_COHORTS,
        instrument=name,
        people=form.n_people(),
        seen=(
            f"in the cohort '{form.cohort}' the items agreed to most are those agreed to least in {other} "
            f"(r {r:.2f} of the item means)"
        ),
        why="the answers of a cohort run from the other end, and its people are counted with the wrong sign",
        mend=(
            f"look at the first and last answer on the forms of each cohort; map the one that is turned under "
            f"answers: of {name}; " + accepting("DOC-COHORT", name)
        ),
    )

"""Do two waves speak the same language? Anchors from the other end, answers one step off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from balint_eval.doctor.evidence import correlation, fisher_z
from balint_eval.doctor.finding import Finding, between_waves
from balint_eval.doctor.form import Form, filled
from balint_eval.scoring import reversed_by_key

FEWEST_PEOPLE = 12
FEWEST_ITEMS = 5
EXPECTED_RETEST = 0.5
EXPECTED_PROFILE = 0.8
ENOUGH_ODDS = 6.0
"""Log odds, turned to not turned, from which reversed anchors are named; set by simulation (docs/doctor.md)."""
SHIFT = 0.45
"""Steps by which reversed and other items must both have moved, in the same direction as stored."""


def anchors_reversed(form: Form) -> Iterator[Finding]:
    """Find a wave whose answers run from the other end.

    Notes
    -----
    Two things turn round: who scores high (the correlation of the scores of the same people) and which items
    are agreed to most (the profile of the keyed item means about their mean). Both are weighed as log odds of
    the negative of an ordinary correlation (.5 and .8) to that correlation.
    """
    for first, second in form.wave_pairs():
        retest, people = _retest(form, first, second)
        profile = _profile(form, first, second)
        odds = odds_of_turned(retest, EXPECTED_RETEST, people)
        odds += odds_of_turned(profile, EXPECTED_PROFILE, form.instrument.n_items)
        if odds > ENOUGH_ODDS and form.fewest >= FEWEST_PEOPLE:
            yield _anchor_finding(form, first, second, retest, profile)


def odds_of_turned(r: float, usual: float, n: int) -> float:
    """Give the log odds of a correlation being the negative of a usual one, on n pairs."""
    z, expected = (float(fisher_z(np.asarray([value]), n)[0]) for value in (r, usual))
    return -2.0 * z * min(expected, 4.0)


def _retest(form: Form, first: str, second: str) -> tuple[float, int]:
    """Give the correlation of scores over the waves, averaged over the scales, and the people it rests on."""
    if form.rated:
        return 0.0, 0
    earlier, later = (reversed_by_key(wave, form.instrument) for wave in form.paired(first, second))
    places = [np.asarray(scale.items) - 1 for scale in form.instrument.scales if scale.items]
    each = [correlation(earlier[:, own].sum(axis=1), later[:, own].sum(axis=1)) for own in places]
    return float(np.mean(each)), len(earlier)


def _profile(form: Form, first: str, second: str) -> float:
    if form.instrument.n_items < FEWEST_ITEMS:
        return 0.0
    one, two = (filled(form.keyed(wave)).mean(axis=0) for wave in (first, second))
    return correlation(one, two)


def _anchor_finding(form: Form, first: str, second: str, retest: float, profile: float) -> Finding:
    return between_waves(
        form,
        "DOC-ANCHORS",
        first,
        second,
        seen=(
            f"from '{first}' to '{second}' the people who scored high score low (r {retest:.2f}) and the items "
            f"agreed to most are agreed to least (r {profile:.2f} of the item means)"
        ),
        why="in one of the two waves the answers run from the other end; the change would have the wrong sign",
        mend=(
            "look at the first and last answer on both forms; map the wave that is turned under answers: of "
            f"{form.instrument.name}"
        ),
    )


def off_by_a_step(form: Form) -> Iterator[Finding]:
    """Find a wave in which reversed and other items have moved the same way as stored.

    Notes
    -----
    A change of the people moves the stored answers of reversed items against those of the others; only a
    change of the coding moves both the same way.
    """
    turned = form.turned
    if form.fewest < FEWEST_PEOPLE or min(turned.sum(), (~turned).sum()) < 2:
        return
    for first, second in form.wave_pairs():
        one, two = (filled(form.stored[wave]).mean(axis=0) for wave in (first, second))
        moved = (two - one) / form.step
        straight, reverse = float(moved[~turned].mean()), float(moved[turned].mean())
        if min(straight, reverse) > SHIFT or max(straight, reverse) < -SHIFT:
            yield _shift_finding(form, first, second, straight, reverse)


def _shift_finding(form: Form, first: str, second: str, straight: float, reverse: float) -> Finding:
    return between_waves(
        form,
        "DOC-SHIFT",
        first,
        second,
        seen=(
            f"from '{first}' to '{second}' the stored answers moved by {straight:+.2f} steps in the items that are "
            f"not reversed and by {reverse:+.2f} in those that are"
        ),
        why="people who change move the two against each other; a coding that is a step off moves both the same way",
        mend=(f"compare the codes of both exports; map the wave that is off under answers: of {form.instrument.name}"),
    )

"""Do the codes stand for the answers they should? Codes nobody uses any more, and codes that changed places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from balint_eval.doctor.finding import ALL_WAVES, Finding, accepting
from balint_eval.doctor.form import Form, filled
from balint_eval.scoring import FloatArray

FEWEST_PEOPLE = 12
FEWEST_ITEMS = 4
CHANCE_OF_UNUSED = 1e-5
"""Chance, were the waves alike, below which a code that nobody gives any more is named."""
ENOUGH_ODDS = 5.0
"""Log odds, exchanged to as they stand, from which two codes are named; as for single items (keys.py)."""
LARGEST_EXPECTED = 3.0
"""Standard errors expected at most: where the two codes are common a wrong order by half of one says nothing yet."""
FEWEST_EFFECTIVE = 12.0
"""People, weighed by what each one adds, below which the sum is no more normal: a rare answer is a few people's."""
INNER_SHARE = 0.08
"""Share of both neighbouring answers from which an answer between them that nobody gives is named."""


def unused_codes(form: Form) -> Iterator[Finding]:
    """Find an answer that people gave in one wave and nobody gave in the other, or an inner one nobody gave.

    Notes
    -----
    The chance is that of drawing nobody who gave the code, from the people of both waves (hypergeometric):
    people are counted, not answers, because one person's answers go together.
    """
    codes = form.instrument.response.codes
    users = {wave: _users(stored, codes) for wave, stored in form.stored.items()}
    gap = _inner_gap(form)
    if gap:
        yield _unused_finding(form, gap, ALL_WAVES, "nobody gave it, and many gave the answers on both sides of it")
        return
    for first, second in form.wave_pairs():
        gone: list[tuple[float, str, str]] = []
        for place, code in enumerate(codes):
            for left, given in ((first, second), (second, first)):
                n_left, n_given = len(form.people[left]), len(form.people[given])
                used = int(users[given][place])
                if not users[left][place] and _nobody_drawn(used, n_given, n_left) < CHANCE_OF_UNUSED:
                    gone.append((code, left, f"{used} of {n_given} people gave it in '{given}', nobody in '{left}'"))
        if gone:
            code, wave, evidence = gone[0]
            yield _unused_finding(form, code, wave, evidence)


def _users(stored: FloatArray, codes: list[float]) -> list[int]:
    return [int((stored == code).any(axis=1).sum()) for code in codes]


def _nobody_drawn(used: int, n_given: int, n_left: int) -> float:
    """Give the chance that all `used` people stand among the first `n_given`: C(n_given, used) / C(n, used)."""
    total = n_given + n_left
    return exp(gammaln(n_given + 1) - gammaln(n_given - used + 1) - gammaln(total + 1) + gammaln(total - used + 1))


def _inner_gap(form: Form) -> float | None:
    values = np.concatenate(list(form.stored.values()))
    codes = form.instrument.response.codes
    if form.fewest < FEWEST_PEOPLE or len(codes) < 4:
        return None
    given = [int((values == code).sum()) for code in codes]
    many = INNER_SHARE * int((~np.isnan(values)).sum())
    inner = [n for n in range(1, len(codes) - 1) if given[n] == 0 and min(given[n - 1], given[n + 1]) > many]
    return codes[inner[0]] if inner else None


def _unused_finding(form: Form, code: float, wave: str, evidence: str) -> Finding:
    name = form.instrument.name
    waves = [] if wave == ALL_WAVES else [wave]
    return Finding(
        code="DOC-UNUSED",
        wave=wave,
        people=form.n_people(*waves),
        seen=f"the answer {code:g} is missing: {evidence}",
        why="the form seems to have had other answers there, or its answers have other codes; scores do not compare",
        mend=(
            f"hold the answers of that form against the declared codes; map them under answers: of {name}, or leave "
            "the wave out; " + accepting("DOC-UNUSED", name)
        ),
    )


def swapped_codes(form: Form) -> Iterator[Finding]:
    """Find two codes that stand for each other's answer.

    Notes
    -----
    Among the people who gave one of the two answers to an item, those with the higher one should score higher on the
    rest of the scale, over all waves, by as much as the other answers lead one to expect. Every person's evidence
    is summed and taken over its standard error over people: about normal with variance 1, and with the mean `expected`
    when the codes are right, `-expected` when they are exchanged. That gives the log odds, for each two
    codes in each wave and in all waves.
    """
    if form.fewest < FEWEST_PEOPLE:
        return
    rest = _rest_rows(form)
    likely = [
        (odds, t, wave, pair)
        for pair in combinations(form.instrument.response.codes, 2)
        for wave, odds, t in _judged(form, rest, pair)
        if odds > ENOUGH_ODDS
    ]
    if likely:
        _, t, wave, pair = max(likely)
        yield _swap_finding(form, pair, wave, t)


class _Evidence(NamedTuple):
    """What one wave says of two codes."""

    people: NDArray[np.intp]
    """Place of each row's person in the form."""
    each: FloatArray
    """Each person's evidence that the higher code goes with the higher rest."""
    weight: float
    """What their sum is expected to be for each point of the rest that goes with one point of the code."""


def _judged(
    form: Form, rest: Mapping[str, FloatArray], pair: tuple[float, float]
) -> Iterator[tuple[str, float, float]]:
    """Give the log odds and the t value of two codes, in all waves together and in each."""
    waves = {wave: _order(form, wave, rest, pair) for wave in form.stored}
    slope = _slope_elsewhere(form, rest, pair)
    yield ALL_WAVES, *_odds(list(waves.values()), slope)
    if len(waves) > 1:
        for wave, evidence in waves.items():
            yield wave, *_odds([evidence], slope)


def _odds(waves: list[_Evidence], slope: float) -> tuple[float, float]:
    people = np.concatenate([evidence.people for evidence in waves])
    each = np.concatenate([evidence.each for evidence in waves])
    values = np.bincount(people, weights=each).astype(np.float64)
    error = float(np.sqrt((values**2).sum()))
    if error < 1e-12 or effective_people(values) < FEWEST_EFFECTIVE:
        return 0.0, 0.0
    t = float(values.sum()) / error
    expected = slope * sum(evidence.weight for evidence in waves) / error
    return -2.0 * t * min(max(expected, 0.0), LARGEST_EXPECTED), t


def effective_people(values: FloatArray) -> float:
    """Give how many people with equal shares would make a sum as uneven; Kish 1965, Survey sampling."""
    return float(np.abs(values).sum()) ** 2 / float((values**2).sum())


def _rest_scores(form: Form) -> FloatArray:
    """Give, for each person, the keyed total of each item's scale over all waves, without the item itself."""
    rests = np.zeros((form.n_people(), form.instrument.n_items))
    for wave, people in form.places.items():
        keyed = filled(form.keyed(wave))
        keyed = keyed - keyed.mean(axis=0)
        for scale in form.instrument.scales:
            if len(scale.items) >= FEWEST_ITEMS:
                own = np.asarray(scale.items) - 1
                rests[np.ix_(people, own)] += keyed[:, own].sum(axis=1, keepdims=True) - keyed[:, own]
    return rests


def _rest_rows(form: Form) -> dict[str, FloatArray]:
    """Give the rest scores of each wave's rows, turned round for reversed items."""
    rest = _rest_scores(form)
    rest = np.where(form.turned, -rest, rest)
    return {wave: rest[people] for wave, people in form.places.items()}


def _order(form: Form, wave: str, rest: Mapping[str, FloatArray], pair: tuple[float, float]) -> _Evidence:
    stored, scores = form.stored[wave], rest[wave]
    either = (stored == pair[0]) | (stored == pair[1])
    high = _within((stored == pair[1]).astype(float), either)
    each = (high * _within(scores, either)).sum(axis=1)
    return _Evidence(form.places[wave], each, float((high**2).sum()) * (pair[1] - pair[0]))


def _slope_elsewhere(form: Form, rest: Mapping[str, FloatArray], pair: tuple[float, float]) -> float:
    """Give by how much the rest rises with a point of the code, among the answers that are neither of the two."""
    together = spread = 0.0
    for wave, stored in form.stored.items():
        others = ~np.isnan(stored) & (stored != pair[0]) & (stored != pair[1])
        code = _within(stored, others)
        together += float((code * _within(rest[wave], others)).sum())
        spread += float((code**2).sum())
    return together / spread if spread > 0 else 0.0


def _within(values: FloatArray, chosen: FloatArray) -> FloatArray:
    """Centre each column over the chosen rows; 0 elsewhere."""
    count = np.maximum(chosen.sum(axis=0), 1)
    means = np.where(chosen, values, 0.0).sum(axis=0) / count
    return np.asarray(np.where(chosen, values - means, 0.0))


def _swap_finding(form: Form, pair: tuple[float, float], wave: str, t: float) -> Finding:
    name = form.instrument.name
    low, high = (f"{code:g}" for code in pair)
    return Finding(
        code="DOC-SWAPPED",
        wave=wave,
        people=form.n_people(*([] if wave == ALL_WAVES else [wave])),
        seen=(
            f"people who answered {high} to an item score lower on the rest of their scale than people who answered "
            f"{low} (t {t:.1f} over people and items)"
        ),
        why="the two answers have most likely each other's code",
        mend=(
            f"hold the codes {low} and {high} against the form and correct answers: of {name}; "
            + accepting("DOC-SWAPPED", name)
        ),
    )

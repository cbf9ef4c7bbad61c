"""Are items reversed as the key says? The answers of a scale that measures one thing tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from balint_eval.doctor.evidence import against, column_correlations, correlation, expected_z, fisher_z, log_odds
from balint_eval.doctor.finding import ALL_WAVES, Finding
from balint_eval.doctor.form import Form, complete, filled
from balint_eval.instruments.model import Scale
from balint_eval.scoring import FloatArray, reversed_by_key
from balint_eval.stats.reliability import cronbach_alpha, item_rest_correlations

ENOUGH_ROWS = 20
"""Complete answer rows below which the key of a scale is not judged."""
CLEARLY = 1.0
"""Standard deviations by which the reversed items must go against the others."""
FEWEST_ITEMS = 4
"""Items below which a single item cannot be told from a weak scale."""
ENOUGH_ODDS = 5.0
"""Log odds, wrong key to right key, from which a single item is named; set by simulation (docs/doctor.md)."""
ENOUGH_ODDS_IN_WAVE = 7.0
"""The same for an item in one wave, where three correlations that go together are added up."""
WEIGHT_ELSEWHERE = 0.5
"""Of the two correlations with another wave, beside that within the wave."""


def reversed_already(form: Form) -> Iterator[Finding]:
    """Find items that the platform had reversed before the export, in all waves or in some.

    Notes
    -----
    In a scale that measures one thing the reversed items, once keyed, go with the others. When their sum
    correlates negatively with the sum of the others, and the scale holds together better without reversing,
    the platform has most likely reversed them already. The sums are held against each other, not each item
    against the rest: where half of the items are reversed the rest is a mixture that says little. Judged
    wave by wave on at least 20 complete rows; waves with fewer are pooled.
    """
    for scale in mixed_scales(form):
        waves = {wave: _scale_rows(form, scale, [wave]) for wave in form.stored}
        judged = {wave: rows for wave, rows in waves.items() if judgeable(rows)}
        pooled = _scale_rows(form, scale, list(form.stored))
        if not judged:
            judged = {ALL_WAVES: pooled} if judgeable(pooled) else {}
        doubted = [wave for wave, rows in judged.items() if _turned(rows, form, scale)]
        few = {wave: _few_others(judged[wave], form, scale) for wave in doubted}
        if any(few.values()):
            yield from (_item_finding(form, scale, wrong, wave) for wave, wrong in few.items() if wrong)
        elif doubted and len(doubted) == len(judged):
            yield _reversed_finding(pooled, form, scale, ALL_WAVES)
        else:
            yield from (_reversed_finding(judged[wave], form, scale, wave) for wave in doubted)


def mixed_scales(form: Form) -> list[Scale]:
    """Give the scales that hold reversed items and others."""
    reverse = set(form.instrument.reverse)
    return [scale for scale in form.instrument.scales if 0 < len(reverse & set(scale.items)) < len(scale.items)]


def judgeable(rows: FloatArray) -> bool:
    """Tell whether a scale's complete rows can say anything of its key."""
    return len(rows) >= ENOUGH_ROWS and not bool((rows.std(axis=0) == 0).any())


def _scale_rows(form: Form, scale: Scale, waves: list[str]) -> FloatArray:
    keyed = np.concatenate([form.keyed(wave) for wave in waves])
    return complete(keyed[:, np.asarray(scale.items) - 1])


def _turned(rows: FloatArray, form: Form, scale: Scale) -> bool:
    together = fisher_z(np.array([_between(rows, _places(form, scale))]), len(rows))[0]
    return bool(together < -CLEARLY) and _alpha_stored(rows, form, scale) > cronbach_alpha(rows).alpha


def _few_others(rows: FloatArray, form: Form, scale: Scale) -> dict[int, float]:
    """Give the single items that go against the rest, where turning them mends more than not reversing does.

    Items exchanged between reversed and other ones look like reversal by the platform where few are reversed.
    """
    wrong = _wrong_items(rows)
    mended = cronbach_alpha(_turned_round(rows, form, list(wrong))).alpha
    return wrong if wrong and mended > _alpha_stored(rows, form, scale) else {}


def _places(form: Form, scale: Scale) -> list[int]:
    return [place for place, item in enumerate(scale.items) if item in form.instrument.reverse]


def _alpha_stored(rows: FloatArray, form: Form, scale: Scale) -> float:
    return cronbach_alpha(_turned_round(rows, form, _places(form, scale))).alpha


def _turned_round(rows: FloatArray, form: Form, places: list[int]) -> FloatArray:
    turned = rows.copy()
    turned[:, places] = form.ends - turned[:, places]
    return turned


def _between(rows: FloatArray, places: list[int]) -> float:
    """Give the correlation of the sum of the reversed items with the sum of the others."""
    own = rows[:, places].sum(axis=1)
    return correlation(own, rows.sum(axis=1) - own)


def _reversed_finding(rows: FloatArray, form: Form, scale: Scale, wave: str) -> Finding:
    places = _places(form, scale)
    rest = item_rest_correlations(rows)
    listed = ", ".join(f"item {scale.items[place]} {rest[place]:.2f}" for place in places)
    name = form.instrument.name
    only = "" if wave == ALL_WAVES else " for the export of that wave"
    return Finding(
        code="WARN-ALPHA",
        scale=scale.name,
        wave=wave,
        people=form.n_people(*([] if wave == ALL_WAVES else [wave])),
        seen=(
            f"after reversing by the key, the reversed items go against the others (r {_between(rows, places):.2f}; "
            f"with the rest of the scale {listed}); alpha is {cronbach_alpha(rows).alpha:.3f} after and "
            f"{_alpha_stored(rows, form, scale):.3f} before reversing"
        ),
        why="the platform has most likely reversed these items already; reversing twice turns them round",
        mend=(
            f"set already_reversed: true for {name}{only} in the study file, or key_confirmed: true if a person "
            "has checked that the export holds the answers as given"
        ),
    )


def single_items(form: Form) -> Iterator[Finding]:
    """Find single items that run against the rest of their scale.

    Notes
    -----
    Each item's correlation with the rest, over each person's mean of the waves, is held against what the
    other items of the scale lead one to expect: with the right key that correlation, with the wrong one its
    negative. An item is named when the answers are e^5 times as likely under the wrong key.
    """
    for scale in (scale for scale in form.instrument.scales if len(scale.items) >= FEWEST_ITEMS):
        means = person_means(form)[:, np.asarray(scale.items) - 1]
        if len(means) < ENOUGH_ROWS:
            continue
        wrong = _wrong_items(means)
        if wrong:
            yield _item_finding(form, scale, wrong, ALL_WAVES)
            continue
        for wave in form.stored:
            wrong = _wrong_in_wave(form, scale, wave)
            if wrong:
                yield _item_finding(form, scale, wrong, wave)


def _wrong_items(rows: FloatArray) -> dict[int, float]:
    """Give place and item-rest correlation of the items that go against the rest."""
    rest = against(rows)
    odds = _odds(rest, len(rows))
    return {int(place): float(rest[place]) for place in np.flatnonzero(odds > ENOUGH_ODDS)}


def _odds(r: FloatArray, people: int) -> FloatArray:
    return log_odds(r, expected_z(r, people), people)


def _wrong_in_wave(form: Form, scale: Scale, wave: str) -> dict[int, float]:
    """Give the items that go, in one wave only, against the rest and against themselves in the other waves."""
    own = np.asarray(scale.items) - 1
    others = [other for other in form.stored if other != wave]
    if form.rated or not others:
        return {}
    pairs = [form.paired(wave, other) for other in others]
    here, there = (
        np.concatenate([reversed_by_key(pair[side], form.instrument)[:, own] for pair in pairs]) for side in (0, 1)
    )
    people = min(len(earlier) for earlier, _ in pairs)
    if people < ENOUGH_ROWS:
        return {}
    rest = against(here)
    elsewhere = _odds(_against_other(here, there), people) + _odds(column_correlations(here, there), people)
    odds = _odds(rest, people) + WEIGHT_ELSEWHERE * elsewhere
    return {int(place): float(rest[place]) for place in np.flatnonzero(odds > ENOUGH_ODDS_IN_WAVE)}


def _against_other(here: FloatArray, there: FloatArray) -> FloatArray:
    """Correlate each item with the sum of the other items in the other wave."""
    return column_correlations(here, there.sum(axis=1, keepdims=True) - there)


def person_means(form: Form) -> FloatArray:
    """Give each person's mean keyed answers over the waves, each item and wave about its own mean."""
    total, count = np.zeros((form.n_people(), form.instrument.n_items)), np.zeros((form.n_people(), 1))
    for wave, rows in form.places.items():
        keyed = filled(form.keyed(wave))
        total[rows] += keyed - keyed.mean(axis=0)
        count[rows] += 1
    return np.asarray(total / count)


def _item_finding(form: Form, scale: Scale, wrong: dict[int, float], wave: str) -> Finding:
    listed = ", ".join(f"item {scale.items[place]} {r:.2f}" for place, r in wrong.items())
    name = form.instrument.name
    return Finding(
        code="DOC-ITEMKEY",
        scale=scale.name,
        wave=wave,
        people=form.n_people(*([] if wave == ALL_WAVES else [wave])),
        seen=f"after reversing by the key, single items go against the rest of the scale ({listed})",
        why="such an item is reversed although it should not be, or the other way round, or it is another item",
        mend=(
            f"hold the item against the form and the columns of {name} against the order of the form, and correct "
            "the export or columns:; or key_confirmed: true if a person has checked them"
        ),
    )

"""Answers given without care: flagged, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.doctor.finding import ALL_WAVES, Finding
from balint_eval.doctor.form import Form, filled
from balint_eval.scoring import FloatArray

FEWEST_ITEMS = 8
LONG_STRING = 0.6
"""Share of the form that is a long string when answered alike in a row."""
FEWEST_SCALES = 4
CONTRARY = -0.5
"""Even-odd correlation below which a person's halves contradict each other."""
FEWEST_ANSWERS = 20
"""Answers from which two people with the same ones are noted."""

_Rule = Callable[[Form, str, FloatArray], NDArray[np.bool_]]


def careless_answers(form: Form) -> Iterator[Finding]:
    """Flag straight lines, long strings and halves of a form that contradict each other."""
    if form.instrument.n_items < FEWEST_ITEMS:
        return
    straight = _people_where(form, _straight)
    long = _people_where(form, _long_string) - straight
    yield from _flag(form, "DOC-STRAIGHT", straight, "gave the same answer to every item")
    what = f"gave the same answer to more than {LONG_STRING:.0%} of the items in a row"
    yield from _flag(form, "DOC-LONGSTRING", long, what)
    contrary = _people_where(form, _contradicts) - straight
    what = f"contradict themselves between the odd and the even items of the scales (r below {CONTRARY:g})"
    yield from _flag(form, "DOC-EVENODD", contrary, what)


def _people_where(form: Form, rule: _Rule) -> frozenset[str]:
    return frozenset(
        str(who) for wave, stored in form.stored.items() for who in form.people[wave][rule(form, wave, stored)]
    )


def _straight(form: Form, wave: str, stored: FloatArray) -> NDArray[np.bool_]:
    """Tell who gave one answer that is no honest one to a whole form: an inner one, or any where items are reversed."""
    same = (stored == stored[:, :1]).all(axis=1)
    if form.instrument.reverse:
        return np.asarray(same)
    codes = form.instrument.response.codes
    return np.asarray(same & ~np.isin(stored, [codes[0], codes[-1]]).any(axis=1))


def _long_string(form: Form, wave: str, stored: FloatArray) -> NDArray[np.bool_]:
    if not form.instrument.reverse:
        return np.zeros(len(stored), dtype=np.bool_)
    length = max(FEWEST_ITEMS, int(np.ceil(LONG_STRING * stored.shape[1])))
    run, longest = np.ones(len(stored)), np.ones(len(stored))
    for column in range(1, stored.shape[1]):
        run = np.where(stored[:, column] == stored[:, column - 1], run + 1, 1)
        longest = np.maximum(longest, run)
    return np.asarray(longest >= length)


def _contradicts(form: Form, wave: str, stored: FloatArray) -> NDArray[np.bool_]:
    """Even-odd consistency: each scale's odd and even items, correlated over the scales within a person."""
    keyed = form.keyed(wave)
    scales = [np.asarray(scale.items) - 1 for scale in form.instrument.scales if len(scale.items) >= 4]
    if len(scales) < FEWEST_SCALES or len(stored) < 3:
        return np.zeros(len(stored), dtype=np.bool_)
    centred = keyed - filled(keyed).mean(axis=0)
    odd = np.column_stack([centred[:, own[0::2]].mean(axis=1) for own in scales])
    even = np.column_stack([centred[:, own[1::2]].mean(axis=1) for own in scales])
    one, two = (half - half.mean(axis=1, keepdims=True) for half in (odd, even))
    size = np.sqrt((one**2).sum(axis=1) * (two**2).sum(axis=1))
    r = np.divide((one * two).sum(axis=1), size, out=np.zeros(len(size)), where=size > 1e-9)
    # With four scales halves that differ little contradict each other by chance; they must differ a lot.
    codes = form.instrument.response.codes
    far = np.sqrt(((one - two) ** 2).mean(axis=1)) > (codes[-1] - codes[0]) / 3
    return np.asarray((2 * r / (1 + np.abs(r)) < CONTRARY) & far)


def _flag(form: Form, code: str, people: frozenset[str], what: str) -> Iterator[Finding]:
    if people:
        one = len(people) == 1
        yield Finding(
            code=code,
            severity="note",
            wave=ALL_WAVES,
            people=len(people),
            seen=f"{len(people)} {'person' if one else 'people'} {what}",
            why="such answers may have been given without reading",
            mend="nothing: they stay in; a sensitivity analysis may leave them out",
        )


def same_answers(responses: pd.DataFrame) -> Iterator[Finding]:
    """Flag people with exactly the same answers to everything in one wave.

    Notes
    -----
    From 20 answers on; answers that are all alike do not count, they are straight lines.
    """
    for (cohort, wave), rows in responses.groupby(["cohort", "wave"], sort=True):
        wide = _side_by_side(rows)
        ordered = np.sort(wide, axis=1)
        different = 1 + (np.diff(ordered, axis=1) > 0).sum(axis=1)
        varied = ((~np.isnan(wide)).sum(axis=1) >= FEWEST_ANSWERS) & (different > 2)
        same = int(pd.DataFrame(wide[varied]).duplicated(keep=False).sum())
        if same:
            yield Finding(
                code="WARN-DUPCONTENT",
                severity="warn",
                cohort=str(cohort),
                wave=str(wave),
                people=same,
                seen=f"{same} people have exactly the same answers as somebody else to everything they were asked",
                why="one person may have answered twice under two ids, or a row was copied",
                mend="compare the rows in the export; they stay in until you take one out",
            )


def _side_by_side(rows: pd.DataFrame) -> FloatArray:
    """Give one row a person, a column an item of any instrument; NaN where not answered."""
    person, people = pd.factorize(rows["person_id"])
    form, _ = pd.factorize(rows["instrument"])
    items = rows["item"].to_numpy()
    _, place = np.unique(form * (items.max(initial=0) + 1) + items, return_inverse=True)
    wide = np.full((len(people), place.max(initial=-1) + 1), np.nan)
    wide[person, place] = rows["value"].to_numpy(dtype=np.float64)
    return wide

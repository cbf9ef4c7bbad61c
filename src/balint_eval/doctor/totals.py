"""Does the export's own total agree with the score by the key? Where not: of whom, and by what usual pattern."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.doctor.finding import Finding, Severity, accepting
from balint_eval.doctor.form import Form
from balint_eval.instruments.model import Instrument, Scale
from balint_eval.scoring import FloatArray, reversed_by_key, score_wide

MOST_DECIMALS = 6
"""Decimals to which a total is compared at most; a spreadsheet's last digits are noise."""
ROWS_SHOWN = 5
USUAL = 0.5
"""Share of the people who differ from which a pattern is named."""
FEWEST_FOR_A_CONSTANT = 3
NOTHING_TO_MEND = "nothing: the score by the key is used"


@dataclass(frozen=True, eq=False)
class _Compared:
    """The totals of one scale in one wave beside the scores, row by row the same person."""

    form: Form
    scale: Scale
    wave: str
    column: str
    stored: FloatArray
    """Shape (people, items)."""
    supplied: FloatArray
    score: FloatArray
    """NaN where too few items are answered."""
    places: list[tuple[str, int]]
    """File and line of each total."""

    @property
    def differs(self) -> NDArray[np.bool_]:
        return ~_equal(self.supplied, self.score, self.supplied)

    @property
    def complete(self) -> NDArray[np.bool_]:
        return np.asarray(~np.isnan(self.stored[:, _items(self.form.instrument, self.scale)]).any(axis=1))


def supplied_totals(form: Form, totals: pd.DataFrame) -> Iterator[Finding]:
    """Hold the totals an export came with against the scores by the key.

    Parameters
    ----------
    form : Form
    totals : pandas.DataFrame
        Contract `totals`.

    Yields
    ------
    Finding
        DOC-TOTAL, one a scale and wave with totals: a note where all agree; a warning where only people with missing
        answers differ, since complete forms then show that key, codes and columns are right; else the
        score is withheld.

    Notes
    -----
    Two numbers are equal when they agree to the decimals of the totals (half a unit of the last one). Totals of
    people without a score (too few answers) count as different: the manual gives them none.
    """
    mine = totals[(totals["cohort"] == form.cohort) & (totals["instrument"] == form.instrument.name)]
    for (scale, wave), rows in mine.groupby(["scale", "wave"]):
        if str(wave) in form.stored:
            compared = _compare(form, form.instrument.scale(str(scale)), str(wave), rows)
            yield _disagreement(compared) if compared.differs.any() else _agreement(compared)


def _compare(form: Form, scale: Scale, wave: str, rows: pd.DataFrame) -> _Compared:
    place = {who: n for n, who in enumerate(form.people[wave].tolist())}
    stored = form.stored[wave][[place[who] for who in rows["person_id"]]]
    return _Compared(
        form=form,
        scale=scale,
        wave=wave,
        column=str(rows["source_column"].iloc[0]),
        stored=stored,
        supplied=rows["value"].to_numpy(dtype=np.float64),
        score=score_wide(stored, form.instrument)[scale.name].score,
        places=[(str(row.source_file), int(str(row.source_row))) for row in rows.itertuples()],
    )


def _items(instrument: Instrument, scale: Scale) -> list[int]:
    """Give the places of a scale's items, or of the items of the scales it is composed of."""
    return [item - 1 for part in ([instrument.scale(name) for name in scale.of] or [scale]) for item in part.items]


def _equal(supplied: FloatArray, other: FloatArray, written: FloatArray) -> NDArray[np.bool_]:
    """Tell where two numbers agree to the decimals in which the totals are written; a missing one never does."""
    tolerance = 0.5 * 10.0 ** -_decimals(written) + 1e-9
    return np.asarray(np.abs(supplied - other) <= tolerance)


def _decimals(values: FloatArray) -> int:
    """Give the decimals the totals are written with."""
    for decimals in range(MOST_DECIMALS):
        if np.allclose(values, np.round(values, decimals), rtol=0.0, atol=1e-9):
            return decimals
    return MOST_DECIMALS


def _agreement(compared: _Compared) -> Finding:
    people = len(compared.supplied)
    said = "the total of the 1 person" if people == 1 else f"the totals of all {people} people"
    return _finding(
        compared,
        "note",
        people,
        f"{said} in the column {compared.column} equal the score by the key",
        "a second computation of the same score agrees",
        NOTHING_TO_MEND,
    )


def _disagreement(compared: _Compared) -> Finding:
    differs = compared.differs
    number, people = int(differs.sum()), len(differs)
    severity: Severity = "warn" if compared.complete.any() and not (differs & compared.complete).any() else "refuse"
    pattern, why, mend = _explanation(compared, severity)
    of = "1 person" if people == 1 else f"{people} people"
    return _finding(
        compared,
        severity,
        number,
        f"in {number} of {of} the total in the column {compared.column} is not the score by the key "
        f"({_rows(compared)}); {pattern}",
        why,
        mend,
    )


def _rows(compared: _Compared) -> str:
    """Name the first rows that differ, in their files, so that they can be looked at."""
    places = [compared.places[n] for n in np.flatnonzero(compared.differs)]
    named = [f"row {row} of {file}" for file, row in sorted(places)[:ROWS_SHOWN]]
    more = len(places) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _explanation(compared: _Compared, severity: Severity) -> tuple[str, str, str]:
    """Give the usual pattern that fits most of those who differ, why it matters, and what to do."""
    name, differs = compared.form.instrument.name, compared.differs
    fits = {way: _equal(compared.supplied, other, compared.supplied) & differs for way, other in _ways(compared)}
    shares = {way: int(fit.sum()) for way, fit in fits.items()}
    best = max(shares, key=lambda way: shares[way])
    number = shares[best]
    mend = "work out one person's score by hand from the form and correct the study file or the export"
    if number < max(USUAL * int(differs.sum()), 1):
        pattern = "no usual pattern explains it"
    else:
        pattern = f"{'it is' if number == 1 else f'in {number} of them it is'} {best}"
        if best == _UNREVERSED:
            mend = f"look at one form: set already_reversed: true for {name} if the platform has reversed the items"
    if severity == "warn":
        why = "everybody who answered every item agrees, so key and codes are right; only the rule for missing differs"
        return pattern, why, NOTHING_TO_MEND
    why = "one of the two does not follow the published key, or they are totals of other people, items or codes"
    return pattern, why, f"{mend}; {accepting('DOC-TOTAL', name)}"


_UNREVERSED = "the score without reversing any item"


def _ways(compared: _Compared) -> Iterator[tuple[str, FloatArray]]:
    """Give the usual ways to another number: each in words, with what it gives for every person."""
    instrument, scale, stored = compared.form.instrument, compared.scale, compared.stored
    own = _items(instrument, scale)
    if compared.form.turned[own].any():
        unreversed = instrument.model_copy(update={"reverse": []})
        yield _UNREVERSED, score_wide(stored, unreversed)[scale.name].score
    yield from _other_sums(compared, own)
    for other, scored in score_wide(stored, instrument).items():
        if other != scale.name:
            yield f"the score of {other}", scored.score
    low, high = scale.range
    yield "the score in percent of its range", 100.0 * (compared.score - low) / (high - low)
    shift = _constant(compared)
    if shift > 0:
        yield f"{shift:g} more than the score", compared.score + shift
    elif shift < 0:
        yield f"{-shift:g} less than the score", compared.score + shift


def _other_sums(compared: _Compared, own: list[int]) -> Iterator[tuple[str, FloatArray]]:
    """Give sum for mean, blanks as 0 and the like; only for a scale of items."""
    scale, instrument = compared.scale, compared.form.instrument
    if scale.of:
        return
    keyed = reversed_by_key(compared.stored, instrument)[:, own]
    answered = (~np.isnan(keyed)).sum(axis=1)
    total = np.nansum(keyed, axis=1)
    mean = np.divide(total, answered, out=np.full(len(total), np.nan), where=answered > 0)
    blank_as_0 = total if scale.rule == "sum" else total / len(own)
    yield "the score with missing answers counted as 0", blank_as_0 * scale.multiply
    yield "a score from fewer answers than the manual asks for", _prorated(mean, scale, len(own))
    if len(own) > 1 and scale.rule == "sum":
        yield "the mean of the items, not their sum", mean
    elif len(own) > 1:
        yield "the sum of the items, not their mean", total
    if scale.multiply != 1:
        yield f"the score before it is multiplied by {scale.multiply:g}", compared.score / scale.multiply


def _prorated(mean: FloatArray, scale: Scale, n_items: int) -> FloatArray:
    return mean * (n_items if scale.rule == "sum" else 1) * scale.multiply


def _constant(compared: _Compared) -> float:
    """Give the difference that all who differ share, or 0."""
    apart = (compared.supplied - compared.score)[compared.differs & ~np.isnan(compared.score)]
    if len(apart) < FEWEST_FOR_A_CONSTANT:
        return 0.0
    shift = float(np.median(apart))
    shared = _equal(apart, np.full(len(apart), shift), compared.supplied)
    return round(shift, MOST_DECIMALS) if shared.mean() >= USUAL else 0.0


def _finding(compared: _Compared, severity: Severity, people: int, seen: str, why: str, mend: str) -> Finding:
    return Finding(
        code="DOC-TOTAL",
        severity=severity,
        scale=compared.scale.name,
        wave=compared.wave,
        people=people,
        seen=seen,
        why=why,
        mend=mend,
    )

"""Standardised effects of the published studies, each with its denominator and the warnings that belong to it.

They are for looking at beside a study of one's own, never for pooling: samples overlap, denominators
differ, and none of the studies allows for people of one group being alike.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import nan, sqrt

from balint_eval.published.check import FLAGGED, IMPLAUSIBLE, Check
from balint_eval.published.context import VERSUS, Pair, Study
from balint_eval.published.of_effects import STANDARDISED
from balint_eval.published.of_means import LARGEST_USUAL
from balint_eval.published.reproduce import recompute
from balint_eval.published.rows import PublishedRow, folder, read_published
from balint_eval.stats.effects import hedges_factor, noncentral_effect

BALINT = "Balint"
DIFFERENCE, CHANGE = "difference", "change"
PRE_POST = frozenset({"pre-post", "pre vs post", "paired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEffect:
    """One standardised effect in the direction of its scale.

    Attributes
    ----------
    row : int
        Line of the published table that it is computed from (the first, where there are two).
    construct : str
        What is measured, in the registry's words: empathy, burnout and so on.
    higher_is : str
        better or worse.
    rater : str
        Who rates; blank where that is not known.
    kind : str
        difference (between arms) or change (within one).
    pooled : bool
        From a meta-analysis.
    effect_name : str
        Names the denominator.
    effect, low, high : float
        95 % interval, of independent people; `nan` where it cannot be given.
    n : int
        People behind it; 0 where that is not printed.
    warning : str
        What to know before reading it.
    """

    row: int
    study: str
    doi: str
    design: str
    outcome: str
    instrument: str
    construct: str
    higher_is: str
    rater: str
    comparison: str
    kind: str
    pooled: bool
    effect_name: str
    effect: float
    low: float
    high: float
    n: int
    warning: str


def published_effects(rows: Sequence[PublishedRow] | None = None) -> list[PublishedEffect]:
    """Give every published effect that can be standardised.

    Parameters
    ----------
    rows : sequence of PublishedRow, optional
        By default the table that comes with the package.
    """
    return list(_of_the_package() if rows is None else _standardised(rows))


@cache
def _of_the_package() -> tuple[PublishedEffect, ...]:
    """Give those of the table that never changes, worked out once for all cohorts and studies of a process."""
    return tuple(_standardised(read_published()))


def _standardised(rows: Sequence[PublishedRow]) -> list[PublishedEffect]:
    flags = [check for check in recompute(rows) if check.verdict in FLAGGED]
    measured = _facts("outcomes.csv", "outcome")
    found = []
    for _, mine in groupby(sorted(rows, key=lambda row: row.study), key=lambda row: row.study):
        study = Study(sorted(mine, key=lambda row: row.line))
        everything = (*_from_pairs(study), *_from_t(study), *_from_pooled(study))
        made = [one for one in everything if one.row.outcome in measured]
        found += [_effect(one, measured[one.row.outcome], [*_twice(one, made)], flags) for one in made]
    return sorted(found, key=lambda effect: effect.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    row: PublishedRow
    kind: str
    name: str
    value: float
    low: float
    high: float
    n: int
    comparison: str
    pooled: bool = False
    warning: str = ""


def _from_pairs(study: Study) -> Iterator[_Made]:
    for pair in study.pairs():
        if pair.first.wave == "pre" and pair.second.wave == "post":
            yield _of_waves(pair)
        elif pair.usable and pair.first.arm == BALINT:
            yield _of_arms(pair)


def _of_arms(pair: Pair) -> _Made:
    first, second = pair.arms(0.0)
    root = sqrt(1.0 / first.n + 1.0 / second.n)
    df = first.n + second.n - 2
    spread = sqrt(((first.n - 1) * first.sd.low**2 + (second.n - 1) * second.sd.low**2) / df)
    t = (first.mean.low - second.mean.low) / (spread * root)
    found = noncentral_effect(_name(pair.first), t, df, root, 0.95)
    return _Made(
        row=pair.first, kind=DIFFERENCE, name=found.name, value=found.value, low=found.low, high=found.high,
        n=first.n + second.n, comparison=f"{pair.first.arm}{VERSUS}{pair.second.arm}",
    )  # fmt: skip


def _name(row: PublishedRow) -> str:
    return "g_change" if row.wave == "change" else "g_post"


def _of_waves(pair: Pair) -> _Made:
    first, second = pair.arms(0.0)
    n = pair.first.people or 0
    average = sqrt((first.sd.low**2 + second.sd.low**2) / 2.0)
    factor = hedges_factor(n - 1) if n > 2 else 1.0
    return _Made(
        row=pair.first, kind=CHANGE, name="d_av", value=factor * (second.mean.low - first.mean.low) / average,
        low=nan, high=nan, n=n, comparison="post vs pre",
        warning="no interval: the correlation of the waves is not printed"
        + ("" if n else "; not corrected for a small sample, because n is not printed"),
    )  # fmt: skip


def _from_t(study: Study) -> Iterator[_Made]:
    """Give the effect of tests between arms without means, from t and the numbers of people."""
    for row in study.of_kind("test"):
        arms = [study.people_in(arm) for arm in row.comparison.split(VERSUS)]
        if row.stat_name != "t" or study.pair_of(row) or len(arms) != 2 or not row.comparison.startswith(BALINT):
            continue
        if arms[0] and arms[1]:
            root = sqrt(1.0 / arms[0] + 1.0 / arms[1])
            found = noncentral_effect(_name(row), float(row.stat_value), sum(filter(None, arms)) - 2, root, 0.95)
            yield _Made(
                row=row, kind=DIFFERENCE, name=found.name, value=found.value, low=found.low, high=found.high,
                n=arms[0] + arms[1], comparison=row.comparison,
            )  # fmt: skip


def _from_pooled(study: Study) -> Iterator[_Made]:
    for row in study.of_kind("effect"):
        if row.stat_name not in STANDARDISED:
            continue
        mine = [one for one in study.of_kind("ci") if (one.outcome, one.arm) == (row.outcome, row.arm)]
        bounds = sorted(float(one.stat_value) for one in mine)
        low, high = bounds if len(bounds) == 2 else (nan, nan)
        of = f" ({row.arm})" if row.arm not in {"", "all"} else ""
        yield _Made(
            row=row, kind=CHANGE if row.comparison in PRE_POST else DIFFERENCE, name=row.stat_name,
            value=float(row.stat_value), low=low, high=high, n=0, comparison=f"{row.comparison}{of}".strip(),
            pooled=True, warning="a meta-analysis: holds single trials, perhaps those beside it",
        )  # fmt: skip


def _twice(made: _Made, others: Sequence[_Made]) -> Iterator[str]:
    """Say where one trial gives two effects of one outcome: the same people."""
    for other in others:
        same = (other.row.outcome, other.comparison) == (made.row.outcome, made.comparison)
        if same and other is not made and not made.pooled:
            yield f"the same people as row {other.row.line}"


def _effect(made: _Made, measured: Mapping[str, str], twice: Sequence[str], flags: Sequence[Check]) -> PublishedEffect:
    row = made.row
    warnings = [made.warning, *twice, *_flags_of(made, flags), *_overlaps_of(row.study)]
    if abs(made.value) > LARGEST_USUAL:
        warnings.insert(0, f"implausibly large: above {LARGEST_USUAL:g} look at the source")
    return PublishedEffect(
        row=row.line, study=row.study, doi=row.doi, design=row.design, outcome=row.outcome, instrument=row.instrument,
        construct=measured["construct"], higher_is=measured["higher_is"],
        rater=measured["rater"], comparison=made.comparison, kind=made.kind,
        pooled=made.pooled, effect_name=made.name, effect=made.value, low=made.low, high=made.high, n=made.n,
        warning="; ".join(warning for warning in warnings if warning),
    )  # fmt: skip


def _flags_of(made: _Made, flags: Sequence[Check]) -> Iterator[str]:
    """Say which numbers of the same study and outcome do not fit."""
    row = made.row
    for check in flags:
        same = (check.row.study, check.row.outcome) == (row.study, row.outcome)
        if same and not (check.verdict == IMPLAUSIBLE and check.check == "size"):
            yield f"row {check.row.line}: {check.compared} {check.printed} {check.verdict}".replace("  ", " ")


def _overlaps_of(study: str) -> Iterator[str]:
    for entry in _rows_of("overlaps.csv"):
        if entry["study"] == study:
            yield f"beside {entry['with']}: {entry['why']}"
        elif entry["with"] == study:
            yield f"beside {entry['study']}: {entry['why']}"


def _rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder() / name).read_text(encoding="utf-8").splitlines()))


def _facts(name: str, key: str) -> dict[str, dict[str, str]]:
    return {entry[key]: entry for entry in _rows_of(name)}

"""Comparisons as they are released: which rows may be shown, and which of their figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan

import pandas as pd

from balint_eval.disclosure.counts import band
from balint_eval.disclosure.log import Hidden
from balint_eval.disclosure.people import Behind, Row
from balint_eval.disclosure.rules import Limits
from balint_eval.disclosure.solve import Population, Shown, Sum
from balint_eval.kinds import CHANGE
from balint_eval.tables import ALL_COHORTS, records

PLANNED = frozenset({"change_cr2", "ancova_cr2", "level_cr2"})
"""Methods that are released; others rest on other people, or give groups equal weight (docs/confidentiality.md)."""
ROLES = ("primary", "secondary", "by_arm", "by_cohort")
MEANS = ("mean_pre", "mean_post", "estimate")
SPREAD = ("sd_pre", "sd_post", "effect")
INFERENCE = (
    "std_error", "df", "statistic", "p_value", "p_adjusted", "conf_low", "conf_high", "effect_low", "effect_high",
)  # fmt: skip
_OF_LEVELS = (*SPREAD, "effect_low", "effect_high")
"""Figures that tell how the scores at a wave spread, not only their changes."""
FIGURES = ("n_paired", *MEANS, *SPREAD, *INFERENCE)
_DECIMALS = 4
MOST_COHORT_ROWS = 60
"""Rows of single cohorts for one outcome; with more, what could be worked out from them is not tried."""
_COUNTS_PEOPLE = re.compile(r"\d+ (?:of \d+ )?(?:people|pairs|persons?)")

Known = Mapping[str, Sequence[Sum]]
"""Sums of earlier releases by instrument: scales of one instrument add up to each other, so they share their sums."""


@dataclass
class Sums:
    """What is shown of each instrument, for means and for spreads."""

    limits: Limits
    known: Known
    means: dict[str, Shown] = field(default_factory=dict)
    spreads: dict[str, Shown] = field(default_factory=dict)

    def of(self, instrument: str) -> tuple[Shown, Shown]:
        """Give what is shown of an instrument: means, and spreads."""
        if instrument not in self.means:
            known = self.known.get(instrument, ())
            self.means[instrument] = Shown(self.limits.smallest, [one for one in known if not _is_spread(one)])
            self.spreads[instrument] = Shown(self.limits.dispersion, filter(_is_spread, known))
        return self.means[instrument], self.spreads[instrument]

    def all_shown(self) -> dict[str, tuple[Sum, ...]]:
        """Give everything that is shown, by instrument, for the ledger."""
        return {name: (*shown.sums, *self.spreads[name].sums) for name, shown in sorted(self.means.items())}


_SQUARED = "²"


def _as_spread(one: Sum) -> Sum:
    """Give the sum of squares that belongs to a sum: of differences it is a thing of its own."""
    return Sum(((" - ".join(name for name, _ in one.parts) + _SQUARED, 1),), one.people)


def _is_spread(one: Sum) -> bool:
    return one.parts[0][0].endswith(_SQUARED)


def release_comparisons(comparisons: pd.DataFrame, behind: Behind, sums: Sums) -> tuple[pd.DataFrame, list[Hidden]]:
    """Choose what is shown of the planned comparisons.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        Contract `comparisons`.
    behind : Behind
    sums : Sums
        What is shown already; what is shown here is added.

    Returns
    -------
    frame, hidden : pandas.DataFrame, list of Hidden
        The rows of the planned methods in the columns of the contract, as numbers; a figure that is withheld is
        missing, and listed in `hidden`. Rows keep their numbers of people; `as_shown` bands them.
    """
    planned = comparisons["method"].isin(PLANNED) & comparisons["role"].isin(ROLES)
    kept = comparisons[planned].reset_index(drop=True)
    rows = [_Judged(place, row, behind.arms_of(row)) for place, row in enumerate(records(kept))]
    for judged in rows:
        _hide_unanimous(judged, behind, sums)
    many = _cohorts_beyond(rows)
    withheld = {
        judged.place: _withheld(judged, behind, sums, judged.place in many) for judged in sorted(rows, key=_priority)
    }
    hidden: list[Hidden] = []
    for judged in rows:
        people, found = band(judged.fewest, sums.limits.smallest), withheld[judged.place]
        # Errors last: whether they give a group away depends on all that is shown.
        for column, rule, threshold in (*found, *_errors_withheld(judged, behind, sums, found)):
            hidden.append(Hidden("comparisons", row_name(judged.row), column, rule, threshold, people))
    for column, places in _places(hidden, rows).items():
        if column != "n_paired":
            values = kept[column].to_numpy(copy=True)
            values[places] = nan
            kept[column] = values
    # More decimals would tell how many people a mean of whole scores was made of.
    kept = kept.round(dict.fromkeys((*MEANS, *SPREAD, *INFERENCE), _DECIMALS))
    kept["note"] = [_COUNTS_PEOPLE.sub("some people", str(note)) for note in kept["note"]]
    return kept, sorted(hidden, key=lambda one: (one.row, FIGURES.index(one.column)))


def _places(hidden: Sequence[Hidden], rows: Sequence[_Judged]) -> dict[str, list[int]]:
    """Give the places of the rows with a hidden figure, by column."""
    place = {row_name(judged.row): judged.place for judged in rows}
    found: dict[str, list[int]] = {}
    for one in hidden:
        found.setdefault(one.column, []).append(place[one.row])
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    place: int
    row: Row
    arms: tuple[Population, ...]

    @property
    def fewest(self) -> int:
        return min(map(len, self.arms))

    @property
    def waves(self) -> tuple[str, ...]:
        return tuple(str(wave) for wave in (self.row["wave_to"], self.row["wave_from"]) if wave)

    @property
    def levels(self) -> list[Sum]:
        """The sums of the scores at each wave."""
        return [Sum(((wave, 1),), arm) for arm in self.arms for wave in self.waves]

    @property
    def changes(self) -> list[Sum]:
        """The sums of the changes, which can be shown without the scores at either wave."""
        if len(self.waves) < 2:
            return []
        later, earlier = self.waves
        return [Sum(((later, 1), (earlier, -1)), arm) for arm in self.arms]


def _priority(judged: _Judged) -> tuple[bool, int, tuple[str, ...], int, str]:
    """Whole study first, planned roles first; of the cohorts the largest first, so that the next smallest is lost."""
    row = judged.row
    of_cohort = row["cohort"] != ALL_COHORTS
    later = () if of_cohort else (str(row["wave_to"]),)
    return of_cohort, ROLES.index(str(row["role"])), later, -judged.fewest, row_name(row)


def _cohorts_beyond(rows: Sequence[_Judged]) -> frozenset[int]:
    counts: dict[tuple[str, str], list[int]] = {}
    for judged in rows:
        if judged.row["cohort"] != ALL_COHORTS:
            counts.setdefault((judged.row["instrument"], judged.row["scale"]), []).append(judged.place)
    return frozenset(place for places in counts.values() if len(places) > MOST_COHORT_ROWS for place in places)


def _hide_unanimous(judged: _Judged, behind: Behind, sums: Sums) -> None:
    for arm in judged.arms:
        if arm and behind.all_alike(judged.row, arm):
            for one in (*judged.levels, *judged.changes):
                if one.people == arm:
                    sums.of(judged.row["instrument"])[0].hide(one)


Withheld = list[tuple[str, str, str]]
"""Column, rule and threshold of each figure that is withheld."""


def _withheld(judged: _Judged, behind: Behind, sums: Sums, many: bool) -> Withheld:
    limits, smallest = sums.limits, str(sums.limits.smallest)
    there = [name for name in FIGURES if isfinite(float(judged.row[name]))]
    if judged.fewest < limits.smallest:
        return [(name, "P1", smallest) for name in there]
    if any(behind.all_alike(judged.row, arm) for arm in judged.arms):
        # Their mean is everyone's score; the rule asks for no number of people.
        return [(name, "P4", "") for name in there]
    shown = [] if many else _means_shown(judged, sums)
    if not shown:
        return [(name, "P5", smallest) for name in there]
    only_changes = shown == judged.changes
    lost = [(name, "P5", smallest) for name in there if only_changes and name in (*MEANS[:2], *_OF_LEVELS)]
    further = [name for name in there if name not in {column for column, _, _ in lost}]
    return lost + _spread_withheld(judged, behind, sums, only_changes, further)


def _means_shown(judged: _Judged, sums: Sums) -> list[Sum]:
    """Give the sums that a row may show: those at its waves, else those of the changes alone, else none."""
    means = sums.of(judged.row["instrument"])[0]
    wanted = next((one for one in (judged.levels, judged.changes) if one and means.allows(one)), [])
    means.add(wanted)
    return wanted


def _spread_withheld(judged: _Judged, behind: Behind, sums: Sums, only_changes: bool, there: Sequence[str]) -> Withheld:
    """Withhold spreads of few people, and those that follow from others."""
    limits = sums.limits
    told = {"n_paired", *(MEANS if judged.row["kind"] == CHANGE else MEANS[:2])}
    if judged.fewest < limits.dispersion:
        return [(name, "P2", str(limits.dispersion)) for name in there if name not in told]
    if judged.fewest < limits.items and (judged.row["instrument"], judged.row["scale"]) in behind.single_items:
        return [(name, "P3", str(limits.items)) for name in there if name not in told]
    _, spreads = sums.of(judged.row["instrument"])
    changes = [_as_spread(one) for one in judged.changes]
    levels = [] if only_changes else [_as_spread(one) for one in judged.levels]
    withheld: Withheld = []
    if levels and not spreads.allows([*levels, *changes]):
        withheld = [(name, "P5", str(limits.dispersion)) for name in there if name in _OF_LEVELS]
        levels = []
    if not (levels or changes) or not spreads.allows([*levels, *changes]):
        return [(name, "P5", str(limits.dispersion)) for name in there if name not in told]
    spreads.add([*levels, *changes])
    return withheld


def _errors_withheld(judged: _Judged, behind: Behind, sums: Sums, withheld: Withheld) -> Withheld:
    """Withhold what is left of errors and tests where they would give a small group away."""
    smallest, already = sums.limits.smallest, {column for column, _, _ in withheld}
    left = [name for name in INFERENCE if name not in already and isfinite(float(judged.row[name]))]
    if not left:
        return []
    alone = [one.people for one in sums.of(judged.row["instrument"])[0].sums]
    gives_away = any(behind.names_a_group(arm, alone, smallest) for arm in judged.arms)
    return [(name, "P5", str(smallest)) for name in left] if gives_away else []


def row_name(row: Row) -> str:
    """Name a row of `comparisons` in the log."""
    return f"{row['cohort']} · {row['instrument']} · {row['scale']} · {row['contrast']}"


def as_shown(released: pd.DataFrame, hidden: Sequence[Hidden], smallest: int) -> pd.DataFrame:
    """Give the comparisons as people see them: marks in place of figures, numbers of people of cohorts in bands.

    Parameters
    ----------
    released, hidden
        Of `release_comparisons`.
    smallest : int

    Returns
    -------
    pandas.DataFrame
        Of text and numbers; `n_pre` and `n_post` are bands, because beside the pairs they would count who left.
    """
    shown = released.astype(object)
    whole = released["cohort"] == ALL_COHORTS
    for column in ("n_pre", "n_post"):
        shown[column] = [band(int(people), smallest) for people in released[column]]
    shown["n_paired"] = shown["n_paired"].where(whole, [band(int(people), smallest) for people in shown["n_paired"]])
    places = {row_name(row): place for place, row in enumerate(records(released))}
    marks: dict[str, dict[int, str]] = {}
    for one in hidden:
        marks.setdefault(one.column, {})[places[one.row]] = one.mark
    gone = dict.fromkeys(marks.get("n_paired", {}), "")
    for column, found in {**marks, "n_pre": gone, "n_post": gone, "n_groups": gone}.items():
        cells = [found.get(place, value) for place, value in enumerate(shown[column])]
        shown[column] = pd.Series(cells, index=shown.index, dtype=object)
    return shown


def claims_of(claims: pd.DataFrame, released: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Give the claims whose comparison is shown with all that the claim rests on."""
    keys = ["cohort", "instrument", "scale", "contrast", "method"]
    before = planned.set_index(keys)["conf_low"]
    told = {
        tuple(row[key] for key in keys)
        for row in records(released)
        if row["cohort"] == ALL_COHORTS
        and isfinite(row["estimate"])
        and (isfinite(row["conf_low"]) or not isfinite(before.loc[tuple(row[key] for key in keys)]))
    }
    kept = [tuple(row[key] for key in keys) in told for row in records(claims)]
    return claims.loc[pd.Series(kept, index=claims.index, dtype=bool)].reset_index(drop=True)

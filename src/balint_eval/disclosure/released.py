"""The tables of a release from the tables of a study: every one that leaves passes here, the others stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.disclosure import comparisons as compared
from balint_eval.disclosure import counted
from balint_eval.disclosure.log import COLUMNS, Hidden, Summary, is_mark, summarise
from balint_eval.disclosure.people import Behind, namer
from balint_eval.disclosure.rules import Limits
from balint_eval.disclosure.solve import Sum
from balint_eval.kinds import CHANGE
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, empty_table, records


@dataclass(frozen=True)
class Released:
    """What a release shows.

    Attributes
    ----------
    shown : mapping of name to pandas.DataFrame
        The tables as people see them, with marks in place of hidden figures; the files of `tables/`.
    numbers : mapping of name to pandas.DataFrame
        Contract tables without anything hidden, for sentences and figures: `comparisons` and `claims` of the whole
        study, `descriptives` of its pairs, `outcomes`, `levels`.
    hidden : tuple of Hidden
        Every cell that is not shown as it is.
    summaries : mapping of name to Summary
    sums : mapping of instrument to Sum
        Whose scores were added up: what the ledger keeps.
    comments : object
        Number of comments as shown.
    """

    shown: Mapping[str, pd.DataFrame]
    numbers: Mapping[str, pd.DataFrame]
    hidden: tuple[Hidden, ...]
    summaries: Mapping[str, Summary]
    sums: Mapping[str, tuple[Sum, ...]]
    comments: object

    def log(self) -> pd.DataFrame:
        """Give `disclosure_log.csv`: no number of people and no hidden figure stands in it."""
        return pd.DataFrame([one.as_record() for one in self.hidden], columns=list(COLUMNS), dtype=object)

    def of_figures(self) -> Mapping[str, pd.DataFrame]:
        """Give the tables that figures are drawn from: without rows of which the interval is withheld."""
        rows = self.numbers["comparisons"]
        return {**self.numbers, "comparisons": rows[rows["conf_low"].notna()]}

    def redacted(self) -> int:
        """Count the cells with a mark in all tables."""
        return sum(int(frame.map(is_mark).to_numpy().sum()) for frame in self.shown.values())


def release_tables(
    tables: Mapping[str, pd.DataFrame],
    limits: Limits,
    *,
    trait: str = "",
    items: bool = True,
    comments: int,
    known: Mapping[str, Sequence[Sum]] | None = None,
    mark: Callable[[str], str] = lambda name: name,
) -> Released:
    """Make the tables of a release.

    Parameters
    ----------
    tables : mapping of name to pandas.DataFrame
        Contract tables: participants, responses, scores, comparisons, claims, outcomes, levels, item_counts, quality,
        flow.
    limits : Limits
    trait : str
        Column of `participants` whose levels are counted; blank for none. More than one at a time is never given.
    items : bool
        Whether answers to single items are shown.
    comments : int
        Comments that were written.
    known : mapping of instrument to Sum, optional
        What earlier releases have shown.
    mark : function from pseudonym to name
        Names of people in `sums` and `known`.

    Returns
    -------
    Released
    """
    behind = Behind.of(tables["scores"], tables["participants"], mark)
    sums = compared.Sums(limits, known or {})
    rows, hidden = compared.release_comparisons(tables["comparisons"], behind, sums)
    text = compared.as_shown(rows, hidden, limits.smallest)
    shown = {"comparisons": text, "outcomes": tables["outcomes"], "levels": tables["levels"]}
    parts = {
        "people": counted.people_of_waves(tables["flow"], len(tables["participants"]), limits),
        "reliability": counted.reliability(tables["quality"], limits),
    }
    instruments = frozenset(rows["instrument"])
    if items:
        parts["answers"] = counted.answers_to_items(tables["item_counts"], instruments, limits)
    if trait:
        parts["trait"] = counted.one_trait(tables["participants"], trait, limits)
    told, about_comments = counted.comments_counted(comments, limits)
    shown |= {name: frame for name, (frame, _) in parts.items()}
    by_table = {"comparisons": hidden, **{name: found for name, (_, found) in parts.items()}}
    numbers = _numbers(tables, rows)
    shown["claims"] = numbers["claims"]
    answered = _answered(tables, instruments, mark) if items else {}
    return Released(
        shown=shown,
        numbers=numbers,
        hidden=(*(one for found in by_table.values() for one in found), *_banded(text), *about_comments),
        summaries={name: summarise(found, len(shown[name]), _FIGURES[name]) for name, found in by_table.items()},
        sums={**sums.all_shown(), **answered},
        comments=told,
    )


_FIGURES: Mapping[str, tuple[str, ...]] = {
    "comparisons": compared.FIGURES,
    "people": ("people",),
    "answers": ("people", "share"),
    "trait": ("people",),
    "reliability": counted.RELIABILITY,
}
"""Columns that hold figures about people."""


def _banded(shown: pd.DataFrame) -> list[Hidden]:
    """Log the numbers of people that are given as bands."""
    found = []
    for row in records(shown):
        for column in ("n_pre", "n_post", "n_paired"):
            value = row[column]
            if isinstance(value, str) and value and not is_mark(value):
                found.append(Hidden("comparisons", compared.row_name(row), column, "P7", "", value, "banded"))
    return found


def _answered(
    tables: Mapping[str, pd.DataFrame], compared_too: frozenset[str], mark: Callable[[str], str]
) -> dict[str, tuple[Sum, ...]]:
    """Give who answered each form that is shown item by item, for the ledger."""
    responses = tables["responses"].dropna(subset=["value"])
    forms = set(tables["item_counts"]["instrument"]) - compared_too
    named = namer(tables["participants"], mark)
    found: dict[str, dict[str, set[str]]] = {}
    for row in records(responses[responses["instrument"].isin(forms)][["cohort", "person_id", "wave", "instrument"]]):
        person = {"cohort": row["cohort"], "person_id": str(row["person_id"]).split("#")[0]}
        found.setdefault(row["instrument"], {}).setdefault(row["wave"], set()).add(named(person))
    return {
        form: tuple(Sum(((wave, 1),), frozenset(people)) for wave, people in sorted(waves.items()))
        for form, waves in found.items()
    }


def _numbers(tables: Mapping[str, pd.DataFrame], rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give what sentences and figures are made from: nothing hidden, nothing of single cohorts."""
    whole = rows[(rows["cohort"] == ALL_COHORTS) & (rows["estimate"].notna() | rows["mean_post"].notna())]
    whole = check_table(whole.assign(n_pre=whole["n_paired"], n_post=whole["n_paired"]), "comparisons")
    claims = compared.claims_of(tables["claims"], whole, tables["comparisons"])
    return {
        "comparisons": whole,
        "claims": check_table(claims, "claims"),
        "descriptives": _means_of_pairs(whole),
        "outcomes": tables["outcomes"],
        "levels": tables["levels"],
    }


def _means_of_pairs(whole: pd.DataFrame) -> pd.DataFrame:
    """Give the means of the pairs of each arm at both waves, one pair of waves an arm, as `descriptives`."""
    changes = whole[(whole["kind"] == CHANGE) & whole["mean_pre"].notna() & whole["mean_post"].notna()]
    found = []
    for row in records(changes.drop_duplicates(["instrument", "scale", "arm"])):
        place = {name: row[name] for name in ("cohort", "arm", "instrument", "scale")}
        for wave, mean, spread in (("wave_from", "mean_pre", "sd_pre"), ("wave_to", "mean_post", "sd_post")):
            found.append(place | {"wave": row[wave], "n": row["n_paired"], "mean": row[mean], "sd": row[spread]})
    if not found:
        return empty_table("descriptives")
    return check_table(pd.DataFrame(found).reindex(columns=TABLES["descriptives"].names), "descriptives")

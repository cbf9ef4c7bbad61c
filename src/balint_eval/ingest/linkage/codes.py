"""The codes of one cohort, gathered from its files and its roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.ingest.linkage.elements import Code, code_of, join_parts
from balint_eval.ingest.linkage.persons import Entry, Occasion, Place
from balint_eval.ingest.text import is_blank
from balint_eval.study_exports import Export, Roster
from balint_eval.study_model import Linkage

ROSTER = ""
"""Occasion of the roster; no wave can have this name."""


@dataclass(frozen=True)
class Codes:
    """Every code of a cohort.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a row of a file: occasion, file, row, raw_id, parted, group, code (tuple of tidied elements), key.
    """

    table: pd.DataFrame

    def occasions(self, waves: Sequence[str]) -> list[Occasion]:
        """Give the codes of the roster and of each wave, in time, no key twice."""
        found = []
        for name in (ROSTER, *waves):
            rows = self.table[self.table["occasion"] == name]
            groups = rows.groupby("key")["group"].max()
            first = rows.drop_duplicates("key")[["key", "code"]].itertuples(index=False)
            found.append(Occasion(name, [Entry(key, code, groups[key]) for key, code in first]))
        return found

    def by_place(self) -> dict[Place, Code]:
        """Give the code of every occasion and key."""
        rows = self.table[["occasion", "key", "code"]].itertuples(index=False)
        return {(occasion, key): code for occasion, key, code in rows}

    def places(self) -> dict[Place, dict[str, object]]:
        """Give the first row of every occasion and key."""
        first = self.table.drop_duplicates(["occasion", "key"])
        return {(str(row["occasion"]), str(row["key"])): dict(row) for _, row in first.iterrows()}


def raw_ids(cells: pd.DataFrame, columns: dict[str, str], source: Export | Roster) -> pd.Series:
    """Give the id or code of each row as it is written; `""` where nothing is.

    Parameters
    ----------
    cells : pandas.DataFrame
    columns : dict of the study file's column names to the sheet's
    source : Export or Roster
        Several columns, one an element, become one text.
    """
    if not source.code_columns:
        return cells[columns[source.person_id]].map(lambda text: "" if is_blank(text) else text)
    parts = [cells[columns[name]].map(lambda text: "" if is_blank(text) else text) for name in id_columns(source)]
    joined = [join_parts(row) for row in pd.concat(parts, axis="columns").itertuples(index=False)]
    return pd.Series(joined, index=cells.index, dtype=object)


def id_columns(source: Export | Roster) -> list[str]:
    """Give the columns with the id: one, or one an element of the code."""
    return [source.person_id] if source.person_id else [entry.column for entry in source.code_columns]


def gather(rows: pd.DataFrame, linkage: Linkage) -> Codes:
    """Tidy the codes and give each a key.

    Parameters
    ----------
    rows : pandas.DataFrame
        occasion, file, row, raw_id, parted, group; in the order of files and rows.
    linkage : Linkage

    Returns
    -------
    Codes
        Complete codes that are equal share a key. Incomplete ones never do: within an occasion they are numbered.
    """
    written = rows[["raw_id", "parted"]].itertuples(index=False)
    codes = [code_of(raw, linkage, parted=parted) for raw, parted in written]
    table = rows.assign(code=pd.Series(codes, index=rows.index, dtype=object))
    table = table.assign(key=["|".join(code) for code in codes])
    incomplete = pd.Series([not all(code) for code in codes], index=rows.index, dtype=bool)
    number = table.groupby(["occasion", "key"]).cumcount() + 1
    numbered = table["key"] + "|#" + number.astype(str)
    return Codes(table.assign(key=table["key"].mask(incomplete & (number > 1), numbered)))

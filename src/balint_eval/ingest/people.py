"""Who took part: group, arm, site and role of each person, from the roster or from the exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from balint_eval.errors import DataError, Problem, cell_shown, masked
from balint_eval.ingest.linkage.codes import id_columns, raw_ids
from balint_eval.ingest.personal import personal_kind
from balint_eval.ingest.ranges import range_problems
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.rows import resolve_columns
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.text import clean_text, is_blank
from balint_eval.study import StudyFile
from balint_eval.study_model import Cohort

ATTRIBUTES = ("group", "arm", "site", "role")


@dataclass(frozen=True)
class People:
    """The participants table of a cohort and what is wrong with it."""

    participants: pd.DataFrame
    problems: list[Problem]


def read_roster(file: StudyFile, cohort: Cohort, pseudonym: Callable[[str], str]) -> pd.DataFrame | None:
    """Read the list of people enrolled.

    Returns
    -------
    pandas.DataFrame or None
        person_id, raw_id, group, arm, site, role and the covariates, index = line; None when the cohort has no roster.

    Raises
    ------
    DataError
        A column is missing, an id is blank or stands twice.
    """
    roster = cohort.roster
    if roster is None:
        return None
    sheet = read_export(file.path(roster.file), shown_as=roster.file, platform="plain")
    names = {name: getattr(roster, name) for name in ATTRIBUTES}
    wanted = [*id_columns(roster), *(name for name in (*names.values(), *roster.covariates) if name)]
    columns, problems = resolve_columns(sheet, wanted)
    if problems:
        raise DataError(problems)
    ids = raw_ids(sheet.cells, columns, roster)
    faults = [
        *_id_faults(ids, roster.file, id_columns(roster)[0], pseudonym),
        *_personal_faults(sheet, {name: columns[name] for name in roster.covariates}, roster.file),
        *range_problems(sheet.cells, columns, roster),
    ]
    if faults:
        raise DataError(faults)
    given = {name: sheet.cells[columns[source]].map(clean_text) for name, source in names.items() if source}
    extra = {name: sheet.cells[columns[name]].map(clean_text) for name in roster.covariates}
    blank = dict.fromkeys((name for name in ATTRIBUTES if name not in given), "")
    return pd.DataFrame({**given, **extra, "person_id": ids.map(pseudonym), "raw_id": ids}).assign(**blank)


def _personal_faults(sheet: Sheet, covariates: Mapping[str, str], file: str) -> Iterator[Problem]:
    """Refuse covariates that tell who a person is: they would stand in the tables of the results."""
    for name, column in covariates.items():
        if kind := personal_kind(column, sheet.cells[column]):
            what = f"this column looks like what tells who a person is ({kind}), and covariates are kept in the results"
            mend = "take it out of covariates (the age or year of birth serves in place of the date)"
            yield Problem("PV-PERSONAL", what, mend, file, 1, name)


def _id_faults(ids: pd.Series, file: str, column: str, pseudonym: Callable[[str], str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row, raw in ids.items():
        line = int(str(row))
        if is_blank(raw):
            yield Problem(
                "LK-BLANK", "the person id is blank", "complete the id, or delete the row", file, line, column
            )
            continue
        person = pseudonym(raw)
        if person in first:
            what = f"this person stands twice in the roster, first in row {first[person]}"
            yield Problem("LK-DUP", what, "delete one of the rows", file, line, column, masked(raw))
        first.setdefault(person, line)


def assign_people(file: StudyFile, cohort: Cohort, seen: pd.DataFrame, roster: pd.DataFrame | None) -> People:
    """Give every enrolled person one group and one arm.

    Parameters
    ----------
    file : StudyFile
    cohort : Cohort
    seen : pandas.DataFrame
        What the exports say: person_id, raw_id, wave, group, arm, file, row.
    roster : pandas.DataFrame or None
        When there is one, only the people on it are enrolled; others are counted as not enrolled.

    Returns
    -------
    People
        With the `participants` table; group ids carry the cohort's name, so that group 1 of two cohorts
        never becomes one group.
    """
    problems = list(_moves(seen)) if roster is None else []
    people = _from_exports(seen) if roster is None else _completed(roster, cohort, seen)
    people = people.assign(arm=people["arm"].map(lambda arm: arm or _only_arm(file, cohort)))
    people = people.assign(group=cohort.group) if cohort.group else people
    problems += list(_arm_faults(people, file, cohort))
    people = people.assign(
        cohort=cohort.name, group_id=people["group"].map(lambda name: f"{cohort.name}/{name}" if name else "")
    )
    problems += list(_group_faults(people, cohort))
    columns = ["cohort", "person_id", "group_id", "arm", "site", "role"]
    extra = list(cohort.roster.covariates) if cohort.roster else []
    return People(people[columns + extra].reset_index(drop=True), problems)


def _from_exports(seen: pd.DataFrame) -> pd.DataFrame:
    given = seen[["person_id", "group", "arm"]].replace("", None)
    return given.groupby("person_id", sort=True).first().fillna("").reset_index().assign(site="", role="")


def _completed(roster: pd.DataFrame, cohort: Cohort, seen: pd.DataFrame) -> pd.DataFrame:
    """Take group and arm from the exports where the roster has no column for them."""
    said = _from_exports(seen).set_index("person_id")
    lacking = [name for name in ("group", "arm") if cohort.roster and not getattr(cohort.roster, name)]
    return roster.assign(**{name: roster["person_id"].map(said[name]).fillna("") for name in lacking})


def _only_arm(file: StudyFile, cohort: Cohort) -> str:
    return cohort.arm or (file.study.arms[0].name if len(file.study.arms) == 1 else "")


def _moves(seen: pd.DataFrame) -> Iterator[Problem]:
    for attribute in ("group", "arm"):
        given = seen[seen[attribute] != ""]
        places = given.drop_duplicates(["person_id", attribute])
        moved = places.loc[places["person_id"].duplicated(), "person_id"]
        for _, rows in given[given["person_id"].isin(moved)].groupby("person_id", sort=False):
            first = rows.iloc[0]
            other = rows[rows[attribute] != first[attribute]].iloc[0]
            what = (
                f"the person {masked(str(first['raw_id']))} is in the {attribute} '{cell_shown(first[attribute])}' "
                f"here and in '{cell_shown(other[attribute])}' in row {other['row']} of {other['file']}"
            )
            mend = "correct one of the rows, or give the cohort a roster"
            yield Problem("LK-MOVED", what, mend, str(first["file"]), int(first["row"]))


def _arm_faults(people: pd.DataFrame, file: StudyFile, cohort: Cohort) -> Iterator[Problem]:
    arms = [arm.name for arm in file.study.arms]
    where = cohort.roster.file if cohort.roster else cohort.exports[0].file
    for arm, rows in people.groupby("arm"):
        if arm in arms:
            continue
        number = f"{len(rows)} {'person has' if len(rows) == 1 else 'people have'}"
        name = str(arm)
        what = (
            f"{number} the arm '{cell_shown(name)}', which the study file does not have" if name else f"{number} no arm"
        )
        mend = f"use one of: {', '.join(arms)}"
        yield Problem("VAL-ARM", what, mend, where, 0, _arm_column(cohort), cell_shown(name))


def _arm_column(cohort: Cohort) -> str:
    return cohort.roster.arm if cohort.roster else cohort.exports[0].arm


def _group_faults(people: pd.DataFrame, cohort: Cohort) -> Iterator[Problem]:
    where = cohort.roster.file if cohort.roster else cohort.exports[0].file
    for arm, rows in people.groupby("arm"):
        # A whole arm may have no groups: people on a waiting list often have none.
        blank = int((rows["group_id"] == "").sum())
        if 0 < blank < len(rows):
            what = (
                f"{blank} of {len(rows)} people of the arm '{cell_shown(str(arm))}' have no group, the others have one"
            )
            column = cohort.roster.group if cohort.roster else cohort.exports[0].group
            yield Problem("VAL-GROUP", what, "name the group of each of them", where, 0, column)
    for group, rows in people[people["group_id"] != ""].groupby("group"):
        if rows["arm"].nunique() > 1:
            what = f"the group '{cell_shown(str(group))}' has people of {rows['arm'].nunique()} arms"
            yield Problem("VAL-GROUP", what, "give each arm groups of its own", where)

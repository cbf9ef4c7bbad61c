"""Rules for the linkage: every export and roster says whose a row is, and codes can be taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from balint_eval.settings_words import Location
from balint_eval.study_items import Fault

if TYPE_CHECKING:
    from balint_eval.study import StudyFile
    from balint_eval.study_exports import Export, Roster
    from balint_eval.study_model import Cohort, Linkage

FEWEST_ELEMENTS = 3
"""With two elements, one off would mean that a single element joins two people."""


def linkage_faults(file: StudyFile) -> Iterator[Fault]:
    """Give what is wrong with the linkage of a study."""
    linkage = file.study.linkage
    if linkage.method == "code":
        yield from _element_faults(linkage)
    for c, cohort in enumerate(file.study.cohorts):
        yield from _cohort_faults(cohort, linkage, ("cohorts", c))


def _element_faults(linkage: Linkage) -> Iterator[Fault]:
    names = [element.name for element in linkage.elements]
    at: Location = ("linkage", "elements")
    if len(names) < FEWEST_ELEMENTS:
        what = f"a code needs at least {FEWEST_ELEMENTS} elements and {len(names)} are declared"
        yield at, "CFG-ELEMENTS", what, "declare each element of the code, or set linkage.method to exact"
    for place, name in enumerate(names):
        if name in names[:place]:
            yield (*at, place, "name"), "CFG-ELEMENTS", f"the element '{name}' is declared twice", "keep one"


def _cohort_faults(cohort: Cohort, linkage: Linkage, at: Location) -> Iterator[Fault]:
    for e, export in enumerate(cohort.exports):
        yield from _source_faults(export, linkage, (*at, "exports", e))
    if cohort.roster:
        yield from _source_faults(cohort.roster, linkage, (*at, "roster"))
    if cohort.linkage_decisions and linkage.method == "exact":
        what = "there is nothing to decide: linkage.method is exact"
        yield (*at, "linkage_decisions"), "CFG-LINKAGE", what, "set linkage.method to code, or remove the key"


def _source_faults(source: Export | Roster, linkage: Linkage, at: Location) -> Iterator[Fault]:
    if not source.person_id and not source.code_columns:
        # An export says so itself, when it is read.
        what = "the roster does not say whose a row is"
        yield at, "CFG-NOLINK", what, "name the column of the id or code under person_id:, or code_columns:"
    elif source.person_id and source.code_columns:
        what = "the code is given twice, as person_id and as code_columns"
        yield (*at, "code_columns"), "CFG-LINKAGE", what, "keep one of the two"
    elif source.code_columns:
        yield from _column_faults(source, linkage, (*at, "code_columns"))
    elif linkage.method == "code" and not linkage.separator:
        yield from _length_faults(linkage)


def _column_faults(source: Export | Roster, linkage: Linkage, at: Location) -> Iterator[Fault]:
    wanted, given = [element.name for element in linkage.elements], [entry.element for entry in source.code_columns]
    if linkage.method == "exact":
        yield at, "CFG-LINKAGE", "code_columns need linkage.method: code", "set it, or name one column as person_id"
    elif given != wanted:
        what = f"the columns are those of {', '.join(given)} and the code is made of {', '.join(wanted)}"
        yield at, "CFG-ELEMENTS", what, "list one column an element, in the order of linkage.elements"


def _length_faults(linkage: Linkage) -> Iterator[Fault]:
    for place, element in enumerate(linkage.elements):
        if not element.length and element.kind not in {"day", "month"}:
            what = f"a code in one column cannot be cut: the length of '{element.name}' is not known"
            mend = "give its length, or linkage.separator where a sign stands between the elements"
            yield ("linkage", "elements", place), "CFG-ELEMENTS", what, mend

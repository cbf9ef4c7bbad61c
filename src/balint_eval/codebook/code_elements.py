"""What a codebook says of self-made codes: their elements, and the columns in which each was asked."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from balint_eval.codebook.model import ColumnRow
from balint_eval.codebook.read import CodebookFile
from balint_eval.codebook.words import sheet_name
from balint_eval.errors import Problem, shown
from balint_eval.settings_words import Location

SHEET = sheet_name("elements", "en")


@dataclass
class SaidOfCode:
    """What a codebook says of the linkage of a study.

    Attributes
    ----------
    keys : dict
        Keys of `linkage`, as a study file would give them; empty where no element is listed.
    places : dict of path in the study file to location in the codebook
    problems : list of Problem
    """

    keys: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def say_linkage(codebook: CodebookFile) -> SaidOfCode:
    """Turn the elements of a codebook into keys of `linkage`.

    Parameters
    ----------
    codebook : CodebookFile

    Returns
    -------
    SaidOfCode
        With `method: code`, for ids that were given out have no elements.
    """
    said, rows = SaidOfCode(), codebook.book.elements
    if not rows:
        return said
    said.keys = {
        "method": "code",
        "elements": [{"name": row.element, "kind": row.kind, "length": row.length} for row in rows],
    }
    said.places = {"linkage.elements": ("elements", 0, "element")}
    for at in range(len(rows)):
        path = f"linkage.elements.{at}"
        said.places |= {path: ("elements", at, "length"), f"{path}.name": ("elements", at, "element")}
    signs = [(at, row.separator) for at, row in enumerate(rows) if row.separator]
    if signs:
        said.keys["separator"] = signs[0][1]
        said.problems += _other_signs(signs, len(rows), codebook)
    return said


def _other_signs(signs: Sequence[tuple[int, str]], number: int, codebook: CodebookFile) -> Iterator[Problem]:
    """Refuse a code that is held together by two signs: it could not be taken apart."""
    first = signs[0][1]
    for at, sign in signs:
        if sign != first:
            what = f"this sign is not the one after the element above ({shown(first)}): one sign parts all elements"
            place = ("elements", at, "separator")
            yield codebook.places.problem("CFG-ELEMENTS", what, "write the same sign", place, sign)
    lacking = [at for at in range(number - 1) if at not in dict(signs)]
    if lacking:
        what = "no sign stands after this element, and after another one there is a sign"
        mend = f"write {shown(first)} after each element but the last"
        yield codebook.places.problem("CFG-ELEMENTS", what, mend, ("elements", lacking[0], "separator"))


def say_code_columns(
    rows: Sequence[tuple[int, ColumnRow]], file: str, elements: Sequence[str], codebook: CodebookFile
) -> tuple[list[dict[str, str]], list[Problem]]:
    """Give the columns of one export that ask for one element each, in the order of the code.

    Parameters
    ----------
    rows : sequence of (position, ColumnRow)
        Those with the use `code_element`.
    file : str
        The export.
    elements : sequence of str
        Names of the elements of the code, in their order.
    codebook : CodebookFile

    Returns
    -------
    columns : list of dict
        `element` and `column`; empty where there are problems.
    problems : list of Problem
    """
    if rows and not elements:
        what = f"this column asks for an element of the code, and the sheet '{SHEET}' lists none"
        mend = "write one row there for each element, in the order of the code"
        return [], [codebook.places.problem("CFG-ELEMENTS", what, mend, ("columns", rows[0][0], "use"))]
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for position, row in rows:
        at: Location = ("columns", position, "element")
        fault = _element_fault(row.element, file, elements, found)
        if fault:
            problems.append(codebook.places.problem(*fault, at, row.element))
        found.setdefault(row.element, row.column)
    lacking = [name for name in elements if name not in found]
    if rows and lacking and not problems:
        what = f"no column of {file} asks for {_named(lacking)} of the code"
        mend = (
            f"give that column the use 'code element', or take the element off the sheet '{SHEET}'; "
            "an element has to be asked in every file"
        )
        problems.append(codebook.places.problem("CFG-ELEMENTS", what, mend, ("columns", rows[0][0], "element")))
    columns = [] if problems else [{"element": name, "column": found[name]} for name in elements if name in found]
    return columns, problems


def _element_fault(
    name: str, file: str, elements: Sequence[str], found: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Say what is wrong with the element of one column: code, what, mend."""
    if not name:
        return "CFG-BLANK", "it is not said which element of the code this column asks for", "choose it from the list"
    if name not in elements:
        close = difflib.get_close_matches(name, elements, 1, 0.6)
        mend = f"did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(elements)}"
        return "CFG-REFERENCE", f"the sheet '{SHEET}' has no element of this name", mend
    if name in found:
        what = f"two columns of {file} ask for this element of the code"
        return "CFG-ELEMENTS", what, "correct one, or set its use to ignore"
    return None


def _named(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"

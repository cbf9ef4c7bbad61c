"""KoboToolbox: XML names or labels in the header, groups as `group/question`, perhaps a row of HXL tags."""

from __future__ import annotations

from collections import Counter

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, counted, listed
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header

META = frozenset(
    {"_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "_tags", "_index"}
)
"""Columns the platform adds; their names are the same in every language."""
CHILD = frozenset({"_parent_index", "_parent_table_name", "_submission__id", "_submission__uuid"})
"""Columns of a repeated group, which stands on a sheet of its own."""

REJECTED = frozenset({"not approved", "validation_status_not_approved"})
HXL_MARK = "#"


def is_kobotoolbox(grid: Grid) -> bool:
    """Tell a KoboToolbox export by three of the columns that the platform adds."""
    names = {cell.strip() for cell in grid.header}
    return len(names & META) >= 3 or "_parent_index" in names


def arrange(grid: Grid) -> Layout:
    """Take the header as it is; a question in a group answers to its own name as well.

    Notes
    -----
    A response that a person marked "Not approved" is left out as `not_approved`. A question with several
    answers stands in the file as one text and as a column an option; both stay.
    """
    names = tidy_names(grid)
    rows = 2 if _has_tags(grid) else 1
    at = {name: place for place, name in enumerate(names) if name in META}
    return Layout(
        platform="kobotoolbox",
        names=list(grid.header),
        header_rows=rows,
        keys=_question_names(names),
        started="start" if "start" in names else "",
        ended=next((name for name in ("end", "_submission_time") if name in names), ""),
        reason=lambda record: _reason(record, at),
        notes=tuple(_notes(grid, names, rows, at)),
        problems=(*foreign_header(grid), *_child_problems(grid, names)),
    )


def _has_tags(grid: Grid) -> bool:
    """Tell a second header row of HXL tags, such as `#date+start`."""
    tags = [cell for cell in grid.records[1] if cell] if len(grid.records) > 1 else []
    return bool(tags) and all(tag.startswith(HXL_MARK) and " " not in tag.strip() for tag in tags)


def _question_names(names: list[str]) -> dict[str, str]:
    """Give the last part of `group/question` where it is unique; an option of a question is none."""
    known = set(names)
    parts = {name: name.rpartition("/") for name in names}
    last = {name: part for name, (group, mark, part) in parts.items() if mark and part and group not in known}
    often = Counter([*last.values(), *names])
    return {name: part for name, part in last.items() if often[part] == 1}


def _reason(record: Record, at: dict[str, int]) -> str:
    place = at.get("_validation_status")
    status = record[place].strip().casefold() if place is not None and place < len(record) else ""
    return "not_approved" if status in REJECTED else ""


def _notes(grid: Grid, names: list[str], rows: int, at: dict[str, int]) -> list[str]:
    notes = ["The second row holds HXL tags and is no response."] if rows == 2 else []
    known = set(names)
    options = Counter(group for name in names if (group := name.rpartition("/")[0]) in known)
    if options:
        shown = listed([f"{name} ({counted(number, 'option')})" for name, number in options.items()], 5)
        notes.append(f"Questions with several answers stand as one text and as a column an option: {shown}.")
    place = at.get("_validation_status")
    held = [r for r in grid.records[rows:] if place is not None and "hold" in "".join(r[place : place + 1]).casefold()]
    if held:
        notes.append(f"{counted(len(held), 'response is', 'responses are')} marked On hold and used.")
    return notes


def _child_problems(grid: Grid, names: list[str]) -> list[Problem]:
    if not CHILD & set(names):
        return []
    what = "this is the table of a repeated group: one row a repetition, and no column with the person"
    mend = "name the sheet with the responses under `sheet:`, or export without the repeated group"
    return [Problem("IN-PLATFORM", what, mend, grid.file)]

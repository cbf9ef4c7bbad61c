"""LimeSurvey: question codes, question texts or both in one header row, or names from a syntax file.

Header modes, names of the columns about the response, the marker 1980-01-01 and `-oth-` are those of the
exporter's source (LimeSurvey 3 to 6, `application/helpers/admin/export`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, counted
from balint_eval.ingest.readers.layout import Layout, cells_at, count_cells
from balint_eval.ingest.readers.plain import foreign_header
from balint_eval.ingest.text import clean_header, is_blank, tidy_header

META_TEXTS = {
    "response id": "id",
    "date submitted": "submitdate",
    "last page": "lastpage",
    "start language": "startlanguage",
    "seed": "seed",
    "date started": "startdate",
    "date last action": "datestamp",
    "ip address": "ipaddr",
    "referrer url": "refurl",
    "access code": "token",
}
"""English header texts of the columns about the response, and the code each stands for."""
META = frozenset(META_TEXTS.values())

ANONYMOUS_MOMENT = "1980-01-01"
NOT_ASKED, OTHER = ("N/A", "n/a"), "-oth-"
NOT_SHOWN = "{question_not_shown}"
SEEN = 50

_CODE_AND_TEXT = re.compile(r"(?P<code>[A-Za-z]\w*(?:\[[^\]]*\]){0,3})\. ?(?P<text>.*)", re.DOTALL)
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]+)*")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?")


def is_limesurvey(grid: Grid) -> bool:
    """Tell a LimeSurvey export by its columns about the response, in whatever language and header mode."""
    codes = set(_codes([tidy_header(cell) for cell in grid.header]))
    named = len(codes & META)
    if ("submitdate" in codes and named > 2) or {"lastpage", "startlanguage"} <= codes:
        return True
    return _looks_translated(grid) or _is_vv(grid)


def _codes(names: list[str]) -> list[str]:
    """Give the code each header stands for, in any header mode; a question text stands for itself."""
    plain = [clean_header(name).casefold().replace("_", " ") for name in names]
    split = _split(names)
    by_text = [META_TEXTS.get(text, "") for text in plain]
    return [code or meta or name for (code, _), meta, name in zip(split, by_text, names, strict=True)]


def _split(names: list[str]) -> list[tuple[str, str]]:
    """Give code and text of each header where headers hold both, else blanks."""
    found = [_CODE_AND_TEXT.fullmatch(name) for name in names]
    # Without the columns about the response every header must be a code with its text.
    both = any(match and match["code"] in META for match in found) or (bool(found) and all(found))
    return [(match["code"], match["text"]) if both and match else ("", "") for match in found]


def _looks_translated(grid: Grid) -> bool:
    """Tell full texts in another language by the first four columns: number, moment, page, language."""
    people = [record[:4] for record in grid.records[1 : SEEN + 1] if len(record) > 4]
    if not people or len(grid.header) < 5:
        return False
    numbers, moments, pages, languages = zip(*people, strict=True)
    return (
        all(cell.isdigit() for cell in numbers)
        and len(set(numbers)) == len(numbers)
        and any(moments)
        and all(_MOMENT.fullmatch(cell) for cell in moments if cell)
        and all(cell.isdigit() for cell in pages if cell)
        and all(_LANGUAGE.fullmatch(cell) for cell in languages)
    )


def _is_vv(grid: Grid) -> bool:
    return len(grid.records) > 1 and "submitdate" in grid.records[1] and "lastpage" in grid.records[1]


def arrange(grid: Grid) -> Layout:
    """Take question codes as names where the header has them, else question texts.

    Notes
    -----
    `G01Q01[SQ001]` answers to `G01Q01_SQ001` as well, and the other way round.
    """
    header = [tidy_header(cell) for cell in grid.header]
    split = _split(header)
    names = [code or name for name, (code, _) in zip(header, split, strict=True)]
    texts = {name: text for name, (_, text) in zip(names, split, strict=True) if text}
    at = _meta_positions(grid, header)
    people = grid.records[1:]
    return Layout(
        platform="limesurvey",
        names=names if any(texts) else list(grid.header),
        labels=texts,
        keys={name: other for name in names if (other := other_spelling(name)) != name},
        started=_name_at(names, at, "startdate"),
        ended=_ended(names, at, people),
        reason=lambda record: _reason(record, at),
        notes=tuple(_notes(people, at)),
        problems=tuple(_problems(grid)),
    )


def other_spelling(name: str) -> str:
    """Give the code of a question part as LimeSurvey's other option writes it.

    Examples
    --------
    >>> other_spelling("G01Q01[SQ001]"), other_spelling("G01Q01_SQ001")
    ('G01Q01_SQ001', 'G01Q01[SQ001]')
    """
    if "[" in name:
        return _BRACKETS.sub(r"_\1", name)
    question, mark, part = name.rpartition("_")
    return f"{question}[{part}]" if mark and question and part else name


def _meta_positions(grid: Grid, header: list[str]) -> dict[str, int]:
    positions = {code: at for at, code in enumerate(_codes(header)) if code in META}
    if not positions and _looks_translated(grid):
        return {"id": 0, "submitdate": 1, "lastpage": 2, "startlanguage": 3}
    return positions


def _name_at(names: list[str], at: Mapping[str, int], code: str) -> str:
    return names[at[code]] if code in at else ""


def _ended(names: list[str], at: Mapping[str, int], people: Sequence[Record]) -> str:
    """Give the column with the moment of sending; not the one that anonymising has made alike."""
    dated = "submitdate" in at and any(not _anonymous(cell) for cell in cells_at(people, at["submitdate"]) if cell)
    return _name_at(names, at, "submitdate" if dated else "datestamp")


def _anonymous(cell: str) -> bool:
    return cell.startswith(ANONYMOUS_MOMENT)


def _reason(record: Record, at: Mapping[str, int]) -> str:
    place = at.get("submitdate")
    return "unfinished" if place is not None and place < len(record) and is_blank(record[place]) else ""


def _notes(people: Sequence[Record], at: Mapping[str, int]) -> list[str]:
    notes = []
    if "submitdate" not in at:
        notes.append("There is no column submitdate, so unfinished responses cannot be told from finished ones.")
    elif any(map(_anonymous, cells_at(people, at["submitdate"]))):
        notes.append("submitdate is 1980-01-01, LimeSurvey's mark of an anonymised survey: no date is read from it.")
    asked = set(range(len(people[0]) if people else 0)) - set(at.values())
    if number := count_cells(people, NOT_ASKED, asked):
        notes.append(
            f"{counted(number, 'cell holds', 'cells hold')} N/A, which LimeSurvey writes for no answer; "
            "missing_codes: [N/A] reads them so."
        )
    if number := count_cells(people, [OTHER], asked):
        notes.append(f"{counted(number, 'cell holds', 'cells hold')} -oth-, LimeSurvey's code of the answer 'other'.")
    return notes


def _problems(grid: Grid) -> list[Problem]:
    if _is_vv(grid) or any(NOT_SHOWN in record for record in grid.records[:SEEN]):
        what = "this is a LimeSurvey VV file, made to be read back into LimeSurvey"
        mend = "export the responses as CSV (Responses, Export, Export responses)"
        return [Problem("IN-PLATFORM", what, mend, grid.file)]
    return foreign_header(grid)

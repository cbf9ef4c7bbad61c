"""Rows that are not people: headers pasted again, totals, notes below the table, no header at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from balint_eval.errors import Problem, masked
from balint_eval.ingest.grid import XLS_ROWS, XLSX_ROWS, Grid, Record, counted, escaped, limit_problem, listed
from balint_eval.ingest.packed import column_of
from balint_eval.ingest.readers.layout import Layout
from balint_eval.ingest.sheet_rules import header_region
from balint_eval.ingest.text import clean_text

_SUMMARY_WORDS = """
total, totals, average, averages, mean, means, median, sum, count, subtotal, maximum, minimum,
summe, gesamt, gesamtsumme, mittelwert, durchschnitt, moyenne, somme, promedio, suma, totale,
media, összesen, átlag, összeg, جمع, مجموع, میانگین, متوسط, میانه, المجموع, المتوسط, grand
total, total score, total scores, total responses, average score, mean score, mean (sd), std
dev, std. dev., standard deviation, جمع کل, انحراف معیار
"""
TOTAL_WORDS = frozenset(word.strip() for word in _SUMMARY_WORDS.replace("\n", " ").split(","))
"""First cells that name a summary, casefolded, without colon."""

NOTE_LENGTH = 40
NOTE_WORDS = 6
LONG_TEXT = 15
LOOKED_AT = 300
"""Responses compared with the first rows to tell headers from answers."""

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")
_MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_NUMBERED = re.compile(r"([^\W\d_]{2,}[-_ ]?)[0-9]{2,}")
"""A code made of letters and a number of at least two digits."""
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_TOTALS = frozenset(clean_text(word).casefold().strip(".") for word in TOTAL_WORDS)


def row_problems(grid: Grid, layout: Layout) -> list[Problem]:
    """Give all problems of the rows of one file: IN-NOROWS, IN-XLSLIMIT, IN-TOTALROW and their like."""
    headers, people = grid.records[: layout.header_rows], grid.records[layout.header_rows :]
    if not people:
        return [_no_rows(grid, layout)]
    lines = grid.lines[layout.header_rows :]
    found = _limits(grid, len(people))
    first_cells = {header[0] for header in headers}
    for at in _worth_a_look(column_of(people, 0), first_cells):
        line, record = lines[at], people[at]
        if record[0] in first_cells and _repeats(record, headers):
            found.append(_header_again(line, grid.file))
        elif _is_total(record):
            found.append(_total_row(line, grid.file))
        elif _is_note(record):
            found.append(_note_row(line, grid.file))
    return found


def _worth_a_look(cells: list[str], first_cells: set[str]) -> list[int]:
    """Give the positions of the rows whose first cell does not already say that they are people."""
    texts = set(cells)
    unlike_ids = [cell for cell in texts if not cell[-1:].isdigit() or len(cell) > NOTE_LENGTH]
    odd = {cell for cell in unlike_ids if not cell or cell.isspace() or len(cell) > NOTE_LENGTH or _names_a_total(cell)}
    odd |= texts & first_cells
    return [at for at, cell in enumerate(cells) if cell in odd] if odd else []


def header_problems(grid: Grid, layout: Layout) -> list[Problem]:
    """Give HD-NONE or IN-HEADERROWS for a table of which one header row is expected."""
    people = grid.records[layout.header_rows : layout.header_rows + LOOKED_AT]
    if layout.header_rows != 1 or not people:
        return []
    if _looks_like_data(grid.header, people):
        return [_no_header(grid)]
    return [_second_header(grid)] if len(people) > 2 and _looks_like_texts(people[0], people[1:]) else []


def _no_rows(grid: Grid, layout: Layout) -> Problem:
    if not grid.records:
        blank = next((note for note in grid.notes if "blank row" in note), "the file is empty")
        what = f"the file holds no row with anything in it ({blank.rstrip('.')})"
    else:
        names = listed([f"'{escaped(name, 30)}'" for name in layout.names[:5]], 5)
        what = f"the file holds a header ({counted(len(grid.header), 'column')}, {names}) and no response"
    return Problem("IN-NOROWS", what, "export again once there are responses, or name another file", grid.file)


def _limits(grid: Grid, people: int) -> list[Problem]:
    counts = {len(grid.records), people, grid.lines[-1] if grid.spreadsheet else people}
    limits = (("IN-XLSLIMIT", XLS_ROWS), ("IN-XLSXLIMIT", XLSX_ROWS))
    return [limit_problem(code, limit, grid.file) for code, limit in limits if limit in counts]


def _repeats(record: Record, headers: Sequence[Record]) -> bool:
    filled = sum(map(bool, record))
    same = (sum(1 for a, b in zip(record, header, strict=False) if a and a == b) for header in headers)
    return any(number >= 2 and number * 2 >= filled for number in same) or record in headers


def _header_again(line: int, file: str) -> Problem:
    what = "the row repeats the header"
    mend = "delete it; where two exports were pasted together give both files"
    return Problem("IN-HEADERAGAIN", what, mend, file, line)


def _is_total(record: Record) -> bool:
    return _names_a_total(next((cell for cell in record if cell and not cell.isspace()), ""))


def _names_a_total(cell: str) -> bool:
    if len(cell) > 24 or cell[:1].isdigit() or cell[-1:].isdigit():
        return False
    plain = cell if cell.isascii() else clean_text(cell)
    return plain.strip(" \t:=.").casefold() in _TOTALS


def _total_row(line: int, file: str) -> Problem:
    what = "the row begins with a word for a total or an average, so it is not a person"
    mend = "delete the row; if it is a person, give that person another code"
    return Problem("IN-TOTALROW", what, mend, file, line)


def _is_note(record: Record) -> bool:
    first = record[0]
    return len(record) > 2 and len(first) > NOTE_LENGTH and not any(record[1:]) and len(first.split()) >= NOTE_WORDS


def _note_row(line: int, file: str) -> Problem:
    what = "the row holds one sentence in its first cell and nothing else, so it is not a person"
    return Problem("IN-TOTALROW", what, "delete explanations below or above the table", file, line)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(clean_text(cell)) is not None


def _shape(cell: str) -> str:
    return _DIGITS.sub("9", _LETTERS.sub("a", cell.strip()))


def _looks_like_data(header: Record, people: Sequence[Record]) -> bool:
    """Tell a first row of answers: an id or a moment like those below it, beside numbers."""
    if any(_MAIL.fullmatch(cell.strip()) for cell in header):
        return True
    numbers = [clean_text(cell) for cell in header if _is_number(cell)]
    mostly = len(numbers) * 2 >= len(header) - 1 > 0
    if mostly and len(set(numbers)) * 2 <= len(numbers):
        return True
    if _same_shape(header, people) and (mostly or _MOMENT.fullmatch(header[0].strip()) is not None):
        return True
    columns = list(zip(header, *people, strict=False))
    return bool(numbers) and any(_one_of_them(column[0].strip(), column[1:]) for column in columns)


def _one_of_them(cell: str, below: Sequence[str]) -> bool:
    """Tell a moment among moments, or a code such as `PINE007` among codes with the same letters."""
    if _MOMENT.fullmatch(cell):
        return _most(below, lambda text: _MOMENT.fullmatch(text.strip()) is not None)
    code = _NUMBERED.fullmatch(cell)
    return code is not None and _most(below, lambda text: _same_series(text.strip(), code[1]))


def _same_series(text: str, letters: str) -> bool:
    found = _NUMBERED.fullmatch(text)
    return found is not None and found[1] == letters


def _most(texts: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return sum(map(holds, texts)) * 10 >= len(texts) * 6


def _same_shape(header: Record, people: Sequence[Record]) -> bool:
    shape = _shape(header[0])
    shapes = Counter(_shape(record[0]) for record in people)
    return "9" in shape and shapes[shape] * 10 >= len(people) * 6


def _no_header(grid: Grid) -> Problem:
    what = f"the first row holds answers, not column names; it begins with {masked(grid.header[0])}"
    return Problem("HD-NONE", what, "put a row with the column names above it", grid.file, grid.lines[0])


def _looks_like_texts(second: Record, others: Sequence[Record]) -> bool:
    """Tell a second header row: words above numbers, or long texts above short answers."""
    columns = list(zip(second, *others, strict=False))
    numeric = [column for column in columns if (below := {*column[1:]} - {""}) and all(map(_is_number, below))]
    above = [column[0] for column in numeric if _LETTERS.search(column[0])]
    if len(above) >= 2 and len(above) * 2 >= len(numeric) and len(set(above)) * 2 > len(above):
        return sum(map(len, above)) >= 12 * len(above)
    long = [column for column in columns if _is_long_above_short(column)]
    return len(long) >= 3 and len(long) * 2 >= len(columns)


def _is_long_above_short(column: Sequence[str]) -> bool:
    text, rest = column[0], max(map(len, column[1:]))
    return len(text) >= LONG_TEXT and " " in text and rest > 0 and len(text) > 1.5 * rest


def _second_header(grid: Grid) -> Problem:
    what = f"the second row holds texts, not answers, so there are two header rows; {header_region(grid.records)}"
    mend = "set the `platform` it comes from, or delete the row of texts"
    return Problem("IN-HEADERROWS", what, mend, grid.file, grid.lines[1])

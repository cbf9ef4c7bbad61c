"""A codebook from its file: cells to the model, every fault with its place."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from balint_eval.codebook.model import KINDS, LONGEST_ELEMENT, USES, Codebook
from balint_eval.codebook.words import OPTIONAL, OPTIONAL_OF, SHEETS, Heading, choice_of, heading_of, sheet_of, word
from balint_eval.errors import DataError, Problem, StudyError, cell_shown, shown
from balint_eval.settings_words import Location
from balint_eval.strict_yaml import Document, read_yaml, validate

_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_CHOSEN = {"columns": ("use",), "answers": ("code",), "waves": ("wave",), "elements": ("kind",)}


@dataclass(frozen=True)
class Places:
    """Where each value of a codebook stands.

    Attributes
    ----------
    file : str
        The codebook as shown to people.
    rows : mapping of (section, position) to row of the sheet
        Empty for YAML.
    sheets : mapping of section to (name of the sheet, field to heading as written)
    document : Document or None
        The YAML document.
    """

    file: str
    rows: Mapping[tuple[str, int], int] = field(default_factory=dict)
    sheets: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    document: Document | None = None

    def problem(self, code: str, what: str, mend: str, at: Location, value: str = "") -> Problem:
        """Give a problem with its place: file and line and key, or file, sheet, row and column."""
        if self.document is not None:
            key = ".".join(str(part) for part in at)
            return Problem(code, what, mend, self.file, self.document.line(at), key, value)
        section, position, name = (*at, "", "", "")[:3]
        sheet, headings = self.sheets.get(str(section), (str(section), {}))
        row = self.rows.get((str(section), int(position)), 0) if isinstance(position, int) else 1
        return Problem(code, what, mend, f"{self.file}, sheet {sheet}", row, headings.get(str(name), str(name)), value)


@dataclass(frozen=True)
class CodebookFile:
    """A codebook that fits its model, with the places of its values."""

    book: Codebook
    places: Places


def read_codebook(path: Path, shown_as: str = "") -> CodebookFile:
    """Read `codebook.xlsx` or `codebook.yaml`.

    Parameters
    ----------
    path : Path
    shown_as : str
        The file as messages name it.

    Returns
    -------
    CodebookFile

    Raises
    ------
    StudyError
        With every cell that cannot be: file, sheet, row, column, value and what to do.
    """
    shown_as = shown_as or path.as_posix()
    if path.suffix.casefold() in {".yaml", ".yml"}:
        document = read_yaml(path, shown_as)
        return CodebookFile(validate(Codebook, document), Places(shown_as, document=document))
    if path.suffix.casefold() != ".xlsx":
        what = "a codebook is a workbook (.xlsx) or a YAML file (.yaml)"
        raise StudyError(Problem("CFG-CODEBOOK", what, "save it as .xlsx, or name the right file", shown_as))
    return _from_workbook(path, shown_as)


def _from_workbook(path: Path, shown_as: str) -> CodebookFile:
    values, places, problems = _sections(path, shown_as)
    if problems:
        raise StudyError(problems)
    try:
        return CodebookFile(Codebook.model_validate(values), places)
    except ValidationError as error:
        faults = {_cell(fault["loc"]): fault for fault in reversed(error.errors())}
        found = [_in_words(fault, at, values, places) for at, fault in faults.items()]
        raise StudyError(sorted(found, key=lambda problem: (problem.file, problem.row))) from None


def _sections(path: Path, shown_as: str) -> tuple[dict[str, list[dict[str, Any]]], Places, list[Problem]]:
    """Read every sheet of the codebook as mappings of field to text; blank cells are left out."""
    from balint_eval.ingest.source import read_source
    from balint_eval.ingest.workbook import read_workbook, sheet_names

    try:
        content = read_source(path, shown_as).content
        named = {sheet_of(name): name for name in sheet_names(content, file=shown_as)}
    except DataError as error:
        raise StudyError(error.problems) from None
    if "columns" not in named:
        what = "the workbook has no sheet 'columns'"
        mend = "name the sheet with one row a column of the export so, or write the codebook again with init"
        raise StudyError(Problem("CFG-CODEBOOK", what, mend, shown_as))
    values: dict[str, list[dict[str, Any]]] = {}
    rows: dict[tuple[str, int], int] = {}
    sheets: dict[str, tuple[str, Mapping[str, str]]] = {}
    problems: list[Problem] = []
    for section in (section for section in SHEETS if section in named):
        name = named[section]
        try:
            grid = read_workbook(content, file=f"{shown_as}, sheet {name}", sheet=name)
        except DataError as error:
            problems += error.problems
            continue
        headings, faults = _headings(section, grid.header, grid.file)
        problems += [*grid.problems, *faults]
        sheets[section] = (name, {key: grid.header[at] for at, key in headings.items()})
        values[section] = []
        for line, record in zip(grid.lines[1:], grid.records[1:], strict=True):
            rows[section, len(values[section])] = line
            values[section].append(_row(section, record, headings))
    return values, Places(shown_as, rows, sheets), problems


def _headings(section: str, header: Sequence[str], file: str) -> tuple[dict[int, str], list[Problem]]:
    """Find the columns by their headings, in either language; a needed one that is not there is a problem."""
    found: dict[int, str] = {}
    problems = []
    for at, text in enumerate(header):
        key = heading_of(section, text)
        if key and key in found.values():
            problems.append(Problem("CFG-CODEBOOK", "this heading stands twice", "delete one", file, 1, text))
        elif key:
            found[at] = key
    optional = OPTIONAL | OPTIONAL_OF.get(section, frozenset())
    needed = [heading for heading in SHEETS[section] if heading.key not in optional]
    problems += [_no_heading(heading, header, file) for heading in needed if heading.key not in found.values()]
    return found, problems


def _no_heading(heading: Heading, header: Sequence[str], file: str) -> Problem:
    what = f"the sheet has no column '{heading.en}' (Persian: '{heading.fa}') in row 1"
    close = difflib.get_close_matches(heading.en, [text for text in header if text], 1, 0.6)
    mend = f"is it the column headed {shown(close[0], 30)}?" if close else "head a column so"
    return Problem("CFG-CODEBOOK", what, mend, file, 1)


def _row(section: str, record: Sequence[str], headings: Mapping[int, str]) -> dict[str, Any]:
    cells = {key: record[at].strip() for at, key in headings.items() if record[at].strip()}
    known = {heading.key for heading in SHEETS[section]} - {"suggestion", "allowed", "times", "rows"}
    row: dict[str, Any] = {key: text for key, text in cells.items() if key in known}
    for key in _CHOSEN.get(section, ()):
        if key in row:
            row[key] = choice_of(row[key])
    for key in ("already_reversed", "key_confirmed"):
        if key in row:
            row[key] = _YES.get(choice_of(row[key]).casefold(), row[key])
    return row


def _cell(location: Sequence[Any]) -> Location:
    """Give section, position and field: pydantic adds the names of types behind them."""
    return tuple(location[:3])


def _in_words(fault: Any, at: Location, values: Mapping[str, Any], places: Places) -> Problem:  # noqa: ANN401
    section, position, name = (*at, "", "", "")[:3]
    if len(at) < 3 or not isinstance(position, int):
        what = "the codebook names no column of any export"
        return places.problem("CFG-CODEBOOK", what, "write one row a column, or take the key codebook: away", at)
    written = str(values[str(section)][position].get(name, ""))
    what, mend = _expected(str(name), blank=fault["type"] == "missing")
    code = "CFG-BLANK" if fault["type"] == "missing" else "CFG-CHOICE"
    choices = [word(choice, "en") for choice in (USES if name == "use" else KINDS)]
    close = difflib.get_close_matches(written.casefold(), choices, 1, 0.6)
    if name in {"use", "kind"} and close:
        mend = f"did you mean '{close[0]}'?"
    return places.problem(code, what, mend, at, cell_shown(written))


def _expected(name: str, *, blank: bool) -> tuple[str, str]:
    """Say what a cell must hold."""
    uses, kinds = (", ".join(word(choice, "en") for choice in choices) for choices in (USES, KINDS))
    texts = {
        "use": ("it is not said what this column is", "this is not a use of a column", f"choose one of: {uses}"),
        "code": (
            "",
            "this is neither a number nor the word missing",
            "write the instrument's code, or the word missing where the text means no answer",
        ),
        "element": (
            "the element has no name",
            "this cannot be the name of an element",
            "write a short name of letters, such as mother",
        ),
        "kind": ("it is not said what this element is", "this is not a kind of element", f"choose one of: {kinds}"),
        "length": (
            "",
            "this is not the number of signs of an element",
            f"write a whole number up to {LONGEST_ELEMENT}, or leave the cell blank",
        ),
        "separator": ("", "this is more than one sign", "write one sign, such as -, or leave the cell blank"),
        "item": ("the number of the item is not given", "this is not the number of an item", "write a whole number"),
    }
    if name in {"already_reversed", "key_confirmed"}:
        return "this is neither yes nor no", "write yes, or leave the cell blank"
    if name in texts:
        without, wrong, mend = texts[name]
        return (without if blank else wrong), mend
    return (f"the cell '{name}' is blank", "fill it, or delete the row") if blank else ("this cannot be", "correct it")

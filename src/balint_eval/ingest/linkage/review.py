"""The review sheet: pairs of codes that may be one person, laid side by side for a person to decide.

It holds codes and therefore lies in `restricted/` only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import compress
from math import prod
from typing import TYPE_CHECKING

from balint_eval.ingest.linkage.elements import BETWEEN, Code, cut_code
from balint_eval.ingest.linkage.persons import DIFFERENT, SAME, UNDECIDED, Decision, Place, Question
from balint_eval.study_model import Linkage

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHEET, HELP = "pairs", "how to"
DECISION, MARK = "decision", "mark (leave as it is)"
CHOICES = (SAME, DIFFERENT, UNDECIDED)
_LEADING = (DECISION, "proposal", "what is seen", "by chance", "elements that differ")
_HELP = (
    "Each row shows two codes that may have been made by the same person.",
    "In the column 'decision' choose: same, different, or undecided. Leave the other columns as they are.",
    "Cells that differ are coloured. A blank element counts as different.",
    "'proposal' says which pairs fit best when everybody gets at most one partner. It is a proposal; you decide.",
    "'by chance' says in how many pairs of different people the elements that agree here would agree by chance.",
    "Choose 'same' only for a reason you could name: a slip of the hand, a name spelled in two ways, two alphabets.",
    "If two rows fit equally well and nothing else is known, choose 'undecided': these people stay unlinked.",
    "Never choose by looking at the answers: the comparison would be bent.",
    "Then save the file and name it in the study file, under the cohort, as the command says (linkage_decisions:).",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the sheet: two places, what is known of them, and the decision so far."""

    earlier: Place
    later: Place
    decision: str
    proposal: str
    seen: str
    chance: str

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.decision == UNDECIDED


def mark_of(earlier: Place, later: Place) -> str:
    """Give the mark that ties a row of the sheet to two codes at two times: 12 + 12 hexadecimal digits."""
    return "-".join(hashlib.sha256("\n".join(place).encode()).hexdigest()[:12] for place in (earlier, later))


def rows_to_show(
    questions: Sequence[Question],
    decisions: Sequence[Decision],
    codes: Mapping[Place, Code],
    chances: Sequence[float],
) -> list[Shown]:
    """Give the rows of the sheet: what was decided, then what is open.

    Parameters
    ----------
    questions, decisions : sequences
    codes : mapping of place to code
    chances : sequence of float
        Chance, for each element, that two different people agree.
    """
    done = [
        Shown(
            d.earlier,
            d.later,
            SAME if d.same else DIFFERENT,
            "",
            "decided",
            _chance(d.earlier, d.later, codes, chances),
        )
        for d in decisions
    ]
    known = {(d.earlier, d.later) for d in decisions}
    asked = [
        Shown(q.earlier, q.later, UNDECIDED, "yes" * q.suggested, _seen(q), _chance(q.earlier, q.later, codes, chances))
        for q in questions
        if (q.earlier, q.later) not in known
    ]
    return done + asked


def _seen(question: Question) -> str:
    parts = [f"{question.off} element{'s' * (question.off != 1)} differ{'s' * (question.off == 1)}"]
    if question.off == 0:
        parts = ["all elements agree"]
    if question.alphabet:
        parts.append("letters of another alphabet")
    if question.rivals:
        parts.append(f"{question.rivals} other code{'s fit' if question.rivals > 1 else ' fits'} as well")
    return "; ".join(parts)


def _chance(earlier: Place, later: Place, codes: Mapping[Place, Code], chances: Sequence[float]) -> str:
    pairs = zip(codes[earlier], codes[later], chances, strict=True)
    chance = prod(share for one, other, share in pairs if one and one == other)
    return f"1 in {round(1 / chance):,} pairs".replace(",", "\u202f")


def write_review(
    rows: Sequence[Shown],
    places: Mapping[Place, Mapping[str, object]],
    linkage: Linkage,
    words: Mapping[str, str] | None = None,
) -> bytes:
    """Give the review sheet as an XLSX file.

    Parameters
    ----------
    rows : sequence of Shown
    places : mapping of place to its first row
        file, row, raw_id, parted, code.
    linkage : Linkage
    words : mapping of mark to str
        Decisions to carry over for pairs that are open.

    Returns
    -------
    bytes
        Every cell is text, so that a spreadsheet runs nothing that somebody typed into a form.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = SHEET
    _write_row(sheet, 1, headers(linkage))
    for number, shown in enumerate(rows, 2):
        carried = (words or {}).get(mark_of(shown.earlier, shown.later), shown.decision)
        decision = carried if shown.open and carried in CHOICES else shown.decision
        _write_row(sheet, number, [decision, *_cells(shown, places, linkage)])
        _colour(sheet, number, places[shown.earlier], places[shown.later])
    _finish(sheet, len(rows))
    _write_help(book.create_sheet(HELP))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def headers(linkage: Linkage) -> list[str]:
    """Give the first row of the sheet."""
    elements = [f"{element.name}, {side}" for element in linkage.elements for side in ("first", "second")]
    where = [f"{what}, {side}" for side in ("first", "second") for what in ("wave", "file", "row")]
    return [*_LEADING, *elements, *where, MARK]


def _cells(shown: Shown, places: Mapping[Place, Mapping[str, object]], linkage: Linkage) -> list[str]:
    first, second = places[shown.earlier], places[shown.later]
    parts = _parts(first, linkage), _parts(second, linkage)
    names = [element.name for element in linkage.elements]
    differing = ", ".join(compress(names, differences(first, second)))
    where = [
        text for place in (first, second)
        for text in (str(place["occasion"]) or "roster", str(place["file"]), str(place["row"]))
    ]  # fmt: skip
    return [
        shown.proposal, shown.seen, shown.chance, differing,
        *(side[number] for number in range(len(names)) for side in parts), *where, mark_of(shown.earlier, shown.later),
    ]  # fmt: skip


def differences(first: Mapping[str, object], second: Mapping[str, object]) -> list[bool]:
    """Say for each element whether it differs; a blank one does."""
    codes = zip(first["code"], second["code"], strict=True)  # type: ignore[call-overload]
    return [not one or one != other for one, other in codes]


def _parts(place: Mapping[str, object], linkage: Linkage) -> list[str]:
    """Give the elements as they were written; a code that does not have the declared form stands in the first."""
    raw, wanted = str(place["raw_id"]), len(linkage.elements)
    parts = raw.split(BETWEEN) if place["parted"] else cut_code(raw, linkage)
    return parts if len(parts) == wanted else [raw, *[""] * (wanted - 1)]


def _write_row(sheet: Worksheet, number: int, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(number, column)
        cell.value = _writable(text)
        # Text even where it begins with a sign a spreadsheet would run as a formula.
        cell.data_type, cell.number_format = "s", "@"


def _writable(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " or sign in {"\t", "\n"})


def _colour(sheet: Worksheet, number: int, first: Mapping[str, object], second: Mapping[str, object]) -> None:
    from openpyxl.styles import PatternFill

    fill = PatternFill("solid", fgColor="FFFFE0B2")
    for place, differs in enumerate(differences(first, second)):
        for side in (1, 2) if differs else ():
            sheet.cell(number, len(_LEADING) + 2 * place + side).fill = fill


def _finish(sheet: Worksheet, n_rows: int) -> None:
    """Add what helps a person: the drop-down, a frozen first row, widths."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=f'"{",".join(CHOICES)}"', allow_blank=True, showErrorMessage=True)
    choice.error = "Choose same, different or undecided."
    sheet.add_data_validation(choice)
    choice.add(f"A2:A{max(n_rows + 1, 2)}")
    sheet.freeze_panes = "B2"
    for column, cell in enumerate(sheet[1], 1):
        cell.font = Font(bold=True)
        # Every heading is longer than what is written for a blank cell.
        longest = max(len(str(row[0].value)) for row in sheet.iter_rows(min_col=column, max_col=column))
        sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, 45)


def _write_help(sheet: Worksheet) -> None:
    for number, line in enumerate(_HELP, 1):
        _write_row(sheet, number, [line])
    sheet.column_dimensions["A"].width = 120

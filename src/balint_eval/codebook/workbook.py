"""A codebook as a workbook: drop-downs, frozen headings, English or Persian, the same bytes for the same content."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from balint_eval.codebook.model import KINDS, USES
from balint_eval.codebook.words import LANGUAGES, SHEETS, Language, sheet_name, word
from balint_eval.ingest.text import CONTROL, SURROGATES
from balint_eval.office_files import without_dates

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

PROGRAM = "balint_eval.codebook"
LISTS = "lists"
LONGEST_CELL = 32_000
FURTHER_ROWS = 200
"""Rows below the last one in which the drop-downs work too."""

MOST_ELEMENTS = 12
"""Rows of the sheet of the code that the drop-down of elements shows."""

_HEADER_FILL = "FFD9E2EC"
_OPEN_FILL = "FFFCE4D6"
_CONFIRM_FILL = "FFFFF2CC"

HELP: Mapping[str, tuple[str, ...]] = {
    "en": (
        "This workbook says what each column of your exports holds. Correct it, save it, then run the check again.",
        "Orange cells must be filled. Yellow cells were filled by the program: look at them.",
        "columns: one row a column of a file. Choose the use; an item needs its instrument and its number on the form.",
        "An instrument that is not in the list can be declared in the study file, under own_instruments.",
        "answer list: the name of a list on the sheet 'answers'. Leave it blank where the file "
        "holds the instrument's own codes.",
        "answers: give each answer the instrument's code, or the word missing where it means no answer.",
        "List every answer on the form, also those that nobody gave.",
        "waves: say which wave each file (or each value of its wave column) is, or 'leave out'.",
        "forms: only for what the check asks you to confirm: items that the platform has reversed, a key, a finding.",
        "person code: only where people made their own code (mother's initials, day of birth ...): one row an "
        "element, in the order of the code. Where each element was a question of its own, give these columns the "
        "use 'code element' and name the element there. Where ids were given out, leave this sheet empty.",
        "The columns 'question text', 'answers that occur', 'suggestion', 'times', 'rows' and 'note' only help you.",
        "Do not change the columns 'file' and 'column': they are how the program finds your data.",
    ),
    "fa": (
        "این کارپوشه می‌گوید هر ستون از فایل‌های شما چه چیزی را نگه می‌دارد. آن را درست کنید، "
        "ذخیره کنید و بررسی را دوباره اجرا کنید.",
        "خانه‌های نارنجی باید پر شوند. خانه‌های زرد را برنامه پر کرده است: آن‌ها را نگاه کنید.",
        "ستون‌ها: هر ردیف یک ستون از یک فایل است. کاربرد را انتخاب کنید؛ گویه به پرسشنامه و شمارهٔ خود نیاز دارد.",
        "پرسشنامه‌ای را که در فهرست نیست می‌توان در فایل مطالعه، زیر own_instruments، تعریف کرد.",
        "فهرست پاسخ: نام فهرستی در برگهٔ «پاسخ‌ها». اگر فایل کدهای خود پرسشنامه را دارد، آن را خالی بگذارید.",
        "پاسخ‌ها: برای هر پاسخ کد پرسشنامه را بنویسید، یا اگر به معنای نداشتن پاسخ است واژهٔ «بی‌پاسخ» را.",
        "همهٔ پاسخ‌های فرم را بنویسید، حتی آن‌هایی را که هیچ‌کس انتخاب نکرده است.",
        "نوبت‌ها: بگویید هر فایل (یا هر مقدار از ستون نوبت) کدام نوبت است، یا «کنار گذاشته».",
        "پرسشنامه‌ها: فقط برای چیزی که بررسی از شما می‌خواهد تأیید کنید.",
        "کد فرد: فقط اگر هر کس کد خود را ساخته است (حرف‌های نام مادر، روز تولد و مانند آن): هر ردیف یک جزء، "
        "به ترتیب کد. اگر هر جزء پرسش جداگانه‌ای بوده است، کاربرد آن ستون‌ها را «جزء کد» بگذارید و نام جزء را آنجا "
        "بنویسید. اگر شناسه‌ها داده شده‌اند، این برگه را خالی بگذارید.",
        "ستون‌های «متن پرسش»، «پاسخ‌های موجود»، «پیشنهاد»، «تعداد»، «تعداد ردیف» و «توضیح» فقط برای کمک به شماست.",
        "ستون‌های «فایل» و «ستون» را تغییر ندهید: برنامه داده‌های شما را با آن‌ها پیدا می‌کند.",
    ),
}
"""Lines of the sheet that explains the workbook."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The rows of a codebook before it is written.

    Attributes
    ----------
    rows : mapping of section to list of rows
        A row maps a field (`codebook.words.SHEETS`) to its text or number; choices by their keys.
    waves, instruments : sequence of str
        Names for the drop-downs.
    open_cells, to_confirm : frozenset of (section, position, field)
        Cells a person must fill, or should look at.
    """

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    waves: Sequence[str] = ()
    instruments: Sequence[str] = ()
    open_cells: frozenset[tuple[str, int, str]] = field(default_factory=frozenset)
    to_confirm: frozenset[tuple[str, int, str]] = field(default_factory=frozenset)


def workbook_bytes(draft: Draft, language: Language = "en") -> bytes:
    """Give the workbook of a codebook.

    Parameters
    ----------
    draft : Draft
    language : str
        `en`, or `fa` for Persian headings in sheets that run from right to left.

    Returns
    -------
    bytes
        An xlsx file; every cell is text or a number, never a formula.
    """
    from openpyxl import Workbook

    book = Workbook()
    first = book.worksheets[0]
    _fill_help(first, language)
    for section in SHEETS:
        _fill(book.create_sheet(sheet_name(section, language)), section, draft, language)
    _fill_lists(book.create_sheet(LISTS), draft, language)
    for at, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = at == 1
    book.active = 1
    buffer = io.BytesIO()
    book.save(buffer)
    return without_dates(buffer.getvalue(), PROGRAM)


def _fill_help(sheet: Worksheet, language: Language) -> None:
    from openpyxl.styles import Alignment

    sheet.title = ("read me", "راهنما")[LANGUAGES.index(language)]
    sheet.sheet_view.rightToLeft = language == "fa"
    sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(HELP[language], start=1):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _fill(sheet: Worksheet, section: str, draft: Draft, language: Language) -> None:
    """Write one sheet: headings, rows, marks, drop-downs."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    headings = SHEETS[section]
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.sheet_view.rightToLeft = language == "fa"
    sheet.freeze_panes = "A2"
    for at, heading in enumerate(headings, start=1):
        _put(sheet, 1, at, heading.text(language))
        sheet.cell(1, at).font = Font(bold=True)
        sheet.cell(1, at).fill = PatternFill("solid", fgColor=_HEADER_FILL)
        sheet.column_dimensions[get_column_letter(at)].width = heading.width
    rows = draft.rows.get(section, ())
    for position, row in enumerate(rows):
        for at, heading in enumerate(headings, start=1):
            value = row.get(heading.key, "")
            _put(sheet, position + 2, at, _shown(section, heading.key, value, language))
            mark = _mark(draft, (section, position, heading.key))
            if mark:
                sheet.cell(position + 2, at).fill = PatternFill("solid", fgColor=mark)
    _add_drop_downs(sheet, section, draft, len(rows), language)


def _shown(section: str, key: str, value: Any, language: Language) -> Any:  # noqa: ANN401 - text or a number
    """Give a value as people see it: choices in their language, lists with commas."""
    if isinstance(value, list | tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return word("yes", language) if value else ""
    chosen = {("columns", "use"), ("answers", "code"), ("waves", "wave"), ("elements", "kind")}
    if (section, key) in chosen and value in {*USES, *KINDS, "missing", "leave_out"}:
        return word(value, language)
    return value


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> None:  # noqa: ANN401 - text or a number
    """Write one cell; text stays text, whatever it begins with, also when somebody edits it."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if value == "" or value is None:
        return
    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value.translate(CONTROL).translate(SURROGATES))[:LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    if value[:1] in "=+-@\t":
        cell.quotePrefix = True


def _mark(draft: Draft, place: tuple[str, int, str]) -> str:
    if place in draft.open_cells:
        return _OPEN_FILL
    return _CONFIRM_FILL if place in draft.to_confirm else ""


def _add_drop_downs(sheet: Worksheet, section: str, draft: Draft, rows: int, language: Language) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = {
        "use": (f'"{",".join(word(use, language) for use in USES)}"', True),
        "instrument": (_reference("A", draft.instruments), False),
        "kind": (f'"{",".join(word(kind, language) for kind in KINDS)}"', True),
        "element": (_element_cells(language) if section == "columns" else "", False),
        "waves": (_reference("B", draft.waves), False),
        "wave": (_reference("C", [*draft.waves, ""]), False),
        "already_reversed": (f'"{word("yes", language)},{word("no", language)}"', True),
        "key_confirmed": (f'"{word("yes", language)},{word("no", language)}"', True),
    }
    for at, heading in enumerate(SHEETS[section], start=1):
        formula, strict = listed.get(heading.key, ("", False))
        if not formula:
            continue
        validation = DataValidation(type="list", formula1=formula, allow_blank=True)
        # Own instruments, and several waves with commas, can be typed; a use cannot be another one.
        validation.showErrorMessage = strict
        validation.add(f"{get_column_letter(at)}2:{get_column_letter(at)}{rows + 1 + FURTHER_ROWS}")
        sheet.add_data_validation(validation)


def _reference(column: str, names: Sequence[str]) -> str:
    return f"{LISTS}!${column}$1:${column}${len(names)}" if names else ""


def _element_cells(language: Language) -> str:
    """Give the cells with the names of the elements, which a person may still write."""
    return f"'{sheet_name('elements', language)}'!$A$2:$A${1 + MOST_ELEMENTS}"


def _fill_lists(sheet: Worksheet, draft: Draft, language: Language) -> None:
    """Write the names of the drop-downs on a hidden sheet: a list in the cell itself ends at 255 characters."""
    sheet.sheet_state = "hidden"
    columns = (draft.instruments, draft.waves, [*draft.waves, word("leave_out", language)])
    for at, names in enumerate(columns, start=1):
        for number, name in enumerate(names, start=1):
            _put(sheet, number, at, name)

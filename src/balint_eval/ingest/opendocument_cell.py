"""What a cell of an OpenDocument sheet says: its value, its number format and its paragraphs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SPACES = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, _TEXT = (f"{_SPACES}{name}:1.0}}" for name in ("office", "table", "text"))
_STYLE, _NUMBER = (f"{_SPACES}{name}:1.0}}" for name in ("style", "datastyle"))
SHOWN_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_NOT_SAID = (f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{_TEXT}note", f"{_TEXT}ruby-text")
_DURATION = re.compile(r"(-?)P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,8})H)?(?:([0-9]{1,8})M)?(?:([0-9.]{1,20})S)?)?")
_ERROR = re.compile(r"#[A-Z0-9/!?]+|Err:[0-9]+")
_BREAKS = str.maketrans("\r\n\t", "   ")


@dataclass(frozen=True)
class OpenDocumentCell:
    """A cell as `cell_text` asks for it.

    Attributes
    ----------
    value : object
        Number, truth value, date, time or text.
    data_type : str
        As in a workbook: `e` an error, `f` a formula, `n` anything else.
    number_format : str
        `%`, `h`, zeros for leading zeros, or `""`.
    column : int
        Counted from 1.
    """

    value: object
    data_type: str
    number_format: str
    column: int


@dataclass
class Styles:
    """What cells, sheets and number formats look like, by name; filled while a document is read.

    Attributes
    ----------
    data_style, parent : dict of str to str
        Of a style its number format, and the style that it builds upon.
    hidden_sheets : set of str
        Styles of sheets that do not show.
    patterns : dict of str to str
        Of a number format what `cell_text` looks at, written as in a workbook.
    """

    data_style: dict[str, str] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    hidden_sheets: set[str] = field(default_factory=set)
    patterns: dict[str, str] = field(default_factory=dict)

    def add(self, element: Element) -> None:
        """Take one element of the styles of a document."""
        name = element.get(f"{_STYLE}name", "")
        if element.tag == f"{_STYLE}style":
            self.data_style[name] = element.get(f"{_STYLE}data-style-name", "")
            self.parent[name] = element.get(f"{_STYLE}parent-style-name", "")
            properties = element.find(f"{_STYLE}table-properties")
            if properties is not None and properties.get(f"{TABLE}display") == "false":
                self.hidden_sheets.add(name)
        elif element.tag.startswith(_NUMBER):
            self.patterns[name] = _pattern(element)

    def pattern(self, name: str) -> str:
        """Give the number format of a cell style, written as in a workbook; only what `cell_text` looks at."""
        seen: set[str] = set()
        while name and name not in seen and not self.data_style.get(name):
            seen.add(name)
            name = self.parent.get(name, "")
        return self.patterns.get(self.data_style.get(name, ""), "")


def _pattern(style: Element) -> str:
    kinds = [child.tag.removeprefix(_NUMBER) for child in style]
    if {"hours", "seconds"} & set(kinds):
        return "h"
    if style.tag != f"{_NUMBER}number-style" or kinds != ["number"]:
        return ""
    number = style[0]
    decimals, digits = number.get(f"{_NUMBER}decimal-places", "0"), number.get(f"{_NUMBER}min-integer-digits", "0")
    return "0" * min(int(digits), 99) if decimals == "0" and number.get(f"{_NUMBER}grouping") != "true" else ""


def read_cell(element: Element, styles: Styles, style: str, at: int) -> OpenDocumentCell:
    """Read the cell in column `at` (from 0) with the format of a style; ValueError where a number is none."""
    said = said_in(element)
    if element.get(SHOWN_TYPE) == "error":
        return OpenDocumentCell(said if _ERROR.fullmatch(said) else "error", "e", "", at + 1)
    formula = element.get(f"{TABLE}formula") is not None
    value, pattern = _value(element, said)
    return OpenDocumentCell(value, "f" if formula else "n", pattern or styles.pattern(style), at + 1)


def _value(element: Element, said: str) -> tuple[object, str]:
    """Give what a cell holds, and the number format its type alone says."""
    kind = element.get(f"{OFFICE}value-type", "")
    if kind in ("float", "currency", "percentage"):
        return float(element.get(f"{OFFICE}value", "")), "%" if kind == "percentage" else ""
    if kind == "boolean":
        return element.get(f"{OFFICE}boolean-value") == "true", ""
    if kind == "date":
        return _moment(element.get(f"{OFFICE}date-value", "")), ""
    if kind == "time":
        return _duration(element.get(f"{OFFICE}time-value", "")), ""
    return element.get(f"{OFFICE}string-value") or said, ""


def _moment(text: str) -> dt.datetime | str:
    """Give a moment; a year that Python does not know stays as the file has it, which is ISO form."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return text


def _duration(text: str) -> dt.time | dt.timedelta | str:
    """Give the time of a day, or a longer time as it is."""
    found = _DURATION.fullmatch(text)
    if not found:
        return text
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    length = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=round(seconds))
    if found[1]:
        return -length
    return (dt.datetime.min + length).time() if length < dt.timedelta(days=1) else length


def said_in(element: Element) -> str:
    """Give the paragraphs of a cell, a line each; comments and drawings beside them are not its text."""
    return "\n".join(_inline(child) for child in element if child.tag == f"{_TEXT}p")


def _inline(element: Element) -> str:
    parts = [(element.text or "").translate(_BREAKS)]
    for child in element:
        parts += [_inline_mark(child), (child.tail or "").translate(_BREAKS)]
    return "".join(parts)


def _inline_mark(child: Element) -> str:
    if child.tag == f"{_TEXT}s":
        return " " * min(int(child.get(f"{_TEXT}c", "1")), 32_767)
    marks = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
    if child.tag in marks:
        return marks[child.tag]
    return "" if child.tag in _NOT_SAID or not child.tag.startswith(_TEXT) else _inline(child)

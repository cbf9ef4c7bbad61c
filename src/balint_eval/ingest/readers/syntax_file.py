"""Syntax files beside a data file without header: SPSS (`.sps`) and R, as LimeSurvey writes them.

Both forms are read by their text alone; nothing in them is ever run.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.grid import counted

_SPSS_VARIABLES = re.compile(r"^\s*/VARIABLES\s*=(?P<list>.*?)\.\s*$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_SPSS_QUALIFIER = re.compile(
    r"^\s*/QUALIFIER\s*=\s*(?P<outer>['\"])(?P<mark>.)(?P=outer)", re.MULTILINE | re.IGNORECASE
)
_SPSS_DELIMITER = re.compile(
    r"^\s*/DELIMITERS\s*=\s*(?P<outer>['\"])(?P<mark>\\t|.)(?P=outer)", re.MULTILINE | re.IGNORECASE
)
_SPSS_LABEL = re.compile(
    r"^VARIABLE LABELS\s+(?P<name>\S+)\s+(?P<text>\"(?:[^\"]|\"\")*\"(?:\s*\+\s*\"(?:[^\"]|\"\")*\")*)\s*\.\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_SPSS_VALUES = re.compile(r"^(?:ADD )?VALUE LABELS\s+(?P<name>\S+)(?P<first>.*)$", re.IGNORECASE)
_SPSS_VALUE = re.compile(r"^\s*(?:\"(?P<text>[^\"]*)\"|(?P<number>[+-]?[\d.]+))\s+\"(?P<label>.*)\"(?P<end>\.?)\s*$")
_SPSS_RENAME = re.compile(
    r"^RENAME VARIABLES\s*\(\s*(?P<old>\S+)\s*=\s*(?P<new>\S+)\s*\)", re.MULTILINE | re.IGNORECASE
)
_SPSS_TEXT = re.compile(r'"((?:[^"]|"")*)"')

_R_TEXT = r"\"(?:[^\"\\]|\\.)*\""
_R_NAME = re.compile(rf"^\s*names\(\w+\)\[(?P<at>\d+)\]\s*<-\s*(?P<text>{_R_TEXT})", re.MULTILINE)
_R_LABEL = re.compile(
    rf"^\s*attributes\(\w+\)\$variable\.labels\[(?P<at>\d+)\]\s*<-\s*(?P<text>{_R_TEXT})", re.MULTILINE | re.DOTALL
)
_R_FACTOR = re.compile(
    rf"^\s*\w+\[,\s*(?P<at>\d+)\]\s*<-\s*factor\(\w+\[,\s*\d+\],\s*levels\s*=\s*c\((?P<levels>(?:{_R_TEXT}|[^\")])*)\),"
    rf"\s*labels\s*=\s*c\((?P<labels>(?:{_R_TEXT}|[^\")])*)\)\)",
    re.MULTILINE | re.DOTALL,
)
_R_ITEM = re.compile(rf"{_R_TEXT}|[^\s,\"]+", re.DOTALL)
_R_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_R_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, kw_only=True)
class Syntax:
    """What a syntax file says of its data file.

    Attributes
    ----------
    names : tuple of str
        One a column, in the order of the file.
    labels : mapping of name to question text
    choices : mapping of name to a mapping of code to label
    delimiter, qualifier : str
        The character between cells and the one around them.
    """

    names: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delimiter: str = ","
    qualifier: str = '"'


def parse_syntax(text: str, file: str) -> Syntax:
    """Read a syntax file of either form.

    Raises
    ------
    DataError
        IN-SYNTAX: it is neither form, or its parts do not fit together.
    """
    if _SPSS_VARIABLES.search(text):
        return _spss(text, file)
    if _R_NAME.search(text):
        return _r(text, file)
    what = "this is neither an SPSS syntax file with /VARIABLES nor an R file that gives the columns names"
    raise DataError(Problem("IN-SYNTAX", what, "give the syntax file that was exported with the data", file))


def _spss(text: str, file: str) -> Syntax:
    listed = _SPSS_VARIABLES.search(text)
    words = (listed["list"] if listed else "").split()
    old = words[0::2]
    if len(words) % 2 or len(set(old)) != len(old):
        what = "the list under /VARIABLES is not one name and one format a variable"
        raise DataError(Problem("IN-SYNTAX", what, "export the syntax file again", file))
    renamed = {match["old"]: match["new"] for match in _SPSS_RENAME.finditer(text)}
    labels = {match["name"]: _spss_text(match["text"]) for match in _SPSS_LABEL.finditer(text)}
    choices = _spss_choices(text, file)
    return Syntax(
        names=tuple(renamed.get(name, name) for name in old),
        labels={renamed.get(name, name): label for name, label in labels.items()},
        choices={renamed.get(name, name): found for name, found in choices.items()},
        delimiter=_mark(_SPSS_DELIMITER, text, ","),
        qualifier=_mark(_SPSS_QUALIFIER, text, '"'),
    )


def _mark(pattern: re.Pattern[str], text: str, otherwise: str) -> str:
    found = pattern.search(text)
    return otherwise if found is None else found["mark"].replace("\\t", "\t")


def _spss_text(pieces: str) -> str:
    return "".join(piece.replace('""', '"') for piece in _SPSS_TEXT.findall(pieces))


def _spss_choices(text: str, file: str) -> dict[str, dict[str, str]]:
    """Give the value labels; the last line of each list ends with a full stop."""
    choices: dict[str, dict[str, str]] = {}
    lines = iter(enumerate(text.splitlines(), start=1))
    for _, line in lines:
        head = _SPSS_VALUES.match(line)
        if head:
            found = choices.setdefault(head["name"], {})
            found |= dict(_spss_values(lines, head["first"], file))
    return choices


def _spss_values(lines: Iterator[tuple[int, str]], first: str, file: str) -> Iterator[tuple[str, str]]:
    row, line = (0, first) if first.strip() else next(lines, (0, ""))
    while value := _SPSS_VALUE.match(line):
        yield value["text"] if value["text"] is not None else value["number"], value["label"].replace('""', '"')
        if value["end"]:
            return
        row, line = next(lines, (row, ""))
    what = "a value label is not of the form: code, blank, label in quotation marks"
    raise DataError(Problem("IN-SYNTAX", what, "correct the line, or export the syntax file again", file, row))


def _r(text: str, file: str) -> Syntax:
    names = {int(match["at"]): _r_text(match["text"]) for match in _R_NAME.finditer(text)}
    missing = sorted(set(range(1, max(names) + 1)) - set(names))
    if missing:
        what = f"the file names {counted(len(names), 'column')} and leaves column {missing[0]} without name"
        raise DataError(Problem("IN-SYNTAX", what, "export the syntax file again", file))
    labels = {int(match["at"]): _r_text(match["text"]) for match in _R_LABEL.finditer(text)}
    choices = {int(match["at"]): _r_choices(match, file) for match in _R_FACTOR.finditer(text)}
    return Syntax(
        names=tuple(names[at] for at in sorted(names)),
        labels={names[at]: label for at, label in labels.items() if at in names},
        choices={names[at]: found for at, found in choices.items() if at in names},
    )


def _r_choices(match: re.Match[str], file: str) -> dict[str, str]:
    levels, labels = ([_r_text(item) for item in _R_ITEM.findall(match[part])] for part in ("levels", "labels"))
    if len(levels) != len(labels):
        what = f"column {match['at']} has {counted(len(levels), 'level')} and {counted(len(labels), 'label')}"
        raise DataError(Problem("IN-SYNTAX", what, "correct them, or export the syntax file again", file))
    return dict(zip(levels, labels, strict=True))


def _r_text(item: str) -> str:
    if not item.startswith('"'):
        return item
    return _R_ESCAPE.sub(lambda match: _R_CONTROL.get(match[1], match[1]), item[1:-1])


def with_double_quotes(text: str, syntax: Syntax, file: str) -> str:
    """Give the text of a data file with its cells in double quotation marks; every line keeps its number.

    Raises
    ------
    DataError
        IN-QUOTE where a cell is opened and not closed.
    """
    if syntax.qualifier == '"':
        return text
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=syntax.delimiter, quotechar=syntax.qualifier, strict=True
    )
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=syntax.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    try:
        writer.writerows(reader)
    except csv.Error:
        what = (
            f"a cell in the quotation mark {syntax.qualifier} of the syntax file is not closed, or not doubled inside"
        )
        raise DataError(Problem("IN-QUOTE", what, "export the data again", file, reader.line_num)) from None
    return written.getvalue()

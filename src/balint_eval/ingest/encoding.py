"""From bytes to text: byte order mark, strict UTF-8, else the declared encoding; never a guess."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass

from balint_eval.errors import DataError, Problem, shown
from balint_eval.ingest.grid import column_shown, counted, letter
from balint_eval.ingest.text import SURROGATES

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 4096
SAY_HOW = (
    "save it as UTF-8, or say how it was saved: "
    "`encoding: latin-1`, `encoding: cp1252` or, for Persian, `encoding: cp1256`"
)

CANDIDATES = ("cp1256", "cp1252", "cp1250")
"""Code pages of Persian and Arabic, of Western and of Central European texts."""
WORDS_SHOWN = 3

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A file's text without its byte order mark."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(content: bytes, *, declared: str, file: str, accept_utf16: bool = False) -> Decoded:
    """Give the text of a file.

    Parameters
    ----------
    content : bytes
    declared : str
        The encoding somebody stated, or `""`.
    file : str
        As shown to people.
    accept_utf16 : bool
        Take UTF-16 with a byte order mark without a declaration, as in Qualtrics `.tsv` files.

    Raises
    ------
    DataError
        IN-ENCODING with the byte, its row and its column; nothing is ever replaced or guessed.
    """
    bom, marked = next(((bom, name) for bom, name in BOMS if content.startswith(bom)), (b"", ""))
    name = _canonical(declared, file) if declared else ""
    if name:
        _refuse_other_mark(name, marked, file)
        return _strictly(content[len(bom) :] if marked else content, _without_mark(name, bom), file, bom)
    if marked in ("utf-16", "utf-32") and not (accept_utf16 and marked == "utf-16"):
        raise DataError(_marked_problem(marked, bom, file))
    if marked:
        return _strictly(content[len(bom) :], _without_mark(marked, bom), file, bom)
    if (wide := _looks_utf16(content)) is not None:
        raise DataError(_unmarked_utf16(wide, file))
    return _strictly(content, "utf-8", file, b"")


def _canonical(declared: str, file: str) -> str:
    try:
        return codecs.lookup(declared.strip()).name.removesuffix("-sig")
    except LookupError:
        what = f"the declared encoding {shown(declared)} is not known"
        mend = "use one of utf-8, utf-16, latin-1, cp1252, cp1250, cp1256"
        raise DataError(Problem("IN-ENCODING", what, mend, file)) from None


def _refuse_other_mark(name: str, marked: str, file: str) -> None:
    if marked and not name.startswith(marked):
        what = f"`encoding: {name}` is declared, but the file begins with the byte order mark of {marked}"
        raise DataError(Problem("IN-ENCODING", what, f"set `encoding: {marked}`", file))


def _without_mark(name: str, bom: bytes) -> str:
    order = {codecs.BOM_UTF16_LE: "-le", codecs.BOM_UTF16_BE: "-be"}.get(bom, "")
    wide = {codecs.BOM_UTF32_LE: "-le", codecs.BOM_UTF32_BE: "-be"}.get(bom, "")
    return f"{name}{order or wide}" if name in ("utf-16", "utf-32") else name


def _marked_problem(marked: str, bom: bytes, file: str) -> Problem:
    what = f"the file is {marked.upper()} (it begins with the byte order mark {bom.hex(' ').upper()})"
    return Problem("IN-ENCODING", what, f"save it as CSV UTF-8, or set `encoding: {marked}`", file)


def _looks_utf16(content: bytes) -> str | None:
    sample = content[:SAMPLE]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 2 * 0.4
    if odd > enough and even < odd // 4:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd < even // 4 else None


def _unmarked_utf16(name: str, file: str) -> Problem:
    what = f"every second byte is NUL: this looks like {name.upper()} without a byte order mark"
    return Problem("IN-ENCODING", what, f"save it as CSV UTF-8, or set `encoding: {name}`", file)


def _strictly(content: bytes, name: str, file: str, bom: bytes) -> Decoded:
    notes = (f"The byte order mark of {name.upper()} was stripped.",) if bom else ()
    try:
        return Decoded(text=content.decode(name), encoding=name, notes=notes)
    except UnicodeDecodeError as error:
        if name == "utf-8" and (mended := _lone_surrogates(content)):
            return Decoded(text=mended[0], encoding=name, notes=(*notes, mended[1]))
        raise DataError(_undecodable(content, error, name, file)) from None
    except (UnicodeError, LookupError):
        what = f"the file cannot be read as text in {name}"
        raise DataError(Problem("IN-ENCODING", what, SAY_HOW, file)) from None


def _lone_surrogates(content: bytes) -> tuple[str, str] | None:
    try:
        text = content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    found = _SURROGATE.findall(text)
    first = text.index(found[0])
    row = text.count("\n", 0, first) + 1
    number = counted(len(found), "half character")
    note = f"WARN-TEXTCLEAN: {number} (lone surrogates) replaced by U+FFFD, first in row {row}."
    return text.translate(dict.fromkeys(SURROGATES, "\ufffd")), note


def _undecodable(content: bytes, error: UnicodeDecodeError, name: str, file: str) -> Problem:
    before = content[: error.start].decode(name, "ignore")
    row, column = _place(before)
    byte = content[error.start]
    text = content.decode(name, "replace")
    more = text.count("\ufffd") - before.count("\ufffd") - 1
    what = f"byte 0x{byte:02X} at position {error.start} is not {name.upper()}"
    what += f", nor are {more} further places" if more > 0 else ""
    return Problem("IN-ENCODING", what + _readings(content), SAY_HOW, file, row, column)


def _readings(content: bytes) -> str:
    """Show the first words of the header in each likely code page, for a person to tell which is right.

    The header alone: further down stand answers and what people wrote.
    """
    header = content[:SAMPLE].splitlines()[0] if content[:SAMPLE].strip() else b""
    words = [word for word in _BETWEEN_WORDS.split(header) if not word.isascii()][:WORDS_SHOWN]
    readings = {name: _in_code_page(words, content, name) for name in CANDIDATES}
    said = [f"in {name} {', '.join(shown(word, 20) for word in read)}" for name, read in readings.items() if read]
    if said:
        return f"; words of the header read {'; '.join(said)}"
    return "; the header is plain ASCII, so it does not show which encoding is right" if not words else ""


_BETWEEN_WORDS = re.compile(rb'[\s,;|"]+')


def _in_code_page(words: list[bytes], content: bytes, name: str) -> list[str]:
    """Decode the words; none where the file as a whole cannot be of this code page."""
    try:
        content.decode(name)
        return [word.decode(name) for word in words]
    except UnicodeDecodeError:
        return []


def _place(before: str) -> tuple[int, str]:
    """Give the row and the column at which a text breaks off."""
    delimiter = max(",;\t|", key=before.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(before + "x", newline=""), delimiter=delimiter)
    header: list[str] = []
    start, last = 1, [""]
    seen = 0
    for record in reader:
        header = header or record
        start, last, seen = seen + 1, record, reader.line_num
    position = max(len(last) - 1, 0)
    known = header[position] if last is not header and position < len(header) else ""
    return start, column_shown(known, position) if known else letter(position)

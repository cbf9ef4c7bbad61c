"""`balint-eval cite`: the works a study's report cites, as BibTeX for a reference manager."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from balint_eval import __version__
from balint_eval.errors import DataError, Problem
from balint_eval.folders import Folders
from balint_eval.report.model import Reference, ReferenceList, from_json
from balint_eval.study import StudyFile

_WORK = re.compile(r"(?P<authors>.+?) \((?P<year>[0-9]{4})\)\. (?P<title>.+?[.?!]) (?P<source>[^.].*?)\.?")
_JOURNAL = re.compile(
    r"(?P<journal>[^,0-9]+(?: [A-Z])?), (?P<volume>[0-9]+)(?:\((?P<number>[0-9]+)\))?, (?P<pages>[0-9–-]+)"
)
_YEAR = re.compile(r"\b(1[89][0-9]{2}|20[0-9]{2})\b")
_SPECIAL = str.maketrans({"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"})
SOFTWARE = (
    "@software{balint_eval,\n"
    "  author = {{The balint-eval developers}},\n"
    "  title = {balint-eval: evaluation of Balint groups from survey exports to Kirkpatrick-level reports},\n"
    f"  version = {{{__version__}}},\n"
    "  year = {2026}\n"
    "}\n"
)


def cite(file: StudyFile, folders: Folders) -> str:
    """Give the works that the researcher's report of a finished run cites.

    Parameters
    ----------
    file : StudyFile
    folders : Folders

    Returns
    -------
    str
        BibTeX: this program, then the works in the order of the report.

    Raises
    ------
    DataError
        WF-NORESULTS: the study has not been run.
    """
    model = folders.report("researcher", file.study.languages[0], "json")
    if not model.is_file():
        what = "the study has no results here"
        raise DataError(Problem("WF-NORESULTS", what, "run `balint-eval run` first, or name its folder with --results"))
    return as_bibtex(_cited(model))


def _cited(model: Path) -> list[Reference]:
    report = from_json(model.read_text(encoding="utf-8"))
    blocks = [block for section in report.sections for block in section.blocks if isinstance(block, ReferenceList)]
    return [reference for block in blocks for reference in block.entries]


def as_bibtex(references: Iterable[Reference]) -> str:
    """Give works as BibTeX entries with keys of their own.

    Parameters
    ----------
    references : iterable of Reference
        In APA style. A work in another style is kept whole, as a note: nothing of it is guessed.

    Returns
    -------
    str
    """
    entries, taken = [SOFTWARE], set[str]()
    for reference in references:
        kind, fields = _fields(reference)
        key = _key(reference.text, taken)
        taken.add(key)
        lines = [f"  {name} = {{{value}}}" for name, value in fields if value]
        entries.append(f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n")
    return "\n".join(entries)


def _fields(reference: Reference) -> tuple[str, list[tuple[str, str]]]:
    doi = ("doi", reference.doi)
    work = _WORK.fullmatch(reference.text)
    if not work:
        return "misc", [("note", _plain(reference.text)), ("year", _year(reference.text)), doi]
    about = [
        ("author", _plain(_authors(work["authors"]))),
        ("title", f"{{{_plain(work['title'].removesuffix('.'))}}}"),
        ("year", work["year"]),
    ]
    journal = _JOURNAL.fullmatch(work["source"])
    if not journal:
        return "book", [*about, ("publisher", _plain(work["source"])), doi]
    pages = re.sub(r"[–-]+", "--", journal["pages"])
    where = [
        ("journal", _plain(journal["journal"])),
        ("volume", journal["volume"]),
        ("number", journal["number"] or ""),
    ]
    return "article", [*about, *where, ("pages", pages), doi]


def _authors(text: str) -> str:
    """Turn `Bell, R. M., & McCaffrey, D. F.` into `Bell, R. M. and McCaffrey, D. F.`."""
    names = re.split(r"(?<=\.),? (?:& )?(?=[^\W\d_])(?![A-Z]\.)", text.replace(", &", ",").strip())
    return " and ".join(name.strip(" ,") for name in names)


def _plain(text: str) -> str:
    return text.translate(_SPECIAL)


def _year(text: str) -> str:
    found: Sequence[str] = _YEAR.findall(text)
    return found[0] if found else ""


def _key(text: str, taken: set[str]) -> str:
    """Give the first author's name with the year, and a letter where it is taken: `bell2002`."""
    letters = unicodedata.normalize("NFKD", re.split(r"[ ,]", text, maxsplit=1)[0])
    base = re.sub(r"[^A-Za-z]", "", letters).lower() or "work"
    base += _year(text)
    return next(key for key in (base, *(f"{base}{letter}" for letter in "bcdefghijklm")) if key not in taken)

"""Which platforms are read, how each is recognised, and what a reader says of what it took a file for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.grid import Grid, counted
from balint_eval.ingest.readers import (
    google_forms,
    kobotoolbox,
    limesurvey,
    microsoft_forms,
    plain,
    qualtrics,
    redcap,
    sosci,
    surveymonkey,
    wenjuanxing,
)
from balint_eval.ingest.readers.layout import Layout


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One platform: its name as people write it, how its exports are told, how they are understood."""

    title: str
    arrange: Callable[[Grid], Layout]
    recognise: Callable[[Grid], bool]


def _never(_: Grid) -> bool:
    return False


KNOWN: dict[str, Platform] = {
    "qualtrics": Platform(title="Qualtrics", arrange=qualtrics.arrange, recognise=qualtrics.is_qualtrics),
    "redcap": Platform(title="REDCap", arrange=redcap.arrange, recognise=redcap.is_redcap),
    "limesurvey": Platform(title="LimeSurvey", arrange=limesurvey.arrange, recognise=limesurvey.is_limesurvey),
    "kobotoolbox": Platform(title="KoboToolbox", arrange=kobotoolbox.arrange, recognise=kobotoolbox.is_kobotoolbox),
    "google_forms": Platform(
        title="Google Forms", arrange=google_forms.arrange, recognise=google_forms.is_google_forms
    ),
    "microsoft_forms": Platform(
        title="Microsoft Forms", arrange=microsoft_forms.arrange, recognise=microsoft_forms.is_microsoft_forms
    ),
    "surveymonkey": Platform(
        title="SurveyMonkey", arrange=surveymonkey.arrange, recognise=surveymonkey.is_surveymonkey
    ),
    "sosci": Platform(title="SoSci Survey", arrange=sosci.arrange, recognise=sosci.is_sosci),
    "wenjuanxing": Platform(title="Wenjuanxing", arrange=wenjuanxing.arrange, recognise=wenjuanxing.is_wenjuanxing),
    "plain": Platform(title="plain table", arrange=plain.arrange, recognise=_never),
}
PLATFORMS = tuple(KNOWN)


def recognise(grid: Grid) -> str:
    """Give the platform of a grid by its structure, `plain` where none is recognised.

    Raises
    ------
    DataError
        IN-PLATFORM where the structure fits more than one: neither is then taken for the other.
    """
    if not grid.records:
        return "plain"
    found = [name for name, platform in KNOWN.items() if platform.recognise(grid)]
    if len(found) > 1:
        titles = " and of ".join(KNOWN[name].title for name in found)
        what = f"the file has the marks of {titles}"
        mend = f"say which it is: `platform: {found[0]}` or `platform: {found[1]}`"
        raise DataError(Problem("IN-PLATFORM", what, mend, grid.file))
    return found[0] if found else "plain"


def said_of(layout: Layout, declared: bool, grid: Grid) -> list[str]:
    """Say aloud what the file was taken for, and whether its structure speaks for something else."""
    rows = "no header row" if grid.lines[:1] == [0] else counted_rows(layout.header_rows)
    if layout.platform == "plain":
        shape = "a plain table" if grid.lines[:1] == [0] else f"a plain table with {rows}"
        return [] if declared else [f"No survey platform was recognised; read as {shape}."]
    title = KNOWN[layout.platform].title
    if not declared:
        return [f"Recognised as a {title} export with {rows}."]
    other = [name for name, platform in KNOWN.items() if name != layout.platform and platform.recognise(grid)]
    doubt = [f"The file looks like a {KNOWN[name].title} export; check the key platform." for name in other]
    return [f"Read as a {title} export with {rows}, as declared.", *doubt]


def counted_rows(number: int) -> str:
    """Give the number of header rows in words."""
    words = {1: "one header row", 2: "two header rows", 3: "three header rows"}
    return words.get(number) or counted(number, "header row")

"""What every reader returns: one export as text, nothing typed, nothing dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from balint_eval.ingest.grid import letter

NORMAL = ""
"""Status of an ordinary, finished response; every other status is a reason such as `preview`."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One export, every cell text, blank cells `""`.

    Attributes
    ----------
    file : str
        The file as shown to people (relative, POSIX).
    platform : str
        One of `balint_eval.ingest.readers.platforms.PLATFORMS`.
    cells : pandas.DataFrame, shape (responses, columns)
        Unique column names; the index is the line (or sheet row) in the file, header = 1.
    labels : mapping of column to question text
        Empty where the platform gives none.
    keys : mapping of column to the platform's own stable key (Qualtrics ImportId)
        Empty where the platform gives none.
    status : pandas.Series of str, index as `cells`
        `""` for a normal response, else one of the kinds that the key `keep` knows.
    choices : mapping of column to a mapping of code to label
        From a dictionary file (REDCap) or a syntax file (LimeSurvey); empty elsewhere.
    started, ended : str
        Names of the columns with start and end time; `""` where there is none.
    encoding, delimiter : str
        As found; delimiter is `""` for spreadsheets.
    header_rows : int
        Rows above the first response; 0 where the names come from a syntax file.
    sha256 : str
        Of the file's bytes.
    n_bytes : int
    time_zone : str
        Time zone in which the platform says that it writes its times; `""` where it says none.
    first_letter : int or None
        Place of the first column in the file, from 0, as a spreadsheet letters it; None where a file has no letters.
    joined : mapping of column to columns
        Columns made of several of the file, of which at most one is filled in a row; they stand behind all others.
    notes : tuple of str
        What the reader did that a person should know, one sentence each.
    """

    file: str
    platform: str
    cells: pd.DataFrame
    status: pd.Series[str]
    labels: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    started: str = ""
    ended: str = ""
    encoding: str = "utf-8"
    delimiter: str = ""
    header_rows: int = 1
    sha256: str = ""
    n_bytes: int = 0
    time_zone: str = ""
    first_letter: int | None = 0
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def letter_of(self, column: str) -> str:
        """Give the letter of a column as a spreadsheet shows it, `""` where the file has none or no such column."""
        column = self.joined.get(column, (column,))[0]
        if self.first_letter is None or column not in self.cells.columns:
            return ""
        return letter(self.first_letter + list(self.cells.columns).index(column))

"""The table of published results: one row, one printed number with what stands beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from balint_eval.errors import DataError, Problem
from balint_eval.published.intervals import HALF, Interval, around, decimals_of, positive, printed

COLUMNS = (
    "study", "doi", "design", "arm", "n", "outcome", "instrument", "wave", "statistic_kind", "mean", "sd", "stat_name",
    "stat_value", "df1", "df2", "p_printed", "decimals", "comparison", "note", "evidence",
)  # fmt: skip
KINDS = frozenset({
    "mean_sd", "mean", "test", "p_only", "effect", "ci", "count", "percent", "range", "heterogeneity", "correlation",
})  # fmt: skip
_NUMBERS = ("n", "mean", "sd", "stat_value", "df1", "df2", "decimals")
MEND = "see data/published/README.md for what each column holds"


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One line of the table, every cell as it is printed.

    Attributes
    ----------
    line : int
        Line in the file, header = 1.
    study, doi, design, arm : str
        Where the number is printed, and of which arm.
    n : str
        People behind it; blank where the paper does not say.
    outcome, instrument, wave : str
    statistic_kind : str
        What kind of number the line holds, such as `mean_sd`, `test` or `ci`.
    mean, sd : str
        In points of the scale.
    stat_name, stat_value, df1, df2 : str
        Of another statistic: its name and value, and the degrees of freedom of a test.
    p_printed : str
        As in `0.03`.
    decimals : str
        Decimals the paper prints.
    comparison, note, evidence : str
        What was compared, what is odd, and the mark of its evidence (`P` or `S`).
    """

    line: int
    study: str
    doi: str
    design: str
    arm: str
    n: str
    outcome: str
    instrument: str
    wave: str
    statistic_kind: str
    mean: str
    sd: str
    stat_name: str
    stat_value: str
    df1: str
    df2: str
    p_printed: str
    decimals: str
    comparison: str
    note: str
    evidence: str

    @property
    def people(self) -> int | None:
        """People behind the number, `None` where that is not known."""
        return int(self.n) if self.n else None

    def mean_within(self, units: float = HALF) -> Interval:
        """Give the mean before rounding.

        Where the cell holds fewer decimals than the row declares, the fewer count: that is the wider interval.
        """
        return around(float(self.mean), min(decimals_of(self.mean), self._decimals), units)

    def sd_within(self, units: float = HALF) -> Interval:
        """Give the standard deviation before rounding."""
        return positive(printed(self.sd, units))

    def statistic_within(self, units: float = HALF) -> Interval:
        """Give the statistic, effect, count or percentage before rounding."""
        return around(float(self.stat_value), self._decimals, units)

    def p_within(self, units: float = HALF) -> Interval:
        """Give the p-value before rounding."""
        within = positive(printed(self.p_printed, units))
        return Interval(within.low, min(within.high, 1.0))

    @property
    def _decimals(self) -> int:
        return int(self.decimals) if self.decimals else decimals_of(self.stat_value or self.mean)


def read_published(path: Path | None = None) -> list[PublishedRow]:
    """Read a table of published results.

    Parameters
    ----------
    path : Path, optional
        By default the table that comes with the package.

    Returns
    -------
    list of PublishedRow

    Raises
    ------
    DataError
        The file is missing or not UTF-8, a column is missing, a cell holds no number where one belongs, or a row's
        kind is unknown; all at once.
    """
    source = path or folder() / "published_results.csv"
    lines = list(csv.reader(io.StringIO(_text(source), newline="")))
    header = lines[0] if lines else []
    missing = [
        Problem("HD-MISSING", f"the column '{c}' is missing", MEND, str(source)) for c in COLUMNS if c not in header
    ]
    if missing:
        raise DataError(missing)
    rows, problems = list[PublishedRow](), list[Problem]()
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            what = f"this row has {len(cells)} cells and the header {len(header)}"
            problems.append(Problem("IN-RAGGED", what, "quote cells that hold a comma", str(source), number))
            continue
        named = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        row = PublishedRow(line=number, **{name: named[name] for name in COLUMNS})
        problems += _problems(row, str(source))
        rows.append(row)
    if problems:
        raise DataError(problems)
    return rows


def folder() -> Path:
    """Give the folder of the published results: in the repository, or inside the installed package."""
    package = Path(__file__).parents[1]
    beside = package.parents[1] / "data" / "published"
    return beside if beside.is_dir() else package / "_published"


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        what = "this table of published results cannot be read"
        raise DataError(Problem("IN-MISSING", what, "check the path", str(path))) from error
    except UnicodeDecodeError as error:
        what = "this table is not UTF-8"
        raise DataError(Problem("IN-ENCODING", what, "save it as CSV UTF-8", str(path))) from error


def _problems(row: PublishedRow, file: str) -> list[Problem]:
    found = []
    if row.statistic_kind not in KINDS:
        what = f"the kind of this number is not one of {', '.join(sorted(KINDS))}"
        found.append(Problem("VAL-LABEL", what, MEND, file, row.line, "statistic_kind", row.statistic_kind))
    cells = {name: getattr(row, name) for name in _NUMBERS} | {"p_printed": row.p_printed.lstrip("<>")}
    for column, cell in cells.items():
        if cell and not _fits(column, cell):
            kind = "whole number" if column in {"n", "decimals"} else "number"
            found.append(
                Problem(
                    "VAL-NUMBER",
                    f"this is no {kind}",
                    "write it as printed, with a point",
                    file,
                    row.line,
                    column,
                    cell,
                )
            )
    return [*found, *_absent(row, file)]


def _fits(column: str, cell: str) -> bool:
    if column in {"n", "decimals"}:
        return cell.isascii() and cell.isdigit()
    whole, _, fraction = cell.removeprefix("-").partition(".")
    return all(part.isascii() and part.isdigit() for part in (whole, fraction or "0"))


_NEEDED = {"mean_sd": ("mean", "sd"), "mean": ("mean",), "p_only": ("p_printed",)}


def _absent(row: PublishedRow, file: str) -> Iterable[Problem]:
    for column in _NEEDED.get(row.statistic_kind, ("stat_name", "stat_value")):
        if row.statistic_kind in KINDS and not getattr(row, column):
            what = f"a row of the kind {row.statistic_kind} needs this cell"
            yield Problem("VAL-NUMBER", what, "fill it in, or take the row out", file, row.line, column)

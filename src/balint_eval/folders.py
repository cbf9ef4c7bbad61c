"""Where a study's results lie, and its tables, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.tables import TABLES, read_table

if TYPE_CHECKING:
    import pandas as pd


class Folders:
    """Where a study's results lie.

    Parameters
    ----------
    results : Path
        The results folder of all studies; `restricted/` lies beside it.
    study : str
        Name of the study.
    """

    def __init__(self, results: Path, study: str) -> None:
        self.root = results / study
        self.tables = self.root / "tables"
        self.figures = self.root / "figures"
        self.reports = self.root / "report"
        self.logs = self.root / "logs"
        self.manifest = self.root / "manifest.json"
        self.results = results
        self.restricted = results.parent / "restricted" / study

    def figures_in(self, tag: str) -> Path:
        """Folder of the figures in a language; English ones lie at the top."""
        return self.figures if tag == "en" else self.figures / tag

    def report(self, reader: str, tag: str, suffix: str) -> Path:
        """File of a report; its name says that it is for internal use only."""
        return self.reports / f"{reader}.{tag}.INTERNAL.{suffix}"

    def batch(self, name: str) -> Path:
        """Folder of the tables of a batch of cohorts."""
        return self.root / "cohorts" / name

    @property
    def findings_of_study(self) -> Path:
        """File of what the doctor found on the cohorts beside each other."""
        return self.root / "cohorts" / "findings.csv"

    def of_cohort(self, name: str) -> Path:
        """Folder of the page, figures and tables of one cohort, where the study asks for them."""
        return self.reports / "cohorts" / name

    def linkage(self, name: str) -> Path:
        """File that says which id became which pseudonym."""
        return self.restricted / name / "linkage.csv"

    def review(self, name: str) -> Path:
        """Review sheet of the linkage of one cohort."""
        return self.restricted / name / "linkage_review.xlsx"


class Results(Mapping[str, "pd.DataFrame"]):
    """The tables of a study's results, each read when it is first asked for: reports need no single answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in TABLES:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = read_table(self._folder / f"{name}.csv", name)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in TABLES

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)


def read_results(folders: Folders) -> Results:
    """Give the tables of a study's results."""
    return Results(folders.tables)

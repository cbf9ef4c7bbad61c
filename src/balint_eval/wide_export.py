"""`balint-eval export`: the scored data of a study, one row a person, for jamovi, SPSS, R and spreadsheets."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from balint_eval.errors import DataError, Problem
from balint_eval.folders import Folders
from balint_eval.study import StudyFile
from balint_eval.tables import neutralised, read_table, write_bytes, write_text

if TYPE_CHECKING:
    from balint_eval.instruments.model import Instrument

LONGEST_NAME = 64
"""Bytes of a variable's name in SPSS."""
_SCORES = {"part": "scale", "form": "{one}_{two}_{wave}"}
_ITEMS = {"part": "item", "form": "{one}_i{two:0>2}_{wave}"}
"""Which column tells scores and items apart, and how a variable is called."""
_ABOUT = {
    "cohort": "Cohort",
    "person_id": "Person (pseudonym)",
    "group_id": "Group",
    "arm": "Arm",
    "site": "Site",
    "role": "Role",
}


@dataclass(frozen=True)
class WideData:
    """Scored data, one row a person.

    Attributes
    ----------
    table : pandas.DataFrame
        First what the participants table holds, then a column a score and wave, as `TEQ_total_before`, and, where
        asked for, a column an item and wave, as `TEQ_i01_before`, in the instrument's codes and not reversed. Blank
        where there is no score.
    labels : dict of column to str
        What each column is, for programs that show it.
    value_labels : dict of column to dict of code to str
        What the lowest and the highest code of an item mean, where the registry knows it.
    """

    table: pd.DataFrame
    labels: dict[str, str]
    value_labels: dict[str, dict[float, str]]


def wide_data(tables: Mapping[str, pd.DataFrame], file: StudyFile, *, items: bool = False) -> WideData:
    """Put the scores of every person into one row.

    Parameters
    ----------
    tables : mapping
        `participants`, `scores` and, for items, `responses`, as the results hold them.
    file : StudyFile
    items : bool
        The answers to the items as well. Forms that others fill in about a person are left out: they have several
        rows a person.

    Returns
    -------
    WideData

    Raises
    ------
    DataError
        WF-COLUMNNAME: two columns would have one name.
    """
    keys = ["cohort", "person_id"]
    people = tables["participants"]
    longs = [(tables["scores"], _SCORES, "score")]
    if items:
        own = tables["responses"][~tables["responses"]["person_id"].str.contains("#")]
        longs.append((own, _ITEMS, "value"))
    table = people
    named: dict[str, tuple[str, ...]] = {}
    for long, kind, value in longs:
        names = _names(long, kind)
        _refuse_same_names([*people.columns, *named, *names.values()])
        spread = _spread(long, keys, [names[what] for what in _whats(long, kind)], value)
        named |= {name: what for what, name in names.items()}
        table = table.merge(spread, how="left", on=keys, validate="one_to_one")
    ordered = sorted(named, key=lambda name: _place(named[name], file))
    labels = {name: _ABOUT.get(name, name) for name in people.columns}
    labels |= {name: _label(named[name], file) for name in ordered}
    ends = {name: _ends(file.instruments[named[name][0]]) for name in ordered if named[name][1].isdigit()}
    return WideData(table[[*people.columns, *ordered]], labels, {name: known for name, known in ends.items() if known})


def _whats(long: pd.DataFrame, kind: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Give for every row what it is about: instrument, scale or item, wave."""
    parts = (long[name].astype(str) for name in ("instrument", kind["part"], "wave"))
    return list(zip(*parts, strict=True))


def _names(long: pd.DataFrame, kind: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {what: _variable(kind["form"], *what) for what in dict.fromkeys(_whats(long, kind))}


def _spread(long: pd.DataFrame, keys: list[str], columns: list[str], value: str) -> pd.DataFrame:
    """Give one row a person and a column a name."""
    wide = long.assign(column=columns).pivot(index=keys, columns="column", values=value)
    wide = wide.reset_index()
    wide.columns.name = None
    return wide


def _variable(form: str, one: str, two: str, wave: str) -> str:
    """Give a name that SPSS takes: letters, digits and underscores, a letter first, 64 bytes at most."""
    letters = re.sub(r"\W", "_", form.format(one=one, two=two, wave=wave))
    letters = letters if letters[:1].isalpha() else f"v_{letters}"
    while len(letters.encode()) > LONGEST_NAME:
        letters = letters[:-1]
    return letters


def _refuse_same_names(names: Iterable[str]) -> None:
    counts = Counter(name.casefold() for name in names)
    same = [name for name, number in counts.items() if number > 1]
    if same:
        what = f"two columns would be called '{same[0]}'"
        mend = "give waves and instruments names that differ by more than signs"
        raise DataError(Problem("WF-COLUMNNAME", what, mend))


def _place(what: tuple[str, ...], file: StudyFile) -> tuple[int, int, str, int, str]:
    """Order columns by instrument, then scores before items, then by the order of the waves."""
    instrument, part, wave = what
    waves = [one.name for one in file.study.waves]
    instruments = [outcome.instrument for outcome in file.study.outcomes]
    rank = instruments.index(instrument) if instrument in instruments else len(instruments)
    number = int(part) if part.isdigit() else 0
    at = waves.index(wave) if wave in waves else len(waves)
    return rank, number, f"{instrument} {'' if number else part}", at, wave


def _label(what: tuple[str, ...], file: StudyFile) -> str:
    instrument, part, wave = what
    known = file.instruments[instrument]
    at = next((one.label or one.name for one in file.study.waves if one.name == wave), wave)
    if part.isdigit():
        return f"{instrument} item {part}: {at}"
    scale = next((one for one in known.scales if one.name == part), None)
    return f"{(scale.label if scale else '') or part} ({known.title}): {at}"


def _ends(instrument: Instrument) -> dict[float, str]:
    codes = instrument.response.codes
    ends = {codes[0]: instrument.response.low, codes[-1]: instrument.response.high}
    return {code: text for code, text in ends.items() if text}


def write_wide(file: StudyFile, folders: Folders, output: Path, *, items: bool = False) -> list[str]:
    """Write the scored data of a finished run as `.csv` or `.sav`, by the ending of the output's name.

    Parameters
    ----------
    file : StudyFile
    folders : Folders
    output : Path
    items : bool

    Returns
    -------
    list of str
        What was written, to be said.

    Raises
    ------
    DataError
        WF-NORESULTS: the study has not been run; WF-COLUMNNAME.
    """
    if not folders.tables.is_dir():
        what = "the study has no results here"
        raise DataError(Problem("WF-NORESULTS", what, "run `balint-eval run` first, or name its folder with --results"))
    names = ("participants", "scores", *(["responses"] if items else []))
    data = wide_data({name: read_table(folders.tables / f"{name}.csv", name) for name in names}, file, items=items)
    if output.suffix.casefold() == ".sav":
        write_bytes(output, sav_bytes(data, file.study.title))
        written = [output]
    else:
        labels = output.with_name(f"{output.stem}_columns.csv")
        write_text(output, neutralised(data.table).to_csv(index=False, lineterminator="\n"))
        listed = pd.DataFrame({"column": list(data.labels), "label": list(data.labels.values())})
        write_text(labels, neutralised(listed).to_csv(index=False, lineterminator="\n"))
        written = [output, labels]
    people, columns = data.table.shape
    return [f"{people} people, {columns} columns.", *(f"Written: {path.as_posix()}" for path in written)]


def sav_bytes(data: WideData, title: str) -> bytes:
    """Give the data as an SPSS file, with the labels of columns and codes; a missing score is system-missing."""
    import pyreadstat

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.sav"
        pyreadstat.write_sav(
            data.table,
            path,
            file_label=title.encode()[:64].decode(errors="ignore"),
            column_labels=[data.labels[name] for name in data.table.columns],
            variable_value_labels=data.value_labels,
            variable_measure={
                name: "nominal" if data.table[name].dtype.kind not in "if" else "scale" for name in data.table.columns
            },
        )
        return path.read_bytes()

"""`balint-eval check`: every problem at once, and what was understood; nothing is written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.ingest.cohort import Ingested
    from balint_eval.study import StudyFile
    from balint_eval.study_model import Cohort


@dataclass(frozen=True)
class Checked:
    """What `check` gives of a study that can be evaluated.

    Attributes
    ----------
    lines : list of str
        To print.
    warnings : list of Problem
        The same warnings with their codes, for `--errors json`.
    """

    lines: list[str]
    warnings: list[Problem]


def _look_at_key(file: StudyFile) -> None:
    """Refuse the key that `run` would refuse; where there is none yet, none is made."""
    from balint_eval.ingest.pseudonyms import key_path
    from balint_eval.stages import Folders, key_of

    if key_path().exists():
        names = [cohort.name for cohort in file.study.cohorts]
        key_of(file, names, Folders(Path("results"), file.study.name))


def check(study: Path) -> Checked:
    """Read a study and all its files, score in memory, and say what was found.

    Returns
    -------
    Checked

    Raises
    ------
    StudyError, DataError
        With every problem of the study file, or of all exports.
    """
    from balint_eval.ingest.pseudonyms import pseudonymiser
    from balint_eval.pipeline import compare_cohorts, ingest_all, merge_responses, score
    from balint_eval.study import read_study
    from balint_eval.study_languages import unused_translations

    file = read_study(study)
    lines = [f"The study file {file.shown_as} is in order: {_counted(len(file.study.cohorts), 'cohort')}."]
    lines += unused_translations(file.study)
    warnings: list[Problem] = []
    waves = [wave.name for wave in file.study.waves]
    _look_at_key(file)
    # Nothing is kept, so a key of the moment serves and no key file is made.
    cohorts = ingest_all(file, pseudonymiser(bytes(range(32))))
    for cohort, ingested in cohorts:
        findings = score(ingested.tables, file, cohort)["findings"]
        lines += _describe(cohort, waves, {**ingested.tables, "findings": findings})
        notes = " ".join([*ingested.tables["sources"]["notes"], *ingested.notes])
        lines += [f"  {warning}" for warning in ingested.warnings if f"{warning.code}: {warning.what}" not in notes]
        warnings += [*ingested.warnings, *_as_warnings(findings)]
        lines += _look_alikes(ingested.tables["responses"], ingested.linkage)
        lines += _codes(ingested)
    together = compare_cohorts(merge_responses([ingested.tables for _, ingested in cohorts]), file)
    if len(together):
        lines += ["All cohorts, held against each other:", *_findings(together)]
        warnings += _as_warnings(together)
    return Checked([*lines, f"Next: {program()} run {file.shown_as}"], warnings)


def _as_warnings(findings: pd.DataFrame) -> list[Problem]:
    return [
        Problem(str(row.code), f"{row.instrument} {row.scale}: {row.seen}; {row.why}", str(row.mend))
        for row in findings.itertuples()
        if row.severity != "note"
    ]


def program() -> str:
    """Give the command as it can be typed here: its path, where the shell does not find it by name."""
    return "balint-eval" if shutil.which("balint-eval") else Path(sys.argv[0]).as_posix()


def _describe(cohort: Cohort, waves: Sequence[str], tables: dict[str, pd.DataFrame]) -> list[str]:
    """Say what the files gave, files and waves in the order of the study file."""
    place = {wave: at for at, wave in enumerate(waves)}
    flow = tables["flow"].assign(place=tables["flow"]["wave"].map(place)).sort_values("place", kind="stable")
    read = tables["sources"].set_index("file")
    files = [
        f"  {name}: {_fate(flow, name, int(str(read.at[name, 'rows'])))}. {read.at[name, 'notes']!s}".rstrip()
        for name in dict.fromkeys(export.file for export in cohort.exports)
    ]
    order = flow["reason"].map({reason: at for at, reason in enumerate(_WORDS)})
    people = [
        f"  wave {row.wave}: {_counted(int(str(row.rows)), 'person', 'people')} {_WORDS[str(row.reason)]}"
        for row in flow.assign(order=order)[flow["file"] == ""].sort_values(["place", "order"]).itertuples()
    ]
    return [f"Cohort {cohort.name}:", *files, *people, _groups(tables["participants"]), *_findings(tables["findings"])]


def _findings(findings: pd.DataFrame) -> list[str]:
    return [
        f"  {row.code} ({row.severity}): {row.instrument} {row.scale}: {row.seen}; {row.why}. To mend it: {row.mend}."
        for row in findings.itertuples()
    ]


def _fate(flow: pd.DataFrame, file: str, rows: int) -> str:
    """Say what became of the rows of one file; wave by wave where each row holds several."""
    mine = flow[flow["file"] == file]
    if mine.loc[mine["reason"] == "received", "rows"].sum() == rows:
        return _counts(mine)
    waves = "; ".join(f"wave {wave}: {_counts(found)}" for wave, found in mine.groupby("wave", sort=False))
    return f"{_counted(rows, 'row')} read once a wave ({waves})"


def _counts(flow: pd.DataFrame) -> str:
    from balint_eval.ingest.reasons import rows_in_words

    mine = flow.groupby("reason")["rows"].sum()
    counts = {str(reason): int(rows) for reason, rows in mine.items() if reason != "received"}
    return f"{_counted(int(mine['received']), 'row')} ({rows_in_words(counts)})"


def _groups(participants: pd.DataFrame) -> str:
    """Say how many groups there are and what that allows."""
    sizes = participants.loc[participants["group_id"] != "", "group_id"].value_counts()
    people = _counted(len(participants), "person", "people")
    if sizes.empty:
        return f"  {people}, and nobody's group is known: nothing will be claimed unless `group:` names its column."
    size = f"{sizes.min()} to {sizes.max()}" if sizes.min() < sizes.max() else str(sizes.min())
    return f"  {people} in {_counted(len(sizes), 'group')} of {size}"


def _look_alikes(responses: pd.DataFrame, linkage: pd.DataFrame) -> list[str]:
    """Name the rows whose codes differ only by signs and blanks, so that a person can look; never the codes."""
    own = responses[~responses["person_id"].str.contains("#")]
    first = own.drop_duplicates("person_id").set_index("person_id")[["source_file", "source_row"]]
    shapes = linkage.assign(shape=linkage["raw_id"].map(_letters_and_digits)).drop_duplicates(["person_id", "shape"])
    lines = []
    for shape, rows in shapes[shapes["person_id"].isin(first.index)].groupby("shape"):
        if shape and rows["person_id"].nunique() > 1:
            places = [first.loc[person] for person in sorted(set(rows["person_id"]))]
            named = " and ".join(f"row {place['source_row']} of {place['source_file']}" for place in places)
            lines.append(f"  warn: codes that look alike were taken for different people: {named}.")
    return lines


def _letters_and_digits(raw: str) -> str:
    from balint_eval.ingest.text import normalise_id

    return "".join(letter for letter in normalise_id(raw) if letter.isalnum())


def _codes(ingested: Ingested) -> list[str]:
    """Say what to know about ids and codes, and what waits for a decision."""
    if ingested.review is None:
        return [f"  {note}" for note in ingested.notes]
    open_, decided = ingested.review.open, ingested.review.decided
    waiting = (
        f"{_counted(open_, 'person', 'people')} could be linked by your decision: run writes the sheet to decide in"
    )
    lines = [f"  {note}" for note in ingested.notes]
    lines += [f"  {_counted(decided, 'decision')} of the review sheet applied."] if decided else []
    return [*lines, *([f"  {waiting}."] if open_ else [])]


_WORDS = {
    "paired": "linked to the baseline",
    "linked_exactly": "of these linked by equal codes",
    "linked_tolerantly": "of these linked by codes one element off",
    "linked_by_review": "of these linked by a decision in the review sheet",
    "pre_only": "answered only at the baseline",
    "post_only": "answered only here",
    "to_review": "of these with a code that is near another one, to be decided",
}


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"

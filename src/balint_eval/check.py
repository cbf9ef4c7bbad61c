"""`balint-eval check`: every problem at once, and what was understood; nothing is written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.errors import Problem
from balint_eval.language import ENGLISH, SEMICOLONS, Language
from balint_eval.told import told

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
    from balint_eval.folders import Folders
    from balint_eval.ingest.pseudonyms import key_path
    from balint_eval.stages import key_of

    if key_path().exists():
        names = [cohort.name for cohort in file.study.cohorts]
        key_of(file, names, Folders(Path("results"), file.study.name))


def check(study: Path, language: Language = ENGLISH) -> Checked:
    """Read a study and all its files, score in memory, and say what was found.

    Parameters
    ----------
    study : Path
    language : Language
        Of what is said; what has no translation yet stays in English.

    Returns
    -------
    Checked

    Raises
    ------
    StudyError, DataError
        With every problem of the study file, or of all exports.
    """
    from balint_eval.cohort_stages import compare_cohorts, ingest_all, score
    from balint_eval.ingest.pseudonyms import pseudonymiser
    from balint_eval.merging import merge_responses
    from balint_eval.study import read_study
    from balint_eval.study_languages import unused_translations

    file = read_study(study)
    cohorts_in = language.plural("{n} cohort", "{n} cohorts", len(file.study.cohorts))
    lines = [language.say("The study file {file} is in order: {cohorts}.", file=file.shown_as, cohorts=cohorts_in)]
    lines += map(language.noted, unused_translations(file.study))
    warnings: list[Problem] = []
    waves = [wave.name for wave in file.study.waves]
    _look_at_key(file)
    # Nothing is kept, so a key of the moment serves and no key file is made.
    cohorts = ingest_all(file, pseudonymiser(bytes(range(32))))
    for cohort, ingested in cohorts:
        findings = score(ingested.tables, file, cohort)["findings"]
        lines += _describe(cohort, waves, {**ingested.tables, "findings": findings}, language)
        notes = " ".join([*ingested.tables["sources"]["notes"], *ingested.notes])
        said_already = [warning for warning in ingested.warnings if f"{warning.code}: {warning.what}" in notes]
        lines += [f"  {told(warning, language)}" for warning in ingested.warnings if warning not in said_already]
        warnings += [*ingested.warnings, *_as_warnings(findings)]
        lines += _look_alikes(ingested.tables["responses"], ingested.linkage, language)
        lines += _codes(ingested, language)
    together = compare_cohorts(merge_responses([ingested.tables for _, ingested in cohorts]), file)
    if len(together):
        lines += [language.say("All cohorts, held against each other:"), *_findings(together, language)]
        warnings += _as_warnings(together)
    command = f"{program()} run {file.shown_as}"
    return Checked([*lines, language.say("Next: {command}", command=command)], warnings)


def _as_warnings(findings: pd.DataFrame) -> list[Problem]:
    return [
        Problem(str(row.code), f"{row.instrument} {row.scale}: {row.seen}; {row.why}", str(row.mend))
        for row in findings.itertuples()
        if row.severity != "note"
    ]


def program() -> str:
    """Give the command as it can be typed here: its path, where the shell does not find it by name."""
    return "balint-eval" if shutil.which("balint-eval") else Path(sys.argv[0]).as_posix()


def _describe(cohort: Cohort, waves: Sequence[str], tables: dict[str, pd.DataFrame], language: Language) -> list[str]:
    """Say what the files gave, files and waves in the order of the study file."""
    place = {wave: at for at, wave in enumerate(waves)}
    flow = tables["flow"].assign(place=tables["flow"]["wave"].map(place)).sort_values("place", kind="stable")
    read = tables["sources"].set_index("file")
    files = [
        f"  {language.isolated(name)}: {_fate(flow, name, int(str(read.at[name, 'rows'])), language)}. "
        f"{language.noted(str(read.at[name, 'notes']))}".rstrip()
        for name in dict.fromkeys(export.file for export in cohort.exports)
    ]
    order = flow["reason"].map({reason: at for at, reason in enumerate(_PEOPLE)})
    people = [
        "  " + _linked(str(row.reason), int(str(row.rows)), str(row.wave), language)
        for row in flow.assign(order=order)[flow["file"] == ""].sort_values(["place", "order"]).itertuples()
    ]
    heading = language.say("Cohort {name}:", name=cohort.name)
    groups = _groups(tables["participants"], language)
    return [heading, *files, *people, groups, *_findings(tables["findings"], language)]


_PEOPLE = ("paired", "linked_exactly", "linked_tolerantly", "linked_by_review", "pre_only", "post_only", "to_review")


def _linked(reason: str, number: int, wave: str, language: Language) -> str:
    """Say how many people of a wave were found again, and how."""
    plural = language.plural
    match reason:
        case "paired":
            said = plural("{n} person linked to the baseline", "{n} people linked to the baseline", number)
        case "linked_exactly":
            said = plural(
                "{n} person of these linked by equal codes", "{n} people of these linked by equal codes", number
            )
        case "linked_tolerantly":
            said = plural(
                "{n} person of these linked by codes one element off",
                "{n} people of these linked by codes one element off",
                number,
            )
        case "linked_by_review":
            said = plural(
                "{n} person of these linked by a decision in the review sheet",
                "{n} people of these linked by a decision in the review sheet",
                number,
            )
        case "pre_only":
            said = plural(
                "{n} person answered only at the baseline", "{n} people answered only at the baseline", number
            )
        case "post_only":
            said = plural("{n} person answered only here", "{n} people answered only here", number)
        case _:
            said = plural(
                "{n} person of these with a code that is near another one, to be decided",
                "{n} people of these with a code that is near another one, to be decided",
                number,
            )
    return language.say("wave {wave}: {people}", wave=wave, people=said)


def _findings(findings: pd.DataFrame, language: Language) -> list[str]:
    return [
        "  "
        + language.say(
            "{code} ({severity}): {scale}: {seen}; {why}. To mend it: {mend}.",
            code=str(row.code),
            severity=language.noted(str(row.severity)),
            scale=f"{row.instrument} {row.scale}",
            seen=language.noted(str(row.seen)),
            why=language.noted(str(row.why)),
            mend=language.noted(str(row.mend)),
        )
        for row in findings.itertuples()
    ]


def _fate(flow: pd.DataFrame, file: str, rows: int, language: Language) -> str:
    """Say what became of the rows of one file; wave by wave where each row holds several."""
    mine = flow[flow["file"] == file]
    if mine.loc[mine["reason"] == "received", "rows"].sum() == rows:
        return _counts(mine, language)
    waves = [
        language.say("wave {wave}: {counts}", wave=str(wave), counts=_counts(found, language))
        for wave, found in mine.groupby("wave", sort=False)
    ]
    said = language.sequence(waves, SEMICOLONS)
    return language.plural(
        "{n} row read once a wave ({waves})", "{n} rows read once a wave ({waves})", rows, waves=said
    )


def _counts(flow: pd.DataFrame, language: Language) -> str:
    from balint_eval.ingest.reasons import REASON_WORDS

    mine = flow.groupby("reason")["rows"].sum()
    counts = {str(reason): int(rows) for reason, rows in mine.items() if reason != "received"}
    reasons = language.sequence(
        [
            language.say(
                "{number} {reason}", number=f"{number}", reason=language.noted(REASON_WORDS.get(reason, reason))
            )
            for reason, number in counts.items()
        ]
    )
    return language.plural("{n} row ({reasons})", "{n} rows ({reasons})", int(mine["received"]), reasons=reasons)


def _groups(participants: pd.DataFrame, language: Language) -> str:
    """Say how many groups there are and what that allows."""
    sizes = participants.loc[participants["group_id"] != "", "group_id"].value_counts()
    people = language.plural("{n} person", "{n} people", len(participants))
    if sizes.empty:
        return "  " + language.say(
            "{people}, and nobody's group is known: nothing will be claimed unless `group:` names its column.",
            people=people,
        )
    size = f"{sizes.min()}"
    if sizes.min() < sizes.max():
        size = language.say("{least} to {most}", least=f"{sizes.min()}", most=f"{sizes.max()}")
    return "  " + language.plural(
        "{people} in {n} group of {size}", "{people} in {n} groups of {size}", len(sizes), people=people, size=size
    )


def _look_alikes(responses: pd.DataFrame, linkage: pd.DataFrame, language: Language) -> list[str]:
    """Name the rows whose codes differ only by signs and blanks, so that a person can look; never the codes."""
    own = responses[~responses["person_id"].str.contains("#")]
    first = own.drop_duplicates("person_id").set_index("person_id")[["source_file", "source_row"]]
    shapes = linkage.assign(shape=linkage["raw_id"].map(_letters_and_digits)).drop_duplicates(["person_id", "shape"])
    lines = []
    for shape, rows in shapes[shapes["person_id"].isin(first.index)].groupby("shape"):
        if shape and rows["person_id"].nunique() > 1:
            places = [first.loc[person] for person in sorted(set(rows["person_id"]))]
            named = language.listed(
                [
                    language.say("row {row} of {file}", row=str(place["source_row"]), file=str(place["source_file"]))
                    for place in places
                ]
            )
            said = language.say("warn: codes that look alike were taken for different people: {rows}.", rows=named)
            lines.append(f"  {said}")
    return lines


def _letters_and_digits(raw: str) -> str:
    from balint_eval.ingest.text import normalise_id

    return "".join(letter for letter in normalise_id(raw) if letter.isalnum())


def _codes(ingested: Ingested, language: Language) -> list[str]:
    """Say what to know about ids and codes, and what waits for a decision."""
    lines = [f"  {language.noted(note)}" for note in ingested.notes]
    if ingested.review is None:
        return lines
    open_, decided = ingested.review.open, ingested.review.decided
    if decided:
        said = language.plural(
            "{n} decision of the review sheet applied.", "{n} decisions of the review sheet applied.", decided
        )
        lines.append(f"  {said}")
    if open_:
        said = language.plural(
            "{n} person could be linked by your decision: run writes the sheet to decide in.",
            "{n} people could be linked by your decision: run writes the sheet to decide in.",
            open_,
        )
        lines.append(f"  {said}")
    return lines

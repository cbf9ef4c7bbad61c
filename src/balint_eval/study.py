"""The study file: read, held to its rules, and given with the folder its paths start from.

The models of its keys stand in `study_model` and `study_exports`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from balint_eval.codebook.merge import Merged, item_faults, with_codebook, without_echo
from balint_eval.errors import Problem, StudyError
from balint_eval.instruments.model import Instrument, Scale
from balint_eval.instruments.registry import known_instruments, read_instrument
from balint_eval.language import Language, read_language
from balint_eval.strict_yaml import read_yaml, validate
from balint_eval.study_exports import Items
from balint_eval.study_languages import names_in
from balint_eval.study_model import Cohort, Outcome, Study
from balint_eval.study_outcomes import with_outcomes_to_paste


class StudyFile:
    """A study with the folder its paths start from and its resolved instruments.

    Parameters
    ----------
    study : Study
    folder : Path
        Folder of the study file.
    shown_as : str
        The study file as shown to people.
    instruments : dict of name to Instrument
        Registry, instrument files and own instruments.
    set_aside : sequence of str
        Cohorts of the study file that this evaluation goes without, because their files were refused.
    """

    def __init__(
        self,
        study: Study,
        folder: Path,
        shown_as: str,
        instruments: dict[str, Instrument],
        set_aside: Sequence[str] = (),
    ) -> None:
        self.study = study
        self.set_aside = tuple(set_aside)
        self.folder = folder
        self.shown_as = shown_as
        self.instruments = instruments

    def with_answers(self, items: Items) -> Items:
        """Give an entry of the codebook with the answers of its answer set, where it names one."""
        found = next((entry for entry in self.study.answer_sets if entry.name == items.answer_set), None)
        return items.model_copy(update={"answers": found.answers}) if found else items

    def path(self, relative: str) -> Path:
        """Give a path of the study file as a real path."""
        return self.folder / relative

    def cohort(self, name: str) -> Cohort:
        """Give one cohort.

        Raises
        ------
        StudyError
            There is no such cohort.
        """
        for cohort in self.study.cohorts:
            if cohort.name == name:
                return cohort
        names = ", ".join(cohort.name for cohort in self.study.cohorts)
        raise StudyError(
            Problem("CFG-REFERENCE", f"there is no cohort '{name}'", f"use one of: {names}", self.shown_as)
        )

    def only(self, names: Collection[str]) -> StudyFile:
        """Give the study with these cohorts only."""
        cohorts = [cohort for cohort in self.study.cohorts if cohort.name in names]
        study = self.study.model_copy(update={"cohorts": cohorts})
        return StudyFile(study, self.folder, self.shown_as, self.instruments)

    def without(self, names: Collection[str]) -> StudyFile:
        """Give the study without these cohorts, which it names as set aside."""
        aside = [cohort.name for cohort in self.study.cohorts if cohort.name in names]
        kept = self.only([cohort.name for cohort in self.study.cohorts if cohort.name not in names])
        return StudyFile(kept.study, self.folder, self.shown_as, self.instruments, [*self.set_aside, *aside])

    def input_files(self, cohort: Cohort) -> list[str]:
        """Give every file a cohort is read from, as written in the study file, sorted."""
        logs = [log.file for log in (cohort.roster, cohort.sessions, cohort.attendance) if log]
        exports = [
            file for export in cohort.exports for file in (export.file, export.dictionary, export.syntax) if file
        ]
        codebook = [self.study.codebook] if self.study.codebook else []
        decisions = [cohort.linkage_decisions] if cohort.linkage_decisions else []
        return sorted({*logs, *exports, *codebook, *decisions})

    def languages(self) -> list[Language]:
        """Give the languages of the reports, each with the study's own translations of its labels."""
        return [self.language(tag) for tag in self.study.languages]

    def language(self, tag: str) -> Language:
        """Give a language with the study's own translations of its labels."""
        return read_language(tag).with_names(names_in(self.study, tag))

    def scale_of(self, outcome: Outcome) -> tuple[Instrument, Scale]:
        """Give the instrument and the scale an outcome names."""
        instrument = self.instruments[outcome.instrument]
        return instrument, instrument.scale(outcome.scale)


def read_study(path: Path | str) -> StudyFile:
    """Read a study file and hold it to its rules.

    Parameters
    ----------
    path : path
        The YAML file.

    Returns
    -------
    StudyFile

    Raises
    ------
    StudyError
        All faults at once, each with its line.
    """
    path = Path(path)
    merged = with_codebook(read_yaml(path), path.parent)
    study = _validated(merged)
    instruments = {**known_instruments(), **_instruments_in_files(study, path.parent)}
    own = {instrument.name: instrument for instrument in study.own_instruments}
    file = StudyFile(study, path.parent, merged.document.shown_as, {**instruments, **own})
    from balint_eval.study_rules import broken_references

    found = [*merged.problems, *item_faults(merged, file.instruments)]
    broken = merged.relocated(broken_references(file, merged.document))
    problems = [*found, *without_echo(broken, found)]
    if problems:
        raise StudyError(sorted(problems, key=lambda problem: (problem.file != file.shown_as, problem.row)))
    return file


def _validated(merged: Merged) -> Study:
    """Hold a study file to its model; what is wrong with its codebook is said with it."""
    try:
        study: Study = validate(Study, merged.document)
    except StudyError as error:
        problems = with_outcomes_to_paste(error.problems, merged.document.values, known_instruments())
        raise StudyError([*merged.relocated(problems), *merged.problems]) from None
    return study


def _instruments_in_files(study: Study, folder: Path) -> dict[str, Instrument]:
    read, problems = [], list[Problem]()
    for name in study.instrument_files:
        try:
            read.append(read_instrument(folder / name, name))
        except StudyError as error:
            problems += error.problems
    if problems:
        raise StudyError(problems)
    return {instrument.name: instrument for instrument in read}

"""The stages that look at one cohort alone, in memory: read and link, score."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.batches import list_batches
from balint_eval.errors import BalintError, DataError, Problem
from balint_eval.ingest.cohort import Ingested, ingest_cohort
from balint_eval.ingest.link_notes import across_cohorts
from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.kept_readings import packed
from balint_eval.merging import Tables
from balint_eval.study import StudyFile
from balint_eval.study_model import Cohort


def ingest_all(file: StudyFile, pseudonym: Callable[[str], str]) -> list[tuple[Cohort, Ingested]]:
    """Ingest every cohort, gathering the problems of all.

    Raises
    ------
    DataError
    """
    refused = dict[str, list[Problem]]()
    ingested = list(_each_cohort(file, pseudonym, refused))
    _refuse([problem for found in refused.values() for problem in found], [result.places for _, result in ingested])
    return ingested


def look_at_cohorts(file: StudyFile, key: bytes, cores: int = 1) -> Looked:
    """Read every cohort, keep none in memory but packed, and tell what is wrong with each.

    Parameters
    ----------
    file : StudyFile
    key : bytes
        Key of the pseudonyms.
    cores : int
        More than one lets batches of cohorts be read side by side, where there is more than one batch.

    Returns
    -------
    Looked
        In the order of the study file, however many cores there were.
    """
    batches = [file.only(names) for names in list_batches(file).values()]
    keys = [key] * len(batches)
    if min(cores, len(batches)) < 2:
        looked = list(map(_look_at, batches, keys))
    else:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(min(cores, len(batches))) as pool:
            looked = list(pool.map(_look_at, batches, keys))
    return Looked(
        {name: found for part in looked for name, found in part.refused.items()},
        [one for part in looked for one in part.warnings],
        [one for part in looked for one in part.places],
        {name: content for part in looked for name, content in part.readings.items()},
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """What reading some cohorts told.

    Attributes
    ----------
    refused : dict of cohort to list of Problem
        Cohorts that cannot be evaluated as they are, in the order of the study file.
    warnings : list of Problem
    places : list of pandas.DataFrame
        Where whose answers stand, a frame for each cohort that was read.
    readings : dict of cohort to bytes
        What was read of each, packed.
    """

    refused: dict[str, list[Problem]]
    warnings: list[Problem]
    places: list[pd.DataFrame]
    readings: dict[str, bytes]

    def refuse(self, but: Collection[str] = ()) -> None:
        """Refuse what is wrong with the cohorts, but for those to set aside, and what is wrong between cohorts.

        Raises
        ------
        DataError
            With the problems of all.
        """
        _refuse([one for name, found in self.refused.items() if name not in but for one in found], self.places)


def _look_at(file: StudyFile, key: bytes) -> Looked:
    looked = Looked({}, [], [], {})
    for cohort, result in _each_cohort(file, pseudonymiser(key), looked.refused):
        looked.readings[cohort.name] = packed(result)
        looked.warnings.extend(result.warnings)
        looked.places.append(result.places)
    return looked


def _each_cohort(
    file: StudyFile, pseudonym: Callable[[str], str], refused: dict[str, list[Problem]]
) -> Iterator[tuple[Cohort, Ingested]]:
    for cohort in file.study.cohorts:
        try:
            yield cohort, ingest_cohort(file, cohort, pseudonym)
        except BalintError as error:
            refused[cohort.name] = list(error.problems)


def _refuse(problems: Sequence[Problem], places: Sequence[pd.DataFrame]) -> None:
    found = [*problems, *(across_cohorts(pd.concat(places, ignore_index=True)) if len(places) > 1 else [])]
    if found:
        raise DataError(found)


def score(ingested: Mapping[str, pd.DataFrame], file: StudyFile, cohort: Cohort) -> Tables:
    """Score one cohort's responses, after the doctor has looked at them.

    Parameters
    ----------
    ingested : mapping
        The tables `responses` and `totals`.
    file : StudyFile
    cohort : Cohort

    Returns
    -------
    dict
        `scores` and `findings`.
    """
    # Reading alone needs neither, and they cost more to load than a small cohort to read.
    from balint_eval.doctor import accepted_codes, doubtful_scales, examine
    from balint_eval.scoring import score_responses

    waves = [wave.name for wave in file.study.waves]
    responses = ingested["responses"]
    findings = examine(responses, file.instruments, accepted_codes(cohort), waves, ingested["totals"])
    return {
        "scores": score_responses(responses, file.instruments, doubtful_scales(findings, file.instruments)),
        "findings": findings,
    }


def compare_cohorts(responses: pd.DataFrame, file: StudyFile) -> pd.DataFrame:
    """Let the doctor hold the cohorts of a study against each other.

    Parameters
    ----------
    responses : pandas.DataFrame
        Contract `responses`, of all cohorts.
    file : StudyFile

    Returns
    -------
    pandas.DataFrame
        Contract `findings`.
    """
    from balint_eval.doctor import accepted_codes, examine_cohorts

    waves = [wave.name for wave in file.study.waves]
    return examine_cohorts(responses, file.instruments, accepted_codes(*file.study.cohorts), waves)

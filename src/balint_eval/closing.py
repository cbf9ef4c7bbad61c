"""What a run ends with: the verdicts, where the reports lie, and what waits for somebody's decision."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

from balint_eval.folders import Folders
from balint_eval.language import ENGLISH, Language
from balint_eval.release import ReleaseFolders, ledger_path
from balint_eval.study import StudyFile


def closing_lines(file: StudyFile, folders: Folders, language: Language = ENGLISH) -> list[str]:
    """Give the verdict lines of the educator's report in the first language, and the paths of what was made."""
    model = folders.report("educator", file.study.languages[0], "json")
    made = [language.say("Report: {path}", path=path.as_posix()) for path in _reports(folders.reports)]
    made.append(language.say("Tables: {path}", path=f"{folders.tables.as_posix()}/"))
    return [*_verdicts(model, language), *made, *_notices(folders.logs / "compare.log", language)]


def lines_of_release(file: StudyFile, folders: Folders, language: Language = ENGLISH) -> list[str]:
    """Give the verdict lines of a release, the paths of what was made, and how much is withheld."""
    place, say = ReleaseFolders(folders), language.say
    withheld = sum(row.split(",").count("withheld") for row in place.log.read_text(encoding="utf-8").splitlines())
    none = say(
        "No result is released: each rests on too few people, or would give away what is hidden; disclosure_log.csv "
        "says which rule withholds it."
    )
    return [
        *(_told_verdicts(place.report("educator", file.study.languages[0], "json")) or [none]),
        *(say("Report: {path}", path=path.as_posix()) for path in _reports(place.reports)),
        say(
            "Everything in {folder} may be given to others; nothing else in the results may.",
            folder=f"{place.root.as_posix()}/",
        ),
        say(
            "Figures withheld: {number}, listed with their rule in {path}",
            number=str(withheld),
            path=place.log.as_posix(),
        ),
        say("Entered in the ledger of releases: {path}", path=ledger_path(file).as_posix()),
    ]


def to_decide(file: StudyFile, folders: Folders, language: Language = ENGLISH) -> list[str]:
    """Say where pairs of codes wait for a decision, and how it reaches the next run."""
    lines = []
    for cohort, number in _waiting(folders.tables / "flow.csv").items():
        sheet = folders.review(cohort)
        declared = file.cohort(cohort).linkage_decisions
        key = Path(os.path.relpath(sheet, file.folder)).as_posix()
        then = language.say("run again")
        if not declared:
            then = language.say("add to the cohort: linkage_decisions: {file}, and run again", file=key)
        lines.append(
            language.plural(
                "To decide in the cohort {cohort}: {n} person waits in {sheet}; decide there, save, {then}.",
                "To decide in the cohort {cohort}: {n} people wait in {sheet}; decide there, save, {then}.",
                number,
                cohort=cohort,
                sheet=sheet.as_posix(),
                then=then,
            )
        )
    return lines


def _waiting(flow: Path) -> dict[str, int]:
    """Give how many people of each cohort wait for a decision; a run that does nothing loads no pandas for it."""
    waiting = Counter[str]()
    with flow.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["reason"] == "to_review":
                waiting[row["cohort"]] += int(row["rows"])
    return dict(sorted(waiting.items()))


def _reports(folder: Path) -> list[Path]:
    """Give the reports, of each first the page that opens by itself everywhere."""
    order = (".html", ".pdf", ".docx")
    made = [path for path in folder.glob("*") if path.suffix in order]
    return sorted(made, key=lambda path: (path.stem, order.index(path.suffix)))


def _notices(log: Path, language: Language) -> list[str]:
    """Say where the notices of the comparison stand; the reports say the same in words."""
    lines = log.read_text(encoding="utf-8").splitlines()[1:] if log.is_file() else []
    return [language.say("Notices for the statistician: {path}", path=log.as_posix())] if lines else []


def _told_verdicts(model: Path) -> list[str]:
    from balint_eval.report.model import Claim, from_json

    report = from_json(model.read_text(encoding="utf-8"))
    claims = [block for section in report.sections for block in section.blocks if isinstance(block, Claim)]
    return [f"{claim.heading}: {claim.verdict.lower()}. {claim.text}" for claim in claims]


def _verdicts(model: Path, language: Language) -> list[str]:
    nothing = language.say(
        "Nothing was compared: no outcome has scores of the same people in two waves; balint-eval check says what "
        "withheld them."
    )
    return _told_verdicts(model) or [nothing]

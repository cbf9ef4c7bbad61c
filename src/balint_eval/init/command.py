"""`balint-eval init`: read, say what was recognised, ask the rest, write study file and codebook."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from balint_eval.check import program
from balint_eval.codebook.words import Language
from balint_eval.codebook.workbook import workbook_bytes
from balint_eval.errors import Problem, StudyError
from balint_eval.init.columns import is_control
from balint_eval.init.draft import FileDraft, StudyDraft, draft_study
from balint_eval.init.files import Group, read_all
from balint_eval.init.questions import Asker, read_answers
from balint_eval.init.study_text import Settled, arms_of, outcomes_of, study_text, without_groups
from balint_eval.init.texts import Message, said_together
from balint_eval.instruments.model import Instrument
from balint_eval.tables import write_bytes, write_text

STUDY, CODEBOOK = "study.yaml", "codebook.xlsx"
TABLES = (".csv", ".tsv", ".xlsx", ".ods", ".sav", ".zsav", ".dta", ".parquet")
"""Endings of the files that are taken from a folder."""
MOST_GROUPS, SMALLEST_GROUP = 30, 3
"""Texts of a column that may name groups, and people of the smallest of them."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person said on the command line.

    Attributes
    ----------
    exports : tuple of Path
        Files, or folders that hold them.
    output : Path or None
        Folder for the files; None takes the exports' own.
    yes : bool
        Ask nothing.
    answers : Path or None
        A file of answers.
    language : str
    encoding : str
    """

    exports: tuple[Path, ...]
    output: Path | None = None
    yes: bool = False
    answers: Path | None = None
    language: Language = "en"
    encoding: str = ""


def init_study(wishes: Wishes) -> list[str]:
    """Write `study.yaml` and `codebook.xlsx` for exports nobody has described.

    Parameters
    ----------
    wishes : Wishes

    Returns
    -------
    list of str
        What was recognised, what was written and what to do next.

    Raises
    ------
    StudyError
        A study is there already, or an answer is not allowed; nothing is written.
    DataError
        A file cannot be read.
    """
    exports = files_of(wishes.exports)
    folder = wishes.output or _common_folder(exports)
    _refuse_overwriting(folder)
    given = read_all(exports, folder, wishes.encoding)
    asker = Asker(wishes.language, read_answers(wishes.answers) if wishes.answers else {}, _reader(wishes))
    draft = draft_study(given, asker)
    if not draft.groups:
        what = "no file holds answers to a questionnaire: no three columns have the same kind of answer"
        raise StudyError(Problem("CFG-NOANSWERS", what, "give the exports of the survey platform, as it wrote them"))
    settled = _settle(draft, asker, folder)
    asker.refuse_unknown()
    write_bytes(folder / CODEBOOK, workbook_bytes(draft.codebook, wishes.language))
    write_text(folder / STUDY, study_text(draft, settled, wishes.language))
    return [*_described(draft, wishes.language), *_ending(draft, settled, folder, wishes.language)]


def _reader(wishes: Wishes) -> Callable[[str], str] | None:
    """Give what reads a typed line, None where nobody is there to type."""
    return input if not wishes.yes and not wishes.answers and sys.stdin.isatty() else None


def files_of(exports: Sequence[Path]) -> list[Path]:
    """Give the files named, and for a folder every table in it; what `init` itself writes is none of them.

    Raises
    ------
    StudyError
        CFG-NOANSWERS: a folder holds no table.
    """
    files: list[Path] = []
    for path in exports:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        tables = [file for file in inside if file.suffix.casefold() in TABLES and file.name != CODEBOOK]
        tables = [file for file in tables if not file.name.startswith((".", "~$"))] if path.is_dir() else [path]
        if not tables:
            what = f"the folder {path.as_posix()} holds no export: no file ends in {', '.join(TABLES)}"
            mend = "put the exports of the survey platform into it, or name the files"
            raise StudyError(Problem("CFG-NOANSWERS", what, mend))
        files += [file for file in tables if file not in files]
    return files


def _common_folder(paths: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([str(path.resolve().parent) for path in paths])) if paths else Path()


def _refuse_overwriting(folder: Path) -> None:
    problems = [
        Problem(
            "CFG-EXISTS",
            "there is one already, and it is never overwritten",
            "move or rename it, or name another folder with --output",
            (folder / name).as_posix(),
        )
        for name in (STUDY, CODEBOOK)
        if (folder / name).exists()
    ]
    if problems:
        raise StudyError(problems)


def _settle(draft: StudyDraft, asker: Asker, folder: Path) -> Settled:
    """Ask what concerns the study as a whole."""
    outcomes = {f"{instrument.name}.{scale}": _label(instrument, scale) for instrument, scale in outcomes_of(draft)}
    only = next(iter(outcomes)) if len(outcomes) == 1 else ""
    primary = asker.ask("primary", Message("ask_primary"), [*outcomes], titles=outcomes) if len(outcomes) > 1 else only
    arms = arms_of(draft)
    allocation = ""
    if len(arms) > 1 and any(map(is_control, arms)):
        ways = ("people", "groups", "not_random")
        titles = {way: Message(f"allocation_{way}") for way in ways}
        allocation = asker.ask("allocation", Message("ask_allocation"), ways, "not_random", titles=titles)
    groups = {} if arms else {group.name: _one_group(group, draft, asker) for group in without_groups(draft)}
    instrument, _, scale = primary.rpartition(".")
    return Settled(_study_name(folder), (instrument, scale) if primary else None, allocation, groups)


def _one_group(group: Group, draft: StudyDraft, asker: Asker) -> str:
    """Ask for the name of the one group of a cohort: nothing in the files says it, as where there was only one."""
    if group.roster is not None:
        return ""
    key = "group" if len(draft.groups) == 1 else f"group/{group.name}"
    return asker.ask(key, Message("ask_group"))


def _label(instrument: Instrument, scale: str) -> Message:
    known = next(one for one in instrument.scales if one.name == scale)
    return Message("instrument_title", title=f"{known.label or scale} ({instrument.title})")


def _study_name(folder: Path) -> str:
    letters = re.sub(r"[^A-Za-z0-9]+", "_", folder.resolve().name).strip("_")
    return letters[:64] or "my_study"


def _described(draft: StudyDraft, language: Language) -> Iterator[str]:
    """Say what was recognised, file by file."""
    for group in draft.groups:
        for file in group.exports:
            yield Message("read", file=file.shown, rows=file.rows, platform=file.sheet.platform).text(language)
            yield from (f"  {line}" for line in _file_lines(draft.files[file.shown], language))
            if file.dictionary:
                yield "  " + Message("dictionary", file=file.dictionary, export=file.shown).text(language)
        for kind in ("roster", "sessions", "attendance"):
            listed = getattr(group, kind)
            if listed is not None:
                yield Message(kind, file=listed.shown, cohort=group.name, rows=listed.rows).text(language)
    yield from (Message("unused", file=file.shown).text(language) for file in draft.unused)


def _file_lines(found: FileDraft, language: Language) -> Iterator[str]:
    person, elements = found.roles.person, found.roles.elements
    if elements:
        yield Message("elements_are", number=len(elements), columns=", ".join(elements)).text(language)
    else:
        yield (Message("person_is", column=person) if person else Message("person_open")).text(language)
    waves = (
        [f"{value} = {wave or '?'}" for value, (wave, _, _) in found.values.items()]
        or list(dict.fromkeys(found.block_waves.values()))
        or [found.wave]
    )
    if all(waves):
        why = f" ({found.wave_why.text(language)})" if found.wave_why else ""
        yield Message("wave_is", waves=", ".join(waves) + why).text(language)
    else:
        yield Message("wave_is_open").text(language)
    if found.roles.named("group"):
        yield Message("group_is", column=found.roles.named("group")).text(language)
    if found.ratings:
        yield Message("ratings_are").text(language)
    for guess in found.guesses:
        reasons = said_together(guess.reasons, language)
        if guess.instrument:
            sure = Message(guess.confidence).text(language)
            said = Message(
                "found", instrument=guess.instrument, columns=guess.block.shown, confidence=sure, reasons=reasons
            )
        else:
            said = Message("found_open", columns=guess.block.shown, reasons=reasons)
        yield said.text(language)


def _ending(draft: StudyDraft, settled: Settled, folder: Path, language: Language) -> Iterator[str]:
    here = Path(os.path.relpath(folder)).as_posix()
    study, codebook = f"{here}/{STUDY}", f"{here}/{CODEBOOK}"
    if draft.code:
        yield Message("code_is", form=draft.code.described()).text(language)
    if any(not settled.groups.get(group.name) for group in without_groups(draft)):
        yield Message("no_group").text(language)
        yield from (line.text(language) for line in _possible_groups(draft))
    if not outcomes_of(draft):
        yield Message("no_outcome").text(language)
    cells, confirm = len(draft.codebook.open_cells), len(draft.codebook.to_confirm)
    key = "open_cells" if cells else "all_filled"
    yield Message(key, number=cells, confirm=confirm, codebook=CODEBOOK).text(language)
    yield Message("wrote", study=study, codebook=codebook).text(language)
    yield Message("next", codebook=codebook, program=program(), study=study).text(language)


def _possible_groups(draft: StudyDraft) -> Iterator[Message]:
    """Name the columns that hold a few texts, each of several people: one of them may be the group."""
    for shown, found in draft.files.items():
        items = {column.name for guess in found.guesses for column in guess.block.columns}
        free = [column for column in found.given.columns if column.name not in {*items, *found.roles.uses}]
        asked = [c for c in free if not (c.of_platform or c.is_private or c.named_of_person)]
        names = [
            column.name
            for column in asked
            if 2 <= len(column.counts) <= MOST_GROUPS and min(column.counts.values()) >= SMALLEST_GROUP
        ]
        if names:
            yield Message("group_could_be", file=shown, columns=", ".join(names))

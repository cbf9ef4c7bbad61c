"""The stage `release`: what may leave the house, from the tables of a finished study, in a folder of its own."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balint_eval.errors import DataError, DisclosureError, Problem, StudyError
from balint_eval.folders import Folders, read_results
from balint_eval.stages import key_of
from balint_eval.study import StudyFile
from balint_eval.tables import neutralised, write_bytes, write_text

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.disclosure import Ledger, Released
    from balint_eval.language import Language
    from balint_eval.plots import Drawing

FIGURES = ("forest", "forest_narrow", "means")
"""Figures of a release; none of them shows a single person or a small group."""
LOG = "disclosure_log.csv"
APPROVAL = "comments_to_approve.csv"
_YES = frozenset({"yes", "y", "x", "1", "true", "بله", "آری"})


class ReleaseFolders:
    """Where a release lies: `release/` in the results of the study, apart from what is internal."""

    def __init__(self, folders: Folders) -> None:
        self.root = folders.root / "release"
        self.tables = self.root / "tables"
        self.figures = self.root / "figures"
        self.reports = self.root / "report"
        self.log = self.root / LOG
        self.manifest = self.root / "manifest.json"

    def figures_in(self, tag: str) -> Path:
        """Folder of the figures in a language; English ones lie at the top."""
        return self.figures if tag == "en" else self.figures / tag

    def report(self, reader: str, tag: str, suffix: str) -> Path:
        """File of a report; nothing in its name says that it is internal, because it is not."""
        return self.reports / f"{reader}.{tag}.{suffix}"


def run_release(file: StudyFile, folders: Folders) -> list[str]:
    """Make a release: tables, figures and reports, and its entry in the ledger.

    Returns
    -------
    list of str
        What to log; no number of people and no hidden figure stands in it.

    Raises
    ------
    DisclosureError
        PV-ITEM, PV-TEXT, PV-KLOWERED, PV-DIFFERENCE, PV-LEDGER. Nothing is written then.
    StudyError
        CFG-REFERENCE: the trait is none of the roster's.
    """
    key = key_of(file, [], folders)
    tables = read_results(folders)
    comments, approved = _comments(file, folders, key)
    released, ledger = _released(file, tables, key, len(comments))
    # The ledger comes first: a release that is not in it must not lie in the folder.
    write_ledger(file, ledger)
    place = ReleaseFolders(folders)
    _empty(place)
    _write_tables(place, released, approved)
    drawn = [_draw(released, file, language, place) for language in file.languages()]
    reports = _write_reports(released, approved, file, place)
    _write_manifest(file, place)
    return [
        f"{released.redacted()} figures withheld, listed with their rule in {LOG}",
        *(f"{number} figures drawn ({language.tag})" for number, language in zip(drawn, file.languages(), strict=True)),
        *reports,
    ]


def _released(
    file: StudyFile, tables: Mapping[str, pd.DataFrame], key: bytes, comments: int
) -> tuple[Released, Ledger]:
    """Make the tables, held against what earlier releases have shown."""
    from balint_eval.disclosure import Limits, Release, check_release, release_tables
    from balint_eval.disclosure.ledger import marker

    rules = file.study.release
    _check_wishes(file, tables)
    ledger, limits = read_ledger(file), Limits.of(rules.smallest)
    wishes: dict[str, Any] = {"trait": rules.trait, "items": rules.items != "none", "comments": comments}
    wanted = release_tables(tables, limits, **wishes, mark=marker(key))
    check_release(ledger, wanted.sums, rules.smallest, ledger_path(file).as_posix())
    released = release_tables(tables, limits, **wishes, mark=marker(key), known=ledger.known())
    entry = Release(date.today().isoformat(), rules.smallest, rules.reason, released.sums)
    return released, ledger.with_release(entry)


def _check_wishes(file: StudyFile, tables: Mapping[str, pd.DataFrame]) -> None:
    """Refuse what is asked for and never released."""
    from balint_eval.disclosure import Limits

    rules, limits = file.study.release, Limits.of(file.study.release.smallest)
    traits = [column for column in tables["participants"].columns if column not in _NO_TRAITS]
    if rules.trait and rules.trait not in traits:
        what, mend = f"there is no trait '{rules.trait}'", f"use one of: {', '.join(traits) or 'none is declared'}"
        raise StudyError(Problem("CFG-REFERENCE", what, mend, file.shown_as, column="release.trait"))
    pooled = tables["item_counts"]
    answered = pooled[pooled["cohort"] == "all"]["answered"] if len(pooled) else pooled["answered"]
    if rules.items == "pooled" and (answered.empty or int(answered.min()) < limits.items):
        what = f"answers to single items are asked for, and fewer than {limits.items} people answered one of them"
        mend = "write items: if_enough under release:, which leaves such items out, or items: none"
        raise DisclosureError(Problem("PV-ITEM", what, mend, file.shown_as, column="release.items"))


_NO_TRAITS = frozenset({"cohort", "person_id", "group_id", "arm"})


def ledger_path(file: StudyFile) -> Path:
    """Give the ledger of a study: beside the key of the pseudonyms, where every later release finds it."""
    from balint_eval.ingest.pseudonyms import key_path

    return key_path().parent / "releases" / f"{file.study.name}.json"


def read_ledger(file: StudyFile) -> Ledger:
    """Read the ledger of a study; an empty one where nothing has been released."""
    from balint_eval.disclosure import Ledger
    from balint_eval.disclosure.ledger import from_text

    path = ledger_path(file)
    return from_text(path.read_text(encoding="utf-8"), path.as_posix()) if path.is_file() else Ledger()


def write_ledger(file: StudyFile, ledger: Ledger) -> None:
    """Write the ledger, readable by its owner only."""
    from balint_eval.disclosure.ledger import to_text

    path = ledger_path(file)
    write_text(path, to_text(ledger))
    path.chmod(0o600)


def _comments(file: StudyFile, folders: Folders, key: bytes) -> tuple[list[str], list[str]]:
    """Give all comments, and those a person has approved; the sheet for approving lies in `restricted/`.

    Raises
    ------
    DisclosureError
        PV-TEXT: comments are asked for word by word, and none is approved.
    """
    wish = file.study.release.comments
    if wish == "none":
        return [], []
    comments = [
        text
        for cohort in file.study.cohorts
        for text in _column(folders.restricted / cohort.name / "comments.csv", "comment")
        if text.strip()
    ]
    sheet = folders.restricted / APPROVAL
    approved = [row["comment"] for row in _rows(sheet) if row.get("release", "").strip().casefold() in _YES]
    approved = [text for text in approved if text in comments]
    if wish == "approved" and not approved:
        _write_approval(sheet, comments, key)
        what = "comments are asked for word by word, and nobody has approved any"
        mend = (
            "read each comment in this file as its writer and its subject would, write yes before those that may be "
            "shown to anybody, and run again; or write comments: count under release:"
        )
        raise DisclosureError(Problem("PV-TEXT", what, mend, sheet.as_posix()))
    return comments, approved if wish == "approved" else []


def _column(path: Path, name: str) -> list[str]:
    return [row.get(name) or "" for row in _rows(path)]


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: _unquoted(value or "") for name, value in row.items() if name} for row in csv.DictReader(file)]


def _unquoted(text: str) -> str:
    from balint_eval.tables import as_written

    return str(as_written(text))


def _write_approval(sheet: Path, comments: list[str], key: bytes) -> None:
    """Write the comments in an order that says nothing of who wrote them, with a blank to approve each."""
    from balint_eval.tables import harmless

    shuffled = sorted(set(comments), key=lambda text: hmac.new(key, text.encode(), hashlib.sha256).digest())
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([("release", "comment"), *(("", harmless(comment)) for comment in shuffled)])
    # With a mark of its encoding, spreadsheets show Persian as it is.
    write_bytes(sheet, text.getvalue().encode("utf-8-sig"))
    sheet.chmod(0o600)


def _empty(place: ReleaseFolders) -> None:
    """Take away what an earlier release left, so that nothing of it is given out with this one."""
    for path in sorted(place.root.rglob("*"), reverse=True) if place.root.is_dir() else []:
        path.rmdir() if path.is_dir() else path.unlink()


def _write_tables(place: ReleaseFolders, released: Released, approved: list[str]) -> None:
    import pandas as pd

    tables = {**released.shown, **({"comments": pd.DataFrame({"comment": sorted(approved)})} if approved else {})}
    for name, frame in tables.items():
        write_text(place.tables / f"{name}.csv", neutralised(frame).to_csv(index=False, lineterminator="\n"))
    write_text(place.log, neutralised(released.log()).to_csv(index=False, lineterminator="\n"))


def _draw(released: Released, file: StudyFile, language: Language, place: ReleaseFolders) -> int:
    from balint_eval.plots import list_figures, save_drawing

    index = []
    figures = list_figures(released.of_figures(), file, language)
    for name in FIGURES:
        drawing = figures[name]()
        if drawing is not None:
            save_drawing(drawing, place.figures_in(language.tag), name)
            index.append({
                "name": name, "title": drawing.title, "caption": drawing.caption,
                "alternative_text": drawing.alternative_text,
            })  # fmt: skip
    write_text(place.figures_in(language.tag) / "index.json", json.dumps(index, ensure_ascii=False, indent=1) + "\n")
    return len(index)


def figures_of_release(
    file: StudyFile, folders: Folders, language: Language, names: list[str]
) -> dict[str, Callable[..., Drawing | None]]:
    """Give figures of a release that was made, undrawn, by name.

    Parameters
    ----------
    file : StudyFile
    folders : Folders
    language : Language
    names : list of str
        Those asked for; where these are all there are, those of a release.

    Raises
    ------
    DisclosureError
        PV-POINTS: one of them shows single people or small groups.
    DataError
        WF-NORESULTS: no release was made.
    """
    from balint_eval.plots import list_figures

    if not ReleaseFolders(folders).manifest.is_file():
        what = "no release of this study was made"
        raise DataError(Problem("WF-NORESULTS", what, "run `balint-eval run STUDY --audience release` first"))
    released, _ = _released(file, read_results(folders), key_of(file, [], folders), comments=0)
    figures = list_figures(released.of_figures(), file, language)
    asked = names if set(names) < set(figures) else list(FIGURES)
    refused = [name for name in asked if name not in FIGURES]
    if refused:
        what = f"the figure '{refused[0]}' shows single people, small groups or counts, which no release does"
        mend = f"use some of: {', '.join(FIGURES)}; or draw it for internal use, without --audience release"
        raise DisclosureError(Problem("PV-POINTS", what, mend))
    return {name: figures[name] for name in asked}


def _write_reports(released: Released, approved: list[str], file: StudyFile, place: ReleaseFolders) -> list[str]:
    from balint_eval.provenance import versions
    from balint_eval.report.html import render_html
    from balint_eval.report.model import to_json
    from balint_eval.report.pdf import render_pdf
    from balint_eval.report.release import build_release
    from balint_eval.report.saved import read_drawings, read_pictures
    from balint_eval.report.word import render_docx

    written = []
    for language in file.languages():
        drawings = read_drawings(place.figures_in(language.tag))
        for reader in ("educator", "researcher"):
            report = build_release(reader, released, approved, file, drawings, versions(), language)
            write_text(place.report(reader, language.tag, "json"), to_json(report))
            for kind in file.study.report.formats:
                path = place.report(reader, language.tag, kind)
                if kind == "html":
                    write_text(path, render_html(report))
                elif kind == "docx":
                    pictures = read_pictures(place.figures_in(language.tag), report.figure_names())
                    write_bytes(path, render_docx(report, pictures))
                else:
                    write_bytes(path, render_pdf(report))
                written.append(path.name)
    return written


def _write_manifest(file: StudyFile, place: ReleaseFolders) -> None:
    """List what was released, each file with its SHA-256; no input is named, and no setting of people."""
    from balint_eval.provenance import code_digest, list_outputs, versions

    facts = {
        "study": file.study.name,
        "audience": "release",
        "smallest": file.study.release.smallest,
        "reason": file.study.release.reason,
        "versions": versions(),
        "code": code_digest("release"),
        "outputs": list_outputs(place.root),
    }
    write_text(place.manifest, json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

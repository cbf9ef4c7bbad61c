"""One function a stage: read tables, call the library, write tables. The workflow's rules call these."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.batch_tables import cut_by_cohort, make_by_cohort
from balint_eval.batches import cohorts_of, list_batches
from balint_eval.folders import Folders, read_results
from balint_eval.study import StudyFile
from balint_eval.tables import read_table, write_table, write_text

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.ingest.cohort import Ingested
    from balint_eval.language import Language
    from balint_eval.report.model import Report
    from balint_eval.study_model import Cohort

PRIVATE = 0o600


def run_ingest(file: StudyFile, batch: str, folders: Folders) -> list[str]:
    """Read the exports of a batch of cohorts; comments and the linkage go to `restricted/` only.

    A cohort whose files, settings and code are those of the stored tables is not read again, nor one that the run has
    just read.

    Returns
    -------
    list of str
        What to log, without any id or text of a person.
    """
    from balint_eval.kept_readings import KeptReadings
    from balint_eval.merging import INGESTED

    key = key_of(file, cohorts_of(file, batch), folders)
    kept = KeptReadings(folders.restricted, batch, key)

    def make(cohort: Cohort, digest: str) -> tuple[Mapping[str, pd.DataFrame], list[str]]:
        return _ingest_one(file, cohort, kept.take(digest), key, folders)

    return make_by_cohort(file, batch, folders, "ingest", INGESTED, make)


def _ingest_one(
    file: StudyFile, cohort: Cohort, read: Ingested | None, key: bytes, folders: Folders
) -> tuple[Mapping[str, pd.DataFrame], list[str]]:
    from balint_eval.ingest.cohort import ingest_cohort
    from balint_eval.ingest.pseudonyms import fingerprint, pseudonymiser

    ingested = read or ingest_cohort(file, cohort, pseudonymiser(key))
    _write_restricted(ingested.comments, folders.restricted / cohort.name / "comments.csv")
    # With a word before it, no spreadsheet takes 12345678 or 1e234567 for a number.
    _write_restricted(ingested.linkage.assign(key_fingerprint=f"key {fingerprint(key)}"), folders.linkage(cohort.name))
    lines = [f"{row.file}: {row.rows} rows. {row.notes}" for row in ingested.tables["sources"].itertuples()]
    return ingested.tables, [*lines, *_write_review(cohort.name, ingested, folders)]


def key_of(file: StudyFile, cohorts: list[str], folders: Folders) -> bytes:
    """Read the key, held to its place and to the key of what is stored.

    Raises
    ------
    StudyError
        CFG-KEYPLACE, CFG-KEYWEAK or CFG-KEYCHANGED.
    """
    from balint_eval.ingest.pseudonyms import read_key, refuse_changed_key

    key = read_key(away_from=[file.folder, folders.results, folders.restricted.parent])
    for name in cohorts:
        refuse_changed_key(key, folders.linkage(name))
    return key


def _write_review(cohort_name: str, ingested: Ingested, folders: Folders) -> list[str]:
    """Write the review sheet; one that shows every pair already is left as its reader has it."""
    from balint_eval.ingest.linkage.decisions import words_in
    from balint_eval.tables import write_bytes

    review, path = ingested.review, folders.review(cohort_name)
    if review is None:
        return list(ingested.notes)
    words = words_in(path) if path.is_file() else None
    if words is None or not review.marks <= set(words):
        # What somebody has decided in the sheet and not yet named in the study file is carried over.
        write_bytes(path, review.sheet(words or {}), PRIVATE)
    return [*ingested.notes, f"Decisions of a person applied: {review.decided}. Still to decide: {review.open}."]


def _write_restricted(frame: pd.DataFrame, path: Path) -> None:
    from balint_eval.tables import neutralised

    write_text(path, neutralised(frame).to_csv(index=False, lineterminator="\n"), PRIVATE)


def run_score(file: StudyFile, batch: str, folders: Folders) -> list[str]:
    """Score the responses of a batch of cohorts."""
    from balint_eval.cohort_stages import score
    from balint_eval.merging import SCORED, TO_SCORE

    ingested = cut_by_cohort({name: read_table(folders.batch(batch) / f"{name}.csv", name) for name in TO_SCORE})

    def make(cohort: Cohort, _: str) -> tuple[Mapping[str, pd.DataFrame], list[str]]:
        tables = score(ingested(cohort), file, cohort)
        return tables, _scored_lines(cohort.name, tables)

    return make_by_cohort(file, batch, folders, "score", SCORED, make)


def _scored_lines(cohort: str, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    status = tables["scores"]["status"].value_counts().sort_index()
    return [f"{cohort}: {count} scores: {name}" for name, count in status.items()] + [
        f"{cohort}: {row.severity}: {row.instrument} {row.scale}: {row.seen}. {row.why}. {row.mend}."
        for row in tables["findings"].itertuples()
        if row.severity != "note"
    ]


def run_compare(file: StudyFile, folders: Folders) -> list[str]:
    """Put the cohorts together, compare and judge."""
    from balint_eval.merging import MERGED, merge
    from balint_eval.notices import list_notices
    from balint_eval.pipeline import analyse

    batches = list_batches(file)
    _remove_earlier(folders, file)
    parts = [{name: read_table(folders.batch(batch) / f"{name}.csv", name) for name in MERGED} for batch in batches]
    merged = merge(parts)
    tables = {**merged, **analyse(merged, file)}
    for name, table in tables.items():
        write_table(table, folders.tables / f"{name}.csv", name)
    notices = [str(notice) for notice in list_notices(tables, file.instruments)]
    return [f"{len(tables['comparisons'])} comparisons, {len(tables['claims'])} claims judged", *notices]


def _remove_earlier(folders: Folders, file: StudyFile) -> None:
    """Remove tables of batches and pages of cohorts that the study has no more."""
    names = {cohort.name for cohort in file.study.cohorts} if file.study.report.each_cohort else set[str]()
    for folder, kept in ((folders.root / "cohorts", set(list_batches(file))), (folders.reports / "cohorts", names)):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path)


def run_figures(file: StudyFile, folders: Folders) -> list[str]:
    """Draw every figure in every language, as SVG and PNG (for papers as PDF too), with its data and words."""
    tables = read_results(folders)
    drawn = [
        f"{_draw(tables, file, language, folders.figures_in(language.tag))} figures drawn ({language.tag})"
        for language in file.languages()
    ]
    return [*drawn, *_letters_lacking(file, tables)]


def _letters_lacking(file: StudyFile, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Name the letters of the study's labels that figures show as boxes; pages and Word files show them."""
    from balint_eval.plots.words import unknown_letters

    study = file.study
    labelled = [*study.waves, *study.arms, *study.outcomes, *study.cohorts]
    labels = [str(getattr(entry, "label", "")) for entry in labelled]
    lacking = unknown_letters([study.title, *labels, *tables["participants"]["group_id"].unique()])
    named = ", ".join(f"U+{ord(letter):04X}" for letter in lacking)
    return [f"WARN-GLYPH: figures show boxes for letters that their font lacks: {lacking} ({named})"] if lacking else []


def _draw(tables: Mapping[str, pd.DataFrame], file: StudyFile, language: Language, folder: Path) -> int:
    from balint_eval.plots import draw_all, save_drawing

    index = []
    for name, drawing in draw_all(tables, file, language).items():
        save_drawing(drawing, folder, name)
        index.append({
            "name": name, "title": drawing.title, "caption": drawing.caption,
            "alternative_text": drawing.alternative_text,
        })  # fmt: skip
    write_text(folder / "index.json", json.dumps(index, ensure_ascii=False, indent=1) + "\n")
    return len(index)


def run_report(file: StudyFile, folders: Folders) -> list[str]:
    """Write the reports for both readers, in every language and format the study file asks for."""
    from balint_eval.provenance import describe_run
    from balint_eval.report.educator import build_educator
    from balint_eval.report.model import to_json
    from balint_eval.report.researcher import build_researcher
    from balint_eval.report.saved import read_drawings

    tables, provenance = read_results(folders), describe_run(file)
    written = []
    for language in file.languages():
        drawings = read_drawings(folders.figures_in(language.tag))
        for name, build in (("educator", build_educator), ("researcher", build_researcher)):
            report = build(tables, file, drawings, provenance, language)
            write_text(folders.report(name, language.tag, "json"), to_json(report))
            for kind in file.study.report.formats:
                path = folders.report(name, language.tag, kind)
                write_report(report, path, folders.figures_in(language.tag))
                written.append(path.name)
    return written + _remove_unasked(folders, written)


def _remove_unasked(folders: Folders, written: list[str]) -> list[str]:
    """Remove reports in formats and languages that are not asked for any more: they are of an earlier run."""
    kept = {name for path in map(Path, written) for name in (path.name, path.with_suffix(".json").name)}
    earlier = [
        path
        for kind in ("html", "docx", "pdf", "json")
        for reader in ("educator", "researcher")
        for path in sorted(folders.reports.glob(f"{reader}.*.INTERNAL.{kind}"))
        if path.name not in kept
    ]
    for path in earlier:
        path.unlink()
    return [f"{path.name} removed: of an earlier run, and not asked for any more" for path in earlier]


def write_report(report: Report, path: Path, figures: Path) -> None:
    """Write a report in the format of the path's suffix."""
    from balint_eval.report.html import render_html
    from balint_eval.report.pdf import render_pdf
    from balint_eval.report.saved import read_pictures
    from balint_eval.report.word import render_docx
    from balint_eval.tables import write_bytes

    if path.suffix == ".html":
        write_text(path, render_html(report))
    elif path.suffix == ".docx":
        write_bytes(path, render_docx(report, read_pictures(figures, report.figure_names())))
    else:
        write_bytes(path, render_pdf(report))


def run_manifest(file: StudyFile, folders: Folders) -> list[str]:
    """List what went in and what came out, each with its SHA-256: for programs, for a CODECHECK, for archives."""
    from balint_eval.codecheck import codecheck_text
    from balint_eval.crate import METADATA, crate_text
    from balint_eval.provenance import describe_run, described_output, list_outputs, workflow_folder
    from balint_eval.verify import CODECHECK, NOT_LISTED

    for source in sorted([workflow_folder() / "Snakefile", *workflow_folder().glob("rules/*.smk")]):
        copied = folders.root / "workflow" / source.relative_to(workflow_folder())
        write_text(copied, source.read_text(encoding="utf-8"))
    described = describe_run(file)
    outputs = list_outputs(folders.root, (*NOT_LISTED, CODECHECK))
    write_text(folders.root / CODECHECK, codecheck_text(file, outputs, described["command"]))
    outputs = sorted([*outputs, described_output(folders.root, CODECHECK)], key=lambda one: str(one["file"]).split("/"))
    write_text(folders.root / METADATA, crate_text(described, outputs, file.study.title, file.study.contact))
    text = json.dumps({**described, "outputs": outputs}, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(folders.manifest, f"{text}\n")
    return [f"{len(outputs)} outputs listed"]

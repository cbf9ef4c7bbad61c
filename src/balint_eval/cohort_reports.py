"""A page for the educators of each cohort: its own evaluation, three figures and the tables behind them.

A cohort is evaluated as a study of its own. What holds of the study as a whole stays in the study's reports.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.batch_tables import cut_by_cohort
from balint_eval.batches import cohorts_of, list_batches
from balint_eval.folders import Folders
from balint_eval.hashing import sha256_of_text
from balint_eval.provenance import cohort_digest, describe_run, files_below
from balint_eval.stages import write_report
from balint_eval.study import StudyFile
from balint_eval.tables import ALL_COHORTS, read_table, write_table, write_text

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.language import Language
    from balint_eval.plots.drawing import Kind
    from balint_eval.report.saved import SavedDrawing

TABLES_OF_A_COHORT = ("comparisons", "descriptives", "claims")


def run_examine(file: StudyFile, folders: Folders) -> list[str]:
    """Let the doctor hold the cohorts against each other, so that their pages need not wait for the comparison.

    Returns
    -------
    list of str
        What to log.
    """
    import pandas as pd

    from balint_eval.cohort_stages import compare_cohorts

    parts = [read_table(folders.batch(batch) / "responses.csv", "responses") for batch in list_batches(file)]
    found = compare_cohorts(pd.concat(parts, ignore_index=True), file)
    write_table(found, folders.findings_of_study, "findings")
    return [f"{len(found)} findings on the cohorts beside each other"]


def run_cohort_reports(file: StudyFile, batch: str, folders: Folders) -> list[str]:
    """Write the page of each cohort of a batch; of one in which nothing has changed it is kept.

    Returns
    -------
    list of str
        What to log.
    """
    from balint_eval.merging import MERGED

    stored = cut_by_cohort({name: read_table(folders.batch(batch) / f"{name}.csv", name) for name in MERGED})
    found = read_table(folders.findings_of_study, "findings")
    record = folders.batch(batch) / "reports.json"
    known, made, lines = _read_record(record), dict[str, list[str]](), []
    for cohort in map(file.cohort, cohorts_of(file, batch)):
        of_study = found[found["cohort"].isin([ALL_COHORTS, cohort.name])]
        parts = (cohort_digest(file, "cohort_reports", cohort), of_study.to_csv(index=False))
        digest, folder = sha256_of_text("\n".join(parts)), folders.of_cohort(cohort.name)
        before, *names = known.get(cohort.name, [""])
        if before == digest and all((folder / name).is_file() for name in names):
            made[cohort.name] = [digest, *names]
            lines.append(f"{cohort.name}: nothing has changed; its page is kept.")
            continue
        merged = stored(cohort)
        _write_cohort(file.only([cohort.name]), {**merged, "findings": _with(merged, of_study)}, folders)
        files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        made[cohort.name] = [digest, *files]
        lines.append(f"{cohort.name}: page written.")
    write_text(record, json.dumps(made, indent=1, sort_keys=True) + "\n")
    return lines


def forget_incomplete(file: StudyFile, folders: Folders) -> None:
    """Let the batches be made again of which a file of a cohort's page is not there any more."""
    there = set(files_below(folders.reports / "cohorts"))
    for batch in list_batches(file):
        record = folders.batch(batch) / "reports.json"
        pages = _read_record(record)
        if any(f"{name}/{file_name}" not in there for name in pages for file_name in pages[name][1:]):
            record.unlink()


def _read_record(record: Path) -> dict[str, list[str]]:
    """Read what each page of a batch was made from, and its files."""
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _with(merged: Mapping[str, pd.DataFrame], of_study: pd.DataFrame) -> pd.DataFrame:
    from balint_eval.merging import stack

    return stack([merged["findings"], of_study], "findings")


def _write_cohort(file: StudyFile, merged: Mapping[str, pd.DataFrame], folders: Folders) -> None:
    from balint_eval.pipeline import analyse_for_educators
    from balint_eval.plots.style import house_style
    from balint_eval.report.educator import build_educator
    from balint_eval.report.model import to_json

    tables = {**merged, **analyse_for_educators(merged, file)}
    provenance, folder = describe_run(file), folders.of_cohort(file.study.cohorts[0].name)
    # Nothing of an earlier run stays beside what is written now.
    shutil.rmtree(folder, ignore_errors=True)
    for name in TABLES_OF_A_COHORT:
        write_table(tables[name], folder / f"{name}.csv", name)
    for language in file.languages():
        figures = folder if language.tag == "en" else folder / language.tag
        with house_style():
            drawings = _drawn(tables, file, language, figures)
        report = build_educator(tables, file, drawings, provenance, language)
        path = folder / f"educator.{language.tag}.INTERNAL"
        write_text(path.with_name(f"{path.name}.json"), to_json(report))
        for kind in file.study.report.formats:
            write_report(report, path.with_name(f"{path.name}.{kind}"), figures)


def _drawn(
    tables: Mapping[str, pd.DataFrame], file: StudyFile, language: Language, folder: Path
) -> dict[str, SavedDrawing]:
    """Draw and save the figures of one cohort; the narrow one is for the page only."""
    from balint_eval.plots import list_figures, save_drawing
    from balint_eval.report.saved import SavedDrawing

    figures = list_figures(tables, file, language)
    drawn: dict[str, SavedDrawing] = {}
    first = next((one for one in file.study.outcomes if one.role == "primary"), file.study.outcomes[0])
    for name in ("forest", "means", f"slopes_{first.instrument}_{first.scale}", "forest_narrow"):
        drawing = figures[name]() if name in figures else None
        if drawing is not None:
            kinds: tuple[Kind, ...] = ("svg",) if name == "forest_narrow" else ("svg", "png")
            save_drawing(drawing, folder, name, kinds)
            svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
            drawn[name] = SavedDrawing(svg, drawing.title, drawing.caption, drawing.alternative_text, drawing.data)
    return drawn

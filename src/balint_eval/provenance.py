"""What a result was made from: hashes of inputs, settings and code, versions, and the manifest."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from balint_eval.hashing import sha256_of_file, sha256_of_stream, sha256_of_text
from balint_eval.study import StudyFile
from balint_eval.study_model import Cohort

PACKAGES = (
    "balint-eval",
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "pingouin",
    "openpyxl",
    "pyreadstat",
    "matplotlib",
    "jinja2",
    "typst",
    "python-docx",
    "snakemake",
)

_CODEBOOK = (
    "codebook", "ingest/__init__.py", "ingest/cell_text.py", "ingest/control.py", "ingest/delimited.py",
    "ingest/delimiter.py", "ingest/grid.py", "ingest/packed.py", "ingest/plain_sheet.py", "ingest/sheet_markup.py",
    "ingest/sheet_rules.py", "ingest/source.py", "ingest/text.py", "ingest/workbook.py", "ingest/workbook_guard.py",
)  # fmt: skip
"""The reader of the codebook, with the parts of `ingest` that know no study."""

_COMMON = (
    *_CODEBOOK, "errors.py", "hashing.py", "strict_yaml.py", "settings_words.py", "study.py", "study_context.py",
    "study_dates.py",
    "study_exports.py", "study_items.py", "study_languages.py", "study_linkage.py", "study_model.py",
    "study_outcomes.py", "study_paths.py", "study_rules.py", "jalali.py", "instruments", "kinds.py", "language",
    "tables.py", "contracts.yaml", "stages.py", "batches.py",
    "batch_tables.py", "folders.py",
)  # fmt: skip
STAGE_CODE: Mapping[str, tuple[str, ...]] = {
    "ingest": (*_COMMON, "cohort_stages.py", "kept_readings.py", "merging.py", "ingest"),
    "score": (*_COMMON, "cohort_stages.py", "merging.py", "scoring.py", "score_arrays.py", "doctor", "stats"),
    "compare": (
        *_COMMON, "cohort_stages.py", "merging.py", "pipeline.py", "comparisons.py", "consistency.py", "contrasts.py",
        "kirkpatrick.py", "quality.py",
        "relinked.py", "retest.py", "scoring.py", "score_arrays.py", "doctor", "stats", "pooling.py", "published",
        "individual_change.py", "appraisal", "balance.py", "clustering.py", "dose.py", "influence.py", "assumptions.py",
        "baseline_dependence.py", "heterogeneity.py",
        "proportions.py", "arm_means.py", "growth.py", "completed.py", "missingness.py", "notices.py",
        "threads.py",
    ),
    "figures": (*_COMMON, "plots", "rounding.py", "typesetting.py", "locale"),
    "report": (
        *_COMMON, "appraisal", "report", "office_files.py", "locale", "consistency.py", "contrasts.py",
        "kirkpatrick.py", "provenance.py", "quality.py", "rounding.py", "scoring.py", "score_arrays.py", "stats",
        "threads.py", "typesetting.py",
    ),
    "manifest": (*_COMMON, "codecheck.py", "crate.py", "provenance.py", "verify.py"),
    "release": (
        *_COMMON, "release.py", "disclosure", "appraisal", "report", "office_files.py", "locale", "consistency.py",
        "contrasts.py", "kirkpatrick.py", "provenance.py", "plots", "quality.py", "scoring.py", "score_arrays.py",
        "stats", "ingest/pseudonyms.py", "rounding.py", "threads.py", "typesetting.py",
    ),
}  # fmt: skip
STAGE_CODE = {
    **STAGE_CODE,
    "cohort_reports": (
        *dict.fromkeys(part for stage in ("ingest", "compare", "figures", "report") for part in STAGE_CODE[stage]),
        *("cohort_reports.py", "codecheck.py", "crate.py", "verify.py"),
    ),
}
"""Files and folders of the package that each stage's result depends on; a test holds them to the imports."""


def code_digest(stage: str) -> str:
    """Give a digest of the code a stage uses and of the versions under it.

    Edited code reruns although the package is installed, and so does another version of what computes the numbers.
    """
    return sha256_of_text(f"{_digest_of_code(STAGE_CODE[stage])} {json.dumps(versions(), sort_keys=True)}")


@cache
def _digest_of_code(parts: tuple[str, ...]) -> str:
    root = Path(__file__).parent
    files = sorted(path for part in parts for path in _source_files(root / part))
    lines = [f"{path.relative_to(root).as_posix()} {sha256_of_file(path)}" for path in files]
    return sha256_of_text("\n".join(lines))


def _source_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def input_hashes(file: StudyFile, cohort: Cohort) -> list[str]:
    """Give `path sha256` of every file of a cohort, sorted: other content reruns whatever its date."""
    return [f"{name} {sha256_of_file(file.path(name))}" for name in file.input_files(cohort)]


def stage_settings(file: StudyFile, stage: str, cohort: Cohort | None = None) -> str:
    """Give a digest of the settings a stage depends on, so that only what they touch is rerun."""
    own = "" if cohort is None else cohort.model_dump_json()
    return sha256_of_text(f"{_shared_settings(file, stage)}\n{own}")


@lru_cache(maxsize=16)
def _shared_settings(file: StudyFile, stage: str) -> str:
    """Give the settings that all cohorts of a study share, as one text, once for all of them."""
    used = file.study.model_dump(mode="json", include=set(_SECTIONS[stage]))
    used["instruments"] = [instrument.model_dump(mode="json") for _, instrument in sorted(_used(file).items())]
    return json.dumps(used, sort_keys=True, ensure_ascii=False)


_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "ingest": ("waves", "arms", "linkage", "answer_sets", "time_zone"),
    "score": (),
    "examine": ("waves", "cohorts"),
    "compare": ("waves", "arms", "outcomes", "plan", "levels", "cohorts", "context", "question"),
    "figures": ("title", "languages", "translations", "waves", "arms", "outcomes", "programme", "cohorts"),
    "report": (
        "name", "title", "description", "question", "contact", "levels", "audience", "report", "waves", "arms",
        "programme", "outcomes", "plan", "linkage", "cohorts", "context", "languages", "translations",
    ),
    "release": (
        "name", "title", "description", "question", "contact", "levels", "release", "report", "waves", "arms",
        "programme", "outcomes", "plan", "cohorts", "languages", "translations",
    ),
}  # fmt: skip
_SECTIONS = {
    **_SECTIONS,
    # What other cohorts hold changes nothing in the page of one.
    "cohort_reports": tuple(
        dict.fromkeys(
            name for stage in ("compare", "figures", "report") for name in _SECTIONS[stage] if name != "cohorts"
        )
    ),
}


def cohort_digest(file: StudyFile, stage: str, cohort: Cohort) -> str:
    """Give a digest of what a stage of batches makes of one cohort: its files, settings and code."""
    stages = ("ingest", "score", "cohort_reports")
    before = stages[: stages.index(stage) + 1]
    parts = [part for name in before for part in (stage_settings(file, name, cohort), code_digest(name))]
    return sha256_of_text("\n".join([*parts, *input_hashes(file, cohort)]))


def comment_hashes(file: StudyFile, results: str) -> list[str]:
    """Give the SHA-256 of the comments and of the sheet in which they are approved: a release depends on both."""
    folder = Path(results).parent / "restricted" / file.study.name
    names = [*(f"{cohort.name}/comments.csv" for cohort in file.study.cohorts), "comments_to_approve.csv"]
    return sorted(f"{name} {sha256_of_file(folder / name)}" for name in names)


def _used(file: StudyFile) -> dict[str, Any]:
    names = {items.instrument for cohort in file.study.cohorts for export in cohort.exports for items in export.items}
    return {name: file.instruments[name] for name in names | {outcome.instrument for outcome in file.study.outcomes}}


def versions() -> dict[str, str]:
    """Give the version of every package that reads an export or decides a number or a page.

    Not of pyarrow, an extra: two machines that read the same CSV files would differ in it.
    """
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _versions_of_extras(file: StudyFile) -> dict[str, str]:
    """Give the version of pyarrow where the study has a file that is read with it."""
    names = (name for cohort in file.study.cohorts for name in file.input_files(cohort))
    return {"pyarrow": _version("pyarrow")} if any(name.lower().endswith(".parquet") for name in names) else {}


@cache
def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def describe_run(file: StudyFile) -> dict[str, Any]:
    """Say what a report was made from; nothing in it depends on place, time or machine.

    Returns
    -------
    dict
        study, study_sha256, inputs (list of file and sha256), versions, code (digest by stage), settings.
    """
    inputs = sorted({entry for cohort in file.study.cohorts for entry in input_hashes(file, cohort)})
    return {
        "study": file.study.name,
        "study_sha256": sha256_of_text(file.study.model_dump_json()),
        "inputs": [dict(zip(("file", "sha256"), entry.rsplit(" ", 1), strict=True)) for entry in inputs],
        "versions": versions() | _versions_of_extras(file),
        "code": {stage: code_digest(stage) for stage in STAGE_CODE},
        "settings": file.study.model_dump(mode="json", exclude={"cohorts", "own_instruments"}),
        "command": f"balint-eval run {Path(file.shown_as).name}{' --keep-going' if file.set_aside else ''}",
        **({"set_aside": list(file.set_aside)} if file.set_aside else {}),
    }


def workflow_folder() -> Path:
    """Give the folder of the workflow: the repository's, or the one inside an installed package."""
    package = Path(__file__).parent
    in_repository = package.parents[1] / "workflow"
    return in_repository if (in_repository / "Snakefile").is_file() else package / "_workflow"


def list_outputs(
    folder: Path, leave_out: Iterable[str] = ("logs", "manifest.json", "release")
) -> list[dict[str, str | int]]:
    """List every file under a results folder with its size and SHA-256, sorted by path."""
    # Sorted by folder, then by name, as paths are.
    names = sorted(files_below(folder, leave_out), key=lambda name: name.split("/"))
    return [described_output(folder, name) for name in names]


def described_output(folder: Path, name: str) -> dict[str, str | int]:
    """Give one file of a results folder with its size and SHA-256."""
    # Without an object of its own for each of twenty thousand paths.
    with open(f"{folder}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
        size = os.fstat(file.fileno()).st_size
        return {"file": name, "bytes": size, "sha256": sha256_of_stream(file)}


def files_below(folder: Path, leave_out: Iterable[str] = ()) -> Iterator[str]:
    """Give the files below a folder as paths from it, without hidden ones.

    Parameters
    ----------
    folder : Path
        It need not be there.
    leave_out : iterable of str
        Names directly in the folder.
    """
    skipped = set(leave_out)
    # Plain texts: a thousand cohorts have twenty thousand files, and paths as objects take longer than their hashes.
    waiting = [""] if folder.is_dir() else []
    while waiting:
        start = waiting.pop()
        with os.scandir(f"{folder}/{start}") as entries:
            for entry in entries:
                if not start and entry.name in skipped:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{start}{entry.name}/")
                elif entry.name[0] != "." and entry.is_file():
                    yield f"{start}{entry.name}"

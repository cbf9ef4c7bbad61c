"""`balint-eval verify`: whether a results folder is still what its run wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from balint_eval.crate import METADATA
from balint_eval.errors import DataError, Problem
from balint_eval.hashing import sha256_of_file
from balint_eval.provenance import list_outputs
from balint_eval.study import read_study

MANIFEST, CODECHECK = "manifest.json", "codecheck.yml"
NOT_LISTED = ("logs", "release", MANIFEST, METADATA)
"""What the manifest cannot or need not list: logs hold times, the crate the date of the run, a release its own list."""
_AGAIN = "give `balint-eval run` again: it makes the file anew, and keeps a changed one in logs/changed"
_RELEASE_AGAIN = "delete the folder release and give `balint-eval run --audience release` again"


def verify(results: Path, study: Path | None = None) -> list[str]:
    """Hold every file of a results folder to its manifest.

    Parameters
    ----------
    results : Path
        Results folder of one study, or a folder of several.
    study : Path, optional
        Study file, to hold the inputs to the manifest too.

    Returns
    -------
    list of str
        A sentence for each folder that is in order.

    Raises
    ------
    DataError
        WF-NOMANIFEST; WF-GONE, WF-CHANGED and WF-EXTRA for each file that is missing, changed or not listed.
    """
    folders = [path.parent for path in sorted({*results.glob(MANIFEST), *_below(results)})]
    if not folders:
        what = "there is no manifest.json here, so that nothing can be compared"
        mend = "name the results folder of a study, such as results/demo, after a run that ended"
        raise DataError(Problem("WF-NOMANIFEST", what, mend, results.as_posix()))
    problems, lines = list[Problem](), list[str]()
    for folder in folders:
        manifest = _read(folder)
        found = _compare(folder, manifest["outputs"])
        if "inputs" in manifest:
            found += _lists(folder, manifest["outputs"])
        if study and "inputs" in manifest:
            found += _inputs(study, manifest["inputs"])
        problems += found
        inputs = f" and {len(manifest['inputs'])} inputs" if study and "inputs" in manifest else ""
        lines.append(f"{folder.as_posix()}: {len(manifest['outputs'])} files{inputs} are as the run left them.")
    if problems:
        raise DataError(problems)
    return lines


def _below(results: Path) -> list[Path]:
    """Give the manifests of the studies in a folder, and of their releases."""
    return [*results.glob(f"*/{MANIFEST}"), *results.glob(f"*/release/{MANIFEST}")]


def _read(folder: Path) -> dict[str, Any]:
    """Give inputs and outputs by file; the manifest of a release names no inputs."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        named = ("outputs",) if manifest.get("audience") == "release" else ("inputs", "outputs")
        return {name: _by_file(manifest[name]) for name in named}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(_changed(path, "this is no manifest of balint-eval, or it was cut short")) from None


def _by_file(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {str(entry["file"]): str(entry["sha256"]) for entry in entries}


def _changed(path: Path, what: str = "this file is not what the run wrote") -> Problem:
    return Problem("WF-CHANGED", what, _again(path), path.as_posix())


def _again(path: Path) -> str:
    return _RELEASE_AGAIN if "release" in path.parts else _AGAIN


def differing_files(folder: Path) -> tuple[list[str], list[str]]:
    """Give the files of the manifest that are missing, and those that were changed; none where there is no manifest.

    Parameters
    ----------
    folder : Path
        Results folder of one study.

    Raises
    ------
    DataError
        WF-CHANGED, when the manifest cannot be read.
    """
    listed = _read(folder)["outputs"] if (folder / MANIFEST).is_file() else {}
    return _gone_and_changed(listed, _by_file(list_outputs(folder, NOT_LISTED)) if listed else {})


def _gone_and_changed(listed: Mapping[str, str], present: Mapping[str, str]) -> tuple[list[str], list[str]]:
    gone = sorted({*listed} - {*present})
    return gone, sorted(name for name in {*listed} & {*present} if listed[name] != present[name])


def _compare(folder: Path, listed: Mapping[str, str]) -> list[Problem]:
    present = _by_file(list_outputs(folder, NOT_LISTED))
    gone, changed = _gone_and_changed(listed, present)
    put_away = "move it out of the results if somebody put it there; no run made it"
    return [
        *[
            Problem("WF-GONE", "this file is missing", _again(folder / name), (folder / name).as_posix())
            for name in gone
        ],
        *[_changed(folder / name) for name in changed],
        *[
            Problem("WF-EXTRA", "this file is not listed", put_away, (folder / name).as_posix())
            for name in sorted({*present} - {*listed})
        ],
    ]


def _lists(folder: Path, listed: Mapping[str, str]) -> list[Problem]:
    """Hold the two other lists of outputs to the manifest."""
    without = {name: digest for name, digest in listed.items() if name != CODECHECK}
    found = {CODECHECK: _of_codecheck(folder / CODECHECK), METADATA: _of_crate(folder / METADATA)}
    what = "this list of the outputs is not that of manifest.json"
    crate = folder / METADATA
    gone = [] if crate.is_file() else [Problem("WF-GONE", "this file is missing", _AGAIN, crate.as_posix())]
    return gone + [_changed(folder / name, what) for name, files in found.items() if files not in (None, without)]


def _of_codecheck(path: Path) -> dict[str, str] | None:
    if not path.is_file():
        return None
    try:
        return _by_file(yaml.safe_load(path.read_text(encoding="utf-8"))["manifest"])
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError):
        return {}


def _of_crate(path: Path) -> dict[str, str] | None:
    if not path.is_file():
        return None
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
        return {entry["@id"]: entry["sha256"] for entry in graph if "sha256" in entry and entry["@id"] != CODECHECK}
    except (ValueError, KeyError, TypeError):
        return {}


def _inputs(study: Path, listed: Mapping[str, str]) -> list[Problem]:
    file = read_study(study)
    present = {name: sha256_of_file(file.path(name)) for name in listed}
    what = "this input is not the one the results were made from"
    mend = "give the command `balint-eval run` again, or bring the earlier file back"
    gone = "this input is missing"
    return [
        Problem("WF-CHANGED" if digest != "missing" else "WF-GONE", what if digest != "missing" else gone, mend, name)
        for name, digest in present.items()
        if digest != listed[name]
    ]

"""`codecheck.yml`: the list of outputs that another person recomputes and compares (CODECHECK, format 1.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from balint_eval.study import StudyFile

FORMAT = "https://codecheck.org.uk/spec/config/1.0/"
_HEAD = """\
# For a CODECHECK: another person runs the command below on the same inputs and compares these files.
# The checker adds codechecker, check_time, summary and report. `balint-eval verify` compares files and hashes.
"""
_KINDS: Mapping[str, str] = {
    "tables": "table of the whole study",
    "cohorts": "table of a batch of cohorts",
    "figures": "figure, its data or its words",
    "report": "report",
    "workflow": "the workflow that made the outputs",
}


def codecheck_text(file: StudyFile, outputs: Iterable[Mapping[str, Any]], command: str) -> str:
    """Give the text of `codecheck.yml`.

    Parameters
    ----------
    file : StudyFile
    outputs : iterable of mapping
        `file`, `bytes` and `sha256` of every output, as `provenance.list_outputs` gives them.
    command : str
        What to type to get them.

    Returns
    -------
    str
        YAML; nothing in it depends on place, time or machine.

    References
    ----------
    Nuest D, Eglen SJ. CODECHECK: an Open Science initiative for the independent execution of computations underlying
    research articles during peer review. F1000Research 2021;10:253.
    """
    study = file.study
    people = [{"name": study.contact}] if study.contact else []
    content = {
        "version": FORMAT,
        "paper": {"title": study.title, "authors": people},
        "command": command,
        "manifest": [_entry(output) for output in outputs],
    }
    return _HEAD + yaml.dump(content, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The one in C where there is one: the other takes ten seconds for the files of a thousand cohorts."""


def _entry(output: Mapping[str, Any]) -> dict[str, Any]:
    name = str(output["file"])
    comment = _KINDS.get(PurePosixPath(name).parts[0], "output")
    return {"file": name, "comment": comment, "bytes": output["bytes"], "sha256": output["sha256"]}

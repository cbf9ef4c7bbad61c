"""`ro-crate-metadata.json`: the run as a Workflow Run Crate, for archives and search engines.

The exports are confidential and stay where they are: they are named by what they are and by their SHA-256, never packed
and never by a path. The only dates of a results folder stand here; `SOURCE_DATE_EPOCH` sets them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

METADATA = "ro-crate-metadata.json"
MAIN_WORKFLOW = "workflow/Snakefile"
_CRATE = "https://w3id.org/ro/crate/1.1"
_WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    _WORKFLOW_CRATE: ("Workflow RO-Crate", "1.0"),
}
_CONTEXT = [f"{_CRATE}/context", "https://w3id.org/ro/terms/workflow-run/context"]
_FORMATS: Mapping[str, str] = {
    ".csv": "text/csv", ".json": "application/json", ".html": "text/html", ".pdf": "application/pdf",
    ".svg": "image/svg+xml", ".png": "image/png", ".txt": "text/plain", ".yml": "application/yaml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_LICENCE = "https://spdx.org/licenses/GPL-3.0-or-later"
_SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"

Entity = dict[str, Any]


def crate_text(described: Mapping[str, Any], outputs: Iterable[Mapping[str, Any]], title: str, contact: str) -> str:
    """Give the text of `ro-crate-metadata.json`.

    Parameters
    ----------
    described : mapping
        What `provenance.describe_run` gives.
    outputs : iterable of mapping
        `file`, `bytes` and `sha256` of every output; the main workflow is one of them.
    title, contact : str
        Of the study; the contact may be blank.

    Returns
    -------
    str
        JSON-LD that conforms to RO-Crate 1.1 and to the Workflow Run Crate profile 0.5.

    References
    ----------
    Leo S, Crusoe MR, Rodriguez-Navas L et al. Recording provenance of workflow runs with RO-Crate. PLoS ONE
    2024;19(9):e0309210.
    """
    made = [_file(output) for output in outputs]
    read = [_input(entry) for entry in described["inputs"]]
    people = [_contact(contact)] if contact else []
    when = run_date()
    graph = [
        {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": [{"@id": _CRATE}, {"@id": _WORKFLOW_CRATE}]},
        _root(described, made, title, people, when),
        *[_profile(address, *words) for address, words in _PROFILES.items()],
        _workflow(described, next(entry for entry in made if entry["@id"] == MAIN_WORKFLOW)),
        {"@id": "#balint-eval", "@type": "SoftwareApplication", "name": "balint-eval", "license": {"@id": _LICENCE},
         "softwareVersion": described["versions"]["balint-eval"]},
        {"@id": _SNAKEMAKE, "@type": "ComputerLanguage", "name": "Snakemake", "alternateName": "Snakemake",
         "identifier": {"@id": "https://snakemake.github.io"}, "url": {"@id": "https://snakemake.github.io"},
         "version": described["versions"]["snakemake"]},
        _action(described, made, read, people, when),
        *[entry for entry in made if entry["@id"] != MAIN_WORKFLOW],
        *read,
        *people,
        _rights(contact),
        {"@id": _LICENCE, "@type": "CreativeWork", "name": "GNU General Public License v3.0 or later",
         "description": "The licence of balint-eval and of its workflow."},
    ]  # fmt: skip
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def run_date() -> str:
    """Give the date and time of the run as ISO text; `SOURCE_DATE_EPOCH` (seconds since 1970) sets it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(fixed), tz=UTC) if fixed.isdigit() else datetime.now(tz=UTC)
    return moment.isoformat(timespec="seconds")


def _root(
    described: Mapping[str, Any], made: list[Entity], title: str, people: list[Entity], when: str
) -> Entity:  # fmt: skip
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": f"Results of the study '{described['study']}', made by balint-eval.",
        "datePublished": when,
        "license": {"@id": "#rights"},
        "conformsTo": [{"@id": address} for address in _PROFILES],
        "mainEntity": {"@id": MAIN_WORKFLOW},
        "hasPart": [{"@id": entry["@id"]} for entry in made],
        "mentions": [{"@id": "#run"}],
        **({"publisher": {"@id": people[0]["@id"]}} if people else {}),
    }


def _profile(address: str, name: str, version: str) -> Entity:
    return {"@id": address, "@type": "CreativeWork", "name": name, "version": version}


def _workflow(described: Mapping[str, Any], entry: Entity) -> Entity:
    return {
        **entry,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "balint-eval",
        "description": "Reads survey exports of Balint groups, scores, compares, draws and reports.",
        "programmingLanguage": {"@id": _SNAKEMAKE},
        "license": {"@id": _LICENCE},
        "version": described["versions"]["balint-eval"],
        "softwareRequirements": [{"@id": "#balint-eval"}],
    }


def _action(
    described: Mapping[str, Any], made: list[Entity], read: list[Entity], people: list[Entity], when: str
) -> Entity:
    results = [{"@id": entry["@id"]} for entry in made if not entry["@id"].startswith("workflow/")]
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run of the study '{described['study']}'",
        "description": described["command"],
        "instrument": {"@id": MAIN_WORKFLOW},
        "object": [{"@id": entry["@id"]} for entry in read],
        "result": results,
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "endTime": when,
        **({"agent": {"@id": people[0]["@id"]}} if people else {}),
    }


def _file(output: Mapping[str, Any]) -> Entity:
    name = str(output["file"])
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "contentSize": str(output["bytes"]),
        "encodingFormat": _FORMATS.get(PurePosixPath(name).suffix, "text/plain"),
        "sha256": output["sha256"],
    }


def _input(entry: Mapping[str, str]) -> Entity:
    """Name a confidential input by its hash; its own file name may tell a site or a person."""
    digest = entry["sha256"]
    suffix = PurePosixPath(entry["file"]).suffix
    return {
        "@id": f"#input-{digest[:16]}",
        "@type": "CreativeWork",
        "name": f"Input of the study ({suffix.removeprefix('.') or 'file'})",
        "description": "Confidential; not part of this crate.",
        "identifier": f"sha256:{digest}",
    }


def _contact(contact: str) -> Entity:
    return {"@id": "#contact", "@type": "Organization", "name": contact}


def _rights(contact: str) -> Entity:
    ask = f" Ask: {contact}." if contact else ""
    return {
        "@id": "#rights",
        "@type": "CreativeWork",
        "name": "Not licensed for redistribution",
        "description": f"For internal use by the people who run the groups.{ask}",
    }

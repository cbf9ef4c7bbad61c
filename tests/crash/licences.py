"""`make licences`: the licence of everything that a run needs, and whether it may be used under GPL-3.0-or-later.

Names and versions come from the lock, licences from what is installed. `docs/licences.md` is written from them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK, PAGE = ROOT / "requirements" / "run.txt", ROOT / "docs" / "licences.md"
FIT = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "GPL-3.0-or-later", "GPL-3.0-only", "ISC", "MIT",
    "MIT-CMU", "MPL-2.0", "PSF-2.0", "Public domain", "Zlib", "matplotlib",
})  # fmt: skip
"""Licences that the Free Software Foundation, or the licence itself (MPL-2.0, section 3.3), calls compatible."""
SPOKEN = {
    "Apache License, Version 2.0": "Apache-2.0", "2-clause BSD": "BSD-2-Clause", "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause", "BSD 3-Clause License": "BSD-3-Clause", "MIT License": "MIT", "PSFL": "PSF-2.0",
    "GPL-3.0": "GPL-3.0-only",
    # As classifiers of the package index.
    "OSI Approved :: MIT License": "MIT", "OSI Approved :: BSD License": "BSD-3-Clause",
    "OSI Approved :: Apache Software License": "Apache-2.0",
    "OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved :: Python Software Foundation License": "PSF-2.0", "Public Domain": "Public domain",
}  # fmt: skip
"""What packages write, and the name in the list of SPDX. Where only "BSD" is said, 2 and 3 clauses are both fit."""
READ = {
    "conda-inject": "MIT", "docutils": "Public domain AND BSD-3-Clause AND GPL-3.0-or-later",
    "snakemake-interface-common": "MIT",
    "snakemake-interface-logger-plugins": "MIT", "snakemake-interface-report-plugins": "MIT",
    "snakemake-interface-scheduler-plugins": "MIT", "snakemake-interface-storage-plugins": "MIT",
}  # fmt: skip
"""Packages that say nothing a program can read, or several things: found in the licence file they bring."""


@dataclass(frozen=True)
class Locked:
    """A package of the lock, with its condition, such as a system it is for."""

    name: str
    version: str
    condition: str


@dataclass(frozen=True)
class Judged:
    """A package with its licence; `fault` says why it may not be used, or is blank."""

    name: str
    version: str
    licence: str
    fault: str


def locked(text: str) -> Iterator[Locked]:
    """Give the packages of a lock."""
    for found in re.finditer(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\\n]+))?", text, re.MULTILINE
    ):
        yield Locked(found[1], found[2], (found[3] or "").strip())


def licence_of(name: str, expression: str, said: str, classifiers: Iterable[str]) -> str:
    """Give the licence of a package, from the surest of what it says; blank where it says nothing that is known."""
    if expression:
        return expression
    if name in READ:
        return READ[name]
    first = next((line.strip() for line in said.splitlines() if line.strip()), "")
    spoken = [first, *(one.removeprefix("License :: ") for one in classifiers if one.startswith("License :: "))]
    known = [SPOKEN.get(one, one) for one in spoken if SPOKEN.get(one, one) in FIT]
    return known[0] if known else first[:60]


def is_fit(licence: str) -> bool:
    """Say whether every part of an expression is fit, or one side of each `OR`."""
    parts = [part.strip(" ()") for part in licence.split(" AND ")]
    return all(any(side.strip(" ()") in FIT for side in part.split(" OR ")) for part in parts)


def judged(packages: Iterable[Locked]) -> Iterator[Judged]:
    """Give each package with its licence; one that is for another system or Python is told by its name alone."""
    seen: set[str] = set()
    for one in packages:
        if one.name in seen:
            continue
        try:
            facts = metadata(one.name)
        except PackageNotFoundError:
            if one.condition:
                yield Judged(one.name, one.version, f"not installed here: only where {one.condition}", "")
            else:
                yield Judged(one.name, one.version, "", "is not installed")
            continue
        seen.add(one.name)
        said = (facts.get(field) or "" for field in ("License-Expression", "License"))
        licence = licence_of(one.name, *said, facts.get_all("Classifier") or [])
        fault = "" if is_fit(licence) else "its licence is unknown or unfit" if licence else "it names no licence"
        yield Judged(one.name, facts["Version"], licence, fault)


def page(found: Iterable[Judged]) -> str:
    """Write the page of the manual."""
    return "\n".join([
        "# Licences of what a run needs",
        "",
        "Made by `make licences` from `requirements/run.txt` and from what is installed. Each of these licences may be "
        "used",
        "together with GPL-3.0-or-later, the licence of balint-eval; an unknown or unfit one makes the command fail.",
        "",
        "| package | licence |",
        "|---|---|",
        *(f"| {one.name} | {one.licence} |" for one in found),
        "",
    ])  # fmt: skip


def main() -> int:
    """Judge, write, and name what is unfit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="page to write")
    options = parser.parse_args()
    found = list(judged(locked(LOCK.read_text(encoding="utf-8"))))
    if options.write:
        options.write.write_text(page(found), encoding="utf-8")
    faults = [f"{one.name} {one.version}: {one.fault}: '{one.licence}'" for one in found if one.fault]
    print(*faults, f"{len(found)} packages, {len(faults)} that may not be used", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Do the tests notice a wrong module? Each mutant is tried in a forked process; survivors are listed.

    python tests/mutation/run.py                 every module of MODULES
    python tests/mutation/run.py scoring.py      one of them; doctor/ those of a folder
    python tests/mutation/run.py --sample 20     20 mutants of each, always the same ones
    python tests/mutation/run.py doctor/keys.py --lines 90,104     those of some lines: survivors, after a new test
    python tests/mutation/run.py doctor/keys.py --own            by the module's own tests only, which takes seconds

`survivors.md` explains those that nothing can notice; the score is the share of the others that is killed. The
exit code is 1 when a part (scoring and doctor, linkage, disclosure, reliability) scores below the minimum.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants import Mutant, mutants_of
from trial import PACKAGE, SLOW, SURVIVED, load, outcomes, warm_up, without_change

Tests = tuple[list[str], list[str]]
"""A module's own tests, and those that are asked only where its own notice nothing."""


def _scoring(*own: str) -> Tests:
    return [*own], ["unit/instruments/test_hand_scored.py", "unit/instruments/test_refusals.py"]


def _doctor(*own: str) -> Tests:
    own_tests = [f"unit/doctor/{name}.py" for name in (*own, "test_thresholds")]
    return own_tests, ["unit/doctor/test_findings.py", "unit/test_doctor.py"]


def _linkage(*own: str) -> Tests:
    return [f"unit/ingest/{name}" for name in own], ["unit/ingest/linkage", "unit/ingest/test_identity.py"]


def _disclosure(*own: str) -> Tests:
    return [f"unit/disclosure/{name}.py" for name in own], ["unit/disclosure/test_released.py"]


def _reliability(own: str) -> Tests:
    return [f"unit/stats/{own}.py"], ["reference/test_reliability_oracle.py"]


PARTS: dict[str, dict[str, Tests]] = {
    "scoring and doctor": {
        "scoring.py": _scoring("unit/test_scoring.py"),
        "score_arrays.py": _scoring("unit/test_score_arrays.py", "unit/test_scoring.py"),
        "doctor/answer_codes.py": _doctor("test_answer_codes"),
        "doctor/cohorts.py": _doctor("test_cohorts"),
        "doctor/evidence.py": _doctor("test_evidence"),
        "doctor/examine.py": _doctor("test_examine"),
        "doctor/finding.py": _doctor("test_finding"),
        "doctor/flags.py": _doctor("test_flags"),
        "doctor/form.py": _doctor("test_form"),
        "doctor/keys.py": _doctor("test_keys"),
        "doctor/limits.py": _doctor("test_limits"),
        "doctor/missing_codes.py": _doctor("test_missing_codes"),
        "doctor/order.py": _doctor("test_order"),
        "doctor/totals.py": _doctor("test_total_patterns", "test_totals"),
        "doctor/waves.py": _doctor("test_waves"),
    },
    "linkage": {
        "ingest/linkage/elements.py": _linkage("linkage/test_elements.py"),
        "ingest/linkage/match.py": _linkage("linkage/test_match.py"),
        "ingest/linkage/persons.py": _linkage("linkage/test_persons.py"),
        "ingest/linkage/chance.py": _linkage("linkage/test_chance.py"),
        "ingest/linkage/codes.py": _linkage("linkage/test_codes.py", "test_identity.py"),
        "ingest/linkage/decisions.py": _linkage("linkage/test_decisions.py", "test_identity.py"),
        "ingest/linkage/review.py": _linkage("linkage/test_review.py", "test_identity.py"),
        "ingest/identity.py": _linkage("test_identity.py"),
        "ingest/link_notes.py": _linkage("test_link_notes.py"),
        "ingest/link.py": _linkage("test_link_tables.py", "test_link.py"),
    },
    "disclosure": {
        "disclosure/comparisons.py": _disclosure("test_comparisons"),
        "disclosure/counted.py": _disclosure("test_counted"),
        "disclosure/counts.py": _disclosure("test_counts"),
        "disclosure/ledger.py": _disclosure("test_ledger"),
        "disclosure/log.py": _disclosure("test_log"),
        "disclosure/people.py": _disclosure("test_people"),
        "disclosure/released.py": _disclosure("test_release_tables"),
        "disclosure/rules.py": _disclosure("test_rules", "test_log"),
        "disclosure/solve.py": _disclosure("test_solve"),
    },
    "reliability": {
        "stats/reliability.py": _reliability("test_reliability"),
        "stats/reliability_factor.py": _reliability("test_reliability_omega"),
        "stats/reliability_omega.py": _reliability("test_reliability_omega"),
        "stats/reliability_retest.py": _reliability("test_reliability_retest"),
        "stats/reliability_ordinal.py": _reliability("test_reliability_ordinal"),
    },
}
MODULES = {module: tests for part in PARTS.values() for module, tests in part.items()}
PART_OF = {module: part for part, modules in PARTS.items() for module in modules}
MINIMUM = 95.0
Explained = set[tuple[str, str, str]]


@dataclass(frozen=True)
class Tried:
    """How a module, or a part, came out."""

    name: str
    mutants: int
    survived: int
    explained: int
    by_time: int
    seconds: float
    """Of processor time."""

    @property
    def raw(self) -> float:
        """Killed, in percent of all mutants."""
        return 100.0 * (self.mutants - self.survived) / max(self.mutants, 1)

    @property
    def score(self) -> float:
        """Killed, in percent of the mutants that anything could notice."""
        return 100.0 * (self.mutants - self.survived) / max(self.mutants - self.explained, 1)

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.mutants} mutants, {self.survived} survived ({self.explained} explained), "
            f"{self.by_time} stopped by time, raw score {self.raw:.1f} %, score {self.score:.1f} %, "
            f"{self.seconds:.0f} s of processor time"
        )


def together(name: str, tried: Iterable[Tried]) -> Tried:
    """Add up several modules."""
    columns = zip(*((t.mutants, t.survived, t.explained, t.by_time, t.seconds) for t in tried), strict=True)
    return Tried(name, *(sum(column) for column in columns))


def explained() -> Explained:
    """Read (module, line of code, change) of the survivors that are explained."""
    page = (Path(__file__).parent / "survivors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| `(.+?)` \| `(.+?)` \|", page, flags=re.MULTILINE)
    return {(module, code.replace("\\|", "|"), what.replace("\\|", "|")) for module, code, what in rows}


def without_a_mutant(known: Explained) -> Explained:
    """Give the explanations of changes that the code as it stands does not allow: it was rewritten since."""
    possible = {
        (module, code, mutant.what)
        for module in {module for module, _, _ in known}
        for mutant, code in with_code(module, mutants_of((PACKAGE / module).read_text(encoding="utf-8")))
    }
    return known - possible


def with_code(module: str, mutants: Iterable[Mutant]) -> list[tuple[Mutant, str]]:
    """Give each mutant with the line of code that it changes."""
    lines = (PACKAGE / module).read_text(encoding="utf-8").splitlines()
    return [(mutant, lines[mutant.line - 1].strip()) for mutant in mutants]


def chosen(module: str, sample: int, lines: Collection[int]) -> list[Mutant]:
    """Give the mutants of a module, of some of its lines, or always the same few of them."""
    source = (PACKAGE / module).read_text(encoding="utf-8")
    every = [mutant for mutant in mutants_of(source) if not lines or mutant.line in lines]
    if not sample or sample >= len(every):
        return every
    few = random.Random(0).sample(range(len(every)), sample)
    return [every[place] for place in sorted(few)]


def named(names: Collection[str]) -> list[str]:
    """Give the modules of some names or folders, or all."""
    return [m for m in MODULES if not names or m in names or any(n.endswith("/") and m.startswith(n) for n in names)]


def try_module(module: str, mutants: Sequence[Mutant], workers: int, known: Explained, own_only: bool) -> Tried:
    """Try the mutants of one module by its own tests, those that live by the others, and say who survived."""
    before = _seconds()
    own, others = MODULES[module]
    ends = dict(_tried_by(own, module, mutants, workers))
    living = [mutant for mutant in mutants if ends[mutant] == SURVIVED]
    if living and not own_only:
        ends |= _tried_by(others, module, living, workers)
    count = Counter(ends.values())
    for mutant, code in with_code(module, [mutant for mutant in mutants if ends[mutant] == SURVIVED]):
        said = "explained" if (module, code, mutant.what) in known else "SURVIVED "
        count[said] += 1
        print(f"  {said} line {mutant.line}: {mutant.what}: {code}")
    tried = Tried(module, len(mutants), count[SURVIVED], count["explained"], count[SLOW], _seconds() - before)
    print(tried)
    return tried


def _tried_by(tests: list[str], module: str, mutants: Sequence[Mutant], workers: int) -> Iterator[tuple[Mutant, str]]:
    untouched = without_change(module, tests)
    if not untouched.passed:
        raise SystemExit(f"{module}: tests fail without any change, in {', '.join(tests)}")
    load(module, untouched.loaded)
    yield from outcomes(module, tests, mutants, workers, 10 + 5 * untouched.seconds)


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_part(tried: Sequence[Tried]) -> dict[str, list[Tried]]:
    """Put the modules of each part together, in the order of PARTS."""
    parts = {part: [one for one in tried if PART_OF[one.name] == part] for part in PARTS}
    return {part: modules for part, modules in parts.items() if modules}


def below(parts: Iterable[Tried], minimum: float) -> list[str]:
    """Say of each part that scores too low what to do."""
    return [
        f"{part.name}: the score is below {minimum:g} %: write a test for each SURVIVED line above, or explain in "
        "tests/mutation/survivors.md why nothing can notice it"
        for part in parts
        if part.score < minimum
    ]


def page(tried: Sequence[Tried], minutes: float, asked: argparse.Namespace) -> str:
    """Write the page of the last whole run."""
    rows = []
    for part, modules in by_part(tried).items():
        for one in [*modules, together(f"**{part}**", modules)]:
            name = one.name if one.name.startswith("**") else f"`{one.name}`"
            unexplained = one.survived - one.explained
            rows.append(f"| {name} | {one.mutants} | {one.mutants - one.survived} | {one.explained} | {unexplained} | "
                        f"{one.raw:.1f} | {one.score:.1f} | {one.seconds:.0f} |")  # fmt: skip
    return "\n".join([
        "# Do the tests notice wrong code?",
        "",
        f"Made by `make mutation WRITE=docs/mutation.md{' OWN=1' if asked.own else ''}` on {time.strftime('%Y-%m-%d')} "
        f"(Python {platform.python_version()}, {asked.workers} at a time, {minutes:.0f} minutes by the clock, "
        f"{sum(one.seconds for one in tried) / 60:.0f} of processor time). "
        + ("Each module was tried by its own tests only, which is stricter." if asked.own else
           "Each module was tried by its own tests, and what these left alive by the tests of the whole part."),
        "",
        "Each mutant is the module with one comparison, sum, constant, truth value, branch or result changed. Killed "
        "means that a test fails, or never ends. The raw score is the share of all mutants that is killed; the score "
        "leaves out those that change nothing anybody could see, each of which is explained in "
        "[survivors.md](../tests/mutation/survivors.md). "
        f"The score of each part must be at least {MINIMUM:g} %.",
        "",
        "| module | mutants | killed | explained | survived unexplained | raw score % | score % | processor s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *rows,
        "",
    ])  # fmt: skip


def main() -> int:
    """Try the modules asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", help=f"among {', '.join(MODULES)}, or `doctor/` for a folder; or all")
    parser.add_argument("--sample", type=int, default=0, help="mutants of each module, always the same; 0 for all")
    parser.add_argument("--lines", type=lambda text: {int(line) for line in text.split(",")}, default=set())
    parser.add_argument("--own", action="store_true", help="by the own tests of each module only")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minimum", type=float, default=MINIMUM, help="score in percent that each part must reach")
    parser.add_argument("--write", type=Path, help="page to write the scores to")
    asked = parser.parse_args()
    if unknown := [name for name in asked.modules if not named([name])]:
        parser.error(f"not tried: {', '.join(unknown)}")
    known, since = explained(), time.monotonic()
    if stale := without_a_mutant(known):
        said = "\n".join(f"  {module}: {what}: {code}" for module, code, what in sorted(stale))
        raise SystemExit(f"survivors.md explains changes that the code no longer allows; take them out:\n{said}")
    warm_up()
    tried = [
        try_module(module, chosen(module, asked.sample, asked.lines), asked.workers, known, asked.own)
        for module in named(asked.modules)
    ]
    parts = [together(part, modules) for part, modules in by_part(tried).items()]
    print(*parts, sep="\n")
    if asked.write:
        asked.write.write_text(page(tried, (time.monotonic() - since) / 60, asked), encoding="utf-8")
    low = below(parts, asked.minimum)
    print(*low, sep="\n")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())

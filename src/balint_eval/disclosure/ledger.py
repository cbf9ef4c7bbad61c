"""The ledger of releases: who stood behind the figures that have left the house, by marks that name nobody."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from balint_eval.disclosure.solve import Sum
from balint_eval.errors import DisclosureError, Problem

Sums = Mapping[str, Sequence[Sum]]
"""Sums that were shown, by instrument."""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Release:
    """One release.

    Attributes
    ----------
    day : str
        ISO date.
    smallest : int
        Smallest number of people behind a figure.
    reason : str
        Why that number was lowered; blank where it was not.
    sums : mapping of instrument to Sum
        People by their marks.
    """

    day: str
    smallest: int
    reason: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Ledger:
    """The releases of one study, the earliest first.

    Attributes
    ----------
    releases : tuple of Release
        The earliest first; none at the start.
    """

    releases: tuple[Release, ...] = field(default=())

    def known(self) -> dict[str, list[Sum]]:
        """Give every sum of earlier releases."""
        found: dict[str, dict[Sum, None]] = {}
        for release in self.releases:
            for instrument, sums in release.sums.items():
                found.setdefault(instrument, {}).update(dict.fromkeys(sums))
        return {instrument: list(sums) for instrument, sums in found.items()}

    def with_release(self, release: Release) -> Ledger:
        """Give the ledger with one more release; the same one again changes nothing."""
        if any(_same(release, other) for other in self.releases):
            return self
        return Ledger((*self.releases, release))


def _same(one: Release, other: Release) -> bool:
    return one.smallest == other.smallest and _as_sets(one) == _as_sets(other)


def _as_sets(release: Release) -> dict[str, frozenset[Sum]]:
    return {instrument: frozenset(sums) for instrument, sums in release.sums.items() if sums}


def check_release(ledger: Ledger, wanted: Sums, smallest: int, place: str) -> None:
    """Refuse a release that, held against earlier ones, tells of few people.

    Parameters
    ----------
    ledger : Ledger
    wanted : mapping of instrument to Sum
        What the new release would show if there were no earlier one.
    smallest : int
    place : str
        The ledger's file as people know it.

    Raises
    ------
    DisclosureError
        PV-KLOWERED, PV-DIFFERENCE.
    """
    problems = [*_lowered(ledger, smallest, place), *_differing(ledger, wanted, smallest, place)]
    if problems:
        raise DisclosureError(problems)


def _lowered(ledger: Ledger, smallest: int, place: str) -> Iterator[Problem]:
    highest = max((release.smallest for release in ledger.releases), default=smallest)
    if smallest < highest:
        what = (
            f"the smallest number of people was {highest} in an earlier release and is now {smallest}; what was hidden "
            "then could be told from the two releases together"
        )
        mend = f"write smallest: {highest} under release:, or give a new programme a name of its own"
        yield Problem("PV-KLOWERED", what, mend, place)


def _differing(ledger: Ledger, wanted: Sums, smallest: int, place: str) -> Iterator[Problem]:
    known = ledger.known()
    limit = max([smallest, *(release.smallest for release in ledger.releases)])
    for instrument, sums in sorted(wanted.items()):
        earlier = known.get(instrument, [])
        close = [
            new
            for new in sums
            for old in earlier
            if new.parts == old.parts and 0 < len(new.people ^ old.people) < limit
        ]
        if close:
            what = (
                f"the people behind {instrument} ({_waves(close)}) differ from those of an earlier release by fewer "
                f"than {limit}: from both releases together the answers of these few could be worked out"
            )
            mend = (
                f"wait until at least {limit} more people have answered, or give out the earlier release again; if "
                "that one never left your hands, delete its entry in this file and run again"
            )
            yield Problem("PV-DIFFERENCE", what, mend, place)


def _waves(sums: Iterable[Sum]) -> str:
    return ", ".join(sorted({name for one in sums for name, _ in one.parts}))


def marker(key: bytes) -> Callable[[str], str]:
    """Give a function from a pseudonym to the person's mark in the ledger: a keyed hash of no use outside of it."""

    def mark(name: str) -> str:
        return hmac.new(key, f"ledger\n{name}".encode(), hashlib.sha256).hexdigest()[:16]

    return mark


def to_text(ledger: Ledger) -> str:
    """Write a ledger as JSON, a release after the other."""
    return json.dumps({"version": _VERSION, "releases": [_plain(one) for one in ledger.releases]}, indent=1) + "\n"


def _plain(release: Release) -> dict[str, Any]:
    sums = [
        {"instrument": instrument, "of": [list(part) for part in one.parts], "people": sorted(one.people)}
        for instrument, found in sorted(release.sums.items())
        for one in sorted(found, key=lambda one: (-len(one.people), one.parts, sorted(one.people)))
    ]
    return {"day": release.day, "smallest": release.smallest, "reason": release.reason, "sums": sums}


def from_text(text: str, place: str) -> Ledger:
    """Read a ledger.

    Raises
    ------
    DisclosureError
        PV-LEDGER: it cannot be understood, so nothing can be held against it.
    """
    try:
        return Ledger(tuple(_release(entry) for entry in json.loads(text)["releases"]))
    except (ValueError, KeyError, TypeError):
        what = "the ledger of releases cannot be read"
        mend = "bring the file back from a copy; without it nothing can be released safely"
        raise DisclosureError(Problem("PV-LEDGER", what, mend, place)) from None


def _release(entry: Mapping[str, Any]) -> Release:
    sums: dict[str, list[Sum]] = {}
    for one in entry["sums"]:
        parts = tuple((str(name), int(sign)) for name, sign in one["of"])
        sums.setdefault(str(one["instrument"]), []).append(Sum(parts, frozenset(map(str, one["people"]))))
    return Release(str(entry["day"]), int(entry["smallest"]), str(entry["reason"]), sums)

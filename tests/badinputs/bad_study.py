"""A small study in good order, made by code, that a case spoils in one way.

Twelve people answer a scale of three items before and after; each has a comment and a date. Ids and
comments are markers: no message may ever show one.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import io
import stat
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

PEOPLE = 12
COMMENT = "marker comment about somebody's mother"
HEADER = ["code", "q1", "q2", "q3", "said", "day"]

TRY = {
    "name": "TRY",
    "title": "A scale of three items",
    "measures": "confidence",
    "level": "2a",
    "n_items": 3,
    "response": {"codes": [1, 2, 3, 4, 5, 6, 7]},
    "reverse": [3],
    "scales": [{"name": "total", "items": [1, 2, 3], "rule": "sum", "range": [3, 21], "higher_is": "better"}],
    "licence": {"status": "own"},
}


def export(wave: str, file: str = "") -> dict:
    return {
        "file": file or f"{wave}.csv",
        "platform": "plain",
        "wave": wave,
        "person_id": "code",
        "comments": ["said"],
        "answered_on": "day",
        "items": [{"instrument": "TRY", "columns": "q{item}"}],
    }


def content() -> dict:
    return {
        "name": "small",
        "title": "A small study",
        "waves": [{"name": "before", "role": "baseline"}, {"name": "after", "role": "post"}],
        "outcomes": [{"instrument": "TRY", "scale": "total", "role": "primary"}],
        "own_instruments": [copy.deepcopy(TRY)],
        "cohorts": [{"name": "north", "exports": [export("before"), export("after")]}],
    }


def person(number: int) -> str:
    return f"PINE{number:03}"


def answers(wave: str, people: Sequence[int] = range(PEOPLE)) -> list[list[str]]:
    """Give a row a person; every answer code occurs, and no two people answer alike."""
    later = wave == "after"
    day = "2026-06-1" if later else "2026-01-1"
    rows = []
    for n in people:
        first, second, third = 1 + n % 7, 1 + (2 * n + n // 7 + later) % 7, 7 - (n + later) % 7
        rows.append([person(n), str(first), str(second), str(third), f"{COMMENT} {n}", f"{day}{n % 10}"])
    return rows


class BadStudy:
    """A study on disk: change `content`, `before`, `after`, or give a file as bytes; then `write`."""

    def __init__(self, folder: Path, key: Path) -> None:
        self.folder = folder
        self.key = key
        self.content = content()
        self.headers = {"before": list(HEADER), "after": list(HEADER)}
        self.before = answers("before")
        self.after = answers("after")
        self.settings: str | bytes | None = None
        self.study_name = "study.yaml"
        self._given: dict[str, bytes] = {}
        self._withheld: set[str] = set()
        self._undo: list[Callable[[], object]] = []

    @property
    def cohort(self) -> dict:
        return self.content["cohorts"][0]

    @property
    def exports(self) -> list[dict]:
        return self.cohort["exports"]

    @property
    def instrument(self) -> dict:
        return self.content["own_instruments"][0]

    def item(self, wave: int = 1) -> dict:
        return self.exports[wave]["items"][0]

    def path(self, name: str) -> Path:
        return self.folder / name

    def give(self, name: str, made: bytes | str) -> None:
        """Write this file in place of what `write` would write."""
        self._given[name] = made.encode() if isinstance(made, str) else made

    def withhold(self, name: str) -> None:
        """Leave this file away."""
        self._withheld.add(name)

    def afterwards(self, undo: Callable[[], object]) -> None:
        """Say how to take something back when the test is over."""
        self._undo.append(undo)

    def undo(self) -> None:
        while self._undo:
            self._undo.pop()()

    def csv(self, wave: str, *, delimiter: str = ",", end: str = "\n") -> str:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
        writer.writerows([self.headers[wave], *getattr(self, wave)])
        return stream.getvalue()

    def write(self) -> str:
        """Write everything and give the study file as a person types it."""
        for wave in ("before", "after"):
            self._given.setdefault(f"{wave}.csv", self.csv(wave).encode())
        for name, made in self._given.items():
            if name not in self._withheld:
                self.path(name).parent.mkdir(parents=True, exist_ok=True)
                self.path(name).write_bytes(made)
        text = yaml.safe_dump(copy_of(self.content), sort_keys=False) if self.settings is None else self.settings
        if self.study_name not in self._withheld:
            self.path(self.study_name).write_bytes(text.encode() if isinstance(text, str) else text)
        return f"{self.folder.name}/{self.study_name}"

    def dumped(self) -> str:
        return yaml.safe_dump(copy_of(self.content), sort_keys=False)

    def snapshot(self) -> dict[str, str]:
        """Everything below the folder the command is started from, with the SHA-256 of its bytes."""
        root = self.folder.parent
        return {path.relative_to(root).as_posix(): _digest(path) for path in sorted(root.rglob("*"))}


def _digest(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest()
        except PermissionError:
            return f"closed {path.stat().st_size}"
    return f"{stat.S_IFMT(mode)} {path.readlink() if stat.S_ISLNK(mode) else ''}"


def copy_of(value: object) -> object:
    """Copy every list and mapping, so that the dumper has no reason to write aliases."""
    if isinstance(value, dict):
        return {key: copy_of(entry) for key, entry in value.items()}
    return [copy_of(entry) for entry in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Case:
    """One way to spoil a study, and what must be said of it.

    Attributes
    ----------
    id : str
        Of the list in shared/bad_inputs.yaml; siblings that we added carry the id of their family.
    spoil : callable
    exit : int
    code : str
    file, value : str
        Where the message must place it.
    row, column : int and str, or None
        None where any, or none, will do; a column may go on with its letter.
    says : tuple of str
        Parts of the message.
    count : int or None
        How many problems of this code; None where any number will do.
    alone : bool
        Whether there may be no other code.
    seconds : float
        The longest a command may take.
    waits : str
        What the program lacks for it; the test is then expected to fail.
    then : callable or None
        Looks at the tables of an accepted study.
    """

    id: str
    spoil: Callable[[BadStudy], object]
    exit: int
    code: str
    file: str = "after.csv"
    row: int | None = None
    column: str | None = None
    value: str = ""
    says: tuple[str, ...] = ()
    count: int | None = 1
    alone: bool = True
    seconds: float = 10.0
    waits: str = ""
    skip: str = ""
    then: Callable[[dict], object] | None = None

    @property
    def name(self) -> str:
        return f"{self.id}-{self.spoil.__name__}"


CASES: list[Case] = []


def case(id: str, exit: int, code: str, **expected: object) -> Callable:
    """Enter a function that spoils a study into the list of cases."""

    def enter(spoil: Callable) -> Callable:
        CASES.append(Case(id, spoil, exit, code, **expected))
        return spoil

    return enter


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    """Give an xlsx file with these sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: object) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(
    content: bytes, changes: dict[str, Callable[[bytes], bytes]], added: dict[str, bytes] | None = None
) -> bytes:
    """Give a zip file with some parts changed and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
        for name, made in (added or {}).items():
            new.writestr(name, made)
    return stream.getvalue()

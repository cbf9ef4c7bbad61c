"""The errors people see: each is a sentence with file, row, column, value and what to do.

The tree::

    BalintError            exit 1
    ├── StudyError         exit 2   the study file or the command line is wrong
    ├── DataError          exit 3   an export, or what is in it, is refused
    ├── DisclosureError    exit 4   a release is blocked by a disclosure rule
    └── EnvironmentProblem exit 5   disk, lock, permission

Every error carries all its `Problem`s at once. `balint_eval.cli` is the one place that prints them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SHOWN_AT_MOST = 50
LONGEST_ANSWER = 40
"""Characters of a cell that may be shown; what is longer may be a story somebody told."""

JOINER = "\u200c"
MOST_WORDS = 4
"""Words of a cell that may be shown: a comment in a column of answers must not pass for one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is and how to mend it.

    Attributes
    ----------
    code : str
        Stable machine-readable code such as `VAL-RANGE`.
    what : str
        The sentence that says what is wrong, without full stop, with ids already masked.
    mend : str
        What to do, as an imperative clause.
    file, column, value : str
        Where it is; empty when it does not apply. `value` must be safe to show. In a settings file `column`
        is the key, as in `outcomes.0.scale`.
    row : int
        Line in the file, header = 1; 0 when it does not apply.
    """

    code: str
    what: str
    mend: str = ""
    file: str = ""
    row: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self._row(), self._column(), self._value()) if part)
        where = f"{place}: " if place else ""
        end = "" if self.mend.endswith("?") else "."
        mend = f" To mend it: {self.mend}{end}" if self.mend else ""
        return f"{self.code}: {where}{self.what}.{mend}"

    def _row(self) -> str:
        word = "line" if self._in_settings() else "row"
        return f"{word} {self.row}" if self.row else ""

    def _column(self) -> str:
        word = "key" if self._in_settings() else "column"
        return f"{word} {self.column}" if self.column else ""

    def _in_settings(self) -> bool:
        """Tell whether the place is in a YAML file: it has lines and keys, a table rows and columns."""
        return self.code.startswith("CFG-") and ".xlsx" not in self.file

    def _value(self) -> str:
        return f"value {shown(self.value)}" if self.value else ""

    def as_dict(self) -> dict[str, str | int]:
        """Give the fields as a plain dictionary, for `--errors json`."""
        return asdict(self)


class BalintError(Exception):
    """Base of everything balint-eval raises on purpose.

    Parameters
    ----------
    problems : Problem or iterable of Problem
        All that was found, not only the first.
    """

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self._text())

    def record(self) -> dict[str, Any]:
        """Give exit code and problems as plain values: what `--errors json` prints."""
        return {"exit_code": self.exit_code, "problems": [problem.as_dict() for problem in self.problems]}

    def _text(self) -> str:
        lines = [str(problem) for problem in first_of_each_kind(self.problems, SHOWN_AT_MOST)]
        hidden = len(self.problems) - len(lines)
        if hidden > 0:
            kinds = Counter(problem.code for problem in self.problems)
            counts = f": {', '.join(f'{code} {number}' for code, number in kinds.most_common())}" * (len(kinds) > 1)
            lines.append(f"... and {hidden} more ({len(self.problems)} problems in all{counts}).")
        return "\n".join(lines)


def first_of_each_kind(problems: Sequence[Problem], most: int) -> list[Problem]:
    """Give at most so many problems, in their order: the first ones of every code, as evenly as can be.

    Parameters
    ----------
    problems : sequence of Problem
    most : int
    """
    if len(problems) <= most:
        return list(problems)
    seen: Counter[str] = Counter()
    turns = []
    for at, problem in enumerate(problems):
        turns.append((seen[problem.code], at))
        seen[problem.code] += 1
    return [problems[at] for at in sorted(at for _, at in sorted(turns)[:most])]


class StudyError(BalintError):
    """The study file or the command line is wrong."""

    exit_code = 2


class DataError(BalintError):
    """An export is refused."""

    exit_code = 3


class DisclosureError(BalintError):
    """A release is blocked by a disclosure rule."""

    exit_code = 4


class EnvironmentProblem(BalintError):
    """The disk, a lock or a permission stands in the way."""

    exit_code = 5


_JOINER_INSIDE = re.compile(f"(?<=[\u0600-\u06ff]){JOINER}(?=[\u0600-\u06ff])")
"""The joiner between two Arabic or Persian letters, where it is part of the spelling."""


def shown(value: str, limit: int = 60) -> str:
    """Give a value in quotes for a message: control characters escaped, long text cut."""
    text = value if len(value) <= limit else f"{value[:limit]}…"
    inside = {found.start() for found in _JOINER_INSIDE.finditer(text)}
    return (
        "'" + "".join(c if c.isprintable() or at in inside else f"\\u{ord(c):04x}" for at, c in enumerate(text)) + "'"
    )


def masked(person_id: str) -> str:
    """Give a person id as it may be shown in a message: its first character and its length."""
    if not person_id:
        return "(blank)"
    return f"{person_id[0]}… ({len(person_id)} {'character' if len(person_id) == 1 else 'characters'})"


def cell_shown(text: str) -> str:
    """Give a cell as it may be shown: a short answer as it is, an address or what may be a sentence masked."""
    return masked(text) if "@" in text or len(text) > LONGEST_ANSWER or len(text.split()) > MOST_WORDS else text


def answer_shown(text: str) -> str:
    """Give a cell of a column of answers or dates as it may be shown: what looks like a code of a person masked."""
    return masked(text) if looks_like_an_id(text) else cell_shown(text)


def looks_like_an_id(text: str) -> bool:
    """Tell a word that begins with a letter and holds a digit, such as `PINE010`: moved there, it may be an id."""
    return any(len(word) > 2 and word[0].isalpha() and any(map(str.isdigit, word)) for word in text.split())

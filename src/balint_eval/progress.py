"""Progress of a run, read from what Snakemake says: what is being done for whom, and about how long it will take.

One sentence a step, without signs that move the cursor, serves screen readers, log files and editors; on a terminal
the same words stand beside a bar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from balint_eval.language import ENGLISH, Language, marked

DOING = {
    "ingest": marked("reading the files of {cohort}"),
    "score": marked("scoring {cohort}"),
    "compare": marked("comparing"),
    "figures": marked("drawing figures"),
    "report": marked("writing reports"),
    "examine": marked("holding the cohorts against each other"),
    "cohort_reports": marked("writing the pages of {cohort}"),
    "manifest": marked("listing what was made"),
    "release": marked("making the release"),
}
"""What each stage does, in the order of a run."""
_SHARES = {
    **{"ingest": 4, "score": 4, "compare": 7, "figures": 14, "report": 8},
    **{"examine": 3, "cohort_reports": 30, "manifest": 2, "release": 12},
}
"""About how long a stage takes beside the others, from runs of the demo; what a run itself shows corrects the sum."""
_COUNT = re.compile(r"^(\w+)\s+(\d+)$")
_RULE = re.compile(r"^(?:local)?rule (\w+):")
_JOB = re.compile(r"^\s+jobid: (\d+)")
_COHORT = re.compile(r"^\s+wildcards: .*\b(?:cohort|batch)=([^,\s]+)")
_RESOURCES = re.compile(r"^\s+resources: ")
_FINISHED = re.compile(r"^Finished jobid: (\d+)")


@dataclass(frozen=True)
class Step:
    """What has begun or ended.

    Attributes
    ----------
    words : str
        What is being done.
    done, steps : int
    seconds_left : float or None
        None until one step has ended.
    """

    words: str
    done: int
    steps: int
    seconds_left: float | None


@dataclass
class Progress:
    """The state of a run.

    Attributes
    ----------
    language : Language
    clock : callable
        Seconds that only grow.
    named : mapping
        What batches of cohorts are called.
    """

    language: Language
    clock: Callable[[], float]
    named: Mapping[str, str] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    steps: int = 0
    done: int = 0
    began: float | None = None
    worked: float = 0.0
    _rule: str = ""
    _job: str = ""
    _cohort: str = ""

    def follow(self, lines: Iterable[str]) -> Iterator[Step]:
        """Read Snakemake's lines as they come, and give a step for each stage that begins or ends."""
        for line in lines:
            yield from self._read(line.rstrip("\n"))

    def _read(self, line: str) -> Iterator[Step]:
        counted = _COUNT.match(line)
        if counted and counted[1] in _SHARES and self.began is None:
            self.waiting[counted[1]] = int(counted[2])
            self.steps += int(counted[2])
        if started := _RULE.match(line):
            self._rule, self._job, self._cohort = started[1], "", ""
            self.began = self.clock() if self.began is None else self.began
        self._job = found[1] if (found := _JOB.match(line)) else self._job
        self._cohort = found[1] if (found := _COHORT.match(line)) else self._cohort
        if _RESOURCES.match(line) and self._rule in DOING:
            self.running[self._job] = self._rule
            yield self._step(self._words())
        if (ended := _FINISHED.match(line)) and ended[1] in self.running:
            self._end(self.running.pop(ended[1]))
            yield self._step("")

    def _words(self) -> str:
        return self.language.say(DOING[self._rule], cohort=self.named.get(self._cohort, self._cohort))

    def _end(self, rule: str) -> None:
        self.done += 1
        self.waiting[rule] = max(self.waiting.get(rule, 1) - 1, 0)
        self.worked += _SHARES[rule]

    def _step(self, words: str) -> Step:
        return Step(words, self.done, self.steps, self._seconds_left())

    def _seconds_left(self) -> float | None:
        """Take what is left to last as long, share for share, as what was done."""
        if not self.worked or self.began is None:
            return None
        left = sum(number * _SHARES[rule] for rule, number in self.waiting.items())
        return (self.clock() - self.began) * left / self.worked


def time_left(seconds: float, language: Language = ENGLISH) -> str:
    """Say a time in words, no more exactly than it is known: `about 40 seconds left`, `about 3 minutes left`.

    Examples
    --------
    >>> time_left(4), time_left(38), time_left(61), time_left(200)
    ('a few seconds left', 'about 40 seconds left', 'about 1 minute left', 'about 3 minutes left')
    """
    if seconds < 7.5:
        return language.say("a few seconds left")
    if seconds < 55:
        return language.say("about {seconds} seconds left", seconds=f"{max(round(seconds, -1), 10):.0f}")
    minutes = max(round(seconds / 60), 1)
    return language.plural("about {n} minute left", "about {n} minutes left", minutes)


def as_line(step: Step, language: Language = ENGLISH) -> str:
    """Give a step as one line, such as `Step 3 of 6: comparing. About 40 seconds left`."""
    number = min(step.done + 1, step.steps)
    told = language.say("Step {number} of {steps}: {what}.", number=f"{number}", steps=f"{step.steps}", what=step.words)
    if step.seconds_left is None:
        return told
    left = time_left(step.seconds_left, language)
    return f"{told} {left[:1].upper()}{left[1:]}."

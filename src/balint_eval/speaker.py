"""What a run says: what happens on stderr, with a bar on a terminal, and what came of it on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from balint_eval.batches import list_batches
from balint_eval.language import ENGLISH, Language
from balint_eval.progress import Progress, Step, as_line, time_left
from balint_eval.study import StudyFile
from balint_eval.told import plainly


@dataclass(frozen=True)
class Speaker:
    """Says what happens on stderr, and what came of it on stdout.

    Attributes
    ----------
    language : Language
    plain : bool
        Whole lines only, without a bar and without the invisible signs that set runs of text apart.
    """

    language: Language = ENGLISH
    plain: bool = False

    def result(self, line: str) -> None:
        """Say a line of the result."""
        print(self._signs(line))

    def progress(self, line: str) -> None:
        """Say what is going on."""
        print(self._signs(line), file=sys.stderr, flush=True)

    def _signs(self, line: str) -> str:
        return plainly(line) if self.plain or not self.language.is_right_to_left else line


def show_steps(lines: Iterable[str], say: Speaker, named: Mapping[str, str] = MappingProxyType({})) -> None:
    """Show progress on stderr: a bar on a terminal, else a sentence a step."""
    steps = Progress(say.language, time.monotonic, named).follow(lines)
    if not say.plain and sys.stderr.isatty():
        _show_bar(steps, say.language)
        return
    for step in steps:
        if step.words:
            say.progress(f"  {as_line(step, say.language)}")


def _show_bar(steps: Iterable[Step], language: Language) -> None:
    from tqdm import tqdm

    form = "{desc} |{bar}| {n_fmt}/{total_fmt} {postfix}"
    with tqdm(total=0, leave=False, bar_format=form, file=sys.stderr) as bar:
        for step in steps:
            bar.total, bar.n = step.steps, step.done
            if step.words:
                bar.set_description_str(step.words, refresh=False)
            if step.seconds_left is not None:
                bar.set_postfix_str(time_left(step.seconds_left, language), refresh=False)
            bar.refresh()


def batches_in_words(file: StudyFile, language: Language) -> dict[str, str]:
    """Give what batches are called: their cohorts where they are few."""
    return {batch: cohorts_in_words(names, language) for batch, names in list_batches(file).items()}


def cohorts_in_words(names: Sequence[str], language: Language) -> str:
    """Name cohorts where they are few, else count them."""
    if len(names) <= 5:
        return language.sequence(list(names))
    return language.plural("{n} cohort", "{n} cohorts", len(names))

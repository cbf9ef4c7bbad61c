"""How often `init` knows an instrument, leaves it open, or is wrong: every instrument, under many names and codings.

`python tests/simulation/recognition_study.py --write docs/recognition.md` writes the page.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from balint_eval.ingest.sheet import Sheet
from balint_eval.init.blocks import find_blocks
from balint_eval.init.columns import columns_of
from balint_eval.init.files import item_columns
from balint_eval.init.recognise import Guess, recognise
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments

SEED = 4
PEOPLE = (8, 30)
CODINGS = ("numbers", "texts", "a step off")
INTRODUCTION = """# What `init` recognises

<!-- Written by tests/simulation/recognition_study.py; do not edit. -->

Every instrument of the registry and every version of one ({forms}), each exported with {people} people, under
{styles} ways of naming columns, with the instrument's own numbers, with texts, and with all numbers one step off.
The answers are simulated.

- *Named, nothing to do*: the columns carry the name, the number of items and the ends of the codes.
- *Named, a person confirms*: the name is there; the codebook asks for the code of each answer, or for a look at the
  order.
- *Open, the right one offered*: the codebook leaves the instrument blank and names what fits, the right one among it.
- *Open*: blank, and the right one is not named: the answers fit no known codes, or too few columns belong together.
- *Wrong*: another instrument, another key or other codes taken for granted.

Nothing is named by number and range alone, because forms that are not in the registry can have the same: `init`
asks, or leaves it open. Versions that read the same answers by another key (`JSE20`, `OLBI`, `MBI_GS`, `CSQ8`) are
always asked for."""
OUTCOMES = ("named, nothing to do", "named, a person confirms", "open, the right one offered", "open", "wrong")

NAMED = {
    "`TEQ_1`": "{stem}_{n}",
    "`TEQ01`": "{stem}{n:02}",
    "`TEQ [Item 1]`": "{stem} [Item {n}]",
    "`teq[SQ001]`": "{low}[SQ{n:03}]",
    "`TEQ item 1`": "{stem} item {n}",
    "`pre_teq_1`": "pre_{low}_{n}",
}
RENAMED = {
    "`Q7_1`": "Q7_{n}",
    "`1. statement`": "{n}. statement {letters}",
    "statements alone": "statement {letters}",
    "`How often? [statement]`": "How often? [statement {letters}]",
    "`var1`": "var{n}",
}
STYLES = {**NAMED, **RENAMED}
"""How columns are called; the first six hold the instrument's name."""


@dataclass(frozen=True)
class Case:
    """One simulated export of one instrument.

    Attributes
    ----------
    truth : Instrument
    style : str
    coding : str
        `numbers`, `texts`, `a step off`.
    people : int
    guesses : list of Guess
    """

    truth: Instrument
    style: str
    coding: str
    people: int
    guesses: list[Guess]

    @property
    def outcome(self) -> str:
        """What became of it, one of `OUTCOMES`."""
        return outcome_of(self.truth, self.coding, self.guesses)


def outcome_of(truth: Instrument, coding: str, guesses: list[Guess]) -> str:
    """Judge the guesses about the columns of one instrument.

    A version that differs only in how scores are made of the same answers (mean or sum) is not told apart by a file;
    another key or other codes taken for granted are wrong.
    """
    base = truth.name.partition("@")[0]
    named = [guess for guess in guesses if guess.instrument]
    if any(_wrong(guess, truth, coding) for guess in named):
        return "wrong"
    if len(named) == 1 and len(guesses) == 1:
        return OUTCOMES[0] if named[0].confidence == "certain" else OUTCOMES[1]
    offered = {name.partition("@")[0] for guess in guesses for name in guess.candidates}
    return OUTCOMES[2] if base in offered else OUTCOMES[3]


def _wrong(guess: Guess, truth: Instrument, coding: str) -> bool:
    taken = known_instruments()[guess.instrument]
    if taken.name.partition("@")[0] != truth.name.partition("@")[0] or taken.n_items != truth.n_items:
        return True
    same_key = (taken.reverse, [s.items for s in taken.scales]) == (truth.reverse, [s.items for s in truth.scales])
    same_codes = coding != "texts" and taken.response.codes == stored_codes(truth, coding)
    return not same_key or not (same_codes or guess.recode)


def stored_codes(truth: Instrument, coding: str) -> list[float]:
    """Give the codes as they are stored: a version that is stored a step off can be the instrument itself."""
    codes = truth.response.codes
    off = 0.0 if coding != "a step off" else codes[1] - codes[0] if codes[0] == 0 else codes[0] - codes[1]
    return [code + off for code in codes]


def answers(truth: Instrument, people: int, rng: np.random.Generator) -> np.ndarray:
    """Draw codes: people differ in how much they agree, items in how much is agreed with them.

    Returns
    -------
    array of float, shape (people, items)
    """
    codes = np.array(truth.response.codes)
    liking = rng.normal(0, 0.8, (people, 1)) + rng.normal(0, 0.6, (1, truth.n_items))
    position = liking + rng.normal(0, 0.8, (people, truth.n_items))
    steps = np.clip(np.rint((position + 2) / 4 * (len(codes) - 1)), 0, len(codes) - 1).astype(int)
    return codes[steps]


def export(truth: Instrument, style: str, coding: str, people: int, rng: np.random.Generator) -> Sheet:
    """Give the export of one instrument, with a column of codes."""
    drawn = answers(truth, people, rng)
    stem = truth.name.partition("@")[0]
    letters = [
        "".join(rng.choice(list("abcdefgh"), 6)) + chr(97 + n % 26) + chr(97 + n // 26) for n in range(truth.n_items)
    ]
    names = [
        STYLES[style].format(stem=stem, low=stem.casefold(), n=n + 1, letters=letters[n]) for n in range(truth.n_items)
    ]
    codes = truth.response.codes
    drawn = drawn + (stored_codes(truth, coding)[0] - codes[0])
    words = {code: f"answer {chr(97 + at)}" for at, code in enumerate(codes)}
    texts = [[words[code] if coding == "texts" else f"{code:g}" for code in row] for row in drawn]
    cells = pd.DataFrame(texts, columns=names, dtype=object)
    cells.insert(0, "code", [f"P{n:03}" for n in range(people)])
    cells.index = pd.Index(range(2, people + 2))
    return Sheet(file="made.csv", platform="plain", cells=cells, status=pd.Series("", index=cells.index, dtype=object))


def guesses_about(sheet: Sheet) -> list[Guess]:
    """Give what `init` sees in an export."""
    return [recognise(block) for block in find_blocks(item_columns(columns_of(sheet))) if block.answers]


def cases(seed: int = SEED, people: tuple[int, ...] = PEOPLE, styles: int = len(STYLES)) -> Iterator[Case]:
    """Give every instrument and version under every name, coding and number of people.

    Parameters
    ----------
    seed : int
    people : tuple of int
    styles : int
        How many of the ways of naming columns each instrument is given, in turn.
    """
    rng = np.random.default_rng(seed)
    names = list(STYLES)
    for turn, truth in enumerate(known_instruments().values()):
        for style in [names[(turn * styles + at) % len(names)] for at in range(styles)]:
            for coding in CODINGS:
                for number in people:
                    guesses = guesses_about(export(truth, style, coding, number, rng))
                    yield Case(truth, style, coding, number, guesses)


def page(found: list[Case]) -> str:
    """Give the page with both tables."""
    named = [case for case in found if case.style in NAMED]
    instruments = sorted({case.truth.name for case in found}, key=str.casefold)
    people = f"{', '.join(map(str, PEOPLE[:-1]))} and {PEOPLE[-1]}"
    lines = [
        *INTRODUCTION.format(forms=len(known_instruments()), people=people, styles=len(STYLES)).splitlines(),
        "",
        *_table("columns named as", STYLES, [(case.style, case.outcome) for case in found]),
        "",
        "Where the columns carry the name:",
        "",
        *_table("answers stored as", CODINGS, [(case.coding, case.outcome) for case in named]),
        "",
        *_table("instrument", instruments, [(case.truth.name, case.outcome) for case in named]),
    ]
    return "\n".join(lines) + "\n"


def _table(head: str, rows: object, pairs: list[tuple[str, str]]) -> Iterator[str]:
    counts = Counter(pairs)
    yield f"| {head} | {' | '.join(OUTCOMES)} |"
    yield "|---" * (len(OUTCOMES) + 1) + "|"
    for row in rows:  # type: ignore[attr-defined]
        yield f"| {row} | {' | '.join(str(counts[row, outcome]) for outcome in OUTCOMES)} |"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    found = list(cases())
    text = page(found)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    for case in found:
        if case.outcome == "wrong":
            print(
                case.truth.name,
                case.style,
                case.coding,
                case.people,
                [(g.instrument, g.confidence) for g in case.guesses],
            )
    print(text)


if __name__ == "__main__":
    main()

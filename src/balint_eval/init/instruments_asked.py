"""Asking which questionnaire some columns are: what fits is offered; any other, or several in a row, can be named."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from balint_eval.init.blocks import Block
from balint_eval.init.questions import Asker, Further
from balint_eval.init.recognise import Guess, settled_guess
from balint_eval.init.texts import Message
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments

NONE = "none"
"""The answer that these columns are no questionnaire to score."""
_BETWEEN = re.compile(r"\s*[,،;+]\s*|\s+and\s+")


def ask_instruments(
    shown: str, guesses: Sequence[Guess], known: dict[tuple[str, ...], str], asker: Asker
) -> list[Guess]:
    """Ask for each open block of a file; the same questions elsewhere get the same answer.

    Parameters
    ----------
    shown : str
        The file.
    guesses : sequence of Guess
    known : dict of questions to answer
        Of the files before; filled in.
    asker : Asker

    Returns
    -------
    list of Guess
        Blocks that hold several questionnaires are cut; those that a person set aside are left out.
    """
    return [settled for guess in guesses for settled in _asked(shown, guess, known, asker)]


def _asked(shown: str, guess: Guess, known: dict[tuple[str, ...], str], asker: Asker) -> Iterator[Guess]:
    block = guess.block
    if guess.instrument:
        yield guess
        return
    if block.signature not in known:
        known[block.signature] = asker.ask(
            f"instrument/{shown}/{block.columns[0].name}",
            _question(shown, guess),
            guess.candidates,
            titles={name: _title(name) for name in guess.candidates},
            further=Further(Message("instrument_hint"), lambda text: _read(text, block)),
        )
    answer = known[block.signature]
    if answer != NONE:
        yield from _as_said(guess, answer) if answer else (guess,)


def _question(shown: str, guess: Guess) -> Message:
    first, last = guess.block.columns[0].name, guess.block.columns[-1].name
    key = "ask_instrument" if guess.candidates else "ask_instrument_open"
    return Message(key, file=shown, number=guess.block.n_items, first=first, last=last)


def _title(name: str) -> Message:
    instrument = known_instruments()[name]
    return Message("instrument_title", title=instrument.title.removesuffix("."))


def _read(text: str, block: Block) -> str | Message:
    """Give the names of known instruments with as many items as there are columns, in the order of the file."""
    if text.casefold() in {NONE, "0", "۰", "هیچ", "ignore"}:
        return NONE
    known = {name.casefold(): name for name in known_instruments()}
    names = [part for part in _BETWEEN.split(text) if part]
    unknown = [name for name in names if name.casefold() not in known]
    if unknown or not names:
        close = difflib.get_close_matches((unknown or [text])[0].casefold(), known, 1, 0.5)
        return Message("instrument_near", name=known[close[0]]) if close else Message("instrument_unknown")
    chosen = [known_instruments()[known[name.casefold()]] for name in names]
    if sum(instrument.n_items for instrument in chosen) != block.n_items:
        sizes = ", ".join(f"{instrument.name} {instrument.n_items}" for instrument in chosen)
        return Message("instrument_size", sizes=sizes, number=block.n_items)
    return ", ".join(instrument.name for instrument in chosen)


def _as_said(guess: Guess, answer: str) -> Iterator[Guess]:
    """Take a person's word for the instruments; codes that do not fit are still to be given."""
    chosen = [known_instruments()[name] for name in answer.split(", ")]
    if len(chosen) == 1:
        yield settled_guess(guess.block, chosen[0], _reasons(guess.block))
        return
    start = 0
    for instrument in chosen:
        part = _part(guess.block, start, instrument)
        yield settled_guess(part, instrument, _reasons(part))
        start += instrument.n_items


def _reasons(block: Block) -> list[Message]:
    ordered = () if block.numbers or block.n_items == 1 else (Message("order_of_file"),)
    return [Message("you_said"), *ordered]


def _part(block: Block, start: int, instrument: Instrument) -> Block:
    """Give the columns of one questionnaire of several in a row; numbers that run on are left out."""
    columns = block.columns[start : start + instrument.n_items]
    numbers = tuple(number - start for number in block.numbers[start : start + instrument.n_items])
    runs_on = sorted(numbers) == list(range(1, instrument.n_items + 1))
    return replace(block, columns=columns, numbers=numbers if runs_on else ())

"""Lists of answers for the codebook: which texts occur, and which codes can be seen rather than guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from balint_eval.init.blocks import MISSING_NUMBERS, Block
from balint_eval.init.recognise import Guess, declared_codes, said_numbers
from balint_eval.init.texts import Message
from balint_eval.instruments.model import Instrument

_NUMBERED_LABEL = re.compile(r"(?P<front>[0-9]{1,3})\s*[-–=.:)]\s*\D.*|\D.*?[\s(\[]\(?(?P<back>[0-9]{1,3})[)\]]")
_NO_ANSWER = re.compile(
    r"(not applicable|does not apply|n/?a|no answer|prefer not to (answer|say)|don'?t know|missing|refused)"
    r"|بی ?پاسخ|نمی ?دانم|پاسخ نمی ?دهم|کاربرد ندارد",
    re.IGNORECASE,
)

NO_ANSWER = "no answer"
"""Name of the list of texts that mean no answer, whatever the form."""


@dataclass
class AnswerList:
    """One list of answers being drafted.

    Attributes
    ----------
    name : str
    instrument : Instrument or None
    rows : dict of answer to row
        A row holds answer, code (number, `missing` or `""`), suggestion, times, note.
    to_confirm : set of answer
        Codes that were filled in and need a look.
    questions : tuple of str
        Of the block it was made for: the same questions in another file share it.
    """

    name: str
    instrument: Instrument | None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    to_confirm: set[str] = field(default_factory=set)
    questions: tuple[str, ...] = ()


class AnswerLists:
    """All lists of a codebook; files that share answers to one instrument share a list."""

    def __init__(self) -> None:
        self.lists: list[AnswerList] = []

    def list_for(self, guess: Guess, instrument: Instrument | None) -> str:
        """Give the name of the list of a block, `""` where it needs none.

        Parameters
        ----------
        guess : Guess
        instrument : Instrument or None
            The guessed instrument.
        """
        rows, confirm = _rows(guess, instrument)
        if not rows:
            return ""
        if all(row["code"] == "missing" for row in rows.values()):
            # What means no answer means it for every form that has no such code: one list, confirmed once.
            chosen = self._named(NO_ANSWER) or self._add(NO_ANSWER, None)
        else:
            chosen = self._shared(rows, instrument, guess.block) or self._new(guess.block, instrument)
        for answer, row in rows.items():
            kept = chosen.rows.setdefault(answer, row)
            if kept is not row:
                kept["times"] += row["times"]
        chosen.to_confirm |= confirm
        return chosen.name

    def _shared(self, rows: Mapping[str, object], instrument: Instrument | None, block: Block) -> AnswerList | None:
        """Give the list of the same instrument, or of the same questions, that has one of the answers already."""
        if instrument is None:
            same = [known for known in self.lists if known.instrument is None and known.questions == block.signature]
        else:
            name = instrument.name
            same = [known for known in self.lists if known.instrument is not None and known.instrument.name == name]
        return next((known for known in same if set(known.rows) & set(rows)), None)

    def _named(self, name: str) -> AnswerList | None:
        return next((known for known in self.lists if known.name == name), None)

    def _add(self, name: str, instrument: Instrument | None) -> AnswerList:
        self.lists.append(AnswerList(name, instrument))
        return self.lists[-1]

    def _new(self, block: Block, instrument: Instrument | None) -> AnswerList:
        stem = re.sub(r"\W+", "_", (block.stem if block.stem != "#" else "")).strip("_")
        wanted = instrument.name if instrument else stem or "answers"
        taken = {known.name for known in self.lists}
        number = next(n for n in range(1, len(taken) + 2) if _numbered(wanted, n) not in taken)
        added = self._add(_numbered(wanted, number), instrument)
        added.questions = block.signature
        return added


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"


def _rows(guess: Guess, instrument: Instrument | None) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Give the rows of one block: all answers where a code is to be given, else only those that mean no answer."""
    block = guess.block
    missing = _missing_like(block, instrument)
    answers = [answer for answer in block.answers if answer not in missing]
    lettered = bool(answers) and not all(_as_number(answer) is not None for answer in answers)
    needs_codes = guess.recode or lettered
    rows: dict[str, dict[str, Any]] = {}
    confirm = set(missing)
    for answer in answers if needs_codes else ():
        rows[answer] = _row(answer, block, instrument)
    if needs_codes and instrument is not None:
        confirm |= _propose(rows, block, instrument)
    for answer in answers if guess.strange and not needs_codes else ():
        if _as_number(answer) in guess.strange:
            rows[answer] = _row(answer, block, instrument) | {"note": Message("strange_answer")}
    for answer in missing:
        note = Message("missing_like", times=block.times(answer))
        times = block.times(answer)
        rows[answer] = {"answer": block.spelled(answer), "code": "missing", "times": times, "note": note}
    return rows, confirm


def _row(answer: str, block: Block, instrument: Instrument | None) -> dict[str, Any]:
    allowed = described_codes(instrument) if instrument else ""
    note = Message("label_open")
    return {"answer": block.spelled(answer), "code": "", "allowed": allowed, "times": block.times(answer), "note": note}


def described_codes(instrument: Instrument) -> str:
    """Give the codes of an instrument with what their ends stand for."""
    codes = ", ".join(f"{code:g}" for code in instrument.response.codes)
    low, high = instrument.response.low, instrument.response.high
    return f"{codes} ({low} ... {high})" if low and high else codes


def _missing_like(block: Block, instrument: Instrument | None) -> list[str]:
    """Give the answers that only mean that there is none."""
    codes = instrument.response.codes if instrument else []
    found = []
    for answer in block.answers:
        number = _as_number(answer)
        coded = number in MISSING_NUMBERS and number not in codes
        if coded or (number is None and _NO_ANSWER.fullmatch(answer)):
            found.append(answer)
    return found


def _as_number(answer: str) -> float | None:
    try:
        return float(answer.replace(",", "."))
    except ValueError:
        return None


def _propose(rows: dict[str, dict[str, Any]], block: Block, instrument: Instrument) -> set[str]:
    """Fill in the codes that the file itself says; suggest those that only follow from an order of numbers."""
    codes = instrument.response.codes
    said = _dictionary_codes(block) or {
        answer: number for answer in rows if (number := _label_number(answer)) is not None
    }
    if len(said) >= len(rows) and set(said.values()) <= set(codes) and len(set(said.values())) == len(said):
        from_dictionary = bool(declared_codes(block))
        for answer, row in rows.items():
            row["code"] = said[answer]
            row["note"] = Message("label_dictionary" if from_dictionary else "label_number")
        return set(rows)
    _suggest(rows, block, codes)
    unseen = len(codes) - len(rows)
    if unseen > 0 and rows:
        first = next(iter(rows.values()))
        first["note"] = Message("answers_unseen", seen=len(rows), number=len(codes))
    return set()


def _suggest(rows: dict[str, dict[str, Any]], block: Block, codes: Sequence[float]) -> None:
    """Suggest codes for numbers: the same ones, or the instrument's in the order of size where there are as many."""
    numbers = sorted(declared_codes(block) or said_numbers(block))
    labelled = {answer: number for answer in rows if (number := _label_number(answer)) is not None}
    if not numbers and len(labelled) == len(rows):
        numbers = sorted(labelled.values())
    if set(numbers) <= set(codes):
        matched = {number: number for number in numbers}
    elif len(numbers) == len(codes):
        matched = dict(zip(numbers, codes, strict=True))
    else:
        return
    for answer, row in rows.items():
        number = _as_number(answer)
        number = labelled.get(answer) if number is None else number
        if number in matched:
            row["suggestion"] = matched[number]
            row["note"] = Message("in_order")


def _label_number(answer: str) -> float | None:
    """Give the number a label carries, as in `5 - ...` or `... (5)`, None where it carries none.

    Examples
    --------
    >>> _label_number("5 - often"), _label_number("often (5)"), _label_number("3 or more times")
    (5.0, 5.0, None)
    """
    found = _NUMBERED_LABEL.fullmatch(answer)
    if not found:
        return None
    return float(found["front"] or found["back"])


def _dictionary_codes(block: Block) -> dict[str, float]:
    """Give the code of each label that a data dictionary declares, and of each code itself."""
    if not declared_codes(block):
        return {}
    choices = block.columns[0].choices
    pairs = [(code, label) for code, label in choices if _as_number(code) is not None]
    by_label = {label: float(code) for code, label in pairs}
    return {answer: by_label[answer] for answer in block.answers if answer in by_label}

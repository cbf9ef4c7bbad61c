"""Which instrument a block of columns is: by its name, the number of its items and its answers; in doubt none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from balint_eval.ingest.text import clean_header
from balint_eval.init.blocks import MISSING_NUMBERS, Block
from balint_eval.init.texts import Message
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments

Confidence = Literal["certain", "likely", "open"]

_FURTHER_NAMES = {
    "JSE20": ("jspe", "jefferson"),
    "TEQ": ("toronto",),
    "CBI": ("copenhagen",),
    "OLBI": ("oldenburg",),
    "MBI_HSS": ("maslach",),
    "MBI_GS": ("maslach",),
    "MBI_SS": ("maslach",),
    "WCW15": ("warr", "wcw"),
    "UWES9": ("utrecht",),
    "UWES17": ("utrecht",),
    "IRI": ("davis",),
    "MiniZ2": ("miniz", "minizsurvey"),
}
"""Names people give to columns, beside the instrument's own."""
_PLAIN_WORDS = frozenset({"care", "bat", "brs", "who"})
"""Names that are words of a language: only the whole stem counts."""


@dataclass(frozen=True)
class Guess:
    """What a block of columns was taken for.

    Attributes
    ----------
    block : Block
    instrument : str
        Name, `""` where it stays open.
    confidence : str
        `certain` (name, number of items and both ends of the codes), `likely` (something is for a person to
        confirm) or `open`.
    reasons : tuple of Message
        Why, for a note.
    candidates : tuple of str
        What it could be, where it is open.
    recode : bool
        The answers are not, or may not be, the instrument's own codes: a person gives the code of each.
    """

    block: Block
    instrument: str
    confidence: Confidence
    reasons: tuple[Message, ...]
    candidates: tuple[str, ...] = ()
    recode: bool = False
    strange: tuple[float, ...] = ()


def recognise(block: Block) -> Guess:
    """Say what instrument a block is.

    Parameters
    ----------
    block : Block

    Returns
    -------
    Guess
        An instrument is named only where the columns carry its name and have its number of items, and where no
        version of it reads the same answers by another key. What only fits by number and range stays open.
    """
    known = known_instruments()
    named = [name for name in _bases() if _is_named(name, block)]
    fitting = [name for name in _bases() if _counts_fit(name, block)]
    both = [name for name in named if name in fitting]
    if len(both) == 1:
        return _of_that_name(block, known[both[0]])
    if both:
        return Guess(block, "", "open", (Message("several", names=", ".join(both)),), tuple(both))
    if named:
        sizes = ", ".join(f"{name} {known[name].n_items}" for name in named)
        reason = Message("named_other_size", number=block.n_items, names=sizes)
        return Guess(block, "", "open", (reason,), tuple(_by_structure(block)))
    candidates = tuple(_by_structure(block))
    if not candidates:
        return Guess(block, "", "open", (Message("nothing_known", number=block.n_items),))
    reason = Message("by_structure", number=block.n_items, names=", ".join(candidates))
    return Guess(block, "", "open", (reason,), candidates)


@cache
def _bases() -> tuple[str, ...]:
    return tuple(name for name in known_instruments() if "@" not in name)


def _versions(name: str) -> list[Instrument]:
    return [known for other, known in known_instruments().items() if other.startswith(f"{name}@")]


def _counts_fit(name: str, block: Block) -> bool:
    """Tell whether the instrument, or a version of it, has as many items."""
    forms = [known_instruments()[name], *_versions(name)]
    return any(form.n_items == block.n_items for form in forms)


@cache
def _names_of(name: str) -> frozenset[str]:
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    first = re.split(r"[_0-9]", name.casefold())[0]
    return frozenset({plain, plain.rstrip("0123456789"), first, *_FURTHER_NAMES.get(name, ())})


def _is_named(name: str, block: Block) -> bool:
    names = _names_of(name)
    stem = clean_header(block.stem).casefold()
    if re.sub(r"[^a-z0-9]", "", stem) in names:
        return True
    words = {word for text in (stem, *_question_stems(block)) for word in re.split(r"[^a-z0-9]+", text)}
    words |= {word.rstrip("0123456789") for word in words}
    return bool(words & (names - _PLAIN_WORDS) - {""})


def _question_stems(block: Block) -> Iterator[str]:
    """Give what stands before the dash or bracket in the question texts, where all have it in common."""
    stems = {re.split(r" - |: | \[", clean_header(column.question), maxsplit=1)[0] for column in block.columns}
    if len(stems) == 1:
        yield stems.pop().casefold()
    numbers = {re.sub(r"[\s_]*(item)?[\s_]*[0-9]+$", "", stem.casefold()) for stem in stems}
    if len(stems) > 1 and len(numbers) == 1:
        yield numbers.pop()


def _of_that_name(block: Block, base: Instrument) -> Guess:
    """Settle version and codes of a block that carries an instrument's name."""
    form = next((form for form in [base, *_versions(base.name)] if form.n_items == block.n_items), base)
    others = _other_keys(form, base)
    reasons = [Message("named", name=form.name, number=block.n_items)]
    if others:
        names = (form.name, *others) if not form.to_confirm else tuple(others)
        return Guess(block, "", "open", (*reasons, Message("versions", names=", ".join(names))), names)
    if block.numbers and not block.in_form_order:
        # Columns may be missing between them, so that a longer form looks like a shorter one.
        reasons.append(Message("not_in_order", number=block.n_items))
        return Guess(block, "", "open", tuple(reasons), (form.name,))
    if not block.numbers and block.n_items > 1:
        reasons.append(Message("order_of_file"))
    return settled_guess(block, form, reasons)


def settled_guess(block: Block, form: Instrument, reasons: Sequence[Message]) -> Guess:
    """Give the guess of a block whose instrument is settled: its codes may still be doubtful."""
    strange = strange_numbers(block, form)
    if strange:
        doubt: Message | None = Message("strange", numbers=_listed(strange), allowed=_listed(form.response.codes))
    else:
        doubt = codes_doubtful(block, form)
    coded_so = _coded_so(block, form) if doubt and not strange else []
    said = (*reasons, *((doubt,) if doubt else ()))
    said += (Message("coded_version", names=", ".join(coded_so)),) if coded_so else ()
    recode = doubt is not None and not strange
    return Guess(block, form.name, "certain" if len(said) == 1 else "likely", said, (), recode, strange)


def _coded_so(block: Block, form: Instrument) -> list[str]:
    """Give the versions of an instrument whose codes the answers could be as they are."""
    numbers = set(declared_codes(block)) or set(said_numbers(block))
    others = [version for version in _versions(form.name.partition("@")[0]) if version.n_items == form.n_items]
    return [
        v.name
        for v in others
        if numbers and v.response.codes != form.response.codes and numbers <= set(v.response.codes)
    ]


def strange_numbers(block: Block, form: Instrument) -> tuple[float, ...]:
    """Give one or two numbers that are no codes, where both ends of the codes are answered too."""
    codes = form.response.codes
    said = said_numbers(block)
    strange = tuple(sorted(said - set(codes)))
    fits = {codes[0], codes[-1]} <= said and len(said & set(codes)) > len(strange)
    return strange if 0 < len(strange) <= 2 and fits and not declared_codes(block) else ()


def _other_keys(form: Instrument, base: Instrument) -> list[str]:
    """Give the versions that read the same answers by another key: which one it is cannot be seen in a file."""
    same = [v for v in [base, *_versions(base.name)] if v.n_items == form.n_items and v.name != form.name]
    same = [v for v in same if v.response.codes == form.response.codes]
    different = [v.name for v in same if _key(v) != _key(form)]
    if different and form.to_confirm:
        # The plain name asks for confirmation: the versions that give it stand in its place.
        return [v.name for v in same if not v.to_confirm]
    if form.to_confirm:
        return [form.name, *(v.name for v in same)]
    return different


def _key(form: Instrument) -> tuple[object, ...]:
    return tuple(form.reverse), tuple((scale.name, tuple(scale.items)) for scale in form.scales)


def said_numbers(block: Block) -> frozenset[float]:
    """Give the numbers answered, without those that stand for no answer."""
    return frozenset(number for number in block.numeric if number not in MISSING_NUMBERS)


def codes_doubtful(block: Block, form: Instrument) -> Message | None:
    """Say why the answers may not be the instrument's own codes; None where they are."""
    codes = form.response.codes
    declared = declared_codes(block)
    if declared:
        return (
            None
            if set(declared) <= set(codes)
            else Message("other_codes", codes=_listed(declared), allowed=_listed(codes))
        )
    if not block.answers:
        return None
    if not block.numeric:
        return Message("labels", allowed=_listed(codes))
    said = said_numbers(block)
    if not said <= set(codes):
        return Message("other_codes", codes=_listed(sorted(said)), allowed=_listed(codes))
    return _end_unseen(said, form)


def _end_unseen(said: frozenset[float], form: Instrument) -> Message | None:
    """Doubt codes of which an end never occurs, where the answers may be stored a step off.

    Codes from 0 are in doubt where 0 never occurs, codes from 1 where the highest never does, and where a version of
    the form has fewer codes.
    """
    codes = form.response.codes
    shorter = any(len(version.response.codes) < len(codes) for version in _versions(form.name.partition("@")[0]))
    ends = {codes[0] if codes[0] == 0 else codes[-1]} | ({codes[-1]} if shorter else set())
    if ends <= said or codes[1] - codes[0] != 1:
        return None
    end = min(ends - said)
    return Message("end_unseen", end=f"{end:g}", allowed=_listed(codes))


def declared_codes(block: Block) -> tuple[float, ...]:
    """Give the codes a data dictionary declares for a block, without those for missing answers."""
    choices = {column.choices for column in block.columns}
    if len(choices) != 1:
        return ()
    try:
        codes = [float(code) for code, _ in choices.pop()]
    except ValueError:
        return ()
    return tuple(code for code in codes if code not in MISSING_NUMBERS)


def _by_structure(block: Block) -> list[str]:
    """Give the instruments with as many items whose codes the answers could be, those with the same ends first."""
    codes = set(declared_codes(block)) or set(said_numbers(block))
    found = {}
    for name in _bases():
        forms = [form for form in [known_instruments()[name], *_versions(name)] if form.n_items == block.n_items]
        fitting = [form for form in forms if _could_be(block, form)]
        if fitting:
            ends = any(codes and {f.response.codes[0], f.response.codes[-1]} <= codes for f in fitting)
            found[name] = (not any(codes <= set(f.response.codes) for f in fitting), not ends)
    return sorted(found, key=lambda name: (found[name], name.casefold()))


def _could_be(block: Block, form: Instrument) -> bool:
    """Tell whether the answers can be an instrument's: its codes, as many whole numbers in a row, or as many texts."""
    codes = set(declared_codes(block)) or set(said_numbers(block))
    if codes:
        in_a_row = max(codes) - min(codes) + 1 == len(codes) == len(form.response.codes)
        return codes <= set(form.response.codes) or in_a_row
    return 0 < len(block.answers) <= len(form.response.codes) + 2


def _listed(codes: Sequence[float]) -> str:
    return ", ".join(f"{code:g}" for code in codes)

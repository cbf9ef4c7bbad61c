"""A language as the builders of reports and figures use it; it is passed to them, never looked up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from gettext import NullTranslations
from itertools import groupby
from typing import Literal

from balint_eval.jalali import jalali
from balint_eval.language.numerals import END, FIRST_STRONG, LEFT_TO_RIGHT, Numerals, is_number, turns

_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def marked(message: str) -> str:
    """Mark a message for the catalogues where it is written down but not yet said, as in a constant.

    Parameters
    ----------
    message : str
        In English, a literal.

    Returns
    -------
    str
        The message as it is.
    """
    return message


MONTHS = (
    *(marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June")),
    *(marked("July"), marked("August"), marked("September"), marked("October"), marked("November")),
    marked("December"),
)
JALALI_MONTHS = (
    *(marked("Farvardin"), marked("Ordibehesht"), marked("Khordad"), marked("Tir"), marked("Mordad")),
    *(marked("Shahrivar"), marked("Mehr"), marked("Aban"), marked("Azar"), marked("Dey"), marked("Bahman")),
    marked("Esfand"),
)


ENGLISH_TAG = "en"
COMMAS, SEMICOLONS = marked("{start}, {next}"), marked("{start}; {next}")
"""How one word of a sequence follows the one before."""
_SENTENCES = re.compile(r"(?<=\.) (?=[A-Z0-9])")
_CODE = re.compile(r"(?:([A-Z]{2,4}-[A-Z0-9]+): )?(.*)", re.DOTALL)
"""The code that a remark may begin with, and the rest."""


@dataclass(frozen=True)
class Language:
    """Words, numerals and direction of one language.

    Attributes
    ----------
    tag : str
        BCP 47 tag such as `en`; names the folder of translations and the files written.
    name : str
        The language's own name.
    direction : {"ltr", "rtl"}
        Which way its lines run.
    calendar : {"gregorian", "jalali"}
        The calendar a date is given in first.
    figures : Numerals
        How it writes numbers.
    catalogue : gettext.NullTranslations
        Translations of the English messages.
    names : mapping of str to str
        The study's own translations of its labels.
    """

    tag: str = "en"
    name: str = "English"
    direction: Literal["ltr", "rtl"] = "ltr"
    calendar: Literal["gregorian", "jalali"] = "gregorian"
    figures: Numerals = field(default_factory=Numerals)
    catalogue: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_right_to_left(self) -> bool:
        """True where lines run from right to left."""
        return self.direction == "rtl"

    def say(self, message: str, /, **values: str) -> str:
        """Say a whole sentence, or a whole label.

        Parameters
        ----------
        message : str
            In English, with named places such as `{points}`; a literal, so that it reaches the catalogues.
        **values : str
            What stands in these places. Numbers come as English writes them; what has letters of the other
            direction is isolated, so that it does not turn the sentence around it.

        Returns
        -------
        str
            The message itself where the language has no translation.
        """
        text = self.catalogue.gettext(message) if message else ""
        return text.format(**{name: self.value(value) for name, value in values.items()}) if values else text

    def plural(self, one: str, many: str, number: int, /, **values: str) -> str:
        """Say a sentence in the form that a number asks for; `{n}` in it is the number.

        Parameters
        ----------
        one, many : str
            The English sentence for one and for more.
        number : int
        **values : str
            As for `say`.
        """
        text = self.catalogue.ngettext(one, many, number)
        return text.format(n=self.value(f"{number:,}"), **{name: self.value(value) for name, value in values.items()})

    def with_names(self, names: Mapping[str, str]) -> Language:
        """Give the language with a study's own translations of its labels."""
        return replace(self, names=dict(names))

    def named(self, label: str) -> str:
        """Give a label of the study in its own translation, else as it stands, isolated where it must be."""
        return self.isolated(self.names.get(label, label))

    def translated(self, name: str) -> str:
        """Give a name in the study's translation, else in the catalogue's, else as it stands; not isolated."""
        return self.names.get(name) or (self.catalogue.gettext(name) if name else "")

    def noted(self, text: str, names: Mapping[str, str] | None = None) -> str:
        """Give a remark that stands in a table in English; isolated as it is where no mould fits it.

        Parameters
        ----------
        text : str
            One sentence or several; parts of a sentence are kept apart by semicolons.
        names : mapping of str to str, optional
            What readers call the waves that a remark may name.
        """
        if self.tag == ENGLISH_TAG or not text:
            return self.isolated(text)
        said = [(self._remark(sentence, names or {}), sentence) for sentence in _SENTENCES.split(text)]
        runs = [(known, list(run)) for known, run in groupby(said, key=lambda pair: bool(pair[0]))]
        return " ".join(
            " ".join(words for words, _ in run) if known else self.isolated(" ".join(sentence for _, sentence in run))
            for known, run in runs
        )

    def remark(self, text: str) -> str:
        """Give a remark of one sentence or several; blank where a part of it has no mould."""
        said = [self._remark(sentence, {}) for sentence in _SENTENCES.split(text)]
        return "" if "" in said else " ".join(said)

    def _remark(self, sentence: str, names: Mapping[str, str]) -> str:
        """Say one sentence of a remark; blank where a part of it is not known."""
        from balint_eval.language.remarks import recognised

        code, bare = _CODE.fullmatch(sentence.removesuffix(".")).groups()  # type: ignore[union-attr]
        whole = recognised(bare)
        found = [whole] if whole else [recognised(part) for part in bare.split("; ")]
        said = [self._filled(*part, names) if part else "" for part in found]
        if "" in said:
            return ""
        before = f"{self.isolated(code)}: " if code else ""
        return before + self.sequence(said, SEMICOLONS) + ("." if sentence.endswith(".") else "")

    def _filled(self, mould: str, given: Mapping[str, str], names: Mapping[str, str]) -> str:
        """Say a mould with what stands in its places; blank where a remark in one of them is not known."""
        from balint_eval.language.remarks import LISTS, VERBATIM

        around = "{}" if not self.is_right_to_left else f"{FIRST_STRONG}{{}}{END}"
        values = {name: around.format(value) if name in VERBATIM else value for name, value in given.items()}
        for name, between in LISTS.items():
            if name in values:
                parts = [self._remark(part, names) for part in between.split(values[name])]
                if "" in parts:
                    return ""
                values[name] = self.sequence(parts)
        return self.say(mould, **{name: names.get(value, value) for name, value in values.items()})

    def value(self, text: str) -> str:
        """Give a value as it stands in a sentence: a number in this language's signs, a label isolated."""
        return self.number(text) if is_number(text) else self.isolated(text)

    def number(self, text: str) -> str:
        """Write the numbers of a text, which English writes the same way, in this language's signs."""
        written = self.figures.written(text)
        return self._from_left(written) if turns(written) else written

    def statistics(self, text: str) -> str:
        """Write a run of statistics such as `t(5.2) = 2.31, p = .03`, which runs from left to right everywhere."""
        return self._from_left(self.figures.written(text)) if text else ""

    def _from_left(self, text: str) -> str:
        is_isolated = text.startswith((LEFT_TO_RIGHT, FIRST_STRONG)) and text.endswith(END)
        return text if is_isolated or not self.is_right_to_left else f"{LEFT_TO_RIGHT}{text}{END}"

    def isolated(self, label: str) -> str:
        """Give a label so that letters of the other direction in it do not turn the text around it."""
        return f"{FIRST_STRONG}{label}{END}" if _turns_text(label, self.is_right_to_left) else label

    def listed(self, words: Sequence[str]) -> str:
        """Write words as a list: `a, b and c`; empty ones are left out."""
        kept = [word for word in words if word]
        if len(kept) < 2:
            return self.sequence(kept)
        return self.say("{first} and {last}", first=self.sequence(kept[:-1]), last=kept[-1])

    def sequence(self, words: Sequence[str], pattern: str = COMMAS) -> str:
        """Write words one after the other: `a, b, c`, or by another pattern such as `SEMICOLONS`."""
        said = self.value(words[0]) if words else ""
        for word in words[1:]:
            said = self.say(pattern, start=said, next=word)
        return said

    def span(self, low: str, high: str) -> str:
        """Write a range of numbers: `6`, or `6 to 10`."""
        return self.value(low) if low == high else self.say("{low} to {high}", low=low, high=high)

    def day(self, iso: str) -> str:
        """Write an ISO date as `5 February 2024`, first in the language's own calendar; other text is left alone."""
        try:
            found = date.fromisoformat(iso[:10])
        except ValueError:
            return iso
        gregorian = self._date(found.day, MONTHS[found.month - 1], found.year)
        own = jalali(found) if self.calendar == "jalali" else None
        if own is None:
            return gregorian
        year, month, day = own
        here = self._date(day, JALALI_MONTHS[month - 1], year)
        return self.say("{date} ({gregorian})", date=here, gregorian=gregorian)

    def _date(self, day: int, month: str, year: int) -> str:
        return self.say("{day} {month} {year}", day=str(day), month=self.say(month), year=str(year))

    def days(self, first: str, last: str) -> str:
        """Write a span of days."""
        if first == last:
            return self.day(first)
        return self.say("{first} to {last}", first=self.day(first), last=self.day(last))


@lru_cache(maxsize=50_000)
def _turns_text(label: str, right_to_left: bool) -> bool:
    """Tell whether letters of the other direction stand in a label; reports ask it of the same few again and again."""
    return any(_runs_other_way(sign, right_to_left) for sign in _outside_isolates(label))


def _outside_isolates(text: str) -> Iterator[str]:
    depth = 0
    for sign in text:
        depth += (LEFT_TO_RIGHT <= sign <= FIRST_STRONG) - (sign == END)
        if not depth:
            yield sign


def _runs_other_way(sign: str, right_to_left: bool) -> bool:
    direction = unicodedata.bidirectional(sign)
    return direction == "L" if right_to_left else direction in _RIGHT_TO_LEFT

"""The columns that say who, when and in which group: found by name and content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from balint_eval.init.code_parts import parts_in_heading
from balint_eval.init.columns import NEARLY_UNIQUE, Column, overlap
from balint_eval.init.files import SAME_PEOPLE, Given
from balint_eval.init.texts import Message
from balint_eval.init.waves import days_of, wave_count, wave_word

MOST_WAVES = 8
FEWEST_CODES = 4
OLDEST = 120.0
"""Numbers up to here may be ages: they come back in another file without being anybody's code."""
SHORT_WORDS = 12
"""Letters of the longest text from which a column that asks for words holds comments."""
LONGEST_HEADING = 5
"""Words of the heading of a group column; a longer one is a statement, unless it asks which group."""


@dataclass
class Roles:
    """What the single columns of a file are.

    Attributes
    ----------
    uses : dict of column name to (use, why)
    person : str
        Column with the code; `""` where it is to be asked.
    candidates : list of str
        Columns that could hold the code.
    wave : str
        Column that tells the waves apart, `""` for none.
    ratings : bool
        People come back within a wave.
    elements : dict of column name to element
        Columns that ask for one element each of a code that people made themselves.
    by_content : bool
        No heading says which column holds the code; what was taken is for a person to look at.
    """

    uses: dict[str, tuple[str, Message]] = field(default_factory=dict)
    person: str = ""
    candidates: list[str] = field(default_factory=list)
    wave: str = ""
    ratings: bool = False
    elements: dict[str, str] = field(default_factory=dict)
    by_content: bool = False

    def named(self, use: str) -> str:
        """Give the column with a use, `""` for none."""
        return next((name for name, (found, _) in self.uses.items() if found == use), "")


def wave_column(given: Given) -> str:
    """Give the column that tells waves apart: by its name and few repeated values, or by values that name waves."""
    found = [column for column in given.columns if _tells_waves(column)]
    if len(found) > 1:
        found = [column for column in found if column.name == "redcap_event_name"] or found[:1]
    return found[0].name if found else ""


def _tells_waves(column: Column) -> bool:
    if column.of_platform or not 2 <= len(column.counts) <= MOST_WAVES or len(column.texts) < 2 * len(column.counts):
        return False
    said = [text for text in column.counts if wave_word(text)]
    counted = [text for text in column.counts if wave_count(text) is not None]
    if column.name == "redcap_event_name":
        return True
    return len({wave_word(text) for text in said}) >= 2 or (column.named_wave and len(counted) == len(column.counts))


def code_candidates(given: Given, wave: str) -> list[Column]:
    """Give the columns that could hold a person's code, the first column of REDCap among them."""
    first = given.columns[0] if given.columns else None
    if first is not None and given.sheet.platform == "redcap" and first.texts:
        return [first]
    return [column for column in given.columns if _could_be_code(column, given, wave)]


def _could_be_code(column: Column, given: Given, wave: str) -> bool:
    if column.of_platform or not column.texts or column.is_private or column.written or column.looks_like_dates:
        return False
    named = column.named_code or bool(parts_in_heading(column.words))
    return named and unique_in_wave(column, given, wave) >= NEARLY_UNIQUE


def unique_in_wave(column: Column, given: Given, wave: str) -> float:
    """Give the share of different codes among the filled rows of a wave."""
    waves = given.column(wave).cells if wave else ("",) * len(column.cells)
    pairs = [(w, code) for w, code in zip(waves, column.cells, strict=True) if code]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def choose_codes(given: Sequence[Given], waves: Mapping[str, str]) -> dict[str, Roles]:
    """Find the person's code in every file.

    Parameters
    ----------
    given : sequence of Given
        Exports, rosters and attendance lists.
    waves : mapping of file to wave column

    Returns
    -------
    dict of file to Roles
        With `person`, or the `candidates` to ask about.

    Notes
    -----
    One column with the name of a code is taken. Of several, the one whose codes come back in other files. A column
    without such a name is taken where its codes are those of another file, and is marked for a look.
    """
    named = {file.shown: code_candidates(file, waves.get(file.shown, "")) for file in given}
    result = {}
    plausible = {file.shown: named[file.shown] or _like_codes(file, waves.get(file.shown, "")) for file in given}
    for file in given:
        others = [column for shown, columns in plausible.items() if shown != file.shown for column in columns]
        roles = Roles(wave=waves.get(file.shown, ""), by_content=not named[file.shown])
        found = named[file.shown] or [column for column in plausible[file.shown] if _shared(column, others)]
        found = found or [column for column in file.columns if _shared(column, _named_in_others(file, named))]
        ranked = sorted(found, key=lambda column: -_best_overlap(column, others))
        clear = len(ranked) == 1 or (
            len(ranked) > 1
            and _best_overlap(ranked[0], others) >= SAME_PEOPLE
            and _best_overlap(ranked[1], others) < SAME_PEOPLE / 3
        )
        if clear:
            roles.person = ranked[0].name
        roles.candidates = [column.name for column in ranked] or [
            column.name for column in file.columns
            if not column.of_platform and not column.is_private and not column.written
            and unique_in_wave(column, file, roles.wave) >= NEARLY_UNIQUE and not column.looks_like_dates
        ]  # fmt: skip
        result[file.shown] = roles
    return result


def _named_in_others(file: Given, named: Mapping[str, Sequence[Column]]) -> list[Column]:
    return [column for shown, columns in named.items() if shown != file.shown for column in columns]


def _like_codes(file: Given, wave: str) -> list[Column]:
    """Give the columns that no heading calls a code and that look like one: all different, short, no age or year."""
    return [
        column
        for column in file.columns
        if not (column.of_platform or column.is_private or column.written or column.looks_like_dates)
        and not (column.numbers and max(column.numbers) <= OLDEST)
        and unique_in_wave(column, file, wave) >= NEARLY_UNIQUE
    ]


def _best_overlap(column: Column, others: Sequence[Column]) -> float:
    return max((overlap(column.codes, other.codes) for other in others), default=0.0)


def _shared(column: Column, others: Sequence[Column]) -> bool:
    """Tell whether a column without the name of a code holds the codes of another file."""
    if column.of_platform or column.is_private or len(column.codes) < FEWEST_CODES or column.like_answers:
        return False
    return _best_overlap(column, others) >= 0.5


def settle_uses(given: Given, roles: Roles, others: Mapping[str, frozenset[str]], in_blocks: Collection[str]) -> None:
    """Give every column that is no item its use, with the reason.

    Parameters
    ----------
    given : Given
    roles : Roles
        Filled in.
    others : mapping of file to codes
        Of the other files.
    in_blocks : collection of str
        Columns that stand in a block of items: a statement that speaks of a group is not the group.
    """
    if roles.person:
        person = given.column(roles.person)
        shared = [shown for shown, codes in others.items() if overlap(person.codes, codes) >= SAME_PEOPLE]
        share = f"{unique_in_wave(person, given, roles.wave):.0%}"
        why = Message("id_shared", others=", ".join(shared)) if shared else Message("id_named", share=share)
        roles.uses[roles.person] = ("person_id", why)
        counts = Counter(zip(_wave_cells(given, roles.wave), person.cells, strict=True))
        people = [pair for pair in counts if pair[1]]
        roles.ratings = bool(people) and sum(counts[pair] for pair in people) >= 1.5 * len(people)
    if roles.wave:
        number = len(given.column(roles.wave).counts)
        roles.uses[roles.wave] = ("wave", Message("wave_named", number=number))
    for column in given.columns:
        if column.name not in roles.uses and column.name not in in_blocks:
            found = _single_use(column, given, roles)
            if found:
                roles.uses[column.name] = found


def _wave_cells(given: Given, wave: str) -> tuple[str, ...]:
    return given.column(wave).cells if wave else ("",) * len(given.columns[0].cells)


def _single_use(column: Column, given: Given, roles: Roles) -> tuple[str, Message] | None:
    """Give the use of a column that is neither code nor wave, None where nothing is seen."""
    if column.of_platform or column.is_private:
        return "ignore", Message("of_platform" if column.of_platform else "private")
    if not column.counts:
        return None
    if column.name in roles.candidates and roles.person:
        return "ignore", Message("id_other")
    if column.looks_like_dates:
        return ("date" if _usable_date(column, given, roles) else "ignore"), Message("date_named")
    return _group_or_arm(column, roles) or _comment_or_total(column)


def _group_or_arm(column: Column, roles: Roles) -> tuple[str, Message] | None:
    repeated = len(column.texts) >= 1.5 * len(column.counts)
    number = len(column.counts)
    if not repeated:
        return None
    if column.named_arm and not column.numbers and not roles.named("arm"):
        return "arm", Message("arm_named", number=number)
    brief = len(column.name.split()) <= LONGEST_HEADING or column.asks_group
    if column.named_group and brief and not roles.named("group"):
        return "group", Message("group_named", number=number)
    return None


def _usable_date(column: Column, given: Given, roles: Roles) -> bool:
    """Tell whether a column of dates says when it was answered, and the platform does not."""
    return not roles.named("date") and is_usable_date(column, given)


def is_usable_date(column: Column, given: Given) -> bool:
    """Tell whether a column is named as a date and its dates can be read, where the platform gives none."""
    wanted = column.named_date and not (given.sheet.started or given.sheet.ended)
    return wanted and bool(days_of(given.sheet.cells[column.name], given.shown, column.name))


def _comment_or_total(column: Column) -> tuple[str, Message] | None:
    wordy = column.named_comment and not column.numbers and max(map(len, column.counts)) > SHORT_WORDS
    if column.written or wordy:
        return "comment", Message("comment_named")
    if column.named_total and column.numbers:
        return "total", Message("total_named")
    return None

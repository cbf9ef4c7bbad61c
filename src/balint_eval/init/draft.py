"""From files that were read to the rows of a codebook and what a study file says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from balint_eval.codebook.model import LEFT_OUT
from balint_eval.codebook.words import SHEETS, Language
from balint_eval.codebook.workbook import Draft
from balint_eval.init.answer_lists import AnswerLists
from balint_eval.init.blocks import find_blocks
from balint_eval.init.files import FEWEST_ITEMS, Given, Group, into_cohorts, item_columns
from balint_eval.init.instruments_asked import ask_instruments
from balint_eval.init.people import Roles, choose_codes, is_usable_date, settle_uses, wave_column
from balint_eval.init.person_codes import CodeDraft, codes_of, settle_code
from balint_eval.init.questions import Asker, Further
from balint_eval.init.recognise import Guess, recognise
from balint_eval.init.texts import Message, said_together
from balint_eval.init.waves import AFTER, BEFORE, FOLLOW_UP, dates_of, in_order, name_waves, wave_word, waves_by_date
from balint_eval.instruments.registry import known_instruments

MOST_EXAMPLES = 8


@dataclass
class FileDraft:
    """What was found in one export.

    Attributes
    ----------
    given : Given
    roles : Roles
    guesses : list of Guess
    wave : str
        Wave of the whole file, `""` where its column tells or where it is not known.
    wave_why : Message or None
    values : dict of value to (wave or `leave_out` or `""`, why, rows)
        For a file with a wave column.
    block_waves : dict of first column to wave
        For a file with several waves in a row, whose columns name their wave.
    date_waves : dict of column to wave
        For such a file, the date of each wave.
    """

    given: Given
    roles: Roles
    guesses: list[Guess] = field(default_factory=list)
    wave: str = ""
    wave_why: Message | None = None
    values: dict[str, tuple[str, Message, int]] = field(default_factory=dict)
    block_waves: dict[str, str] = field(default_factory=dict)
    date_waves: dict[str, str] = field(default_factory=dict)

    @property
    def instruments(self) -> list[str]:
        """Instruments that are known, in the order of the columns."""
        return list(dict.fromkeys(guess.instrument for guess in self.guesses if guess.instrument))

    @property
    def ratings(self) -> bool:
        """Tell whether others rate the people: an instrument that others answer, and people who come back."""
        raters = {known_instruments()[name].rater for name in self.instruments}
        return self.roles.ratings and bool(raters) and "self" not in raters


@dataclass(frozen=True)
class StudyDraft:
    """Everything `init` found.

    Attributes
    ----------
    groups : list of Group
        The cohorts.
    files : dict of file to FileDraft
    waves : list of str
        In the order of time.
    codebook : Draft
    """

    groups: list[Group]
    files: dict[str, FileDraft]
    waves: list[str]
    codebook: Draft
    unused: list[Given]
    code: CodeDraft | None = None
    """The elements of a code that people made themselves; None where ids were given out."""
    roster_elements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By roster, the columns that ask for one element each."""


def draft_study(given: Sequence[Given], asker: Asker) -> StudyDraft:
    """Find what can be found, ask what cannot.

    Parameters
    ----------
    given : sequence of Given
    asker : Asker

    Returns
    -------
    StudyDraft
    """
    people = [file for file in given if file.kind in {"export", "roster", "attendance"}]
    wave_columns = {file.shown: wave_column(file) if file.kind == "export" else "" for file in people}
    roles = choose_codes(people, wave_columns)
    code = settle_code(people, roles, asker)
    for file in people:
        if file.kind == "export" and not roles[file.shown].person and roles[file.shown].candidates:
            candidates = roles[file.shown].candidates
            question = Message("ask_person_id", file=file.shown)
            roles[file.shown].person = asker.ask(f"person_id/{file.shown}", question, candidates)
    ids = {file.shown: codes_of(file, roles[file.shown], code) for file in people}
    codes = {shown: known for shown, known in ids.items() if known}
    groups = into_cohorts(given, codes)
    files = {file.shown: FileDraft(file, roles[file.shown]) for group in groups for file in group.exports}
    for shown, found in files.items():
        _find_columns(found, {other: known for other, known in codes.items() if other != shown})
    known: dict[tuple[str, ...], str] = {}
    for shown, found in files.items():
        found.guesses = ask_instruments(shown, found.guesses, known, asker)
    for group in groups:
        _find_waves([files[file.shown] for file in group.exports], asker)
    waves = in_order(_all_waves(files.values()))
    used = {f.shown for group in groups for f in (*group.exports, group.roster, group.sessions, group.attendance) if f}
    unused = [file for file in given if file.shown not in used]
    listed = {file.shown: roles[file.shown].elements for file in people if file.kind == "roster"}
    codebook = _codebook(groups, files, waves, code, asker.language)
    return StudyDraft(groups, files, waves, codebook, unused, code, listed)


def _all_waves(files: Any) -> Iterator[str]:  # noqa: ANN401 - values of a dict
    for found in files:
        if found.wave:
            yield found.wave
        yield from found.block_waves.values()
        yield from (wave for wave, _, _ in found.values.values() if wave and wave != LEFT_OUT)


def _find_columns(found: FileDraft, others: Mapping[str, frozenset[str]]) -> None:
    """Find blocks of items first, then the use of every other column."""
    taken = {found.roles.person, found.roles.wave, *found.roles.elements}
    free = [column for column in item_columns(found.given.columns) if column.name not in taken]
    blocks = [block for block in find_blocks(free) if block.answers]
    firm = {column.name for block in blocks if block.n_items >= FEWEST_ITEMS for column in block.columns}
    settle_uses(found.given, found.roles, others, firm)
    kept = [block for block in blocks if not any(column.name in found.roles.uses for column in block.columns)]
    guesses = [recognise(block) for block in kept]
    found.guesses = [guess for guess in guesses if guess.instrument or guess.block.n_items >= FEWEST_ITEMS]


def _find_waves(files: Sequence[FileDraft], asker: Asker) -> None:
    """Settle the waves of one cohort's files: by names, then by dates, then by asking."""
    for found in files:
        found.block_waves = _waves_in_names(found)
    whole = [found for found in files if not found.roles.wave and not found.block_waves]
    by_name = name_waves([found.given.shown.rsplit("/", 1)[-1] for found in whole])
    periods = {found.given.shown: dates for found in whole if (dates := dates_of(found.given.sheet))}
    by_date = waves_by_date(periods) if not by_name and len(periods) == len(whole) else {}
    for found in whole:
        shown = found.given.shown
        said, dated = by_name.get(shown.rsplit("/", 1)[-1], ""), by_date.get(shown, "")
        if said:
            found.wave, found.wave_why = said, Message("wave_by_name")
        elif dated:
            period = periods[shown]
            found.wave, found.wave_why = dated, Message("wave_by_date", first=period.first, last=period.last)
        else:
            found.wave = _ask_wave(f"wave/{shown}", Message("ask_wave", file=shown), whole, asker)
            found.wave_why = Message("you_said") if found.wave else Message("wave_open")
    for found in files:
        if found.roles.wave:
            _find_values(found, asker)
        if found.block_waves:
            _find_dates(found)


def _ask_wave(name: str, question: Message, files: Sequence[FileDraft], asker: Asker) -> str:
    """Ask for the wave of a file; once a person has named one, the next in time is the default."""
    taken = {found.wave for found in files if found.wave}
    rest = [wave for wave in (BEFORE, AFTER, FOLLOW_UP) if wave not in taken]
    default = rest[0] if taken and rest else ""
    titles = {wave: Message(f"wave_{wave}") for wave in rest}
    return asker.ask(name, question, rest, default, titles=titles, further=Further(Message("wave_hint"), str))


def _waves_in_names(found: FileDraft) -> dict[str, str]:
    """Give the wave of each block where the names of all of them say it, as in `pre_TEQ_1` and `post_TEQ_1`."""
    said = {guess.block.columns[0].name: wave_word(guess.block.stem) for guess in found.guesses}
    several = all(said.values()) and len(set(said.values())) > 1
    return said if several and not found.roles.wave else {}


def _find_dates(found: FileDraft) -> None:
    """Settle the date of each wave of a file with several waves in a row: one column a wave, by its name."""
    asked = set(found.block_waves.values())
    taken: dict[str, str] = {}
    for column in found.given.columns:
        use, why = found.roles.uses.get(column.name, ("", None))
        if why is None or not column.looks_like_dates or use not in {"date", "ignore"} or column.of_platform:
            continue
        wave = wave_word(column.name)
        good = wave in asked and wave not in taken.values() and is_usable_date(column, found.given)
        found.roles.uses[column.name] = ("date" if good else "ignore"), why
        if good:
            taken[column.name] = wave
    found.date_waves = taken


def _find_values(found: FileDraft, asker: Asker) -> None:
    """Settle the waves of the values of a wave column; values without any answer to an item are left out."""
    column = found.given.column(found.roles.wave)
    answered = _answered(found)
    counts = {
        value: sum(answered[row] for row, text in enumerate(column.cells) if text == value) for value in column.counts
    }
    empty = [value for value in column.counts if not counts[value]]
    names = name_waves([value for value in column.counts if value not in empty])
    raw = dict(zip(column.cells, column.raw, strict=True))
    for value, rows in column.counts.items():
        if value in empty:
            found.values[raw[value]] = LEFT_OUT, Message("wave_empty"), rows
        elif value in names:
            found.values[raw[value]] = names[value], Message("wave_by_name"), rows
        else:
            question = Message("ask_value", file=found.given.shown, column=column.name, value=value)
            wave = asker.ask(f"wave/{found.given.shown}/{value}", question)
            found.values[raw[value]] = wave, Message("you_said" if wave else "wave_open"), rows


def _answered(found: FileDraft) -> list[bool]:
    """Tell for every row whether it answers any item."""
    columns = [column for guess in found.guesses for column in guess.block.columns]
    return [any(row) for row in zip(*(column.cells for column in columns), strict=True)] if columns else []


def _codebook(
    groups: Sequence[Group],
    files: Mapping[str, FileDraft],
    waves: Sequence[str],
    code: CodeDraft | None,
    language: Language,
) -> Draft:
    """Write down what was found as the rows of a codebook."""
    lists = AnswerLists()
    rows: dict[str, list[dict[str, Any]]] = {section: [] for section in SHEETS}
    rows["elements"] = code.rows(language) if code else []
    for group in groups:
        cohort = group.name if len(groups) > 1 else ""
        for file in group.exports:
            found = files[file.shown]
            rows["columns"] += _column_rows(cohort, found, lists, language)
            rows["waves"] += _wave_rows(cohort, found, language)
            rows["forms"] += [{"cohort": cohort, "file": file.shown, "instrument": name} for name in found.instruments]
    to_confirm = set()
    for known in lists.lists:
        for answer, row in known.rows.items():
            if answer in known.to_confirm:
                to_confirm.add(("answers", len(rows["answers"]), "code"))
            rows["answers"].append({"answers": known.name, **row, "note": row["note"].text(language)})
    for at, row in enumerate(rows["columns"]):
        to_confirm |= {("columns", at, "item")} if row.get("in_order_of_file") else set()
        to_confirm |= {("columns", at, "use")} if row.get("look") else set()
    to_confirm |= {("waves", at, "wave") for at, row in enumerate(rows["waves"]) if row["wave"] == LEFT_OUT}
    to_confirm |= {("elements", at, "kind") for at in range(len(rows["elements"]))}
    lengths = {("elements", at, "length") for at in code.open_lengths()} if code else set()
    return Draft(
        rows=rows,
        waves=waves,
        instruments=sorted(known_instruments(), key=str.casefold),
        open_cells=frozenset(_open_cells(rows)) | lengths,
        to_confirm=frozenset(to_confirm),
    )


def _open_cells(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, int, str]]:
    for at, row in enumerate(rows["columns"]):
        if row["use"] == "item":
            yield from (("columns", at, name) for name in ("instrument", "item") if row[name] == "")
        elif row.get("could_be_person"):
            yield "columns", at, "use"
    yield from (("answers", at, "code") for at, row in enumerate(rows["answers"]) if row["code"] == "")
    yield from (("waves", at, "wave") for at, row in enumerate(rows["waves"]) if row["wave"] == "")


def _column_rows(cohort: str, found: FileDraft, lists: AnswerLists, language: Language) -> list[dict[str, Any]]:
    """Give one row for every column of a file, in the order of the file."""
    items: dict[str, tuple[Guess, int]] = {}
    names: dict[int, str] = {}
    for guess in found.guesses:
        instrument = known_instruments().get(guess.instrument)
        names[id(guess)] = lists.list_for(guess, instrument)
        items |= {column.name: (guess, at) for at, column in enumerate(guess.block.columns)}
    rows = []
    for column in found.given.columns:
        row: dict[str, Any] = {
            "cohort": cohort, "file": found.given.shown, "column": column.name, "use": "ignore",
            "question": "" if column.question == column.name else column.question,
        }  # fmt: skip
        if column.name in items:
            guess, at = items[column.name]
            row |= _item(guess, at, language) | {"answers": names[id(guess)]}
            row["examples"] = ", ".join(list(column.counts)[:MOST_EXAMPLES])
            asked = _waves_of(found, guess)
            row |= {"waves": asked} if asked else {}
        elif column.name in found.roles.uses:
            use, why = found.roles.uses[column.name]
            row |= {"use": use, "note": why.text(language), "look": use == "person_id" and found.roles.by_content}
            row |= {"examples": ", ".join(column.counts)} if use == "wave" else {}
            row |= {"waves": [found.date_waves[column.name]]} if column.name in found.date_waves else {}
            row |= {"element": found.roles.elements[column.name]} if column.name in found.roles.elements else {}
        else:
            row["note"] = Message("not_recognised" if column.counts else "blank_column").text(language)
        rows.append(row)
    return _with_open_person(rows, found, language)


def _with_open_person(rows: list[dict[str, Any]], found: FileDraft, language: Language) -> list[dict[str, Any]]:
    """Mark the column that may hold the person's code where none is known, and say so in its note."""
    roles = found.roles
    if roles.person or roles.elements or not rows:
        return rows
    free = [name for name in roles.candidates if name not in roles.uses]
    first = free[0] if free else rows[0]["column"]
    others = ", ".join(free[1:MOST_EXAMPLES]) or "-"
    note = Message("person_open_cell", others=others).text(language)
    return [row | {"note": note, "could_be_person": True} if row["column"] == first else row for row in rows]


def _item(guess: Guess, at: int, language: Language) -> dict[str, Any]:
    """Give the cells of one item; its number follows the names, or the order of the file where they have none."""
    block = guess.block
    note = said_together(guess.reasons, language)
    number: int | str = at + 1
    if block.numbers:
        number = block.numbers[at] if block.in_form_order else ""
    unsure = any(reason.key == "order_of_file" for reason in guess.reasons)
    return {
        "use": "item", "instrument": guess.instrument, "item": number, "note": note, "in_order_of_file": unsure,
    }  # fmt: skip


def _waves_of(found: FileDraft, guess: Guess) -> list[str]:
    """Give the waves in which a block was answered, where a file has several and it was not asked in all."""
    if found.block_waves:
        return [found.block_waves[guess.block.columns[0].name]]
    used = {value: wave for value, (wave, _, _) in found.values.items() if wave and wave != LEFT_OUT}
    if not used:
        return []
    filled = [any(row) for row in zip(*(column.cells for column in guess.block.columns), strict=True)]
    values = found.given.column(found.roles.wave).raw
    answered = {used[value] for value, there in zip(values, filled, strict=True) if there and value in used}
    return in_order(answered) if answered and answered < set(used.values()) else []


def _wave_rows(cohort: str, found: FileDraft, language: Language) -> list[dict[str, Any]]:
    base = {"cohort": cohort, "file": found.given.shown}
    if found.roles.wave:
        return [
            {**base, "value": value, "wave": wave, "rows": rows, "note": why.text(language)}
            for value, (wave, why, rows) in found.values.items()
        ]
    if found.block_waves:
        return []
    note = found.wave_why.text(language) if found.wave_why else ""
    return [{**base, "value": "", "wave": found.wave, "rows": found.given.rows, "note": note}]

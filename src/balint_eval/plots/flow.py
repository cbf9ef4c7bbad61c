"""The flow diagram: rows received, left out and used at each wave, and people linked with the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.language import ENGLISH, SEMICOLONS, Language
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.flow_data import WaveFlow, enrolled_lines, pooled_flow, rows_of_no_wave, wave_flows
from balint_eval.plots.selection import wave_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BODY, MARGIN, MUTED, SMALL, WIDE, styled
from balint_eval.plots.text import block_height, wrapped
from balint_eval.plots.words import isolated, sentence
from balint_eval.study_model import Study

_PAD, _GAP, _ARROW, _NARROWEST, _INDENT = 1.6, 5.0, 4.6, 36.0, 6.0
_FILL, _SIDE_FILL = "#f5f7f9", "white"


@dataclass(frozen=True, slots=True)
class _Box:
    """A box with a bold first line and plain lines below, all wrapped to its width."""

    width: float
    head: str
    lines: str

    @property
    def height(self) -> float:
        below = block_height(self.lines, SMALL) + 0.4 if self.lines else 0.0
        return 2 * _PAD + block_height(self.head) + below

    def draw(self, sheet: Sheet, left: float, top: float, height: float, *, fill: str = _FILL) -> None:
        """Draw it, at least as high as its text."""
        sheet.box(left, top, self.width, height, facecolor=fill)
        sheet.text(left + _PAD, top + _PAD, self.head, weight="bold")
        sheet.text(left + _PAD, top + _PAD + block_height(self.head) + 0.4, self.lines, size=SMALL)


@dataclass(frozen=True, slots=True)
class _Column:
    """The boxes of one wave from top to bottom; None where there is nothing to say."""

    received: _Box
    excluded: _Box | None
    used: _Box
    people: _Box | None


@styled
def flow_diagram(
    flow: pd.DataFrame,
    participants: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw what became of every row received, wave by wave, and who could be linked.

    Parameters
    ----------
    flow, participants : pandas.DataFrame
        Contract tables; counts of several cohorts are added up.
    study : Study
    width_mm : float
        Final width.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when nothing was received.
    """
    if flow.empty:
        return None
    waves = wave_flows(flow, study, language)
    if not waves:
        return None
    enrolled = enrolled_lines(participants, study, language)
    note = _note(rows_of_no_wave(flow), language)
    return Drawing(
        _drawn(waves, enrolled, note, study, width_mm, language).figure,
        _alternative_text(waves, enrolled, note, study, language),
        pooled_flow(flow),
        language.say("Flow of rows and people"),
        language.say(
            "Rows received in all exports of a wave, rows left out by reason, rows used; below, people by the waves "
            "they answered, linked by their codes. Rows received are rows left out and rows used together."
        ),
    )


def _note(rows: int, language: Language) -> str:
    said = language.plural(
        "{n} further row in the files belongs to no wave of the study and is left out.",
        "{n} further rows in the files belong to no wave of the study and are left out.",
        rows,
    )
    return said if rows else ""


def _drawn(
    waves: list[WaveFlow], enrolled: list[str], note: str, study: Study, width: float, language: Language
) -> Sheet:
    inner = width - 2 * MARGIN
    per_row = max(1, int((inner + _GAP) // (_NARROWEST + _GAP)))
    per_row = -(-len(waves) // -(-len(waves) // per_row))
    column_width = (inner - _GAP * (per_row - 1)) / per_row
    top_box = _box(inner, enrolled[0], enrolled[1:]) if enrolled else None
    columns = [_column(wave, column_width, study, language) for wave in waves]
    rows = [columns[start : start + per_row] for start in range(0, len(columns), per_row)]
    top = MARGIN + (top_box.height + _ARROW if top_box else 0.0)
    height = top + sum(_row_height(row) for row in rows) + _GAP * (len(rows) - 1)
    note = wrapped(note, inner, SMALL)
    below = 2.0 + block_height(note, SMALL) if note else 0.0
    sheet = Sheet(width, height + below + MARGIN, mirrored=language.is_right_to_left)
    sheet.text(MARGIN, height + 2.0, note, size=SMALL, color=MUTED)
    if top_box:
        top_box.draw(sheet, MARGIN, MARGIN, top_box.height)
    for index, row in enumerate(rows):
        _draw_row(sheet, row, top, arrows=index == 0 and top_box is not None)
        top += _row_height(row) + _GAP
    return sheet


def _box(width: float, head: str, lines: Sequence[str]) -> _Box:
    inner = width - 2 * _PAD
    below = "\n".join(wrapped(line, inner, SMALL) for line in lines)
    return _Box(width, wrapped(head, inner, BODY, "bold"), below)


def _column(wave: WaveFlow, width: float, study: Study, language: Language) -> _Column:
    files = [_counted(name, count, language) for name, count in wave.files.items()]
    reasons = [_counted(reason, count, language) for reason, count in wave.excluded.items()]
    received = _counted(language.say("Rows received"), wave.received, language)
    left_out = _counted(language.say("Left out"), sum(wave.excluded.values()), language)
    used = _counted(language.say("Rows used"), wave.used, language)
    return _Column(
        _box(width, wave.title, [received, *files]),
        _box(width - 2 * _INDENT, left_out, reasons) if reasons else None,
        _box(width, used, []),
        _people_box(wave, width, study, language) if wave.people else None,
    )


def _counted(label: str, count: int, language: Language) -> str:
    """Join a label and its number so that the number never stands alone on a line."""
    return language.say("{label}:\u00a0{count}", label=label, count=str(count))


def _people_box(wave: WaveFlow, width: float, study: Study, language: Language) -> _Box:
    names = {"pre_only": wave_label(study, study.baseline.name, language), "post_only": wave.title}
    lines = [
        _counted(language.say("only \u201c{wave}\u201d", wave=names[reason]), count, language)
        for reason, count in wave.people.items()
        if reason in names
    ]
    both = _counted(language.say("People with both waves"), wave.people.get("paired", 0), language)
    return _box(width, both, lines)


def _heights(row: list[_Column]) -> tuple[float, float, float, float]:
    """Give the heights of the boxes received, left out, used and people in a row."""
    return (
        max(column.received.height for column in row),
        max((column.excluded.height for column in row if column.excluded), default=0.0),
        max(column.used.height for column in row),
        max((column.people.height for column in row if column.people), default=0.0),
    )


def _between(row: list[_Column]) -> float:
    """Give the way from the rows received to the rows used, with the box beside it."""
    excluded = _heights(row)[1]
    return excluded + 2 * 2.4 if excluded else _ARROW


def _row_height(row: list[_Column]) -> float:
    received, _, used, people = _heights(row)
    return received + _between(row) + used + (people + _ARROW if people else 0.0)


def _draw_row(sheet: Sheet, row: list[_Column], top: float, *, arrows: bool) -> None:
    left = MARGIN
    for column in row:
        if arrows:
            sheet.arrow((left + _INDENT, top - _ARROW), (left + _INDENT, top))
        _draw_column(sheet, column, row, left, top)
        left += column.received.width + _GAP


def _draw_column(sheet: Sheet, column: _Column, row: list[_Column], left: float, top: float) -> None:
    received, _, used, people = _heights(row)
    between, shaft = _between(row), left + _INDENT
    column.received.draw(sheet, left, top, received)
    y = top + received
    sheet.arrow((shaft, y), (shaft, y + between))
    if column.excluded:
        height = column.excluded.height
        middle = y + between / 2
        sheet.arrow((shaft, middle), (left + 2 * _INDENT, middle))
        column.excluded.draw(sheet, left + 2 * _INDENT, middle - height / 2, height, fill=_SIDE_FILL)
    y += between
    column.used.draw(sheet, left, y, used)
    if column.people:
        y += used
        sheet.arrow((shaft, y), (shaft, y + _ARROW))
        column.people.draw(sheet, left, y + _ARROW, people)


def _alternative_text(waves: list[WaveFlow], enrolled: list[str], note: str, study: Study, language: Language) -> str:
    lines = language.sequence([isolated(line, language) for line in enrolled], SEMICOLONS)
    start = language.say("Flow. {enrolled}.", enrolled=lines) if enrolled else language.say("Flow.")
    return " ".join([start, *(_wave_words(wave, study, language) for wave in waves), note]).strip()


def _wave_words(wave: WaveFlow, study: Study, language: Language) -> str:
    said = {"wave": sentence(isolated(wave.title, language)), "used": _used(wave, language)}
    if not wave.people:
        return language.say("{wave}: {used}.", **said)
    people = {name: str(wave.people.get(name, 0)) for name in ("paired", "pre_only", "post_only")}
    return language.say(
        "{wave}: {used}, {paired} people with both waves, {pre_only} only {baseline}, {post_only} only this one.",
        baseline=isolated(wave_label(study, study.baseline.name, language), language),
        **said,
        **people,
    )


def _used(wave: WaveFlow, language: Language) -> str:
    said = {"used": str(wave.used), "received": str(wave.received)}
    reasons = [
        language.say("{reason} {count}", reason=reason, count=str(count)) for reason, count in wave.excluded.items()
    ]
    if not reasons:
        return language.say("{used} of {received} rows used", **said)
    return language.say("{used} of {received} rows used ({reasons})", reasons=language.sequence(reasons), **said)

"""All checks of one cohort, in an order in which a fault is not told twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from balint_eval.doctor.answer_codes import swapped_codes, unused_codes
from balint_eval.doctor.finding import KEY_CODES, Finding, as_table, settled
from balint_eval.doctor.flags import careless_answers, same_answers
from balint_eval.doctor.form import Form, make_forms
from balint_eval.doctor.keys import reversed_already, single_items
from balint_eval.doctor.limits import what_could_not_be_seen
from balint_eval.doctor.missing_codes import blanks_stored_as_answers
from balint_eval.doctor.order import columns_out_of_order, identical_columns
from balint_eval.doctor.totals import supplied_totals
from balint_eval.doctor.waves import anchors_reversed, off_by_a_step
from balint_eval.instruments.model import Instrument

Check = Callable[[Form], Iterator[Finding]]

_CODING = ("DOC-UNUSED", "DOC-SHIFT", "DOC-BLANKS", "DOC-IDENTICAL")
_WHOLE = (*_CODING, "DOC-ANCHORS", "DOC-ORDER", "DOC-EXCHANGED")

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (unused_codes, ()),
    (off_by_a_step, ("DOC-UNUSED",)),
    (identical_columns, ()),
    (blanks_stored_as_answers, ()),
    (columns_out_of_order, _CODING),
    (reversed_already, (*_CODING, "DOC-ORDER", "DOC-EXCHANGED")),
    (anchors_reversed, (*_CODING, "DOC-ORDER", "DOC-EXCHANGED", "WARN-ALPHA", "DOC-ITEMKEY")),
    (swapped_codes, (*_WHOLE, "WARN-ALPHA", "DOC-ITEMKEY")),
    (single_items, (*_WHOLE, "WARN-ALPHA", "DOC-ITEMKEY", "DOC-SWAPPED")),
)
"""Each check with the findings that already explain what it would see."""


def examine(
    responses: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    accepted: Mapping[str, Iterable[str]] | None = None,
    waves: Sequence[str] = (),
    totals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Look in the answers for faults of key, coding and columns, and for careless answers.

    Parameters
    ----------
    responses : pandas.DataFrame
        Contract `responses`.
    instruments : mapping of name to Instrument
    accepted : mapping of instrument name to codes, optional
        Findings a person has looked at (`accept:` in the study file): they warn and withhold no score.
    waves : sequence of str
        The study's waves in order.
    totals : pandas.DataFrame, optional
        Contract `totals`: totals the exports came with, to be held against the scores.

    Returns
    -------
    pandas.DataFrame
        Contract `findings`. Severity `refuse` means that the scale, or with the scale `all` the whole
        instrument, gets no score until the study file decides; `warn` and `note` change nothing.
    """
    findings: list[Finding] = []
    for form in make_forms(responses, instruments, waves):
        supplied = [] if totals is None else list(supplied_totals(form, totals))
        found = _place([*_examine_form(form), *supplied], form)
        findings += settled(found, (accepted or {}).get(form.instrument.name, ()))
    findings += same_answers(responses)
    return as_table(findings)


def examine_keys(
    responses: pd.DataFrame, instruments: Mapping[str, Instrument], confirmed: Iterable[str] = ()
) -> pd.DataFrame:
    """Examine with the keys of some instruments confirmed; see `examine`.

    Parameters
    ----------
    responses, instruments
        As for `examine`.
    confirmed : iterable of str
        Names of instruments whose key a person has held against the form.

    Returns
    -------
    pandas.DataFrame
        Contract `findings`.
    """
    return examine(responses, instruments, dict.fromkeys(confirmed, KEY_CODES))


def _examine_form(form: Form) -> list[Finding]:
    found: list[Finding] = []
    for check, explained_by in CHECKS:
        if not {finding.code for finding in found} & set(explained_by):
            found += check(form)
    return [*found, *careless_answers(form), *what_could_not_be_seen(form, found)]


def _place(findings: Iterable[Finding], form: Form) -> list[Finding]:
    return [replace(finding, cohort=form.cohort, instrument=form.instrument.name) for finding in findings]

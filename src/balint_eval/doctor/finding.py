"""What the doctor says: a finding names what was seen, why it matters, how many people, what to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal, TypeAlias

import pandas as pd

from balint_eval.doctor.form import Form
from balint_eval.instruments.model import Instrument
from balint_eval.scoring import WHOLE_FORM
from balint_eval.study_model import Cohort
from balint_eval.tables import TABLES, check_table

ALL_WAVES = "all"
KEY_CODES = frozenset({"WARN-ALPHA", "DOC-ITEMKEY"})
"""Findings that `key_confirmed: true` settles."""

Severity: TypeAlias = Literal["refuse", "warn", "note"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding, a row of the contract `findings`."""

    code: str
    people: int
    seen: str
    why: str
    mend: str
    severity: Severity = "refuse"
    cohort: str = ""
    instrument: str = WHOLE_FORM
    scale: str = WHOLE_FORM
    wave: str = ALL_WAVES


def accepting(code: str, instrument: str) -> str:
    """Say how a person settles a finding that is no fault."""
    return f"if a person has checked that the export is right, accept: [{code}] under the items of {instrument}"


def between_waves(form: Form, code: str, first: str, second: str, *, seen: str, why: str, mend: str) -> Finding:
    """Give a refusal that holds two waves against each other: of the later one, counted over the people of both."""
    return Finding(
        code=code,
        wave=second,
        people=form.n_people(first, second),
        seen=seen,
        why=why,
        mend=f"{mend}; {accepting(code, form.instrument.name)}",
    )


def accepted_codes(*cohorts: Cohort) -> dict[str, set[str]]:
    """Give, for each instrument, the findings that the study file says a person has looked at.

    Parameters
    ----------
    *cohorts : Cohort
        As the study file declares them.

    Returns
    -------
    dict of instrument name to set of str
        Codes of findings, such as `DOC-NOTJUDGED`; instruments without any are left out.
    """
    accepted: dict[str, set[str]] = {}
    exports = [export for cohort in cohorts for export in cohort.exports]
    for items in (items for export in exports for items in export.items):
        accepted.setdefault(items.instrument, set()).update(items.accept, KEY_CODES if items.key_confirmed else ())
    return accepted


def settled(findings: Iterable[Finding], accepted: Iterable[str]) -> list[Finding]:
    """Turn refusals that a person has looked at into warnings."""
    codes = set(accepted)
    return [
        replace(finding, severity="warn") if finding.severity == "refuse" and finding.code in codes else finding
        for finding in findings
    ]


def as_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Give the contract `findings`; of several with one key, as from several pairs of waves, the first stands."""
    contract = TABLES["findings"]
    rows = pd.DataFrame([asdict(finding) for finding in findings], columns=contract.names)
    return check_table(rows.drop_duplicates(list(contract.key)), "findings")


def doubtful_scales(
    findings: pd.DataFrame, instruments: Mapping[str, Instrument] | None = None
) -> list[tuple[str, str]]:
    """Give the (instrument, scale) pairs that get no score.

    Parameters
    ----------
    findings : pandas.DataFrame
        Contract `findings`.
    instruments : mapping of name to Instrument, optional
        With it, a scale that shares an item with a doubtful one is doubtful too.

    Returns
    -------
    list of tuple
        The scale `all` stands for every scale of the instrument.
    """
    refused = findings[findings["severity"] == "refuse"]
    pairs = list(dict.fromkeys(refused[["instrument", "scale"]].itertuples(index=False, name=None)))
    known = instruments or {}
    sharing = [(name, other) for name, scale in pairs for other in _sharing(known.get(name), scale)]
    return list(dict.fromkeys([*pairs, *sharing]))


def _sharing(instrument: Instrument | None, scale: str) -> list[str]:
    if instrument is None or scale == WHOLE_FORM:
        return []
    items = set(instrument.scale(scale).items)
    return [other.name for other in instrument.scales if items & set(other.items)]

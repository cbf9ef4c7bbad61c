"""All checks of one cohort: which finding hushes which check, and that each is named with its place."""

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor.examine import CHECKS, examine, examine_keys
from balint_eval.instruments.registry import known_instruments

CODING = {"DOC-UNUSED", "DOC-SHIFT", "DOC-BLANKS", "DOC-IDENTICAL"}
COLUMNS = {"DOC-ORDER", "DOC-EXCHANGED"}
KEY = {"WARN-ALPHA", "DOC-ITEMKEY"}


def test_what_explains_what():
    """A finding of coding, order or key makes a later check see the same fault again: it is not asked."""
    assert {check.__name__: set(codes) for check, codes in CHECKS} == {
        "unused_codes": set(),
        "off_by_a_step": {"DOC-UNUSED"},
        "identical_columns": set(),
        "blanks_stored_as_answers": set(),
        "columns_out_of_order": CODING,
        "reversed_already": CODING | COLUMNS,
        "anchors_reversed": CODING | COLUMNS | KEY,
        "swapped_codes": CODING | COLUMNS | KEY | {"DOC-ANCHORS"},
        "single_items": CODING | COLUMNS | KEY | {"DOC-ANCHORS", "DOC-SWAPPED"},
    }


def table(values, name="TEQ", cohort="two"):
    people, items = values.shape
    return pd.DataFrame({
        "cohort": cohort, "person_id": np.repeat([f"P{n:02}" for n in range(people)], items), "wave": "before",
        "instrument": name, "item": np.tile(np.arange(1, items + 1), people), "value": values.ravel().astype(float),
        "answered_on": "", "source_file": "f", "source_row": 2,
    })  # fmt: skip


def test_a_finding_bears_its_cohort_and_instrument():
    findings = examine(table(np.random.default_rng(1).integers(0, 5, size=(12, 16))), known_instruments())
    assert findings[["code", "cohort", "instrument"]].to_numpy().tolist() == [["DOC-NOTJUDGED", "two", "TEQ"]]


@pytest.mark.parametrize(("confirmed", "severity"), [((), "refuse"), (["TEQ"], "warn"), (["IRI"], "refuse")])
def test_a_confirmed_key_warns(confirmed, severity):
    rng = np.random.default_rng(3)
    keyed = np.clip(np.round(2 + 1.2 * rng.normal(size=(60, 1)) + 0.6 * rng.normal(size=(60, 16))), 0, 4)
    findings = examine_keys(table(keyed), known_instruments(), confirmed).query("severity != 'note'")
    assert findings[["code", "severity"]].to_numpy().tolist() == [["WARN-ALPHA", severity]]

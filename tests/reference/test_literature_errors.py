"""The eleven errors of the literature (shared reliability.md, section 3): each is stopped, or shown harmless."""

import importlib
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from balint_eval.doctor import examine, examine_cohorts
from balint_eval.errors import DataError
from balint_eval.instruments.registry import known_instruments
from balint_eval.pipeline import evaluate
from balint_eval.report.wording import direction
from balint_eval.scoring import score_responses

KNOWN = known_instruments()
KEY = bytes(range(32))
SIMULATION = Path(__file__).parents[1] / "simulation"


@pytest.fixture(scope="module")
def forms():
    sys.path.insert(0, str(SIMULATION))
    yield importlib.import_module("doctor_forms")
    sys.path.remove(str(SIMULATION))


def codes_of(error):
    return {problem.code for problem in error.value.problems}


TRY_BEFORE = [[f"P{n}", 1 + n % 3, 1 + n % 4, 5 - n % 3] for n in range(8)]
TRY_AFTER = [[f"P{n}", 2 + n % 3, 2 + n % 4, 4 - n % 3] for n in range(8)]


def test_kamal_2016_mbi_stored_as_1_to_7(folder):
    """Kamal and others, JPSM 2016, retracted: MBI 0-6 stored as 1-7. Refused while reading, never shifted."""
    folder.content.update(outcomes=[{"instrument": "MBI_HSS", "scale": "EE"}], own_instruments=[])
    for index in (0, 1):
        folder.export(index)["items"] = [{"instrument": "MBI_HSS", "columns": "q{item}"}]
    header = ["code", *(f"q{n}" for n in range(1, 23))]
    rng = np.random.default_rng(1)
    shifted = [[[f"P{n}", *rng.integers(1, 8, 22)] for n in range(6)] for _ in range(2)]
    folder.waves(*shifted, header=header)
    with pytest.raises(DataError) as error:
        folder.ingest()
    assert codes_of(error) == {"VAL-SHIFT"}


def test_oostdijk_2014_coding_swapped_in_one_unit(forms):
    """Oostdijk and others, JAMA 2014, replaced: coding swapped in 1 of 16 units. The unit is named."""
    rng = np.random.default_rng(4)
    instrument = KNOWN["TEQ"]
    difficulty = forms.draw_difficulty(instrument, rng)
    tables = []
    for unit in range(16):
        form = forms.simulate(instrument, 25, rng, difficulty)
        for wave in forms.WAVES if unit == 9 else ():
            form = form.with_wave(wave, form.ends - form.stored[wave])
        tables.append(form.responses(f"unit{unit:02}"))
    found = examine_cohorts(pd.concat(tables, ignore_index=True), KNOWN)
    assert found[["cohort", "code", "severity"]].to_numpy().tolist() == [["unit09", "DOC-COHORT", "refuse"]]


def test_oostdijk_2014_in_a_whole_study(folder, forms):
    """The same through the stages: findings hold it, and no score of the instrument is compared."""
    rng = np.random.default_rng(4)
    difficulty = forms.draw_difficulty(KNOWN["TEQ"], rng)
    folder.content.update(outcomes=[{"instrument": "TEQ", "scale": "total", "role": "primary"}], own_instruments=[])
    header = ["code", *(f"q{n}" for n in range(1, 17))]
    cohorts = []
    for unit in range(3):
        form = forms.simulate(KNOWN["TEQ"], 40, rng, difficulty)
        exports = []
        for wave in forms.WAVES:
            stored = np.nan_to_num(form.stored[wave], nan=2.0)
            stored = form.ends - stored if unit == 1 else stored
            name = f"{wave}{unit}.csv"
            folder.rows(name, *([f"U{unit}P{n}", *row] for n, row in enumerate(stored.astype(int))), header=header)
            items = [{"instrument": "TEQ", "columns": "q{item}"}]
            exports.append({"file": name, "platform": "plain", "wave": wave, "person_id": "code", "items": items})
        cohorts.append({"name": f"unit{unit}", "exports": exports})
    folder.content["cohorts"] = cohorts
    tables = evaluate(folder.write(), key=KEY).tables
    found = tables["findings"].query("severity == 'refuse'")
    assert found[["cohort", "code"]].to_numpy().tolist() == [["unit1", "DOC-COHORT"]]
    assert set(tables["scores"]["status"]) == {"doubtful_key"}
    assert tables["comparisons"]["estimate"].isna().all()


@pytest.mark.parametrize(
    ("change", "higher_is", "said"),
    [(-3.1, "worse", "better"), (3.1, "worse", "worse"), (3.1, "better", "better"), (-3.1, "better", "worse")],
)
def test_aboumatar_2018_benefit_turned_into_harm(change, higher_is, said):
    """Aboumatar and others, JAMA 2018, republished: the direction is computed from the scale, not from a label.

    The worked example: higher = more burnout, post - pre = -3.1 = better.
    """
    rises, is_better = direction(change, {"higher_is": higher_is})
    assert rises == (change > 0)
    assert is_better == (said == "better")


def test_aboumatar_2018_arms_exchanged_turn_the_sign(folder):
    """Post minus pre, always: the same answers under exchanged waves give the opposite estimate."""
    there = evaluate(folder.waves(TRY_BEFORE, TRY_AFTER).write(), key=KEY).tables["comparisons"]
    back = evaluate(folder.waves(TRY_AFTER, TRY_BEFORE).write(), key=KEY).tables["comparisons"]
    first, second = (table.query("method == 'paired_t'")["estimate"].iloc[0] for table in (there, back))
    assert first == -second != 0


def test_verhulst_2012_direction_of_a_scale_reversed(forms):
    """Verhulst and Hatemi, AJPS 2012, erratum: every scale says what a higher score is, and a turned wave stops."""
    assert {scale.higher_is for one in KNOWN.values() for scale in one.scales} <= {"better", "worse"}
    form = forms.simulate(KNOWN["OLBI"], 60, np.random.default_rng(2))
    turned = form.with_wave("after", form.ends - form.stored["after"])
    found = examine(turned.responses(), KNOWN, waves=forms.WAVES).query("severity == 'refuse'")
    assert found["code"].tolist() == ["DOC-ANCHORS"]
    assert set(score_responses(turned.responses(), KNOWN, [("OLBI", "all")])["status"]) == {"doubtful_key"}


def test_karraker_2015_leavers_coded_as_the_event(folder):
    """Karraker and Latham, JHSB 2015, retracted: leaving is never a value, and the flow adds up."""
    tables = folder.waves(TRY_BEFORE, TRY_AFTER[:6]).ingest().tables
    after = tables["responses"].query("wave == 'after'")
    assert after["person_id"].nunique() == 6
    assert after["value"].notna().all()
    people = tables["flow"].query("file == ''").set_index("reason")["rows"]
    assert people[people > 0].to_dict() == {"paired": 6, "pre_only": 2}
    paired = evaluate(folder.write(), key=KEY).tables["comparisons"].query("method == 'paired_t'")
    assert paired["n_paired"].tolist() == [6]


def test_decety_2015_country_code_used_as_a_number(folder):
    """Decety and others, Current Biology 2015, retracted: other numbers for the groups change no result."""
    found = []
    for codes in (["1", "2", "3", "4"], ["40", "7", "16", "2"]):
        for index in (0, 1):
            folder.export(index)["group"] = "country"
        header = ["code", "q1", "q2", "q3", "country"]
        rows = [[[*row, codes[n % 4]] for n, row in enumerate(wave)] for wave in (TRY_BEFORE, TRY_AFTER)]
        tables = evaluate(folder.waves(*rows, header=header).write(), key=KEY).tables
        found.append(tables["comparisons"])
    numbers = found[0].select_dtypes("number").columns
    assert np.allclose(found[0][numbers], found[1][numbers], equal_nan=True, rtol=1e-9)


def test_reinhart_2010_rows_left_out(folder):
    """Reinhart and Rogoff 2010: every row is used or counted with its reason, and hidden rows are refused."""
    tables = folder.waves([*TRY_BEFORE, ["", "", "", ""]], TRY_AFTER).ingest().tables
    rows = tables["flow"].query("file == 'before.csv'").set_index("reason")["rows"]
    assert rows["received"] == rows.drop("received").sum() == 8
    book = openpyxl.Workbook()
    for row in (["code", "q1", "q2", "q3"], *TRY_BEFORE):
        book.active.append(row)
    book.active.row_dimensions[4].hidden = True
    book.save(folder.folder / "before.xlsx")
    folder.export(0)["file"] = "before.xlsx"
    with pytest.raises(DataError) as error:
        folder.ingest()
    assert codes_of(error) == {"IN-HIDDEN"}


def test_public_health_england_2020_row_limit_of_a_format(folder):
    """Public Health England 2020: as many rows as an old workbook can hold are refused."""
    lines = ["code,q1,q2,q3", *(f"P{n},1,2,3" for n in range(65_535))]
    (folder.folder / "before.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder.rows("after.csv", *TRY_AFTER)
    with pytest.raises(DataError) as error:
        folder.ingest()
    assert "IN-XLSLIMIT" in codes_of(error)


@pytest.mark.parametrize(
    ("damaged", "code"), [("1-Mar", "VAL-IDDATE"), ("2-Sep", "VAL-IDDATE"), ("1.23E+12", "VAL-SCI")]
)
def test_abeysooriya_2021_codes_damaged_by_a_spreadsheet(folder, damaged, code):
    """Gene names, Abeysooriya and others 2021: a date or 1.2E+12 where a code is expected is refused."""
    folder.waves([[damaged, 1, 2, 3], *TRY_BEFORE], TRY_AFTER)
    with pytest.raises(DataError) as error:
        folder.ingest()
    assert codes_of(error) == {code}


@pytest.mark.parametrize("name", ["TEQ", "CBI", "MBI_HSS", "PSS10"])
def test_hollon_2014_an_algorithm_missed_cases(name):
    """Hollon and others, JAMA Psychiatry 2014, replaced: scores have a second implementation.

    That of all instruments is `tests/unit/instruments/test_second_scorer.py`; here, plain loops once more.
    """
    instrument = KNOWN[name]
    rng = np.random.default_rng(13)
    answers = rng.choice(instrument.response.codes, size=(13, instrument.n_items))
    table = pd.DataFrame({
        "cohort": "one", "person_id": np.repeat([f"P{n:02}" for n in range(13)], instrument.n_items), "wave": "w",
        "instrument": name, "item": np.tile(np.arange(1, instrument.n_items + 1), 13), "value": answers.ravel(),
    })  # fmt: skip
    scores = score_responses(table, KNOWN).set_index(["person_id", "scale"])["score"]
    ends = instrument.response.codes[0] + instrument.response.codes[-1]
    for person in range(13):
        for scale in (scale for scale in instrument.scales if scale.items):
            total = 0.0
            for item in scale.items:
                answer = float(answers[person, item - 1])
                total += ends - answer if item in instrument.reverse else answer
            expected = total * scale.multiply / (len(scale.items) if scale.rule == "mean" else 1)
            assert scores[f"P{person:02}", scale.name] == pytest.approx(expected)


def test_baldridge_2024_software_not_named(folder):
    """Baldridge 2024, 884 notices: what a result was made from, with versions, stands with it."""
    from balint_eval.provenance import describe_run

    folder.waves(TRY_BEFORE, TRY_AFTER)
    run = describe_run(folder.read())
    assert {"balint-eval", "numpy", "scipy", "statsmodels", "python"} <= set(run["versions"])
    assert len(run["inputs"]) == 2
    assert all(len(entry["sha256"]) == 64 for entry in run["inputs"])
    assert run["settings"]["name"] == "small"
    assert set(run["code"]) >= {"ingest", "score", "compare", "report"}

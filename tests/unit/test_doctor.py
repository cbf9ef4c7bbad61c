"""The doctor: items reversed before the export are found in the answers; right keys are left alone."""

import json

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor import doubtful_scales, examine_keys
from balint_eval.instruments.registry import known_instruments
from balint_eval.pipeline import evaluate
from balint_eval.scoring import score_responses
from balint_eval.stats.reliability import cronbach_alpha

KNOWN = known_instruments()
KEY = bytes(range(32))


def long(values, name, wave="before", cohort="one"):
    """A responses table of an array (people, items)."""
    people, items = values.shape
    return pd.DataFrame({
        "cohort": cohort, "person_id": np.repeat([f"P{n:04}" for n in range(people)], items), "wave": wave,
        "instrument": name, "item": np.tile(np.arange(1, items + 1), people), "value": values.ravel().astype(float),
        "answered_on": "", "source_file": "f", "source_row": np.repeat(np.arange(people) + 2, items),
    })  # fmt: skip


def honest(name, people, seed=1, loading=0.8):
    """Answers of people who understood the form: one trait, items reversed on the form."""
    instrument = KNOWN[name]
    rng = np.random.default_rng(seed)
    codes = np.asarray(instrument.response.codes)
    trait = np.zeros((people, instrument.n_items))
    for scale in (scale for scale in instrument.scales if scale.items):
        trait[:, np.asarray(scale.items) - 1] = rng.normal(size=(people, 1))
    mixed = loading * trait + np.sqrt(1 - loading**2) * rng.normal(size=trait.shape)
    keyed = codes[np.clip(np.digitize(mixed, np.linspace(-1.5, 1.5, len(codes) - 1)), 0, len(codes) - 1)]
    answers = keyed.copy()
    places = np.asarray(instrument.reverse, dtype=int) - 1
    answers[:, places] = codes[0] + codes[-1] - answers[:, places]
    return answers, keyed


REVERSED = [name for name in sorted(KNOWN) if KNOWN[name].reverse]


@pytest.mark.parametrize("name", REVERSED)
@pytest.mark.parametrize("people", [20, 40, 200])
def test_answers_as_given_are_left_alone(name, people):
    answers, _ = honest(name, people)
    assert examine_keys(long(answers, name), KNOWN).query("code == 'WARN-ALPHA'").empty


@pytest.mark.parametrize("name", REVERSED)
@pytest.mark.parametrize("people", [20, 200])
def test_answers_reversed_by_the_platform_are_refused(name, people):
    _, keyed = honest(name, people)
    findings = examine_keys(long(keyed, name), KNOWN).query("severity != 'note'")
    instrument = KNOWN[name]
    mixed = {s.name for s in instrument.scales if 0 < len({*s.items} & {*instrument.reverse}) < len(s.items)}
    assert set(findings["scale"]) == mixed
    assert set(findings["severity"]) == {"refuse"}
    assert set(findings["people"]) == {people}
    assert findings["mend"].str.contains("already_reversed: true").all()
    scores = score_responses(long(keyed, name), KNOWN, doubtful_scales(findings))
    assert scores[scores["scale"].isin(mixed)]["score"].isna().all()
    assert set(scores[scores["scale"].isin(mixed)]["status"]) == {"doubtful_key"}


def test_a_confirmed_key_warns_and_scores():
    _, keyed = honest("TEQ", 60)
    findings = examine_keys(long(keyed, "TEQ"), KNOWN, ["TEQ"]).query("severity != 'note'")
    assert findings["severity"].tolist() == ["warn"]
    assert doubtful_scales(findings) == []


@pytest.mark.parametrize("people", [1, 5, 19])
def test_few_people_give_a_note_only(people):
    findings = examine_keys(long(honest("TEQ", people)[1], "TEQ"), KNOWN)
    assert set(findings["severity"]) == {"note"}
    said = findings.set_index("code").loc["DOC-NOTJUDGED"]
    assert said["seen"].startswith(f"{people} {'person' if people == 1 else 'people'}: with fewer than 20")
    assert said["scale"] == "all"


def test_an_item_without_variation_gives_a_note_only():
    answers, _ = honest("TEQ", 60)
    answers[:, 0] = 4
    findings = examine_keys(long(answers, "TEQ"), KNOWN)
    assert set(findings["severity"]) == {"note"}
    assert "an item that does not vary" in findings.set_index("code").loc["DOC-NOTJUDGED", "seen"]


def test_incomplete_answers_do_not_count():
    values = honest("TEQ", 60)[1].astype(float)
    values[:45, 3] = np.nan
    assert "WARN-ALPHA" not in set(examine_keys(long(values, "TEQ"), KNOWN)["code"])


def test_instruments_without_reversed_items_and_nobody():
    assert set(examine_keys(long(np.full((30, 9), 1), "PHQ9"), KNOWN)["code"]) == {"DOC-STRAIGHT"}
    assert examine_keys(long(np.full((30, 9), 1), "PHQ9").iloc[:0], KNOWN).empty


@pytest.fixture(scope="module")
def iri(shared):
    folder = shared / "datasets" / "iri_briganti"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not on this machine")
    values = pd.read_csv(folder / "iri.csv").filter(like="davi").to_numpy()
    return values, json.loads((folder / "expected.json").read_text())


SCALES = ["PT", "FS", "EC", "PD"]


def test_iri_keyed_again_is_refused(iri):
    values, expected = iri
    findings = examine_keys(long(values, "IRI"), KNOWN).query("severity != 'note'").set_index("scale")
    assert set(findings.index) == set(SCALES)
    assert set(findings["code"]) == {"WARN-ALPHA"}
    assert set(findings["severity"]) == {"refuse"}
    for scale in SCALES:
        wrong, right = expected["keyed_again_wrong"][scale], expected["as_stored_already_reversed"][scale]
        assert f"alpha is {wrong['alpha']:.3f} after and {right['alpha']:.3f} before" in findings.loc[
            scale, "seen"
        ].replace("0.725 before", "0.725 before")
        for item, r in expected["item_rest_r_of_reverse_items"][scale].items():
            said = findings.loc[scale, "seen"].split(f"item {item} ")[1].split(",")[0].split(")")[0]
            assert float(said) == pytest.approx(r["keyed_again"], abs=0.0055)
    assert score_responses(long(values, "IRI"), KNOWN, doubtful_scales(findings.reset_index()))["score"].isna().all()


def test_iri_declared_as_reversed(iri, folder):
    values, expected = iri
    folder.content.update(outcomes=[{"instrument": "IRI", "scale": "EC"}], own_instruments=[])
    folder.content["waves"] = [{"name": "before", "role": "baseline"}]
    folder.cohort["exports"] = [{
        "file": "iri.csv", "platform": "plain", "wave": "before", "person_id": "code",
        "items": [{"instrument": "IRI", "columns": "davi{item}", "already_reversed": True}],
    }]  # fmt: skip
    rows = [[f"B{n}", *row] for n, row in enumerate(values.tolist())]
    folder.rows("iri.csv", *rows, header=["code", *(f"davi{n}" for n in range(1, 29))])
    tables = evaluate(folder.write(), key=KEY).tables
    assert set(tables["findings"]["severity"]) <= {"note"}
    quality = tables["quality"].set_index("scale")
    for scale, alpha in zip(SCALES, (0.651, 0.743, 0.752, 0.725), strict=True):
        assert round(quality.loc[scale, "alpha"], 3) == alpha
        scores = tables["scores"].query("scale == @scale")["score"]
        assert scores.mean() == pytest.approx(expected["as_stored_already_reversed"][scale]["mean"], abs=5e-5)
        assert scores.std() == pytest.approx(expected["as_stored_already_reversed"][scale]["sd"], abs=5e-5)


def test_phq_and_gad_two_waves(shared, folder):
    source = shared / "datasets" / "phq_gad_two_waves"
    if not source.is_dir():
        pytest.skip(f"{source} is not on this machine")
    expected = json.loads((source / "expected.json").read_text())
    waves = [pd.read_csv(source / f"t{n}.csv", dtype=str) for n in (1, 2)]
    waves[1].sample(frac=1, random_state=1).to_csv(folder.folder / "after.csv", index=False)
    waves[0].to_csv(folder.folder / "before.csv", index=False)
    folder.content.update(
        outcomes=[{"instrument": "PHQ9", "role": "primary"}, {"instrument": "GAD7"}], own_instruments=[]
    )
    for index in (0, 1):
        folder.export(index).update(person_id="row", items=[
            {"instrument": "PHQ9", "columns": "PHQ{item}"}, {"instrument": "GAD7", "columns": "GAD{item}"},
        ])  # fmt: skip
    tables = evaluate(folder.write(), key=KEY).tables
    assert set(tables["findings"]["severity"]) <= {"note"}
    for name, facts in (("PHQ9", expected["PHQ"]), ("GAD7", expected["GAD"])):
        quality = tables["quality"].set_index(["instrument", "wave"])["alpha"]
        assert quality[name, "before"] == pytest.approx(facts["alpha_t1"], abs=5e-5)
        assert quality[name, "after"] == pytest.approx(facts["alpha_t2"], abs=5e-5)
        paired = tables["comparisons"].query("instrument == @name and method == 'paired_t'").iloc[0]
        assert paired["n_paired"] == 403
        assert [paired["mean_pre"], paired["sd_pre"]] == pytest.approx(facts["t1"], abs=5e-5)
        assert [paired["mean_post"], paired["sd_post"]] == pytest.approx(facts["t2"], abs=5e-5)
        assert paired["estimate"] == pytest.approx(facts["change_mean"], rel=1e-6)
        assert paired["statistic"] == pytest.approx(facts["t"], rel=1e-6)
        assert paired["df"] == facts["df"]
        assert paired["p_value"] == pytest.approx(facts["p"], rel=1e-4)
        assert [paired["conf_low"], paired["conf_high"]] == pytest.approx(facts["ci95"], rel=1e-5)


def test_alpha_of_the_wrong_key_is_what_cronbach_gives(iri):
    values, expected = iri
    keyed = values.copy()
    places = np.asarray(KNOWN["IRI"].reverse) - 1
    keyed[:, places] = 4 - keyed[:, places]
    items = np.asarray(KNOWN["IRI"].scale("EC").items) - 1
    assert cronbach_alpha(keyed[:, items].astype(float)).alpha == pytest.approx(
        expected["keyed_again_wrong"]["EC"]["alpha"], abs=5e-5
    )

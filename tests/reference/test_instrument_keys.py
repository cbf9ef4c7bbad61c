"""The registry against the table of facts, field by field and in both directions.

The table is `../shared/instruments.yaml`; where it is absent these tests are skipped, visibly. What the
table writes in one line (`each subscale`, bands of several bounds) is written out here first.
"""

from collections import Counter

import pytest
import yaml

from balint_eval.instruments.model import Structure
from balint_eval.instruments.registry import known_instruments, registry_entries

TEMPLATE = "USER_LIKERT"
"""An entry that stands for blocks a user declares; there is nothing to register."""
ENTRIES = registry_entries()
GROUPS = {"each subscale": "subscales", "the three factors": "subscales"}


@pytest.fixture(scope="session")
def facts(shared):
    path = shared / "instruments.yaml"
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    return yaml.safe_load(path.read_text(encoding="utf-8"))["instruments"]


def scales_of(fact):
    total = {"total": fact["total"]} if fact["total"] else {}
    return {**fact["subscales"], **fact["composites"], **total}


def is_keyed(scale):
    return bool(scale.get("items") or scale.get("of"))


def names_of(fact, score):
    if score == "EE1 or DP1":
        return ["EE1", "DP1"]
    return list(fact[GROUPS[score]]) if score in GROUPS else [score]


def span(value):
    """Read `0.70 to 0.78` as its two ends."""
    ends = [float(end) for end in value.split(" to ")] if isinstance(value, str) else [value]
    return (ends[0], ends[1] if len(ends) > 1 else None)


def listed(value):
    return value if isinstance(value, list) else [value]


def test_the_same_instruments(facts):
    assert set(ENTRIES) == set(facts) - {TEMPLATE}
    assert Counter(fact["keyed"] for fact in facts.values()) == {"full": 26, "partial": 5, "none": 7}
    plain = {name for name in known_instruments() if "@" not in name}
    assert plain == {name for name, fact in facts.items() if fact["keyed"] != "none"}


@pytest.mark.parametrize("name", ENTRIES)
def test_what_it_is(facts, name):
    fact, entry = facts[name], ENTRIES[name]
    assert entry.keyed == fact["keyed"]
    assert isinstance(entry, Structure) == (fact["keyed"] == "none")
    assert (entry.citation, entry.doi or None) == (fact["citation"], fact["doi"])
    assert (entry.measures, entry.level) == (fact["construct"], fact["kirkpatrick"].replace("-", "_"))
    assert fact["rater"].startswith(entry.rater)
    assert entry.licence.status == fact["licence"]["status"]
    assert fact["licence"]["wording_shippable"] is False


@pytest.mark.parametrize("name", ENTRIES)
def test_form_and_key(facts, name):
    fact, entry = facts[name], ENTRIES[name]
    codes = entry.codes if isinstance(entry, Structure) else entry.response.codes
    assert entry.n_items == fact["n_items"]
    assert (codes or None) == fact["response"]["codes"]
    assert entry.reverse == fact["reverse"]
    if isinstance(entry, Structure):
        return
    assert entry.response.not_applicable == ("not_applicable" in fact["response"])
    assert entry.optional_items == fact.get("optional_items", [])
    assert entry.risk_items == fact.get("risk_items", [])
    assert entry.reverse_unverified == fact.get("reverse_marks", {}).get("U", [])
    assert entry.extra == fact.get("extra", "")
    assert bool(entry.to_confirm) >= ("reverse_condition" in fact or "response_direction" in fact)


@pytest.mark.parametrize("name", ENTRIES)
def test_scores(facts, name):
    fact, entry = facts[name], ENTRIES[name]
    expected = scales_of(fact)
    keyed = {} if isinstance(entry, Structure) else {scale.name: scale for scale in entry.scales}
    unkeyed = {scale.name: scale for scale in entry.unkeyed}
    assert set(keyed) == {scale for scale, facts_ in expected.items() if is_keyed(facts_)}
    assert set(unkeyed) == {scale for scale, facts_ in expected.items() if not is_keyed(facts_)}
    for scale, given in keyed.items():
        known = expected[scale]
        assert (given.items, given.of) == (known.get("items", []), known.get("of", []))
        assert (given.rule, given.multiply, list(given.range)) == (
            known["rule"],
            known.get("multiply", 1),
            known["range"],
        )
        assert (given.higher_is, given.mark) == (known["higher_is"], known.get("mark"))
    for scale, given in unkeyed.items():
        known = expected[scale]
        assert (given.n_items, given.rule, given.higher_is) == tuple(map(known.get, ("n", "rule", "higher_is")))
        assert (list(given.range) if given.range else None) == known.get("range")


@pytest.mark.parametrize("name", ENTRIES)
def test_missing_rule(facts, name):
    # `on:` is a truth value in YAML 1.1, so the key reads as True.
    fact = {("on" if key is True else key): value for key, value in facts[name]["missing"].items()}
    entry = ENTRIES[name]
    assert entry.missing.published == fact["published"]
    if fact["published"]:
        assert entry.missing.mark == fact["mark"]
        assert entry.missing.most_missing_on_form == fact.get("allow")
        assert (fact.get("on") == "form") == ("allow" in fact)
        minima = {scale.name: scale.min_answered for scale in entry.scales}
        assert minima == {**minima, **fact.get("min_answered", {})}
    elif not isinstance(entry, Structure):
        assert {scale.min_answered for scale in entry.scales} == {None}


def test_the_numbers_of_the_missing_rules():
    """Each number, and where it is unverified."""
    scales = {(entry.name, scale.name): scale for entry in known_instruments().values() for scale in entry.scales}
    given = {key: scale.min_answered for key, scale in scales.items() if scale.min_answered and "@" not in key[0]}
    assert given == {
        ("CARE", "total"): 8, ("JSE20", "total"): 16, ("CBI", "PB"): 3, ("CBI", "WB"): 4, ("CBI", "CB"): 3,
        ("GCQ_S", "Engaged"): 1, ("GCQ_S", "Avoiding"): 1, ("GCQ_S", "Conflict"): 1,
    }  # fmt: skip
    assert scales["CBI", "CB"].min_answered_mark == "U"


def cutoffs_of(fact):
    for cutoff in fact["cutoffs"]:
        for scale in names_of(fact, cutoff["score"]):
            for value in listed(cutoff["value"]):
                yield scale, value, cutoff["mark"], cutoff.get("group", "")


@pytest.mark.parametrize("name", ENTRIES)
def test_cutoffs(facts, name):
    entry, fact = ENTRIES[name], facts[name]
    given = [] if isinstance(entry, Structure) else entry.cutoffs
    assert Counter((c.scale, c.value, c.mark, c.people) for c in given) == Counter(cutoffs_of(fact))
    # The side of a bound is the table's; where it names none, none is invented.
    single = [c for c in fact["cutoffs"] if c["op"] != "bands"] if given else []
    sides = {(scale, c["value"], c["op"] or "bound") for c in single for scale in names_of(fact, c["score"])}
    bands = {(c.scale, c.value, c.op) for c in given} - sides
    assert sides <= {(c.scale, c.value, c.op) for c in given}
    assert {op for _, _, op in bands} <= {">=", "bound"}


def test_metric_of_each_cutoff():
    """Bounds on T scores and on means of items never stand for raw sums."""
    metrics = {(e.name, c.value): c.metric for e in ENTRIES.values() for c in getattr(e, "cutoffs", [])}
    other = {key: metric for key, metric in metrics.items() if metric != "raw"}
    assert other == {("ProQOL5", 43): "T", ("ProQOL5", 57): "T", ("OLBI", 2.25): "mean", ("OLBI", 2.1): "mean"}
    for entry in known_instruments().values():
        for cutoff in entry.cutoffs:
            low, high = entry.scale(cutoff.scale).range
            assert cutoff.metric != "raw" or low <= cutoff.value <= high


@pytest.mark.parametrize("name", ENTRIES)
def test_reliability(facts, name):
    expected = [
        (scale, kind, *span(known[kind]), known.get("n"), known["mark"])
        for known in facts[name]["reliability"]
        for scale in names_of(facts[name], known["score"])
        for kind in ("alpha", "retest")
        if kind in known
    ]
    given = [(r.scale, r.kind, r.value, r.value_to, r.n, r.mark) for r in ENTRIES[name].reliability]
    assert Counter(given) == Counter(expected)


@pytest.mark.parametrize("name", ENTRIES)
def test_norms(facts, name):
    expected = [
        (known["score"], known["population"], known["n"], *span(known["mean"]), *span(known["sd"]), known["mark"])
        for known in facts[name]["norms"]
    ]
    given = [(n.scale, n.population, n.n, n.mean, n.mean_to, n.sd, n.sd_to, n.mark) for n in ENTRIES[name].norms]
    assert Counter(given) == Counter(expected)
    assert [n.source for n in ENTRIES[name].norms] == [known["source"] for known in facts[name]["norms"]]


@pytest.mark.parametrize("name", ENTRIES)
def test_evidence_and_traps(facts, name):
    expected = {group: listed(marks) for group, marks in facts[name]["evidence"].items()}
    assert ENTRIES[name].evidence == expected
    assert set(facts[name]["traps"]) <= set(ENTRIES[name].traps)


def test_variants(facts):
    """Each variant the table names is a version, with the table's positions."""
    order = known_instruments()["MBI_GS@english_manual_order"]
    variant = facts["MBI_GS"]["variants"]["english_manual_order"]
    assert {s.name: s.items for s in order.scales} == {n: s["items"] for n, s in variant["subscales"].items()}
    assert order.evidence["key"] == [variant["mark"]]
    turned = known_instruments()["OLBI@one_is_strongly_disagree"]
    variant = facts["OLBI"]["variants"]["one_is_strongly_disagree"]
    assert (turned.reverse, turned.evidence["key"]) == (variant["reverse"], [variant["mark"]])
    assert sorted({*turned.reverse, *facts["OLBI"]["reverse"]}) == list(range(1, 17))
    assert {name for name, fact in facts.items() if "variants" in fact} == {"MBI_GS", "OLBI"}


def test_rule_alternatives(facts):
    """Each other rule the table names is a version, with the table's range."""
    known = known_instruments()
    rules = {name: fact["rule_alternatives"] for name, fact in facts.items() if "rule_alternatives" in fact}
    assert set(rules) == {"IRI", "MBI_HSS", "OLBI", "PFI"}
    assert {s.range for s in known["IRI@mean_score"].scales} == {tuple(rules["IRI"]["range_if_mean"])}
    coded = {s.range for s in known["IRI@coded_1_to_5"].scales}
    assert coded == {tuple(rules["IRI"]["range_if_coded_1_to_5_and_summed"])}
    assert known["IRI@coded_1_to_5"].response.codes == facts["IRI"]["response"]["alternative_codes"]
    for name in ("OLBI@one_is_strongly_agree_mean", "OLBI@one_is_strongly_disagree_mean"):
        assert {s.range for s in known[name].scales} == {tuple(rules["OLBI"]["range_if_mean"])}
    assert {s.rule for s in known["MBI_HSS@mean_score"].scales} == {"mean"}
    assert {(s.multiply, s.range) for s in known["PFI@percent"].scales} == {(25, (0, 100))}

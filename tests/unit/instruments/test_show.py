"""`balint-eval instruments`: the list, and one instrument with all that is known of it."""

import pytest

from balint_eval.cli import main
from balint_eval.instruments.registry import known_instruments, registry_entries
from balint_eval.instruments.show import CONSTRUCTS, WIDTH, describe_instrument, list_instruments

NAMES = sorted({*registry_entries(), *known_instruments()})


def test_the_list_is_aligned_and_by_construct():
    lines = list_instruments().splitlines()
    head = lines[0]
    rows = {name: next(line for line in lines if line.startswith(f"  {name} ")) for name in registry_entries()}
    for name, row in rows.items():
        entry = registry_entries()[name]
        assert row[head.index("title") :] == entry.title
        assert row[head.index("licence") :].split()[0] == entry.licence.status
        assert row[head.index("key") :].split()[0] == entry.keyed
        assert row[: head.index("key")].split()[1] == str(entry.n_items or "?")
    constructs = [line for line in lines if line.replace("-", "_") in CONSTRUCTS]
    assert constructs == [
        "empathy", "burnout", "satisfaction", "engagement", "distress", "resilience", "confidence", "attitude", "skill",
        "process",
    ]  # fmt: skip
    assert lines.index(rows["TEQ"]) < lines.index("burnout") < lines.index(rows["CBI"])
    assert "IRI@coded_1_to_5" in list_instruments()
    assert "own_instruments" in lines[-1] or "own_instruments" in lines[-2] + lines[-1]
    assert {entry.measures for entry in registry_entries().values()} <= set(CONSTRUCTS)


@pytest.mark.parametrize("name", NAMES)
def test_every_instrument_can_be_shown(name):
    text = describe_instrument(name)
    assert text.startswith(f"{name}: ")
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "  licence of the wording: " in text
    assert "  evidence: " in text
    assert text == "\n".join(line.rstrip() for line in text.splitlines())


def joined(name):
    """One line an entry, however it was wrapped."""
    return describe_instrument(name).replace("\n      ", " ").splitlines()


def test_what_is_shown():
    jse = joined("JSE20")
    assert "  reversed: 1, 3, 6 to 8, 11, 12, 14, 18, 19" in jse
    assert "  score total: Empathy; sum of items 1 to 20; 20 to 140, higher is better; needs 16 answers" in jse
    assert "  unverified: the reversal of items 14, 18, 19 (decides CC, total)" in jse
    assert (
        "  cut-off: total <= 95 for men: tentative low; Jefferson matriculants 2002-2012, n 2637 "
        "[paper or official page]" in jse
    )
    assert "  reliability: total retest 0.65 after 3 to 4 months; not stated [unverified]" in jse
    assert "  norm: total 44 to 49 (SD 7 to 8); several samples; general [unverified]" in joined("TEQ")
    assert any("45.9; practice nurses" in line and "(48 % at the highest score)" in line for line in joined("CARE"))
    assert "  score cognitive: Cognitive; sum of scales PT, OS; 19 to 76, higher is better; needs all of them" in [
        line.replace("Cognitive empathy", "Cognitive") for line in joined("QCAE")
    ]
    assert (
        "  score EE1: Exhaustion, one item; the one answer as it is, items 1; 0 to 6, higher is worse; needs 1 answer"
        in (joined("MBI2"))
    )
    assert any(
        line.startswith("  score S: Stress; sum of items 1, 6, 8") and " x 2; 0 to 42" in line
        for line in joined("DASS21")
    )


def test_bounds_on_other_points_say_so():
    assert any("CS a bound at 43 on T scores, not on the sums given here" in line for line in joined("ProQOL5"))
    assert any("EXH >= 2.25 on the mean of items: high" in line for line in joined("OLBI"))
    assert any("PA a bound at 33: low side" in line for line in joined("MBI_HSS"))


def test_a_risk_item_brings_a_safeguarding_notice():
    assert any(line.startswith("  safeguarding: item 9 asks about danger") for line in joined("PHQ9"))
    assert not any("safeguarding:" in line for line in joined("GAD7"))


def test_versions_are_listed_with_their_mark():
    assert "  version OLBI@one_is_strongly_disagree: 1 = strongly disagree [derived by arithmetic]" in joined("OLBI")
    assert not any(line.startswith("  version ") for line in joined("OLBI@one_is_strongly_disagree"))


def test_structure_only_says_why_and_what_to_do():
    lines = joined("BGQ_C")
    assert "  form: number of items not known" in lines
    assert any(line.startswith("  not scored: number of items, answer codes and key") for line in lines)
    assert any("learning: Emotional and cognitive learning; not scored" in line for line in lines)
    assert "  form: 15 items, codes 0, 1, 2, 3, 4, 5, 6" in joined("MBI_SS")


def test_command_line(capsys):
    assert main(["instruments"]) == 0
    assert "Toronto Empathy Questionnaire" in capsys.readouterr().out
    assert main(["instruments", "IRI@mean_score"]) == 0
    assert capsys.readouterr().out.startswith("IRI@mean_score: ")
    assert main(["instruments", "iri"]) == 2
    assert "did you mean 'IRI'?" in capsys.readouterr().err

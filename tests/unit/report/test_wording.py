"""Words for arms compared at one wave: nobody was seen to change."""

import pytest

from balint_eval.language import ENGLISH
from balint_eval.report.wording import LEVEL_WORDS, VERDICTS, apa, headline, verdict

OUTCOME = {"minimum": 0.0, "maximum": 40.0, "higher_is": "worse", "smallest_change": 2.0}
LEVEL = {
    "kind": "level", "n_paired": 64, "n_groups": 4, "estimate": -4.31, "conf_low": -7.3, "conf_high": -1.3,
    "conf_level": 0.95, "statistic": -3.41, "p_value": 0.011, "p_adjusted": float("nan"), "df": 7.5, "effect": -0.66,
    "effect_low": -1.1, "effect_high": -0.2, "effect_name": "d_post",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(VERDICTS) - {"cannot_tell", "no_claim"}))
def test_no_verdict_on_a_level_speaks_of_gain_or_loss(name):
    assert verdict(name, "level").word == LEVEL_WORDS[name]
    for word in ("gain", "loss", "change"):
        assert word not in verdict(name, "level").word.lower()
    assert verdict(name, "level").tone == verdict(name).tone
    assert verdict(name, "change") == verdict(name) == VERDICTS[name]


def test_a_level_is_told_as_a_difference_between_people():
    said = headline(ENGLISH, LEVEL, OUTCOME, "Ever", "Never")
    assert said.startswith("Ever: 4.3 points lower than Never, which is better.")
    assert headline(ENGLISH, {**LEVEL, "n_paired": 3}, OUTCOME, "Ever", "Never") == (
        "Fewer than 5 people answered, so no numbers are shown."
    )


def test_a_level_counts_people_not_pairs():
    assert "64 people in 4 groups" in apa(ENGLISH, LEVEL).replace("\u00a0", " ")
    assert "difference" in apa(ENGLISH, LEVEL)

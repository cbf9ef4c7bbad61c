"""Rainclouds: everybody is a dot where dots are wanted, nobody where they are not, and shapes are distributions."""

from __future__ import annotations

import numpy as np
import pytest
from looks import assert_good_looks
from matplotlib.lines import Line2D

from balint_eval.language import read_language
from balint_eval.plots import raincloud
from balint_eval.plots.raincloud_data import clouds, density
from balint_eval.plots.save import rendered


@pytest.fixture
def given(study, tables):
    first = study.outcomes[0]
    frames = (tables["scores"], tables["participants"], tables["descriptives"])
    return (*frames, study, tables["outcomes"], first.instrument, first.scale)


def dots(drawing):
    """Give how many dots are drawn: strokes with round ends, three places each."""
    drawn = [line for line in drawing.figure.findobj(Line2D) if line.get_linestyle() == "-"]
    lines = [line for line in drawn if line.get_solid_capstyle() == "round" and line.get_linewidth() == 2.0]
    return sum(np.isfinite(line.get_xdata()).sum() // 2 for line in lines)


def test_everybody_with_a_score_is_one_dot(given):
    scores = given[0]
    mine = scores[(scores["instrument"] == given[5]) & (scores["scale"] == given[6])].dropna(subset=["score"])
    drawn = raincloud(*given)
    shown = drawn.data["n"].sum()
    assert dots(drawn) == shown
    assert 0 < shown <= len(mine)


def test_without_points_no_single_score_is_in_the_figure(given):
    drawn = raincloud(*given, points=False)
    assert dots(drawn) == 0
    assert_good_looks(drawn.figure)
    assert "Single people are not drawn." in drawn.caption
    assert b"Internal" not in rendered(drawn, "svg")
    assert b"Internal" in rendered(raincloud(*given), "svg")


def test_too_few_people_are_not_drawn(given):
    cloud = min(clouds(*given[:4], *given[5:]), key=lambda cloud: cloud.n)
    all_of_them = raincloud(*given)
    fewer = raincloud(*given, fewest=cloud.n + 1)
    assert len(fewer.data) < len(all_of_them.data)
    assert "is not drawn there" in fewer.caption or "are not drawn there" in fewer.caption
    assert raincloud(*given, fewest=10_000) is None


def test_the_numbers_are_those_of_the_descriptives(given):
    described = given[2].set_index(["arm", "wave", "instrument", "scale"])
    for row in raincloud(*given).data.itertuples():
        source = described.loc[(row.arm, row.wave, given[5], given[6])]
        assert (row.n, row.mean, row.median) == (source["n"], source["mean"], source["median"])


def test_the_same_bytes_twice_and_persian_from_the_right(given):
    one, two = (raincloud(*given, language=read_language("fa")) for _ in range(2))
    assert rendered(one, "svg") == rendered(two, "svg")
    assert "میانه" in one.alternative_text


def test_a_distribution_adds_up_and_stays_on_the_scale():
    scores = np.array([0.0, 0.0, 1.0, 3.0, 4.0, 9.0])
    places, heights = density(scores, 0.0, 10.0)
    assert (places[0], places[-1]) == (0.0, 10.0)
    assert heights.max() == 1.0
    # By hand: SD 3.4303, IQR / 1.34 = 3.5 / 1.34 = 2.6119; 0.9 x 2.6119 x 6^-0.2 = 1.6428.
    width = 0.9 * (3.5 / 1.34) * 6**-0.2
    assert width == pytest.approx(1.6428, abs=1e-4)
    expected = [
        sum(np.exp(-0.5 * ((at - one) / width) ** 2) for score in scores for one in (score, -score, 20 - score))
        for at in (0.0, 5.0)
    ]
    assert heights[40] / heights[0] == pytest.approx(expected[1] / expected[0], rel=1e-12)
    assert not density(np.full(6, 3.0), 0.0, 10.0)[1].any()

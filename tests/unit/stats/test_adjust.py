import numpy as np
import pytest

from balint_eval.stats.adjust import adjust_p


def test_holm_by_hand():
    # Sorted .01 .03 .04 times 3 2 1 = .03 .06 .04, made monotone: .03 .06 .06.
    assert adjust_p([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


def test_hochberg_by_hand():
    assert adjust_p([0.04, 0.01, 0.03], "hochberg") == pytest.approx([0.04, 0.03, 0.04])


def test_benjamini_hochberg_by_hand():
    # Times 3/1, 3/2, 3/3: .03 .045 .04, made monotone from above: .03 .04 .04.
    assert adjust_p([0.04, 0.01, 0.03], "bh") == pytest.approx([0.04, 0.03, 0.04])


@pytest.mark.parametrize("method", ["holm", "hochberg", "bh", "none"])
def test_missing_p_does_not_count(method):
    adjusted = adjust_p([0.04, np.nan, 0.01, 0.03], method)
    assert np.isnan(adjusted[1])
    assert adjusted[[0, 2, 3]] == pytest.approx(adjust_p([0.04, 0.01, 0.03], method))


@pytest.mark.parametrize("method", ["holm", "hochberg", "bh", "none"])
def test_single_empty_and_all_missing(method):
    assert adjust_p([0.2], method).tolist() == [0.2]
    assert adjust_p([], method).size == 0
    assert np.isnan(adjust_p([np.nan, np.nan], method)).all()


def test_input_is_left_alone():
    p = np.array([0.04, 0.01])
    adjust_p(p)
    assert p.tolist() == [0.04, 0.01]


def test_wrong_input():
    with pytest.raises(ValueError, match="unknown adjustment 'bonferroni'"):
        adjust_p([0.1], "bonferroni")
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust_p([1.2])

import numpy as np
import pytest

from balint_eval.stats.reliability_retest import icc_agreement

# Shrout and Fleiss 1979, Psychol Bull 86:420-8, Table 2: six targets, four judges; ICC(2,1) = .29.
SHROUT = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)


def test_published_example():
    found = icc_agreement(SHROUT)
    assert found.icc == pytest.approx(0.29, abs=5e-3)
    # Mean squares 11.24, 32.49, 1.02 of the paper's Table 3, two decimals each.
    assert found.icc == pytest.approx((11.24 - 1.02) / (11.24 + 3 * 1.02 + 4 * (32.49 - 1.02) / 6), abs=2e-3)
    assert (found.n, found.conf_level, found.note) == (6, 0.95, "")


def test_by_hand():
    # People 1 2 3, each wave the same but for a shift of 1: MSR 2, MSC 1.5, MSE 0.
    found = icc_agreement([[1, 2], [2, 3], [3, 4]])
    assert found.icc == pytest.approx(2 / (2 + 2 * 1.5 / 3))
    assert found.sem == pytest.approx(np.sqrt(1.5 / 3))


def test_equal_scores_agree_fully():
    found = icc_agreement([[1, 1], [2, 2], [4, 4], [5, 5]])
    assert (found.icc, found.low, found.high, found.sem) == (1, 1, 1, 0)


def test_no_share_of_the_waves_below_the_rest():
    scores = np.array([[1, 3], [2, 1], [3, 2], [5, 5.5], [6, 5.5]])
    found = icc_agreement(scores)
    people, waves = scores.mean(axis=1, keepdims=True), scores.mean(axis=0)
    error = ((scores - people - waves + scores.mean()) ** 2).sum() / 4
    assert found.sem == pytest.approx(np.sqrt(error))


def test_level_and_order():
    usual, wide = icc_agreement(SHROUT), icc_agreement(SHROUT, 0.99)
    assert wide.low < usual.low < usual.icc < usual.high < wide.high
    shuffled = icc_agreement(SHROUT[::-1, ::-1])
    assert [shuffled.icc, shuffled.low, shuffled.high] == pytest.approx([usual.icc, usual.low, usual.high])
    missing = np.vstack([SHROUT, [1, 2, np.nan, 4]])
    assert icc_agreement(missing) == usual


@pytest.mark.parametrize(
    ("scores", "note"),
    [
        ([[1], [2], [3]], "at least two waves"),
        ([[1, 2], [2, 3]], "2 people with every score"),
        ([[4, 4], [4, 4], [4, 4]], "do not vary"),
    ],
)
def test_what_cannot_be_estimated_is_explained(scores, note):
    found = icc_agreement(scores)
    assert np.isnan([found.icc, found.low, found.high, found.sem]).all()
    assert note in found.note

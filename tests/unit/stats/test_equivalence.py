"""Two one-sided tests, held against scipy's one-sided t-tests and the 90 % interval."""

import numpy as np
import pytest
from scipy import stats

from balint_eval.stats.equivalence import equivalence_p
from balint_eval.stats.paired import paired_t


@pytest.mark.parametrize("margin", [0.5, 2.0, 4.0])
def test_it_is_the_larger_of_scipys_one_sided_tests(margin):
    generator = np.random.default_rng(4)
    pre, post = generator.normal(40, 6, 14), generator.normal(40.6, 6, 14)
    result = paired_t(pre, post)
    change = post - pre
    above = stats.ttest_1samp(change, -margin, alternative="greater").pvalue
    below = stats.ttest_1samp(change, margin, alternative="less").pvalue
    found = equivalence_p(result.estimate, result.std_error, result.df, margin)
    assert found == pytest.approx(max(above, below), rel=1e-10)
    low, high = stats.ttest_1samp(change, 0).confidence_interval(0.90)
    assert (found < 0.05) == (-margin < low and high < margin)


def test_signs_do_not_matter_and_missing_numbers_give_none():
    assert equivalence_p(1, 2, 5, 3) == equivalence_p(-1, 2, 5, 3)
    for numbers in ((np.nan, 1, 5, 2), (1, np.nan, 5, 2), (1, 1, np.nan, 2), (1, 1, 5, np.nan), (1, 0, 5, 2)):
        assert np.isnan(equivalence_p(*numbers))

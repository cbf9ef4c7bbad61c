"""Sites kept apart: what memory cannot hold is refused in words. The numbers are held in `tests/reference`."""

import numpy as np

from balint_eval.stats import by_site


def test_more_sites_than_memory_holds_are_refused_in_words(monkeypatch):
    drawn = np.random.default_rng(4)
    pre, site = drawn.normal(size=48), np.repeat(np.arange(6), 8)
    given = (pre, pre + drawn.normal(size=48), np.repeat(np.arange(24), 2), site)
    assert np.isfinite(by_site.change_by_site(*given).std_error)
    monkeypatch.setattr(by_site, "MOST_PRODUCTS", 48 * 6**2 - 1)
    refused = by_site.change_by_site(*given)
    assert np.isnan(refused.estimate)
    assert "6 sites of 48 people would take more memory" in refused.note

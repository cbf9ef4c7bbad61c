"""Seconds between start and end: told only where both stand on one day as written, and then never too short."""

import math

import pytest

from balint_eval.ingest.durations import seconds_between


@pytest.mark.parametrize(
    ("started", "ended", "seconds"),
    [
        ("2026-03-31 10:22:33", "2026-03-31 10:22:59", 26),
        ("2026-03-31T10:22:33Z", "2026-03-31T10:23:43Z", 70),
        ("5/1/26 10:22:33", "5/1/26 10:23:33", 60),
        ("05/01/2026 11:59:50 AM", "05/01/2026 12:00:10 PM", 20),
        ("05/01/2026 12:00:10 AM", "05/01/2026 1:00:10 AM", 3600),
        ("۲۰۲۶-۰۳-۳۱ ۱۰:۲۲:۳۳", "۲۰۲۶-۰۳-۳۱ ۱۰:۲۲:۳۴", 1),
        ("2026-03-31 10:22:33.9", "2026-03-31 10:22:34.1", 1),
        ("46112.5", "46112.5001", 8.64),
        # Without seconds the longest time that the two can stand for.
        ("2026-03-31 10:22", "2026-03-31 10:22", 60),
        ("2026-03-31 10:22", "2026-03-31 10:23", 120),
    ],
)
def test_seconds_between_start_and_end(started, ended, seconds):
    assert seconds_between(started, ended) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("started", "ended"),
    [
        ("", "2026-03-31 10:22:33"),
        ("2026-03-31 10:22:33", ""),
        ("2026-03-31", "2026-03-31"),
        ("10:22:33", "10:22:34"),
        ("2026-03-31 23:59:58", "2026-04-01 00:00:03"),
        ("2026-03-31 10:22:33", "2026-03-31 10:22:31"),
        ("46112.9999", "46113.0001"),
    ],
)
def test_seconds_that_cannot_be_told(started, ended):
    assert math.isnan(seconds_between(started, ended))

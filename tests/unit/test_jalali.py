"""The Iranian calendar against two independent sources: another library's days, and the equinox itself."""

from datetime import date, datetime, timedelta
from math import cos, radians

import pytest

from balint_eval.jalali import MONTH_DAYS, gregorian, is_leap, nowruz

# First days of years, and days around the leap years, from jdatetime 5 and persiantools 5 (which agree with each
# other and with this module on all 73,414 days from 1300 to 1500; compared once, neither is a dependency).
PAIRS = [
    ((1300, 1, 1), "1921-03-21"), ((1348, 1, 1), "1969-03-21"), ((1357, 11, 22), "1979-02-11"),
    ((1375, 1, 1), "1996-03-20"), ((1378, 1, 1), "1999-03-21"), ((1399, 1, 1), "2020-03-20"),
    ((1399, 12, 30), "2021-03-20"), ((1400, 1, 1), "2021-03-21"), ((1403, 1, 1), "2024-03-20"),
    ((1403, 5, 12), "2024-08-02"), ((1403, 12, 30), "2025-03-20"), ((1404, 1, 1), "2025-03-21"),
    ((1404, 6, 31), "2025-09-22"), ((1404, 7, 30), "2025-10-22"), ((1408, 1, 1), "2029-03-20"),
    ((1408, 12, 30), "2030-03-20"), ((1409, 1, 1), "2030-03-21"), ((1450, 1, 1), "2071-03-21"),
    ((1500, 1, 1), "2121-03-21"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "expected"), PAIRS)
def test_days_of_another_source(day, expected):
    assert gregorian(*day) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "day",
    [(1400, 12, 30), (1404, 12, 30), (1403, 7, 31), (1403, 13, 1), (1403, 0, 1), (1403, 1, 0), (1403, 1, 32),
     (1299, 1, 1), (1501, 1, 1), (2024, 1, 1)],
)  # fmt: skip
def test_days_that_do_not_exist(day):
    assert gregorian(*day) is None


def test_every_day_follows_the_one_before():
    days = [
        gregorian(year, month, day)
        for year in range(1300, 1501)
        for month, most in enumerate(MONTH_DAYS, start=1)
        for day in range(1, most + 1 + (month == 12 and is_leap(year)))
    ]
    assert len(days) == 73414
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]


def test_leap_years_of_the_present():
    assert [year for year in range(1395, 1425) if is_leap(year)] == [1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424]


# Meeus, Astronomical Algorithms, 2nd edition, table 27.C: amplitude, phase and speed of the periodic terms.
TERMS = [
    (485, 324.96, 1934.136), (203, 337.23, 32964.467), (199, 342.08, 20.186), (182, 27.85, 445267.112),
    (156, 73.14, 45036.886), (136, 171.52, 22518.443), (77, 222.54, 65928.934), (74, 296.72, 3034.906),
    (70, 243.58, 9037.513), (58, 119.81, 33718.147), (52, 297.17, 150.678), (50, 21.02, 2281.226),
    (45, 247.54, 29929.562), (44, 325.15, 31555.956), (29, 60.93, 4443.417), (18, 155.12, 67555.328),
    (17, 288.79, 4562.452), (16, 198.04, 62894.029), (14, 199.76, 31436.921), (12, 95.39, 14577.848),
    (12, 287.11, 31931.756), (12, 320.81, 34777.259), (9, 227.73, 1222.114), (8, 15.45, 16859.074),
]  # fmt: skip


def march_equinox(year):
    """Give the March equinox in universal time, to a minute (chapter 27; table 27.B for the mean equinox)."""
    y = (year - 2000) / 1000
    mean = 2451623.80984 + 365242.37404 * y + 0.05169 * y**2 - 0.00411 * y**3 - 0.00057 * y**4
    centuries = (mean - 2451545) / 36525
    w = radians(35999.373 * centuries - 2.47)
    terms = sum(a * cos(radians(b + c * centuries)) for a, b, c in TERMS)
    terrestrial = mean + 1e-5 * terms / (1 + 0.0334 * cos(w) + 0.0007 * cos(2 * w))
    # Terrestrial less universal time in seconds: Espenak and Meeus 2006 after 1986, about 45 s before.
    apart = 62.92 + 0.32217 * (year - 2000) + 0.005589 * (year - 2000) ** 2 if year > 1986 else 45
    return datetime(2000, 1, 1, 12) + timedelta(days=terrestrial - 2451545, seconds=-apart)


def test_the_equinox_is_computed_right():
    # US Naval Observatory: 2024-03-20 03:06 and 2000-03-20 07:35 universal time.
    for year, minute in ((2024, datetime(2024, 3, 20, 3, 6)), (2000, datetime(2000, 3, 20, 7, 35))):
        assert abs(march_equinox(year) - minute) < timedelta(minutes=2)


@pytest.mark.parametrize("year", range(1300, 1501))
def test_the_rule_of_33_years_is_the_law(year):
    # True solar time on the meridian 52.5 degrees east: mean time less 7 min 25 s around the equinox.
    true = march_equinox(year + 621) + timedelta(hours=3, minutes=30) - timedelta(minutes=7, seconds=25)
    first_day = true.date() if true.hour < 12 else true.date() + timedelta(days=1)
    assert nowruz(year) == first_day.toordinal()

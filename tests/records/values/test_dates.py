"""Dates as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.values.dates import Moment, best_moment, precision_of, read_moment

SAME_DAY = """
March 2, 2026|2 March 2026|Mar 2nd 2026|2. März 2026|Montag, 2. März 2026|2 mars 2026|2 de marzo de 2026
2 de março de 2026|2 marzo 2026|2 maart 2026|2. marts 2026|2. mars 2026|2. maaliskuuta 2026|2 marca 2026
2. března 2026|2. marca 2026|2026. március 2.|2 martie 2026|2 март 2026|2 марта 2026 г.|2 березня 2026
2. ožujka 2026.|2. marec 2026|2 Μαρτίου 2026|2 Mart 2026|2 Maret 2026|2 tháng 3, 2026|2 مارس 2026|٢ مارس ٢٠٢٦
۲ مارس ۲۰۲۶|2 במרץ 2026|2 मार्च 2026|२ मार्च २०२६|২ মার্চ ২০২৬|2026年3月2日|2026년 3월 2일|2026. 3. 2.|2 มีนาคม 2569
۱۱ اسفند ۱۴۰۴|令和8年3月2日|民國115年3月2日|Thứ hai, 2/3/2026
2 de març de 2026|2. märts 2026|2 kovo 2026|02.03.2026|2026-03-02|2026/03/02|20260302|2026-03-02Z|2 Machi 2026
2026-W10-1|2026W101|2026-061
"""


@pytest.mark.parametrize("written", [each for line in SAME_DAY.strip().splitlines() for each in line.split("|")])
def test_a_day_is_read_in_the_languages_of_news(written):
    assert read_moment(written) == Moment("2026-03-02", zoned=False)


@pytest.mark.parametrize(
    ("written", "text", "zoned"),
    [
        ("Mon Mar 02 10:04:05 CET 2026", "2026-03-02T10:04:05+01:00", True),
        ("Mon Mar 02 2026 10:04:05 GMT+0100 (Central European Standard Time)", "2026-03-02T10:04:05+01:00", True),
        ("Mo, 02 Mär 2026 10:04:05 +0100", "2026-03-02T10:04:05+01:00", True),
        ("lun., 2 mars 2026 10:04:05 +0100", "2026-03-02T10:04:05+01:00", True),
        ("2026-03-02T10:04:05[Europe/Berlin]", "2026-03-02T10:04:05+01:00", True),
        ("2026-07-02 10:04 Europe/Berlin", "2026-07-02T10:04:00+02:00", True),
        ("March 2, 2026 10:04 AM EST", "2026-03-02T10:04:00-05:00", True),
        ("2026-03-02 10:04:05", "2026-03-02T10:04:05", False),
        ("2. März 2026, 10:04 Uhr", "2026-03-02T10:04", False),
        ("2 mars 2026 à 10h04", "2026-03-02T10:04", False),
        ("2 March 2026 at 10.04am", "2026-03-02T10:04", False),
        ("March 2, 2026 at 12:04 a.m.", "2026-03-02T00:04", False),
        ("2026년 3월 2일 오후 2:05", "2026-03-02T14:05", False),
        ("2026年3月2日 14时05分", "2026-03-02T14:05", False),
        ("20260302100405", "2026-03-02T10:04:05", False),
        ("Senin, 02 Mar 2026 10:04 WIB", "2026-03-02T10:04:00+07:00", True),
        ("Thứ hai, 2/3/2026, 10:04 (GMT+7)", "2026-03-02T10:04:00+07:00", True),
        ("2026-W10-1T10:04:05Z", "2026-03-02T10:04:05+00:00", True),
        ("2026-061T10:04:05+01:00", "2026-03-02T10:04:05+01:00", True),
        ("02/Mar/2026:10:04:05 -0700", "2026-03-02T10:04:05-07:00", True),
        ("[02/Mar/2026:10:04:05 +0000]", "2026-03-02T10:04:05+00:00", True),
        ("2026-03-02 10:04:05.123 CET", "2026-03-02T10:04:05.123000+01:00", True),
        ("2026-03-02T10:04:05.1234567[Europe/Berlin]", "2026-03-02T10:04:05.123456+01:00", True),
        ("Mon, 02 Mar 2026 10:04:05,5 GMT", "2026-03-02T10:04:05.500000+00:00", True),
        ("2 Mar 2026 10:04 IST", "2026-03-02T10:04", False),  # India's, Ireland's or Israel's
    ],
)
def test_an_instant_needs_its_zone_and_keeps_it(written, text, zoned):
    assert read_moment(written) == Moment(text, zoned)


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2026", "03-04-2026", "2 lip 2026", "2026", "March 2026", "5 days ago", "yesterday", "31 February 2026",
        "2026-13-45", "2026-W54-1", "2026-W10", "2026-366", "2026-000", "02/Foo/2026:10:04:05 +0000",
        "0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "lately", "", "2 March or 3 March 2026", "9" * 40, "Issue 12, 2026",
    ],
)  # fmt: skip
def test_what_may_be_several_days_or_none_is_not_read(written):
    assert read_moment(written) is None


def test_a_language_or_a_zone_beside_the_date_settles_it():
    assert read_moment("03/04/2026", language="en-US") == Moment("2026-03-04", zoned=False)
    assert read_moment("03/04/2026", language="fr") == Moment("2026-04-03", zoned=False)
    assert read_moment("2 lip 2026", language="pl") == Moment("2026-07-02", zoned=False)
    assert read_moment("2026-03-02 10:04", "Asia/Kolkata") == Moment("2026-03-02T10:04:00+05:30", zoned=True)
    assert read_moment("2026-03-02 10:04", "UTC") == Moment("2026-03-02T10:04:00+00:00", zoned=True)
    assert read_moment("2026-03-02", "UTC") == Moment("2026-03-02", zoned=False)


def test_the_first_that_can_be_read_counts_and_one_of_its_day_may_add_the_zone():
    assert best_moment(["lately", "2026-03-02"]) == Moment("2026-03-02", zoned=False)
    assert best_moment(["2026-03-02", "2026-03-02T10:04Z"]) == Moment("2026-03-02T10:04:00+00:00", zoned=True)
    assert best_moment(["2026-03-02", "2019-01-01T08:00Z"]) == Moment("2026-03-02", zoned=False)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2026-03-02", "day"),
        ("2026-03-02T10:04", "minute"),
        ("2026-03-02T10:04:05", "second"),
        ("2026-03-02T10:04:05+01:00", "second"),
        ("2026-03-02T10:04:05.5Z", "second"),
        ("2026", None),
        ("lately", None),
    ],
)
def test_a_date_tells_how_precise_it_is(text, precision):
    assert precision_of(text) == precision


@given(st.text(max_size=60) | st.text(alphabet="0123456789-/.: TZ+marchMärz年月日", max_size=40))
def test_whatever_is_read_is_read_again_as_it_is(written):
    found = read_moment(written)
    if found is not None:
        assert precision_of(found.text) is not None
        assert read_moment(found.text) == found


@pytest.mark.parametrize(
    ("persian", "common"),
    [
        ("۱ فروردین ۱۴۰۴", "2025-03-21"), ("۳۰ اسفند ۱۴۰۳", "2025-03-20"), ("1 مهر 1400", "2021-09-23"),
        ("10 دي 1399", "2020-12-30"),
    ],
)  # fmt: skip
def test_a_day_of_the_persian_calendar_is_one_of_the_common(persian, common):
    assert read_moment(persian) == Moment(common, zoned=False)

"""Who is watching, and what each gets."""

from __future__ import annotations

from streams.console.rows import Row
from streams.console.viewers import MOST_VIEWERS, Allowance, Viewers
from streams.console.wire import Filter


def row(number, **more):
    return Row(f"id{number}", f"news.enriched/0/{number}", "", number, number, f"Story {number}", **more)


async def test_a_viewer_that_does_not_keep_up_is_dropped_and_others_are_not():
    viewers = Viewers()
    slow, quick = viewers.enter(Filter()), viewers.enter(Filter())
    [audience] = viewers
    for number in range(100):
        audience.tell(b"%d" % number)
        await quick.events.get()
    assert slow.dropped
    assert await slow.events.get() is None
    assert not quick.dropped


def test_the_number_of_viewers_is_bounded():
    viewers = Viewers()
    seen = [viewers.enter(Filter()) for _ in range(MOST_VIEWERS)]
    assert viewers.enter(Filter()) is None
    viewers.leave(Filter(), seen[0])
    assert viewers.enter(Filter(words=("x",))) is not None


def test_in_a_flood_only_the_newest_rows_are_sent_and_everything_is_counted():
    viewers = Viewers()
    viewers.enter(Filter())
    [audience] = viewers
    told = []
    for flush in range(40):
        for number in range(125):
            viewers.changed(row(flush * 125 + number))
        told.append(audience.flush(0.25))
    assert sum(each["matched"] for each in told) == 5_000
    assert sum(len(each["rows"]) for each in told) <= 200 + 40
    assert sum(len(each["rows"]) + each["skipped"] for each in told) == 5_000
    assert told[-1]["rows"][-1]["id"] == "id4999"


def test_viewers_with_a_filter_get_only_what_matches_it():
    viewers = Viewers()
    viewers.enter(Filter(language="fr"))
    [audience] = viewers
    viewers.changed(row(1, language="en"))
    assert audience.flush(0.25) is None
    viewers.changed(row(2, language="fr"))
    assert [each["id"] for each in audience.flush(0.25)["rows"]] == ["id2"]


def test_an_allowance_fills_up_again_and_never_beyond_its_measure():
    allowance = Allowance(most=10, a_second=4)
    assert allowance.take(100, 0.0) == 10
    assert allowance.take(100, 1.0) == 4
    assert allowance.take(100, 3_600.0) == 10

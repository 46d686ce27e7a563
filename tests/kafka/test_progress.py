"""What a changelog says about a partition's source, and how that may have changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.kafka.identity import TopicIdentity
from streams.kafka.progress import Marks, Progress, SourceChange, find_change, stamp_header, stamp_of
from streams.kafka.tables import Foreign
from streams.memory import MemoryRecord
from streams.steps import ForeignRecordError

NOW = TopicIdentity("cluster", "f00d", 4)
ANEW = NOW._replace(topic_id="beef")
UP_TO_600 = Progress(600, "owner", Marks.of(NOW))

CHANGES = {
    "the same topic, with more to come": (UP_TO_600, NOW, 900, None),
    "the same topic, read up": (UP_TO_600, NOW, 600, None),
    "nothing was known of it yet": (Progress(None, None), NOW, 900, None),
    "an earlier version knew nothing but the offset": (Progress(600, "owner"), NOW, 900, None),
    "an earlier version, and the log is shorter than its offset": (
        Progress(600, "owner"),
        NOW,
        599,
        SourceChange.CUT_SHORT,
    ),
    "its end is gone": (UP_TO_600, NOW, 599, SourceChange.CUT_SHORT),
    "it was made anew, and is longer by now": (UP_TO_600, ANEW, 900, SourceChange.MADE_ANEW),
    "it was made anew, with other partitions": (
        UP_TO_600,
        ANEW._replace(partitions=6),
        0,
        SourceChange.MADE_ANEW,
    ),
    "another cluster": (UP_TO_600, ANEW._replace(cluster="other"), 900, SourceChange.OTHER_CLUSTER),
    "another cluster, of a Kafka that has no topic ids": (
        UP_TO_600,
        TopicIdentity("other", "", 4),
        900,
        SourceChange.OTHER_CLUSTER,
    ),
    "the same cluster, asked by way of a Kafka that has no topic ids": (UP_TO_600, NOW._replace(topic_id=""), 900, None),
    "it has grown": (UP_TO_600, NOW._replace(partitions=6), 900, SourceChange.OTHER_PARTITIONS),
}


@pytest.mark.parametrize(("progress", "source", "end", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_a_source_that_is_not_the_one_that_was_worked_on_is_reported(progress, source, end, change):
    assert find_change(progress, source, end, keyed=True) == change


def test_a_source_may_grow_where_nothing_is_remembered_by_key():
    assert find_change(UP_TO_600, NOW._replace(partitions=6), 900, keyed=False) is None


def test_progress_is_read_as_it_was_written():
    assert Progress.unpack(UP_TO_600.pack()) == UP_TO_600


@pytest.mark.parametrize(
    "marks",
    [
        '"cluster": 7',
        '"topic_id": null',
        '"partitions": "4"',
        '"latest_ms": ["now"]',
        '"latest_ms": [true]',
        '"latest_ms": 7',
        '"latest_ms": null',
        '"latest_ms": [9e30]',
        '"partitions": 4.5',
    ],
)
def test_marks_of_another_type_are_an_error(marks):
    with pytest.raises(ValueError, match="of another type"):
        Progress.unpack(f'{{"next_offset": 600, {marks}}}'.encode())


def test_the_stamp_of_an_entry_fits_its_four_bytes_and_another_is_foreign():
    entry = MemoryRecord("a-headlines-changelog", 3, 17, 1 << 62, b"key", b"")
    assert 0 <= stamp_of(entry) < 1 << 32
    assert stamp_of(replace(entry, headers=stamp_header(7))) == 7
    for stamp in (b"", b"\xff" * 9, None):
        with pytest.raises(ForeignRecordError, match="a-headlines-changelog/3/17 was not written by Headwater"):
            Foreign().lets_through(replace(entry, headers=(("stamp", stamp),)))


@pytest.mark.parametrize(
    ("written", "now", "another"),
    [
        pytest.param("f00d", "beef", True, id="recreated since"),
        pytest.param("f00d", "f00d", False, id="the same"),
        pytest.param("", "beef", False, id="written by an earlier version"),
        pytest.param("f00d", "", False, id="a Kafka that gives no ids"),
    ],
)
def test_progress_says_of_which_changelog_its_owner_was(written, now, another):
    marks = Marks.of(TopicIdentity("cluster", "cafe", 4), changelog=written)
    stored = Progress.unpack(Progress(3, "me", marks).pack()).marks
    assert stored == marks
    assert stored.is_of_another(TopicIdentity("cluster", now, 4)) is another

"""Tables: the local copy and its changelog on a real Kafka."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from agents.deduplicate import HEADLINES
from streams.kafka.clients import connection, opened
from streams.kafka.tables import TableChange, TableCopies, TablePartition
from tests.broker.stream import Raw, Stream

KEEP_S = 3_600


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, partitions=1) as stream:
        yield stream


async def opened_copy(stream: Stream) -> TablePartition:
    return await TableCopies(stream.folder / "table", KEEP_S).open(0)


async def restore(stream: Stream, table: TablePartition) -> int:
    changelog = TopicPartition(HEADLINES.topic(stream.settings.app_id), 0)
    consumer = AIOKafkaConsumer(**connection(stream.settings), isolation_level="read_committed")
    consumer.assign([changelog])
    # As a partition's owner does first: wait until the last transaction is over.
    async with opened(AIOKafkaProducer(**connection(stream.settings), transactional_id="test")), opened(consumer):
        return await asyncio.wait_for(table.restore(changelog, consumer), 30)


async def write_changes(stream: Stream, *changes: tuple[bytes, bytes], commit: bool = True) -> None:
    topic = HEADLINES.topic(stream.settings.app_id)
    producer = AIOKafkaProducer(**connection(stream.settings), transactional_id="test")
    async with opened(producer):
        await producer.begin_transaction()
        for key, value in changes:
            await producer.send_and_wait(topic, value, key)
        await (producer.commit_transaction() if commit else producer.abort_transaction())


async def test_a_lost_copy_is_restored_and_a_kept_one_reads_only_what_is_new(stream):
    await write_changes(stream, (b"a", b"1"), (b"b", b"1"), (b"a", b"2"))
    table = await opened_copy(stream)
    assert await restore(stream, table) == 3
    assert table.get([b"a", b"b", b"c"]) == [b"2", b"1", None]
    table.close()

    await write_changes(stream, (b"c", b"1"))
    table = await opened_copy(stream)
    assert await restore(stream, table) == 1
    assert table.get([b"a", b"b", b"c"]) == [b"2", b"1", b"1"]
    table.close()


async def test_changes_of_an_aborted_transaction_are_neither_restored_nor_waited_for(stream):
    """The log ends with records that no reader gets, and with markers."""
    await write_changes(stream, (b"a", b"1"))
    await write_changes(stream, (b"a", b"2"), (b"b", b"2"), commit=False)
    table = await opened_copy(stream)
    assert await restore(stream, table) == 1
    assert table.get([b"a", b"b"]) == [b"1", None]
    assert await restore(stream, table) == 0
    table.close()


async def test_a_copy_that_knows_more_than_the_changelog_is_rebuilt(stream):
    """The topic was deleted and recreated: the copy belongs to the old one."""
    table = await opened_copy(stream)
    table.put({b"a": TableChange(b"old")}, 1_000)
    await write_changes(stream, (b"b", b"1"))
    await restore(stream, table)
    assert table.get([b"a", b"b"]) == [None, b"1"]
    table.close()


async def test_a_worker_that_comes_back_with_its_state_reads_nothing_again(tmp_path):
    async with Stream(tmp_path, partitions=1) as stream:
        first = stream.start_worker()
        await stream.publish([Raw(b'{"title": "A first headline of %d", "text": "A body."}' % n, b"k") for n in range(50)])
        await stream.outcomes(50)
        first.terminate()
        await asyncio.to_thread(first.wait, 20)
        stream.start_worker(again=first)
        await stream.publish([Raw(b'{"title": "A first headline of 7", "text": "A body."}', b"k")])
        assert sum(record.topic == "news.duplicates" for record in await stream.outcomes(51)) == 1
        assert "read 50 changes" not in stream.logs()
        assert stream.logs().count("read 0 changes") >= 2

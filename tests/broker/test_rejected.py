"""Dead letters on a real Kafka: found, shown, and replayed once, whatever happens to the replay."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from dataclasses import replace

import orjson
import pytest
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError

from streams.documents import REPLAY_HEADER, time_text
from streams.kafka.transaction_messages import EndTransaction
from streams.kafka.transactions import TransactionalProducer
from streams.rejected import replay
from streams.rejected.deadletters import Query, marks_topic
from streams.rejected.replay import Replay, plan_replay
from streams.settings import TransactionProtocol
from streams.steps import header, origin
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED
from tests.broker.features import set_transaction_version
from tests.broker.stream import Raw, Stream

HOUR_MS = 3_600_000


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path) as stream:
        yield stream


async def run(stream: Stream, *arguments: str, status: int = 0, answer: bytes = b"") -> bytes:
    """What ``headwater rejected …`` writes to stdout."""
    process = await stream.start_command("rejected", *arguments)
    output, errors = await asyncio.wait_for(process.communicate(answer), 60)
    assert process.returncode == status, errors.decode()
    return output


async def listed(stream: Stream, *arguments: str) -> list[dict]:
    return [orjson.loads(line) for line in (await run(stream, "list", "--json", *arguments)).splitlines()]


async def ids(stream: Stream) -> dict[bytes | None, str]:
    """The id of each rejected record, by its key."""
    return {record.key: f"{record.partition}/{record.offset}" for record in await stream.read([REJECTED])}


async def everything(stream: Stream) -> list[str]:
    return sorted(origin(record) for record in await stream.read([RAW, *OUTCOMES]))


def article(headline: str, paragraphs: int = 20) -> bytes:
    text = "The council met on Monday and voted on the budget after a short debate.\n" * paragraphs
    return orjson.dumps({"title": headline, "text": text, "url": f"https://a.example/{len(headline)}"})


def dead(number: int, key: bytes) -> Raw:
    """A record of news.rejected as a worker writes it."""
    headers = {
        "content-type": "application/json",
        "__streams.errors.exception": "too-large",
        "__streams.errors.message": "3,000 bytes; at most 1,024 are read",
        "__streams.errors.topic": RAW,
        "__streams.errors.partition": str(number % 4),
        "__streams.errors.offset": str(number),
        "__streams.errors.stage": "prepare",
        "ce_origin": f"{RAW}/{number % 4}/{number}",
    }
    return Raw(article(f"Story {number}", 1), key, [(name, value.encode()) for name, value in headers.items()])


BINARY = bytes(range(256)) * 3
TRICKY = '{"title": "Caf\u00e9 opens \x1b[2J\x1b]0;owned\x07 on the harbour \u202e front'.encode()


async def test_dead_letters_are_found_and_shown_without_affecting_the_terminal(stream):
    now_ms = time.time_ns() // 1_000_000
    stream.start_worker()
    published = {
        b"tricky": Raw(TRICKY, b"tricky", [("content-type", b"application/json"), ("feed", b"Wire-7")], now_ms - 5 * HOUR_MS),
        b"binary": Raw(BINARY, b"binary", [("content-type", b"text/plain")], now_ms - 3 * HOUR_MS),
        b"tombstone": Raw(None, b"tombstone", (), now_ms - HOUR_MS),
    }
    places = dict(zip(published, await stream.publish(published.values()), strict=True))
    await stream.outcomes(3)
    where = await ids(stream)

    expected = {
        (): ["binary", "tombstone", "tricky"],
        ("--reason", "not-json", "--reason", "tombstone", "--limit", "1"): ["tombstone"],
        ("--since", time_text(now_ms - 3 * HOUR_MS) or "", "--until", "2h"): ["binary"],
        ("--source", "wire"): ["tricky"],
    }
    answers = await asyncio.gather(*(listed(stream, *arguments) for arguments in expected))
    assert [sorted(each["key"] for each in answer) for answer in answers] == list(expected.values())
    [found] = answers[2]
    assert found["id"] == where[b"binary"]
    assert found["origin"] == places[b"binary"]
    assert found["headers"] == [["content-type", "text/plain"]]
    assert (found["reason"], found["bytes"], found["replayed"]) == ("not-utf-8", len(BINARY), False)

    table = (await run(stream, "list")).decode()
    order = [table.index(where[key]) for key in published]
    assert order == sorted(order), "newest last"
    assert table.endswith("3 (1 not-json, 1 not-utf-8, 1 tombstone) rejected\n")

    *exact, shown = await asyncio.gather(
        *(run(stream, "show", "--raw", where[key]) for key in (b"binary", b"tombstone")),
        run(stream, "show", *where.values(), "0/999999", status=1),
    )
    assert exact == [BINARY, b""]
    told = shown.decode()
    for text in (table, told):
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\u202e" not in text
    assert r'{"title": "Café opens \x1b[2J\x1b]0;owned\x07 on the harbour \u202e front' in told
    assert "feed: Wire-7" in told
    assert "00000010  10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  |................|" in told
    assert "no value (a tombstone)" in told


async def test_a_replayed_record_becomes_an_article_once_or_comes_back_once(stream):
    full = stream.settings
    stream.settings = replace(full, max_article_bytes=1024)
    worker = stream.start_worker()
    now_ms = time.time_ns() // 1_000_000
    headers = [("content-type", b"application/json"), ("feed", b"Wire-7")]
    large = [Raw(article(f"Budget number {each} passes"), b"large-%d" % each, headers, now_ms - HOUR_MS) for each in range(3)]
    bad = [Raw(b"{broken", b"broken", headers), Raw(None, b"tombstone")]
    await stream.publish([*large, *bad])
    await stream.outcomes(5)
    worker.terminate()
    await asyncio.to_thread(worker.wait)
    stream.settings = full
    stream.start_worker()
    where = await ids(stream)

    # A dry run and an unconfirmed replay change nothing.
    dry, declined = await asyncio.gather(
        run(stream, "replay", "--reason", "too-large", "--dry-run"),
        run(stream, "replay", "--reason", "too-large", answer=b"n\n", status=1),
    )
    assert b"would replay 3 (3 too-large) into news.raw" in dry
    assert b"Replay 3 (3 too-large) into news.raw?" in declined
    assert len(await stream.read([RAW])) == 5

    output = await run(stream, "replay", "--reason", "too-large", answer=b"y\n")
    assert b"3 accepted" in output
    enriched = [record for record in await stream.outcomes(8) if record.topic == ENRICHED]
    assert sorted(orjson.loads(record.value)["headlines"][0]["value"] for record in enriched) == [
        f"Budget number {each} passes" for each in range(3)
    ]
    replayed = {record.key: record for record in await stream.read([RAW]) if header(record, REPLAY_HEADER)}
    originals = {record.key: record for record in await stream.read([RAW]) if not header(record, REPLAY_HEADER)}
    assert replayed.keys() == {raw.key for raw in large}
    for raw in large:
        record = replayed[raw.key]
        assert (record.value, record.timestamp) == (raw.value, raw.timestamp_ms)
        assert record.partition == originals[raw.key].partition
        assert record.headers == (*raw.headers, (REPLAY_HEADER, where[raw.key].encode()))

    # Replay all of it, which is now the rest: what is still bad comes back, marked as such.
    output = await run(stream, "replay", "--yes")
    assert b"2 accepted" in output
    assert b"3 passed over: replayed before" in output
    await stream.outcomes(10)
    states = {(each["key"], each["replayed"], each["replayOf"]) for each in await listed(stream)}
    assert states == {
        *((f"large-{each}", True, None) for each in range(3)),
        *((key.decode(), True, None) for key in (b"broken", b"tombstone")),
        *((key.decode(), False, where[key]) for key in (b"broken", b"tombstone")),
    }

    # Repeating that does nothing.
    before = await everything(stream)
    output = await run(stream, "replay", "--yes")
    assert output.splitlines()[-1] == b"nothing to replay"
    assert b"5 passed over: replayed before" in output
    assert b"2 passed over: rejected again" in output
    assert await everything(stream) == before

    # With --again it does what a replay without memory would do: a duplicate, not a second article.
    assert b"1 accepted" in await run(stream, "replay", where[b"large-0"], "--again", "--yes")
    outcomes = await stream.outcomes(11)
    assert Counter(record.topic for record in outcomes) == {ENRICHED: 3, DUPLICATES: 1, REJECTED: 7}
    [duplicate] = [orjson.loads(record.value) for record in outcomes if record.topic == DUPLICATES]
    assert duplicate["kind"] == "same-article"
    shown = (await run(stream, "show", where[b"large-0"])).decode()
    assert f"as {RAW}/{replayed[b'large-0'].partition}/" in shown


@pytest.mark.parametrize("version", [0, 2], ids="transaction.version={}".format)
async def test_whether_a_replay_is_killed_or_overtaken_by_another_each_record_is_sent_once(stream, version):
    """As on a Kafka of today, and on one that was upgraded from before 4.0 and keeps the transactions of old."""
    await set_transaction_version(stream.settings, version)
    count = 20_000
    await stream.publish([dead(number, str(number).encode()) for number in range(count)], REJECTED)
    paused = await replay_under_way(stream, 0)
    paused.send_signal(signal.SIGSTOP)
    killed = await replay_under_way(stream, len(await stream.read([RAW])))
    killed.kill()
    await killed.communicate()
    assert len(await stream.read([RAW])) < count, "nothing was left to do: nothing was tested"
    assert b"passed over: replayed before" in await run(stream, "replay", "--yes")

    paused.send_signal(signal.SIGCONT)
    _, errors = await asyncio.wait_for(paused.communicate(), 60)
    assert paused.returncode == 1
    assert b"another replay shut this one out after" in errors
    replayed = Counter(record.key for record in await stream.read([RAW]))
    assert len(replayed) == count
    assert set(replayed.values()) == {1}
    assert len(await stream.read([marks_topic(stream.settings)])) == count


async def replay_under_way(stream: Stream, done: int) -> asyncio.subprocess.Process:
    """A replay that has just begun to send, after ``done`` records were sent before."""
    replay = await stream.start_command("rejected", "replay", "--yes")
    while len(await stream.read([RAW])) <= done:
        assert replay.returncode is None, "it ended before any of its records were seen"
        await asyncio.sleep(0.02)
    return replay


@pytest.mark.parametrize("protocol", TransactionProtocol)
async def test_a_commit_that_the_network_delivers_again_later_doubles_nothing_in_a_replay(stream, monkeypatch, protocol):
    """It comes between records and their marks, and then Kafka is gone. With v0 it commits those records without marks."""
    settings = replace(stream.settings, transactions=protocol)
    await stream.publish([dead(number, b"%d" % number) for number in range(8)], REJECTED)
    ends: list[tuple[int, object]] = []
    send, mark = AIOKafkaClient.send, Replay._mark

    async def remembered(client, node, request, **more):
        if request.API_KEY == EndTransaction.API_KEY:
            ends.append((node, request))
        return await send(client, node, request, **more)

    async def mark_late(self, producer, batch, sent_to):
        for node, commit in ends[1:]:  # the first is of the sweep
            await send(producer.client, node, commit, group=ConnectionGroup.COORDINATION)
            raise KafkaConnectionError("gone")
        await mark(self, producer, batch, sent_to)

    monkeypatch.setattr(replay, "_BATCH_RECORDS", 2)
    letters, _ = await plan_replay(settings, Query(), again=False)
    with monkeypatch.context() as patch:
        patch.setattr(AIOKafkaClient, "send", remembered)
        patch.setattr(Replay, "_mark", mark_late)
        with pytest.raises(KafkaConnectionError, match="gone"):
            await Replay(settings, letters, again=False).run(lambda _: None)
    letters, _ = await plan_replay(settings, Query(), again=False)
    await Replay(settings, letters, again=False).run(lambda _: None)
    replayed = Counter(record.key for record in await stream.read([RAW]))
    assert len(replayed) == 8
    doubled = sum(count > 1 for count in replayed.values())
    assert doubled == (0 if protocol is TransactionProtocol.NEWEST else 2)


async def test_a_replay_whose_commit_is_never_answered_ends_and_says_so(stream, monkeypatch):
    await stream.publish([dead(1, b"1")], REJECTED)
    letters, _ = await plan_replay(stream.settings, Query(), again=False)
    monkeypatch.setattr(replay, "_ANSWER_TIMEOUT_S", 5.0)
    monkeypatch.setattr(TransactionalProducer, "commit_transaction", lambda _: asyncio.sleep(3_600))
    with pytest.raises(KafkaTimeoutError, match="not ended a transaction within 5 s"):
        await Replay(stream.settings, letters, again=False).run(lambda _: None)
    assert not await stream.read([RAW])
    assert not await stream.has_open_transactions([RAW]), "workers would wait for it"


@pytest.mark.parametrize("version", [1, 2], ids="transaction.version={}".format)
async def test_records_that_kafka_refuses_in_news_raw_hold_nobody_up(stream, version):
    await set_transaction_version(stream.settings, version)
    huge = random.Random(1).randbytes(13_000_000)
    letters = [dead(number, b"%d" % number) for number in range(12)]
    letters[4:8:2] = [letter._replace(value=huge) for letter in letters[4:8:2]]
    await stream.publish(letters, REJECTED)
    for accepted in (10, 0):
        output = await run(stream, "replay", "--yes", status=1)
        assert f"{accepted} accepted, 2 refused".encode() in output
    assert sorted(int(record.key) for record in await stream.read([RAW])) == [0, 1, 2, 3, 5, 7, 8, 9, 10, 11]

"""A worker's pages, on a real Kafka."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections import Counter, defaultdict
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiokafka import TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from agents import deduplicate
from infra.ports import claim_port
from streams.kafka.step import OwnedStep
from streams.kafka.transport import Batch
from streams.steps import Decision, Output, Record, Step
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, PREPARED, RAW, REJECTED, SIGNATURES
from streams.watch.metrics import Metrics
from streams.watch.web import Watch
from tests.broker.stream import Raw, Stream

# Its topic exists; a test's step remembers something other than deduplicate.
HEADLINES = replace(deduplicate.HEADLINES, check=bytes)

LIMIT_S = 60.0


class Probe:
    """Requests a worker's pages, as a supervisor and Prometheus would."""

    def __init__(self, stream: Stream, session: aiohttp.ClientSession):
        self._stream = stream
        self._session = session
        self._base = f"http://127.0.0.1:{stream.settings.web_port}"

    async def get(self, path: str) -> tuple[int | None, dict]:
        """Status and answer; None while nobody listens."""
        try:
            async with self._session.get(self._base + path) as response:
                return response.status, await response.json()
        except aiohttp.ClientConnectionError:
            return None, {}

    async def until(self, path: str, status: int, every_s: float = 0.02) -> list[str]:
        """Ask until that is the status; returns what the worker waited for meanwhile."""
        reasons: dict[str, None] = {}
        async with asyncio.timeout(LIMIT_S):
            while (answer := await self.get(path))[0] != status:
                reasons |= dict.fromkeys(answer[1].get("waiting_for", ()))
                await asyncio.sleep(every_s)
        return list(reasons) + answer[1].get("waiting_for", [])

    async def metrics(self) -> dict[str, Counter]:
        """The values of each metric by the first of its labels in alphabetical order, "" without one; partitions added up."""
        async with self._session.get(self._base + "/metrics") as response:
            families = list(text_string_to_metric_families(await response.text()))
        found: dict[str, Counter] = defaultdict(Counter)
        for sample in (sample for family in families for sample in family.samples):
            label = next((value for name, value in sorted(sample.labels.items()) if name != "partition"), "")
            found[sample.name][label] += int(sample.value)
        return found

    async def metrics_when(self, condition) -> dict[str, Counter]:
        deadline = time.monotonic() + LIMIT_S
        while not condition(found := await self.metrics()):
            assert time.monotonic() < deadline, f"{found}\n{self._stream.logs()}"
            await asyncio.sleep(0.2)
        return found


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, web_port=claim_port()) as stream:
        yield stream


@pytest.fixture
async def probe(stream):
    async with aiohttp.ClientSession() as session:
        yield Probe(stream, session)


def article(number: int, language: str = "en") -> bytes:
    text = {
        "en": "The mayor of the town opened the bridge number {0} on Monday after years of work.",
        "de": "Der Bürgermeister der Stadt eröffnete am Montag nach Jahren der Arbeit die Brücke Nummer {0}.",
    }[language].format(number)
    return f'{{"title": "{text}", "text": "{text}"}}'.encode()


async def test_a_worker_says_what_it_waits_for_until_it_is_at_work_and_is_healthy_all_along(stream, probe):
    stream.start_worker()
    await probe.until("/health", 200)
    waited_for = await probe.until("/ready", 200)
    assert waited_for[0].startswith("the consumer group: ")
    assert {reason for reason in waited_for if reason.startswith("deduplicate news.prepared/")}
    assert await probe.get("/health") == (200, {"healthy": True, "problems": [], "warnings": []})
    partitions = (await probe.metrics())["headwater_partitions"]
    assert partitions == {"ready": 12, "waiting": 0}  # 4 of each step


async def test_every_record_is_counted_in_once_and_out_once(stream, probe):
    stream.start_worker()
    await probe.until("/ready", 200)
    languages = Counter(en=25, de=10)
    firsts = [article(number, language) for language, count in languages.items() for number in range(count)]
    bad = [b'{"title": ', b"", b'{"title": 7, "text": "A body."}', b'{"title": 8, "text": "A body."}']
    published = [*firsts, *firsts[:7], *bad]
    # In two rounds, so that a repeat can't happen to arrive before the first of its headline.
    await stream.publish([Raw(value, bytes([number % 5])) for number, value in enumerate(firsts)])
    await stream.outcomes(len(firsts))
    await stream.publish([Raw(value, bytes([number % 5])) for number, value in enumerate(published[len(firsts) :])])
    outcomes = Counter(record.topic for record in await stream.outcomes(len(published)))

    def counted(found: dict[str, Counter]) -> bool:
        out = sum(found["headwater_records_out_total"][topic] for topic in OUTCOMES)
        grouped = found["headwater_batch_records_sum"]["group"]
        return out == len(published) and grouped == len(firsts) and found["headwater_state_bytes"][PREPARED] > 0

    found = await probe.metrics_when(counted)
    records_in, records_out = found["headwater_records_in_total"], found["headwater_records_out_total"]
    assert outcomes == {ENRICHED: len(firsts), DUPLICATES: 7, REJECTED: len(bad)}
    assert records_in[RAW] == len(published)
    assert {topic: records_out[topic] for topic in OUTCOMES} == outcomes
    assert records_in[PREPARED] == records_out[PREPARED] == len(published) - len(bad)
    assert +found["headwater_articles_total"] == languages
    assert +found["headwater_duplicates_total"] == {"same-article": 7}
    assert +found["headwater_rejections_total"] == {"not-json": 1, "empty": 1, "wrong-type": 2}
    assert found["headwater_end_to_end_latency_seconds_count"] == outcomes
    assert found["headwater_batch_records_sum"] == {
        "prepare": len(published),
        "deduplicate": records_in[PREPARED],
        "group": len(firsts),
    }
    assert found["headwater_transaction_seconds_count"] == found["headwater_batch_records_count"]
    assert found["headwater_restore_seconds_count"]["deduplicate"] == 4


async def test_an_idle_stream_has_no_lag_though_it_ends_with_transaction_markers(stream, probe):
    stream.settings = replace(stream.settings, stall_s=8)  # looks every 2 s
    stream.start_worker()
    await probe.until("/ready", 200)
    await stream.publish([Raw(article(number), bytes([number])) for number in range(20)])
    await stream.outcomes(20)

    def caught_up(found: dict[str, Counter]) -> bool:
        lag = found["headwater_lag_records"]
        return lag.keys() == {RAW, PREPARED, SIGNATURES} and lag.total() == 0

    found = await probe.metrics_when(caught_up)
    assert found["headwater_healthy"][""] == 1


async def test_a_worker_is_not_ready_while_the_group_rebalances(stream, probe):
    """As long as the group waits for a frozen member; when all members answer, a rebalance is over at once."""
    stream.start_worker()
    await probe.until("/ready", 200)
    stream.settings = replace(stream.settings, web_port=0)
    frozen = stream.start_worker()
    half = {"ready": 6, "waiting": 0}  # of each step's 4
    await probe.metrics_when(lambda found: found["headwater_partitions"] == half)
    await probe.until("/ready", 200)
    frozen.send_signal(signal.SIGSTOP)
    try:
        stream.start_worker()
        reasons = await probe.until("/ready", 503)
        assert "the consumer group: rebalancing" in reasons
    finally:
        frozen.send_signal(signal.SIGCONT)
    await probe.until("/ready", 200)
    found = await probe.metrics()
    assert found["headwater_rebalances_total"][""] >= 2


async def test_a_port_that_is_taken_is_one_clear_line_and_no_worker(stream):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stream.settings.web_port))
        taken.listen()
        worker = stream.start_worker()
        assert await asyncio.to_thread(worker.wait, LIMIT_S) == 1
    assert "HEADWATER_WEB_PORT: [Errno" in stream.logs()
    assert "Traceback" not in stream.logs()


async def test_records_that_faust_never_delivers_make_a_worker_unhealthy(stream):
    """The test plays Faust's part and delivers nothing. Kafka itself reports that records are waiting."""

    def pass_on(record: Record, _: bytes | None) -> Decision:
        return Decision((Output(ENRICHED, record.key, record.value, (), record.timestamp),), record.value)

    async def nothing(*_):
        pass

    source = TopicPartition(PREPARED, 0)
    faust = SimpleNamespace(
        consumer=SimpleNamespace(seek=nothing, confirm_membership=nothing, hold=lambda _: None, let_go=lambda _: None),
        should_stop=False,
        rebalancing=False,
        rebalancing_count=1,
    )
    settings = replace(stream.settings, stall_s=2)
    owned = OwnedStep(faust, settings, Step("test", PREPARED, (ENRICHED,), pass_on, HEADLINES), [source])
    metrics = Metrics()
    delivery: Any = SimpleNamespace(joined=True, statuses=owned.statuses)
    watch = Watch(faust, delivery, settings, metrics)
    watch.start()

    async def until(condition) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)

    try:
        await until(lambda: not watch.waiting_for())
        # Four partitions share the records: enough for this one to get some.
        await stream.publish([Raw(b"x", bytes([number])) for number in range(40)], PREPARED)
        mine = [record for record in await stream.read([PREPARED]) if record.partition == 0]
        await until(watch.problems)
        assert watch.problems()[0].startswith(f"test news.prepared/0: records wait (lag {len(mine)}), none committed for ")
        owned.offer(Batch(mine, 0))
        await until(lambda: not watch.problems())
        await until(lambda: b'lag_records{partition="0",topic="news.prepared"} 0.0' in metrics.exposition()[0])
    finally:
        watch._task.cancel()
        await owned.release()

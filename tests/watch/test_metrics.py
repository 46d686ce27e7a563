"""Metrics and the pages of a worker, without Kafka."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiokafka import TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from agents import pipeline_steps
from streams.kafka.checks import Deviation
from streams.kafka.observer import Times, Wiped
from streams.kafka.partition import PartitionStatus
from streams.kafka.progress import SourceChange
from streams.memory import MemoryPipeline, MemoryRecord
from streams.records import Reason
from streams.settings import Settings, SettingsError
from streams.steps import Output
from streams.text.duplicates import DuplicateKind
from streams.topics import DUPLICATES, ENRICHED, PREPARED, RAW, REJECTED, SIGNATURES, STORIES
from streams.watch.lag import LagReader
from streams.watch.metrics import BatchHistogram, Metrics, tally, unread_ratio
from streams.watch.web import Motion, Watch, follow, health_app

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Settings(web_port=1, stall_s=60)
STEPS = pipeline_steps(SETTINGS)
PREPARE, DEDUPLICATE, *_ = STEPS
SOURCE = TopicPartition(PREPARED, 2)
AT_WORK = PartitionStatus("deduplicate news.prepared/2", SOURCE, 10, None, ended=False, state_folder=Path("nowhere"))


@pytest.mark.parametrize("port", ["web", "-1", "65536"])
def test_an_invalid_port_is_an_error_that_names_its_variable(port):
    with pytest.raises(SettingsError, match="HEADWATER_WEB_PORT"):
        Settings.from_environment({"HEADWATER_WEB_PORT": port})


def samples(metrics: Metrics) -> dict[str, float]:
    """Every sample of the exposition, under its name with its labels: ``headwater_x_total{kind="y"}``."""
    text = metrics.exposition()[0].decode()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")}


def record(topic: str = RAW, offset: int = 0) -> MemoryRecord:
    return MemoryRecord(topic, 0, offset, 0, None, b"")


STORY = b'{"title": "Ferry service resumes after storm", "text": "Boats left the harbour at noon after the long storm."}'
SPANISH = (
    '{"title": "El puerto reabre tras la tormenta", "text": "Los barcos salieron del puerto al mediodía de ayer."}'.encode()
)


def pipeline_outputs() -> list[Output]:
    pipeline = MemoryPipeline(STEPS)
    published = (STORY, STORY, SPANISH, b'{"title": ', b"")
    return [output for value in published for output in pipeline.publish(RAW, None, value, timestamp_ms=1_000)]


def test_language_kind_and_reason_are_counted_by_the_headers_of_the_pipelines_own_outputs():
    """If a header were renamed, these would count nothing."""
    counts = tally(pipeline_outputs())
    assert {
        each: counts[each] for each in counts if each[0] in (PREPARED, ENRICHED, DUPLICATES, REJECTED, SIGNATURES, STORIES)
    } == {
        (PREPARED, ""): 3,
        (ENRICHED, "en"): 1,
        (ENRICHED, "es"): 1,
        (SIGNATURES, ""): 2,
        (STORIES, "founded"): 2,
        (DUPLICATES, "same-article"): 1,
        (REJECTED, "not-json"): 1,
        (REJECTED, "empty"): 1,
    }


@pytest.mark.parametrize(
    ("language", "check", "counted"),
    [
        pytest.param(b"gl", b"pt", 1, id="another language"),
        pytest.param(b"pt", b"pt", None, id="the same"),
        pytest.param(b"nb", b"no", None, id="the same by another name"),
        pytest.param(b"pt", b"und", None, id="no opinion"),
        pytest.param(b"pt", None, None, id="nobody was asked"),
    ],
)
def test_second_opinions_that_differ_are_counted_by_language(language, check, counted):
    metrics = Metrics(STEPS)
    headers = (("ce_language", language), *((("ce_languagecheck", check),) if check else ()))
    metrics.committed(DEDUPLICATE, [record(PREPARED)], [Output(ENRICHED, b"", b"{}", headers, 0)], Times(0, 0, 0))
    name = f'headwater_language_disagreements_total{{language="{language.decode()}"}}'
    assert samples(metrics).get(name) == counted


def test_a_committed_batch_is_counted_in_and_out_by_topic_and_by_what_became_of_it():
    metrics = Metrics(STEPS)
    outputs = [output for output in pipeline_outputs() if output.topic in {PREPARED, REJECTED}]
    metrics.committed(PREPARE, [record(offset=offset) for offset in range(5)], outputs, Times(0.02, 0.015, 0.003))
    found = samples(metrics)
    assert found['headwater_records_in_total{topic="news.raw"}'] == 5
    assert found['headwater_records_out_total{topic="news.prepared"}'] == 3
    assert found['headwater_records_out_total{topic="news.rejected"}'] == 2
    assert found['headwater_rejections_total{reason="empty"}'] == 1
    assert found['headwater_batch_records_sum{step="prepare"}'] == 5
    assert found['headwater_decide_seconds_sum{step="prepare"}'] == 0.02
    assert found['headwater_decide_cpu_seconds_total{step="prepare"}'] == 0.015
    assert found['headwater_transaction_seconds_bucket{le="0.005",step="prepare"}'] == 1


def test_latency_is_the_age_of_the_raw_record_and_left_out_if_that_is_unknown():
    metrics = Metrics(STEPS)
    now_ms = int(time.time() * 1000)
    timestamps_ms = (now_ms - 4_000, now_ms + 60_000, 0)  # the second from a producer whose clock runs ahead
    metrics.committed(
        DEDUPLICATE,
        [record(PREPARED)],
        [Output(ENRICHED, None, b"", (), timestamp_ms) for timestamp_ms in timestamps_ms],
        Times(0.0, 0.0, 0.0),
    )
    found = samples(metrics)
    name = "headwater_end_to_end_latency_seconds"
    assert found[name + '_bucket{le="0.05",topic="news.enriched"}'] == 1
    assert found[name + '_bucket{le="2.5",topic="news.enriched"}'] == 1
    assert found[name + '_bucket{le="5.0",topic="news.enriched"}'] == 2
    assert found[name + '_count{topic="news.enriched"}'] == 2
    assert 4 <= found[name + '_sum{topic="news.enriched"}'] < 5


def test_every_kind_reason_topic_and_step_is_there_from_the_start_at_0():
    found = samples(Metrics(STEPS))
    expected = {f'headwater_duplicates_total{{kind="{kind}"}}' for kind in DuplicateKind}
    expected |= {f'headwater_rejections_total{{reason="{reason}"}}' for reason in Reason}
    expected |= {f'headwater_records_in_total{{topic="{topic}"}}' for topic in (RAW, PREPARED)}
    expected |= {f'headwater_records_out_total{{topic="{topic}"}}' for topic in (PREPARED, ENRICHED, DUPLICATES, REJECTED)}
    expected |= {
        f'headwater_{counter}_total{{step="{step}"}}'
        for step in ("prepare", "deduplicate")
        for counter in ("transactions_lost", "faults")
    }
    assert {name: found.get(name) for name in expected} == dict.fromkeys(expected, 0)


def test_lost_transactions_gaps_unread_offsets_faults_and_restores_are_counted_by_step():
    metrics = Metrics(STEPS)
    metrics.unread(DEDUPLICATE, 12)
    metrics.lost(PREPARE)
    metrics.gap(PREPARE)
    metrics.restored(DEDUPLICATE, 5_000, 0.7)
    metrics.wiped(DEDUPLICATE, Wiped.FOREIGN)
    metrics.changed(PREPARE, SourceChange.CUT_SHORT)
    metrics.faulted(DEDUPLICATE, 2)
    found = samples(metrics)
    assert found['headwater_transactions_lost_total{step="prepare"}'] == 1
    assert found['headwater_gaps_total{step="prepare"}'] == 1
    assert found['headwater_faults_total{step="deduplicate"}'] == 2
    assert found['headwater_unread_offsets_total{step="deduplicate"}'] == 12
    assert found['headwater_source_changes_total{change="cut-short",step="prepare"}'] == 1
    assert found['headwater_copies_wiped_total{reason="foreign",step="deduplicate"}'] == 1
    assert found['headwater_restored_changes_total{step="deduplicate"}'] == 5_000
    assert found['headwater_restore_seconds_bucket{le="1.0",step="deduplicate"}'] == 1


def test_each_steps_version_of_transactions_is_shown_once_it_has_begun():
    metrics = Metrics(STEPS)
    assert not any(name.startswith("headwater_transactions_version") for name in samples(metrics))
    metrics.began(PREPARE, 0)
    metrics.began(PREPARE, 2)
    assert samples(metrics)['headwater_transactions_version{step="prepare"}'] == 2


def test_a_partitions_samples_go_when_the_partition_goes():
    metrics = Metrics(STEPS)
    metrics.sampled({SOURCE: 7}, {PREPARED: 4096}, {SOURCE: range(2, 16)})
    assert samples(metrics)['headwater_lag_records{partition="2",topic="news.prepared"}'] == 7
    metrics.sampled({}, {})
    assert not [name for name in samples(metrics) if name.startswith(("headwater_lag", "headwater_state"))]


def test_two_workers_in_one_process_do_not_share_their_counts():
    one, other = Metrics(STEPS), Metrics(STEPS)
    one.lost(PREPARE)
    assert samples(other)['headwater_transactions_lost_total{step="prepare"}'] == 0


def filled() -> Metrics:
    metrics = Metrics(STEPS)
    doubted = Output(ENRICHED, b"", b"{}", (("ce_language", b"gl"), ("ce_languagecheck", b"pt")), 1_000)
    metrics.committed(DEDUPLICATE, [record(PREPARED)], [*pipeline_outputs(), doubted], Times(0.1, 0.1, 0.1))
    metrics.restored(DEDUPLICATE, 1, 0.1)
    metrics.sampled({SOURCE: 7}, {PREPARED: 4096}, {SOURCE: range(2, 16)})
    metrics.kept([Deviation("news.raw", "retention.ms", "1000", "-1", "it forgets", harms=False)])
    metrics.stands(ready=True, healthy=True, rebalances=1, partitions={"ready": 1, "waiting": 0})
    return metrics


def test_names_follow_prometheus_conventions_and_every_metric_says_what_it_means():
    """https://prometheus.io/docs/practices/naming/: prefix, base unit, plural, ``total`` at the end of what is counted."""
    families = list(text_string_to_metric_families(filled().exposition()[0].decode()))
    assert len(families) > 20
    for family in families:
        name = family.name
        assert re.fullmatch(r"(headwater|process)(_[a-z]+)+", name)
        assert not re.search(r"_(ms|millis|minutes|hours|kb|mb|count|sum|created)$", name), name
        assert family.documentation.endswith("."), name
        if family.type == "counter":  # the parser takes `_total` off
            assert {sample.name for sample in family.samples} == {name + "_total"}
        if family.type == "histogram":
            assert name.endswith(("_seconds", "_records")), name


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        pytest.param("", "text/plain", id="a person with curl"),
        pytest.param("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2", "openmetrics", id="Prometheus"),
    ],
)
def test_metrics_come_in_the_format_that_is_asked_for(accept, content_type):
    body, found = filled().exposition(accept)
    assert content_type in found
    assert body.endswith(b"# EOF\n") == (content_type == "openmetrics")


def test_a_histogram_of_batches_agrees_with_prometheus_own():
    bounds = (0.1, 1.0, 10.0)
    values = (0.0, 0.1, 0.5, 1.0, 2.0, 99.0)
    histogram = BatchHistogram("x_seconds", "X.", "topic", bounds)
    histogram.observe("a", values[:2])
    histogram.observe("a", values[2:])
    (family,) = histogram.collect()
    found = [sample.value for sample in family.samples if sample.name == "x_seconds_bucket"]
    assert found == [sum(value <= bound for value in values) for bound in (*bounds, float("inf"))]
    assert [sample.value for sample in family.samples if sample.name == "x_seconds_sum"] == [sum(values)]


def test_alerts_name_metrics_that_exist():
    rules = (ROOT / "infra/prometheus/alerts.yml").read_text("utf-8")
    existing = {name.partition("{")[0] for name in samples(filled())}
    named = set(re.findall(r"\b(?:headwater|process)_\w+", rules)) - {"headwater_runbooks"}  # a label, for the runbook
    assert named
    assert named <= existing


@pytest.mark.parametrize(
    ("before", "next_offset", "lag", "stuck_s"),
    [
        pytest.param(None, 10, 5, 0, id="seen for the first time"),
        pytest.param(Motion(10, 5, 40), 10, 5, 45, id="records wait and nothing is committed"),
        pytest.param(Motion(10, 5, 40), 10, 900, 45, id="more and more wait"),
        pytest.param(Motion(10, 5, 40), 11, 900, 0, id="slow, but it moves"),
        pytest.param(Motion(10, 0, 0), 10, 5, 0, id="idle for long, and the first record has just come"),
        pytest.param(Motion(10, 5, 40), 10, 0, 0, id="what waited has been deleted by Kafka"),
    ],
)
def test_stuck_is_a_partition_that_has_work_and_does_not_move(before, next_offset, lag, stuck_s):
    assert follow(before, next_offset, lag, elapsed_s=5) == Motion(next_offset, lag, stuck_s)


def seen(**fields: Any) -> Any:
    """What the watch sees of something that works beside it."""
    return SimpleNamespace(**fields)


class Worker:
    """What the watch sees of a worker: Faust's app, the delivery, and a clock that the test moves."""

    def __init__(self, monkeypatch, *statuses: PartitionStatus):
        self.app = seen(should_stop=False, rebalancing=False, rebalancing_count=1)
        self.delivery = seen(joined=True, statuses=lambda: list(self.statuses))
        self.statuses = statuses
        self.metrics = Metrics(STEPS)
        self.now = 0.0
        monkeypatch.setattr("streams.watch.web.time", SimpleNamespace(monotonic=lambda: self.now))
        self.watch = Watch(self.app, self.delivery, SETTINGS, self.metrics)

    def look(self, lag: int, passed_s: float = 5.0) -> None:
        self.now += passed_s
        self.watch.look({each.source: lag for each in self.statuses}, {each.source: each for each in self.statuses})

    async def get(self, path: str) -> tuple[int, dict]:
        async with TestClient(TestServer(health_app(self.watch, self.metrics))) as client:
            response = await client.get(path)
            return response.status, await response.json()


@pytest.fixture
def worker(monkeypatch):
    return Worker(monkeypatch, AT_WORK)


async def test_a_worker_at_work_is_healthy_and_ready(worker):
    assert await worker.get("/health") == (200, {"healthy": True, "problems": [], "warnings": []})
    assert await worker.get("/ready") == (200, {"ready": True, "waiting_for": []})


async def test_a_worker_without_partitions_is_healthy_and_ready(monkeypatch):
    worker = Worker(monkeypatch)
    assert (await worker.get("/health"))[0] == 200
    assert (await worker.get("/ready"))[0] == 200


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda it: setattr(it.delivery, "joined", False), "the consumer group: joining", id="starting"),
        pytest.param(lambda it: setattr(it.app, "rebalancing", True), "the consumer group: rebalancing", id="rebalancing"),
        pytest.param(lambda it: setattr(it.app, "should_stop", True), "nothing more: stopping", id="stopping"),
        pytest.param(
            lambda it: setattr(it, "statuses", (AT_WORK._replace(waiting_for="restoring"),)),
            "deduplicate news.prepared/2: restoring",
            id="restoring",
        ),
    ],
)
async def test_a_worker_that_is_not_at_work_yet_is_healthy_and_says_what_it_waits_for(worker, change, reason):
    change(worker)
    assert await worker.get("/health") == (200, {"healthy": True, "problems": [], "warnings": []})
    assert await worker.get("/ready") == (503, {"ready": False, "waiting_for": [reason]})


async def test_a_worker_that_commits_nothing_while_records_wait_is_unhealthy_after_the_time_set(worker):
    for _ in range(12):
        worker.look(lag=7)
    assert (await worker.get("/health"))[0] == 200, "55 s: from the first look to the last"
    worker.look(lag=8)
    problem = "deduplicate news.prepared/2: records wait (lag 8), none committed for 60 s"
    assert await worker.get("/health") == (503, {"healthy": False, "problems": [problem], "warnings": []})
    worker.watch.tell()
    assert samples(worker.metrics)["headwater_healthy"] == 0


async def test_a_stuck_worker_is_healthy_again_as_soon_as_it_commits(worker):
    for _ in range(20):
        worker.look(lag=7)
    assert (await worker.get("/health"))[0] == 503
    worker.statuses = (AT_WORK._replace(next_offset=11),)
    assert (await worker.get("/health"))[0] == 200
    worker.look(lag=6)
    assert (await worker.get("/health"))[0] == 200


async def test_a_worker_that_keeps_losing_its_transactions_is_stuck_too(worker):
    for number in range(20):
        worker.statuses = (AT_WORK._replace(waiting_for="acquiring" if number % 2 else None),)
        worker.look(lag=7)
    assert (await worker.get("/health"))[0] == 503


async def test_an_idle_worker_stays_healthy(worker):
    for _ in range(100):
        worker.look(lag=0)
    worker.look(lag=7)
    assert (await worker.get("/health"))[0] == 200


async def test_the_time_that_a_worker_was_paused_is_not_held_against_it(worker):
    worker.look(lag=7)
    worker.look(lag=7, passed_s=3_600)
    assert (await worker.get("/health"))[0] == 200


async def test_a_partition_whose_task_is_gone_makes_the_worker_unhealthy(worker):
    worker.statuses = (AT_WORK._replace(ended=True),)
    problem = "deduplicate news.prepared/2: its task has ended"
    assert await worker.get("/health") == (503, {"healthy": False, "problems": [problem], "warnings": []})


async def test_metrics_show_the_workers_status(worker):
    worker.statuses = (AT_WORK, AT_WORK._replace(source=TopicPartition(RAW, 0), waiting_for="acquiring"))
    async with TestClient(TestServer(health_app(worker.watch, worker.metrics))) as client:
        response = await client.get("/metrics")
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
    found = samples(worker.metrics)
    assert found["headwater_ready"] == 0
    assert found["headwater_healthy"] == 1
    assert found["headwater_rebalances_total"] == 1
    assert found['headwater_partitions{state="ready"}'] == found['headwater_partitions{state="waiting"}'] == 1


async def test_there_is_nothing_but_the_three_pages_and_nothing_to_post(worker):
    async with TestClient(TestServer(health_app(worker.watch, worker.metrics))) as client:
        assert (await client.get("/table/headlines/")).status == 404
        assert (await client.post("/health")).status == 405


async def test_a_watch_that_fails_is_told_as_a_problem(worker, monkeypatch):
    async def fail() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(worker.watch, "_look_on", fail)
    worker.watch.start()
    with pytest.raises(RuntimeError):
        await worker.watch._task
    assert (await worker.get("/health"))[1]["problems"] == ["the watch over the partitions has ended: RuntimeError('a bug')"]


async def test_a_kafka_that_does_not_answer_makes_the_worker_unready_not_unhealthy(monkeypatch):
    worker = Worker(monkeypatch, AT_WORK)
    worker.watch = Watch(worker.app, worker.delivery, replace(SETTINGS, brokers=("127.0.0.1:1",)), worker.metrics)
    worker.watch.start()
    try:
        for _ in range(600):
            if worker.watch.waiting_for():
                break
            await asyncio.sleep(0.05)
        status, answer = await worker.get("/ready")
        assert status == 503
        assert answer["waiting_for"][0].startswith("Kafka: no answer")
        assert (await worker.get("/health"))[0] == 200
    finally:
        worker.watch._task.cancel()


class Log:
    """A partition as a consumer of committed records sees it: records at some offsets, markers at the others."""

    def __init__(self):
        self.end = 0
        self.records: set[int] = set()
        self.reads = 0

    async def end_offsets(self, partitions):
        return dict.fromkeys(partitions, self.end)

    def assign(self, partitions):
        self.assigned = partitions

    def unsubscribe(self):
        self.assigned = []

    def seek(self, tp, offset):
        self.at = offset

    async def position(self, tp):
        return self.at

    async def getmany(self, *partitions, timeout_ms, max_records):
        assert list(partitions) == self.assigned
        self.reads += 1
        found = sorted(offset for offset in self.records if offset >= self.at)
        self.at = found[0] + 1 if found else self.end
        return {SOURCE: [SimpleNamespace(offset=found[0])]} if found else {}


async def test_lag_is_0_when_nothing_but_transaction_markers_follows():
    log = Log()
    lag_reader = LagReader(log)
    log.records, log.end = {0, 1, 2}, 5  # two markers
    assert await lag_reader.lags({SOURCE: 3}) == {SOURCE: 2}, "it has just moved: not worth a closer look"
    for _ in range(5):
        assert await lag_reader.lags({SOURCE: 3}) == {SOURCE: 0}
    assert log.reads == 1, "what is known to be empty is not read again"
    log.end = 8  # three more markers: another worker has begun
    assert await lag_reader.lags({SOURCE: 3}) == {SOURCE: 0}
    assert log.reads == 2


async def test_lag_is_told_while_a_record_waits_however_long():
    log = Log()
    lag_reader = LagReader(log)
    log.records, log.end = {0, 1, 2, 7}, 9
    assert await lag_reader.lags({SOURCE: 3}) == {SOURCE: 6}
    for _ in range(5):
        assert await lag_reader.lags({SOURCE: 3}) == {SOURCE: 2}, "from the record that waits to the end"
    assert log.reads == 1
    assert await lag_reader.lags({SOURCE: 8}) == {SOURCE: 1}
    assert await lag_reader.lags({SOURCE: 8}) == {SOURCE: 0}
    assert log.assigned == []


@pytest.mark.parametrize(
    ("lag", "kept", "ratio"),
    [
        pytest.param(50, range(100), 0.0, id="nothing was ever deleted"),
        pytest.param(0, range(900, 1000), 0.0, id="all is read"),
        pytest.param(80, range(900, 1000), 0.8, id="the oldest fifth is read"),
        pytest.param(150, range(900, 1000), 1.0, id="some is deleted already"),
        pytest.param(0, range(900, 900), 0.0, id="nothing is kept"),
    ],
)
def test_the_unread_share_of_what_kafka_keeps_is_shown(lag, kept, ratio):
    metrics = Metrics()
    metrics.sampled({SOURCE: lag}, {}, {SOURCE: kept})
    text, _ = metrics.exposition()
    labels = f'partition="{SOURCE.partition}",topic="{SOURCE.topic}"'
    assert unread_ratio(lag, kept) == ratio
    assert any(
        f"headwater_unread_ratio{{{each}}} {ratio}" in text.decode() for each in (labels, ",".join(reversed(labels.split(","))))
    )


def test_the_clock_is_the_machines(monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    text, _ = Metrics().exposition()
    assert "headwater_clock_seconds 1.7e+09" in text.decode()


async def test_a_partition_that_must_not_be_worked_on_makes_the_worker_unhealthy_and_says_why(worker):
    worker.statuses = (AT_WORK._replace(problem="news.prepared was deleted and recreated", waiting_for="restoring"),)
    problem = "deduplicate news.prepared/2: news.prepared was deleted and recreated"
    assert await worker.get("/health") == (503, {"healthy": False, "problems": [problem], "warnings": []})


async def test_topics_that_are_kept_wrongly_are_told_and_leave_a_worker_healthy_as_no_restart_would_help(worker):
    """Restarted, it would refuse to start."""
    finding = Deviation("news.prepared", "cleanup.policy", "compact", "delete", "records would go", harms=True)
    worker.watch = Watch(worker.app, worker.delivery, SETTINGS, worker.metrics, seen(findings=[finding]))
    assert await worker.get("/health") == (200, {"healthy": True, "problems": [], "warnings": [str(finding)]})
    worker.watch.tell()
    sample = 'headwater_topic_settings_wrong{harms="yes",setting="cleanup.policy",topic="news.prepared"} 1.0'
    assert sample in worker.metrics.exposition()[0].decode()
    worker.watch = Watch(worker.app, worker.delivery, SETTINGS, worker.metrics, seen(findings=[]))
    worker.watch.tell()
    assert "headwater_topic_settings_wrong{" not in worker.metrics.exposition()[0].decode()

"""Metrics: what a worker has done and how it is doing, in Prometheus' terms, all in one place.

:mod:`streams.kafka.delivery` reports each batch once, after its commit; no decision depends on anything here. Counts say what
this worker knows to be committed. If the answer to a commit was lost, its records may be committed but not counted, never the
other way round; a restarted worker counts from 0. To count articles exactly, count records in Kafka.

Every label has few values: topics, partitions, steps, kinds of duplicate, reasons for rejection, and detectable languages.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from itertools import accumulate
from typing import Final

import prometheus_client as prometheus
from aiokafka import TopicPartition
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from streams.documents import CHECK_HEADER, KIND_HEADER, LANGUAGE_HEADER, REASON_HEADER
from streams.kafka.checks import Deviation
from streams.kafka.observer import Times, Wiped
from streams.kafka.progress import SourceChange
from streams.records import Reason
from streams.steps import Output, Record, Step
from streams.stories import CHANGE_HEADER
from streams.text.duplicates import DuplicateKind
from streams.text.language.opinions import differs
from streams.text.stories.index import StoryChange
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, REJECTED, STORIES

# A `…_created` series beside each counter and histogram would double what is scraped.
prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]

# In seconds. A batch takes milliseconds on an idle Kafka, and up to the transaction's limit of 60 s on one in trouble.
_BATCH_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# A live article takes well under a second; one from a backlog, hours.
_LATENCY_BOUNDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)
_RESTORE_BOUNDS: Final = (0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
# In records.
_SIZE_BOUNDS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)

# The header by which records that consumers read are counted.
_TELLING_HEADERS: Final[Mapping[str, str]] = {
    ENRICHED: LANGUAGE_HEADER,
    STORIES: CHANGE_HEADER,
    DUPLICATES: KIND_HEADER,
    REJECTED: REASON_HEADER,
}


def tally(outputs: Iterable[Output]) -> Counter[tuple[str, str]]:
    """Count outputs by topic and, for those that consumers read, by language, change, kind or reason: ``(topic, which) →
    count``.

    ``which`` comes from the headers, nothing is parsed; it is "" if there is no such header.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for output in outputs:
        telling = _TELLING_HEADERS.get(output.topic)
        which = ""
        if telling is not None:
            for name, value in output.headers:  # a loop instead of `next`, because this runs for every record
                if name == telling:
                    which = value.decode()
                    break
        counts[output.topic, which] += 1
    return counts


def disagreements(outputs: Iterable[Output]) -> Counter[str]:
    """Count the articles whose second opinion names another language, by the language found: ``language → count``."""
    counts: Counter[str] = Counter()
    for output in outputs:
        found = {name: value.decode() for name, value in output.headers if name in {LANGUAGE_HEADER, CHECK_HEADER}}
        if len(found) == 2 and differs(found[LANGUAGE_HEADER], found[CHECK_HEADER]):
            counts[found[LANGUAGE_HEADER]] += 1
    return counts


def unread_ratio(lag: int, kept: range) -> float:
    """The share of the offsets that Kafka keeps that is waiting, 0 to 1; 0 while ``kept`` begins at 0: nothing was deleted."""
    return min(lag / len(kept), 1.0) if kept.start and kept else 0.0


class Metrics:
    """All metrics of one worker, in a registry of its own. Call it only from the event loop.

    ``steps`` are those that the worker runs: their series begin at 0, and so do those of every kind and reason. (A rate over a
    series that did not exist before would miss its first count.)
    """

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        self._registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=self._registry)
        self._counts_of_work()
        self._times_of_work()
        self._state_of_worker()
        self._rebalances_seen = 0
        for step in steps:
            self._records_in.labels(step.source)
            self._lost.labels(step.name)
            self._faults.labels(step.name)
            self._gaps.labels(step.name)
            self._unread.labels(step.name)
            for change in SourceChange:
                self._changes.labels(step.name, change.value)
            for wiped in Wiped:
                self._wiped.labels(step.name, wiped.value)
            for topic in step.sends_to:
                self._records_out.labels(topic)
        for became in StoryChange:
            self._stories.labels(became.value)
        for kind in DuplicateKind:
            self._duplicates.labels(kind.value)
        for reason in Reason:
            self._rejections.labels(reason.value)

    def _counts_of_work(self) -> None:
        self._records_in = self._counter("records_in", "Records of a source topic whose outcome was committed.", "topic")
        self._records_out = self._counter("records_out", "Records written to a topic and committed.", "topic")
        self._articles = self._counter(
            "articles", "Articles written to news.enriched, by detected language (und: undetermined).", "language"
        )
        self._disagreements = self._counter(
            "language_disagreements",
            "Articles in which the second opinion (HEADWATER_LANGUAGE_CHECK) is another language, by detected language.",
            "language",
        )
        self._stories = self._counter("stories", "Records written to news.stories, by what became of the story.", "change")
        self._duplicates = self._counter("duplicates", "Records written to news.duplicates, by kind.", "kind")
        self._rejections = self._counter("rejections", "Records written to news.rejected, by reason.", "reason")
        self._faults = self._counter(
            "faults",
            "Records that met a bug of Headwater's: rejected, or in the step `group` missing from news.stories.",
            "step",
        )
        self._lost = self._counter(
            "transactions_lost", "Transactions that failed, or whose outcome is unknown; the step began again.", "step"
        )
        self._gaps = self._counter(
            "gaps", "Batches that began beyond the next offset; Faust was sent back to deliver what is between.", "step"
        )
        self._unread = self._counter(
            "unread_offsets", "Offsets that Kafka had deleted, by its retention, before they were read.", "step"
        )
        self._changes = self._counter(
            "source_changes",
            "Partitions whose source is not the topic that was worked on: started over or, with /health saying why, refused.",
            "step",
            "change",
        )
        self._wiped = self._counter(
            "copies_wiped",
            "Times that local state was removed and restored: damaged, or foreign (of another changelog).",
            "step",
            "reason",
        )
        self._restored = self._counter("restored_changes", "Changelog records read to restore local state.", "step")
        self._rebalances = self._counter("rebalances", "Rebalances of the consumer group that this worker took part in.")

    def _times_of_work(self) -> None:
        self._batch_records = self._histogram(
            "batch_records", "Records of the source in one committed transaction.", "step", _SIZE_BOUNDS
        )
        self._decide = self._histogram(
            "decide_seconds", "Time to decide on a batch, including what else ran meanwhile.", "step", _BATCH_BOUNDS
        )
        self._decide_cpu = self._counter(
            "decide_cpu_seconds",
            "Processor time spent on deciding alone: the rest of the process's time is the stream's.",
            "step",
        )
        self._transaction = self._histogram(
            "transaction_seconds", "Time from the beginning of a transaction to its commit.", "step", _BATCH_BOUNDS
        )
        self._latency = BatchHistogram(
            "headwater_end_to_end_latency_seconds",
            "Age of a raw record, by its timestamp, when its outcome was committed; none for records without a timestamp.",
            "topic",
            _LATENCY_BOUNDS,
        )
        self._registry.register(self._latency)
        self._restore = self._histogram(
            "restore_seconds", "Time to bring the local state of a partition up to date.", "step", _RESTORE_BOUNDS
        )

    def _state_of_worker(self) -> None:
        self._build = self._gauge("build_info", "Always 1; the label tells the version of Headwater.", "version")
        self._build.labels(metadata.version("headwater-news")).set(1)
        self._ready = self._gauge("ready", "1 when the worker is at work on all of its partitions (/ready), else 0.")
        self._healthy = self._gauge("healthy", "0 when the worker is stuck and needs a restart (/health), else 1.")
        self._partitions = self._gauge("partitions", "Source partitions the worker owns: ready or waiting.", "state")
        self._lag = self._gauge(
            "lag_records",
            "Offsets between the next to be committed and the last stable one; 0 when no record waits, else it may count a few "
            "transaction markers. Only of partitions the worker owns, and absent while Kafka does not answer.",
            "topic",
            "partition",
        )
        self._unread_share = self._gauge(
            "unread_ratio",
            "Of what Kafka keeps of a partition, the share that waits; 0 as long as Kafka has deleted nothing. At 1, what it "
            "deletes next is unread.",
            "topic",
            "partition",
        )
        self._protocol = self._gauge(
            "transactions_version",
            "Kafka's transactions that a step's producer speaks: 2 if the cluster has them (KIP-890), else 0, the old ones.",
            "step",
        )
        self._clock = self._gauge("clock_seconds", "The local time, in seconds since 1970, to compare with the scraper's.")
        self._clock.set_function(time.time)
        self._misset = self._gauge(
            "topic_settings_wrong",
            "1 for each setting of a topic that differs from what `topics create` chooses; where it harms, no worker starts.",
            "topic",
            "setting",
            "harms",
        )
        self._state_bytes = self._gauge("state_bytes", "Size on disk of what is remembered for a topic's records.", "topic")

    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None:
        """A batch of ``records`` became ``outputs`` in one transaction, which was just committed."""
        self._records_in.labels(step.source).inc(len(records))
        self._batch_records.labels(step.name).observe(len(records))
        self._decide.labels(step.name).observe(times.decide_s)
        self._decide_cpu.labels(step.name).inc(times.decide_cpu_s)
        self._transaction.labels(step.name).observe(times.transaction_s)
        by_which: dict[str, prometheus.Counter] = {
            ENRICHED: self._articles,
            STORIES: self._stories,
            DUPLICATES: self._duplicates,
            REJECTED: self._rejections,
        }
        for (topic, which), count in tally(outputs).items():
            self._records_out.labels(topic).inc(count)
            if topic in by_which:
                by_which[topic].labels(which).inc(count)
        for language, count in disagreements(outputs).items():
            self._disagreements.labels(language).inc(count)
        now_ms = time.time() * 1000
        for topic in OUTCOMES:
            ages = [
                max(now_ms - output.timestamp_ms, 0.0) / 1000
                for output in outputs
                if output.topic == topic and output.timestamp_ms > 0
            ]
            if ages:
                self._latency.observe(topic, ages)

    def began(self, step: Step, version: int) -> None:
        """A step has started a new producer, with this version of Kafka's transactions."""
        self._protocol.labels(step.name).set(version)

    def lost(self, step: Step) -> None:
        """A transaction failed, or its outcome is unknown."""
        self._lost.labels(step.name).inc()

    def gap(self, step: Step) -> None:
        """Faust left records out and was sent back."""
        self._gaps.labels(step.name).inc()

    def unread(self, step: Step, offsets: int) -> None:
        """This many offsets of the source were deleted by Kafka before they were read."""
        self._unread.labels(step.name).inc(offsets)

    def restored(self, step: Step, changes: int, restore_s: float) -> None:
        """The local state of a partition is up to date again, after reading this many changes."""
        self._restored.labels(step.name).inc(changes)
        self._restore.labels(step.name).observe(restore_s)

    def changed(self, step: Step, change: SourceChange) -> None:
        """A partition's source is not the topic that was worked on: its work starts over or is refused."""
        self._changes.labels(step.name, change.value).inc()

    def wiped(self, step: Step, reason: Wiped) -> None:
        """Local state was removed and will be read again from the changelog."""
        self._wiped.labels(step.name, reason.value).inc()

    def faulted(self, step: Step, records: int) -> None:
        """This many records of a committed transaction met bugs of ours."""
        self._faults.labels(step.name).inc(records)

    def stands(self, *, ready: bool, healthy: bool, rebalances: int, partitions: Mapping[str, int]) -> None:
        """The worker's status; ``rebalances`` since it started, ``partitions`` by state."""
        self._ready.set(ready)
        self._healthy.set(healthy)
        self._rebalances.inc(rebalances - self._rebalances_seen)
        self._rebalances_seen = rebalances
        for state, count in partitions.items():
            self._partitions.labels(state).set(count)

    def kept(self, findings: Iterable[Deviation]) -> None:
        """How Kafka keeps the topics, as far as it is not as it should be: exactly these."""
        self._misset.clear()
        for each in findings:
            self._misset.labels(each.topic, each.setting, "yes" if each.harms else "no").set(1)

    def sampled(
        self,
        lags: Mapping[TopicPartition, int],
        state_bytes: Mapping[str, int],
        kept: Mapping[TopicPartition, range] | None = None,
    ) -> None:
        """Lag, in offsets, by source partition, and size of the local state by source topic: of exactly these.

        ``kept``: the offsets that Kafka keeps of each partition.
        """
        self._lag.clear()
        self._unread_share.clear()
        for tp, lag in lags.items():
            self._lag.labels(tp.topic, tp.partition).set(lag)
            if kept:
                self._unread_share.labels(tp.topic, tp.partition).set(unread_ratio(lag, kept[tp]))
        self._state_bytes.clear()
        for topic, size in state_bytes.items():
            self._state_bytes.labels(topic).set(size)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """Everything in the format that an Accept header asks for (text without one), and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def _counter(self, name: str, meaning: str, *labels: str) -> prometheus.Counter:
        return prometheus.Counter(f"headwater_{name}_total", meaning, labels, registry=self._registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> prometheus.Gauge:
        return prometheus.Gauge(f"headwater_{name}", meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, label: str, bounds: Sequence[float]) -> prometheus.Histogram:
        return prometheus.Histogram(f"headwater_{name}", meaning, (label,), buckets=bounds, registry=self._registry)


class BatchHistogram(Collector):
    """A histogram with one label that takes many values at once.

    prometheus_client's own takes two locks for each value, which costs seven times as much for a batch of 500.
    """

    def __init__(self, name: str, meaning: str, label: str, bounds: Sequence[float]) -> None:
        self._name, self._meaning, self._label = name, meaning, label
        self._bounds = bounds
        self._names = (*map(str, bounds), "+Inf")
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def observe(self, label: str, values: Sequence[float]) -> None:
        """Count each of the values in the first bucket whose bound it does not exceed."""
        counts = self._counts.setdefault(label, [0] * len(self._names))
        for bucket, count in Counter(bisect_left(self._bounds, value) for value in values).items():
            counts[bucket] += count
        self._sums[label] = self._sums.get(label, 0.0) + sum(values)

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(self._name, self._meaning, labels=(self._label,))
        for label, counts in self._counts.items():
            family.add_metric((label,), list(zip(self._names, accumulate(counts), strict=True)), self._sums[label])
        yield family

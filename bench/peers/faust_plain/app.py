"""A plain Faust app, as Faust's user guide writes one: one event at a time, a Table for what was seen, at least once.

It enriches with less than Headwater does: langdetect for the language, a list of words for subjects, trafilatura for HTML.
"""

from __future__ import annotations

import json
from os import environ

import faust
import trafilatura
from langdetect import DetectorFactory, LangDetectException, detect

run, job = environ["BENCH_RUN"], environ["BENCH_JOB"]
PARTITIONS = int(environ["BENCH_PARTITIONS"])
SUBJECTS = {
    "politics": {"parliament", "election", "electoral", "minister", "government", "vote"},
    "economy, business and finance": {"bank", "shares", "companies", "interest", "inflation", "costs"},
    "health": {"hospital", "vaccination", "health", "hospitals"},
    "sport": {"match", "goal", "stadium", "football", "season"},
}
DetectorFactory.seed = 0

app = faust.App(
    run,
    broker=f"kafka://{environ['BENCH_BROKERS']}",
    store="rocksdb://",
    datadir=environ["BENCH_STATE"],
    topic_partitions=PARTITIONS,
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    web_enabled=False,
)


class Article(faust.Record, serializer="json"):  # type: ignore[call-arg]
    """What a producer meant."""

    title: str
    text: str
    language: str | None = None
    subjects: list[str] | None = None


class Event(faust.Record, serializer="json"):  # type: ignore[call-arg]
    """An event of the dedup-only job."""

    id: str
    title: str
    body: str


seen = app.Table("seen", partitions=PARTITIONS, options={"driver": "rocksdict"})


if job == "dedup":
    events = app.topic(f"{run}-events", value_type=Event, key_type=bytes)
    firsts = app.topic(f"{run}-firsts", value_type=Event, key_type=bytes)

    @app.agent(events)
    async def deduplicate_events(stream: faust.Stream[Event]) -> None:
        """Pass on each id once."""
        async for record in stream.events():
            if record.value.id not in seen:
                seen[record.value.id] = record.message.timestamp
                await firsts.send(key=record.key, value=record.value, timestamp=record.message.timestamp)

else:
    raw = app.topic(f"{run}-raw", value_type=bytes, value_serializer="raw")
    articles = app.topic(f"{run}-articles", value_type=Article)
    enriched = app.topic(f"{run}-enriched", value_type=Article)
    duplicates = app.topic(f"{run}-duplicates", value_type=Article)

    @app.agent(raw)
    async def read_articles(stream: faust.Stream[bytes]) -> None:
        """Read each article and send it on by its title, so that equal titles meet."""
        async for record in stream.events():
            content_type = dict(record.message.headers)["content-type"]
            article = read(record.value, content_type)
            await articles.send(key=article.title.lower(), value=article, timestamp=record.message.timestamp)

    @app.agent(articles)
    async def enrich_articles(stream: faust.Stream[Article]) -> None:
        """Pass on the first article of each title, with its language and subjects."""
        async for record in stream.events():
            article = record.value
            key = article.title.lower()
            if key in seen:
                await duplicates.send(key=key, value=article, timestamp=record.message.timestamp)
                continue
            seen[key] = record.message.timestamp
            try:
                article.language = detect(article.text)
            except LangDetectException:
                article.language = "und"
            words = set(article.text.lower().split())
            article.subjects = [subject for subject, about in SUBJECTS.items() if words & about]
            await enriched.send(key=key, value=article, timestamp=record.message.timestamp)


def read(value: bytes, content_type: bytes) -> Article:
    """Read JSON, HTML or text."""
    if content_type.startswith(b"application/json"):
        document = json.loads(value)
        return Article(title=document["title"], text=document["text"])
    if content_type.startswith(b"text/html"):
        page = trafilatura.bare_extraction(value.decode())
        return Article(title=(page and page.title) or "", text=(page and page.text) or "")
    lines = value.decode().splitlines()
    return Article(title=max(lines[:10], key=len), text="\n".join(lines))


if __name__ == "__main__":
    app.main()

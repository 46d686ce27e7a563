"""Keep the latest version of each article in DuckDB, and export what may be published: pip install confluent-kafka duckdb."""

import json
import os
from typing import Any

import duckdb
from confluent_kafka import Consumer

FOLDER = os.environ.get("FOLDER", ".")
TABLE = """
create table if not exists articles (uri text primary key, version hugeint, version_created timestamptz, status text,
  language text, headline text, body text, subjects json)"""
UPSERT = """
insert into articles values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (uri) do update set version = excluded.version, version_created = excluded.version_created,
  status = excluded.status, language = excluded.language,
  headline = excluded.headline, body = excluded.body, subjects = excluded.subjects
where (excluded.version, excluded.version_created) >= (version, version_created)"""
EXPORT = f"""
copy (select * from articles where status = 'usable' order by uri)
to '{FOLDER}/articles.parquet' (format parquet, compression zstd)"""


def row(article: dict[str, Any]) -> tuple[Any, ...]:
    version = article.get("version", "")
    return (
        article["uri"],
        min(int(version), 10**30) if version.isdecimal() else 0,
        article.get("versionCreated", "1970-01-01T00:00:00Z"),
        article["pubStatus"],
        article.get("language"),
        article.get("headlines", [{}])[0].get("value"),
        article.get("bodies", [{}])[0].get("value"),
        json.dumps(article.get("subjects", [])),
    )


consumer = Consumer(
    {
        "bootstrap.servers": os.environ.get("BROKERS", "localhost:9092"),
        "group.id": os.environ.get("GROUP", "example"),
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.subscribe(["news.enriched"])
with duckdb.connect(f"{FOLDER}/articles.duckdb") as database:
    database.execute(TABLE)
    while True:
        if records := consumer.consume(500, timeout=1.0):
            database.begin()
            database.executemany(UPSERT, [row(json.loads(record.value())) for record in records])
            database.commit()
            database.execute(EXPORT)
            consumer.commit(asynchronous=False)

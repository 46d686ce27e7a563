"""Keep the latest version of each article in PostgreSQL: pip install confluent-kafka psycopg[binary].

A record that comes again changes nothing, an older version changes nothing, a kill takes the text out and stays as a kill.
"""

import json
import os
from typing import Any

import psycopg
from confluent_kafka import Consumer

TABLE = """
create table if not exists articles (uri text primary key, version numeric not null, version_created timestamptz,
  status text not null, language text, headline text, body text, subjects jsonb, document jsonb not null)"""
UPSERT = """
insert into articles values (%(uri)s, %(version)s, %(version_created)s, %(status)s, %(language)s, %(headline)s, %(body)s,
  %(subjects)s, %(document)s)
on conflict (uri) do update set (version, version_created, status, language, headline, body, subjects, document)
  = (excluded.version, excluded.version_created, excluded.status, excluded.language, excluded.headline, excluded.body,
     excluded.subjects, excluded.document)
where (excluded.version, coalesce(excluded.version_created, '-infinity'))
  >= (articles.version, coalesce(articles.version_created, '-infinity'))"""


def row(article: dict[str, Any]) -> dict[str, Any]:
    version = article.get("version", "")
    return {
        "uri": article["uri"],
        "version": int(version) if version.isdecimal() else 0,
        "version_created": article.get("versionCreated"),
        "status": article["pubStatus"],
        "language": article.get("language"),
        "headline": article.get("headlines", [{}])[0].get("value"),
        "body": article.get("bodies", [{}])[0].get("value"),
        "subjects": json.dumps(article.get("subjects", [])),
        "document": json.dumps(article),
    }


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
with psycopg.connect(os.environ.get("DATABASE", "")) as database:
    database.execute(TABLE)
    database.commit()
    while True:
        records = consumer.consume(500, timeout=1.0)
        if not records:
            continue
        with database.transaction(), database.cursor() as cursor:
            cursor.executemany(UPSERT, [row(json.loads(record.value())) for record in records])
        consumer.commit(asynchronous=False)  # after the database: what is committed twice is written twice, to no effect

"""The main job on a real Kafka: raw articles in, each in exactly one outcome."""

from __future__ import annotations

import orjson
import pytest

from streams.samples import load_samples
from streams.steps import header
from streams.topics import DUPLICATES, ENRICHED, REJECTED
from tests.broker.stream import Raw, Stream, origins


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path) as stream:
        yield stream


def raw_sample(name: str, key: bytes = b"k") -> Raw:
    sample = next(sample for sample in load_samples() if sample.name == name)
    headers = [("content-type", sample.content_type.encode())] if sample.content_type else []
    return Raw(sample.value, key, headers)


async def test_the_seed_page_comes_out_as_one_clean_tagged_article(stream):
    stream.start_worker()
    await stream.publish([raw_sample("seed-article.txt")])
    [record] = await stream.outcomes(1)
    assert record.topic == ENRICHED
    document = orjson.loads(record.value)
    assert [each["value"] for each in document["headlines"]] == ["Russia: We are open to negotiations with Ukraine"]
    assert document["language"] == "en"
    assert document["located"] == "Capitals"
    assert {"name": "Agencies", "role": "agency"} in document["infoSources"]
    subjects = {subject["uri"].rpartition("/")[2] for subject in document["subjects"] if "uri" in subject}
    assert subjects >= {"16000000", "11000000"}, "conflict, war and peace; politics"
    keywords = {subject["literal"] for subject in document["subjects"] if "literal" in subject}
    assert keywords >= {"Russia", "negotiations", "Ukraine"}
    body = document["bodies"][0]["value"]
    assert body.startswith("Yesterday the Kremlin declined")
    for furniture in ("Leave a Comment", "Scroll to Top", "We are open to negotiations with Ukraine", "#Russia"):
        assert furniture not in body
    assert record.key.decode() == document["uri"].rpartition(":")[2]
    assert header(record, "ce_subject") == document["uri"]


async def test_a_repeated_headline_is_recorded_as_a_duplicate_and_names_its_owner(stream):
    stream.start_worker()
    story = b'{"title": "Ferry service resumes after storm", "text": "Boats left at noon.", "url": "https://a.example/1"}'
    again = b'{"title": "FERRY SERVICE RESUMES after storm", "text": "Boats left at noon.", "url": "https://b.example/2"}'
    await stream.publish([Raw(story, b"k")])
    await stream.outcomes(1)
    await stream.publish([Raw(again, b"k")])
    by_topic = {record.topic: orjson.loads(record.value) for record in await stream.outcomes(2)}
    assert by_topic.keys() == {ENRICHED, DUPLICATES}
    duplicate = by_topic[DUPLICATES]
    assert duplicate["kind"] == "same-article"
    assert f"urn:headwater:article:{duplicate['owner']['id']}" == by_topic[ENRICHED]["uri"]
    assert duplicate["outlet"] == "b.example"


async def test_bad_input_is_rejected_with_its_bytes_and_reason_and_holds_nobody_up(stream):
    stream.start_worker()
    good = b'{"title": "Harbour bridge opens to traffic", "text": "The mayor cut the ribbon on Monday."}'
    bad = {
        b"not json": (Raw(b'{"title": ', b"not json", [("content-type", b"application/json")]), "not-json"),
        b"not utf-8": (Raw(b"\x81\x8d\x8f caf\xe9", b"not utf-8"), "not-utf-8"),
        b"no text": (Raw(b'{"title": "", "text": ""}', b"no text"), "no-text"),
        b"tombstone": (Raw(None, b"tombstone"), "tombstone"),
        b"5 MB line": (Raw(b"x" * 5_000_000, b"5 MB line"), "too-large"),
        b"40 MB, compressed": (Raw(b"x" * 40_000_000, b"40 MB, compressed"), "too-large"),
        b"number": (Raw(b'{"title": 7, "text": "A body."}', b"number"), "wrong-type"),
        b"deep": (Raw(b'{"title":' + b"[" * 500 + b"]" * 500 + b"}", b"deep"), "too-deep"),
    }
    published = [
        Raw(good, b"first"),
        *(raw for raw, _ in bad.values()),
        Raw(good.replace(b"opens", b"closes"), b"last"),
    ]
    places = await stream.publish(published)
    outcomes = await stream.outcomes(len(published))
    assert origins(outcomes) == sorted(places)
    rejected = {record.key: record for record in outcomes if record.topic == REJECTED}
    assert rejected.keys() == bad.keys()
    for key, (raw, reason) in bad.items():
        record = rejected[key]
        assert record.value == (raw.value if raw.value is None or len(raw.value) < 14_000_000 else raw.value[: 1 << 20])
        assert header(record, "__streams.errors.exception") == reason
        assert header(record, "__streams.errors.topic") == "news.raw"
        assert header(record, "ce_origin") == places[published.index(raw)]
    assert sum(record.topic == ENRICHED for record in outcomes) == 2

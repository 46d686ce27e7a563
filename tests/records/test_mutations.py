"""Samples broken in the ways that producers, networks and attackers break them: each ends as an article or a rejection.

The mutations are drawn with fixed seeds, so a failure names its case.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.prepare import prepare_step
from streams.articles import LEDGER_ENTRIES, Article, article_from_json, article_to_json, prepare_article
from streams.records import Draft, Reason, Rejection, read_record
from streams.samples import load_samples
from streams.settings import Settings
from streams.topics import PREPARED, REJECTED

SAMPLES = [sample for sample in load_samples() if sample.value and len(sample.value) < 20_000]
TYPES = [
    None, "", "application/json", "text/html", "text/plain", "application/cloudevents+json", "text/html; charset=utf-16",
    "text/plain; charset=", "application/json; charset=koi8-r", "text/html; charset=shift_jis", "\0", "a" * 5_000,
    'TEXT/HTML;CHARSET="utf-8"', "application/cloudevents-batch+json", "multipart/x", "text/plain; charset=idna",
]  # fmt: skip
HOSTILE_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**18, "", " ", "\0", "\ufffd", "\u202e\u200b", "<p>", "</p>", "<html>", "&#0;&#x11;",
    "&" * 200, "#" * 200, "http://", "https://[::1", "https://x.example/" + "%" * 50, [], {}, [[]], [None], {"": ""},
    {"@id": 5}, {"@type": ["NewsArticle", 5]}, {"value": {"value": "x"}}, {"sections": [5, {"headline": 5}]}, "1" * 400,
    "9" * 18, "-" * 300, "2026-13-45T99:99:99Z", "a" * 20_000, "\n" * 2_000, "[+1 chars]", "\u202e" * 50, "1/9\n" * 9, "Â" * 20,
]  # fmt: skip


def truncated(chance: random.Random, value: bytes) -> bytes:
    return value[: chance.randrange(len(value) + 1)]


def flipped(chance: random.Random, value: bytes) -> bytes:
    broken = bytearray(value)
    for _ in range(chance.randrange(1, 30)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def spliced(chance: random.Random, value: bytes) -> bytes:
    other = chance.choice(SAMPLES).value or b""
    return value[: chance.randrange(len(value) + 1)] + other[chance.randrange(len(other) + 1) :]


def repeated(chance: random.Random, value: bytes) -> bytes:
    start = chance.randrange(len(value))
    piece = value[start : start + chance.randrange(1, 40)]
    return value[:start] + piece * chance.randrange(2, 300) + value[start:]


def recoded(chance: random.Random, value: bytes) -> bytes:
    codec = chance.choice(["utf-16", "utf-16-be", "utf-32", "cp1252", "cp1251", "shift_jis", "gb18030", "utf-7", "iso2022_jp"])
    return value.decode("utf-8", "replace").encode(codec, "replace")


def misread(chance: random.Random, value: bytes) -> bytes:
    return value.decode(chance.choice(["cp1252", "latin-1", "cp1251"]), "replace").encode()


def swapped(chance: random.Random, value: bytes) -> bytes:
    """A field of JSON with another value, under its own name, another's or twice."""
    try:
        record = orjson.loads(value)
        orjson.dumps(record)
    except (orjson.JSONDecodeError, TypeError):  # no JSON, or too deep to be written
        return flipped(chance, value)
    if isinstance(record, dict) and record:
        name = chance.choice(list(record))
        wrong = chance.choice([*HOSTILE_VALUES, record[chance.choice(list(record))]])
        if chance.random() < 0.3:
            encoded = orjson.dumps(record)
            return encoded[:-1] + b"," + orjson.dumps(name) + b":" + orjson.dumps(wrong) + b"}"
        record[chance.choice([name, name.upper(), "html", "data", "@graph", "specversion", "articles", "@type"])] = wrong
    return orjson.dumps(record)


def not_json(chance: random.Random, value: bytes) -> bytes:
    wrong = chance.choice(
        [b"NaN", b"-Infinity", b'"\\ud83d"', b"1e999", b"9" * 5_000, b"[" * 3_000, b'{"a":' * 1_500, b"01", b'"\\u0000"']
    )
    at = value.find(b":", chance.randrange(len(value)))
    return value[: at + 1] + wrong + chance.choice([b",", b"", b"}"]) + value[at + 1 :]


def nested(chance: random.Random, value: bytes) -> bytes:
    depth = chance.choice([10, 40, 300, 5_000])
    return chance.choice(
        [b"<div>" * depth + value, b'{"data":' * depth + value + b"}" * depth, b"[" * depth + value + b"]" * depth]
    )


MUTATIONS: list[Callable[[random.Random, bytes], bytes]] = [
    truncated, flipped, spliced, repeated, recoded, misread, swapped, swapped, swapped, not_json, nested,
]  # fmt: skip


def mutants(seed: int, count: int):
    chance = random.Random(seed)
    for number in range(count):
        sample = chance.choice(SAMPLES)
        value = sample.value or b""
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            value = chance.choice(MUTATIONS)(chance, value or b"{}")
        content_type = chance.choice(TYPES) if chance.random() < 0.4 else sample.content_type
        yield f"seed {seed}, {number}: {sample.name}", value, content_type


@pytest.mark.parametrize("seed", range(8))
def test_every_broken_sample_is_an_article_or_a_clear_rejection(seed: int) -> None:
    kinds = set()
    for case, value, content_type in mutants(seed, 150):
        read = read_record(value, content_type)
        outcome = prepare_article(read) if isinstance(read, Draft) else read
        kinds.add(type(outcome))
        if isinstance(outcome, Article):
            assert outcome.headline, case
            handed_on = replace(outcome, cuts=outcome.cuts[: LEDGER_ENTRIES - len(outcome.repairs)])
            assert article_from_json(article_to_json(outcome)) == handed_on, case
        else:
            assert isinstance(outcome, Rejection), case
            assert outcome.message, case
    assert kinds == {Article, Rejection}


class Raw:
    """A record of news.raw."""

    topic, partition, offset, timestamp, key = "news.raw", 0, 0, -1, None

    def __init__(self, value: bytes | None, *headers: tuple[str, Any]) -> None:
        self.value, self.headers = value, headers


ODD_HEADERS = {
    "none": (),
    "a null": (("content-type", None),),
    "no text": (("content-type", b"\xff\xfe\0"),),
    "twice": (("content-type", b"text/html"), ("content-type", b"application/json")),
    "another case": (("Content-Type", b"application/json"),),
    "a thousand": tuple((f"x-{number}", b"y" * 100) for number in range(1_000)),
    "CloudEvent, binary": (("ce_specversion", b"1.0"), ("ce_id", b"7"), ("content-type", b"application/json")),
}


@pytest.mark.parametrize("headers", ODD_HEADERS.values(), ids=ODD_HEADERS)
def test_odd_headers_do_no_harm(headers: tuple[tuple[str, Any], ...]) -> None:
    decide = prepare_step(Settings()).decide
    [good] = decide(Raw(b'{"title": "Bridge closed"}', *headers), None).outputs
    [bad] = decide(Raw(b'{"title": ', *headers), None).outputs
    assert (good.topic, bad.topic) == (PREPARED, REJECTED)


def test_a_content_type_counts_whatever_the_case_of_its_name() -> None:
    [output] = prepare_step(Settings()).decide(Raw(b'{"title": "T"}', ("Content-Type", b"text/plain")), None).outputs
    assert orjson.loads(output.value)["headline"] == '{"title": "T"}'


# Bounded inputs, each of which once made some parser quadratic, deep or large.
BOMBS = {
    "a million levels of JSON": (b"[" * 1_000_000, Reason.TOO_DEEP),
    "JSON-LD without end": (
        b'<html><script type="application/ld+json">' + b'{"@graph":[' * 900 + b"]}" * 900 + b"</script><p>x",
        None,
    ),
    "half a million nodes of JSON-LD": (
        b'<html><script type="application/ld+json">[' + b"{}," * 500_000 + b"{}]</script><p>x",
        None,
    ),
    "entities of entities": (
        b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><html><body><p>&j;</p></body></html>",
        None,
    ),
    "two million bytes of scripts": (b"<html><body>" + b"<script>for(;;);</script>" * 19_000 + b"<p>x", None),
    "a hundred thousand levels of HTML": (b"<html><body>" + b"<span>" * 100_000, Reason.TOO_LARGE),
    "tables within tables": (b"<html><body>" + b"<table><tr><td>" * 130_000, Reason.TOO_LARGE),
    "an element of many attributes": (
        b"<html><body><p " + b"".join(b' a%d=">"' % n for n in range(100_000)) + b">x",
        Reason.UNREADABLE_HTML,
    ),
    "a document type without end": (b"<!doctype " * 200_000, None),
    "an open comment": (b"<html><body><!--" + b"-" * 1_500_000, None),
    "meta tags": (b"<html><head>" + b'<meta name="a" content="b">' * 15_000 + b"<p>x", None),
    "spaces": (b"<html><head><title>" + b" " * 1_500_000, None),
    "an author without end": (b'{"title":"T","author":"' + b"a" * 1_000_000 + b'"}', None),
    "authors without end": (b'{"title":"T","author":["' + b'","'.join([b"a" * 900 + b"@"] * 1_000) + b'"]}', None),
    "quotes that nothing closes": ("Robot. " + "“" * 19_000).encode(),
    "a line of ampersands": (b'{"title":"' + b"&" * 1_000_000 + b'"}', None),
    "a line of hashes": (b'{"title":"T","tags":"' + b"#" * 1_000_000 + b'"}', None),
    "a line of capital As with circumflex": ('{"title":"T","body":"' + "Ã" * 400_000 + '"}').encode(),
    "bytes of no encoding": bytes(range(128, 256)) * 8_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_a_value_too(bomb: Any) -> None:
    value, reason = bomb if isinstance(bomb, tuple) else (bomb, None)
    read = read_record(value)
    outcome = prepare_article(read) if isinstance(read, Draft) else read
    assert isinstance(outcome, Article | Rejection)
    assert reason is None or (isinstance(outcome, Rejection) and outcome.reason is reason), outcome


# fmt: off
pieces = st.sampled_from((
    b'{"title":', b'"body":', b'"', b"{", b"}", b"[", b"]", b",", b"\\u00", b"null", b"<html>", b"<p>", b"</p>", b"<script ",
    b"&lt;", b'type="application/ld+json">', b"</script>", b"&#", b"\xff\xfe", b"\xef\xbb\xbf", b"\0\0\0\0\1", b"\n",
    b"charset=gbk", b'"specversion":"1.0","data_base64":"', "速報".encode(), "é".encode("cp1252"),
    b"accept all cookies", b"A sentence ends.",
))
# fmt: on
records = st.lists(st.binary(max_size=40) | pieces, max_size=30).map(b"".join)
content_types = st.sampled_from(
    (None, "application/json", "text/html; charset=utf-16", "text/plain", "application/cloudevents+json")
)


@given(records, content_types)
def test_any_bytes_give_an_article_or_a_rejection(value: bytes, content_type: str | None) -> None:
    draft = read_record(value, content_type)
    if isinstance(draft, Draft):
        assert draft.headline or draft.text
        assert isinstance(prepare_article(draft), Article | Rejection)
    else:
        assert isinstance(draft, Rejection)


def test_a_hundred_megabytes_are_refused_unread() -> None:
    outcome = read_record(b"<div>" * 20_000_000, "text/html")
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.TOO_LARGE

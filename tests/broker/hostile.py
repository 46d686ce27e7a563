"""Records as an attacker may write them: good articles and samples with one thing wrong, drawn from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from streams.records.fields import FIELDS
from streams.samples import load_samples
from tests.broker.wire import Wire

JSON: Final = (b"content-type", b"application/json")
LONG_DIGITS: Final = 5_000
DEEP: Final = 20_000

STOPPED_ONCE: Final = (
    b'{"@type":"NewsArticle","name":123,"articleBody":"hello world this is it"}',
    b'{"fields":{"headline":5},"title":"x"}',
    b'{"fields":{"body":5},"title":"x y z"}',
)
"""Each of these once stopped every worker for ever; others of their kind are drawn."""

# As JSON text, so that they include what no JSON library writes.
WRONG_VALUES: Final = (
    "null", "true", "false", "0", "-0", "5", "-1.5", "1e400", "-1e999", "NaN", "Infinity", "1" * LONG_DIGITS, "9" * 19,
    '""', '" "', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\r\\nX-Evil: 1\\u001b[31m"', '"\\u202e\\u2066"',
    '"2026-13-45T99:99:99Z"', '"https://[::1"', '"http://a.example:99999999/"', '"javascript:alert(1)"',
    '"' + "x" * 70_000 + '"', '"' + " " * 70_000 + '"', '"' + "&amp;" * 9_000 + '"', '"' + "<div>" * 3_000 + '"',
    "[]", "[null]", "[[]]", '[5, "x", {}]', "{}", '{"": {}}', '{"name": 5}', '{"value": []}', '{"$": 1}',
    '{"@value": {"@id": 7}}', '{"rendered": 5}',
    '{"__html": null}', '{"name": ["x", 5, null]}', '[{"name": {"name": {"name": 5}}}]',
)  # fmt: skip

SHAPES: Final[tuple[dict[str, Any], ...]] = (
    {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "H", "articleBody": "B", "name": "N",
     "author": [{"@type": "Person", "name": "A"}], "publisher": {"name": "P"}, "mainEntityOfPage": {"@id": "https://a.example/1"}},
    {"webTitle": "H", "fields": {"headline": "H", "body": "<p>B</p>", "byline": "A", "bodyText": "B"}, "webUrl": "https://a.example/2"},
    {"source": {"id": None, "name": "P"}, "title": "H", "description": "D", "content": "B", "author": "A", "url": "https://a.example/3"},
    {"uri": "urn:x:1", "headlines": [{"role": "main", "value": "H"}], "bodies": [{"role": "main", "value": "B"}],
     "subjects": [{"name": "S", "uri": "x"}], "infoSources": [{"name": "P"}], "altIds": [{"role": "url", "value": "x"}]},
    {"headline": "H", "body_xhtml": "<p>B</p>", "byline": "A", "versioncreated": "2026-01-01T00:00:00Z",
     "subject": [{"name": "S"}]},
    {"title": {"rendered": "H"}, "content": {"rendered": "<p>B</p>"}, "guid": {"rendered": "https://a.example/4"}, "tags": [1]},
    {"specversion": "1.0", "type": "x", "source": "/x", "id": "1", "datacontenttype": "application/json",
     "data": {"title": "H", "text": "B"}},
    {"schema": {"type": "struct"}, "payload": {"after": {"title": "H", "text": "B"}}},
    {"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", "headline": "H", "articleBody": "B"}]},
    {"articles": [{"title": "H", "content": "B"}]},
    {"_source": {"title": "H", "text": "B", "meta": {"language": "en"}}},
    {"headline": {"main": "H", "kicker": "K"}, "lead_paragraph": "B", "byline": {"original": "By A"},
     "keywords": [{"value": "k"}], "web_url": "https://a.example/5", "multimedia": []},
)  # fmt: skip


def poison(chance: random.Random, count: int) -> Iterator[Wire]:
    """Bad records: those that once stopped workers, then endless mutations of shapes and samples."""
    for value in STOPPED_ONCE:
        yield Wire(value)
        yield Wire(value, headers=[JSON])
    documents = [*SHAPES, *_samples()]
    ways = (_with_wrong_value, _with_wrong_values, _with_wrong_field, _with_wrong_field, _with_spoilt_text)
    for _ in range(count):
        value = chance.choice(ways)(chance, chance.choice(documents))
        yield Wire(value, chance.choice((None, b"k")), [JSON] if chance.random() < 0.5 else [])


def _samples() -> list[Any]:
    found = []
    for sample in load_samples():
        try:
            found.append(json.loads(sample.value or b""))
        except ValueError:
            continue
    return [each for each in found if isinstance(each, dict)]


def _paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value in a document."""
    entries = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for name, value in entries:
        yield (*path, name)
        yield from _paths(value, (*path, name))


def _replaced(document: Any, path: tuple[Any, ...], text: str) -> bytes:
    """The document as JSON, with ``text``, verbatim, in place of the value at ``path``."""
    copied = json.loads(json.dumps(document))
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = mark = "\x00hostile"
    return json.dumps(copied).replace(json.dumps(mark), text).encode()


def _with_wrong_value(chance: random.Random, document: Any) -> bytes:
    return _replaced(document, chance.choice(list(_paths(document))), chance.choice(WRONG_VALUES))


def _with_wrong_values(chance: random.Random, document: Any) -> bytes:
    """Several, one after another, as long as the result can be read as JSON."""
    for _ in range(chance.randrange(2, 6)):
        places = list(_paths(document))
        if not places:
            break
        changed = _replaced(document, chance.choice(places), chance.choice([each for each in WRONG_VALUES if len(each) < 100]))
        document = json.loads(changed)
    return json.dumps(document).encode()


def _with_wrong_field(chance: random.Random, document: Any) -> bytes:
    """A special name with a wrong value, at any level."""
    name = chance.choice([name for names in FIELDS.values() for name in names])
    inner = {**document}
    target = inner
    for key in list(inner):
        if isinstance(inner[key], dict) and chance.random() < 0.4:
            target = inner[key] = {**inner[key]}
            break
    target[name] = None
    return _replaced(inner, (name,) if target is inner else (key, name), chance.choice(WRONG_VALUES))


def _with_spoilt_text(chance: random.Random, document: Any) -> bytes:
    text = json.dumps(document).encode()
    spoilers: tuple[Callable[[bytes], bytes], ...] = (
        lambda each: each[: chance.randrange(len(each))],
        lambda each: each.replace(b'"', b"'"),
        lambda each: b"[" * DEEP + each + b"]" * DEEP,
        lambda each: b'{"data":' * DEEP + each + b"}" * DEEP,
        lambda each: b"[" + each + b"," + each + b"]",
        lambda each: each[:-1] + b"," + each[1:],  # every name twice
        lambda each: each.decode().encode(chance.choice(("utf-16", "utf-32", "utf-16-be"))),
        lambda each: b"\0\0\0\0\7" + each,
        lambda each: json.dumps(each.decode()).encode(),
        lambda each: bytes(chance.randrange(256) if chance.random() < 0.05 else byte for byte in each),
        lambda each: each.replace(b"H", b"\xed\xa0\x80"),
        lambda each: b"<html><body>" + each + b"<script>" * 50,
    )
    return chance.choice(spoilers)(text)


HEADER_NAMES: Final = (
    b"\xff\xfe\x80", b"\x80", b"caf\xe9", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xf0\x9f", b"", b"\0", b"\0\0\0",
    b"\r\nX-Evil: 1", b"\x1b[31mred", b"a b", b"%", b"%FF", "\u202e\u2066".encode(), "標題".encode(), b"x" * 40_000, b"ce_",
    b"ce_origin", b"ce_id", b"ce_type", b"content-type", b"traceparent", b"__streams.errors.exception", b"headwater-replay-of",
)  # fmt: skip
HEADER_VALUES: Final = (
    None, b"", b"\0", b"\xff\xfe", b"\r\nX-Evil: 1", b"news.raw/0/0", b"application/json; charset=\xff", b"text/html",
    b"application/json; charset=" + b"x" * 5_000, b"image/png", b"x" * 40_000, b"0/0",
)  # fmt: skip


def headers(chance: random.Random) -> list[tuple[bytes, bytes | None]]:
    """A few of the names and values; a name may repeat."""
    names = chance.choices(HEADER_NAMES, k=chance.randrange(1, 6))
    names += [each for each in names if chance.random() < 0.3] * chance.choice((1, 1, 50))
    return [(name, chance.choice(HEADER_VALUES)) for name in names]


def repeated(chance: random.Random, different: int, size_bytes: int, count: int) -> list[bytes]:
    """Random values that repeat, so far apart that only a codec with a wide window finds the repeats."""
    values = [chance.randbytes(size_bytes) for _ in range(different)]
    return [values[number % different] for number in range(count)]


def repeated_characters(chance: random.Random, count: int) -> bytes:
    """This many Chinese characters of three bytes each; they repeat after a million."""
    period = "".join(chance.choices([chr(each) for each in range(0x4E00, 0x9F00)], k=1_000_000))
    return (period * (count // len(period) + 1))[:count].encode()

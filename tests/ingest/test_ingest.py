"""What `headwater ingest` accepts and answers; the test plays Kafka."""

from __future__ import annotations

import asyncio
import copy
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from streams.ingest.bodies import MOST_ARTICLES, MOST_BODY_BYTES, NDJSON, Head, Refusal, check_head, split_body
from streams.ingest.openapi import openapi_document
from streams.ingest.web import Ingest, SenderBounds

TOKEN = {"Authorization": "Bearer secret"}
JSON = TOKEN | {"Content-Type": "application/json"}
LINES = TOKEN | {"Content-Type": NDJSON}
DESCRIBED = {int(status) for status in openapi_document("1")["paths"]["/articles"]["post"]["responses"]}


class Place(NamedTuple):
    topic: str
    partition: int
    offset: int


class Kafka:
    """Has each record at once, unless told to fail, or to keep silent."""

    def __init__(self) -> None:
        self.records = []
        self.error = None
        self.silent = False
        self.pending = []

    async def send(self, value, key, content_type):
        future = asyncio.get_running_loop().create_future()
        self.records.append((value, key, content_type))
        if self.silent:
            self.pending.append(future)
        elif self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(Place("news.raw", 0, len(self.records) - 1))
        return future


@asynccontextmanager
async def ingesting(**options):
    """A client of a server, the server, and its Kafka."""
    kafka = Kafka()
    ingest = Ingest(kafka.send, token="secret", **options)
    server = TestServer(ingest.application())
    await server.start_server(auto_decompress=False)
    async with TestClient(server) as client:
        yield client, ingest, kafka


async def test_an_article_is_accepted_once_kafka_has_it_and_the_answer_says_where():
    """Bytes and content type go on as they are, and the Idempotency-Key is the record's key."""
    async with ingesting() as (client, ingest, kafka):
        headers = TOKEN | {"Content-Type": "text/html; charset=iso-8859-1", "Idempotency-Key": "a-1"}
        response = await client.post("/articles", data=b"<p>\xe9", headers=headers)
        assert response.status == 202
        assert await response.json() == {"accepted": 1, "origins": ["news.raw/0/0"]}
        assert kafka.records == [(b"<p>\xe9", b"a-1", "text/html; charset=iso-8859-1")]
        assert ingest.held_bytes == 0


async def test_each_line_of_ndjson_is_an_article():
    async with ingesting() as (client, _, kafka):
        response = await client.post("/articles", data=b'{"a":1}\r\n\n{"a":2}', headers=LINES)
        assert (await response.json())["origins"] == ["news.raw/0/0", "news.raw/0/1"]
        assert kafka.records == [(b'{"a":1}', None, "application/json"), (b'{"a":2}', None, "application/json")]


@pytest.mark.parametrize(
    ("status", "headers", "body", "word"),
    [
        pytest.param(401, {"Content-Type": "application/json"}, b"{}", "Bearer", id="no token"),
        pytest.param(401, JSON | {"Authorization": "Bearer other"}, b"{}", "token", id="another token"),
        pytest.param(403, JSON | {"Host": "evil.example"}, b"{}", "--name", id="a host name that is not ours"),
        pytest.param(415, TOKEN | {"Content-Type": "application/xml"}, b"<a/>", "text/html", id="XML"),
        pytest.param(415, TOKEN | {"Content-Type": "application/x-www-form-urlencoded"}, b"{}", NDJSON, id="curl's default"),
        pytest.param(415, JSON | {"Content-Encoding": "gzip"}, b"\x1f\x8b", "Content-Encoding", id="compressed"),
        pytest.param(413, JSON, b"{" + b" " * MOST_BODY_BYTES, "16,777,216", id="a body too large by its length"),
        pytest.param(413, LINES, b"1\n" * (MOST_ARTICLES + 1), "10,000", id="too many lines"),
        pytest.param(400, JSON, b"", "empty", id="an empty body"),
        pytest.param(400, LINES, b"\n \r\n", "empty", id="empty lines alone"),
        pytest.param(400, JSON, b' \n[{"a":1},{"a":2}]', NDJSON, id="a JSON array"),
        pytest.param(400, JSON | {"Idempotency-Key": "k" * 1_025}, b"{}", "Idempotency-Key", id="a key too long"),
    ],
)  # fmt: skip
async def test_a_refusal_says_why_and_nothing_reaches_kafka(status, headers, body, word):
    async with ingesting() as (client, ingest, kafka):
        response = await client.post("/articles", data=body, headers=headers)
        assert response.status == status in DESCRIBED
        assert word in (await response.json())["error"]
        assert not kafka.records
        assert ingest.held_bytes == 0


async def test_a_body_of_untold_length_is_cut_off_at_the_limit():
    async def endless():
        for _ in range(2 * MOST_BODY_BYTES >> 20):
            yield b" " * (1 << 20)

    async with ingesting() as (client, ingest, kafka):
        response = await client.post("/articles", data=endless(), headers=JSON)
        assert response.status == 413
        assert not kafka.records
        assert ingest.held_bytes == 0


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        pytest.param(KafkaConnectionError("gone"), 503, "send it all again", id="Kafka is away"),
        pytest.param(MessageSizeTooLargeError(), 413, "larger", id="the article is larger than the topic takes"),
    ],
)
async def test_a_record_that_kafka_refuses_is_not_accepted(error, status, word):
    async with ingesting() as (client, ingest, kafka):
        kafka.error = error
        response = await client.post("/articles", data=b"{}\n{}", headers=LINES)
        assert response.status == status in DESCRIBED
        assert word in (await response.json())["error"]
        assert ingest.held_bytes == 0


async def test_unconfirmed_records_stay_counted_until_kafka_confirms_them_and_more_is_put_off():
    """The sender hears 503 and can go; the memory is still in use, so others hear 429 until Kafka is back."""
    async with ingesting(bounds=SenderBounds(held_bytes=100_000, confirm_s=0.05)) as (client, ingest, kafka):
        kafka.silent = True
        first = await client.post("/articles", data=b"{}", headers=JSON)
        assert first.status == 503
        assert ingest.held_bytes > 0
        second = await client.post("/articles", data=b"{}", headers=JSON)
        assert second.status == 429 in DESCRIBED
        assert second.headers["Retry-After"] == "1"
        assert len(kafka.records) == 1
        kafka.silent = False
        kafka.pending[0].set_result(Place("news.raw", 0, 0))
        async with asyncio.timeout(30):
            while ingest.held_bytes:
                await asyncio.sleep(0)
        third = await client.post("/articles", data=b"{}", headers=JSON)
        assert third.status == 202


async def test_a_body_that_does_not_arrive_frees_its_place():
    released = asyncio.Event()

    async def stalled():
        yield b"{"
        await released.wait()

    async with ingesting(bounds=SenderBounds(body_s=0.05)) as (client, ingest, _):
        response = await client.post("/articles", data=stalled(), headers=JSON)
        assert response.status == 408 in DESCRIBED
        assert ingest.held_bytes == 0
        released.set()


async def test_what_can_be_asked_is_described_without_a_token():
    async with ingesting() as (client, _, _):
        response = await client.get("/openapi.json")
        assert (await response.json())["paths"].keys() == {"/articles"}
        other = await client.get("/articles")
        assert other.status == web.HTTPMethodNotAllowed.status_code
        assert other.headers["Allow"] == "POST"


def test_the_description_is_valid_openapi():
    document = openapi_document("1")
    OpenAPIV31SpecValidator(document).validate()
    broken = copy.deepcopy(document)
    del broken["paths"]["/articles"]["post"]["responses"]["202"]["description"]
    with pytest.raises(OpenAPIValidationError):
        OpenAPIV31SpecValidator(broken).validate()


def test_every_media_type_that_is_described_is_taken():
    for content_type in openapi_document("1")["paths"]["/articles"]["post"]["requestBody"]["content"]:
        assert check_head(Head(content_type)) is None


@given(st.binary(max_size=300))
def test_lines_are_kept_byte_for_byte(body):
    """Only line ends and blank lines are dropped."""
    values = split_body(Head(NDJSON), body)
    if isinstance(values, Refusal):
        assert not body.strip() or body.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))
    else:
        assert values == [line.rstrip(b"\r") for line in body.split(b"\n") if line.strip()]


@pytest.mark.parametrize("charset", ["", "; charset=iso-8859-1", ';charset="windows-1251"'])
def test_the_charset_of_lines_goes_on_with_each_of_them(charset):
    assert Head(f"{NDJSON}{charset}").record_type == f"application/json{charset}"


@pytest.mark.parametrize("charset", ["utf-16", "UTF-16LE", '"utf-32"', "ucs-2", "utf16"])
def test_lines_whose_line_feed_is_more_than_a_byte_are_refused_and_not_torn(charset):
    assert getattr(check_head(Head(f"{NDJSON}; charset={charset}")), "status", None) == 415
    assert check_head(Head(f"application/json; charset={charset}")) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_lines_that_begin_with_the_mark_of_such_a_charset_are_refused_too(encoding):
    lines = '{"title": "a"}\n{"title": "b"}\n'.encode(encoding)
    assert getattr(split_body(Head(NDJSON), lines), "status", None) == 400

"""Forms that are no text are refused by their names, and text never is."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Draft, Reason, Rejection, read_record
from streams.records.decoding.binaries import binary_form

TEXT = b"The harbour board voted on Tuesday to keep the ferry running through the winter, its chair said. " * 4


def zipped() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", TEXT)
    return buffer.getvalue()


def field(number: int, text: bytes) -> bytes:
    """A text in Protobuf's wire format."""
    length = bytes((len(text) & 0x7F | 0x80, len(text) >> 7)) if len(text) > 127 else bytes((len(text),))
    return bytes((number << 3 | 2,)) + length + text


FORMS = {
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj " + TEXT,
    "zip": zipped(),
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + TEXT,
    "GIF": b"GIF89a\x01\x00\x01\x00",
    "WebP": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "TIFF": b"II*\x00\x08\x00",
    "MP4": b"\x00\x00\x00\x18ftypmp42",
    "MP3": b"ID3\x04\x00\x00\x00",
    "gzip": b"\x1f\x8b\x08\x00\x00",
    "Zstandard": b"\x28\xb5\x2f\xfd\x04",
    "RTF": b"{\\rtf1\\ansi " + TEXT + b"}",
    "Avro (a container": b"Obj\x01\x04\x14avro.codec",
    "Avro or Protobuf in a Confluent frame": b"\x00\x00\x00\x00\x07" + b"\x02\x30" + TEXT[:24],
    "MessagePack": b"\x82\xa5title\xb5Council meets on tram \xa4body\xda\x01\x00" + TEXT[:256],
    "CBOR": b"\xa2\x65title\x6dCouncil meets\x64body\x79\x01\x00" + TEXT[:256],
    "BSON": struct.pack("<i", 24 + 64) + b"\x02title\x00\x0d\x00\x00\x00" + TEXT[:72] + b"\x00",
    "Protobuf": field(1, b"Council meets on tram") + field(2, TEXT[:300]) + b"\x18\x05",
    "Parquet": b"PAR1\x15\x04",
    "a Python pickle": b"\x80\x04\x95\x1a\x00",
}


@pytest.mark.parametrize(("form", "value"), FORMS.items(), ids=FORMS)
def test_a_binary_form_is_refused_by_its_name(form, value):
    if form == "BSON":
        value = struct.pack("<i", len(value)) + value[4:]
    outcome = read_record(value)
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.NOT_AN_ARTICLE
    assert form in outcome.message


@pytest.mark.parametrize("value", FORMS.values(), ids=FORMS)
def test_a_binary_form_that_is_said_to_be_text_is_refused_all_the_same(value):
    assert isinstance(read_record(value, "text/plain; charset=windows-1251"), Rejection)


@pytest.mark.parametrize(
    "text",
    [
        "PDF files are to be replaced", "GIF89 was a format", "BMW raises its prices", "PKK declares a truce", "ID3 tags told",
        "Objections were raised", "II. Vatican council remembered", "MM. Dupont et Durand", "RIFF raff", "\tIndented text",
        "\nA text that begins with a line break", "7z is an archive", "Paris\u00a0: la Seine", "ORC stands for", "BZhang wins",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_text_that_begins_like_one_is_read(text, encoding):
    assert binary_form((text + " and what is said of it.").encode(encoding)) is None


@given(st.text())
def test_no_text_without_control_characters_is_taken_for_a_binary_form(text):
    value = "".join(character for character in text if character.isprintable() or character in "\n\t").encode(
        "utf-8", "replace"
    )
    named = ("PDF", "RTF", "GIF", "Parquet", "ORC")
    assert binary_form(value) is None or str(binary_form(value)).startswith(named)


@given(st.binary())
def test_any_bytes_are_looked_at_without_an_exception(value):
    assert binary_form(value) is None or isinstance(read_record(value), Rejection)


# ---- Envelopes that connectors and clients put around JSON

ARTICLE = {"title": "Ferry to run all winter", "text": TEXT.decode().strip()}
ENVELOPES = {
    "Debezium": {"before": None, "after": ARTICLE, "source": {"name": "db", "table": "articles"}, "op": "c", "ts_ms": 1},
    "Debezium, an update": {"before": {"title": "Old"}, "after": ARTICLE, "source": {"db": "news"}, "op": "u"},
    "Debezium within Kafka Connect's": {"schema": {}, "payload": {"before": None, "after": ARTICLE, "source": {}, "op": "r"}},
    "Debezium of MongoDB": {"after": orjson.dumps(ARTICLE).decode(), "source": {"name": "db"}, "op": "c"},
    "JSON in a string": orjson.dumps(ARTICLE).decode(),
    "JSON in a string in a string": orjson.dumps(orjson.dumps(ARTICLE).decode()).decode(),
    "a list in a string": orjson.dumps([ARTICLE]).decode(),
}


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
@pytest.mark.parametrize("content_type", [None, "application/json"])
def test_an_article_is_taken_out_of_what_connectors_wrap_it_in(envelope, content_type):
    draft = read_record(orjson.dumps(envelope), content_type)
    assert isinstance(draft, Draft), draft
    assert (draft.headline, draft.text) == (ARTICLE["title"], ARTICLE["text"])


def test_a_deleted_row_and_endless_strings_are_rejected():
    deleted = orjson.dumps({"before": ARTICLE, "after": None, "source": {}, "op": "d"})
    nested: object = ARTICLE
    for _ in range(6):
        nested = orjson.dumps(nested).decode()
    for value in (deleted, orjson.dumps(nested)):
        outcome = read_record(value)
        assert isinstance(outcome, Rejection)
        assert outcome.reason is Reason.NOT_AN_ARTICLE


def test_quoted_text_is_text():
    draft = read_record(b'"We stay," the minister said. "{ and [ are brackets."')
    assert isinstance(draft, Draft)
    assert draft.text.startswith('"We stay,"')


def test_ninjs_fields_by_role_are_read_the_main_one_first():
    item = {
        "uri": "urn:x:1",
        "versioncreated": "2026-03-02T08:30:00Z",
        "headline_seo": "Ferry, ferries",
        "headline_main": "Ferry to run",
    }
    draft = read_record(
        orjson.dumps({**item, "body_html": "<p>Short.</p>", "body_main": TEXT.decode(), "description_short": "It stays."})
    )
    assert isinstance(draft, Draft)
    assert (draft.headline, draft.text, draft.summary) == ("Ferry to run", TEXT.decode().strip(), "It stays.")


@pytest.mark.parametrize("kind", ["event", "planning", "picture", "video", "audio", "graphic"])
def test_a_ninjs_item_of_another_type_is_no_article(kind):
    outcome = read_record(
        orjson.dumps({"uri": "urn:x:31", "type": kind, "title": "Council meets", "description_text": "At ten."})
    )
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.NOT_AN_ARTICLE


def test_a_guess_of_an_encoding_that_gives_nonsense_is_not_trusted():
    """Bytes of no text at all, in which letters happen to stand."""
    noise = bytes((index * 97 + index // 7 * 31) % 128 + 128 if index % 3 else 97 + index % 26 for index in range(900))
    outcome = read_record(noise)
    assert isinstance(outcome, Rejection)

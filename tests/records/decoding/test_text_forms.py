"""Text that is no prose is refused by its name, JSON that a server guards is read, and prose is left alone."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Draft, Reason, Rejection, read_record
from streams.records.decoding.text_forms import bare_json, front_matter, text_form
from streams.text.cleaning.clean import clean_text

TITLE = "Council keeps the ferry"
TEXT = "The harbour board voted on Tuesday to keep the ferry running through the winter, its chair said. " * 4
ARTICLE = {"title": TITLE, "body": TEXT, "url": "https://herald.example/ferry"}
JSON = orjson.dumps(ARTICLE).decode()
TYPED = {name: {"S": each} for name, each in ARTICLE.items()}
CODED = base64.b64encode(JSON.encode()).decode()
HEAD = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()

FORMS = {
    "base64": CODED,
    "base64, in lines": base64.encodebytes(JSON.encode()).decode(),
    "hexadecimal": JSON.encode().hex(),
    "data: address": f"data:application/json;base64,{CODED}",
    "JSON Web Token": f"{HEAD}.{CODED.rstrip('=')}.c2lnbmVk",
    "PEM": f"-----BEGIN CERTIFICATE-----\n{CODED}\n-----END CERTIFICATE-----\n",
    "uuencoded": "begin 644 a.txt\nM>R)T:71L92(Z\n`\nend\n",
    "urlencoded": urlencode(ARTICLE),
    "multipart": f'--xx\r\nContent-Disposition: form-data; name="title"\r\n\r\n{TITLE}\r\n--xx--\r\n',
    "e-mail": f"From: desk@herald.example\nSubject: {TITLE}\nMIME-Version: 1.0\n\n{TEXT}",
    "HTTP response": f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{TEXT}",
    "web archive": "WARC/1.0\r\nWARC-Type: response\r\n\r\n",
    "server-sent event": f"event: article\ndata: {JSON}\n\n",
    "syslog": f"<34>1 2026-01-01T00:00:00Z host cms - - - {JSON}",
    "JSON with something around it": f"2026-01-01 00:00:00 INFO article={JSON}",
    "PostScript": "%!PS-Adobe-3.0\n/Helvetica findfont 12 scalefont setfont (Ferry) show\n",
    "LaTeX": f"\\documentclass{{article}}\n\\begin{{document}}\n{TEXT}\n\\end{{document}}",
    "pickle": "(dp0\nVtitle\np1\nVCouncil keeps the ferry\np2\ns.",
    "SQL": "INSERT INTO articles (title) VALUES ('Council keeps the ferry');",
    "patch": "diff --git a/ferry.md b/ferry.md\n",
    "YAML": f"---\ntitle: {TITLE}\nbody: |\n  {TEXT}\n",
    "TOML": f'title = "{TITLE}"\nbody = """\n{TEXT}\n"""\n',
    "source code, JavaScript": (
        "import { pay } from './fares.js';\n\nexport function book(seat) {\n  const fare = pay(seat);\n"
        "  return (\n    fare\n  );\n}\n"
    ),
    "source code, a style sheet": ":root { --gap: 8px; }\nbody { margin: 0; }\n@media print {\n  nav { display: none; }\n}\n",
    "source code, Python": "import os\n\ndef names(folder):\n    for name in os.listdir(folder):\n        print(name)\n",
    "source code, a script": "#!/bin/sh\nset -e\necho ferry\n",
    "source code, Java": "package ferry;\n\npublic class Fare {\n    private int cents = 250;\n}\n",
    "source code, Go": 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("ferry")\n}\n',
    "subtitles, WebVTT": "WEBVTT\n\n00:01.000 --> 00:04.000\nThe ferry runs.\n",
    "subtitles, SubRip": "1\n00:00:01,000 --> 00:00:04,000\nThe ferry runs.\n",
    "a calendar": "BEGIN:VCALENDAR\nVERSION:2.0\nSUMMARY:Council meets\nEND:VCALENDAR\n",
    "an error of a program": 'Traceback (most recent call last):\n  File "crawl.py", line 4\nValueError: no article\n',
    "robots.txt": "User-agent: *\nDisallow: /private/\n",
    "a log": "2026-03-02 08:15:00,123 INFO crawl - 200 /ferry\n2026-03-02 08:15:01,100 WARN crawl - 404 /pier\n",
    "e-mail, with its way": f"Return-Path: <desk@herald.example>\nSubject: {TITLE}\n\n{TEXT}",
    "YAML, of Kubernetes": "apiVersion: v1\nkind: Service\nmetadata:\n  name: ferry\n",
    "CSV": f'title,body,url\n"{TITLE}","{TEXT}",https://herald.example/ferry\n',
}


@pytest.mark.parametrize(("name", "text"), FORMS.items(), ids=FORMS)
@pytest.mark.parametrize("content_type", [None, "text/plain"])
def test_text_that_is_no_prose_is_refused_by_its_name(name: str, text: str, content_type: str | None) -> None:
    read = read_record(text.encode(), content_type)
    assert isinstance(read, Rejection)
    assert read.reason is Reason.NOT_AN_ARTICLE
    assert name.partition(",")[0].lower() in read.message.lower()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"{TITLE}\nThe script that books seats has four lines:\nimport os\nfor seat in seats:\n    book(seat)\n{TEXT}",
            id="an article that quotes a program",
        ),
        pytest.param(f"Import duties rise\nimport duties rise, the board said.\n{TEXT}", id="a line with a word of programs"),
        pytest.param(f"What was decided\n- the ferry stays;\n- the pier is rebuilt;\n- fares rise;\n{TEXT}", id="semicolons"),
        pytest.param(f"1\nThe ferry runs.\n2\nThe pier is closed.\n{TEXT}", id="numbered parts"),
    ],
)
def test_prose_with_signs_of_a_program_is_an_article(text: str) -> None:
    assert isinstance(read_record(text.encode(), "text/plain"), Draft)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f")]}}',\n{JSON}", id="guarded, as Angular wants it"),
        pytest.param(f"while(1);{JSON}", id="guarded by a loop"),
        pytest.param(f"for (;;);{JSON}", id="guarded by another loop"),
        pytest.param(f"/**/ready({JSON});", id="JSONP"),
        pytest.param(f"app.ready({JSON})", id="JSONP of a member"),
        pytest.param(f"/* made by cms */\n// 3.1\n{JSON}", id="comments"),
        pytest.param(JSON, id="sent as plain text"),
        pytest.param(
            f"---\ntitle: '{TITLE}'\nurl: https://herald.example/ferry\ntags: [a, b]\n---\n\n{TEXT}", id="Markdown's head"
        ),
    ],
)
def test_an_article_in_a_guard_or_below_a_head_is_read(text: str) -> None:
    read = read_record(text.encode(), "text/plain")
    assert isinstance(read, Draft)
    assert (read.headline, read.text, read.url) == (TITLE, TEXT.strip(), ARTICLE["url"])


@pytest.mark.parametrize(
    "text",
    [
        "Data: what the council knows of its ferries",
        "title: the story of a word\n\nMost articles have one, and few readers know where the word is from.",
        "From: the editor. To: our readers. Subject: the ferry",
        "-----\nFerry strike\n-----\nThe crews stayed ashore on Monday.",
        "Begin 644 days of work, the mayor said.",
        "Body: a word with a history. The word was first written down in 1203.",
        "Select the ferries from the list (all of them), the council asks.",
        "{Update} The ferry sails again on Friday, the union said.",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "市議会は月曜日、橋脚がもはや交通に耐えられないため、橋を閉鎖することを決めた。" * 4,
    ],
)
def test_prose_is_no_such_form(text: str) -> None:
    assert (text_form(text), bare_json(text), front_matter(text)) == (None, None, None)


@given(st.text(max_size=200) | st.text("{}()[]\"':;=&%-,<>\n\t aA0+/", max_size=200))
def test_any_text_gives_a_draft_or_a_rejection(text: str) -> None:
    assert isinstance(read_record(text.encode("utf-8", "replace"), "text/plain"), Draft | Rejection)


@pytest.mark.parametrize(
    "piece", ["a", "ab ", "a=b&", "// x\n", "/**/ ", "A: b\n", "a: b\n", "a = b\n", "title,", "f(", '{"a":1,', " "]
)
def test_the_look_for_forms_takes_no_more_time_than_the_text_is_long(piece: str) -> None:
    """A megabyte takes hundredths of a second; anything quadratic would take hours, and the run with it."""
    for text in (piece * (1_000_000 // len(piece)), piece * (1_000_000 // len(piece)) + "!{"):
        text_form(text)
        bare_json(text)
        front_matter(text)


WRAPPED = {
    "Debezium's outbox": {"id": "1", "aggregatetype": "article", "type": "Published", "payload": JSON},
    "Airbyte": {"_airbyte_ab_id": "1", "_airbyte_emitted_at": 1, "_airbyte_data": ARTICLE},
    "Airbyte's protocol": {"type": "RECORD", "record": {"stream": "articles", "data": ARTICLE, "emitted_at": 1}},
    "Singer": {"type": "RECORD", "stream": "articles", "record": ARTICLE},
    "MongoDB's change stream": {"operationType": "insert", "fullDocument": ARTICLE, "ns": {"db": "cms", "coll": "a"}},
    "SNS": {"Type": "Notification", "TopicArn": "arn:x", "Message": JSON, "Timestamp": "2026-01-01T00:00:00Z"},
    "SQS": {"Records": [{"messageId": "1", "body": JSON, "eventSource": "aws:sqs"}]},
    "Kinesis": {"Records": [{"kinesis": {"data": CODED}}]},
    "Pub/Sub": {"message": {"data": CODED, "messageId": "1"}, "subscription": "s"},
    "EventBridge": {"version": "0", "id": "1", "detail-type": "Article", "source": "cms", "detail": ARTICLE},
    "DynamoDB's stream": {
        "eventName": "INSERT",
        "dynamodb": {"NewImage": {name: {"S": each} for name, each in ARTICLE.items()}},
    },
    "Firestore": {"value": {"fields": {name: {"stringValue": each} for name, each in ARTICLE.items()}}},
    "JSON:API": {"data": {"type": "articles", "id": "1", "attributes": ARTICLE}},
    "JSON in a field": {"value": JSON},
    "base64 in a field": {"payload": CODED},
}


@pytest.mark.parametrize("value", WRAPPED.values(), ids=WRAPPED)
def test_an_article_in_a_connectors_or_a_clouds_envelope_is_read(value: object) -> None:
    read = read_record(orjson.dumps(value))
    assert isinstance(read, Draft)
    assert (read.headline, read.text, read.url) == (TITLE, TEXT.strip(), ARTICLE["url"])


@pytest.mark.parametrize("value", [{**ARTICLE, "__deleted": "true"}, {**ARTICLE, "__op": "d"}])
def test_a_row_that_was_deleted_is_not_published_again(value: object) -> None:
    """Debezium's unwrapping with "delete.handling.mode=rewrite" keeps the row, and says that it is gone."""
    read = read_record(orjson.dumps(value))
    assert isinstance(read, Rejection)
    assert read.reason is Reason.NOT_AN_ARTICLE


def test_an_unwrapped_row_that_stands_is_read() -> None:
    assert isinstance(read_record(orjson.dumps({**ARTICLE, "__op": "u", "__deleted": "false"})), Draft)


@pytest.mark.parametrize("names", [("headline_main", "body_html"), ("headline_web", "body_story"), ("headline_x", "body_text")])
def test_a_ninjs_1_item_is_read_by_whatever_role_its_fields_have(names: tuple[str, str]) -> None:
    value = {"uri": "urn:newsml:herald.example:1", "type": "text", names[0]: TITLE, names[1]: TEXT}
    read = read_record(orjson.dumps(value))
    assert isinstance(read, Draft)
    assert (read.headline, read.text) == (TITLE, TEXT.strip())


def test_json_in_the_frame_of_aws_glue_is_read() -> None:
    assert isinstance(read_record(b"\x03\x00" + bytes(range(1, 17)) + JSON.encode()), Draft)


def varint(number: int) -> bytes:
    return bytes((number,)) if number < 128 else bytes((number & 0x7F | 0x80, number >> 7))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Avro", varint(2 * len(TITLE)) + TITLE.encode() + varint(2 * len(TEXT)) + TEXT.encode(), id="bare Avro"),
        pytest.param("Protobuf", b"\x0a" + varint(len(TITLE)) + TITLE.encode(), id="a message of one short text"),
        pytest.param(
            "MessagePack", b"\x91\x81\xa5title" + varint(0xA0 - 128 + len(TITLE))[:1] + TITLE.encode(), id="a list of maps"
        ),
    ],
)
def test_a_message_without_a_frame_is_refused_by_its_name(name: str, value: bytes) -> None:
    read = read_record(value)
    assert isinstance(read, Rejection)
    assert name in read.message


def test_a_guess_that_gives_letters_of_two_languages_is_not_trusted() -> None:
    """A Mac's Russian has Windows-1251's small letters, and other capitals and quotes."""
    text = "Город закрывает старый мост. В понедельник совет решил, что опоры больше не выдержат этого движения. " * 3
    read = read_record(text.encode("mac_cyrillic"))
    assert isinstance(read, Rejection)
    assert read.reason is Reason.NOT_UTF8


def test_a_page_whose_scripts_a_flattener_took_for_text_is_an_article_not_source_code():
    script = "window.dataLayer ||= [];\nfunction gtag() {\n  dataLayer.push(arguments);\n}\ngtag('js', 1);\n" * 40
    assert text_form(script) == "source code"
    page = f"{script}\n{TITLE}\n\n" + "\n\n".join(f"{number}. {TEXT}" for number in range(3))
    draft = read_record(page.encode(), "text/plain")
    assert isinstance(draft, Draft)
    body = clean_text(draft.text).body
    assert "gtag" not in body
    assert "voted on Tuesday" in body

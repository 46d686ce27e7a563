"""Shapes of agencies and clients that wrap an article or name its parts in their own way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streams.records import Draft, Reason, Rejection, read_record

TITLE, TEXT = "Bell of the lost steamer rings again", "Divers raised the bell of the lost steamer on Monday, and it rang."
HTML = f"<p>{TEXT}</p>"

SHAPES: dict[str, Any] = {
    "NewsML-G2 in JSON": {
        "newsItem": {
            "guid": "urn:newsml:tide:1",
            "version": 2,
            "itemMeta": {"versionCreated": "2026-03-02T10:04:00Z", "pubStatus": {"qcode": "stat:usable"}},
            "contentMeta": {"headline": TITLE, "language": {"tag": "en"}},
            "contentSet": {"inlineXML": [{"value": HTML}]},
        }
    },
    "AFP's paragraphs": {"headline": TITLE, "news": [TEXT], "published": "2026-03-02T10:04:00Z"},
    "Avro's JSON with unions": {"title": {"string": TITLE}, "text": {"string": TEXT}},
    "records of a REST proxy": {"records": [{"value": {"title": TITLE, "text": TEXT}}]},
    "paragraphs": {"title": TITLE, "paragraphs": [TEXT]},
}


@pytest.mark.parametrize("value", SHAPES.values(), ids=SHAPES)
def test_the_article_is_read_from_its_shape(value: dict[str, Any]) -> None:
    draft = read_record(json.dumps(value).encode())
    assert isinstance(draft, Draft)
    assert (draft.headline, draft.text) == (TITLE, TEXT)


def test_a_news_item_keeps_its_instructions() -> None:
    item = {**SHAPES["NewsML-G2 in JSON"]["newsItem"], "itemMeta": {"pubStatus": {"qcode": "stat:withheld"}}}
    refused = read_record(json.dumps({"newsItem": item}).encode())
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.WITHDRAWN


@pytest.mark.parametrize("kind", ["package", "component", "composite"])
def test_an_item_that_holds_other_items_is_no_article(kind: str) -> None:
    refused = read_record(json.dumps({"uri": "urn:x:1", "type": kind, "headline": TITLE}).encode())
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.NOT_AN_ARTICLE


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        pytest.param("Une cloche a sonn\\u00e9 pr\\u00e8s du port.", "Une cloche a sonné près du port.", id="JSON's, twice"),
        pytest.param("Une cloche a sonn&amp;eacute; pr&amp;egrave;s.", "Une cloche a sonné près.", id="HTML's, twice"),
        pytest.param(
            "The tag &lt;b&gt; makes text bold, he wrote.", "The tag <b> makes text bold, he wrote.", id="HTML's, once"
        ),
        pytest.param("A path C:\\users\\u1 is not an escape.", "A path C:\\users\\u1 is not an escape.", id="none"),
    ],
)
def test_what_was_escaped_once_too_often_is_read(escaped: str, plain: str) -> None:
    draft = read_record(json.dumps({"title": TITLE, "text": escaped}).encode())
    assert isinstance(draft, Draft)
    assert draft.text == plain


@pytest.mark.parametrize(
    "text",
    [
        "Are you a robot? Researchers said on Tuesday that software ticks the box faster than people. Sites must verify users.",
        "Access was denied to reporters at the harbour gate. You do not have permission, a guard told them on Monday.",
        "„Bitte aktivieren Sie JavaScript“: Der Zugriff verweigert, sagte der Sprecher am Montag, habe nur Minuten gedauert.",
    ],
)
def test_news_about_robot_checks_is_an_article(text: str) -> None:
    assert isinstance(read_record(json.dumps({"title": "Access denied: are you a robot?", "text": text}).encode()), Draft)


def page(head: str, body: str) -> Draft:
    draft = read_record(f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>".encode())
    assert isinstance(draft, Draft)
    return draft


def test_json_ld_behind_a_comment_is_read() -> None:
    script = '/* made by a plugin */ {"@type": "NewsArticle", // the article\n "author": "Dana Cole",}'
    assert page(f'<script type="application/ld+json">{script}</script>', f"<h1>{TITLE}</h1>{HTML * 3}").byline == "Dana Cole"


def test_an_aside_that_holds_the_whole_text_is_the_article() -> None:
    paragraphs = [f"Diver number {number} said that {TEXT.lower()} It hung in the harbour until noon." for number in range(12)]
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    assert page("", f"<h1>{TITLE}</h1><aside class='story'>{body}</aside>").text.splitlines() == paragraphs


def test_a_frame_between_two_texts_parts_them() -> None:
    draft = read_record(json.dumps({"title": TITLE, "text": f"{TEXT}<iframe src='x'></iframe>{TEXT}<br>{TEXT}"}).encode())
    assert isinstance(draft, Draft)
    assert draft.text.splitlines() == [TEXT] * 3


def test_japanese_that_shifts_its_letters_is_read_without_a_declaration() -> None:
    title, text = "渡し船、冬も運航へ", "港湾委員会は火曜日の夜、島への渡し船を冬の間も運航し続けることを決めた。"
    draft = read_record(json.dumps({"title": title, "text": text}, ensure_ascii=False).encode("iso-2022-jp"))
    assert isinstance(draft, Draft)
    assert (draft.headline, draft.text) == (title, text)

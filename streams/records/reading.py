"""The path of a record: bytes in, a draft of an article or a rejection out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from streams.records.decoding.binaries import binary_form
from streams.records.decoding.encodings import declared_charset, decode, unmarked
from streams.records.decoding.forms import Form, form_of, unframed
from streams.records.decoding.mojibake import repair_mojibake
from streams.records.decoding.text_forms import bare_json, front_matter, text_form
from streams.records.draft import Draft, Reason, Rejection, Repair
from streams.records.fields import has_content
from streams.records.objects import read_json, read_object
from streams.records.pages.markup import without_scripts
from streams.records.pages.reading import read_html

_TOMBSTONE: Final = Rejection(Reason.TOMBSTONE, "the record has no value: publish the article as the value")
_EMPTY: Final = Rejection(Reason.EMPTY, "the value is blank: publish the article as the value")
_XML: Final = Rejection(Reason.NOT_AN_ARTICLE, "XML (a feed, NewsML, NITF): publish each article as JSON, HTML or text")

_CONTROLS: Final = bytes((*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))
_FIRST_CONTROLS: Final = frozenset(bytes((each,)) for each in _CONTROLS)
_BEGINNING = 4_096  # characters that are enough to recognise a form
_TEXT_PER_CONTROL = 100  # characters: a stray control character is a blemish, one in a hundred another format


def read_record(
    value: bytes | None, content_type: str | None = None, *, max_bytes: int = 2_097_152, max_depth: int = 32
) -> Draft | Rejection:
    """Read one raw record. Any bytes give a value; nothing is raised.

    1. No value: TOMBSTONE. More than ``max_bytes``, not counting a page's scripts and styles: TOO_LARGE. Only white space:
       EMPTY. A Confluent frame around JSON and a byte order mark are removed.
    2. The content type decides the form: ``application/json`` and ``…+json``, ``text/html`` and ``application/xhtml+xml``,
       ``text/plain``. Without one, or with another, the beginning decides: ``{`` or ``[`` is JSON, a tag is HTML, anything else
       is plain text. (A ``[`` that opens no JSON list, as in "[Update] …", is text.) Other XML is NOT_AN_ARTICLE.
    3. The encoding is that of the byte order mark, else UTF-8, else the charset that the content type or a meta tag names,
       else what charset-normalizer finds, if that is certain enough; else NOT_UTF8. Mojibake from earlier processing is
       repaired. The draft's ``repairs`` list what was detected or repaired.
    4. JSON that does not parse is NOT_JSON; nested deeper than ``max_depth`` levels (1 to 1,024) it is TOO_DEEP. The article is
       the object itself, the only one of a list or of a JSON-LD document, a CloudEvent's data, the payload of Kafka Connect's
       envelope, or the only one in an API's answer; else NOT_AN_ARTICLE. :data:`~streams.records.fields.FIELDS` says how its
       fields are read: none known is NOT_AN_ARTICLE, a headline or text that is not text is WRONG_TYPE, neither filled is
       NO_TEXT. Other fields of a wrong type are ignored. A canceled item gives a draft that says so, with or without headline
       and text; one that is withheld, or canceled without an identity, is WITHDRAWN; a picture or video is NOT_AN_ARTICLE.
    5. An HTML page is searched for its article (NO_TEXT if there is none), a fragment is taken whole. More than 20,000 elements
       are TOO_LARGE, and so are more than 8,000 blocks of text on a page; more than 200 levels are TOO_DEEP; a page too broken
       to read is UNREADABLE_HTML. A page that holds several articles, only pictures, or a wall is INDEX_PAGE, GALLERY,
       CONSENT_WALL, ROBOT_CHECK or PAY_WALL. For a text in another form,
       :func:`~streams.records.judging.texts.judge_text` decides that.
    6. Plain text is one article, whose headline is found later; text that is a JSON object, bare or as servers guard it, is
       read as that. Binary data is NOT_AN_ARTICLE, naming its format if :mod:`~streams.records.decoding.binaries` knows it,
       and so is text that is no prose (:mod:`~streams.records.decoding.text_forms`: base64, an e-mail, a form's fields …).
    """
    if value is None:
        return _TOMBSTONE
    if len(value) > max_bytes:
        value = without_scripts(value, content_type)
    if len(value) > max_bytes:
        return Rejection(Reason.TOO_LARGE, f"{len(value):,} bytes; at most {max_bytes:,} are read")
    value, marked = unmarked(unframed(value))
    if not value.strip():
        return _EMPTY
    if marked is None and (binary := binary_form(value)):
        return Rejection(Reason.NOT_AN_ARTICLE, f"{binary}: publish the article as JSON, HTML or text, uncompressed")
    text, form, repairs = _text_of(value, marked, content_type)
    if isinstance(text, Rejection):
        return text
    if form is Form.JSON:
        draft = read_json(text, max_depth, read_record)
    else:
        draft = read_html(text) if form is Form.HTML else _read_text(text, max_depth)
    return draft if isinstance(draft, Rejection) else _mended(draft, repairs)


def told_form(value: bytes, content_type: str | None = None) -> Form:
    """The form in which :func:`read_record` reads a record, by its content type or its beginning."""
    value, marked = unmarked(unframed(value))
    return _text_of(value, marked, content_type)[1]


def _text_of(value: bytes, marked: str | None, content_type: str | None) -> tuple[str | Rejection, Form, tuple[Repair, ...]]:
    """The text of a record and its form, which the first bytes tell if the encoding includes ASCII."""
    if marked in {None, "utf-8"}:
        form = form_of(value, content_type)
        decoded = decode(value, None, declared_charset(value, content_type)) if form is not Form.XML else _XML
    else:
        decoded = decode(value, marked)
        beginning = "" if isinstance(decoded, Rejection) else decoded.text[:_BEGINNING]
        form = form_of(beginning.encode("utf-8", "replace"), content_type)
    if isinstance(decoded, Rejection) or form is Form.XML:
        return (decoded if isinstance(decoded, Rejection) else _XML), form, ()
    return decoded.text, form, decoded.repairs


def _read_text(text: str, max_depth: int) -> Draft | Rejection:
    written = text.encode("utf-8", "replace")
    controls = len(written) - len(written.translate(None, _CONTROLS))  # five times as fast as a pattern
    if written[:1] in _FIRST_CONTROLS or controls * _TEXT_PER_CONTROL > len(text):
        return Rejection(
            Reason.NOT_AN_ARTICLE,
            f"binary data ({controls:,} control characters), as of Avro or Protobuf: publish JSON in UTF-8",
        )
    text = text.strip()
    if (inner := bare_json(text)) is not None:
        read = read_json(inner, max_depth, read_record)
        if not isinstance(read, Rejection) or read.reason is not Reason.NOT_JSON:
            return read
    if (head := front_matter(text)) and has_content(head.keys() - {"text"}):
        return read_object(head)
    if name := text_form(text):
        return Rejection(Reason.NOT_AN_ARTICLE, f"{name}: publish the article as JSON, HTML or text")
    return Draft(text=text) if text else _EMPTY


def _mended(draft: Draft, repairs: tuple[Repair, ...]) -> Draft:
    """The draft without mojibake in the fields that people read, and with a list of all repairs."""
    text, in_text = repair_mojibake(draft.text)
    headline, in_headline = repair_mojibake(draft.headline or "")
    byline, in_byline = repair_mojibake(draft.byline or "")
    publisher, in_publisher = repair_mojibake(draft.publisher or "")
    keywords = tuple(repair_mojibake(word)[0] for word in draft.keywords)
    others = (
        replace(each, offset=0, length=0, reason=f"{name}: {each.reason}")
        for name, found in (("headline", in_headline), ("byline", in_byline), ("publisher", in_publisher))
        for each in found
    )
    repairs = (*repairs, *others, *in_text)
    if not repairs and keywords == draft.keywords:
        return draft
    return replace(
        draft,
        text=text,
        headline=headline or None,
        byline=byline or None,
        publisher=publisher or None,
        keywords=keywords,
        repairs=(*draft.repairs, *repairs),
    )

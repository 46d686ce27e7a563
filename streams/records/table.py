"""INPUTS.md, made of the code: ``python -m streams.records.table > INPUTS.md``. A test checks that the file is current."""

from __future__ import annotations

import sys
from typing import Final

from streams.records.draft import Reason
from streams.records.fields import FIELDS
from streams.records.shapes import SHAPES, names_by_field

_BECOMES: Final = {
    "headline": "`headlines[]`, and the fingerprint",
    "text": "`bodies[]`, cleaned",
    "html": "the same, where there is no text",
    "teaser": "the same, where there is nothing longer; beside a text `descriptions[]` role `summary`",
    "url": "`altIds[]` role `url`, canonical; the article's id, see [below](#which-addresses-are-one-article)",
    "source_id": "`altIds[]` role `source-id`",
    "publisher": "`infoSources[]` role `publisher`",
    "byline": "`by`",
    "published": "`ce_published`, `ce_publishedprecision` (day, minute, second); `firstCreated`, where the zone is told",
    "changed": "the same, where there is no other date",
    "modified": "`ce_modified`, `ce_modifiedprecision`",
    "time_zone": "the zone of dates that name none",
    "image": "`associations[]` rel `lead-image`, as is a picture of ninjs's associations",
    "image_caption": "its `descriptions[]`, where the image has none",
    "image_credit": "its `by`, where the image has none",
    "language": "`ce_languagedeclared`; the language itself is found in the text",
    "section": "evidence for the subjects",
    "dateline": "`located`, where the text has no dateline",
    "keywords": "`subjects[]` with `literal`, rel `keyword`",
    "embargoed_until": "`embargoedUntil`, `ce_embargoeduntil`",
    "expires": "`expires`, `ce_expires`",
    "version": "`version`, `ce_version`, of an item with an identity or of a schema.org article",
    "version_created": "`versionCreated`, of a wire's item",
    "status": "`pubStatus`, `ce_pubstatus`; what is withheld is rejected",
    "urgency": "`urgency`, `ce_urgency`",
    "ed_note": "`edNote`, `ce_ednote`",
    "usage_terms": "`usageTerms`, `ce_usageterms`",
    "copyright_holder": "`copyrightHolder`, `ce_copyrightholder`",
    "copyright_notice": "`copyrightNotice`, `ce_copyrightnotice`",
}

_REASONS: Final = {
    Reason.TOMBSTONE: "the record has no value",
    Reason.EMPTY: "the value is blank",
    Reason.TOO_LARGE: (
        "more than `HEADWATER_MAX_ARTICLE_BYTES`, or a page of more than 20,000 elements or 8,000 blocks of text; or a whole"
        " batch, as its producer compressed it, that would be more than `HEADWATER_MAX_UNPACKED_BATCH_BYTES`"
    ),
    Reason.TOO_DEEP: "JSON of more than 32 levels, HTML of more than 200",
    Reason.NOT_UTF8: "neither UTF-8 nor a declared encoding, nor one that shows itself for certain",
    Reason.NOT_JSON: "JSON by its content type or first character, which does not parse",
    Reason.NOT_AN_ARTICLE: (
        "a list of several, an object without a known field, a feed, a picture, source code, an error page, binary data"
    ),
    Reason.WRONG_TYPE: "a headline or text that is a number, an object of something else …",
    Reason.NO_TEXT: "neither headline nor text, or a page without an article",
    Reason.UNREADABLE_HTML: "HTML that the parser gives up on",
    Reason.WITHDRAWN: "an item with `pubstatus` withheld, or canceled without an identity",
    Reason.EMBARGOED: "its embargo ends later than the record's timestamp, and `HEADWATER_EMBARGO` is `hold`",
    Reason.INDEX_PAGE: "a list of articles, or several on one page",
    Reason.GALLERY: "pictures and their captions",
    Reason.CONSENT_WALL: "a cookie or consent dialogue instead of the article",
    Reason.ROBOT_CHECK: "a captcha, a bot check, an access-denied page",
    Reason.PAY_WALL: "an offer of a subscription with no more than a teaser",
    Reason.UNREADABLE_BATCH: "what its producer sent as one batch, or the rest of it, can't be taken apart into records",
    Reason.INTERNAL_ERROR: "a bug of Headwater's: the record may be good; replay it once a version with the mend runs",
}

_HEAD: Final = """\
# What Headwater reads

<!-- Made by `python -m streams.records.table > INPUTS.md`: change streams/records instead. -->

## How a record is read

1. A Confluent frame (a zero byte, four bytes of schema id) around JSON is taken off, as is a byte order mark.
2. **The `content-type` header decides**: `application/json`, `text/json` and `…+json`; `text/html` and `application/xhtml+xml`;
   `text/plain`. With another or none, the first character that is not a space does: `{`, or a `[` that opens a JSON list, is
   JSON; a tag is HTML; XML that is not a page is refused; anything else is plain text. A page declared as JSON is read as HTML,
   and an object declared as HTML as JSON.
3. **Encoding**: the byte order mark (UTF-8, -16, -32; UTF-16 also shows itself by its zeros); else UTF-8 if it is valid; else
   the charset of the content type, a meta tag or an XML declaration; else UTF-8 with a broken byte here and there; else what
   charset-normalizer finds in at least 64 bytes. Then ftfy repairs mojibake. What was found or repaired is in the ledger.
4. **Envelopes** are opened: CloudEvents (in binary mode the value is the article; in structured mode its `data` or
   `data_base64` is), Kafka Connect's `schema` and `payload`, a JSON-LD `@graph` or `mainEntity`, a list of one, JSON in a
   JSON string, and objects without a text of their own around a single article (`articles`, `entries`, `results`,
   `_source`, `after` …).
5. **HTML pages**: the article is what the page's JSON-LD holds as `articleBody` where that is whole and has paragraphs, else
   what trafilatura finds. A fragment of HTML is taken whole.

## A record's timestamp

Kafka refuses a record whose timestamp lies over an hour ahead of the broker's clock: the producer gets `INVALID_TIMESTAMP`.
It judges the batch as a whole, so that a record's neighbours in its batch may be refused with it; send them again without it.
Old timestamps are welcome.

## Which addresses are one article

An article without a wire's identity has its id from its address, the same for all of these: http and https; with and
without "www."; with and without a slash at the end; with tracking parameters and a fragment; its AMP copy (`amp.` before the
host, `/amp` before or behind the path, `.amp`, `?amp=1`, `?outputType=amp`, and as Google's and Bing's caches have it); its
mobile copy (`m.`, `mobile.`, `mobil.`, `touch.`, `wap.` before the host, `de.m.`, `?mobile=1`, `?noamp`); its printed copy
(`/print` behind the path, `?print=1`, `?view=print`, `?printerFriendly`); its copy in the Wayback Machine; links of Google,
Facebook and Outlook that lead to it. All other parameters and parts of an address tell articles apart: `/mobile/…` and
`/print/…` before a path may be sections on phones and printing.

## Which field becomes what

Names are compared without regard to case, `_`, `-`, `:` and spaces, and without the types that Solr puts behind them
(`title_t`, `body_txt_en`, `published_dt`). Of several, the first that is filled is read, in the order given;
of dates, the first that can be read, or one of the same day that tells its zone. Keywords are gathered from all their names.
"""


def inputs_document() -> str:
    """The text of INPUTS.md."""
    fields = [field for field in FIELDS if field in _BECOMES]
    lines = [_HEAD, "| field | becomes (ninjs 3.1) | read from any of |", "| --- | --- | --- |"]
    lines += [f"| {field} | {_BECOMES[field]} | {_names(FIELDS[field])} |" for field in fields]
    lines += ["", "## By shape", ""]
    for title, shape in SHAPES.items():
        lines += [f"### {title}", "", f"Source: {shape.source}.", "", "| field | read from |", "| --- | --- |"]
        lines += [f"| {field} | {_names(names)} |" for field, names in names_by_field(shape) if names]
        lines.append("")
    lines += ["## Why a record is rejected", "", "| reason | when |", "| --- | --- |"]
    lines += [f"| `{reason.value}` | {_REASONS[reason]} |" for reason in Reason]
    return "\n".join(lines) + "\n"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.stdout.write(inputs_document())

"""The cleaned article: made of a draft, carried by news.prepared."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import orjson

from streams.records import Draft, Reason, Rejection, Repair, judge_text
from streams.text.article import Cut, CutKind, Language, Subject, first_of_each
from streams.text.cleaning.clean import clean_text
from streams.text.headline import fingerprint_headline, normalise_headline
from streams.text.language.detect import detect_language
from streams.text.language.opinions import Detect
from streams.text.subjects.tag import tag_subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a producer meant, cleaned: the one shape that every later step reads.

    ``id`` and ``fingerprint`` are 32 hex digits. ``outlet`` is the publisher's name, else the URL's host. ``published`` and
    ``language`` are the source's own words; ``cuts`` is the ledger of what cleaning took out, ``repairs`` of what
    reading mended.
    """

    id: str
    fingerprint: str
    headline: str
    body: str
    url: str | None = None
    source_id: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    section: str | None = None
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()
    repairs: tuple[Repair, ...] = ()


LEFT_WHOLE = Repair("left-whole", "cleaning would have taken too much of it, and took nothing")
"""Among an article's ``repairs`` where its text was too doubtful to be cut."""


def prepare_article(draft: Draft) -> Article | Rejection:
    """Clean a draft's text, fingerprint its headline and give it its id; or refuse what is a wall or a list, not an article."""
    if refused := judge_text(draft.headline, draft.text):
        return refused
    clean = clean_text(draft.text, draft.headline)
    if not clean.headline:
        return Rejection(Reason.NO_TEXT, "nothing is left to read once the page furniture is cut away")
    outlet, byline = draft.publisher or _host(draft.url), draft.byline or clean.byline
    return Article(
        id=article_id(draft.url, outlet, clean.headline, clean.body),
        fingerprint=fingerprint_headline(
            clean.headline, _outlets(outlet, draft.url), authors=[byline] if byline else (), section=draft.section
        ),
        headline=clean.headline,
        body=clean.body,
        url=draft.url,
        source_id=draft.source_id,
        outlet=outlet,
        byline=byline,
        published=draft.published,
        language=draft.language,
        section=draft.section,
        dateline=clean.dateline or draft.dateline,
        agencies=first_of_each((*draft.agencies, *clean.agencies)),
        keywords=first_of_each((*draft.keywords, *clean.keywords)),
        cuts=clean.cuts,
        repairs=(*draft.repairs, *((LEFT_WHOLE,) if clean.left_whole else ())),
    )


def compared_headline(article: Article) -> str:
    """The normalised headline, which the fingerprint is the hash of."""
    authors = [article.byline] if article.byline else ()
    return normalise_headline(article.headline, _outlets(article.outlet, article.url), authors=authors, section=article.section)


def tag_article(article: Article, detect: Detect = detect_language) -> tuple[Language, tuple[Subject, ...]]:
    """What language an article is in, by ``detect``, and what it is about."""
    language = detect(article.headline, article.body, article.language)
    return language, tag_subjects(article.headline, article.body, article.keywords, language.tag, article.section)


def article_id(url: str | None, outlet: str | None, headline: str, body: str) -> str:
    """32 hex digits: of the canonical URL where there is one, else of the outlet and the content."""
    parts = ("url", url) if url else ("content", outlet or "", headline, body)
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def article_to_json(article: Article) -> bytes:
    """Encode an article for news.prepared."""
    return orjson.dumps(article)


def article_from_json(value: bytes) -> Article:
    """Decode what :func:`article_to_json` made."""
    fields: dict[str, Any] = orjson.loads(value)
    fields["cuts"] = tuple(Cut(**{**cut, "kind": CutKind(cut["kind"])}) for cut in fields["cuts"])
    fields["repairs"] = tuple(Repair(**repair) for repair in fields.get("repairs", ()))
    fields["agencies"] = tuple(fields["agencies"])
    fields["keywords"] = tuple(fields["keywords"])
    return Article(**fields)


def _host(url: str | None) -> str | None:
    return (urlsplit(url).hostname or "").removeprefix("www.") or None if url else None


def _outlets(outlet: str | None, url: str | None) -> tuple[str, ...]:
    """The names of an article's outlet that its headline may carry: the one it gives, and its site's."""
    return tuple(dict.fromkeys(name for name in (outlet, _host(url)) if name))

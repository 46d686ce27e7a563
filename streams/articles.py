"""The cleaned article: made of a draft, carried by news.prepared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import orjson

from streams.records import Draft, Reason, Rejection, Repair, judge_text, read_record
from streams.text.article import Cut, CutKind, Language, Subject, first_of_each
from streams.text.cleaning.clean import clean_text
from streams.text.headline import fingerprint_headline, normalise_headline
from streams.text.language.detect import detect_language
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


LEDGER_ENTRIES = 100
"""So many entries of an article's ledger (repairs, then cuts) are handed on."""

MOST_ARTICLE_BYTES = 12 << 20
"""As JSON. What its outputs add is bounded, and leaves them below what their topics take (:mod:`streams.bounds`)."""
_MOST_WORDS = 64
_MOST_WORD_CHARACTERS = 1_000
_OPTIONAL_TEXTS = ("url", "source_id", "outlet", "byline", "published", "language", "section", "dateline")
_HASH = re.compile("[0-9a-f]{32}")

LEFT_WHOLE = Repair("left-whole", "cleaning would have taken too much of it, and took nothing")
"""Among an article's ``repairs`` where its text was too doubtful to be cut."""


def prepare_article(draft: Draft, source: str | None = None) -> Article | Rejection:
    """Clean a draft's text, fingerprint its headline and give it its id; or refuse what is a wall or a list, not an article.

    ``source``: who sent it, by the header that ``HEADWATER_SOURCE_HEADER`` names; None where that is not set.
    """
    if refused := judge_text(draft.headline, draft.text):
        return refused
    clean = clean_text(draft.text, draft.headline)
    if not clean.headline:
        return Rejection(Reason.NO_TEXT, "nothing is left to read once the page furniture is cut away")
    outlet, byline = draft.publisher or _host(draft.url), draft.byline or clean.byline
    return Article(
        id=article_id(draft.url, outlet, clean.headline, clean.body, source),
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
        agencies=_bounded_words((*draft.agencies, *clean.agencies)),
        keywords=_bounded_words((*draft.keywords, *clean.keywords)),
        cuts=clean.cuts,
        repairs=(*draft.repairs, *((LEFT_WHOLE,) if clean.left_whole else ())),
    )


def read_article(
    value: bytes | None, content_type: str | None, max_bytes: int, source: str | None = None
) -> Article | Rejection:
    """Read and clean a raw record of at most ``max_bytes``; or refuse it."""
    draft = read_record(value, content_type, max_bytes=max_bytes)
    return draft if isinstance(draft, Rejection) else prepare_article(draft, source)


def compared_headline(article: Article) -> str:
    """The normalised headline, which the fingerprint is the hash of."""
    authors = [article.byline] if article.byline else ()
    return normalise_headline(article.headline, _outlets(article.outlet, article.url), authors=authors, section=article.section)


def tag_article(article: Article) -> tuple[Language, tuple[Subject, ...]]:
    """What language an article is in, and what it is about."""
    language = detect_language(article.headline, article.body, article.language)
    return language, tag_subjects(article.headline, article.body, article.keywords, language.tag, article.section)


def article_id(url: str | None, outlet: str | None, headline: str, body: str, source: str | None = None) -> str:
    """32 hex digits: of the canonical URL where there is one, else of the outlet and the content; and of the source, if told.

    Two sources that are told apart never share an id, whatever URL they write.
    """
    parts = ("url", url) if url else ("content", outlet or "", headline, body)
    if source is not None:
        # Hashed, so that no source can be written that reads as another and the beginning of a URL.
        parts = ("source", blake2b(source.encode("utf-8", "replace"), digest_size=16).hexdigest(), *parts)
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def article_to_json(article: Article) -> bytes:
    """Encode an article for news.prepared, with the beginning of its ledger: the 100 entries that consumers get."""
    repairs = article.repairs[:LEDGER_ENTRIES]
    return orjson.dumps(replace(article, repairs=repairs, cuts=article.cuts[: LEDGER_ENTRIES - len(repairs)]))


def encode_article(article: Article) -> bytes | Rejection:
    """The article for news.prepared; or a rejection where it is so large that its outputs might not fit their topics."""
    encoded = article_to_json(article)
    if len(encoded) <= MOST_ARTICLE_BYTES:
        return encoded
    return Rejection(
        Reason.TOO_LARGE,
        f"{len(encoded):,} bytes once it is read and written as JSON; at most {MOST_ARTICLE_BYTES:,} are passed on",
    )


def article_from_json(value: bytes) -> Article:
    """Decode what :func:`article_to_json` made.

    Raises:
        ValueError: it did not make this.
    """
    try:
        fields: dict[str, Any] = orjson.loads(value)
        fields["cuts"] = tuple(Cut(**{**cut, "kind": CutKind(cut["kind"])}) for cut in fields["cuts"])
        fields["repairs"] = tuple(Repair(**repair) for repair in fields.get("repairs", ()))
        fields["agencies"] = tuple(fields["agencies"])
        fields["keywords"] = tuple(fields["keywords"])
        article = Article(**fields)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no article: {error}") from None
    texts = (article.headline, article.body, *article.agencies, *article.keywords)
    optional = [getattr(article, name) for name in _OPTIONAL_TEXTS]
    if not (
        all(type(text) is str for text in texts)
        and all(text is None or type(text) is str for text in optional)
        and all(type(text) is str and _HASH.fullmatch(text) for text in (article.id, article.fingerprint))
    ):
        raise ValueError("no article: a field is of another type")
    return article


def _bounded_words(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once: at most 64 of at most 1,000 characters, as in a draft."""
    return tuple(islice(first_of_each(word for word in words if len(word) <= _MOST_WORD_CHARACTERS), _MOST_WORDS))


def _host(url: str | None) -> str | None:
    return (urlsplit(url).hostname or "").removeprefix("www.") or None if url else None


def _outlets(outlet: str | None, url: str | None) -> tuple[str, ...]:
    """The names of an article's outlet that its headline may carry: the one it gives, and its site's."""
    return tuple(dict.fromkeys(name for name in (outlet, _host(url)) if name))

"""The cleaned article: made from a draft, carried by news.prepared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from operator import attrgetter
from types import NoneType
from typing import Any, Final
from urllib.parse import urlsplit
from zlib import crc32

import orjson

from streams import lazy_re as re
from streams.formats import FORMAT, FORMAT_FIELD, check_format, field_names, known_fields
from streams.records import (
    NO_INSTRUCTIONS,
    Draft,
    Image,
    Instructions,
    PubStatus,
    Reason,
    Rejection,
    Repair,
    judge_text,
    read_record,
)
from streams.records.values.urls import url_identity
from streams.text.article import Cut, CutKind, Language, Subject, first_of_each
from streams.text.cleaning.clean import clean_text
from streams.text.cleaning.unfolding import tell_lines
from streams.text.language.detect import detect_language
from streams.text.language.opinions import Detect
from streams.text.subjects.tag import tag_subjects
from streams.text.wording import Headline, compared_headline, fingerprint_headline

_OWN_ID = re.compile("urn:headwater:article:[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a producer meant, cleaned: the one shape that every later step reads.

    ``id`` and ``fingerprint`` are 32 hex digits. A canceled article has no body, and if it has no headline either, its id is
    its fingerprint. ``outlet`` is the publisher's name, else the URL's host. ``published``, ``modified``, ``summary``,
    ``image`` and
    ``instructions`` are the draft's; ``language`` is what the source claims; ``cuts`` lists what cleaning removed, ``repairs``
    what reading repaired. ``article_confidence`` (0.0 to 1.0): how likely an HTML page is an article.
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
    modified: str | None = None
    summary: str | None = None
    image: Image | None = None
    language: str | None = None
    section: str | None = None
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    instructions: Instructions = NO_INSTRUCTIONS
    cuts: tuple[Cut, ...] = ()
    repairs: tuple[Repair, ...] = ()
    article_confidence: float | None = None


LEDGER_ENTRIES = 100
"""How many entries of an article's ledger (repairs, then cuts) are passed on."""

MOST_ARTICLE_BYTES = 12 << 20
"""As JSON. What its outputs add is bounded, and keeps them below the limits of their topics (:mod:`streams.bounds`)."""
_MOST_WORDS = 64
_MOST_WORD_CHARACTERS = 1_000
_OPTIONAL_TEXTS = attrgetter("url", "source_id", "outlet", "byline", "published", "language", "section", "dateline")
_INSTRUCTION_TEXTS = attrgetter(*(name for name in field_names(Instructions) if name not in ("urgency", "pub_status")))
_HASH = re.compile("[0-9a-f]{32}")
_CUT_KINDS = frozenset(CutKind)

_SURE_OF_ARTICLE = 0.8  # for a page: its text is not a list of other articles, however short its paragraphs are

LEFT_WHOLE = Repair("left-whole", "cleaning would have taken too much of it, and took nothing")
"""One of an article's ``repairs`` if its text was too doubtful to be cut."""


def prepare_article(draft: Draft, source: str | None = None) -> Article | Rejection:
    """Clean a draft's text, fingerprint its headline and give it its id; or reject it as a wall, a list, or empty.

    ``source``: who sent it, from the header that ``HEADWATER_SOURCE_HEADER`` names; None if that is not set.
    """
    if draft.instructions.canceled:
        return _canceled_article(draft, source)
    refused = judge_text(draft.headline, tell_lines(draft.text))
    if refused and not (refused.reason is Reason.INDEX_PAGE and (draft.article_confidence or 0) >= _SURE_OF_ARTICLE):
        return refused
    clean = clean_text(draft.text, draft.headline, is_extracted=draft.is_extracted)
    if not clean.headline:
        return Rejection(Reason.NO_TEXT, "nothing is left to read once the page furniture is cut away")
    outlet, byline = draft.publisher or _host(draft.url), draft.byline or clean.byline
    return Article(
        id=article_id(draft.instructions.uri, draft.url, (outlet, clean.headline, clean.body), source),
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
        modified=draft.modified,
        summary=_summary(draft, clean.headline, clean.body),
        image=draft.image,
        language=draft.language,
        section=draft.section,
        dateline=clean.dateline or draft.dateline,
        agencies=_bounded_words((*draft.agencies, *clean.agencies)),
        keywords=_bounded_words((*draft.keywords, *clean.keywords)),
        instructions=draft.instructions,
        cuts=clean.cuts,
        repairs=(*draft.repairs, *((LEFT_WHOLE,) if clean.left_whole else ())),
        article_confidence=draft.article_confidence,
    )


def _summary(draft: Draft, headline: str, body: str) -> str | None:
    """The standfirst, unless it only repeats the headline or is the whole text."""
    summary = draft.summary
    if summary is None:
        return None
    return None if not body or summary in (headline, " ".join(body.split())) else summary


# How wires begin the headline of a cancellation: "MANDATORY KILL: Minister to resign".
_KILL_LABEL = re.compile(
    r"^\W*(?:(?:mandatory|bulletin|urgent|news|story)\s+)*"
    r"(?:kill(?:ed)?|withdraw(?:n|al)|retract(?:ed|ion)|cancel(?:l?ed|lation)|annulation|annul[ée]e?|zur[üu]ckgezogen|widerruf"
    r"|anulaci[óo]n|anulad[ao]|annullamento|отмена|аннулировано|撤稿|撤销|取消)\W*\s*[:：/|–—-]+\s*",
    re.IGNORECASE,
)


def _canceled_article(draft: Draft, source: str | None) -> Article:
    """A cancellation: of which article, and under which headline if given. None of the text is published again."""
    outlet, headline = draft.publisher or _host(draft.url), draft.headline or ""
    identity = article_id(draft.instructions.uri, draft.url, (outlet, headline, ""), source)
    authors = [draft.byline] if draft.byline else ()
    compared = _KILL_LABEL.sub("", headline)
    fingerprint = fingerprint_headline(compared, _outlets(outlet, draft.url), authors=authors, section=draft.section)
    return Article(
        id=identity,
        fingerprint=draft.instructions.fingerprint or (fingerprint if headline else identity),
        headline=headline,
        body="",
        url=draft.url,
        source_id=draft.source_id,
        outlet=outlet,
        byline=draft.byline,
        published=draft.published,
        language=draft.language,
        section=draft.section,
        instructions=draft.instructions,
    )


_LATEST_ZONE: Final = timedelta(hours=12)  # UTC-12 is the last zone to reach a given local time
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def refuse_embargoed(article: Article, timestamp_ms: int) -> Rejection | None:
    """EMBARGOED if the embargo ends later than ``timestamp_ms`` (the record's own, since 1970), or if its end can't be read.

    An embargo without a zone is assumed to end as late as possible. A cancellation is never under embargo.
    """
    until = article.instructions.embargoed_until
    if until is None or article.instructions.canceled:
        return None
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        return Rejection(Reason.EMBARGOED, f'embargoed until "{until}", a time that cannot be read')
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC) + _LATEST_ZONE
    if (moment - _EPOCH) // timedelta(milliseconds=1) <= timestamp_ms:
        return None
    return Rejection(Reason.EMBARGOED, f"embargoed until {until}: replay it then, or have it replayed")


def read_article(
    value: bytes | None, content_type: str | None, max_bytes: int, source: str | None = None
) -> Article | Rejection:
    """Read and clean a raw record of at most ``max_bytes``; or reject it."""
    draft = read_record(value, content_type, max_bytes=max_bytes)
    return draft if isinstance(draft, Rejection) else prepare_article(draft, source)


def headline_of(article: Article) -> Headline:
    """The headline in the form for comparison: normalised, and split into the parts that the fingerprint hashes."""
    authors = (article.byline,) if article.byline else ()
    return compared_headline(article.headline, tuple(_outlets(article.outlet, article.url)), authors, article.section)


def tag_article(article: Article, detect: Detect = detect_language) -> tuple[Language, tuple[Subject, ...]]:
    """An article's language, by ``detect``, and its subjects; a canceled one has neither."""
    if article.instructions.canceled:
        return Language("und", 0.0), ()
    language = detect(article.headline, article.body, article.language)
    return language, tag_subjects(article.headline, article.body, article.keywords, language.tag, article.section)


def version_ms(article: Article) -> int:
    """When a wire says it made this version, in milliseconds since 1970; 0 if it does not, or names no zone."""
    if not article.instructions.version_created:
        return 0
    try:
        moment = datetime.fromisoformat(article.instructions.version_created)
    except ValueError:
        return 0
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1)) if moment.tzinfo else 0


def print_instructions(article: Article) -> int:
    """A 32-bit hash of what a wire says about its item beside the text; 0 if the article is not a wire's."""
    return crc32(orjson.dumps(article.instructions)) if article.instructions.uri else 0


OWN_URI: Final = "urn:headwater:article:"
"""The beginning of the identity that an article has for consumers; a producer may name an article by it."""


def article_id(
    uri: str | None, url: str | None, content: tuple[str | None, str, str] = (None, "", ""), source: str | None = None
) -> str:
    """32 hex digits: the hash of a wire's ``uri``, else of the URL's identity, else of its content; and of the source, if
    known.

    Two sources that are distinguished never share an id, whatever URL they write. A ``uri`` that Headwater gave the article is
    itself the id, unless there is a source, which could otherwise name another source's article.
    """
    if uri and not source and _OWN_ID.fullmatch(uri):
        return uri.removeprefix(OWN_URI)
    parts = ("uri", uri) if uri else ("url", url_identity(url)) if url else ("content", content[0] or "", *content[1:])
    if source is not None:
        # Hashed, so that no source's name can be mistaken for another's plus the beginning of a URL.
        parts = ("source", blake2b(source.encode("utf-8", "replace"), digest_size=16).hexdigest(), *parts)
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def article_to_json(article: Article) -> bytes:
    """Encode an article for news.prepared, with the first 100 entries of its ledger, which consumers get."""
    repairs = article.repairs[:LEDGER_ENTRIES]
    stored = {FORMAT_FIELD: FORMAT} | {name: getattr(article, name) for name in field_names(Article)}
    return orjson.dumps(stored | {"repairs": repairs, "cuts": article.cuts[: LEDGER_ENTRIES - len(repairs)]})


def encode_article(article: Article) -> bytes | Rejection:
    """The article for news.prepared; or a rejection if it is so large that its outputs might exceed their topics' limits."""
    encoded = article_to_json(article)
    if len(encoded) <= MOST_ARTICLE_BYTES:
        return encoded
    return Rejection(
        Reason.TOO_LARGE,
        f"{len(encoded):,} bytes once it is read and written as JSON; at most {MOST_ARTICLE_BYTES:,} are passed on",
    )


def article_from_json(value: bytes) -> Article:
    """Decode what :func:`article_to_json` made, in this version or a neighbouring one (:mod:`streams.formats`).

    Raises:
        NewerFormatError: a newer version made it, and this one must not drop fields that it does not know.
        ValueError: it was not made by :func:`article_to_json`.
    """
    try:
        stored: dict[str, Any] = orjson.loads(value)
        check_format(stored)
        stored = known_fields(stored, Article)
        stored["cuts"] = tuple(_read_cut(cut) for cut in stored.get("cuts", ()))
        stored["repairs"] = tuple(Repair(**known_fields(repair, Repair)) for repair in stored.get("repairs", ()))
        stored["agencies"] = tuple(stored.get("agencies", ()))
        stored["keywords"] = tuple(stored.get("keywords", ()))
        stored["image"] = Image(**known_fields(stored["image"], Image)) if stored.get("image") else None
        said = known_fields(stored.get("instructions") or {}, Instructions)
        stored["instructions"] = Instructions(**{**said, "pub_status": PubStatus(said.get("pub_status", PubStatus.USABLE))})
        article = Article(**stored)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no article: {error}") from None
    texts = (article.headline, article.body, *article.agencies, *article.keywords)
    optional = (*_OPTIONAL_TEXTS(article), *_INSTRUCTION_TEXTS(article.instructions))
    if article.image:
        optional += article.image.url, article.image.caption, article.image.credit
    if not (
        {str}.issuperset(map(type, texts))
        and {str, NoneType}.issuperset(map(type, optional))
        and (article.article_confidence is None or type(article.article_confidence) is float)
        and all(type(text) is str and _HASH.fullmatch(text) for text in (article.id, article.fingerprint))
    ):
        raise ValueError("not an article: a field has the wrong type")
    return article


def _read_cut(stored: dict[str, Any]) -> Cut:
    """An entry of the ledger; a kind that this version does not know is read as "other text around the article"."""
    kind = CutKind(stored["kind"]) if stored["kind"] in _CUT_KINDS else CutKind.SURROUNDINGS
    return Cut(**known_fields(stored, Cut) | {"kind": kind})


def _bounded_words(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once: at most 64 words of at most 1,000 characters, as in a draft."""
    return tuple(islice(first_of_each(word for word in words if len(word) <= _MOST_WORD_CHARACTERS), _MOST_WORDS))


@lru_cache(maxsize=16)  # an article's host is asked for several times
def _host(url: str | None) -> str | None:
    return (urlsplit(url).hostname or "").removeprefix("www.") or None if url else None


def _outlets(outlet: str | None, url: str | None) -> tuple[str, ...]:
    """The names of its outlet that an article's headline may carry: the one it gives, and its site's."""
    return tuple(dict.fromkeys(name for name in (outlet, _host(url)) if name))

"""What reading a record gives: a draft of an article, or a rejection with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a record could not become an article: the one vocabulary of logs, metrics, dead letters and tests."""

    TOMBSTONE = "tombstone"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_UTF8 = "not-utf-8"  # nor any encoding that is declared or can be told
    NOT_JSON = "not-json"
    NOT_AN_ARTICLE = "not-an-article"
    WRONG_TYPE = "wrong-type"
    NO_TEXT = "no-text"
    UNREADABLE_HTML = "unreadable-html"
    WITHDRAWN = "withdrawn"
    INDEX_PAGE = "index-page"
    GALLERY = "gallery"
    CONSENT_WALL = "consent-wall"
    ROBOT_CHECK = "robot-check"
    PAY_WALL = "pay-wall"
    UNREADABLE_BATCH = "unreadable-batch"  # what a producer sent together can't be taken apart
    INTERNAL_ERROR = "internal-error"  # a bug of ours that this record alone leads to


@dataclass(frozen=True, slots=True)
class Rejection:
    """Bad input, as a value: why, and what the producer has to mend."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Repair:
    """An entry of the ledger for what reading changed beyond the format: its fields are those of a cut.

    ``kind``: "encoding" or "cut-mark", or "left-whole" from cleaning; ``offset`` and ``length`` count characters of the draft's
    text (0 and 0 where it concerns another field or all); ``excerpt`` is how the place begins after the repair, at most 60
    characters.
    """

    kind: str
    reason: str
    offset: int = 0
    length: int = 0
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as its producer wrote it: fields sorted out, nothing cleaned yet.

    ``headline`` or ``text`` is filled. ``text`` has one line a paragraph where the source had paragraphs. ``url`` is
    canonical (:func:`~streams.records.urls.canonical_url`). ``published`` is RFC 3339 where the source tells the instant,
    else as written; ``language`` is what the source claims; ``keywords`` come without "#", at most 64. Strings other than
    ``text`` and ``url`` have at most 1,000 characters. ``repairs``: what reading mended.
    """

    headline: str | None = None
    text: str = ""
    url: str | None = None
    source_id: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    section: str | None = None
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()

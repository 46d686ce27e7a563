"""The result of reading a record: a draft of an article, or a rejection with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a record could not become an article: the one vocabulary of logs, metrics, dead letters and tests."""

    TOMBSTONE = "tombstone"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_UTF8 = "not-utf-8"  # nor in any declared or recognisable encoding
    NOT_JSON = "not-json"
    NOT_AN_ARTICLE = "not-an-article"
    WRONG_TYPE = "wrong-type"
    NO_TEXT = "no-text"
    UNREADABLE_HTML = "unreadable-html"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"
    INDEX_PAGE = "index-page"
    GALLERY = "gallery"
    CONSENT_WALL = "consent-wall"
    ROBOT_CHECK = "robot-check"
    PAY_WALL = "pay-wall"
    UNREADABLE_BATCH = "unreadable-batch"  # what a producer sent as one batch can't be taken apart
    INTERNAL_ERROR = "internal-error"  # a bug of ours that only this record triggers


@dataclass(frozen=True, slots=True)
class Rejection:
    """Bad input, as a value: the reason, and what the producer has to fix."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A ledger entry for what reading changed beyond the format; its fields are those of a cut.

    ``kind``: "encoding" or "cut-mark", or "left-whole" from cleaning. ``offset`` and ``length`` count characters of the draft's
    text (0 and 0 if it concerns another field, or all). ``excerpt`` is the beginning of the place after the repair, at most 60
    characters.
    """

    kind: str
    reason: str
    offset: int = 0
    length: int = 0
    excerpt: str = ""


class PubStatus(StrEnum):
    """Whether an article may be published, in IPTC's words. Withheld articles are rejected, so that is not a value here."""

    USABLE = "usable"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """What a source asks of those who use its article, in the terms of ninjs; None where it says nothing.

    ``uri``: the identity that a wire gives its item, the same for all versions. ``version``: as written. ``version_created``,
    ``embargoed_until`` and ``expires``: as :attr:`Draft.published`. ``urgency``: 1 (highest) to 9. ``fingerprint``: that of
    the headline to cancel, if given as in Headwater's own documents.
    """

    uri: str | None = None
    pub_status: PubStatus = PubStatus.USABLE
    version: str | None = None
    version_created: str | None = None
    embargoed_until: str | None = None
    expires: str | None = None
    urgency: int | None = None
    ed_note: str | None = None
    usage_terms: str | None = None
    copyright_holder: str | None = None
    copyright_notice: str | None = None
    fingerprint: str | None = None

    @property
    def canceled(self) -> bool:
        """Whether the source takes the article back."""
        return self.pub_status is PubStatus.CANCELED


NO_INSTRUCTIONS = Instructions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An article's lead image: an http or https address, and text about it, at most 1,000 characters each."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as its producer wrote it: sorted into fields, not cleaned yet.

    ``headline`` or ``text`` is filled, unless the article is canceled. ``text`` has one line per paragraph if the source had
    paragraphs. ``url`` is canonical (:func:`~streams.records.values.urls.canonical_url`). ``published`` and ``modified`` are
    RFC 3339 if the source gives the instant, else as much of ISO 8601 as it gives, without a zone; unreadable dates stay as
    written. ``summary``: the standfirst or teaser beside a text. ``language``: what the source claims. ``keywords``: without
    "#", at most 64. Strings other than ``text`` and ``url`` have at most 1,000 characters. ``repairs``: what reading repaired.
    ``article_confidence`` (0.0 to 1.0): how likely an HTML page is an article; None for any other form. ``is_extracted``: the
    text was extracted from a page, so its menus are already gone.
    """

    headline: str | None = None
    text: str = ""
    url: str | None = None
    source_id: str | None = None
    publisher: str | None = None
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
    repairs: tuple[Repair, ...] = ()
    article_confidence: float | None = field(default=None, compare=False)
    is_extracted: bool = field(default=False, compare=False)  # says how the article was read, not what it says

"""The values that the enrichment steps pass to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LANGUAGE_CREATOR: Final = "urn:headwater:model:language-ngrams:6"
"""Our own detector, identified by its model."""


class CutKind(StrEnum):
    """What kind of text cleaning took out of a page."""

    HEADLINE = "headline"  # moved to ``CleanText.headline``
    HEADLINE_REPEAT = "headline-repeat"
    DATELINE = "dateline"
    BYLINE = "byline"
    DATE_LINE = "date-line"
    HASHTAGS = "hashtags"
    COMMENT_FORM = "comment-form"
    NAVIGATION = "navigation"
    SHARE_BAR = "share-bar"
    SUBSCRIPTION = "subscription"
    CREDIT = "credit"  # a picture's
    RELATED = "related"
    COOKIE_NOTICE = "cookie-notice"
    COPYRIGHT = "copyright"
    SURROUNDINGS = "surroundings"  # anything else before or after the article


@dataclass(frozen=True, slots=True)
class Cut:
    """One entry of the ledger: what was removed from the text, why, and from where.

    ``offset`` and ``length`` count characters of the text as it was read (before any cleaning); ``excerpt`` is the beginning of
    the removed text, at most 60 characters.
    """

    kind: CutKind
    reason: str
    offset: int
    length: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class CleanText:
    """A page's text after cleaning, and the facts that were found on the way.

    ``headline`` is "" if the page has none. ``body`` has one line per paragraph, separated by single newlines. ``keywords`` are
    hashtags as written, without "#". ``agencies`` are names as written ("Agencies", "Reuters").
    """

    headline: str
    body: str
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    byline: str | None = None
    keywords: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()
    left_whole: bool = False
    """Whether cleaning would have taken too much and therefore left the text as it was, with or without its headline."""


@dataclass(frozen=True, slots=True)
class Language:
    """A BCP 47 tag ("und": nothing to judge by) and a confidence, 0.0 to 1.0.

    ``declared`` is the tag that the source claims, None if it gave none or an unknown one; ``agrees`` says whether it names the
    language that was found, None if there is nothing to compare. ``creator`` is the detector; ``check`` is the tag of a second
    opinion, None if none was asked for.
    """

    tag: str
    confidence: float
    declared: str | None = None
    agrees: bool | None = None
    creator: str = LANGUAGE_CREATOR
    check: str | None = None


class Witness(StrEnum):
    """Who says what an article is about."""

    TEXT = "text"  # its words, through the model or by naming a term
    SECTION = "section"  # the source, by the section of the article
    KEYWORD = "keyword"  # the source, by a keyword or hashtag


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article is about: one IPTC Media Topic.

    ``uri``: http://cv.iptc.org/newscodes/mediatopic/…; ``name``: its English label; ``confidence``: 1 to 100, at most about the
    share of right ones among such; ``relevance``: 1 to 100, how much of the article it is about; ``evidence``: the words that
    spoke for it, the source's first, then the best; ``witnesses``: who said so (``SECTION`` and ``KEYWORD`` are the
    source's own word); ``odds``: what each word of the evidence added, in log odds, 0.0 for one that only names a deeper term.
    """

    uri: str
    name: str
    confidence: int
    evidence: tuple[str, ...] = ()
    relevance: int = 100
    witnesses: tuple[Witness, ...] = (Witness.TEXT,)
    odds: tuple[float, ...] = ()


def first_of_each(words: Iterable[str]) -> tuple[str, ...]:
    """The words without those that repeat an earlier one in any case."""
    distinct: dict[str, str] = {}
    for word in words:
        distinct.setdefault(word.casefold(), word)
    return tuple(distinct.values())

"""What an HTML page says about its article (headline, authors, dates, image, summary), as opposed to other things on it.

For each fact the most reliable source wins: the page's JSON-LD, then its meta tags, its microdata, its elements' names, and
last whatever is beside the headline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from streams.records.draft import Image
from streams.records.pages.bylines import read_authors
from streams.records.pages.dates import read_dates
from streams.records.pages.headlines import read_headline
from streams.records.pages.images import read_lead_image
from streams.records.pages.place import Page
from streams.records.pages.summary import read_summary
from streams.records.values.dates import Moment


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says about its article; None and "" where it says nothing."""

    headline: str | None
    byline: str
    published: Moment | None
    modified: Moment | None
    image: Image | None
    summary: str | None


def read_facts(
    tree: Any, article: Mapping[str, Any], documents: list[Any], metas: Mapping[str, list[str]], url: str | None
) -> PageFacts:
    """The facts of a page. ``article`` is its JSON-LD article, ``metas`` its meta tags' contents by lower-case name."""
    page = Page(tree, article, documents, metas, url)
    headline, heading = read_headline(page)
    page.mark(heading)
    published, modified = read_dates(page)
    return PageFacts(headline, read_authors(page), published, modified, read_lead_image(page), read_summary(page, headline))

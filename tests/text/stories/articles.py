"""Articles for the tests of stories."""

from __future__ import annotations

from hashlib import md5

from streams.text.headline import normalise_headline
from streams.text.stories.headlines import sorted_words
from streams.text.stories.signature import Signature, print_of, weigh_words

NOON_MS = 1_750_000_000_000
HOUR_MS = 3_600_000
WINDOW_MS = 72 * HOUR_MS

FERRY = (
    "The ferry Aurelia ran aground off Kellmouth early on Tuesday with 214 passengers aboard, the coastguard said. Lifeboats"
    " from Kellmouth and Dunmarrow brought everyone ashore. Captain Idris Vaughan said that the steering had failed near"
    " Gull Rock."
)
FERRY_AGAIN = (
    "Passengers of the Aurelia were taken off by lifeboats from Dunmarrow after the ferry struck Gull Rock near Kellmouth."
    " Its captain, Idris Vaughan, blamed the steering, the coastguard told reporters. All 214 passengers are safe."
)
FERRY_BRIEF = (
    "Near Gull Rock, lifeboats took 214 people off the Aurelia, a ferry from Dunmarrow, on Tuesday. Nobody was hurt, Captain"
    " Idris Vaughan told Gull Radio in Kellmouth."
)
BUDGET = (
    "Finance minister Leontine Okafor presented a budget of 31 billion crowns to parliament in Varnholm. It raises the tax on"
    " tobacco and lowers the one on bread. The opposition under Casimir Thule called it timid."
)


def article_id(name: object) -> str:
    """32 hex digits that stand for a name."""
    return md5(str(name).encode()).hexdigest()


def signed(
    name: object,
    headline: str,
    body: str = "",
    *,
    time_ms: int = NOON_MS,
    language: str = "en",
    outlet: str = "The Kellmouth Post",
    canceled: bool = False,
) -> Signature:
    """An article as `group` sees it."""
    return Signature(
        article_id=article_id(name),
        time_ms=time_ms,
        language=language,
        outlet=outlet,
        headline=headline,
        compared=sorted_words(normalise_headline(headline)),
        words=weigh_words(headline, body, language),
        body=print_of(body),
        canceled=canceled,
    )

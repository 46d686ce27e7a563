"""What to do about each reason for a rejection: for the operator who reads dead letters, beside the producer's message."""

from __future__ import annotations

from typing import Final

from streams.records import Reason

ADVICE: Final[dict[str, str]] = {
    Reason.TOMBSTONE: "The producer sent no value. news.raw takes articles alone: it deletes nothing.",
    Reason.EMPTY: "The producer sent nothing but space: look at its crawler's log for that time.",
    Reason.TOO_LARGE: "Raise HEADWATER_MAX_ARTICLE_BYTES, restart the workers, replay; or have the article sent alone.",
    Reason.TOO_DEEP: "Nested far beyond any article: have the producer send the article's own object or page.",
    Reason.NOT_UTF8: "Have the producer name the encoding in content-type (charset=…), or send UTF-8.",
    Reason.NOT_JSON: "The producer says JSON and sends something else, or cut it off: fix it there and publish again.",
    Reason.NOT_AN_ARTICLE: "Have the producer send one article per record: not a feed, a list or a picture.",
    Reason.WRONG_TYPE: "A headline or text is not text: fix it at the producer and publish again.",
    Reason.NO_TEXT: "Often a page that a script fills: have the crawler render it. INPUTS.md lists the fields that are read.",
    Reason.UNREADABLE_HTML: "The page is too broken to be parsed: have the crawler save it as the browser sees it.",
    Reason.WITHDRAWN: "The agency took it back: nothing to do.",
    Reason.INDEX_PAGE: "The crawler followed a link to an overview: leave it out there. If it is an article, report the page.",
    Reason.GALLERY: "Pictures with captions. If there is an article in it, report the page.",
    Reason.CONSENT_WALL: "The crawler met a consent dialogue: let it answer, then crawl again. A replay changes nothing.",
    Reason.ROBOT_CHECK: "The outlet takes the crawler for a robot: slow it down, or ask the outlet. A replay changes nothing.",
    Reason.EMBARGOED: "Held until its embargo ends: replay it then, which releases it.",
    Reason.UNREADABLE_BATCH: "A producer's client wrote a batch that cannot be read: its bytes are kept; fix the client.",
    Reason.INTERNAL_ERROR: "A bug of Headwater's own: report the record; replay it with the version that fixes it.",
    Reason.PAY_WALL: "Only the offer was fetched: subscribe for the crawler, or drop the outlet. A replay changes nothing.",
}

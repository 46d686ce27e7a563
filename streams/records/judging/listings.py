"""Pages with many articles' beginnings, or pictures' captions, instead of one article: recognised by the build of their lines.

It needs no word list: an article has a stretch of prose, paragraph after paragraph; a list alternates titles, dates and
teasers; a gallery has counters ("3 / 20") and credits.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Final

from streams import lazy_re as re
from streams.records.draft import Reason, Rejection
from streams.records.judging.prose import is_sentence, marks_sentences, weight_of

_SHORTEST_PROSE = 60  # weight of a line that is prose if it ends a sentence …
LONG_LINE = 180  # … and of one that is prose in any case
_GAP = 1  # other lines allowed within a stretch of prose: a subheading, a caption

_LEAST_TITLES = 12  # this many title-like lines make a text a list …
_SHORTEST_TITLE, _LONGEST_TITLE, _LEAST_WORDS = 22, 160, 4  # weight; words, in scripts with spaces
_LEAST_SHARE = 0.5  # … if they are this share of the lines longer than a menu entry …
_MOST_STRETCH = 320  # … if no stretch of prose is heavier …
_MOST_PARAGRAPHS = 2  # … or longer: a teaser has a paragraph or two …
_LEAST_SIGNS = 4  # … and if there are this many times or labels between them, or teasers below them
_LONGEST_LABEL = 40  # weight

_COUNTER = re.compile(r"\W*(?:[^\W\d_]{1,12}\.?\s?)?(\d{1,3})\s?(?:/|[^\W\d_]{1,4})\s?(\d{1,3})\W*")
# fmt: off
CREDIT_SIGNS: Final = (
    "©", "photo", "foto", "getty", "credit", "crédit", "image", "bild", "imago", "shutterstock", "afp", "reuters", "фото",
    "照片", "图", "圖", "写真", "撮影", "صورة", "تصوير", "फोटो", "तस्वीर",
)
# fmt: on
_CREDIT = re.compile(
    r"getty images|imago|shutterstock|(?:^|[(\[|/–—-]\s?)(?:ap|afp|reuters|epa|dpa|ansa|efe|tass)(?: photo)?\s?(?:[)\]/]|$)"
    r"|\b(?:photo|foto|photograph|photographe|fotografía|image|bild|credit|crédit|crédito|фото)s?\s?(?:by|credit|courtesy)?\s?[:/©]"
    r"|(?:照片|图片|圖片|图|圖|写真|撮影|صورة|تصوير|फोटो|तस्वीर)\s?[:：/]|©",
    re.IGNORECASE,
)
_LEAST_COUNTERS = 5
_LEAST_CREDITS = 6
_LEAST_CREDIT_SHARE = 0.3  # of the longer lines

_MESSAGES: Final = {
    Reason.INDEX_PAGE: "a list of articles, not one of them: publish each article by itself",
    Reason.GALLERY: "a gallery of pictures with captions, not an article: publish articles of text",
}


def gallery() -> Rejection:
    return Rejection(Reason.GALLERY, _MESSAGES[Reason.GALLERY])


def judge_listing(text: str) -> Rejection | None:
    """INDEX_PAGE or GALLERY for a text that is one; None for an article, and in case of doubt."""
    lines = [line.strip() for line in text.split("\n") if line and not line.isspace()]
    if len(lines) < _LEAST_COUNTERS or not marks_sentences(text):
        return None
    if _is_gallery(lines, text):
        return gallery()
    return index_page() if not holds_article(lines) and _is_index(lines) else None


def index_page() -> Rejection:
    return Rejection(Reason.INDEX_PAGE, _MESSAGES[Reason.INDEX_PAGE])


def holds_article(lines: list[str], gap_lines: int = _GAP) -> bool:
    """Whether some run of prose, across gaps of at most ``gap_lines`` other lines, is longer than a teaser."""
    weight, paragraphs, gap = 0, 0, 0
    for line in lines:
        if is_prose(line):
            weight, paragraphs, gap = weight + weight_of(line), paragraphs + 1, 0
            if weight > _MOST_STRETCH or paragraphs > _MOST_PARAGRAPHS:
                return True
        else:
            gap += 1
            if gap > gap_lines:
                weight = paragraphs = 0
    return False


def is_prose(line: str) -> bool:
    """Whether a line is a paragraph: a long line, or a sentence of some length."""
    weight = weight_of(line)
    return weight >= LONG_LINE or (weight >= _SHORTEST_PROSE and is_sentence(line))


def _is_index(lines: list[str]) -> bool:
    longer = [line for line in lines if weight_of(line) >= _SHORTEST_TITLE]
    titles = {line for line in longer if _is_title(line)}
    teasers = sum(1 for above, line in pairwise(lines) if above in titles and is_prose(line))
    if len(titles) < _LEAST_TITLES or len(titles) + teasers < _LEAST_SHARE * len(longer):
        return False
    times = sum(1 for line in lines if line not in titles and weight_of(line) <= _LONGEST_LABEL and any(map(str.isdigit, line)))
    labels = sum(
        count - 1
        for count in Counter(line for line in lines if line not in titles and weight_of(line) <= _LONGEST_LABEL).values()
    )
    return max(times, labels, teasers) >= _LEAST_SIGNS


def _is_title(line: str) -> bool:
    weight = weight_of(line)
    if not _SHORTEST_TITLE <= weight <= _LONGEST_TITLE or is_sentence(line):
        return False
    digits = sum(map(str.isdigit, line))  # tables and calendars
    return digits * 5 <= len(line) and (weight > len(line) or line.count(" ") >= _LEAST_WORDS - 1)


def _is_gallery(lines: list[str], text: str) -> bool:
    counted = [
        (int(found[1]), int(found[2])) for line in lines if len(line) <= _LONGEST_LABEL and (found := _COUNTER.fullmatch(line))
    ]
    totals = Counter(total for number, total in counted if 0 < number <= total)
    is_numbered = bool(totals) and totals.most_common(1)[0][1] >= _LEAST_COUNTERS
    if is_numbered and not holds_article(lines, 0):
        return True
    lowered = text.lower()
    if sum(lowered.count(sign) for sign in CREDIT_SIGNS) < _LEAST_CREDITS:
        return False
    longer = sum(1 for line in lines if weight_of(line) >= _SHORTEST_TITLE)
    # Captions between pictures have one paragraph or two; an article with pictures has more.
    uncredited = [line for line in lines if not _CREDIT.search(line)]
    credited = len(lines) - len(uncredited)
    return credited >= max(_LEAST_CREDITS, _LEAST_CREDIT_SHARE * longer) and not holds_article(uncredited)

"""Whether a text is an article, or a wall in front of one, or a list of several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from streams import lazy_re as re
from streams.records.draft import Rejection
from streams.records.judging.error_pages import judge_error_page
from streams.records.judging.listings import CREDIT_SIGNS, LONG_LINE, is_prose, judge_listing
from streams.records.judging.prose import weight_of
from streams.records.judging.walls import judge_wall, signs_of_walls

_PARAGRAPH = 60  # characters of a line that the first look takes for a paragraph
_PLAIN_STRETCH = 900  # weight of paragraphs that settle it at the first look: more than any judge requires
_MOST_STRETCHES = 3  # looked at; after that the judges decide

_FIRST_IDEOGRAPH = "\u2e80"
_PREFIX = 4  # characters
_AT_ONCE = 1 << 16  # characters; the words of a text of megabytes would take ten times its size
_WORD = re.compile(rf"\w{{{_PREFIX},}}")
_LETTERS_A_QUOTE = 30  # a Latin-1 text has at most one non-Latin-1 quote or dash per this many letters
_FARTHER = re.compile("[\u0530-\u1fff\u2c00-\uffff]")  # scripts other than Latin, Greek and Cyrillic


def judge_text(headline: str | None, text: str) -> Rejection | None:
    """Whether a text is a wall before an article (CONSENT_WALL, ROBOT_CHECK, PAY_WALL) or holds several (INDEX_PAGE, GALLERY).

    NOT_AN_ARTICLE for an error page.
    None for an article, and in case of doubt: of 41,766 texts in 83 languages and 80 pages' bodies none is refused.
    """
    if _is_article_at_a_glance(text):
        return None
    return judge_error_page(headline, text) or judge_wall(headline, text) or judge_listing(text)


def _is_article_at_a_glance(text: str) -> bool:
    """Whether there are consecutive paragraphs without any word of a wall and without any picture credit.

    This takes a tenth of the judges' time, and only accepts what they would accept.
    """
    looked, weight = 0, 0
    stretch: list[str] = []
    for line in text.split("\n"):
        if len(line) >= LONG_LINE or (len(line) >= _PARAGRAPH and is_prose(line)):
            stretch.append(line)
            weight += len(line) if line < _FIRST_IDEOGRAPH else weight_of(line)  # close enough, without looking at each letter
            if weight >= _PLAIN_STRETCH:
                if not _has_sign("\n".join(stretch)):
                    return True
                looked += 1
                if looked == _MOST_STRETCHES:
                    return False
                stretch, weight = [], 0
        elif line and not line.isspace():
            stretch, weight = [], 0
    return False


def _has_sign(text: str) -> bool:
    """Whether a word of ``text`` begins like a sign of a wall or of a picture credit."""
    by_prefix, others = _signs()
    text = text.lower()
    stretches = (text[begin : begin + _AT_ONCE + _PREFIX] for begin in range(0, len(text), _AT_ONCE))
    near = {word[:_PREFIX] for stretch in stretches for word in stretch.split()} & by_prefix.keys()
    if any(sign in text for prefix in near for sign in by_prefix[prefix]):
        return True
    beyond = len(text) - len(text.encode("latin-1", "ignore"))
    is_farther = beyond * _LETTERS_A_QUOTE > len(text) and _FARTHER.search(text) is not None
    return (not text.isascii() and "©" in text) or (is_farther and any(sign in text for sign in others))


@cache
def _signs() -> tuple[Mapping[str, list[str]], list[str]]:
    """Signs in scripts with spaces, by the beginning of their longest word (few texts have many of these); and the others."""
    by_prefix, others = defaultdict(list), []
    for sign in (*signs_of_walls(), *CREDIT_SIGNS):
        word = max(_WORD.findall(sign), key=len, default="")
        if _FARTHER.search(sign) or not word:
            others.append(sign)
        else:
            by_prefix[word[:_PREFIX]].append(sign)
    return by_prefix, others

"""Whether a text is an article at all, or a wall before one, or a list of several."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from streams.records.draft import Rejection
from streams.records.listings import CREDIT_SIGNS, LONG_LINE, is_prose, judge_listing
from streams.records.prose import weight_of
from streams.records.walls import judge_wall, signs_of_walls

_PARAGRAPH = 60  # characters of a line that the first look at a text takes for one
_PLAIN_STRETCH = 900  # weight of paragraphs that make an article at the first look: more than any judge asks for
_MOST_STRETCHES = 3  # looked at; then the judges have to

_FIRST_IDEOGRAPH = "\u2e80"
_PREFIX = 4  # characters
_AT_ONCE = 1 << 16  # characters; the words of a text of megabytes take ten times its room
_WORD = re.compile(rf"\w{{{_PREFIX},}}")
_LETTERS_A_QUOTE = 30  # a text of Latin-1 has no more quotes and dashes beyond it
_FARTHER = re.compile("[\u0530-\u1fff\u2c00-\uffff]")  # scripts other than Latin, Greek and Cyrillic


def judge_text(headline: str | None, text: str) -> Rejection | None:
    """Whether a text is a wall before an article (CONSENT_WALL, ROBOT_CHECK, PAY_WALL) or holds several (INDEX_PAGE, GALLERY).

    None for an article, and in doubt: of 41,766 texts in 83 languages and 80 pages' bodies none is refused.
    """
    if _is_article_at_a_glance(text):
        return None
    return judge_wall(headline, text) or judge_listing(text)


def _is_article_at_a_glance(text: str) -> bool:
    """Whether paragraphs follow upon each other that have no word of a wall's and no credit of a picture's.

    A look that is a tenth of what the judges take, and says of nothing but what they would let pass.
    """
    looked, weight = 0, 0
    stretch: list[str] = []
    for line in text.split("\n"):
        if len(line) >= LONG_LINE or (len(line) >= _PARAGRAPH and is_prose(line)):
            stretch.append(line)
            weight += len(line) if line < _FIRST_IDEOGRAPH else weight_of(line)  # near enough, and no look at each letter
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
    """Whether a word of ``text`` begins as a sign of a wall or of a picture's credit does."""
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
    """The signs of scripts with spaces by how their longest word begins (few texts have many of these), and the others."""
    by_prefix, others = defaultdict(list), []
    for sign in (*signs_of_walls(), *CREDIT_SIGNS):
        word = max(_WORD.findall(sign), key=len, default="")
        if _FARTHER.search(sign) or not word:
            others.append(sign)
        else:
            by_prefix[word[:_PREFIX]].append(sign)
    return by_prefix, others

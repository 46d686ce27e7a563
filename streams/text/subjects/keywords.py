"""Which of a source's keywords tell what an article is about: those in its language that are not machinery of the page.

Newsrooms' systems put their own words among the keywords: where a page is placed ("homepage", "top stories"), how it is laid
out ("one-column"), the name of a section in the language of the system. None of these is evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from streams import lazy_re as re
from streams.text.language.single_words import is_foreign
from streams.text.subjects.words import READ_AS, WITHOUT_SPACES, words_of
from streams.word_lists import word_lists

MOST_KEYWORDS: Final = 50
MOST_CHARS: Final = 100

_CAMEL_HUMP = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_SLUG = re.compile(r"[^\s_/.:|-]+(?:[-_/.:|]+[^\s_/.:|-]+)+")
_JOINT = re.compile(r"[-_/.:|]+")


def telling_keywords(keywords: Sequence[str], text: str, language: str) -> list[str]:
    """The keywords that are of the article's language or said in its text, as words: "ClimateChange" is "Climate Change".

    ``language`` is a BCP 47 tag; beside "und" no keyword is foreign.
    """
    if not keywords:
        return []
    is_said = _finder(text, language)
    found = []
    for keyword in keywords[:MOST_KEYWORDS]:
        spaced = _CAMEL_HUMP.sub(" ", keyword[:MOST_CHARS]).strip()
        words = words_of(spaced, language)
        if words and not is_machinery(spaced, words) and (all(map(is_said, words)) or not is_foreign(spaced, language)):
            found.append(spaced)
    return found


def is_machinery(keyword: str, words: Sequence[str]) -> bool:
    """Whether a keyword, and its ``words`` in lower case, are of the page's making: "one-column", "Top stories"."""
    whole, of_slugs = _machinery()
    if all(word in whole for word in words):
        return True
    return keyword == keyword.lower() and bool(_SLUG.fullmatch(keyword)) and not of_slugs.isdisjoint(_JOINT.split(keyword))


def _finder(text: str, language: str) -> Callable[[str], bool]:
    said = words_of(text, language)
    primary = language.partition("-")[0]
    return "".join(said).__contains__ if READ_AS.get(primary, primary) in WITHOUT_SPACES else frozenset(said).__contains__


@cache
def _machinery() -> tuple[frozenset[str], frozenset[str]]:
    listed = word_lists(__package__, "machinery_words.toml")
    whole, of_slugs = (frozenset(word.strip() for word in listed[part]["words"].split(",")) for part in ("whole", "slug"))
    return whole, of_slugs

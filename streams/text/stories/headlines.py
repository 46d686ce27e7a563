"""When two headlines that are not equal say the same: near repeats, judged in whole numbers on their sorted words."""

from __future__ import annotations

import re

from streams.text.wording import says_the_same, telling_words, turns

ALIKE_PER_CENT = 85
"""rapidfuzz's ``token_sort_ratio`` of a near repeat, at least."""
FEWEST_TELLING_WORDS = 4
"""Of each: a shorter one may be any article's."""
FORM_PER_CENT = 60
"""Words that are the same where a form is filled in anew, at least."""
MOST_CHARACTERS = 300
_FEWEST_LETTERS = 3  # that two forms of one word have in common
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def sorted_words(normalised: str) -> str:
    """The words of a normalised headline in order of their letters: the order in which they stood no longer counts."""
    return " ".join(sorted(normalised.split()))[:MOST_CHARACTERS]


def are_alike(one: str, other: str) -> bool:
    """Whether two headlines, by their sorted words, are near repeats and no number of one contradicts the other's."""
    lengths = len(one) + len(other)
    # The longest subsequence that both have is no longer than the shorter one.
    if not lengths or 200 * min(len(one), len(other)) < ALIKE_PER_CENT * lengths:
        return False
    if numbers_contradict(one, other):
        return False
    if 200 * common_length(one, other) < ALIKE_PER_CENT * lengths or _says_otherwise(one, other):
        return False
    return min(telling_words(one), telling_words(other)) >= FEWEST_TELLING_WORDS


def numbers_contradict(one: str, other: str) -> bool:
    """Whether each headline has a number that the other has not: "3 dead", "5 dead". That only one tells more is well."""
    in_one, in_other = numbers_of(one), numbers_of(other)
    return bool(in_one - in_other and in_other - in_one)


def numbers_of(headline: str) -> set[str]:
    """The numbers that a normalised headline tells."""
    return set(_NUMBER.findall(headline))


def common_length(one: str, other: str) -> int:
    """The length of the longest subsequence of two texts (Hyyrö 2004: a column of the table is the bits of one number)."""
    places: dict[str, int] = {}
    for position, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << position
    everything = (1 << len(one)) - 1
    unmatched = everything
    for character in other:
        matched = unmatched & places.get(character, 0)
        unmatched = (unmatched + matched | unmatched - matched) & everything
    return len(one) - unmatched.bit_count()


def fill_one_form(one: str, other: str) -> bool:
    """Whether two headlines, by their sorted words, are one form filled in twice: most words are the same, and each has one in
    place of the other's, or a number. "Okafor wins Ohio", "Okafor wins Iowa"."""
    in_one, in_other = set(one.split()), set(other.split())
    if 100 * len(in_one & in_other) < FORM_PER_CENT * min(len(in_one), len(in_other)):
        return False
    return numbers_contradict(one, other) or _says_otherwise(one, other)


def _says_otherwise(one: str, other: str) -> bool:
    """Whether each has a word in place of the other's ("wins Ohio", "wins Iowa"), or only one has a word that turns what it
    says ("not", "up"). Other forms of one word are none."""
    in_one, in_other = set(one.split()), set(other.split())
    only_one = _unlike_all(in_one - in_other, in_other - in_one)
    only_other = _unlike_all(in_other - in_one, in_one - in_other)
    if turns(only_one | only_other):
        return True
    return _is_long_among(only_one) and _is_long_among(only_other)


def keep_order(one: str, other: str) -> bool:
    """Whether two headlines, as they are written, have their common words in orders that say the same: not "Alder beats Lorn"
    and "Lorn beats Alder"."""
    in_one, in_other = (_WORD.findall(headline.casefold()) for headline in (one, other))
    common = set(in_one) & set(in_other)
    orders = [list(dict.fromkeys(word for word in words if word in common)) for words in (in_one, in_other)]
    return says_the_same(*orders)


def _unlike_all(words: set[str], others: set[str]) -> set[str]:
    return {word for word in words if not any(_are_forms(word, each) for each in others)}


def _is_long_among(words: set[str]) -> bool:
    return any(len(word) > _FEWEST_LETTERS for word in words)


def _are_forms(one: str, other: str) -> bool:
    """Whether two words can be forms of one: they begin alike, for most of the shorter one."""
    shorter = min(len(one), len(other))
    same = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    return same >= _FEWEST_LETTERS and 4 * same >= 3 * shorter

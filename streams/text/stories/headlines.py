"""When two different headlines say the same: near repeats, judged in whole numbers on their sorted words."""

from __future__ import annotations

from functools import cache, lru_cache

from streams import lazy_re as re
from streams.text.headline import genre_names
from streams.text.spelling import one_alphabet
from streams.text.wording import is_unspaced, says_much, says_the_same, telling_words, turns

ALIKE_PER_CENT = 85
"""The lowest rapidfuzz ``token_sort_ratio`` of a near repeat."""
FEWEST_TELLING_WORDS = 4
"""In each headline; a shorter one may be any article's."""
FORM_PER_CENT = 60
"""The lowest share of equal words in two uses of one form."""
MOST_CHARACTERS = 300
_FEWEST_LETTERS = 3  # that two forms of one word share
_LONGEST_ENDING = 2  # of a genre in another form: "polls", "reviewed"
_WORD = re.compile(r"\w+")
_GENRE_WORD = re.compile(r"(?<![a-z])[a-z]+")  # also tight before Chinese or Japanese
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def sorted_words(normalised: str) -> str:
    """The words of a normalised headline in alphabetical order, so that their original order no longer matters.

    A headline of letters that Serbian has too was put in Latin ones as a whole; here the others' are.
    """
    return " ".join(sorted(one_alphabet(normalised).split()))[:MOST_CHARACTERS]


def are_alike(one: str, other: str) -> bool:
    """Whether two headlines, given by their sorted words, are near repeats whose numbers do not contradict each other."""
    lengths = len(one) + len(other)
    # The longest common subsequence is at most as long as the shorter headline.
    if not lengths or 200 * min(len(one), len(other)) < ALIKE_PER_CENT * lengths:
        return False
    # Nor is it longer than the characters they share in any order, which are counted in a tenth of the time.
    if 200 * _common_characters(one, other) < ALIKE_PER_CENT * lengths:
        return False
    if 200 * common_length(one, other) < ALIKE_PER_CENT * lengths or _says_otherwise(one, other):
        return False
    if numbers_contradict(one, other) or _name_other_genres(one, other):
        return False
    return min(telling_words(one), telling_words(other)) >= FEWEST_TELLING_WORDS


def _common_characters(one: str, other: str) -> int:
    characters = set(one)
    return sum(map(min, map(one.count, characters), map(other.count, characters)))


def numbers_contradict(one: str, other: str) -> bool:
    """Whether each headline has a number that the other lacks: "3 dead", "5 dead". If only one has more, that is fine."""
    in_one, in_other = numbers_of(one), numbers_of(other)
    return bool(in_one - in_other and in_other - in_one)


@lru_cache(maxsize=4_096)  # the headlines of a story's members are compared with each article that may join it
def numbers_of(headline: str) -> frozenset[str]:
    """The numbers in a normalised headline."""
    return frozenset(_NUMBER.findall(headline))


def common_length(one: str, other: str) -> int:
    """The length of the longest common subsequence of two texts (Hyyrö 2004: one column of the table is one number's bits)."""
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
    """Whether two headlines, given by their sorted words, are one form filled in twice: most words are equal, and each has a
    word or number where the other has a different one. "Okafor wins Ohio", "Okafor wins Iowa"."""
    in_one, in_other = set(one.split()), set(other.split())
    if 100 * len(in_one & in_other) < FORM_PER_CENT * min(len(in_one), len(in_other)):
        return False
    return numbers_contradict(one, other) or _says_otherwise(one, other)


def _says_otherwise(one: str, other: str) -> bool:
    """Whether each has a word in place of the other's ("wins Ohio", "wins Iowa"), or only one has a word that reverses its
    meaning ("not", "up"). Different forms of one word do not count. In scripts without spaces characters count as words."""
    in_one, in_other = _said(one), _said(other)
    only_one = _unlike_all(in_one - in_other, in_other - in_one)
    only_other = _unlike_all(in_other - in_one, in_one - in_other)
    if turns(only_one | only_other):
        return True
    return any(map(says_much, only_one)) and any(map(says_much, only_other))


def _said(headline: str) -> set[str]:
    """The words; of one in a script without spaces its characters, repeated for their second time and so on."""
    words: set[str] = set()
    for word in headline.split():
        if is_unspaced(word):
            words.update(character * word.count(character, 0, place + 1) for place, character in enumerate(word))
        else:
            words.add(word)
    return words


def keep_order(one: str, other: str) -> bool:
    """Whether the common words of two headlines, as written, are in orders with the same meaning; unlike "Alder beats Lorn" and
    "Lorn beats Alder"."""
    in_one, in_other = (_WORD.findall(headline.casefold()) for headline in (one, other))
    common = set(in_one) & set(in_other)
    orders = [list(dict.fromkeys(word for word in words if word in common)) for words in (in_one, in_other)]
    return says_the_same(*orders)


def _name_other_genres(one: str, other: str) -> bool:
    """Whether only one names a genre ("fact check", "opinion"), in whatever form: a debunk is no repeat of its claim."""
    in_one, in_other = (set(_GENRE_WORD.findall(headline)) for headline in (one, other))
    only = in_one ^ in_other
    named = (words for words in _genres() if not only.isdisjoint(words))
    return any(_has_all(in_one, words) != _has_all(in_other, words) for words in named)


def _has_all(words: set[str], needed: frozenset[str]) -> bool:
    return all(any(each.startswith(word) and len(each) <= len(word) + _LONGEST_ENDING for each in words) for word in needed)


@cache
def _genres() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(name.split()) for name in genre_names())


def _unlike_all(words: set[str], others: set[str]) -> set[str]:
    return {word for word in words if not any(are_forms(word, each) for each in others)}


def are_forms(one: str, other: str) -> bool:
    """Whether two words may be forms of one: they share their beginning, for most of the shorter one."""
    shorter = min(len(one), len(other))
    same = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    return same >= _FEWEST_LETTERS and 4 * same >= 3 * shorter

"""Numbers in the form for comparison: "five", "150k" and "$2.5 billion" as digits.

``number_words.toml`` holds the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from streams import lazy_re as re
from streams.word_lists import word_lists

_DIGITS = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")
_GLUED = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(k|m|mn|mln|mio|bn|bln|b|mrd|tn|trn)")  # "150k", "2.5bn"
_KOREAN = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_KOREAN_COUNTED = re.compile("(?:명|건|곳|개|채|대|살|달|배|편|척|마리|사람)")
_ARTICLES, _HALF, _SHORTEST_SCALE = frozenset(("a", "an")), "half", 4  # letters: "vitamin A B"
_ONE, _NOT_A_NUMBER_BEHIND = "one", frozenset(("no", "any", "every", "some", "this", "that", "each", "which", "the"))

# Chinese numerals are numbers before something counted; elsewhere they are parts of names (三星, 八达岭).
_COUNTED = "人名岁歳個个件台架辆艘倍天年月日號号周死伤傷級级強强"
_NUMERAL = re.compile(f"[二两三四五六七八九十](?:十[一二三四五六七八九]?|(?<=十)[一二三四五六七八九])?(?=[{_COUNTED}])")
_NUMERALS = {**{sign: value for value, sign in enumerate("一二三四五六七八九", 1)}, "两": 2}


def numbers_in_digits(words: Sequence[str]) -> list[str]:
    """Comparable words with every number in digits. Idempotent.

    ``["twenty", "five"]`` becomes ``["25"]``, ``["150k"]`` and ``["150", "thousand"]`` become ``["150000"]``, ``["first"]``
    becomes ``["1st"]``.
    """
    written: list[str] = []
    at, numerals = 0, _numerals()
    while at < len(words):
        word = words[at]
        if word.isalpha() and word.isascii() and word not in numerals:
            written.append(word)
            at += 1
            continue
        number, read = _number_at(words, at)
        written.append(number)
        at += read
    return written


def _number_at(words: Sequence[str], at: int) -> tuple[str, int]:
    """The word at this place in the form for comparison, joined with the others of its number, and how many they are."""
    word, read = words[at], 1
    behind = words[at + 1] if at + 1 < len(words) else ""
    if (value := _value(word, behind)) is not None:
        units = 1 if behind == _ONE else _words().get(behind, 0)
        if value >= 20 and 0 < units < 10:
            value, read = value + units, 2
        word = str(value)
    elif word in _KOREAN and _KOREAN_COUNTED.match(behind):
        return f"{_KOREAN[word]}{behind}", 2
    elif word in _ARTICLES and len(behind) >= _SHORTEST_SCALE and behind in _scales():
        word, read = str(_scales()[behind]), 2
    elif word == _HALF and behind in _ARTICLES and (scale := _scales().get(words[at + 2] if at + 2 < len(words) else "", 0)):
        word, read = str(scale // 2), 3
    elif word == _ONE and not (at and words[at - 1] in _NOT_A_NUMBER_BEHIND):
        word = "1"
    elif glued := _GLUED.fullmatch(word):
        word = _times(glued[1], _scales()[glued[2]]) or word
    elif not word.isascii():
        word = _NUMERAL.sub(lambda found: str(_read_numeral(found[0])), word)
    else:
        word = _ordinals().get(word, word)
    while at + read < len(words) and (scaled := _times(word, _scales().get(words[at + read], 0))):
        word, read = scaled, read + 1
    return word, read


def _value(word: str, behind: str) -> int | None:
    """What a word counts, as such or before what is counted."""
    value = _words().get(word)
    if value is None and behind in _things():
        return _counted().get(word)
    return value


def _times(digits: str, scale: int) -> str | None:
    """A decimal number times a scale, if the result is a whole number and there is a scale."""
    found = _DIGITS.fullmatch(digits) if scale else None
    if found is None:
        return None
    fraction = found[2] or ""
    value, rest = divmod(int(found[1] + fraction) * scale, 10 ** len(fraction))
    return None if rest else str(value)


def _read_numeral(numeral: str) -> int:
    tens, ten, units = numeral.rpartition("十")
    return (10 * _NUMERALS.get(tens, 1) if ten else 0) + _NUMERALS.get(units, 0)


@cache
def _table(name: str) -> dict[str, str]:
    lists = word_lists("streams.text", "number_words.toml")[name]
    return {word.strip().casefold(): number for number, words in lists.items() for word in words.split(",")}


@cache
def _words() -> dict[str, int]:
    return {word: int(number) for word, number in _table("words").items()}


@cache
def _numerals() -> frozenset[str]:
    """All words of Latin letters with which a number may begin."""
    return frozenset((*_words(), *_counted(), *_ordinals(), *_ARTICLES, _HALF, _ONE))


@cache
def _counted() -> dict[str, int]:
    return {word: int(number) for word, number in _table("counted").items()}


@cache
def _things() -> frozenset[str]:
    return frozenset(_table("things"))


@cache
def _scales() -> dict[str, int]:
    return {word: int(number) for word, number in _table("scales").items()}


@cache
def _ordinals() -> dict[str, str]:
    return _table("ordinals")

"""The words of a text in the form for comparison: one spelling for those that have several.

``comparable`` is independent of language: case, width, quotes, dashes, letters with two forms. ``one_spelling`` unifies
optional accents, Serbian's two scripts, and traditional and simplified Chinese.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from streams import lazy_re as re
from streams.word_lists import word_lists

# ---- Letters

# Combining marks are not \w, yet carry the vowels of Hindi, Bengali, Tamil, Thai…: they stay.
# The optional pointing of Arabic and Hebrew and the Arabic stretching stroke go: a headline is printed with and without them.
_POINTING = "\u0591-\u05c7\u0640\u064b-\u0655\u0670"
_WITH_MARKS = (*range(0x300, 0x3400), *range(0xA000, 0xAC00), *range(0xFB00, 0xFE30))  # beside them: East Asian, private
_MARKS = re.escape("".join(mark for mark in map(chr, _WITH_MARKS) if unicodedata.category(mark)[0] == "M"))
_CURRENCIES = "".join(sign for sign in map(chr, range(0x3000)) if unicodedata.category(sign) == "Sc")
_INVISIBLE = re.compile(f"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff{_POINTING}]+")
_APOSTROPHE = re.compile(r"(?<=\w)['`´‘’ʼʹ′](?=\w)")
_ABBREVIATION = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is "US"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")  # "1,000" is "1000"
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")  # "3,5" is "3.5", and neither is "35"
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")  # except decimal points
_MINUS = re.compile(r"(?:^|(?<=[^\W\d]\s)|(?<=\())[-−–](?=\d)")  # "lows of -5" differs from "lows of 5"
_SIGNS = re.compile(rf"[%{_CURRENCIES}]")  # "$5" differs from "€5"
_NO_SIGN = re.compile(r"(?<![^\W_])[+#]+|[+#]+(?=[^\W_])")  # keeps "C++", "C#" and "Disney+", which are names
_PUNCTUATION = re.compile(rf"(?:[^\w.+#%{_CURRENCIES}{_MARKS}]|_)+")
_ASCII_PUNCTUATION = {ord(sign): " " for sign in map(chr, range(128)) if not (sign.isalnum() or sign in ".+#%$")}
UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"  # kana and Chinese characters
_SPACE_BESIDE_UNSPACED = re.compile(f"(?<=[{UNSPACED}]) | (?=[{UNSPACED}])")

# The zeros of all scripts (Unicode 14), each followed by its nine other digits. Listed, because finding them among a million
# characters took a tenth of a start, and so that a newer Unicode does not change a headline's fingerprint.
_ZEROS = """
    0660 06F0 07C0 0966 09E6 0A66 0AE6 0B66 0BE6 0C66 0CE6 0D66 0DE6 0E50 0ED0 0F20 1040 1090 17E0 1810 1946 19D0 1A80 1A90 1B50
    1BB0 1C40 1C50 A620 A8D0 A900 A9D0 A9F0 AA50 ABF0 FF10 104A0 10D30 11066 110F0 11136 111D0 112F0 11450 114D0 11650 116C0
    11730 118E0 11950 11C50 11D50 11DA0 16A60 16AC0 16B50 1D7CE 1D7D8 1D7E2 1D7EC 1D7F6 1E140 1E2F0 1E950 1FBF0
"""

# Spellings of one letter between which outlets choose, or which capitals do not show. Arabic, Persian, Urdu and Hindi follow
# Lucene's ArabicNormalizer, PersianNormalizer and (in part) HindiNormalizer; digits of all scripts are unified.
_LETTERS: dict[int, str | int | None] = {
    **{int(zero, 16) + digit: str(digit) for zero in _ZEROS.split() for digit in range(10)},
    **str.maketrans("ıёşţάέήίόύώΐΰ", "iеșțαεηιουωϊϋ"),
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("ʻ"): "'",
    ord("\u093c"): None,
    ord("\u0901"): "\u0902",
    **str.maketrans("آأإٱىیےةکہۀ", "اااايييهكهه"),
}


@lru_cache(maxsize=4_096)  # a headline is needed for each of its repeats, and again for its fingerprint
def comparable(text: str) -> str:
    """The words of ``text`` for an exact comparison: NFKC, case folded, no punctuation, one space between words.

    Numbers keep their decimal point, minus, per cent and currency signs. Letters with several spellings are unified
    (``_LETTERS``); spaces between Chinese characters and kana are dropped. May be empty.
    """
    is_ascii = text.isascii()
    if is_ascii:
        text = text.lower()
        if text.isalpha():  # as most words of a table
            return text
    else:
        # Turkish: İ, I, ı and i are one letter here, since capitals do not tell which language they are from.
        text = unicodedata.normalize("NFKC", without_invisible(text).casefold()).replace("i\u0307", "i").translate(_LETTERS)
        text = _INVISIBLE.sub("", text)
        is_ascii = text.isascii()
    if "-" in text or not is_ascii:
        text = _MINUS.sub("minus ", text)
    if not is_ascii or "'" in text or "`" in text:
        text = _APOSTROPHE.sub("", text)
    if "." in text:
        text = _STOP.sub(" ", _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text))
    if "," in text:
        text = _DECIMAL_COMMA.sub(".", _THOUSANDS.sub("", text))
    if "+" in text or "#" in text:
        text = _NO_SIGN.sub(" ", text)
    text = text.translate(_ASCII_PUNCTUATION) if is_ascii else _PUNCTUATION.sub(" ", text)
    if "%" in text or "$" in text or not is_ascii:
        text = _SIGNS.sub(r" \g<0> ", text)
    text = " ".join(text.split())
    return text if is_ascii else _SPACE_BESIDE_UNSPACED.sub("", text)


def without_invisible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


# ---- Accents and scripts

_CYRILLIC = re.compile("[\u0400-\u052f]")
_NOT_SERBIAN = re.compile("[\u0400-\u052f](?<![абвгдђежзијклљмнњопрстћуфхцчџш])")
_SERBIAN: dict[int, int | str] = {
    **str.maketrans("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš"),
    ord("љ"): "lj",
    ord("њ"): "nj",
    ord("џ"): "dž",
}
_CHINESE = re.compile("[\u3400-\u9fff]")
_TONES = re.compile("[ơưĩũ\u1ea0-\u1ef9]")  # Vietnamese, where only accents distinguish many words
_FINAL = "é"
_PER_CENT = re.compile(r"\b(?:per cent|por ciento|pour cent|por cento|per cento)\b")
_SHORTEST_PARTICIPLE = 3  # "tué"
_PLAIN: dict[int, str] = {
    **{
        code: unicodedata.normalize("NFD", chr(code))[0]
        for code in range(0xC0, 0x250)
        if unicodedata.normalize("NFD", chr(code))[0].isascii()
    },
    ord("ø"): "o",
    ord("ł"): "l",
    ord("đ"): "dj",
    ord("ð"): "d",
    ord("þ"): "th",
}


def one_spelling(text: str) -> str:
    """Comparable words without the scripts and accents between which outlets of one language choose. Idempotent.

    "budžeta", "budzeta" and "буџета" become one, and so do "颱風" and "台风", and "per cent" and "%". Accents stay where they
    distinguish words: in Vietnamese, in words of ``spelling_words.toml`` ("könnte", "año"), and at the end of a possible French
    participle ("tué").
    """
    if not text.isascii():
        text = one_script(text)
        if not _TONES.search(text):
            text = " ".join(word if word.isascii() else _without_accents(word) for word in text.split(" "))
    if "cent" in text or "ciento" in text:
        text = _PER_CENT.sub("%", text)
    words, spelled_otherwise = text.split(" "), _one_words()
    return text if spelled_otherwise.keys().isdisjoint(words) else " ".join(spelled_otherwise.get(word, word) for word in words)


def one_script(text: str) -> str:
    """Text in lower case, with Serbian in Latin letters and Chinese in simplified characters."""
    if text.isascii():
        return text
    if _CHINESE.search(text):
        text = text.translate(_simplified())
    return text.translate(_SERBIAN) if _CYRILLIC.search(text) and not _NOT_SERBIAN.search(text) else text


def one_alphabet(text: str) -> str:
    """Cyrillic letters that Serbian has, in Latin ones, also in other languages: for words of texts that are compared."""
    return text.translate(_SERBIAN).translate(_PLAIN) if _CYRILLIC.search(text) else text


def _without_accents(word: str) -> str:
    if word in _accented("kept"):
        return word
    if word.endswith(_FINAL) and len(word) >= _SHORTEST_PARTICIPLE and word not in _accented("dropped"):
        return word[:-1].translate(_PLAIN) + _FINAL
    return word.translate(_PLAIN)


@cache
def _accented(name: str) -> frozenset[str]:
    table = word_lists("streams.text", "spelling_words.toml")[name]
    return frozenset(word.strip() for line in table.values() for word in line.split(","))


@cache
def _one_words() -> dict[str, str]:
    table = word_lists("streams.text", "spelling_words.toml")["one_word"]
    return {word.strip(): one for one, words in table.items() for word in words.split(",")}


@cache
def _simplified() -> dict[int, int]:
    table = word_lists("streams.text", "chinese_letters.toml")
    return str.maketrans("".join(table["traditional"].split()), "".join(table["simplified"].split()))

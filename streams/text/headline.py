"""The headline as it is compared: what two copies of one headline have in common.

``headline_words.toml`` holds the labels, sections and outlets that are known; what the event itself says of its outlet,
authors and section comes before them.
"""

from __future__ import annotations

import html
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

# ---- Letters

# Combining marks are not \w, yet carry the vowels of Hindi, Bengali, Tamil, Thai…: they stay.
# The optional pointing of Arabic and Hebrew and the Arabic stretching stroke go: the same headline is printed with and without.
_POINTING = "\u0591-\u05c7\u0640\u064b-\u0655\u0670"
_MARKS = re.escape("".join(mark for mark in map(chr, range(0x300, 0xFE30)) if unicodedata.category(mark)[0] == "M"))
_CURRENCIES = "".join(sign for sign in map(chr, range(0x3000)) if unicodedata.category(sign) == "Sc")
_INVISIBLE = re.compile(f"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff{_POINTING}]+")
_APOSTROPHE = re.compile(r"(?<=\w)['`´‘’ʼʹ′](?=\w)")
_ABBREVIATION = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is "US"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")  # "1,000" is "1000"
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")  # "3,5" is "3.5", and neither is "35"
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")  # not the point of a decimal
_MINUS = re.compile(r"(?:^|(?<=[^\W\d]\s)|(?<=\())[-−–](?=\d)")  # "lows of -5" are no "lows of 5"
_SIGNS = re.compile(rf"[%{_CURRENCIES}]")  # "$5" is not "€5"
_NO_SIGN = re.compile(r"(?<![^\W_])[+#]+|[+#]+(?=[^\W_])")  # "C++", "C#" and "Disney+" are names
_PUNCTUATION = re.compile(rf"(?:[^\w.+#%{_CURRENCIES}{_MARKS}]|_)+")
_ASCII_PUNCTUATION = {ord(sign): " " for sign in map(chr, range(128)) if not (sign.isalnum() or sign in ".+#%$")}
_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"  # kana and Chinese characters
_SPACE_BESIDE_UNSPACED = re.compile(f"(?<=[{_UNSPACED}]) | (?=[{_UNSPACED}])")

# Spellings of one letter that outlets choose between, or that capitals do not show. Arabic, Persian, Urdu and Hindi as in
# Lucene's ArabicNormalizer, PersianNormalizer and (in part) HindiNormalizer; digits of all scripts are one.
_LETTERS: dict[int, str | int | None] = {
    **{code: str(unicodedata.decimal(chr(code))) for code in range(128, sys.maxunicode) if chr(code).isdecimal()},
    **str.maketrans("ıёşţάέήίόύώΐΰ", "iеșțαεηιουωϊϋ"),
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("ʻ"): "'",
    ord("\u093c"): None,
    ord("\u0901"): "\u0902",
    **str.maketrans("آأإٱىیےةکہۀ", "اااايييهكهه"),
}

# ---- Dress

SEPARATOR = re.compile(r"[-–—|｜_·•«»:/](?:(?<=[|｜_])|(?<=\s.)(?=\s)|(?<=[–—])(?=\s))")
"""What stands between a headline and its outlet or section in a page's title."""

_CLOSING = r"\])】〕>〉》}"
_ANY_SIGN = re.compile(r"[^\w\s,'’\"&%$]|_")  # no dress without one: the cheap test
# What may stand behind a label or an outlet at the beginning; the last one behind an agency's label only.
_HEAD_SIGN = re.compile(
    rf"""
    [{_CLOSING}] \s* (?: [-–—:|] \s* )? | [:|] \s*
    | \s [-–—·•»] \s | [–—] \s | (?<=\w) (?: \.{{1,3}} | !+ | \.\s?[-–—] ) \s | [+*]{{2,}} \s*
    | (?P<tight> (?<=[A-Z\d)] ) [-/] (?=\w) )
    """,
    re.VERBOSE,
)
_TAIL_SIGN = re.compile(
    rf"""
    \s (?: [-–—·•»«] | // ? ) \s | [–—] \s | [|_] | (?P<stop> [.!?] \s ) | (?P<colon> : \s | (?<=[{_UNSPACED}]) : )
    | (?P<tight> (?<=[{_UNSPACED}]) [-–—] )
    """,
    re.VERBOSE,
)
_TAIL_BRACKET = re.compile(r"\s*[(\[【（〔<](?P<inner>[^()\[\]【】（）〔〕<>]{1,40})[)\]】）〕>][\s.]*$")
_ZONE = r"(?:\s?(?:[ap]\.?m\b\.?|(?:uhr|h|hrs|часов)\b))?(?:\s?(?:gmt|utc|[ep][sd]?t|c[sd]t|cest|[cbij]e?st|cet|мск|mez)\b)?"
_CLOCK = re.compile(rf"\W*\d{{1,2}}[:.h]\d{{2}}{_ZONE}\W*", re.IGNORECASE)
# Without a sign behind it a time is part of the headline ("9:30 Club reopens"), unless it is a whole clock's.
_BARE_CLOCK = re.compile(
    rf"[^\w\-−–]*(?:[012]\d:\d{{2}}(?>(?i:{_ZONE}))|\d{{1,2}}[:.]\d{{2}}(?=\s?[^\W\d])(?>(?i:{_ZONE}))(?<!\d))\s+(?=[^\W\d_a-zà-ÿа-я])"
)
_TAG = re.compile(r"\W*#(\w{2,20})[:!]?\s+")
_BESIDE_NAME = re.compile(r"\s*[^\w\s].*|\s(?=[^\W\d_])\w+", re.DOTALL)  # a date, a motto; the town of an edition
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./](?:\d{2}){1,2}")
_COMMA = re.compile(r"[,&+]")
_DIGITS = re.compile(r"\d+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_MOST_NAME_WORDS, _LONGEST_PARTICLE = 5, 3  # "von", "de", "and"
_BY_WORDS = "by|von|por|par|di|da|van|av|от|автор|بقلم|作者|文|yazan"
_TAIL_BYLINE = re.compile(rf"\s[-–—|]\s+(?:{_BY_WORDS}):?\s+(?P<name>[^\W\d_][^-–—|:;,?!\d]{{2,60}})$", re.IGNORECASE)
_TOLD_BYLINE = re.compile(rf"(?P<rest>.*) (?:{_BY_WORDS})(?P<names>(?: \w+){{2,12}})")
_BARE_DOMAIN = re.compile(r"\s*(?:www\.)?(?:[\w-]+\.)+(?:com|org|net|info|news|tv|[a-z]{2})\s*", re.IGNORECASE)

_OUTLET_FILLERS = frozenset(("the", "of", "and", "news", "online", "com"))
_ARTICLES = ("the", "la", "le", "el", "il", "der", "die", "das", "de", "het", "o", "a", "η", "το")
_DOMAIN = re.compile(r"(?:\w+://)?((?:[\w-]+\.)+\w{2,})(?:[/:?#]\S*)?")
_DOMAIN_FILLERS = frozenset(
    ("www", "com", "co", "org", "net", "news", "info", "edition", "amp", "go", "uk", "au", "nz", "za", "in")
)
_AND = re.compile(r"\s*(?:[,;|&、]|\b(?:and|und|et|y|e|и)\b)\s*")
_MOST_OUTLET_WORDS, _MOST_SECTION_WORDS = 6, 3
_SHORTEST_ABBREVIATION = 3  # two letters fit too many pairs of words
_LONGEST_LABEL, _LONGEST_OUTLET = 60, 100  # characters, with the separator
_MOST_DRESSES = 40  # more are no headline's
_MOST_UNESCAPED = 3  # times that an entity's "&" may itself have been made one

# A cut that is taken from a list alone must leave a headline: at least so much. A section before an outlet: more.
_FEWEST_WORDS, _FEWEST_CHARACTERS, _FEWEST_SYLLABLES = 3, 12, 8
_FEWEST_WORDS_BEFORE_SECTION = 5
_SYLLABLE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class _Source:
    """What an event says of where it comes from, as far as it can stand in a headline."""

    def __init__(self, outlets: Sequence[str], authors: Sequence[str], section: str | None) -> None:
        self.outlets = tuple(filter(None, outlets))
        names = (comparable(name) for line in authors for name in _AND.split(line))
        self.authors = tuple(dict.fromkeys(name for name in names if " " in name))  # one word may be any word
        self.sections = frozenset(map(comparable, re.split(r"[/|>;,]", section))) - {""} if section else frozenset()

    def names_outlet(self, words: tuple[str, ...]) -> bool:
        return any(_names_outlet(words, name) for name in self.outlets)

    def names_author(self, words: tuple[str, ...]) -> bool:
        return " ".join(words) in self.authors


def normalise_headline(
    headline: str, outlets: Sequence[str] = (), *, authors: Sequence[str] = (), section: str | None = None
) -> str:
    """What is left of a headline without its dress: case, width, quotes, dashes, labels and the outlet's name.

    ``outlets`` are the event's own names for its publisher (a name, a site's domain or URL), ``authors`` its byline or the
    names in it, ``section`` where it was put: they are cut from the end of the headline, outlets and authors from the
    beginning too, wherever a separator parts them from it. What is only known to this module is cut when a headline is left.
    A headline of punctuation alone stays as written, so that two such headlines differ. Idempotent.
    """
    text = headline
    for _ in range(_MOST_UNESCAPED):
        if "&" not in text or (text := html.unescape(before := text)) == before:
            break
    text = " ".join(_without_invisible(text).split())
    source = _Source(outlets, authors, section)
    for _ in range(_MOST_DRESSES):
        if (bare := _without_tail(_without_head(text, source), source)) == text:
            break
        text = bare
    return _without_told_byline(comparable(text), source.authors) or " ".join(headline.split())


def fingerprint_headline(
    headline: str, outlets: Sequence[str] = (), *, authors: Sequence[str] = (), section: str | None = None
) -> str:
    """The 128-bit BLAKE2b hash of the normalised headline: 32 hexadecimal digits."""
    normalised = normalise_headline(headline, outlets, authors=authors, section=section)
    return blake2b(normalised.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=4_096)  # a headline is asked for at each of its repeats, and again for its fingerprint
def comparable(text: str) -> str:
    """The words of ``text`` for an exact comparison: NFKC, case folded, no punctuation, one space between words.

    Numbers keep their decimal point, minus, per cent and currency signs. Letters that are written in more than one way are
    one (``_LETTERS``); between Chinese characters and kana no space counts. May be empty.
    """
    is_ascii = text.isascii()
    if is_ascii:
        text = text.lower()
    else:
        # Turkish: İ, I, ı and i are one letter here, since capitals do not say which language they are of.
        text = unicodedata.normalize("NFKC", _without_invisible(text).casefold()).replace("i\u0307", "i").translate(_LETTERS)
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


def _without_invisible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


# ---- The beginning


def _without_head(text: str, source: _Source) -> str:
    """Cut "UPDATE 1-", "WATCH:", "[14:05] ", "BBC News - ", "Jane Doe: "… from the beginning, one of them."""
    if (tag := _TAG.match(text)) and _plain(comparable(tag[1]).split()) in _words("labels") and _is_headline(text[tag.end() :]):
        return text[tag.end() :]
    if (clock := _BARE_CLOCK.match(text)) and _is_headline(text[clock.end() :]):
        return text[clock.end() :]
    first = _ANY_SIGN.search(text, 0, _LONGEST_LABEL)
    for sign in _HEAD_SIGN.finditer(text, max(0, first.start() - 1), _LONGEST_LABEL) if first else ():
        label = text[: sign.start()]
        if _is_head(label, sign, source) and _is_headline(text[sign.end() :]):
            return text[sign.end() :]
    return text


def _is_head(label: str, sign: re.Match[str], source: _Source) -> bool:
    words = _words_of(label)
    if not words:
        return False
    if sign["tight"]:
        return _plain(words) in _words("wire")
    is_opened, is_closed = label[:1] in "[(【〔<〈《{", sign[0][:1] in "])】〕>〉》}"
    return is_opened == is_closed and (
        _is_label(words)
        or all(_is_label(_words_of(part)) for part in _COMMA.split(label))
        or _plain(words) in _words("wire")
        or _CLOCK.fullmatch(label) is not None
        or source.names_outlet(words)
        or source.names_author(words)
        or (words[0] in _words("labels") and source.names_outlet(words[1:]))  # "INFO LE FIGARO - …"
        # "Reuters: Fed to hold" says whose report it is: a colon counts only behind the event's own outlet.
        or (":" not in sign[0] and _squash(words) in _known_outlets())
    )


# ---- The end


def _without_tail(text: str, source: _Source) -> str:
    """Cut " - Reuters", " | By Jane Doe", " (VIDEO)", " – as it happened"… from the end, one of them."""
    end = max(0, len(text) - _LONGEST_OUTLET)
    if (found := _TAIL_BRACKET.search(text, end)) and (rest := text[: found.start()]).strip():
        words = tuple(comparable(found["inner"]).split())
        if source.names_outlet(words):
            return rest
        if (_is_label(words) or _squash(words) in _known_outlets()) and _is_headline(rest):
            return rest
    first = _ANY_SIGN.search(text, end)
    signs = list(_TAIL_SIGN.finditer(text, max(0, first.start() - 1))) if first else []
    if signs and (found := _TAIL_BYLINE.search(text, end)) and _is_name(found["name"]) and _is_headline(text[: found.start()]):
        return text[: found.start()]
    for place, sign in enumerate(signs):
        rest = text[: sign.start()]
        if rest.strip() and _is_tail(text[sign.end() :], sign, rest, source):
            return _without_section(rest, signs[:place], sign, source)
    return text


def _is_tail(tail: str, sign: re.Match[str], rest: str, source: _Source) -> bool:
    words = _words_of(tail)
    if (
        words
        and not sign["stop"]
        and source.names_outlet(words)
        and not (sign["colon"] and " " in rest and not _is_headline(rest))
    ):
        return True
    if not words or not _is_headline(rest):
        return False
    if sign["stop"]:
        return not tail.islower() and _is_media(words)
    is_known = _squash(words) in _known_outlets()
    if sign["colon"] or sign["tight"]:
        return (is_known and _SYLLABLE.search(tail) is not None) or (sign["tight"] is None and _is_label(words))
    return (
        is_known
        or _is_label(words)
        or source.names_author(words)
        or " ".join(words) in source.sections
        or _BARE_DOMAIN.fullmatch(tail) is not None
        or any(_has_at_an_end(tail, name) for name in source.outlets)  # "РИА Новости, 12.03.2024", "News in INTERIA.PL"
        or ("|" in sign[0] and _is_section(tail, words, source))
    )


def _without_section(rest: str, signs: list[re.Match[str]], last: re.Match[str], source: _Source) -> str:
    """Cut "| US economy" in front of "| The Guardian", and "- 25/03/2024 - Mercado" in front of "- Folha"."""
    for sign in reversed(signs):
        section, before = rest[sign.end() :], rest[: sign.start()]
        words = tuple(comparable(section).split())
        is_alike = sign[0].strip() == last[0].strip() and sign[0].strip() in ("|", "_")
        if not (_is_section(section, words, source) or (is_alike and 0 < len(words) <= _MOST_SECTION_WORDS)):
            break
        if not _is_headline(before, _FEWEST_WORDS_BEFORE_SECTION if is_alike else _FEWEST_WORDS):
            break
        rest = before
    return rest


def _is_section(written: str, words: tuple[str, ...], source: _Source) -> bool:
    """Whether words are a section's name, or a date; in lower case they say who said so ("- police")."""
    if " ".join(words) in source.sections or _DATE.fullmatch(written.strip()):
        return True
    return not written[:1].islower() and " ".join(words) in _sections()


def _is_label(words: tuple[str, ...]) -> bool:
    return _plain(words) in _words("labels") or _is_media(words)


def _is_media(words: tuple[str, ...]) -> bool:
    """Whether words are labels one by one: "ФОТО, ВИДЕО", "video + foto"."""
    return bool(words) and all(_plain((word,)) in _words("labels") for word in words)


def _is_name(words: str) -> bool:
    each = words.split()
    return len(each) <= _MOST_NAME_WORDS and all(not word[0].islower() or len(word) <= _LONGEST_PARTICLE for word in each)


def _without_told_byline(plain: str, authors: tuple[str, ...]) -> str:
    """Cut "by Jane Doe and John Smith" from the end of a comparable headline, where the event says that they wrote it."""
    if authors and (found := _TOLD_BYLINE.fullmatch(plain)):
        names = found["names"]
        for author in authors:
            names = names.replace(" " + author, "")
        if all(_AND.fullmatch(word) for word in names.split()) and _is_headline(found["rest"]):
            return _without_told_byline(found["rest"], authors)
    return plain


def _has_at_an_end(written: str, name: str) -> bool:
    """Whether an outlet's name stands, in its own letters, before or behind what else is said: "РИА Новости, 12.03.2024"."""
    written, name = written.strip(), _without_invisible(name).strip()
    if len(name) < _SHORTEST_ABBREVIATION:
        return False
    if written.startswith(name) and _BESIDE_NAME.fullmatch(written, len(name)):
        return True
    return written.endswith(name) and not written[: -len(name)][-1:].isalnum() and not _TAIL_SIGN.search(written)


# ---- Names and words


def _is_headline(text: str, fewest_words: int = _FEWEST_WORDS) -> bool:
    text = comparable(text)
    if len(text) >= _FEWEST_CHARACTERS and len(text.split()) >= fewest_words:
        return True
    return len(_SYLLABLE.findall(text)) >= _FEWEST_SYLLABLES


def _plain(words: Iterable[str]) -> str:
    """Words as labels are compared: without numbers and the accents that capitals lose."""
    text = _DIGITS.sub("", " ".join(words))
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _words_of(text: str) -> tuple[str, ...]:
    """The comparable words of what may be a label or a name; none where there are too many."""
    words = tuple(comparable(text).split()) if text.count(" ") <= _MOST_OUTLET_WORDS + 2 else ()
    return words if len(words) <= _MOST_OUTLET_WORDS else ()


def _squash(words: Sequence[str]) -> str:
    return "".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words).removeprefix("the")


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    tables = tomllib.loads((files("streams.text") / "headline_words.toml").read_text("utf-8"))
    return {name: tuple(word.strip() for line in table.values() for word in line.split(",")) for name, table in tables.items()}


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_plain(comparable(word).split()) for word in _lists()[name])


@cache
def _known_outlets() -> frozenset[str]:
    return frozenset(_squash(comparable(name).split()) for name in _lists()["outlets"])


@cache
def _sections() -> frozenset[str]:
    return frozenset(comparable(name) for name in (*_lists()["sections"], *_section_names()))


def _section_names() -> Iterator[str]:
    for section in tomllib.loads((files("streams.text") / "section_names.toml").read_text("utf-8")).values():
        yield from section["names"].split(",")


@lru_cache(maxsize=4096)
def _names_outlet(words: tuple[str, ...], outlet: str) -> bool:
    """Whether the words are a spelling of the outlet: "The New York Times" of "New York Times" or "https://www.nytimes.com/"."""
    if domain := _DOMAIN.fullmatch(outlet.strip()):
        labels = [label for label in comparable(domain[1].replace("-", "")).split() if label not in _DOMAIN_FILLERS]
        return any(_abbreviates(label, words) for label in labels)
    return _squash(words) == _squash(comparable(outlet).split())


def _abbreviates(label: str, words: tuple[str, ...]) -> bool:
    """Whether ``label`` is put together from beginnings of the words, in order: "nytimes", "wsj", "washingtonpost"."""
    if _squash(words) == label.removeprefix("the"):
        return True
    if len(words) < 2 or len(label) < _SHORTEST_ABBREVIATION:
        return False
    ends = {0}  # where in the label the words so far may end
    for word in words:
        skipped = ends if word in _OUTLET_FILLERS else set()
        ends = skipped | {end + size for end in ends for size in range(1, len(word) + 1) if label.startswith(word[:size], end)}
    return len(label) in ends

"""The headline in the form for comparison: what two copies of one headline have in common.

``headline_words.toml`` holds known labels, sections and outlets; what the event itself says about its outlet, authors and
section comes before them.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from streams import lazy_re as re
from streams.text.numbers import numbers_in_digits
from streams.text.spelling import UNSPACED, comparable, one_spelling, without_invisible
from streams.word_lists import word_lists

# ---- Dress

SEPARATOR = re.compile(r"[-–—|｜_·•«»:/](?:(?<=[|｜_])|(?<=\s.)(?=\s)|(?<=[–—])(?=\s))")
"""Separates a headline from its outlet or section in a page's title."""

_CLOSING = r"\])】〕>〉》}"
_ANY_SIGN = re.compile(r"[^\w\s,'’\"&%$]|_")  # without one there is nothing to cut, which makes a cheap test
# What may follow a label or an outlet at the beginning; the last alternative follows only an agency's label.
_HEAD_SIGN = re.compile(
    rf"""
    [{_CLOSING}] \s* (?: [-–—:|/] \s* )? | [:|؛] \s* | (?<=[^\x00-\x7f]) \s? / \s? | \s / \s
    | (?<=[{UNSPACED}]) !+
    | \s (?: [-–—·•»›>] | -{{2,3}} ) \s | [–—] \s | (?<=\w) (?: \.{{1,3}} | !+ | \.\s?[-–—] ) \s | [+*]{{2,}} \s*
    | (?P<tight> (?<=[A-ZÀ-ÖØ-ÞА-Я\d)] ) [-/] (?=\w) )
    """,
    re.VERBOSE,
)
_TAIL_SIGN = re.compile(
    rf"""
    \s (?: [-–—·•»«›><] | -{{2,3}} | // ? ) \s | \s -{{2,3}} (?=\w) | [–—] \s | [|_] | (?<=[?!。…]) [-–—] \s?
    | (?P<label> \s? \+ (?: \s | (?=[^\x00-\x7f]) ) | (?<=[^\x00-\x7f\s]) / \s? | ; \s | , \s (?=[^\x00-\x7f])
        | (?<=[{UNSPACED}]) = )
    | (?P<stop> [.!?] ['"’”»]? (?=\s) )
    | (?P<colon> : \s | (?<=[{UNSPACED}]) : )
    | (?P<tight> (?<=[{UNSPACED}\uac00-\ud7af]) [-–—] )
    """,
    re.VERBOSE,
)
_BARS = {ord(sign): "|" for sign in "丨∣│┃❘︱"} | {ord(sign): " | " for sign in "⋆★☆◦●■▪❯⟩→➤►"}
_LONE_BARS = ("~", "@", ">>", "<<", "::")  # other signs between a headline and its outlet
_LONE_BAR = re.compile(rf"\s(?:{'|'.join(_LONE_BARS)})\s")
_FOLLOWED = re.compile(r"(?<=\w)\s?-\d{1,2}-$")  # an agency's next take: "-2-"
_CHAIN = re.compile(r"\s(?:[-–—·•»›></]|-{2,3})\s|\s?[|_]\s?")
_TAIL_BRACKET = re.compile(r"\s*[(\[【（〔<](?P<inner>[^()\[\]【】（）〔〕<>]{1,40})[)\]】）〕>][\s.]*$")
_ZONE = r"(?:\s?(?:[ap]\.?m\b\.?|(?:uhr|h|hrs|часов)\b))?(?:\s?(?:gmt|utc|[ep][sd]?t|c[sd]t|cest|[cbij]e?st|cet|мск|mez)\b)?"
_CLOCK = re.compile(rf"\W*\d{{1,2}}[:.h]\d{{2}}{_ZONE}\W*", re.IGNORECASE)
# Without a sign after it, a time is part of the headline ("9:30 Club reopens"), unless it is a complete clock time.
_BARE_CLOCK = re.compile(
    rf"[^\w\-−–]*(?:[012]\d:\d{{2}}(?>(?i:{_ZONE}))|\d{{1,2}}[:.]\d{{2}}(?=\s?[^\W\d])(?>(?i:{_ZONE}))(?<!\d))\s+(?=[^\W\d_a-zà-ÿа-я])"
)
_TAG = re.compile(r"\W*#(\w{2,20})[:!]?\s+")
_BESIDE_NAME = re.compile(r"\s*[^\w\s].*|\s(?=[^\W\d_])\w+", re.DOTALL)  # a date, a motto; the town of an edition
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./](?:\d{2}){1,2}")
_DATED_END = re.compile(rf"\s[-–—|]\s{_DATE.pattern}\s*$")
_COMMA = re.compile(r"[,&+]")
_DIGITS = re.compile(r"\d+(?:(?:st|nd|rd|th)\b)?")
_US_DOLLARS = re.compile(r"\bUS\$(?=\s?\d)|\bUSD (?=\d)")
_CURRENCIES = {"dollars": "$", "dollar": "$", "dolares": "$", "dollari": "$", "euros": "€", "euro": "€", "eur": "€"}
_CURRENCY_WORDS = frozenset((*_CURRENCIES, *"$€£"))
_SUM = re.compile(rf"(?<![$€£] )(?<!\d\.)\b(\d+(?:\.\d+)?) ({'|'.join(map(re.escape, sorted(_CURRENCY_WORDS)))})(?!\S)(?! \d)")
_KICKER_SIGNS, _SHORTEST_KICKER = (":", ".", "|"), 4  # characters: "US: …" tells who says it
_UPDATING = frozenset(("neu", "update", "upd"))  # "(neu: Reaktion)"
_COUNTER = re.compile(r"\W*\d\W*")  # of an agency's versions: "(1)"
_PAID_SIGN = re.compile(r"[$€£★✪🔒+]+")  # "(€)"
_UNSPACED_WORD = re.compile(f"[{UNSPACED}]+")
_SITE_KIND = re.compile(r"\s*\(\.\w{2,4}\)$")  # "Department of Harbours (.gov)"
_ACCENTS = re.compile("[\u0300-\u036f]")
_MOST_NAME_WORDS, _LONGEST_PARTICLE = 5, 3  # "von", "de", "and"
_BY_WORDS = "by|von|por|par|di|da|van|av|от|автор|بقلم|作者|文|yazan"
_TAIL_BYLINE = re.compile(rf"\s[-–—|]\s+(?:{_BY_WORDS}):?\s+(?P<name>[^\W\d_][^-–—|:;,?!\d]{{2,60}})$", re.IGNORECASE)
_TOLD_BYLINE = re.compile(rf"(?P<rest>.*) (?:{_BY_WORDS})(?P<names>(?: \w+){{2,12}})")
_BARE_DOMAIN = re.compile(r"\s*(?:www\.)?(?:[\w-]+\.)+(?:com|org|net|info|news|tv|[a-z]{2})\s*", re.IGNORECASE)

_OUTLET_FILLERS = frozenset(("the", "of", "and", "news", "online", "com", "org", "net", "blog"))
_LOOSE_FILLERS = _OUTLET_FILLERS | frozenset(
    [
        "a",
        "an",
        "co",
        "uk",
        "us",
        "website",
        "newspaper",
        "magazine",
        "gov",
        "digital",
        "điện",
        "tử",
        "haberleri",
        "gazetesi",
        "电子报",
        "電子報",
    ]
)
_ARTICLES = ("the", "la", "le", "el", "il", "der", "die", "das", "de", "het", "o", "a", "η", "το")
_DOMAIN = re.compile(r"(?:\w+://)?((?:[\w-]+\.)+\w{2,})(?:[/:?#]\S*)?")
_DOMAIN_FILLERS = frozenset(
    ("www", "com", "co", "org", "net", "news", "info", "edition", "amp", "go", "uk", "au", "nz", "za", "in")
)
_DOMAIN_PREFIX = re.compile("^(?:go|get|with|my|try|join)(?=\\w{4})")
_AND = re.compile(r"\s*(?:[,;|&、]|\b(?:and|und|et|y|e|и)\b)\s*")
_MOST_OUTLET_WORDS, _MOST_SECTION_WORDS, _MOST_SHOUTED_WORDS = 6, 3, 4
_SHORTEST_ABBREVIATION = 3  # two letters would fit too many pairs of words
_LONGEST_LABEL, _LONGEST_OUTLET = 60, 100  # characters, with the separator
_LONGEST_LONE_LABEL = 25
_LABEL_BEFORE = re.compile(r"\W{0,3}([^:|\])】–—]{2,60}?)\s{0,3}(?:[:|\])】–—]|\s-\s)\s{0,3}")
_LABEL_BEHIND = re.compile(r"\s?(?:[|(\[–—]|\s-)\s?([^|(\[–—]{2,40}?)[\s)\]]{0,2}\Z")
_MOST_DRESSES = 40  # cuts; a real headline needs fewer
_MOST_UNESCAPED = 3  # times that an entity's "&" may itself have been escaped

# A cut based on a list alone must leave at least this much as a headline; a section before an outlet must leave more.
_FEWEST_WORDS, _FEWEST_CHARACTERS, _FEWEST_SYLLABLES = 3, 12, 8
_FEWEST_WORDS_BEFORE_SECTION = 5
_SYLLABLE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class _Source:
    """What an event says about its source, as far as it can occur in a headline."""

    def __init__(self, outlets: Sequence[str], authors: Sequence[str], section: str | None) -> None:
        self.outlets = tuple(filter(None, outlets))
        # A site may be called "Courier - All the news of Hicksville", and its titles end with all of that or its beginning.
        self.names = frozenset().union(*map(_names_of_outlet, self.outlets))
        names = (name for line in authors for name in _names_in(line))
        self.authors = tuple(dict.fromkeys(name for name in names if " " in name))  # a single word may be any word
        self.sections = _names_of_section(section) if section else frozenset()

    def names_outlet(self, words: tuple[str, ...]) -> bool:
        return any(_names_outlet(words, name) for name in self.outlets)

    def is_named(self, text: str) -> bool:
        """Whether a text of any length is one of the outlet's names as given."""
        return comparable(text) in self.names

    def names_author(self, words: tuple[str, ...]) -> bool:
        return " ".join(words) in self.authors


@lru_cache(maxsize=1_024)
def _names_of_outlet(outlet: str) -> frozenset[str]:
    return frozenset((comparable(outlet), comparable(_CHAIN.split(outlet)[0]))) - {""}


@lru_cache(maxsize=1_024)
def _names_in(byline: str) -> tuple[str, ...]:
    return tuple(map(comparable, _AND.split(byline)))


@lru_cache(maxsize=1_024)
def _names_of_section(section: str) -> frozenset[str]:
    return frozenset(map(comparable, re.split(r"[/|>;,]", section))) - {""}


def normalise_headline(
    headline: str, outlets: Sequence[str] = (), *, authors: Sequence[str] = (), section: str | None = None
) -> str:
    """A headline without its dress: case, width, quotes, dashes, labels and the outlet's name.

    Words that mark a different kind of article stay, moved to the front: "fact check", "opinion", "podcast"… (``[genres]``).

    ``outlets`` are the event's own names for its publisher (a name, a site's domain or URL), ``authors`` its byline or the
    names in it, ``section`` the article's section. They are cut from the end of the headline, outlets and authors also from the
    beginning, wherever a separator sets them apart. What only this module knows is cut only if a headline is left. A headline
    of punctuation alone stays as written, so that two such headlines differ. Idempotent.
    """
    text = headline
    for _ in range(_MOST_UNESCAPED):
        if "&" not in text or (text := html.unescape(before := text)) == before:
            break
    if "US" in text:
        text = _US_DOLLARS.sub("$", text)
    if not text.isascii():
        text = without_invisible(text).translate(_BARS)
    text = " ".join(text.split())
    if any(sign in text for sign in _LONE_BARS):
        text = _LONE_BAR.sub(" | ", text)
    if text.endswith("-"):
        text = _FOLLOWED.sub("", text)
    source = _Source(outlets, authors, section)
    text, genres = _undressed(text, source)
    words = _compared_words(_without_told_byline(comparable(text), source.authors))
    if not words:
        return " ".join(headline.split())
    return comparable(" ".join((*genres, words))) if genres else words


def without_labels(headline: str) -> str:
    """A headline without the labels at its ends ("Live updates: …", "… (VIDEO)"); nothing of one that is only a label.

    Quicker than :func:`normalise_headline`, and it leaves outlets, sections and kinds of articles where they are.
    """
    if len(headline) <= _LONGEST_LONE_LABEL and _is_label(_words_of(headline)):
        return ""
    text = headline
    if (head := _LABEL_BEFORE.match(text)) and _is_label(_words_of(head[1])):
        text = text[head.end() :]
    if (tail := _LABEL_BEHIND.search(text, max(0, len(text) - _LONGEST_LABEL))) and _is_label(_words_of(tail[1])):
        text = text[: tail.start()]
    return text


def _undressed(text: str, source: _Source) -> tuple[str, tuple[str, ...]]:
    """A headline without labels, outlet and section, and the genres that it names."""
    genres: set[str] = set()
    for _ in range(_MOST_DRESSES):
        bare = _without_tail(_without_head(text, source), source)
        if bare == text:
            bare, genre = _without_genre(text, source)
            if genre is None:
                break
            genres.add(genre)
        text = bare
    return text, tuple(sorted(genres))


def _compared_words(plain: str) -> str:
    """Comparable words in one spelling, with numbers in digits and without "and"."""
    words = numbers_in_digits(one_spelling(plain).split())
    text = without_and(words)
    if _CURRENCY_WORDS.isdisjoint(words):
        return text
    return _SUM.sub(lambda found: f"{_CURRENCIES.get(found[2], found[2])} {found[1]}", text)


def without_and(words: Sequence[str]) -> str:
    """Words joined, without those that others write as "&"; all of them if there are no others."""
    return " ".join([word for word in words if word not in _words("and")] or words)


def genre_of(normalised: str) -> tuple[str, str]:
    """The genres that a normalised headline begins with ("" for none), and the rest."""
    genre, said = "", normalised
    while said.partition(" ")[0] in _genre_beginnings():
        found = next((name for name in genre_names() if said.startswith(name + " ")), None)
        if found is None:
            break
        genre, said = f"{genre} {found}".strip(), said[len(found) + 1 :]
    return genre, said


# ---- The beginning


def _without_head(text: str, source: _Source) -> str:
    """Cut "UPDATE 1-", "WATCH:", "[14:05] ", "VIDEO ", "BBC News - ", "Jane Doe: "… from the beginning, one of them."""
    if (tag := _TAG.match(text)) and _squashed(tag[1]) in _run_together("labels") and _is_headline(text[tag.end() :]):
        return text[tag.end() :]
    if (clock := _BARE_CLOCK.match(text)) and _is_headline(text[clock.end() :]):
        return text[clock.end() :]
    for label, sign, rest in _heads(text):
        if (_is_head(label, sign, source) or _is_kicker(label, sign, rest)) and _is_headline(rest):
            return rest
    return _without_shout(text)


def _heads(text: str) -> Iterator[tuple[str, re.Match[str], str]]:
    """Each possible label, the sign after it, and the rest."""
    first = _ANY_SIGN.search(text, 0, _LONGEST_LABEL)
    for sign in _HEAD_SIGN.finditer(text, max(0, first.start() - 1), _LONGEST_LABEL) if first else ():
        yield text[: sign.start()], sign, text[sign.end() :]


def _is_kicker(label: str, sign: re.Match[str], rest: str) -> bool:
    """Whether the headline repeats the label before it: "Jane Doe - Jane Doe arrested"."""
    if sign["tight"] or rest[:1].casefold() != label.lstrip(" \"'“‘«")[:1].casefold():
        return False
    words = comparable(label)
    return bool(words) and comparable(rest).startswith(words + " ")


def _without_shout(text: str) -> str:
    """Cut a label that only capitals or a space separate from the headline: "VIDEO Ferry sinks", "快訊 渡輪沉沒"."""
    words = text.split(" ", _MOST_SHOUTED_WORDS)
    for count in range(min(len(words) - 1, _MOST_SHOUTED_WORDS), 0, -1):
        label, rest = " ".join(words[:count]), " ".join(words[count:])
        is_parted = (
            _is_shouted(label, rest)
            or (count == 1 and _is_alone(label))
            or (not label.isascii() and _plain(_words_of(label)) in _words("alone"))  # none of which is in Latin letters
        )
        if is_parted and _is_headline(rest):
            return rest
    rest, _, label = text.rpartition(" ")
    return rest if _is_shouted(label, rest) and _is_headline(rest) else text


def _is_shouted(label: str, rest: str) -> bool:
    if not label.isupper() or not label[-1:].isalpha() or rest.isupper():
        return False
    words = _words_of(label)
    return _plain(words) in _words("shouted") or (bool(words) and words[0][0].isdigit() and _plain(words) in _words("versions"))


def _is_alone(word: str) -> bool:
    """Whether a first word can't be part of the headline: a label in Chinese or kana, a paid service ("S+", "WELTplus")."""
    if word.endswith(("+", "plus")):
        return _plain(_words_of(word)) in _words("paid")
    return _UNSPACED_WORD.fullmatch(word) is not None and _is_label(_words_of(word))


def _is_head(label: str, sign: re.Match[str], source: _Source) -> bool:
    words = _words_of(label)
    is_opened, is_closed = label[:1] in "[(【〔<〈《{", sign[0][:1] in "])】〕>〉》}"
    if not words or is_opened != is_closed:
        return False
    if is_opened and (_is_mark(words) or _COUNTER.fullmatch(label) or " ".join(words) in _kickers()):
        return True
    if sign["tight"]:
        return _plain(words) in _words("wire") or (words[0][0].isdigit() and _plain(words) in _words("versions"))
    return (
        _is_label(words)
        or all(_is_label(_words_of(part)) for part in _COMMA.split(label))
        or _plain(words) in _words("wire")
        or _CLOCK.fullmatch(label) is not None
        or source.names_outlet(words)
        or _plain(words) in _words("paid")
        or source.names_author(words)
        or (words[0] in _words("labels") and source.names_outlet(words[1:]))  # "INFO LE FIGARO - …"
        # "Reuters: Fed to hold" says whose report it is: a colon only counts after the event's own outlet.
        or (":" not in sign[0] and _squash(words) in _known_outlets())
        or (sign[0].strip() in (">", "›", "»", "|") and " ".join(words) in _sections())  # "News › World › …"
        or (words[0][0].isdigit() and _plain(words) in _words("versions"))  # "2nd LD: …"
        or (sign[0].strip() in _KICKER_SIGNS and len(label) >= _SHORTEST_KICKER and " ".join(words) in _kickers())
    )


# ---- What kind of article it is, if not plain news


def _without_genre(text: str, source: _Source) -> tuple[str, str | None]:
    """Remove "Analysis: ", "FACTBOX-", " | Opinion" or " (podcast)" from an end, and return the genre it names, or None."""
    for label, sign, rest in _heads(text):
        is_opened, is_closed = label[:1] in "[(【〔<〈《{", sign[0][:1] in "])】〕>〉》}"
        if is_opened == is_closed and (genre := _genre(_words_of(label), source)) and _is_headline(rest):
            return rest, genre
    end = max(0, len(text) - _LONGEST_OUTLET)
    tails = [(found.start(), found["inner"]) for found in [_TAIL_BRACKET.search(text, end)] if found]
    tails += [(sign.start(), text[sign.end() :]) for sign in _tail_signs(text) if not (sign["stop"] or sign["tight"])]
    for start, tail in tails:
        if (genre := _genre(_words_of(tail), source)) and _is_headline(text[:start]):
            return text[:start], genre
    return text, None


def _genre(words: tuple[str, ...], source: _Source) -> str | None:
    """The genre that words name, whoever's it is ("AP Fact Check", "Guardian Opinion")."""
    if found := _genres().get(_plain(words)):
        return found
    for count in range(1, len(words)):
        if source.names_outlet(words[:count]) or _squash(words[:count]) in _known_outlets():
            return _genres().get(_plain(words[count:]))
    return None


# ---- The end


def _without_tail(text: str, source: _Source) -> str:
    """Cut one of " - Reuters", " | By Jane Doe", " (VIDEO)", " – as it happened"… from the end."""
    end = max(0, len(text) - _LONGEST_OUTLET)
    if (found := _TAIL_BRACKET.search(text, end)) and (rest := text[: found.start()]).strip():
        words = tuple(comparable(found["inner"]).split())
        if source.names_outlet(words):
            return rest
        is_mark = (
            _is_label(words) or _is_mark(words) or _COUNTER.fullmatch(found["inner"]) or _PAID_SIGN.fullmatch(found["inner"])
        )
        if (is_mark or _squash(words) in _known_outlets()) and _is_headline(rest):
            return rest
    signs = _tail_signs(text)
    if signs and (found := _TAIL_BYLINE.search(text, end)) and _is_name(found["name"]) and _is_headline(text[: found.start()]):
        return text[: found.start()]
    for place, sign in enumerate(signs):
        rest = text[: sign.start()]
        if rest.strip() and _is_tail(text[sign.end() :], sign, rest, source):
            return _without_section(rest, signs[:place], sign, source)
    return text


def _tail_signs(text: str) -> list[re.Match[str]]:
    first = _ANY_SIGN.search(text, max(0, len(text) - _LONGEST_OUTLET))
    return list(_TAIL_SIGN.finditer(text, max(0, first.start() - 1))) if first else []


def _is_tail(tail: str, sign: re.Match[str], rest: str, source: _Source) -> bool:
    if source.is_named(tail) and not sign["colon"]:
        return _is_headline(rest) or not sign["stop"]
    words = _words_of(_SITE_KIND.sub("", tail))
    if words and source.names_outlet(words) and not (sign["colon"] and " " in rest and not _is_headline(rest)):
        return not sign["stop"] or _is_headline(rest)
    if not words or not _is_headline(rest):
        return False
    is_known = _squash(words) in _known_outlets()
    if sign["stop"]:
        is_named = is_known and ("." not in sign[0] or " ".join(words) not in _words("words_too"))
        return not tail.strip().islower() and (_is_media(words) or is_named)
    if sign["colon"] or sign["tight"] or sign["label"]:
        is_outlet = is_known and sign["label"] is None and _SYLLABLE.search(tail) is not None
        is_paid = sign["label"] is None and _plain(words) in _words("paid")
        return is_outlet or (sign["tight"] is None and (_is_label(words) or is_paid))
    return (
        is_known
        or _is_label(words)
        or _plain(words) in _words("paid")
        or source.names_author(words)
        or " ".join(words) in source.sections
        or _BARE_DOMAIN.fullmatch(tail) is not None
        or any(_has_at_an_end(tail, name) for name in source.outlets)  # "РИА Новости, 12.03.2024", "News in INTERIA.PL"
        or _is_outlet_and_sections(tail, source)
        or ("|" in sign[0] and _is_section(tail, words, source))
    )


def _is_outlet_and_sections(tail: str, source: _Source) -> bool:
    """Whether a chain of names has only sections, or begins with the outlet: "World - Europe", "The Courier - Politics"."""
    parts = [part for part in _CHAIN.split(tail) if part.strip()]
    if len(parts) < 2:
        return False
    if not source.names_outlet(_words_of(parts[0])) and not _is_section(parts[0], _words_of(parts[0]), source):
        return False
    most_words = _MOST_OUTLET_WORDS if source.names_outlet(_words_of(parts[0])) else _MOST_SECTION_WORDS  # it may have a motto
    return all(part.count(" ") < most_words and not part.strip()[:1].islower() for part in parts[1:]) and (
        source.names_outlet(_words_of(parts[0])) or all(_is_section(part, _words_of(part), source) for part in parts)
    )


def _without_section(rest: str, signs: list[re.Match[str]], last: re.Match[str], source: _Source) -> str:
    """Cut "| US economy" before "| The Guardian", and "- 25/03/2024 - Mercado" before "- Folha"."""
    for sign in reversed(signs):
        section, before = rest[sign.end() :], rest[: sign.start()]
        words = tuple(comparable(section).split())
        is_alike = sign[0].strip() == last[0].strip() and sign[0].strip() in ("|", "_")
        if _plain(words) in _genres():
            break
        dated = _DATED_END.search(before)  # what stands between a date and the outlet is a section, known or not
        if dated and len(words) <= _MOST_SECTION_WORDS and _is_headline(before[: dated.start()]):
            return before[: dated.start()]
        if not (_is_section(section, words, source) or (is_alike and 0 < len(words) <= _MOST_SECTION_WORDS)):
            break
        if not _is_headline(before, _FEWEST_WORDS_BEFORE_SECTION if is_alike else _FEWEST_WORDS):
            break
        rest = before
    return rest


def _is_section(written: str, words: tuple[str, ...], source: _Source) -> bool:
    """Whether words are a section's name, or a date; in lower case they name a source of the news ("- police")."""
    if _plain(words) in _genres():
        return False
    if " ".join(words) in source.sections or _DATE.fullmatch(written.strip()):
        return True
    return not written[:1].islower() and " ".join(words) in _sections()


def _is_label(words: tuple[str, ...]) -> bool:
    return _plain(words) in _words("labels") or _is_media(words)


def _is_mark(words: tuple[str, ...]) -> bool:
    """Whether words, in brackets, mark a paid article or an agency's version: "S+", "paywall", "2nd LD"."""
    return _plain(words) in _words("paid") or _plain(words) in _words("versions") or not _UPDATING.isdisjoint(words[:1])


def _is_media(words: tuple[str, ...]) -> bool:
    """Whether each of the words is a label: "ФОТО, ВИДЕО", "video + foto"."""
    return bool(words) and all(_plain((word,)) in _words("labels") for word in words)


def _is_name(words: str) -> bool:
    each = words.split()
    return len(each) <= _MOST_NAME_WORDS and all(not word[0].islower() or len(word) <= _LONGEST_PARTICLE for word in each)


def _without_told_byline(plain: str, authors: tuple[str, ...]) -> str:
    """Cut "by Jane Doe and John Smith" from the end of a comparable headline, if the event says that they wrote it."""
    if authors and (found := _TOLD_BYLINE.fullmatch(plain)):
        names = found["names"]
        for author in authors:
            names = names.replace(" " + author, "")
        if all(_AND.fullmatch(word) for word in names.split()) and _is_headline(found["rest"]):
            return _without_told_byline(found["rest"], authors)
    return plain


def _has_at_an_end(written: str, name: str) -> bool:
    """Whether an outlet's name, spelled exactly, is before or after other words: "РИА Новости, 12.03.2024"."""
    written, name = written.strip().removeprefix("The "), without_invisible(name).strip().removeprefix("The ")
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
    """Words as labels are compared: without numbers, and without accents that capitals lose."""
    text = _DIGITS.sub("", " ".join(words))
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _words_of(text: str) -> tuple[str, ...]:
    """The comparable words of a possible label or name; empty if there are too many."""
    words = tuple(comparable(text).split()) if text.count(" ") <= _MOST_OUTLET_WORDS + 2 else ()
    return words if len(words) <= _MOST_OUTLET_WORDS else ()


def _squash(words: Sequence[str]) -> str:
    return "".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words).removeprefix("the")


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    tables = word_lists("streams.text", "headline_words.toml")
    return {name: tuple(word.strip() for line in table.values() for word in line.split(",")) for name, table in tables.items()}


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_plain(comparable(word).split()) for word in _lists()[name])


def _squashed(text: str) -> str:
    return _plain(comparable(text).split()).replace(" ", "")


@cache
def _run_together(name: str) -> frozenset[str]:
    """A list's labels as hashtags have them: "#ÚltimaHora"."""
    return frozenset(map(_squashed, _lists()[name]))


@cache
def _aliases() -> dict[str, frozenset[str]]:
    """Other names of outlets, by the part of their domain that identifies them."""
    tables = word_lists("streams.text", "headline_words.toml")["aliases"]
    return {label: frozenset(comparable(name) for name in names.split(",")) for label, names in tables.items()}


@cache
def _genres() -> dict[str, str]:
    genres = word_lists("streams.text", "headline_words.toml")["genres"]
    return {_plain(comparable(word).split()): name for name, line in genres.items() for word in line.split(",")}


@cache
def genre_names() -> tuple[str, ...]:
    """The words by which genres are compared, the longest first: "fact check", "opinion"…"""
    return tuple(sorted(set(_genres().values()), key=lambda name: (-len(name), name)))


@cache
def _genre_beginnings() -> frozenset[str]:
    """The first words of genres."""
    return frozenset(name.partition(" ")[0] for name in genre_names())


@cache
def _known_outlets() -> frozenset[str]:
    return frozenset(_squash(comparable(name).split()) for name in _lists()["outlets"])


def is_section_name(text: str) -> bool:
    """Whether a text is a newspaper section's name in any language: "Local news", "Wirtschaft"."""
    return comparable(text) in _sections()


@cache
def _kickers() -> frozenset[str]:
    """The sections that a headline may begin with ("Wirtschaft: …", "[사회] …"); a sport tells two matches apart."""
    sports = frozenset(comparable(name) for name in _section_tables()["sport"]["names"].split(","))
    return _sections() - sports - _genres().keys()


@cache
def _sections() -> frozenset[str]:
    return frozenset(comparable(name) for name in (*_lists()["sections"], *_section_names()))


@cache
def _section_tables() -> dict[str, dict[str, str]]:
    return word_lists("streams.text", "section_names.toml")


def _section_names() -> Iterator[str]:
    for section in _section_tables().values():
        yield from section["names"].split(",")


@lru_cache(maxsize=4096)
def _names_outlet(words: tuple[str, ...], outlet: str) -> bool:
    """Whether the words are a spelling of the outlet: "The New York Times" of "New York Times" or "https://www.nytimes.com/"."""
    if domain := _DOMAIN.fullmatch(outlet.strip()):
        labels = [label for label in comparable(domain[1].replace("-", "")).split() if label not in _DOMAIN_FILLERS]
        bare = {bare for label in labels for bare in (label, _DOMAIN_PREFIX.sub("", label), label.removesuffix("news"))} - {""}
        return any(_abbreviates(label, words) or " ".join(words) in _aliases().get(label, ()) for label in bare)
    names = comparable(outlet).split()
    return _squash(words) == _squash(names) or _is_loosely(words, names) or _are_initials(outlet.strip(), words)


def _is_loosely(words: Sequence[str], names: Sequence[str]) -> bool:
    """Whether two names differ only in "the", "of", "News" and the like."""
    one, other = ([word for word in each if word not in _LOOSE_FILLERS] for each in (words, names))
    return one == other != []


def _are_initials(outlet: str, words: Sequence[str]) -> bool:
    """Whether an outlet written in capitals has the words' initials: "DOH" for "Department of Harbours"."""
    return (
        len(words) >= _SHORTEST_ABBREVIATION <= len(outlet)
        and outlet.isupper()
        and outlet.isalpha()
        and outlet.casefold() in ("".join(word[0] for word in words), "".join(w[0] for w in words if w not in _OUTLET_FILLERS))
    )


def _abbreviates(label: str, words: tuple[str, ...]) -> bool:
    """Whether ``label`` consists of beginnings of the words, in order: "nytimes", "wsj", "washingtonpost"."""
    if _squash(words) == label.removeprefix("the"):
        return True
    if len(words) < 2 or len(label) < _SHORTEST_ABBREVIATION:
        return False
    ends = {0}  # positions in the label where the words so far may end
    for word in words:
        skipped = ends if word in _OUTLET_FILLERS else set()
        ends = skipped | {end + size for end in ends for size in range(1, len(word) + 1) if label.startswith(word[:size], end)}
    return len(label) in ends

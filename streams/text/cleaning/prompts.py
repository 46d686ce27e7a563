"""Furniture of one line that no list of phrases can hold: told by how the line is built, and few words of each language.

A line that leads to another article is a label and a title; a credit is a label and a name; a prompt begins with what its
reader shall do and names a channel; notices speak of the article, the account or the player. A sentence in the third person
is none of these.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from streams.text.article import CutKind
from streams.text.cleaning.phrases import BULLETS
from streams.text.sentences import ends_in_full_stop, ends_sentence

LONGEST_PROMPT = 220  # characters
_LONGEST_LABEL, _MOST_LABEL_WORDS = 40, 5
_LONGEST_CREDIT, _MOST_CREDIT_WORDS = 80, 8
_LONGEST_ASIDE, _LONGEST_NOTICE = 100, 130  # characters
_NEAR = 24  # characters from its beginning in which a prompt says what to do
_LABELLED = re.compile(r"([^:：|｜>»/–—]{2,40}?)\s*(?:[:：|｜>»]|\s[–—/]\s)\s*(\S.*)")
_BRACKETED = re.compile(r"[【\[(（]([^】\])）]{2,20})[】\])）]\s*(.*)")
_SLASHED = re.compile(
    r"[^.!?:]{3,50}\s?/\s?(?:getty images?|afp|ap|reuters|dpa|epa|ansa|efe|ntb|tt|tass|imago|shutterstock|alamy|istock|anp"
    r"|belga|pap|čtk|mti|xinhua|pa|pa wire)\W*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://)?(?:pic\.(?:twitter|x)\.com|t\.co)/\S+")
_ALONE = frozenset((
    "facebook", "twitter", "x", "whatsapp", "telegram", "linkedin", "pinterest", "reddit", "instagram", "youtube", "threads",
    "bluesky", "flipboard", "copied!", "copied", "link copied", "kopiert!", "copié !", "copiado", "copiado!", "skopiowano",
    "скопировано", "flecha", "save post", "save article",
))  # fmt: skip
_AGO = re.compile(r"(?:updated |posted |published )?\d{1,2} (?:minutes?|mins?|hours?|hrs?|days?) ago", re.IGNORECASE)
_APPEALS = ("donation", "spende", "our work")
_LINK_END = " →»›>.…]"
_MORE_FROM = re.compile(
    r"(?:more from|mehr aus|mehr von|más de|mais de|plus de|altro da|meer van|mer från|mer fra|mere fra)(?: [^\s.!?:]+){1,5}"
)
_SPACELESS = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


def recognise_prompt(text: str) -> CutKind | None:
    """The kind of furniture that a line is by its build, or None for any that may be an article's."""
    if len(text) > LONGEST_PROMPT:
        return None
    folded = _folded(text).strip(BULLETS)
    if folded in _ALONE or _ADDRESS.fullmatch(folded) or _is_time(folded):
        return CutKind.SHARE_BAR
    if kind := _judge_label(folded, text):
        return kind
    if is_doubled(folded) or _MORE_FROM.fullmatch(folded) or folded.rstrip(_LINK_END) in _words("go-on"):
        return CutKind.RELATED
    if _SLASHED.fullmatch(folded) or _is_credited(folded, text):
        return CutKind.CREDIT
    return CutKind.SUBSCRIPTION if _is_notice(folded) or _is_prompt(folded) or _is_appeal(folded) else None


def _is_credited(folded: str, text: str) -> bool:
    is_labelled = folded.startswith("fot. ") or (" by " in folded[:20] and _starts(folded, "credit"))
    return is_labelled and not ends_in_full_stop(text) and len(text) <= _LONGEST_CREDIT


def _is_notice(folded: str) -> bool:
    return len(folded) <= _LONGEST_NOTICE and (_holds(folded, "notice") or _holds(folded, "rating"))


def _folded(text: str) -> str:
    return text.casefold().replace("’", "'").replace("i\u0307", "i")  # of the Turkish dotted capital


def is_bio(text: str) -> bool:
    """Whether a line may say who wrote the article; only below one does it."""
    folded = text.casefold()
    return len(text) <= 2 * LONGEST_PROMPT and any(0 < folded.find(word) <= 2 * _NEAR for word in _words("bio"))


def is_doubled(text: str) -> bool:
    """Whether a line says a title of some words twice, as a picture's description and the title do where they run together."""
    half = len(text) // 2
    return text.count(" ") >= 2 * _MOST_LABEL_WORDS - 3 and text[:half] == text[-half:]


def is_kicker_line(text: str) -> bool:
    """Whether a line is a label in capitals and a text that breaks off: a teaser."""
    found = _LABELLED.fullmatch(text)
    return found is not None and found[1].isupper() and not ends_sentence(text)


def _judge_label(folded: str, text: str) -> CutKind | None:
    found = _BRACKETED.fullmatch(folded) or _LABELLED.fullmatch(folded)
    if not found:
        return None
    label, rest = found[1].strip(BULLETS), found[2].strip(BULLETS)
    words = label.split()
    if len(label) > _LONGEST_LABEL or len(words) > _MOST_LABEL_WORDS or not rest:
        return None
    if label in _words("tags"):
        return CutKind.RELATED
    if not ends_in_full_stop(text) and (_starts(f"{label} ", "read") or _starts(f"{' '.join(words[1:])} ", "read")):
        return CutKind.RELATED
    is_short = len(text) <= _LONGEST_CREDIT and len(rest.split()) <= _MOST_CREDIT_WORDS
    return CutKind.CREDIT if label in _words("credit") and is_short and not _is_long_sentence(text, rest) else None


def _is_long_sentence(text: str, rest: str) -> bool:
    return ends_sentence(text) and len(rest.split()) > 3


def _is_prompt(folded: str) -> bool:
    """Whether a line says at its beginning what its reader shall do, and names a channel, an application or a newsletter."""
    if not _holds(folded, "thing"):
        return False
    head = folded[:_NEAR]
    if _starts(folded, "act") or (_SPACELESS.search(head) and _holds(folded, "act")):
        return True
    return len(folded) <= _LONGEST_ASIDE and _has_person(folded) and _holds(f" {folded}", "act", " ")


def _is_appeal(folded: str) -> bool:
    """Whether a paper asks for money: it speaks of its work or to its reader, and of support."""
    if len(folded) > _LONGEST_NOTICE or not _holds(f" {folded}", "support", " "):
        return False
    return _has_person(folded) and (
        _holds(folded, "journalism") or "donation" in folded or "spende" in folded or "our work" in folded
    )


def _is_time(folded: str) -> bool:
    bare = folded.strip(" .:-~约約")
    number = bare.lstrip("0123456789 -–")
    if number != bare and number.strip() in _words("minutes"):
        return True
    return _AGO.fullmatch(bare) is not None


def _has_person(folded: str) -> bool:
    return not _words("person").isdisjoint(re.findall(r"[^\W\d_]+", folded))


@cache
def _words(group: str) -> frozenset[str]:
    lists = tomllib.loads(files(__package__).joinpath("prompt_words.toml").read_text("utf-8"))
    return frozenset(_folded(word) for words in lists[group].values() for word in words)


@cache
def _by_start(group: str) -> dict[str, tuple[str, ...]]:
    starts: defaultdict[str, list[str]] = defaultdict(list)
    for word in _words(group):
        starts[word[:2]].append(word)
    return {start: tuple(words) for start, words in starts.items()}


def _starts(folded: str, group: str) -> bool:
    return any(folded.startswith(word) for word in _by_start(group).get(folded[:2], ()))


@cache
def _pattern(group: str, before: str) -> re.Pattern[str]:
    return re.compile(before + f"(?:{_any_of(_words(group))})")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _holds(folded: str, group: str, before: str = "") -> bool:
    return _pattern(group, before).search(folded) is not None

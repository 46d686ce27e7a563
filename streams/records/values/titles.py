"""Finds an article's headline among the titles that a source gives: complete, without the outlet, not the site's title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from streams import lazy_re as re
from streams.text.headline import is_section_name

_CUT = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")
_CUT_SIGNS = ("…", "...", "[…]", "[...]")
_LEAST_BEGINNING = 12  # characters that a cut title and the complete one share
# Separators between a headline and its outlet; a colon only after the outlet.
_BEHIND = re.compile(
    r"(?:\s+[-–—|·•:»›/~<>⋆*]+\s+|\s*[|｜»›]\s*|\s+::\s+|(?<=[?!.”\"])\s*[-–—]\s+|\s*_\s*|：|\s*[―—–]\s*(?=[^\s\w]*\w+[^\s]*$))"
)
_BEFORE = re.compile(r"\s+[-–—|·•»]+\s+|\s*[|｜»:：]\s+")
_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]$")
_SIGNS = frozenset("-–—|·•:»›/｜_：―~<>⋆*)]")  # one of them is in all that these two find
_CRUMB_SIGNS = ("»", "›")  # these part a page from the sections that lead to it
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_SITE = re.compile(
    r"(?:www\.)?[\w-]{2,}\.(?:com|org|net|info|news|co\.\w\w|com\.\w\w|[a-z]{2})", re.IGNORECASE
)  # "Gazette.com"
_LEAST_OF_HOST = 5  # letters of a host that name its outlet …
_LEAST_OF_WORD = 3  # … and of each word of a longer name whose words are all in the host
_SMALL_WORDS = frozenset(("the", "of", "and", "", "der", "die", "das", "le", "la", "el"))
_LEAST_INITIALS = 3  # of an outlet that is called by them
_MOST_SEGMENTS = 4
_LEAST_HEADLINE = 8  # characters: what is left must still say something
_MOST_OF_TITLE = 1_000  # characters; what is longer is not a title, and looking at each of its parts would take hours


def without_outlet(title: str, outlets: Iterable[str]) -> str:
    """A title without the outlet after it ("Bridge closed - Port Gazette") or before it ("Port Gazette | Bridge closed").

    Only the known name of the outlet, its host or a part of either is removed, and never the whole title.
    """
    if (
        len(title) > _MOST_OF_TITLE
        or _SIGNS.isdisjoint(title)
        or not any(sign.search(title) for sign in (_BEHIND, _BEFORE, _BRACKETED))
    ):
        return title
    names = _names(tuple(outlets))
    whole = title
    for _ in range(_MOST_SEGMENTS):
        shorter = _without_end(title, names) or _without_beginning(title, names)
        if not shorter:
            break
        title = shorter
    return title if title == whole else _without_section(title, whole)


def _without_section(title: str, whole: str) -> str:
    """A title that stood before an outlet without the section between the two: "Bridge closed | News | Port Gazette"."""
    found = next(reversed(list(_BEHIND.finditer(title))), None)
    if found is None or not whole.startswith(title):
        return title
    rest, sign = title[: found.start()].rstrip(), found[0].strip()
    is_chain = whole[len(title) :].lstrip().startswith(sign)
    is_section = sign in _CRUMB_SIGNS or is_section_name(title[found.end() :])
    return rest if is_chain and _says_something(rest) and is_section else title


class _Names:
    """The possible names of an outlet: its forms, and names made from words of its host ("tires.acme.com": "Acme Tires")."""

    def __init__(self, outlets: tuple[str, ...]) -> None:
        self._forms = frozenset[str]().union(*map(_forms, outlets))
        self._hosts = [letters_of(outlet.lower().removeprefix("www.")) for outlet in outlets if _HOST.fullmatch(outlet)]

    def __contains__(self, segment: str) -> bool:
        folded = letters_of(segment)
        if folded in self._forms or _SITE.fullmatch(segment.strip()):
            return True
        words = [word for each in segment.split() if (word := letters_of(each)) not in _SMALL_WORDS]
        return any(
            (len(folded) >= _LEAST_OF_HOST and folded in host)
            or (len(words) > 1 and all(len(word) >= _LEAST_OF_WORD and word in host for word in words))
            for host in self._hosts
        )


@lru_cache(maxsize=256)  # a stream has few outlets
def _names(outlets: tuple[str, ...]) -> _Names:
    return _Names(outlets)


def _without_end(title: str, names: _Names) -> str | None:
    if (bracket := _BRACKETED.search(title)) and bracket[1] in names:
        return rest if _says_something(rest := title[: bracket.start()]) else None
    for found in reversed(list(_BEHIND.finditer(title))):
        rest = title[: found.start()].rstrip()
        if title[found.end() :] in names:
            return rest if _says_something(rest) else None
    return None


def _without_beginning(title: str, names: _Names) -> str | None:
    found = _BEFORE.search(title)
    if found and title[: found.start()] in names:
        rest = title[found.end() :].lstrip()
        return rest if _says_something(rest) else None
    return None


def _says_something(rest: str) -> bool:
    return len(rest) >= _LEAST_HEADLINE or (not rest.isascii() and len(rest) > 3)


@lru_cache(maxsize=1_024)  # a stream has few outlets
def _forms(outlet: str) -> frozenset[str]:
    """The forms of an outlet's name: whole, without "The", its parts around a sign, its initials, its host, its label."""
    bare = outlet.lower().removeprefix("www.")
    is_host = _HOST.fullmatch(bare) is not None
    labels = bare.split(".") if is_host else []
    parts = [
        outlet,
        bare,
        re.sub(r"^the\s+", "", outlet, flags=re.IGNORECASE),
        *re.split(r"\s+[-–—|·•:]\s+|\s*[|｜]\s*", outlet),
    ]
    if is_host:
        parts += [label for label in labels[:-1] if len(label) > 3]
    words = re.findall(r"\b[^\W\d_]", outlet)
    parts += ["".join(words)] if len(words) >= _LEAST_INITIALS and not is_host else []
    forms = {letters_of(part) for part in parts}
    return frozenset(form for form in forms | {"the" + form for form in forms} if len(form) > 1)


def beginnings_of(title: str) -> Iterator[str]:
    """The part of a title before each sign that may separate it from its section and outlet; of at most 1,000 characters."""
    title = title[:_MOST_OF_TITLE]
    yield from (title[: found.start()].rstrip() for found in _BEHIND.finditer(title))


def is_cut(title: str) -> bool:
    """Whether a title was truncated."""
    return title.rstrip().endswith(_CUT_SIGNS)


def whole_title(title: str, others: Iterable[str]) -> str:
    """The complete title among ``others`` that ``title`` is the truncated beginning of; ``title`` if there is none."""
    beginning = letters_of(_CUT.sub("", title)) if is_cut(title) else ""
    if len(beginning) < _LEAST_BEGINNING:
        return title
    return next((each for each in others if not is_cut(each) and letters_of(each).startswith(beginning)), title)


def letters_of(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))

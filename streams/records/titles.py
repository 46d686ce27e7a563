"""A headline among the titles that a source gives: whole, without its outlet, the article's rather than the site's."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CUT = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")
_LEAST_BEGINNING = 12  # characters that a cut title and the whole one have in common
# What stands between a headline and its outlet; a colon only behind the outlet.
_BEHIND = re.compile(r"(?:\s+[-–—|·•:»/]+\s+|\s*[|｜»]\s*|\s+::\s+|(?<=[?!.”\"])\s*[-–—]\s+|\s*[―—–]\s*(?=[^\s\w]*\w+[^\s]*$))")
_BEFORE = re.compile(r"\s+[-–—|·•»]+\s+|\s*[|｜»:：]\s+")
_MOST_SEGMENTS = 4
_LEAST_HEADLINE = 8  # characters: what is left must say something


def without_outlet(title: str, outlets: Iterable[str]) -> str:
    """A title without its outlet behind it ("Bridge closed - Port Gazette") or before it ("Port Gazette | Bridge closed").

    Only what is told to be the outlet's name, its host or a part of either is taken off, and never all of a title.
    """
    forms = {form for outlet in outlets for form in _forms(outlet)}
    for _ in range(_MOST_SEGMENTS):
        shorter = _without_end(title, forms) or _without_beginning(title, forms)
        if not shorter:
            return title
        title = shorter
    return title


def _without_end(title: str, forms: set[str]) -> str | None:
    for found in reversed(list(_BEHIND.finditer(title))):
        rest = title[: found.start()].rstrip()
        if fold(title[found.end() :]) in forms:
            return rest if _says_something(rest) else None
    return None


def _without_beginning(title: str, forms: set[str]) -> str | None:
    found = _BEFORE.search(title)
    if found and fold(title[: found.start()]) in forms:
        rest = title[found.end() :].lstrip()
        return rest if _says_something(rest) else None
    return None


def _says_something(rest: str) -> bool:
    return len(rest) >= _LEAST_HEADLINE or (not rest.isascii() and len(rest) > 3)


def _forms(outlet: str) -> set[str]:
    """The ways in which an outlet is named: whole, without "The", its parts around a sign, its host and its label."""
    bare = outlet.lower().removeprefix("www.")
    is_host = re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", bare) is not None
    labels = bare.split(".") if is_host else []
    parts = [
        outlet,
        bare,
        re.sub(r"^the\s+", "", outlet, flags=re.IGNORECASE),
        *re.split(r"\s+[-–—|·•:]\s+|\s*[|｜]\s*", outlet),
    ]
    if is_host:
        parts += [label for label in labels[:-1] if len(label) > 3]
    forms = {fold(part) for part in parts}
    return {form for form in forms | {"the" + form for form in forms} if len(form) > 1}


def is_cut(title: str) -> bool:
    """Whether a title ends where somebody cut it."""
    return _CUT.search(title) is not None


def whole_title(title: str, others: Iterable[str]) -> str:
    """The whole one among ``others`` of which ``title`` is the cut beginning; ``title`` where there is none."""
    beginning = fold(_CUT.sub("", title))
    if not is_cut(title) or len(beginning) < _LEAST_BEGINNING:
        return title
    return next((each for each in others if not is_cut(each) and fold(each).startswith(beginning)), title)


def fold(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(character for character in text.casefold() if character.isalnum())

"""trafilatura's searches for elements by their names, with the same answers, each several times as fast.

Its XPaths try patterns of fifty words on the class and id of every element. The same few names occur on many elements and on
many pages: here each is looked at once. What a search looks for is read from its XPath.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from typing import Any, Final, NamedTuple

from streams import lazy_re as re
from streams.records.pages.labels import Answers

Says = Callable[[str], bool]

_STRING: Final = re.compile(r"'([^']*)'")
_INSIDE: Final = re.compile(r"(?<=[\[(\]]) | (?=[\[)\]])")  # spaces that say nothing
_FIRST: Final = re.compile(r"\((.*)\)\[1\]|(.*\])\[1\]", re.DOTALL)
_SEARCH: Final = re.compile(r"\.//\*((?:\[[^][]*\])+)")
_PREDICATE: Final = re.compile(r"\[([^][]*)\]")
_TAGS: Final = re.compile(r"self::(\w+)(?: or self::(\w+))*")
_OTHER_TAGS: Final = re.compile(r"^not\((self::\w+(?: or self::\w+)*)\)")
_NAMES: Final = r"(@[\w-]+(?:\|@[\w-]+)?)"


class NameTest(NamedTuple):
    """What must be said by an element's attribute: by the one of ``names`` that it has, the first one if it has several."""

    names: tuple[str, ...]
    says: Says


class Predicate:
    """A predicate: one of its tests must hold. Attributes' answers are kept."""

    def __init__(self, tests: list[NameTest], other_tags: frozenset[str]) -> None:
        """``other_tags``: an element that has none of these tags holds, whatever it is called; for none, all are asked."""
        self._other_tags = other_tags
        grouped = defaultdict[tuple[str, ...], list[Says]](list)
        for names, says in tests:
            grouped[names].append(says)
        self._of_one = {names[0]: _any_of(each) for names, each in grouped.items() if len(names) == 1}
        self._of_first = [(names, _any_of(each)) for names, each in grouped.items() if len(names) > 1]
        self._names = frozenset(name for names in grouped for name in names)

    def holds(self, element: Any) -> bool:
        if self._other_tags and element.tag not in self._other_tags:
            return True
        said = [each for each in element.items() if each[0] in self._names]
        for name, value in said:
            if name in self._of_one and self._of_one[name][value]:
                return True
        if said:
            for names, answers in self._of_first:
                first = next((value for name, value in said if name in names), None)
                if first is not None and answers[first]:
                    return True
        return False


def _any_of(alternatives: list[Says]) -> Answers[bool]:
    return Answers(lambda value: any(says(value) for says in alternatives))


class NamedElements:
    """A search for elements by their tag and attributes; called as lxml's XPath is."""

    def __init__(self, path: str, tags: tuple[str, ...], conditions: list[Predicate], *, is_first: bool) -> None:
        """``path``: the XPath that does the same."""
        self.path = path
        self._tags, self._conditions, self._is_first = tags or ("*",), conditions, is_first

    def __call__(self, tree: Any) -> list[Any]:
        """The elements within ``tree`` in order; or only the first one."""
        found = (
            element
            for element in tree.iterdescendants(*self._tags)
            if all(condition.holds(element) for condition in self._conditions)
        )
        return list(islice(found, 1 if self._is_first else None))


def quicken(searches: list[Any]) -> None:
    """Replace those of a list of XPaths that try patterns, where they can be understood; lxml is as fast at all others."""
    for number, search in enumerate(searches):
        if not isinstance(search, NamedElements) and "re:test" in search.path:
            searches[number] = understood(search.path) or search


def understood(path: str) -> NamedElements | None:
    """The search for elements of certain tags and names that an XPath does; None if it does anything else.

    One that ends in ``[1]`` gives the first element alone.
    """
    strings = _STRING.findall(path)
    numbers = iter(range(len(strings)))
    plain = _STRING.sub(lambda _: f"${next(numbers)}", path)
    plain = _INSIDE.sub("", " ".join(plain.split()))
    first = _FIRST.fullmatch(plain)
    search = _SEARCH.fullmatch((first[1] or first[2]) if first else plain)
    if search is None:
        return None
    predicates = _PREDICATE.findall(search[1])
    tags = tuple(re.findall(r"self::(\w+)", predicates.pop(0))) if _TAGS.fullmatch(predicates[0]) else ()
    conditions = [_condition(each, strings) for each in predicates]
    understandable = [each for each in conditions if each]
    return (
        NamedElements(path, tags, understandable, is_first=first is not None)
        if len(understandable) == len(conditions)
        else None
    )


def _condition(predicate: str, strings: list[str]) -> Predicate | None:
    """A predicate whose tests are joined by "or"; None if one of them is not understood."""
    others = _OTHER_TAGS.search(predicate)
    tests = [_test(each, strings) for each in (predicate[others.end() + 4 :] if others else predicate).split(" or ")]
    understandable = [each for each in tests if each]
    if len(understandable) < len(tests):
        return None
    return Predicate(understandable, frozenset(re.findall(r"self::(\w+)", others[0])) if others else frozenset())


def _test(said: str, strings: list[str]) -> NameTest | None:
    for form, make in _FORMS:
        if found := form.fullmatch(said):
            values = [strings[int(each)] for each in found.groups()[1:] if each is not None]
            return NameTest(tuple(found[1].replace("@", "").split("|")), make(*values))
    return None


def _equal(wanted: str) -> Says:
    return lambda value: value == wanted


def _containing(part: str) -> Says:
    return lambda value: part in value


def _starting(beginning: str) -> Says:
    return lambda value: value.startswith(beginning)


def _containing_translated(letters: str, others: str, part: str) -> Says:
    table = str.maketrans(letters, others)
    return lambda value: part in value.translate(table)


def _matching(pattern: str, flags: str = "") -> Says:
    compiled = re.compile(pattern, re.IGNORECASE if flags == "i" else 0)
    return lambda value: compiled.search(value) is not None


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[..., Says]], ...]] = (
    (re.compile(_NAMES), lambda: lambda _: True),
    (re.compile(_NAMES + r"=\$(\d+)"), _equal),
    (re.compile(rf"contains\({_NAMES}, \$(\d+)\)"), _containing),
    (re.compile(rf"starts-with\({_NAMES}, \$(\d+)\)"), _starting),
    (re.compile(rf"contains\(translate\({_NAMES}, \$(\d+), ?\$(\d+)\), \$(\d+)\)"), _containing_translated),
    (re.compile(rf"re:test\({_NAMES}, \$(\d+)(?:, \$(\d+))?\)"), _matching),
)

"""The authors of the article on an HTML page, from its metadata, its markup, and the lines near its headline."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from streams import lazy_re as re
from streams.records.pages.boxes import facts_labelled
from streams.records.pages.labels import Names
from streams.records.pages.linked_data import types_of
from streams.records.pages.place import (
    AUTHOR_NAMES,
    MOST_LOOKED_AT,
    NEVER_TAGS,
    PAGE_TYPES,
    Page,
    ancestors,
    labels_of,
    names_of,
    nodes_of,
)
from streams.records.values.byline_lines import announces_name, are_people, is_person, name_of, names_in, persons_in
from streams.records.values.byline_parts import announces_others, is_organisation
from streams.records.values.bylines import ROLE, is_account, read_names
from streams.records.values.dates import read_moment

_LABELS: Final = (
    "written by",
    "author",
    "by",
    "verfasst von",
    "geschrieben von",
    "écrit par",
    "escrito por",
    "scritto da",
    "geschreven door",
)
_SHORT = 160  # characters of a line that may be a byline
_LONGEST_LABEL = 24  # characters of "Written by" and the like
_PERSON_SIGN = Names(
    r"\b(?:person|user|avatar|author|headshot|portrait|rounded-full|(?:rounded|img)-circle)\b|avatar|headshot|author[-_]*(?:image|img|photo|pic)",
)
_HONORIFIC = re.compile(r"^(?:dr|prof|mr|mrs|ms|rev|sir)\.?\s+", re.IGNORECASE)
_REVIEWED = re.compile(r"\W*(?:\w+ly\s+)?reviewed\s+by\b", re.IGNORECASE)  # a critic's byline, if there is no other
_MOST_PIECES = 12  # texts of an author box that are searched for the name

_META_AUTHORS: Final = (
    "author", "article:author", "article:author_name", "og:article:author",
    "parsely-author", "dc.creator", "dc:creator", "dcterms.creator",
    "sailthru.author", "citation_author", "byl", "byline",
    "author-name", "authors", "cxenseparse:author", "vr:author", "twitter:creator:name",
    "bt:author", "news_author", "article.author", "creator", "parsely-authors", "mediator_author", "article_author",
)  # fmt: skip


def read_authors(page: Page) -> str:
    """The writers: persons before organisations, and those of the byline that a reader sees before those of the metadata."""
    organisation = ""
    for written in _authors_told(page):
        found = read_names(written, page.outlets, page.language)
        if found and not is_organisation(found):
            return found
        organisation = organisation or found
    return organisation


def _authors_told(page: Page) -> Iterator[list[str]]:
    told = list(_authors_of_metadata(page))
    names = next((found for each in told if (found := read_names(each, page.outlets, page.language))), "")
    if names and (shown := _shown_otherwise(page, names)):
        yield shown
    yield from told
    yield from _authors_marked(page)
    yield _signature(page)
    yield names_of(_organisations(page))


_RIGHT = re.compile(
    r"text-align:\s*(?:right|end)|(?:^|[\s_-])(?:(?:text-?|align-?)?right|author|signature|sign)(?:[\s_-]|$)", re.IGNORECASE
)


def _signature(page: Page) -> list[str]:
    """The names in the last paragraph of the article, if it is set to the right or named as a signature."""
    around = page.scope if page.scope is not page.body else page.heading.getparent() if page.heading is not None else page.body
    last = next((each for each in reversed(list(around.iter("p"))) if page.text_of(each)), None)
    if last is None or not _RIGHT.search(f"{last.get('style') or ''} {last.get('align') or ''} {labels_of(last)}"):
        return []
    names = re.split(r"\s+[-–—]\s+|\s*[,;/]\s*", page.line_of(last, _SHORT))
    return names if all(map(is_person, names)) else []


def _shown_otherwise(page: Page, told: str) -> list[str]:
    """The persons of the byline above the text, if they are more than those of the metadata, or all others.

    Metadata often name the first of several writers alone, or whoever put the text into the system.
    """
    for element, line in _lines_near(page):
        if page.is_below_text(element):
            continue
        name = names_in(line) or _behind_label(page, element)
        if not name or _REVIEWED.match(line) or _is_others(page, element):
            continue
        shown = [each for part in _items(page, element, name) or [name] for each in persons_in(part)]
        if not shown or is_account(told) != is_account(shown[0]):
            return shown if is_account(told) else []
        own, others = (frozenset(map(_bare_name, each)) for each in (told.split(", "), shown))
        is_other = own.isdisjoint(others) and not any(each.split()[-1] in line for each in told.split(", "))
        return shown if own < others or is_other else []
    return []


def _bare_name(name: str) -> str:
    return _HONORIFIC.sub("", name).casefold()


def _organisations(page: Page) -> list[Any]:
    return [each for each in _told_authors(page) if any(kind.endswith("Organization") for kind in types_of(each))]


def _told_authors(page: Page) -> list[Any]:
    told = page.article.get("author") or page.article.get("creator")
    return told if isinstance(told, list) else [told]


def _authors_of_metadata(page: Page) -> Iterator[list[str]]:
    organisations = _organisations(page)
    yield names_of([each for each in _told_authors(page) if each not in organisations])
    for name in _META_AUTHORS:
        yield [_surname_last(content) if name == "citation_author" else content for content in page.metas.get(name, ())]
    if not page.article:
        pages = [each for each in nodes_of(page.documents) if any(kind.endswith(PAGE_TYPES) for kind in types_of(each))]
        yield names_of([each.get("author") for each in pages])
    for number in ("1", "2"):
        label = next(iter(page.metas.get(f"twitter:label{number}", ())), "")
        if label.strip().lower() in _LABELS:
            yield page.metas.get(f"twitter:data{number}", [])


def _surname_last(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _authors_marked(page: Page) -> Iterator[list[str]]:
    """The elements that the page marks as its authors: microdata, links, class names, and lines beside the headline."""
    told = [each for each in page.marked if "author" in each.get("itemprop").split() and page.is_in_body(each)]
    yield [_property_name(page, each) for each in told if page.is_own(each) and not _is_others(page, _name_element(each))]
    yield [page.spaced_words(each) for each in page.body.xpath(".//a[contains(@rel, 'author')]") if page.is_own(each)]
    named = page.near_first(page.named())
    marked = (
        each
        for each in named
        if AUTHOR_NAMES.are_in(labels_of(each))
        and not _ABOUT_AUTHOR.are_in(labels_of(each))
        and page.is_own(each)
        and not _is_others(page, each)
    )
    for element in islice(marked, 12):
        inner = next(
            (
                each
                for each in element.iterdescendants()
                if isinstance(each.tag, str) and re.search("name", labels_of(each), re.IGNORECASE)
            ),
            None,
        )
        links = [
            page.spaced_words(each)
            for each in element.iter("a")
            if _PROFILE.search(each.get("href") or "") and not _is_others(page, each)
        ]
        items = [page.spaced_words(each) for each in element.iter("li") if not _is_tag(each)] if len(links) < 2 else []
        text = _lines_of(page, element)
        yield items or links or ([page.spaced_words(inner)] if inner is not None else [])
        if len(text) <= _SHORT and not _is_tag(element) and (name := _name_beside_day(text)):
            yield [name]
        elif len(text) <= _SHORT and not _is_tag(element) and not re.search(r"[.!?]\s+\w", text):
            yield [text]
        if _is_pictured(element):
            yield [each for piece in islice(element.itertext(), _MOST_PIECES) if is_person(each := piece.strip())][:1]
    yield from _bylines_near(page)
    yield from _boxes(page)
    for box in facts_labelled(page, announces_name):
        items = [page.spaced_words(each) for each in box.iter("li")] or [page.spaced_words(box)]
        yield [item for item in items if is_person(item) or are_people(item)]


_BOX_LEVELS, _LEAST_STORY = 2, 25  # elements around a byline that may be a teaser; characters of a link to a story
_LONGEST_NAME = 40  # characters of a name above its description
_DESCRIPTION = Names(r"(?:author|byline)[\w-]*?[-_](?:description|desc|bio|about)\b")
# Lines that say who wrote a text wherever they are: below it, blogs name the writer together with the day.
_POSTED = re.compile(r"(?:posted|written|published)\s+by\s+\S", re.IGNORECASE)
_PROFILE = re.compile(
    r"[/?&_](?:authors?|people|person|staff|profiles?|userprofile|contributors?|contributor-profile|writers?|journalists?|reporters?"
    r"|autor(?:en|es|i)?|auteurs?|autori|autore|redakteure?|redaktion|columnists?|by|team)(?:/|=|\?)",
    re.IGNORECASE,
)


_ABOUT_AUTHOR = Names(
    r"(?:author|byline)[\w-]*?[-_](?:description|desc|bio|about|role|job|position|title|credentials?)\b",
)
_TAG = re.compile(r"/(?:tags?|categor(?:y|ies)|topics?|keywords?|sections?)/", re.IGNORECASE)
_BETWEEN_PARTS = re.compile(r"\s*[|·•]\s*")


def _is_tag(element: Any) -> bool:
    """Whether an element holds a link to other things with the same tag."""
    return any(_TAG.search(link.get("href") or "") or link.get("rel") == "tag" for link in element.iter("a"))


def _name_beside_day(text: str) -> str | None:
    """The name in a line that separates it from a date by a sign: "Dec. 19, 2025 · Nia Holt on behalf of the crew"."""
    parts = _BETWEEN_PARTS.split(text)
    names = [part for part in parts if not any(map(str.isdigit, part))]
    return name_of(names[0]) if len(parts) > 1 and len(names) == 1 else None


_SECTION = re.compile(
    r"\b(?:news|sports?|business|politics|world|opinion|culture|features?|international|national|local|nachrichten|politik|wirtschaft"
    r"|noticias|pol[ií]tica|cultura|econom[ií]a|actualités?|politique|attualità|nieuws)\b",
    re.IGNORECASE,
)


def _name_behind_day(line: str, language: str) -> str | None:
    """The person behind a date and a sign: "2 March 2026 | Dana Cole"."""
    day, *rest = _BETWEEN_PARTS.split(line)
    if len(rest) != 1 or not is_person(rest[0]) or is_organisation(rest[0]) or _SECTION.search(rest[0]):
        return None
    return rest[0] if read_moment(day, language=language) else None


def _lines_of(page: Page, element: Any) -> str:
    """The text of an author's box, a line each where the page breaks it."""
    if element.find(".//br") is None:
        return page.spaced_words(element)
    return "\n".join(" ".join(each.split()) for each in element.itertext() if each.strip())


def _property_name(page: Page, element: Any) -> str:
    inner = _name_element(element)
    return inner.get("content") or page.spaced_words(inner)


def _name_element(element: Any) -> Any:
    return next((each for each in element.iterdescendants() if each.get("itemprop") == "name"), element)


def _is_others(page: Page, element: Any) -> bool:
    """Whether a label before an element says that whoever it names did other work: "Reviewed by"."""
    return announces_others(page.said_before(element))


def _lines_near(page: Page) -> list[tuple[Any, str]]:
    """The elements near the headline that may hold a byline, each with its text in a line."""
    return [
        (element, line)
        for element in page.near()
        if (line := page.line_of(element, _SHORT)) and page.is_of_head(element) and not _ABOUT_AUTHOR.are_in(labels_of(element))
    ]


def _bylines_near(page: Page) -> Iterator[list[str]]:
    """The names near the headline: in bylines, behind links to author pages, beside an author's picture."""
    lines = [each for each in _lines_near(page) if not _is_others(page, each[0])]
    below = [(element, line) for element, line in lines if page.is_below_text(element)]
    above = [each for each in lines if each not in below]
    yield from _labelled(page, above)
    if linked := [element for element, _ in above if _is_profile(page, element)]:
        box = linked[0].getparent().getparent()
        yield [page.spaced_words(each) for each in linked if each is linked[0] or box in each.iterancestors()]
    for element, line in above:
        if not _is_tag(element) and (name := _name_behind_day(line, page.language)):
            yield [name]
    yield from ([line] for element, line in above if are_people(line) or (is_person(line) and _is_pictured(element)))
    yield from _labelled(page, [each for each in below if each[0].tag != "p"])


def _labelled(page: Page, lines: list[tuple[Any, str]]) -> Iterator[list[str]]:
    for element, line in lines:
        if name := names_in(line) or _behind_label(page, element):
            page.trust(element)
            yield _items(page, element, name) or [name]


def _is_pictured(element: Any) -> bool:
    """Whether a picture or sign beside a name shows that it is a person's."""
    for box in islice(ancestors(element), 3):
        if "linkedin.com/in/" in (box.get("href") or ""):
            return True
        if any(_PERSON_SIGN.are_in(labels_of(each)) for each in islice(box.iter("img", "i", "svg"), _MOST_PIECES)):
            return True
    return False


def _boxes(page: Page) -> Iterator[list[str]]:
    """The names after "Written by" and the like anywhere on the page: boxes about the author are below the text."""
    for element in islice(page.body.iter("*"), MOST_LOOKED_AT):
        label = (element.text or "").strip()
        if 4 < len(label) <= _LONGEST_LABEL and announces_name(label) and page.is_own(element):
            rest = page.line_of(element, _SHORT).removeprefix(label) or (element.tail or "").strip()
            behind = element.getnext()
            yield [name for name in [name_of(rest or (page.line_of(behind, _SHORT) if behind is not None else ""))] if name]
            if not rest and behind is None:
                yield _persons_beside(element.getparent().getnext())
        elif _POSTED.match(label) and page.is_own(element) and (name := names_in(page.line_of(element, _SHORT))):
            yield [name]
    yield _profiled(page)
    yield from _biographies(page)


def _profiled(page: Page) -> list[str]:
    """The one person whose page a link behind "by" leads to, anywhere but in a box with another story's link."""
    links = islice(page.body.iter("a"), MOST_LOOKED_AT)
    found = {
        page.spaced_words(each): each
        for each in links
        if _is_profile(page, each) and announces_name(page.said_before(each)) and page.is_own(each)
    }
    if len(found) != 1:
        return []
    [(name, link)] = found.items()
    box = next(islice(link.iterancestors(), _BOX_LEVELS, None), None)
    is_teaser = (
        box is not None
        and box.tag not in ("article", "main", "body")
        and any(len(page.spaced_words(each)) >= _LEAST_STORY for each in islice(box.iter("a"), MOST_LOOKED_AT))
    )
    return [] if is_teaser else [name]


def _biographies(page: Page) -> Iterator[list[str]]:
    """The one person whom a box describes: by its name, or by a portrait that is named after the person."""
    described = {
        name
        for element in islice(page.body.iter("h2", "h3", "h4", "h5", "h6", "p", "strong", "div"), MOST_LOOKED_AT)
        if (name := page.line_of(element, _LONGEST_NAME))
        and is_person(name)
        and not ROLE.search(name)
        and _is_described(page, element, name)
        if page.is_own(element)
    }
    yield list(described) if len(described) == 1 else []


def _is_described(page: Page, element: Any, name: str) -> bool:
    behind = element.getnext()
    if behind is None or not isinstance(behind.tag, str):
        return False
    if _DESCRIPTION.are_in(labels_of(behind)):
        return True
    around = element.getparent().getparent()
    portraits = islice(around.iter("img"), 3) if around is not None else ()
    is_pictured = any((each.get("alt") or "").strip().casefold() == name.casefold() for each in portraits)
    return is_pictured and ROLE.search(page.spaced_words(behind)[:_SHORT]) is not None


def _persons_beside(box: Any) -> list[str]:
    """The persons in a box behind a label, among their initials and roles."""
    if box is None:
        return []
    shown = [each for each in box.iter() if isinstance(each.tag, str) and each.tag not in NEVER_TAGS]
    pieces = [text.strip() for each in shown for text in (each.text, each.tail if each is not box else None) if text]
    if sum(map(len, pieces)) > _SHORT:
        return []
    return [piece for piece in pieces if is_person(piece) and not ROLE.search(piece)]


def _behind_label(page: Page, element: Any) -> str | None:
    """The name in the element after one that says "By" or "Author"."""
    label = next((each for each in element if isinstance(each.tag, str)), None)
    if label is None or (element.text or "").strip() or not announces_name(page.spaced_words(label)):
        return None
    return name_of(page.spaced_words(element).removeprefix(page.spaced_words(label)).strip(" :"))


def _items(page: Page, element: Any, name: str) -> list[str]:
    """The items or links that hold the names of a byline, if there are several."""
    for tag in ("li", "a"):
        items = list(dict.fromkeys(page.spaced_words(each).strip(" ,;") for each in element.iter(tag)))
        items = [item for item in items if item and item in name]
        if len(items) > 1:
            return items
    return []


def _is_profile(page: Page, element: Any) -> bool:
    return (
        element.tag == "a" and _PROFILE.search(element.get("href") or "") is not None and is_person(page.spaced_words(element))
    )

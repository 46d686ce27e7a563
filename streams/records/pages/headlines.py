"""The headline of an HTML page: the heading that shows it, whole, without outlet, kicker and subtitle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Any

from streams import lazy_re as re
from streams.records.pages.place import AUTHOR_NAMES, MOST_LOOKED_AT, Page, ancestors, labels_of, names_of
from streams.records.values.titles import beginnings_of, is_cut, letters_of, whole_title, without_outlet
from streams.records.values.urls import url_parts

_SITE_NAMES = re.compile(
    r"logo|site[-_]?(?:title|name|heading)|brand|masthead|sr[-_]?only|screen[-_]?reader|visually[-_]?hidden", re.IGNORECASE
)
_TITLE_NAMES = re.compile(
    r"(?:article|entry|post|story|news|content|page|main)?[-_]*(?:title|headline|heading|ueberschrift|titel|titulo|titre)",
    re.IGNORECASE,
)
_KICKER_NAMES = re.compile(
    r"kicker|over(?:line|title)|eyebrow|topline|dachzeile|spitzmarke|vorspann|label|category|rubri[ck]|tag\b|topic|section|sub[-_]?(?:title|head)",
    re.IGNORECASE,
)
_MOST_OF_HEADLINE = 220  # characters; a longer heading is a standfirst, where the page's metadata have a title
_LEAST_CUT = 50  # letters and digits of a title that may have been cut without an ellipsis
_HARDLY_ALIKE = 0.2
_MOST_TITLES = 20  # of a page: each is compared with the others
_TOKENS = re.compile(r"\w+")
_WORDS = re.compile(r"[^\W_]{3,}")
_LEAST_OF_ADDRESS, _MOST_LIKE_ADDRESS = 4, 0.75  # words of an address, and the share of them in a title that is like it
_LEAST_ALIKE = 0.5  # share of words that a heading and a title must have in common
_STEM = 6  # letters: "experience" and "experiences" are one word
_MOST_OF_OTHER = 0.6  # share of the address's words in a heading that says something else


def read_headline(page: Page) -> tuple[str | None, Any]:
    """The headline, and the element that shows it.

    The page's visible heading wins if it resembles one of the titles in the page's metadata, or is the only heading. Titles
    that were cut, or that name the site, lose.
    """
    titles = [title for title in _told_titles(page) if title]
    headline, element = _find_headline(page, titles)
    return (headline and whole_title(headline, titles)), element


def _find_headline(page: Page, titles: list[str]) -> tuple[str | None, Any]:
    headings = [element for element in page.body.iter("h1") if _is_headline(page, element)]
    if shown := _named_in_part(page, titles, headings):
        return shown
    likeness, best = max(
        ((_likeness(page.text_of(each), titles), each) for each in headings), key=itemgetter(0), default=(0.0, None)
    )
    if best is not None and (likeness > _LEAST_ALIKE or not titles):
        return _shown_or_told(page, best, titles), best
    if titles and (same := _named_lower(page, titles)) is not None:
        return max(titles[0], page.spaced_words(same), key=len), same
    if best is not None and len(headings) == 1 and (likeness > _HARDLY_ALIKE or _is_stub(page, page.text_of(best))):
        return _shown_or_told(page, best, titles), best
    if titles:
        return titles[0], best if best is not None else _shown_in_text(page, titles[0])
    candidates = [each for each in page.body.iter("h2", "h3") if _is_headline(page, each)]
    inside = [
        each
        for each in candidates
        if _TITLE_NAMES.search(labels_of(each)) or any(up.tag in ("article", "main") for up in ancestors(each))
    ]
    found = next(iter(inside), None)
    return (None, None) if found is None else (_shown(page, found, []), found)


def _named_in_part(page: Page, titles: list[str], headings: list[Any]) -> tuple[str, Any] | None:
    """The first heading, of any rank, that matches a title's part before its outlet or section ("Ferry to stay | Blog").

    Only headings above the first one of the first rank count: below it come sections, which a title may be named after.
    """
    beginnings = {letters_of(each) for title in titles for each in (*beginnings_of(title), *_without_logo(page, title))}
    if not beginnings or any(letters_of(page.text_of(each)) in beginnings for each in headings):
        return None
    for element in page.body.iter("h1", "h2", "h3"):
        if element in headings:
            return None
        if letters_of(page.text_of(element)) in beginnings and _is_headline(page, element):
            return page.spaced_words(element), element
    return None


def _without_logo(page: Page, title: str) -> Iterator[str]:
    """A title without a site's name before it that no sign separates, as on its logo: "tide.example Bell found"."""
    yield from (title[len(name) :] for name in page.outlets if title.startswith(f"{name} "))


def _named_lower(page: Page, titles: list[str]) -> Any:
    """The first heading, of any rank, that matches a title, or continues a long one that was cut without an ellipsis."""
    wanted = {letters_of(title) for title in titles}
    cut = tuple(title for title in wanted if len(title) >= _LEAST_CUT)
    for element in page.body.iter("h1", "h2", "h3"):
        said = letters_of(page.text_of(element))
        if (said in wanted or (cut and said.startswith(cut))) and not page.is_beside(element):
            return element
    return None


def _shown_in_text(page: Page, title: str) -> Any:
    """The element that shows a title without being a heading: a legend, a paragraph in large letters."""
    wanted = letters_of(title)
    shown = islice(page.body.iter("legend", "p", "div", "span", "td", "font", "b", "strong", "header"), MOST_LOOKED_AT)
    return next(
        (each for each in shown if letters_of(page.line_of(each, _MOST_OF_HEADLINE)) == wanted and not page.is_beside(each)),
        None,
    )


def _shown_or_told(page: Page, heading: Any, titles: list[str]) -> str:
    return titles[0] if _is_other_than_address(page, page.text_of(heading), titles) else _shown(page, heading, titles)


def _is_other_than_address(page: Page, heading: str, titles: list[str]) -> bool:
    """Whether the page's address says what its title says, and its heading something else: a slogan, a call to buy."""
    if not titles or not page.url:
        return False
    slug = max(url_parts(page.url).path.split("/"), key=len)
    words, shown, told = ({word[:_STEM] for word in _WORDS.findall(each.casefold())} for each in (slug, heading, titles[0]))
    return (
        len(words) >= _LEAST_OF_ADDRESS
        and len(words & told) >= _MOST_LIKE_ADDRESS * len(words)
        and len(words & shown) <= _MOST_OF_OTHER * len(words)
    )


def _is_stub(page: Page, heading: str) -> bool:
    """Whether the page's only name is a ``title`` less than half as long as its one heading: a section's name, or a stub."""
    title = next((page.text_of(element) for element in page.tree.iter("title")), "")
    return not any(_declared_titles(page)) and len(heading) > 2 * len(title)


def _declared_titles(page: Page) -> list[str]:
    """The titles in the page's metadata, best first."""
    names = ("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title")
    return [*names_of(page.article.get("headline")), *(title for name in names for title in page.metas.get(name, ()))]


def _told_titles(page: Page) -> Iterator[str]:
    """The titles that the page names, best first, without its outlet, and without titles of the site."""
    told = _declared_titles(page)
    told += [page.text_of(element) for element in page.tree.iter("title")][:1]
    if page.article and not page.article.get("headline"):
        told += names_of(page.article.get("name"))
    site = {letters_of(outlet) for outlet in page.outlets}
    written = list(dict.fromkeys(line for title in told if (line := " ".join(title.split()))))[:_MOST_TITLES]
    titles = [without_outlet(line, page.outlets) for line in written]
    titles = [title for title in titles if letters_of(title) not in site]
    yield from (whole_title(title, titles) for title in titles if not is_cut(title) or whole_title(title, titles) != title)
    yield from (title for title in titles if is_cut(title))


def _is_headline(page: Page, element: Any) -> bool:
    """Whether a heading may be the article's, and not that of a menu, a logo, an author or the site."""
    words = page.text_of(element)
    if (
        not words
        or len(words) > _MOST_OF_HEADLINE
        or page.is_beside(element)
        or letters_of(words) in {letters_of(outlet) for outlet in page.outlets}
    ):
        return False
    called = " ".join(labels_of(each) for each in (element, element.getparent()) if each is not None)
    if (
        _SITE_NAMES.search(called)
        or AUTHOR_NAMES.are_in(labels_of(element))
        or (element.get("itemprop") in ("author", "name") and _in_person(element))
    ):
        return False
    link = element.find(".//a")
    return not (link is not None and url_parts(link.get("href") or "/x").path in ("", "/") and page.text_of(link) == words)


def _in_person(element: Any) -> bool:
    return any("Person" in (each.get("itemtype") or "") for each in ancestors(element))


def _likeness(words: str, titles: Iterable[str]) -> float:
    """How much a heading resembles the titles, 0.0 to 1.0: the share of the shorter one's words that the other has."""
    own = set(_TOKENS.findall(words.casefold()))
    best = 0.0
    for title in titles:
        other = set(_TOKENS.findall(title.casefold()))
        if letters_of(title) == letters_of(words):
            return 1.0
        if own and other:
            best = max(best, len(own & other) / max(min(len(own), len(other)), 3))
    return min(best, 0.99)


def _goes_on(heading: Any, title: str) -> bool:
    """Whether the text of one element of a heading begins with the title and is longer: then the title was cut."""
    said = letters_of(title)
    return any(len(letters) > len(said) and letters.startswith(said) for letters in map(letters_of, heading.itertext()))


def _is_parted(page: Page, heading: Any, title: str) -> bool:
    """Whether elements part the title from the rest of a heading: "<i>At sea</i> Bell found", not "<i>At sea: bell</i>"."""
    wanted, pieces = letters_of(title), [letters for letters in map(letters_of, heading.itertext()) if letters]
    ends = {"".join(pieces[:number]) for number in range(1, len(pieces))}
    return bool({wanted, letters_of(page.text_of(heading)).removesuffix(wanted)} & ends)


def _shown(page: Page, heading: Any, titles: list[str]) -> str:
    """The words of a heading, its parts separated by spaces, without a kicker or subtitle that its title does not have."""
    text = without_outlet(page.spaced_words(heading), page.outlets)
    wanted = {letters_of(title) for title in titles}
    if letters_of(text) in wanted:
        return text
    parts = [each for each in heading.iterdescendants() if isinstance(each.tag, str) and each.tag != "br"]
    for part in parts:
        if letters_of(page.spaced_words(part)) in wanted:
            return page.spaced_words(part)
    beginning = next(
        (
            title
            for title in titles
            if len(title) * 2 > len(text)
            and (letters_of(text).endswith(letters_of(title)) or letters_of(text).startswith(letters_of(title)))
        ),
        None,
    )
    if beginning and _is_parted(page, heading, beginning) and not _goes_on(heading, beginning):
        return beginning
    kickers = [
        page.spaced_words(part)
        for part in parts
        if _KICKER_NAMES.search(part.get("class") or "") and not _TITLE_NAMES.fullmatch(part.get("class") or "")
    ]
    for kicker in kickers:
        rest = text.removeprefix(kicker).removesuffix(kicker).strip(" :|–—-")
        if kicker and len(rest) > len(kicker):
            text = rest
    return text

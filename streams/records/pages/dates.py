"""When the article on an HTML page was published and modified, from its metadata, its markup, and what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from streams import lazy_re as re
from streams.records.pages.boxes import facts_labelled
from streams.records.pages.labels import Names
from streams.records.pages.linked_data import types_of
from streams.records.pages.place import PAGE_TYPES, Page, labels_of, nodes_of
from streams.records.values.byline_lines import names_in
from streams.records.values.dates import UPDATED, Moment, best_moment, read_moment
from streams.records.values.urls import url_parts

_DATE_NAMES = Names(
    r"date|time|publish|posted|updated|modified|timestamp|datum|fecha|(?<![a-z-])data(?![a-z-])|tarih|meta|info|byline|details",
)
# Words beside a date that say which one it is, in the languages of the news; `UPDATED` has those of changes.
_PUBLISHED = re.compile(
    r"(?:first\s+)?(?:published|posted|released|publication\s+date|date(?:\s+published)?|created|veröffentlicht|erschienen|erstellt|publié|paru|créé"
    r"|publicad[oa]|publicación|publicação|pubblicat[oa]|pubblicazione|gepubliceerd|geplaatst|publisert|publi[cs]eret|udgivet|publicerad|opublikowano|data(?=\s*[:：])"
    r"|publikacja|julkaistu|yayın|giriş|oluşturma|publikováno|vydáno|zverejnené|publikované|megjelen\w*|közzétéve|publicat|objavljeno|објављено|публикува|avaldatud"
    r"|publicēts|paskelbta|опубликован|дата|опубліковано|δημοσί\w*|dipublikasikan|diterbitkan|terbit|đăng|発行|公開|投稿|配信|掲載|发布|發布|发表|發表|入力|입력|게시|등록|승인"
    r"|نشر|تاريخ|انتشار|تاریخ|شائع|פורסם|प्रकाशित|प्रकाशन|প্রকাশ|เผยแพร่|imechapishwa|botuar|வெளியிட)",
    re.IGNORECASE,
)
_DATE_BESIDE = re.compile(
    r"\d+\s*(?:-\s*)?min\w*(?:\s*read(?:ing)?(?:\s+time)?)?|[\W_]+"
    r"|\b(?:on|de|del|do|da|di|du|le|les|la|las|el|às|um|am|den|kl|klo|op|om|ore|ora|alle|uhr|godz|hrs?)\b",
    re.IGNORECASE,
)
_MOST_OF_DAY = 3  # words in a line that is a date: its month, its weekday, a zone
_HEADING_TAGS: Final = frozenset(("h1", "h2", "h3"))
_NOT_SHOWN: Final = _HEADING_TAGS | {"head", "title", "script", "style", "noscript", "template"}
_LEAST_DAYS = 2  # between the shown date and the metadata's: clocks and zones can account for one
_LEAST_OF_SENTENCE = 4  # words beside a date that a sentence has
_BEGINNING = 2_000  # characters of a paragraph that are mostly enough to tell
_LONGEST_LABELLED = 200_000  # characters of a paragraph in which "updated" is looked for; of development pages one has 100,798
_STOPS = (".", "!", "?", "…", "”", "。", "।")
_MOST_PARTS = 8  # child elements of one that is a date
_SHORT = 120  # characters of a line that may be a date
_URL_DAYS: Final = (
    re.compile(r"/((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)"),
    re.compile(r"(?<![\d-])((?:19|20)\d\d)(-)(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"),
    re.compile(r"(?<![\da-z])((?:19[89]|20[0-4])\d)()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\da-z])", re.IGNORECASE),
    re.compile(r"/((?:19|20)\d\d)(/)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/(\d\d?)(?=/|$)", re.IGNORECASE),
)


_META_PUBLISHED: Final = (
    "article:published_time", "article:published", "og:published_time",
    "datepublished", "date_published", "publish_date", "publish-date",
    "pubdate", "published_date", "published_time", "date-pub",
    "publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "dc.date", "dc:date", "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date",
    "citation_online_date", "cxenseparse:recs:publishtime", "bt:pubdate",
    "article.published", "article.created", "article:created", "article:publish_date", "date",
    "datecreated", "originalpublicationdate",
    "article_date_original", "mediator_published_time", "release_date", "displaydate", "timestamp",
)  # fmt: skip
_META_MODIFIED: Final = (
    "article:modified_time", "article:modified", "og:updated_time", "datemodified",
    "date_modified", "last-modified", "lastmod", "modified",
    "updated", "dcterms.modified", "dc.date.modified", "bt:moddate", "article.updated", "revised", "revision_date",
)  # fmt: skip


_PUBLISHED_NAME = re.compile(
    r"(?:^|[\W_])publi(?:sh(?:ed)?|cation)[\W_]?(?:date|time|on|at)?$|^publi(?:sh(?:ed)?|cation)date", re.IGNORECASE
)


def read_dates(page: Page) -> tuple[Moment | None, Moment | None]:
    """When the article was published, and when it was modified."""
    published = [
        *_told(page, "datePublished"),
        *_of_metas(page, _META_PUBLISHED),
        *_of_metas(page, tuple(name for name in page.metas if _PUBLISHED_NAME.search(name) and name not in _META_PUBLISHED)),
        *_marked_dates(page, "datePublished"),
    ]
    modified = [*_told(page, "dateModified"), *_of_metas(page, _META_MODIFIED), *_marked_dates(page, "dateModified")]
    published += _told(page, "dateCreated") + [
        node["datePublished"] for node in _webpages(page) if isinstance(node.get("datePublished"), str)
    ]
    first, changed = _best(page, published), _best(page, modified)
    if first is None or not first.zoned:
        shown, updated = _shown_dates(page)
        first = (
            first
            if first and not _same_day_zoned(first, shown)
            else _best(page, [*([first.text] if first else []), *shown]) or first
        )
        first = first or _best(page, _days_labelled(page))
        changed = changed or _best(page, updated)
    if first is None and changed is None:
        first = _url_day(page.url)
    shown_first = _shown_earlier(page, first) if first else None
    return (shown_first, changed or first) if shown_first else (first, changed)


def _shown_earlier(page: Page, told: Moment) -> Moment | None:
    """The publication date shown beside the headline, if it is long before ``told``: that one is when a system changed it."""
    lines = [element for element in page.near() if not page.is_below_text(element) and element.tag not in _NOT_SHOWN]
    lines += [each for each in page.own("time") if each.get("pubdate") is not None]  # HTML's own word for it
    for element in lines:
        line = page.line_of(element, _SHORT) if len(element) <= _MOST_PARTS else ""
        if not re.search(r"\d", line) or UPDATED.search(line) or not page.is_of_head(element) or _says_updated(page, element):
            continue
        for day in _days_in(line, page.language):
            shown = read_moment(day, language=page.language)
            is_all = _says_no_more(line) or names_in(line) or _PUBLISHED.match(line)
            if shown and is_all:
                return shown if _days_before(shown, told) >= _LEAST_DAYS else None
    return None


def _days_before(earlier: Moment, later: Moment) -> int:
    return (date.fromisoformat(later.text[:10]) - date.fromisoformat(earlier.text[:10])).days


def _same_day_zoned(first: Moment, shown: list[str]) -> bool:
    return any(text[:10] == first.text[:10] for text in shown)


def _told(page: Page, name: str) -> list[str]:
    value = page.article.get(name)
    return [str(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, str | int)]


def _webpages(page: Page) -> Iterator[dict[str, Any]]:
    yield from (node for node in nodes_of(page.documents) if any(kind.endswith(PAGE_TYPES) for kind in types_of(node)))


def _of_metas(page: Page, names: tuple[str, ...]) -> list[str]:
    return [content for name in names for content in page.metas.get(name, ())]


def _marked_dates(page: Page, name: str) -> list[str]:
    found = [each for each in page.marked if name in each.get("itemprop").split() and not page.is_beside(each)]
    return [each.get("content") or each.get("datetime") or page.text_of(each) for each in found]


def _best(page: Page, written: list[str]) -> Moment | None:
    return best_moment(written, language=page.language)


def _shown_dates(page: Page) -> tuple[list[str], list[str]]:
    """The dates that the page shows for its article, published and modified: <time>, elements named as dates, nearby lines."""
    published: list[str] = []
    modified: list[str] = []
    sentences: dict[Any, str] = {}
    _trust_labelled(page)
    for element in [*page.own("time"), *(each for each in page.own("abbr") if each.get("title"))]:
        text = element.get("datetime") or element.get("title") or page.text_of(element)
        if _is_told_of(page, element, sentences):
            continue
        (modified if _says_updated(page, element) else published).append(text)
    near = set(page.near()) if page.heading is not None else set(_lines_of_one_day(page))
    for element in page.near_first([*near, *(each for each in page.named() if each not in near)]):
        if element.tag in ("time", "a", "script", "style") or len(element) > _MOST_PARTS:
            continue
        if element not in near and not _DATE_NAMES.are_in(labels_of(element)):
            continue
        if _is_of_masthead(page, element) or not page.is_own(element):
            continue
        text = page.text_of(element)
        is_date_box = _DATE_NAMES.are_in(labels_of(element))
        if 6 <= len(text) <= _SHORT and re.search(r"\d", text) and (is_date_box or _is_date_line(text)):
            first, changed = _days_said(text, page.language)
            (modified if _says_updated(page, element, own=False) else published).extend(first)
            modified += changed
        if is_date_box:
            for each in (element, *element):
                (modified if _says_updated(page, element) else published).extend(_days_in_attributes(each))
    published += _days_between(page, near)
    return published, modified


_DATE_ATTRIBUTES: Final = (
    "title", "content", "data-date", "data-datetime", "data-time", "data-timestamp", "data-ts", "data-published",
    "data-pubdate", "data-utc", "data-unix", "aria-label",
)  # fmt: skip


def _days_in_attributes(element: Any) -> list[str]:
    """The dates behind words like "3 hours ago", in the attributes of an element that is named as a date."""
    return [value for name in _DATE_ATTRIBUTES if any(map(str.isdigit, value := element.get(name) or ""))]


def _is_date_line(line: str) -> bool:
    """Whether a line is there for its date: it says little else, says what date it is, or names the writer beside it."""
    return bool(
        _says_no_more(line) or _PUBLISHED.search(line) or UPDATED.search(line) or names_in(line) or _PARTED.search(line)
    )


_PARTED = re.compile(r"\s[|·•–—]\s")


def _days_said(text: str, language: str) -> tuple[list[str], list[str]]:
    """The dates in a line: those before a word like "updated", and those behind one, up to a word like "published"."""
    published: list[str] = []
    modified: list[str] = []
    for part in _LABELLED_PARTS.split(text):
        (modified if UPDATED.match(part) else published).extend(_days_in(part, language))
    return published, modified


def _days_between(page: Page, near: Iterable[Any]) -> Iterator[str]:
    """The dates in bare text between the elements around the headline."""
    for element in (page.heading, *page.near()) if page.heading is not None else near:
        line = " ".join((element.tail or "").split())
        if 6 <= len(line) <= _SHORT and _says_no_more(line) and page.is_own(element):
            yield from _days_said(line, page.language)[0]


def _days_labelled(page: Page) -> list[str]:
    """The dates in boxes of facts beside the text: "Published", and a date below."""
    lines = [page.line_of(each, _SHORT) for each in facts_labelled(page, lambda label: _PUBLISHED.fullmatch(label) is not None)]
    return [day for line in lines if _says_no_more(line) for day in _days_in(line, page.language)]


def _is_told_of(page: Page, element: Any, sentences: dict[Any, str]) -> bool:
    """Whether a date is one that a sentence of the article tells of: "The festival begins on July 1.".

    ``sentences``: of the paragraphs known, as one of them may hold thousands of dates.
    """
    paragraph = next((each for each in element.iterancestors() if each.tag in ("p", "li")), None)
    if paragraph is None:
        return False
    if paragraph not in sentences:
        sentences[paragraph] = _sentence_of(page, paragraph)
    line, told = sentences[paragraph], page.text_of(element)
    is_long = len(line) > _BEGINNING
    return bool(told) and (
        (is_long and _has_other_words(line[:_BEGINNING], told, unsure=len(told))) or _has_other_words(line, told)
    )


def _sentence_of(page: Page, paragraph: Any) -> str:
    """The text of a paragraph, if it tells something and does not just say when, and by whom, the article was written."""
    if _DATE_NAMES.are_in(labels_of(paragraph)):
        return ""
    line = page.text_of(paragraph)
    if not line.endswith(_STOPS):
        return ""
    is_labelled = _PUBLISHED.match(line) or UPDATED.search(line[:_LONGEST_LABELLED]) or names_in(line)
    return "" if is_labelled else line


def _has_other_words(line: str, told: str, unsure: int = 0) -> bool:
    """Whether a line is a sentence without what is told of; ``unsure``: characters at its end where that may be cut off."""
    others = line.replace(told, " ")
    words = re.finditer(r"(?<![^\W\d_])[^\W\d_A-Z]{2,}", others[: len(others) - unsure])
    return next(islice(words, _LEAST_OF_SENTENCE - 1, None), None) is not None


def _is_of_masthead(page: Page, element: Any) -> bool:
    """Whether a line is in the header of the site, beside its menu: it shows today's date."""
    header = element if element.tag == "header" else next(element.iterancestors("header"), None)
    if header is None or page.heading is None or header in page.heading.iterancestors():
        return False
    return next(header.iter("nav"), None) is not None


def _lines_of_one_day(page: Page) -> list[Any]:
    """On a page without a heading, the first lines that hold only a date, if it is the same date in all of them."""
    days: dict[Any, str] = {}
    for element in page.near():
        line = page.line_of(element, _SHORT) if len(element) == 0 and element.tag not in _HEADING_TAGS else ""
        moment = read_moment(line, language=page.language) if _says_no_more(line) else None
        if moment and page.is_own(element):
            days[element] = moment.text[:10]
    return list(days) if len(set(days.values())) == 1 else []


def _says_no_more(line: str) -> bool:
    """Whether a line with a date has no more words than a date needs."""
    return re.search(r"\d", line) is not None and len(re.findall(r"[^\W\d_]{2,}", _DATE_BESIDE.sub(" ", line))) <= _MOST_OF_DAY


def _trust_labelled(page: Page) -> None:
    """Boxes near the headline that say "Published" or "By" belong to the article, and so do date lines right beside it."""
    for element in page.near():
        line = page.line_of(element, _SHORT)
        if not any(map(str.isdigit, line)) or not page.is_of_head(element):
            continue
        if _PUBLISHED.match(line) or names_in(line) or _is_sibling(page, element):
            page.trust(element)


def _is_sibling(page: Page, element: Any) -> bool:
    return page.heading is not None and element in (page.heading.getnext(), page.heading.getprevious())


def _days_in(text: str, language: str) -> Iterator[str]:
    """The text, or the part of it between signs, that is a date."""
    for part in _parts_of(text):
        if part and read_moment(part, language=language):
            yield part
            return


def _parts_of(text: str) -> Iterator[str]:
    yield text
    yield from _BETWEEN_PARTS.split(text)
    yield from _DAY_IN.findall(text)


_LABELLED_PARTS = re.compile(rf"(?<![^\W\d_])(?=(?:{UPDATED.pattern}|{_PUBLISHED.pattern}))", re.IGNORECASE)
_BETWEEN_PARTS = re.compile(r"\s*[|·•–—:]\s+|\s{2,}|\s*[|·•]\s*|(?<=[a-z]) \| ")
_DAY_IN = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th)?\.?\s+)?[^\W\d_]{3,12}\.?\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d\d-\d\d"
)


def _says_updated(page: Page, element: Any, *, own: bool = True) -> bool:
    """Whether an element's name, its text (``own``) or the words before it say that its date is that of a change."""
    names = " ".join(labels_of(each) for each in (element, element.getparent()) if each is not None)
    before = element.getprevious()
    around = element.getparent()
    own_label = before is not None and around is not None and re.search(r"[^\W\d_]{3}", before.tail or "") is not None
    if own_label and _PUBLISHED.search(before.tail) and not UPDATED.search(before.tail):
        return False  # "Updated 4 March, first published 2 March"
    said = " ".join(
        (
            (element.text or "") if own else "",
            page.text_of(before) if before is not None and len(before) < 4 else "",
            (element.getparent().text or "") if element.getparent() is not None else "",
        )
    )
    return UPDATED.search(f"{names} {said[-80:]}") is not None and not re.search("publish", names, re.IGNORECASE)


def _url_day(url: str | None) -> Moment | None:
    path = url_parts(url).path if url else ""
    found = next((found for pattern in _URL_DAYS if (found := pattern.search(path))), None)
    return read_moment(f"{found[4]} {found[3]} {found[1]}" if found[3].isalpha() else _iso_day(found)) if found else None


def _iso_day(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[3]):02}-{int(found[4]):02}"

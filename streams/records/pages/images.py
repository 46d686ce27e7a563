"""The lead image of an HTML page, with the caption and credit below it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from streams import lazy_re as re
from streams.records.draft import Image
from streams.records.pages.labels import Names
from streams.records.pages.place import AUTHOR_NAMES, Page, ancestors, labels_of
from streams.records.values.images import image_url, read_image
from streams.records.values.urls import url_parts


def read_lead_image(page: Page) -> Image | None:
    """The image that the page names as its own, with the caption and credit shown below it."""
    told = [
        page.article.get("image"),
        *(
            content
            for name in (
                "og:image:secure_url",
                "og:image",
                "og:image:url",
                "twitter:image",
                "twitter:image:src",
                "parsely-image-url",
            )
            for content in page.metas.get(name, ())
        ),
    ]
    named = (found for each in told if (found := read_image(each, page.url)))
    image = next((each for each in named if not _STAND_IN.fullmatch(_file_of(each.url))), None)
    figures = (each for each in _figures(page) if each.find(".//img") is not None)
    lead = next((each for each in figures if image is None or _same_file(each, image.url, page.url)), None)
    if image is None and lead is not None:
        url = next((url for each in _addresses_in(lead) if (url := image_url(each, page.url))), None)
        image = Image(url=url) if url else None
    if image is None or lead is None:
        return image
    caption, credit = _caption_of(page, lead)
    return Image(url=image.url, caption=image.caption or caption, credit=image.credit or credit)


# Files that stand in for a picture: a site's logo, a grey box, a pixel.
_STAND_IN = re.compile(
    r"(?:[a-z0-9]{1,16}[-_])?(?:logo|placeholder|default|fallback|favicon|no[-_]?(?:image|photo|picture)|blank|spacer|pixel|1x1|transparent)"
    r"(?:[-_]?(?:image|img|og|share|social|thumbnail|square|large|small|\d{1,4}(?:x\d{1,4})?))*\.(?:png|jpe?g|gif|webp|svg|ico|avif)",
    re.IGNORECASE,
)


def _same_file(figure: Any, url: str, base: str | None) -> bool:
    """Whether a figure shows an image, in any size: the files of all sizes share one name."""
    wanted = _file_of(url)
    return bool(wanted) and any(_file_of(image_url(name, base) or "") == wanted for name in _addresses_in(figure))


def _figures(page: Page) -> Iterator[Any]:
    """The article's figures, and boxes that hold a picture and its caption."""
    for figure in page.own("figure"):
        if not any(AUTHOR_NAMES.are_in(labels_of(each)) for each in islice(ancestors(figure), _PORTRAIT_LEVELS)):
            yield figure
    for element in page.named():
        if element.tag in ("div", "p", "span") and _CAPTION_NAMES.are_in(labels_of(element)) and page.is_own(element):
            box = element if element.find(".//img") is not None else element.getparent()
            if box is not None and box.tag not in ("body", "article", "main") and len(box.findall(".//img")) == 1:
                yield box


def _addresses_in(figure: Any) -> Iterator[str]:
    """The addresses of a figure's picture, as pages write them that load it late; of several sizes, the largest first."""
    for each in figure.iter("img", "source"):
        for attribute in ("src", "data-src", "data-lazy-src", "data-original", "data-url"):
            if written := (each.get(attribute) or "").strip():
                yield written
    for each in figure.iter("img", "source"):
        for attribute in ("srcset", "data-srcset", "data-lazy-srcset"):
            sizes = [part.split() for part in re.split(r",\s+", each.get(attribute) or "") if part.strip()]
            yield from (part[0] for part in sorted(sizes, key=_width, reverse=True))


def _width(part: list[str]) -> int:
    digits = "".join(filter(str.isdigit, part[-1])) if len(part) > 1 else ""
    return int(digits[:_MOST_DIGITS] or 0)


def _file_of(url: str) -> str:
    name = url_parts(url).path.rsplit("/", 1)[-1]
    return re.sub(r"[-_]\d{2,4}x\d{2,4}|[-_@]\d+x?(?=\.)", "", name)


_CREDIT_NAMES = Names(r"credit|copyright|photographer|source|fotograf|bildquelle|cr[eé]dito?")
_CREDIT = re.compile(
    r"\s*[(\[|]?\s*(?P<credit>(?:photo(?:graph)?|image|picture|foto|bild|crédit photo"
    r"|credit|©|\(c\)|source|quelle)\s*(?:by|credit|:|©)?\s*:?\s*[^()\[\]]{3,80})[)\]]?\s*$",
    re.IGNORECASE,
)


_CAPTION_NAMES = Names(
    r"caption|cutline|bildunterschrift|bildtext|didascalia|pie-?de-?foto|legend[ae]?(?:-foto)?(?=[\s_-]|$)|kuvateksti|podpis",
)
_PORTRAIT_LEVELS = 4  # elements around a figure that may say that it shows the writer
_MOST_DIGITS = 5  # of a picture's width


def _caption_of(page: Page, figure: Any) -> tuple[str | None, str | None]:
    below = next(figure.iter("figcaption"), None)
    if below is None:
        below = next(
            (
                each
                for each in figure.iter("div", "p", "span")
                if _CAPTION_NAMES.are_in(labels_of(each)) and not len(each.findall(".//img"))
            ),
            None,
        )
    if below is None:
        return None, None
    credit = next(
        (
            page.spaced_words(each)
            for each in below.iterdescendants()
            if isinstance(each.tag, str) and _CREDIT_NAMES.are_in(labels_of(each))
        ),
        None,
    )
    caption = page.spaced_words(below)
    if credit:
        caption = caption.removesuffix(credit).strip()
    elif found := _CREDIT.search(caption):
        caption, credit = caption[: found.start()].strip(), found["credit"].strip()
    return caption or None, credit or None

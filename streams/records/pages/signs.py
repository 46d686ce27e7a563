"""How likely an HTML page holds one article: signs in its build, its address and its own words, weighed by a small model.

`page_model.json` holds the weights, `page_model.md` says where they come from. The only language that matters is the English of
schema.org, of class names and of paths ("/products/", "/forum/").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import exp, log1p
from typing import Any, Final

from streams import lazy_re as re
from streams.records.judging.prose import weight_of
from streams.records.pages.body import Block
from streams.records.pages.build import Build
from streams.records.pages.linked_data import ARTICLE_TYPES
from streams.records.values.urls import url_parts

# fmt: off
_TYPES: Final = {
    "ld_shop": frozenset((
        "Product", "Offer", "AggregateOffer", "ProductGroup", "OfferCatalog", "SoftwareApplication", "JobPosting",
        "RealEstateListing",
    )),
    "ld_business": frozenset(("LocalBusiness", "Service", "ProfessionalService", "Store", "ContactPoint")),
    "ld_list": frozenset(("CollectionPage", "ItemList", "SearchResultsPage")),
    "ld_forum": frozenset(("DiscussionForumPosting", "QAPage")),
    "ld_faq": frozenset(("FAQPage",)),
}
# fmt: on
_PATHS: Final = {
    "path_shop": re.compile(
        r"/(?:products?|shop|store|collections?|cart|categor(?:y|ies)|c|catalogs?|product-category|pricing|services?|solutions?"
        r"|departments?|locations?)(?:/|$)"
    ),
    "path_forum": re.compile(r"/(?:threads?|t|topic|forums?|questions|viewtopic|showthread|boards?|d)(?:/|\.|$)"),
    "path_docs": re.compile(r"/(?:docs?|documentation|reference|manual|api|wiki|guide|latest|tutorial)(?:/|$)"),
    "path_news": re.compile(
        r"/(?:news|blog|articles?|stories|story|posts?|magazine|opinion|insights)(?:/|$)|/20[012]\d(?:/|-)"
    ),
}
_HOSTS: Final = {
    "path_forum": re.compile(r"(?:forums?|community|boards?|discuss|talk)\."),
    "path_docs": re.compile(r"(?:docs?|developers?|dev|wiki|learn|support|help)\."),
}
_MAKERS: Final = re.compile(
    r"discourse|phpbb|vbulletin|xenforo|invision|mybb|flarum|sphinx|docusaurus|mkdocs|mdbook|vitepress|mediawiki|shopify"
    r"|woocommerce|magento|prestashop|rustdoc|doxygen|gitbook|antora"
)
_SINGLE: Final = re.compile(r"\bsingle(?!-product)|article|post-template|postid|blog-post|story")
_SECTION: Final = re.compile(r"\bpage-template|\bpage-id|archive|category|\bhome\b|tax-|product")
_OTHER_OPEN_GRAPH: Final = ("product", "profile", "business", "restaurant", "music", "video", "book")
_CLASSES: Final = (
    "comment", "product", "card", "price", "tile", "hero", "testimonial", "pricing", "message", "reply", "answer", "thread",
    "byline", "author", "share", "rating",
)  # fmt: skip
_CART = re.compile(r"add[-_ ]?to[-_ ]?(?:cart|bag|basket)")
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d[.,]\d\d\s?[€£$]")
_COUNTED: Final = {
    "articles": ("article",), "code": ("pre",), "inputs": ("input", "select", "button"), "images": ("img",),
    "times": ("time",), "figures": ("figure",), "quotes": ("blockquote",),
}  # fmt: skip
_KINDS: Final = (
    "path_shop", "path_forum", "path_docs", "ld_shop", "ld_business", "ld_list", "ld_forum", "og_other", "maker", "maker_class",
    "cart",
)  # fmt: skip
_HEADINGS: Final = ("h2", "h3", "h4")

_PROSE = 80  # weight of a block of prose …
_LONG = 200  # … and of a long one
_SHORT = 30  # weight of a menu entry, or a label
_LONG_SLUG = 4  # hyphens in the last part of an article's address

PageSigns = dict[str, float]


def signs_of(tree: Any, record: Mapping[str, object], blocks: Sequence[Block], build: Build) -> PageSigns:
    """The signs of a page, each 0.0 or more: ``record`` is what it says about itself, ``blocks`` its texts in order."""
    return _signs_told(record) | _signs_of_address(record) | _signs_of_text(blocks) | _signs_of_build(tree, build)


def confidence_of(signs: PageSigns) -> float:
    """How likely a page with these signs holds an article, 0.0 to 1.0."""
    model = _model()
    against = model["bias"] + sum(model["weights"][name] * value for name, value in signs.items())
    return 1 / (1 + exp(max(-50.0, min(50.0, against))))


def is_of_another_kind(signs: PageSigns) -> bool:
    """Whether some sign points to another kind of page: a page with few signs of an article may just say little."""
    said = any(signs[name] for name in _KINDS) or (signs["prices"] > 0 and signs["class_product"] > 0)
    return said and not signs["path_news"]


@cache
def _model() -> dict[str, Any]:
    """The weights of the signs, in logits against an article."""
    model: dict[str, Any] = json.loads((files(__package__) / "page_model.json").read_text("utf-8"))
    return model


def _signs_told(record: Mapping[str, object]) -> PageSigns:
    types = record.get("@types")
    types = types if isinstance(types, set) else set()
    kind = str(record.get("ogtype") or "").lower()
    signs = {name: float(bool(types & wanted)) for name, wanted in _TYPES.items()}
    signs["ld_article"] = float(any(each.endswith(ARTICLE_TYPES) for each in types))
    signs["og_article"] = float(kind == "article")
    signs["og_other"] = float(kind.startswith(_OTHER_OPEN_GRAPH))
    signs["published"] = float(bool(record.get("published")))
    signs["author"] = float(bool(record.get("author")))
    signs["maker"] = float(_MAKERS.search(str(record.get("generator") or "").lower()) is not None)
    return signs


def _signs_of_address(record: Mapping[str, object]) -> PageSigns:
    told = (record.get(name) for name in ("canonical", "ogurl", "url"))
    address = url_parts(next((each for each in told if isinstance(each, str) and each), "").lower())
    parts = [part for part in address.path.split("/") if part]
    signs = {name: float(path.search(address.path) is not None) for name, path in _PATHS.items()}
    for name, host in _HOSTS.items():
        signs[name] = max(signs[name], float(host.match(address.hostname or "") is not None))
    signs["root"] = float(bool(address.netloc) and not parts)
    signs["slug"] = float(bool(parts) and parts[-1].count("-") >= _LONG_SLUG)
    return signs


def _signs_of_text(blocks: Sequence[Block]) -> PageSigns:
    weights = [weight_of(block.text) for block in blocks]
    own = [weight for block, weight in zip(blocks, weights, strict=True) if block.linked < 1 / 2 and weight >= _PROSE]
    total = sum(weights)
    linked = sum(weight * block.linked for block, weight in zip(blocks, weights, strict=True))
    return {
        "linked": linked / total if total else 0.0,
        "prose": min(9.0, log1p(sum(own))),
        "long": log1p(sum(1 for weight in own if weight >= _LONG)),
        "paragraphs": log1p(
            sum(1 for block, weight in zip(blocks, weights, strict=True) if weight >= _PROSE and block.element.tag == "p")
        ),
        "shorts": sum(1 for weight in weights if weight < _SHORT) / max(1, len(weights)),
        "prices": min(2.5, log1p(sum(map(_has_price, (block.text for block in blocks))))),
    }


def _has_price(text: str) -> bool:
    return ("$" in text or not text.isascii()) and _PRICE.search(text) is not None  # a cheap test first


def _signs_of_build(tree: Any, build: Build) -> PageSigns:
    joint = build.classes.lower()
    signs = {f"class_{name}": min(3.0, log1p(joint.count(name))) for name in _CLASSES}
    signs |= {name: log1p(sum(build.tags[tag] for tag in counted)) for name, counted in _COUNTED.items()}
    linked = sum(
        1
        for each in tree.iter(*_HEADINGS)
        if next(each.iter("a"), None) is not None or next(each.iterancestors("a"), None) is not None
    )
    signs["linked_headings"] = log1p(linked)
    signs["cart"] = float(_CART.search(joint) is not None)
    top = " ".join(
        f"{each.get('class') or ''} {each.get('id') or ''}" for each in (tree, tree.find("body")) if each is not None
    ).lower()
    signs["single"] = float(_SINGLE.search(top) is not None)
    signs["section"] = float(_SECTION.search(top) is not None)
    signs["maker_class"] = float(_MAKERS.search(top) is not None)
    return signs

"""The text that trafilatura takes for a page's article, at its first reading: fast, for precision, without comments.

This is what ``trafilatura.bare_extraction`` does with these options, in its order, without what can't change the result: two of
its four copies of the tree serve other options, and a search for comments finds none where no class or id could name one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from copy import copy
from functools import cache
from itertools import islice
from typing import Any, Final

from streams.records.pages.build import Build
from streams.records.pages.named_elements import quicken
from streams.records.pages.removals import delete_element, gathering

_FORUM: Final = "DiscussionForumPosting"  # on such pages, trafilatura keeps more comments
# Parts of the names that its searches look for, before anything else is looked at.
_APPENDED: Final = ("mvp-post-add", "infinite", "elementor-share-buttons")
_COMMENTS: Final = ("omment", "comol", "disqus_thread", "dsq-comments")
# fmt: off
_INLINE: Final = (
    "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "data", "dfn", "em", "font", "i", "img", "input", "ins", "kbd", "mark",
    "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
)
# fmt: on
# Functions of trafilatura's that remove elements, and read no text after the first of them.
_REMOVING: Final = ("tree_cleaning", "_handle_forms", "prune_html", "prune_unwanted_nodes", "delete_by_link_density")
_MOST_STRIPPED: Final = 1_000  # elements whose texts are left side by side
_MOST_ALIKE: Final = 4_000  # the most inline elements of 607 pages was 3,521


def find_main_text(tree: Any, build: Build) -> str:
    """The text found in lxml's tree of a page, which is left as it is; "" for none."""
    from lxml import etree  # noqa: PLC0415 - as in streams.records.pages.markup.parse
    from trafilatura import bare_extraction, core, xpaths  # noqa: PLC0415

    _prepare_library()
    tree = copy(tree)
    is_large = build.tags.total() > _MOST_ALIKE
    if is_large and sum(build.tags[tag] for tag in _INLINE) > _MOST_ALIKE:
        etree.strip_tags(tree, *_INLINE)  # as trafilatura does, later
        _join_texts(tree)
    if any(_FORUM in (script.text or "") for script in tree.iter("script")):
        document = bare_extraction(tree, fast=True, favor_precision=True, include_comments=False)
        return (document.text or "") if document else ""
    options = _options()
    labels = f"{build.classes} {build.ids}"
    has_comments = any(name in labels for name in _COMMENTS)
    if any(name in labels for name in _APPENDED):
        core.prune_unwanted_nodes(tree, xpaths.RAW_TREE_PRUNE_XPATH)
    if has_comments:
        core.prune_unwanted_nodes(tree, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH)
    try:
        tree = core.convert_tags(core.tree_cleaning(tree, options), options, None)
        if is_large:
            _join_texts(tree)
        if has_comments:
            core.prune_unwanted_nodes(tree, xpaths.REMOVE_COMMENTS_XPATH)
        body, text = core.extract_content(tree, options)
    except (TypeError, ValueError):  # trafilatura's own way of refusing a page
        return ""
    return core.xmltotxt(body, options.formatting) if len(text) >= options.min_output_size else ""


def _with_those_before(delete: Callable[..., None], tags: Collection[str]) -> Callable[..., None]:
    """trafilatura's removal of an element, for headings at the end of a box: all those side by side at once.

    It takes them out one by one, and lxml counts what is left in the box each time: 18,000 took 1.4 s.
    """

    def remove(element: Any, keep_tail: bool = True) -> None:  # noqa: FBT001, FBT002 - as the library calls it
        before = element.getprevious()
        is_at_end = not keep_tail and element.tag in tags and element.getnext() is None
        delete(element, keep_tail=keep_tail)
        while is_at_end and before is not None and before.tag == element.tag:
            element, before = before, before.getprevious()
            delete(element, keep_tail=False)

    return remove


def _with_joined_texts(strip: Callable[..., None]) -> Callable[..., None]:
    """lxml's removal of tags; where there are very many, what stood between them is one text afterwards.

    Else the search for a paragraph's texts, which puts them in order, looks at all for each: 6,000 links took 3 s.
    """

    def strip_and_join(tree: Any, *tags: str) -> None:
        is_crowded = bool(tags) and next(islice(tree.iter(*tags), _MOST_STRIPPED, None), None) is not None
        strip(tree, *tags)
        if is_crowded:
            _join_texts(tree)

    return strip_and_join


def _join_texts(tree: Any) -> None:
    """Make one text of those that stand side by side since an element between them has gone.

    lxml looks at all of them for each: 8,000 take 3 s.
    """
    from lxml import etree  # noqa: PLC0415 - as above

    for element in tree.iter():
        # In an element without others, all texts are its own. Reading `text` looks at each before it: 18,000 took 0.3 s.
        alone = None if len(element) else etree.tostring(element, encoding="unicode", method="text", with_tail=False)
        element.text = alone or element.text  # joined when it is read, and written as one
        element.tail = element.tail


@cache
def _options() -> Any:
    from trafilatura.settings import Extractor  # noqa: PLC0415 - as above

    return Extractor(output_format="python", fast=True, precision=True, comments=False)


@cache
def _prepare_library() -> None:
    """Quicken the searches of trafilatura, and silence it: a rejection says better what is wrong."""
    from trafilatura import core, external, htmlprocessing, main_extractor, xpaths  # noqa: PLC0415 - as above

    htmlprocessing.delete_element = delete_element
    for name in _REMOVING:
        function = gathering(getattr(htmlprocessing, name))
        for module in (htmlprocessing, core, external, main_extractor):
            if hasattr(module, name):
                setattr(module, name, function)
    main_extractor.delete_element = _with_those_before(main_extractor.delete_element, main_extractor.NOT_AT_THE_END)
    main_extractor.strip_tags = _with_joined_texts(main_extractor.strip_tags)

    for searches in (
        xpaths.BODY_XPATH,
        xpaths.OVERALL_DISCARD_XPATH,
        xpaths.PRECISION_DISCARD_XPATH,
        xpaths.REMOVE_COMMENTS_XPATH,
        xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
    ):
        quicken(searches)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

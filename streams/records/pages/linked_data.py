"""schema.org's JSON-LD: which of its objects are articles, and what their fields refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streams import lazy_re as re

ARTICLE_TYPES = ("Article", "BlogPosting", "LiveBlogPosting", "Report")  # how the names of schema.org's articles end
_MOST_LOOKED_AT = 10_000  # objects and lists of a document that are searched for articles
_PARTS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")  # where a page keeps its main article


def is_article(value: object) -> bool:
    """Whether a value is an object that says it is one of schema.org's articles."""
    return any(kind.endswith(ARTICLE_TYPES) for kind in types_of(value))


def types_of(value: object) -> list[str]:
    """The names of an object's types, as written; Bing's are under "_type"."""
    kinds = value.get("@type", value.get("_type")) if isinstance(value, dict) else None
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def embedded_articles(value: Any) -> Iterator[dict[str, Any]]:
    """The articles of a JSON-LD document in order: alone, in lists and graphs, or as a page's main entity."""
    pending = [value]
    for number, each in enumerate(pending):  # the list grows during the loop
        if number == _MOST_LOOKED_AT:
            return
        if isinstance(each, list):
            pending += each
        elif is_article(each):
            yield each
        elif isinstance(each, dict):
            pending += [each[name] for name in _PARTS if name in each]


def resolved(article: Mapping[str, Any], document: Any) -> dict[str, Any]:
    """An article with the fields that only refer to a node of the document ("@id") replaced by that node.

    A live blog without its own text gets its updates as ``articleBody``.
    """
    nodes = _nodes(document)
    kept = ("mainEntityOfPage",)  # its address is what counts
    whole = {
        _PREFIX.sub("", name): _bare(_resolved(each, nodes) if nodes and name not in kept else each)
        for name, each in article.items()
    }
    updates = whole.get("liveBlogUpdate")
    if isinstance(updates, list) and not whole.get("articleBody"):
        whole["articleBody"] = "\n".join(
            each[name]
            for each in updates
            if isinstance(each, dict)
            for name in ("headline", "articleBody")
            if isinstance(each.get(name), str)
        )
    return whole


_PREFIX = re.compile(r"^(?:schema:|https?://schema\.org/)")
_OF_LITERALS = frozenset(("@value", "@type", "@language"))


def _bare(value: Any) -> Any:
    """A literal without what JSON-LD says of it: its type, its language."""
    is_literal = isinstance(value, dict) and "@value" in value and value.keys() <= _OF_LITERALS
    return value["@value"] if is_literal else value


def _nodes(document: Any) -> dict[str, dict[str, Any]]:
    """The nodes of a document by their ids."""
    graph = document.get("@graph") if isinstance(document, dict) else document
    return {
        node["@id"]: node
        for node in (graph if isinstance(graph, list) else ())
        if isinstance(node, dict) and isinstance(node.get("@id"), str) and len(node) > 1
    }


def _resolved(value: Any, nodes: Mapping[str, dict[str, Any]]) -> Any:
    return [_node(each, nodes) for each in value] if isinstance(value, list) else _node(value, nodes)


def _node(value: Any, nodes: Mapping[str, dict[str, Any]]) -> Any:
    is_name = isinstance(value, dict) and value.keys() == {"@id"} and isinstance(value["@id"], str)
    return nodes.get(value["@id"], value) if is_name else value

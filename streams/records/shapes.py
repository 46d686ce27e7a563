"""The shapes in which libraries, APIs and standards give an article: their fields, and what each becomes.

``python -m streams.records.table > INPUTS.md`` makes INPUTS.md from this; a test reads an example of every shape. Each list was
taken from the output of the version named, or from its published schema; "source" says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from streams.records.fields import FIELDS, fold


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: where its fields were looked up, and the fields that Headwater reads, as the source spells them."""

    source: str
    fields: tuple[str, ...]


def _shape(source: str, fields: str) -> Shape:
    return Shape(source, tuple(fields.split()))


SHAPES: Final[Mapping[str, Shape]] = {
    "newspaper3k, newspaper4k": _shape(
        "newspaper4k 0.9.6, Article.to_json and __dict__",
        "title text html article_html summary meta_description canonical_link url source_url meta_site_name authors"
        " publish_date language meta_lang meta_keywords keywords tags",
    ),
    "news-please": _shape(
        "news-please 1.6, NewsArticle.get_serializable_dict",
        "title title_page title_rss maintext text description url source_domain authors date_publish date_modify language",
    ),
    "Fundus": _shape(
        "fundus 0.5, Article.to_json",
        "title body plaintext authors publishing_date topics publisher lang",
    ),
    "trafilatura": _shape(
        "trafilatura 2.3.1, output_format=json and as_dict; in its JSON the url is `source`",
        "title text raw_text excerpt description url id source-hostname sitename hostname author date language categories tags",
    ),
    "NewsAPI": _shape(
        "newsapi.org /v2/everything",
        "title content description url source author publishedAt",
    ),
    "goose3": _shape(
        "goose3 3.1, Article.infos",
        "title cleaned_text meta_description meta_canonical final_url domain authors publish_date meta_lang meta_keywords tags",
    ),
    "Diffbot": _shape(
        "Diffbot's article API 3, an entry of `objects`",
        "title text html pageUrl siteName author date humanLanguage tags",
    ),
    "newsdata.io": _shape(
        "newsdata.io /api/1/latest",
        "title content description link article_id source_name source_url creator pubDate pubDateTZ language category keywords",
    ),
    "Event Registry": _shape(
        "eventregistry 11, an article of getArticles",
        "title body url uri source authors date dateTime dateTimePub lang categories",
    ),
    "GDELT": _shape(
        "DOC 2.0 API (artlist), Article List (GAL)",
        "title desc url domain outletName author date seendate language lang",
    ),
    "Media Cloud": _shape(
        "search API story; metadata-lib extract()",
        "title article_title text text_content url original_url normalized_url id stories_id unique_url_hash guid media_name"
        " canonical_domain media media_url story_text publish_date publication_date indexed_date collect_date language"
        " full_language",
    ),
    "feedparser (RSS, Atom)": _shape(
        "feedparser 6.0, an entry as JSON",
        "title content summary link id source feed author authors published published_parsed updated updated_parsed"
        " title_detail tags",
    ),
    "rss-parser, JSON Feed, WordPress": _shape(
        "rss-parser 3 (JavaScript), jsonfeed.org 1.1, WordPress REST API",
        "title content:encoded content content_html content_text contentSnippet summary excerpt url link guid id creator author"
        " authors date_published pubDate isoDate date_gmt date date_modified modified modified_gmt language categories tags",
    ),
    "The Guardian, New York Times": _shape(
        "Guardian Open Platform (with its `fields`), New York Times Article Search",
        "headline webTitle bodyText body abstract lead_paragraph snippet webUrl web_url id source byline webPublicationDate"
        " pub_date sectionName section_name tags keywords",
    ),
    "ninjs 1": _shape(
        "IPTC ninjs 1.0 to 1.8",
        "headline title body_text body_html body_xhtml description_text description_html description_xhtml uri byline"
        " copyrightholder infosource firstcreated versioncreated contentcreated language located genre subject version"
        " pubstatus urgency embargoed expires ednote usageterms copyrightnotice rightsinfo",
    ),
    "ninjs 2, 3": _shape(
        "IPTC ninjs 2.0 to 3.1",
        "headlines bodies descriptions uri altIds by copyrightHolder infoSources firstCreated versionCreated contentCreated"
        " language located subjects version pubStatus urgency embargoedUntil expires edNote usageTerms"
        " copyrightNotice rightsInfo",
    ),
    "schema.org (JSON-LD)": _shape(
        "schema.org/NewsArticle and its kin, alone or in a page",
        "headline alternativeHeadline articleBody text description abstract url mainEntityOfPage @id identifier author creator"
        " publisher sourceOrganization provider datePublished dateModified inLanguage articleSection genre dateline"
        " locationCreated keywords version creativeWorkStatus expires copyrightHolder copyrightNotice usageInfo license"
        " conditionsOfAccess",
    ),
    "HTML page": _shape(
        "meta, link and other elements, by name, property or itemprop; first the page's JSON-LD",
        "og:title h1 title twitter:title description og:description canonical og:url og:site_name application-name author"
        " article:author dc:creator parsely-author article:published_time parsely-pub-date dc:date date time"
        " content-language lang og:locale article:section parsely-section news_keywords article:tag keywords parsely-tags",
    ),
}

_FIELD_BY_NAME: Final = {(field, fold(name)): rank for field, names in FIELDS.items() for rank, name in enumerate(names)}


def names_by_field(shape: Shape) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each field, in the order of FIELDS, the names of a shape that it is read from, best first."""
    for field in FIELDS:
        ranked = sorted(
            (_FIELD_BY_NAME[field, fold(name)], name) for name in shape.fields if (field, fold(name)) in _FIELD_BY_NAME
        )
        yield field, tuple(name for _, name in ranked)


def unread_names(shape: Shape) -> tuple[str, ...]:
    """The names of a shape that nothing is read from; not empty only if the list and the table of fields disagree."""
    read = {name for _, names in names_by_field(shape) for name in names}
    return tuple(name for name in shape.fields if name not in read)

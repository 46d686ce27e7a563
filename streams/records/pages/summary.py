"""The summary of an article on an HTML page: as its metadata tell it, or the standfirst between headline and text."""

from __future__ import annotations

from typing import Final

from streams.records.pages.labels import Names
from streams.records.pages.place import Page, labels_of, names_of
from streams.records.values.byline_lines import names_in
from streams.records.values.titles import letters_of, whole_title

# How sites of many countries name it in their classes.
_NAMES = Names(
    r"(?:^|[\s_-])(?:stand-?first|sub-?(?:title|head(?:line|ing)?)|deck?|dek|stand|vorspann|untertitel|anrei(?:ss|ß)er|chap[oô]|chapeau|entradilla|bajada|copete"
    r"|sumario|sommario|sottotitolo|occhiello|catenaccio|ingress|manchet|perex|zajawka|lead|lide?|intro(?:duction|duktion)?|spot|sapo|summary|abstract|excerpt"
    r"|linha-?fina|resum[eo]n?|inledning|bolke|nadnaslov|podnaslov|alcim)(?:[\s_-]|$)",
)
_LEAST, _MOST = 30, 600  # characters; East Asian ones say as much in a third
_LEAST_EAST_ASIAN: Final = 12
_MOST_WRITTEN: Final = 12  # descriptions of a page
_LEAST_OUTLET: Final = 5  # letters of an outlet's name


_METAS: Final = (
    "og:description",
    "description",
    "twitter:description",
    "dc.description",
    "dcterms.abstract",
    "sailthru.description",
)


def read_summary(page: Page, headline: str | None) -> str | None:
    """The first description that is of the article and whole: not the headline again, nor one that begins with the outlet."""
    shown = _standfirst(page)
    described = names_of(page.article.get("description")) + page.metas.get("description", [])
    written = [*described, *(content for name in _METAS for content in page.metas.get(name, ())), *([shown] if shown else ())]
    lines = list(dict.fromkeys(line for each in written if (line := " ".join(each.split()))))[:_MOST_WRITTEN]
    own = tuple(letters for outlet in page.outlets if len(letters := letters_of(outlet)) >= _LEAST_OUTLET)
    told = [line for line in lines if letters_of(line) != letters_of(headline or "") and not letters_of(line).startswith(own)]
    return next((whole_title(line, told) for line in told), None) if told else next(iter(lines), None)


def _standfirst(page: Page) -> str | None:
    """What the page shows as its standfirst, by its element's name and place; None if it shows none."""
    if page.heading is None:
        return None
    for element in page.near():
        if element.tag not in ("p", "div", "h2", "h3", "span", "section", "strong") or not _NAMES.are_in(labels_of(element)):
            continue
        line = page.line_of(element, _MOST)
        least = _LEAST if line.isascii() or max(line) < "\u3000" else _LEAST_EAST_ASIAN
        is_candidate = len(line) >= least and not names_in(line) and element.find(".//time") is None
        if is_candidate and page.is_of_head(element) and not page.is_below_text(element):
            return line
    return None

"""The standfirst of an article on an HTML page: the sentence or two that the page shows between headline and text."""

from __future__ import annotations

import re
from typing import Final

from streams.records.byline_lines import names_in
from streams.records.labels import says
from streams.records.page_place import Page, labels_of, line_of

# How sites of many countries name it in their classes.
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|sub-?(?:title|head(?:line|ing)?)|deck?|dek|stand|vorspann|untertitel|anrei(?:ss|ß)er|chap[oô]|chapeau|entradilla|bajada|copete"
    r"|sumario|sommario|sottotitolo|occhiello|catenaccio|ingress|manchet|perex|zajawka|lead|lide?|intro(?:duction|duktion)?|spot|sapo|summary|abstract|excerpt"
    r"|linha-?fina|resum[eo]n?|inledning|bolke|nadnaslov|podnaslov|alcim)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_LEAST, _MOST = 30, 600  # characters; East Asian ones say as much in a third
_LEAST_EAST_ASIAN: Final = 12


def read_standfirst(page: Page) -> str | None:
    """The standfirst, by its element's name and place; None if the page shows none."""
    if page.heading is None:
        return None
    for element in page.near():
        if element.tag not in ("p", "div", "h2", "h3", "span", "section", "strong") or not says(_NAMES, labels_of(element)):
            continue
        line = line_of(element, _MOST)
        least = _LEAST if line.isascii() or max(line) < "\u3000" else _LEAST_EAST_ASIAN
        is_candidate = len(line) >= least and not names_in(line) and element.find(".//time") is None
        if is_candidate and page.is_of_head(element) and not page.is_below_text(element):
            return line
    return None

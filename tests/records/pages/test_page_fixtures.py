"""Pages as the news of many countries writes them: each fact is what a reader takes from the page."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from streams.articles import Article, prepare_article
from streams.records import Draft, read_record

_HERE: Final = Path(__file__).parent
PAGES: Final[dict[str, dict[str, Any]]] = tomllib.loads((_HERE / "page_facts.toml").read_text("utf-8"))
TEXTS: Final[dict[str, list[str]]] = tomllib.loads((_HERE / "page_texts.toml").read_text("utf-8"))
FACTS: Final = ("headline", "byline", "published", "modified", "summary", "keywords", "image", "caption", "credit")


def page_of(case: dict[str, Any]) -> str:
    language = case["lang"].lower()
    text = "".join(f"<p>{each}</p>" for each in TEXTS.get(language) or TEXTS[language.partition("-")[0]])
    body = case["body"].replace("{TEXT}", text)
    return f'<!doctype html><html lang="{case["lang"]}"><head>{case.get("head", "")}</head><body>{body}</body></html>'


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    draft = read_record(page_of(case).encode(), "text/html")
    assert isinstance(draft, Draft), draft
    article = prepare_article(draft)
    assert isinstance(article, Article), article
    image = article.image
    return {
        "headline": article.headline,
        "byline": article.byline or "",
        "published": article.published or "",
        "modified": article.modified or "",
        "summary": article.summary,
        "keywords": list(article.keywords),
        "image": image and image.url,
        "caption": image and image.caption,
        "credit": image and image.credit,
    }


@pytest.mark.parametrize("name", PAGES)
def test_a_page_s_facts_are_those_that_a_reader_sees(name: str) -> None:
    case = PAGES[name]
    wanted = {fact: case[fact] for fact in FACTS if fact in case}
    found = facts_of(case)
    assert {fact: found[fact] for fact in wanted} == wanted


def test_the_pages_are_of_many_languages() -> None:
    assert len({case["lang"].partition("-")[0] for case in PAGES.values()}) >= 25

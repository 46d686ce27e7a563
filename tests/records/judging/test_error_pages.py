"""What a site serves where no page is: refused as no article, whatever the language; articles about such pages are read."""

from __future__ import annotations

import orjson
import pytest

from streams.articles import Article, prepare_article
from streams.records import Draft, Reason, Rejection, read_record

SORRY = "Sorry, the page you are looking for has been moved. Go to the home page or use the search."
TEXT = "The harbour board voted on Tuesday to keep the ferry running through the winter, its chair said. " * 8


def outcome_of(value: bytes) -> Article | Rejection:
    read = read_record(value)
    return prepare_article(read) if isinstance(read, Draft) else read


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found", "Error 404", "404", "Page not found", "404: Page not found", "Page not found - Port Post",
        "404 – Seite nicht gefunden | Hafenblatt", "Page introuvable", "Página no encontrada", "Página não encontrada",
        "Pagina non trovata", "Pagina niet gevonden", "Страница не найдена", "ページが見つかりません", "找不到页面",
        "페이지를 찾을 수 없습니다", "502 Bad Gateway", "503 Service Unavailable", "Oops! That page can’t be found.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["HTML", "JSON", "plain text"])
def test_an_error_page_is_no_article(title: str, form: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{SORRY}</p></body></html>"
    record = orjson.dumps({"title": title, "text": SORRY})
    outcome = outcome_of({"HTML": page.encode(), "JSON": record, "plain text": f"{title}\n{SORRY}".encode()}[form])
    assert isinstance(outcome, Rejection)
    assert outcome.reason in (Reason.NOT_AN_ARTICLE, Reason.NO_TEXT)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("404 Not Found", TEXT, id="a column of that name"),
        pytest.param("404 people found shelter on the pier", SORRY, id="a number"),
        pytest.param("Page not found: how archives lose the web", SORRY + TEXT, id="an article about such pages"),
        pytest.param(
            "Page found after 400 years", "A page of the town's oldest book was found on Monday in a barn.", id="a find"
        ),
    ],
)
def test_an_article_about_what_was_not_found_is_one(title: str, text: str) -> None:
    assert isinstance(outcome_of(orjson.dumps({"title": title, "text": text})), Article)

"""Bylines and dates as records give them: whatever their spelling, a reader's names and days come out, or nothing."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from streams.articles import Article, prepare_article
from streams.documents import readable_date
from streams.records import Draft, read_record

_CASES: Final[dict[str, list[dict[str, Any]]]] = tomllib.loads((Path(__file__).parent / "record_facts.toml").read_text("utf-8"))
_TEXT: Final = "The ferry to the outer islands will stay in port until the end of the week, the harbour office said on Monday."


def article_of(case: dict[str, Any]) -> Article:
    fields = {name: value for name, value in case.items() if name != "right"}
    draft = read_record(json.dumps({"title": "Ferry stays in port", "text": _TEXT, **fields}).encode())
    assert isinstance(draft, Draft), draft
    article = prepare_article(draft)
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("case", _CASES["bylines"], ids=lambda case: str(case["author"])[:60])
def test_a_byline_names_the_writers_alone(case: dict[str, Any]) -> None:
    assert (article_of(case).byline or "") == case["right"]


@pytest.mark.parametrize("case", _CASES["dates"], ids=lambda case: str(case["published"])[:60])
def test_a_date_is_read_in_every_usual_spelling_and_never_guessed(case: dict[str, Any]) -> None:
    assert (readable_date(article_of(case).published) or "") == case["right"]

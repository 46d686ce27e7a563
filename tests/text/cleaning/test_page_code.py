"""Scripts and styles that came with a page's text leave it; an article about programs keeps its listings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.cleaning.clean import clean_text
from streams.text.cleaning.page_code import blank_code

HEADLINE = "Council closes the old bridge for two years"
PARAGRAPHS = [
    "The city council decided on Monday to close the old bridge for two years, as its pillars no longer carry the traffic.",
    "“We have looked at every other way, and there is none,” the mayor told reporters after a session late into the night.",
    "Shopkeepers on both banks fear for their trade; a ferry that the council has promised will cross four times an hour.",
    "Engineers had warned of the damage since a flood three years ago, but the money was spent on the new stadium.",
]
ARTICLE = "\n".join(PARAGRAPHS)
SCRIPT = """\
  window.dataLayer = window.dataLayer || [];
  function gtag(){dataLayer.push(arguments);}
  gtag('js', new Date());

  // only for readers who agreed
  var hours = now.getHours();
  if (hours <= 9)
  {
    hours = "0" + hours;
  };
"""
STYLE = "@media (max-width:600px){.menu{display:none}}\n.article p {\n  margin: 0 0 1em;\n  color: #222;\n}\n"
MINIFIED = "!function(t,e){var n=t.document;e.push({id:'x',url:t.location.href}),n.body.appendChild(e.pop())}(window,[]);" * 12
DATA = '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Council closes the old bridge"}\n'


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(SCRIPT, id="a script"),
        pytest.param(STYLE + SCRIPT, id="a style and a script"),
        pytest.param(MINIFIED + "\n", id="one line"),
        pytest.param(SCRIPT + DATA, id="JSON-LD"),
    ],
)
def test_a_pages_code_is_not_of_the_article(code: str) -> None:
    cleaned = clean_text(f"{code}\n{HEADLINE}\n\n{ARTICLE}\n\n{code}", HEADLINE)
    assert cleaned.body == ARTICLE
    assert "a page's script or style" in {cut.reason for cut in cleaned.cuts}


def test_code_between_the_sentences_of_one_line_is_not_of_the_article() -> None:
    text = SCRIPT + " ".join([*PARAGRAPHS[:2], MINIFIED, *PARAGRAPHS[2:]])
    said, _ = blank_code(text)
    assert "dataLayer" not in said
    assert "appendChild" not in said
    assert said.count(PARAGRAPHS[0]) == said.count(PARAGRAPHS[3]) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{ARTICLE}\n{SCRIPT}\n{PARAGRAPHS[0]}", id="a listing between paragraphs"),
        pytest.param(f"[window.open()](https://x.example) {SCRIPT}", id="Markdown"),
        pytest.param(ARTICLE, id="no code"),
        pytest.param("window.open(document.title) {", id="a line"),
    ],
)
def test_other_texts_keep_their_code(text: str) -> None:
    assert blank_code(text) == (text, ())


@given(
    st.lists(st.sampled_from([*SCRIPT.splitlines(), *STYLE.splitlines(), MINIFIED, DATA, *PARAGRAPHS, "Home", ""]), max_size=30)
)
def test_blanking_keeps_places_and_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    said, marks = blank_code(text)
    assert len(said) == len(text)
    assert said.count("\n") == text.count("\n")
    assert [mark.offset for mark in marks] == sorted({mark.offset for mark in marks})

"""Pages that hold no article are told by how they are built; articles that share a sign or two with them are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Draft, Reason, Rejection, read_record
from streams.records.pages.reading import read_signs
from streams.records.pages.signs import confidence_of

PROSE = (
    "The harbour board voted late on Tuesday to keep the ferry running through the winter, after weeks of doubt on the island.",
    "Fuel had become dearer by a third since August, and the old engine failed twice within a week, they told the board.",
    "Eleven hundred islanders signed a petition, and on the evening of the vote they filled the hall, the stairs and the yard.",
    "The county looks at the contract again in April, when a new boat is due from the yard; nobody expects it to be on time.",
)
BODY = "".join(f"<p>{each}</p>" for each in PROSE)


def page(content: str, head: str = "", body: str = "") -> str:
    return f'<!doctype html><html lang="en"><head>{head}</head><body class="{body}">{content}</body></html>'


def read(html: str) -> Draft | Rejection:
    return read_record(html.encode(), "text/html")


def post(number: int) -> str:
    return (
        f'<div class="message post"><div class="message-user"><a href="/members/{number}">sailor{number}</a>'
        f"<time>{number} May</time></div>"
        f'<div class="message-content">{PROSE[number % 4]}</div><a class="reply" href="#">Reply</a><button>Like</button></div>'
    )


def card(number: int) -> str:
    return (
        f'<div class="product-card"><a href="/products/{number}"><img src="/{number}.jpg"><h3>Lantern no. {number}</h3></a>'
        f'<span class="price">${number}9.90</span><span class="rating">4.5</span>'
        '<button class="add-to-cart">Add</button></div>'
    )


OTHERS = {
    "a thread of a forum": page(
        f"<h1>Winter ferry: who has news?</h1>{''.join(map(post, range(9)))}<form><input><textarea></textarea></form>",
        '<link rel="canonical" href="https://forum.tide.example/threads/winter-ferry.417/">'
        '<meta name="generator" content="XenForo">',
        "thread-view",
    ),
    "a shop's shelf": page(
        f"<h1>Lanterns</h1><p>{PROSE[0]}</p>{''.join(map(card, range(1, 30)))}",
        '<link rel="canonical" href="https://shop.tide.example/collections/lanterns">',
        "template-collection",
    ),
    "a product": page(
        f"<h1>Brass lantern</h1><span class='price'>$49.90</span><button class='product add-to-cart'>Add to cart</button>"
        f"<div class='product-description'><p>{PROSE[1]}</p><p>{PROSE[2]}</p></div>{''.join(map(card, range(1, 6)))}",
        '<link rel="canonical" href="https://shop.tide.example/products/brass-lantern">'
        '<meta name="generator" content="Shopify">',
        "template-product",
    ),
    "a page of a manual": page(
        f"<h1>Settings</h1>{BODY}{'<pre>set = 1</pre>' * 12}<nav class='toc'><a href='#a'>A</a></nav>",
        '<link rel="canonical" href="https://docs.tide.example/en/latest/reference/settings/">'
        '<meta name="generator" content="Sphinx 7">',
    ),
}


@pytest.mark.parametrize("html", OTHERS.values(), ids=OTHERS)
def test_a_page_built_as_no_article_is_told_apart(html):
    refused = read(html)
    assert isinstance(refused, Rejection)
    assert refused.reason in {Reason.NOT_AN_ARTICLE, Reason.INDEX_PAGE}


DATED = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-03-02T10:04:00Z">'
ARTICLES = {
    "nothing but a headline and paragraphs": page(f"<h1>Ferry to run all winter</h1>{BODY}"),
    "paragraphs without a headline of the first rank": page(f"<article><h2>Ferry to run all winter</h2>{BODY}</article>"),
    "prices and a shop's button in the text": page(
        f"<article><h1>Five lanterns tested</h1>{BODY}{card(1)}{card(2)}<p>The dearest costs $49.90.</p></article>",
        DATED,
    ),
    "readers' comments below": page(
        f"<article><h1>Ferry to run all winter</h1>{BODY}</article>{''.join(map(post, range(6)))}", DATED
    ),
    "code in the text": page(f"<article><h1>How the timetable is made</h1>{BODY}{'<pre>x = 1</pre>' * 5}</article>", DATED),
    "an address without words": page(
        f"<h1>Ferry to run all winter</h1>{BODY}", '<link rel="canonical" href="https://tide.example/417">'
    ),
    "no word of itself, amid forty teasers": page(
        f"<nav>{''.join(f'<a href=/s/{n}>Section {n}</a>' for n in range(40))}</nav><h1>Ferry to run all winter</h1>{BODY}"
        + "".join(
            f'<div class="card"><img src="/{n}.jpg"><h3><a href="/n/{n}">Another story of the harbour, {n}</a></h3></div>'
            for n in range(40)
        )
    ),
    "in German": page(
        "<h1>Fähre fährt den ganzen Winter</h1>"
        + "<p>Der Hafenrat hat am Dienstagabend beschlossen, dass die Fähre auch im Winter fährt, nach Wochen Streit.</p>" * 3
    ),
    "in Japanese": page(
        f"<h1>渡し船、冬も運航</h1>{'<p>港湾委員会は火曜日の夜、渡し船を冬も運航することを決め、不安は消えた。</p>' * 4}"
    ),
}


@pytest.mark.parametrize("html", ARTICLES.values(), ids=ARTICLES)
def test_an_article_is_kept_whatever_else_is_on_its_page(html):
    draft = read(html)
    assert isinstance(draft, Draft), draft


def test_what_says_it_is_an_article_and_when_is_kept_however_it_is_built():
    html = page(f"<h1>The season's lanterns</h1>{BODY}{''.join(map(card, range(30)))}", DATED, "template-product")
    assert isinstance(read(html), Draft)


def test_a_page_in_doubt_is_kept_and_less_sure_than_a_plain_article():
    plain = read(
        page(f"<article><h1>Ferry to run all winter</h1><time datetime='2026-03-02'>2 March</time>{BODY}</article>", DATED)
    )
    doubtful = read(
        page(
            f"<h1>Our ferries</h1>{BODY}<div class='hero'></div>",
            '<link rel="canonical" href="https://tide.example/about/ferries">',
        )
    )
    assert isinstance(plain, Draft)
    assert isinstance(doubtful, Draft)
    assert (plain.article_confidence or 0) > (doubtful.article_confidence or 1)


def test_other_forms_have_no_confidence():
    draft = read_record(b'{"title": "Ferry to run", "text": "The board voted for it."}', "application/json")
    assert isinstance(draft, Draft)
    assert draft.article_confidence is None


@given(st.text(max_size=200))
def test_any_page_has_signs_and_a_confidence_between_0_and_1(text):
    signs = read_signs(page(f"<p>{text}</p>"))
    assert all(value >= 0 for value in signs.values())
    assert 0 <= confidence_of(signs) <= 1


def test_lines_of_a_pages_source_are_one_line_of_its_text():
    wrapped = "".join(f"<div>{each.replace(', ', ',' + chr(10) + '   ')}</div>" for each in PROSE)
    draft = read(page(f"<h1>Ferry to run all winter</h1>{wrapped}"))
    assert isinstance(draft, Draft)
    assert PROSE[1] in draft.text

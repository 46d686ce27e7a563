"""The whole article of a page, or a sign that it is not one."""

from __future__ import annotations

import pytest
from lxml import html

from streams.articles import Article, prepare_article
from streams.records import Draft, Reason, Rejection, read_record
from streams.records.pages import body
from streams.records.pages.json_script import read_script

FIRST = "The council closed the old swimming pool on Monday because the roof leaks in eleven places."
PARAGRAPHS = (
    "The mayor, Ida Holm, said that the pool would open again in two years if the county pays a third of the bill.",
    "Swimmers who came at six in the morning found the door locked, and some of them swam in the lake instead.",
    "A new roof was promised in 2019, but the builder went bankrupt before the first beam was lifted into place.",
    "The school will send its pupils to the next town by bus, which takes forty minutes each way, the head teacher said.",
    "Three hundred people signed a letter within a day, and the swimming club wants to pay for part of the work.",
)


def body_of(page: str) -> str:
    draft = read_record(page.encode(), "text/html")
    article = prepare_article(draft) if isinstance(draft, Draft) else draft
    assert isinstance(article, Article), article
    return article.body


def page_of(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang=en><head><title>Pool</title>{head}</head><body>{body}</body></html>"


def test_the_body_in_several_containers_of_one_class_is_one_body() -> None:
    parts = "".join(
        f'<div class=row><div class="story-text"><p>{each}</p></div></div><div class=ad>Ad</div>' for each in PARAGRAPHS
    )
    assert body_of(page_of(f"<main><h1>Swimming pool closed for two years</h1>{parts}</main>")).splitlines() == list(PARAGRAPHS)


def test_a_first_paragraph_in_a_container_of_its_own_is_kept() -> None:
    rest = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    page = page_of(
        f"<header><h1>Swimming pool closed</h1><div class=intro><p>{FIRST}</p></div></header><div class=main-text>{rest}</div>"
    )
    assert body_of(page).splitlines() == [FIRST, *PARAGRAPHS]


def test_a_body_in_one_line_of_the_linked_data_leaves_the_page_its_paragraphs() -> None:
    told = "".join(PARAGRAPHS) + " Written with the help of the archive."
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{told}"}}</script>'
    page = page_of(
        "<article><h1>Swimming pool closed</h1>" + "".join(f"<p>{each}</p>" for each in PARAGRAPHS) + "</article>", head
    )
    assert body_of(page).splitlines() == list(PARAGRAPHS)


_LINKED = "The engineers' report, which the town published on Friday, says that two beams of the roof have moved by an inch"


@pytest.mark.parametrize(
    ("box", "is_kept"),
    [
        (f"<div><p><a href=/report>{_LINKED}.</a></p></div>", True),
        (f"<div class=wp-block><div><a href=/report>{_LINKED}.</a></div></div>", True),
        (f"<p><strong><a href=/report>“{_LINKED}.”</a></strong></p>", True),
        (
            "<p><a href=/r>金曜日に町が公表した技術者の報告書は、屋根の梁が二本とも一インチ動いたと述べている。</a></p>",
            True,
        ),
        (f"<div><p><a href=/report>{_LINKED}</a></p></div>", False),
        (f"<div><p><a href=/report>Read also: {_LINKED}</a></p></div>", False),
        (f"<div class=related><p><a href=/report>{_LINKED}.</a></p></div>", False),
        (f"<div><p><a href=/a>{_LINKED}.</a></p><p><a href=/b>Another: {_LINKED}.</a></p></div>", False),
        (f"<div><h3>Read also</h3><p><a href=/a>{_LINKED}.</a></p></div>", False),
    ],
)
def test_a_sentence_that_is_a_link_is_kept_between_paragraphs_and_a_headline_is_not(box: str, is_kept: bool) -> None:
    before, after = ("".join(f"<p>{each}</p>" for each in part) for part in (PARAGRAPHS[:2], PARAGRAPHS[2:]))
    page = page_of(f"<article><h1>Swimming pool closed for two years</h1><div>{before}{box}{after}</div></article>")
    told = html.fromstring(box).text_content()
    assert body_of(page).splitlines() == [*PARAGRAPHS[:2], *([told] if is_kept else []), *PARAGRAPHS[2:]]


def test_teasers_longer_than_a_short_article_are_not_of_it() -> None:
    short = "The pool stays closed today. It opens again at nine tomorrow morning."
    teasers = "".join(
        f"<div><a href=/{at}><h3>Another story</h3></a><p>{each}</p></div>" for at, each in enumerate(PARAGRAPHS[:3])
    )
    page = page_of(f"<article><h1>Pool closed today</h1><p>{short}</p></article>{teasers}")
    assert body_of(page) == short


def test_a_list_in_a_cell_stays_in_its_row() -> None:
    cell = "<ul><li>Men 31</li><li>Women 44</li></ul>"
    table = f"<table><tr><th>Pool</th><th>Visitors</th></tr><tr><td>Lake</td><td>{cell}</td></tr></table>"
    assert "Men 31, Women 44" in body_of(
        page_of(f"<article><h1>Pool closed</h1><p>{FIRST}</p><p>{PARAGRAPHS[0]}</p>{table}</article>")
    )


@pytest.mark.parametrize(
    "script",
    [
        pytest.param('<![CDATA[{"a": [1]}]]>', id="in CDATA"),
        pytest.param('//<![CDATA[\n{"a": [1]}\n//]]>', id="in CDATA behind comments"),
        pytest.param('<!-- {"a": [1]} -->', id="in a comment"),
        pytest.param('{"a": [1,],}', id="commas too many"),
        pytest.param('{/* all */ "a": [1] // one\n}', id="with comments"),
    ],
)
def test_linked_data_is_read_however_it_is_wrapped(script: str) -> None:
    assert read_script(script) == {"a": [1]}


def test_what_stands_in_a_string_is_no_comment_and_no_comma_too_many() -> None:
    assert read_script('{"u": "https://x.example/,]", "v": "/* ,} */",}') == {"u": "https://x.example/,]", "v": "/* ,} */"}


def test_scripts_and_styles_do_not_make_a_page_too_large() -> None:
    text = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    page = page_of(
        f"<article><h1>Pool closed</h1>{text}</article>", f"<script>{'x' * 9_000}</script><STYLE>{'y' * 9_000}</STYLE>"
    )
    assert isinstance(read_record(page.encode(), "text/html", max_bytes=5_000), Draft)
    padded = read_record((page + f"<p>{'z' * 9_000}</p>").encode(), "text/html", max_bytes=5_000)
    assert isinstance(padded, Rejection)
    assert padded.reason is Reason.TOO_LARGE


def test_a_page_of_very_many_paragraphs_is_too_large() -> None:
    refused = read_record(page_of("<p>The pool is closed.</p>" * 8_001).encode(), "text/html")
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.TOO_LARGE


def test_a_page_that_says_it_is_a_product_is_not_an_article() -> None:
    page = page_of("".join(f"<p>{each}</p>" for each in PARAGRAPHS), '<meta property="og:type" content="product">')
    refused = read_record(page.encode(), "text/html")
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.NOT_AN_ARTICLE


def test_an_article_about_consent_banners_is_not_one() -> None:
    text = (
        "“We care about your privacy” stands on every second page that the office looked at, in letters of every size.\n\n"
        "Accept all, reject all, manage preferences: the three buttons must look alike, the court in Lorn ruled on Monday.\n\n"
        "Sites that hide the choice to reject cookies pay up to two million, said the judge."
    )
    article = prepare_article(Draft(headline="Court rules on cookie banners", text=text))
    assert isinstance(article, Article)


LISTED = ("the roof of the hall", "the two small basins", "the showers on the lower floor")
"""Items of a list, none of them a sentence."""


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        pytest.param(f"<ul>{''.join(f'<li>{each}</li>' for each in LISTED)}</ul>", LISTED, id="a list between paragraphs"),
        pytest.param(f"<ol>{''.join(f'<li><p>{each}</p></li>' for each in LISTED)}</ol>", LISTED, id="a list of paragraphs"),
        pytest.param(f"<h2>What is broken</h2><dl>{''.join(f'<dt>{each}</dt>' for each in LISTED)}</dl>", LISTED, id="terms"),
        pytest.param(
            f'<ul class="share-links">{"".join(f"<li>{each}</li>" for each in LISTED)}</ul>',
            (),
            id="a list by its class beside it",
        ),
        pytest.param(
            "<ul>" + "".join(f"<li><a href=/{each[-3:]}>{each}</a></li>" for each in LISTED) + "</ul>", (), id="a list of links"
        ),
    ],
)
def test_lists_between_the_paragraphs_of_an_article_are_of_it(listed: str, kept: tuple[str, ...]) -> None:
    """The page has no container by whose name the article is known: what trafilatura gathers then are paragraphs alone."""
    parts = [f"<p>{each}</p>" for each in PARAGRAPHS]
    page = page_of(
        f"<div class=x7><div class=q1><h1>Swimming pool closed</h1>{''.join(parts[:3])}{listed}{''.join(parts[3:])}</div></div>"
    )
    lines = [line.removeprefix("- ") for line in body_of(page).splitlines()]
    assert lines[:3] == list(PARAGRAPHS[:3])
    assert [line for line in lines if line in LISTED] == list(kept)


def test_a_list_stands_where_it_stood_on_the_page() -> None:
    items = "".join(f"<li>{each}</li>" for each in LISTED)
    page = page_of(
        f"<div class=x7><h1>Swimming pool closed</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><ul>{items}</ul>"
        f"<p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]}</p></div>"
    )
    assert body_of(page).splitlines() == [*PARAGRAPHS[:2], *(f"- {each}" for each in LISTED), *PARAGRAPHS[2:4]]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param('<form id="aspnetForm" method="post">', "</form>", id="a form around the whole page"),
        pytest.param(
            '<header id="masthead"><nav class="main-nav"><ul><li><a href="/">Home</a></ul>', "", id="a menu left open"
        ),
        pytest.param('<header class="site-header"><button class="menu-button">Menu', "", id="a button left open"),
        pytest.param('<nav class="menu" aria-hidden="true"><div class="hidden">', "</div></nav>", id="boxes within it"),
    ],
)
def test_a_menu_or_form_that_holds_the_whole_page_is_no_menu(opening: str, closing: str) -> None:
    paragraphs = [
        f"{each} The council met again in the evening and wants to hear what the county says." for each in PARAGRAPHS * 2
    ]
    paragraphs = [f"{number}. {each}" for number, each in enumerate(paragraphs)]
    story = "".join(f"<p>{each}</p>" for each in paragraphs)
    page = page_of(f"{opening}<h1>Swimming pool closed for two years</h1><div class=story>{story}</div>{closing}")
    draft = read_record(page.encode(), "text/html")
    assert isinstance(draft, Draft)
    assert draft.headline == "Swimming pool closed for two years"
    assert body_of(page).splitlines() == paragraphs


def test_the_head_of_an_article_stays_one_whatever_it_holds() -> None:
    """A page's head with its headline and standfirst holds little of its prose."""
    rest = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    menu = '<header class="page-header"><nav><a href=/a>Sport and leisure</a></nav><h1>Swimming pool closed</h1></header>'
    assert body_of(page_of(f"{menu}<main><div class=text>{rest}</div></main>")).splitlines() == list(PARAGRAPHS)


NOTICE = "The county pays for part of this page, and none of those who wrote it has a share in the building trade of the town."


@pytest.mark.parametrize(
    "name",
    ["article-disclaimer", "disclosure", "modal fade", "block_cta", "promo-box", "newsletter-inline", "post-bio", "donate"],
)
@pytest.mark.parametrize("place", [0, 3, 15])
def test_a_box_that_is_named_as_no_part_of_the_article_is_left_out(name: str, place: int) -> None:
    paragraphs = [*PARAGRAPHS, *(f"On the {day} day {each}" for day in ("second", "third") for each in PARAGRAPHS)]
    parts = [f"<p>{each}</p>" for each in paragraphs]
    parts.insert(place, f'<div class="{name}"><p>{NOTICE}</p></div>')
    page = page_of(f"<article><h1>Swimming pool closed</h1><div class=entry-content>{''.join(parts)}</div></article>")
    assert body_of(page).splitlines() == paragraphs


@pytest.mark.parametrize("name", ["has-sidebar", "layout newsletter-page", "modal", "cta-layout"])
def test_a_box_that_holds_the_article_is_its_own_whatever_it_is_called(name: str) -> None:
    parts = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    assert body_of(
        page_of(f'<div class="{name}"><h1>Pool closed</h1><div class=entry-content>{parts}</div></div>')
    ).splitlines() == [*PARAGRAPHS]


def test_a_paragraph_in_unnamed_boxes_of_its_own_is_joined_to_those_around() -> None:
    """A page builder puts some paragraphs into boxes without a name, which trafilatura passes over."""
    parts = [f"<p>{each}</p>" for each in PARAGRAPHS]
    parts[2] = f"<div><section><p class=embed>{PARAGRAPHS[2]}</p></section></div>"
    page = page_of(f"<div class=w-richtext><h1>Pool closed</h1>{''.join(parts)}</div>")
    assert body_of(page).splitlines() == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("name", "is_kept"), [("accordion", True), ("fold", True), ("recommended", False), ("comments", False)]
)
def test_paragraphs_that_a_page_folds_up_between_others_are_of_the_article(name: str, is_kept: bool) -> None:
    folded = "".join(
        f'<div class="{name}"><b>Part {at}</b><div aria-hidden=true><div class="rich"><p>{each}</p></div></div></div>'
        for at, each in enumerate(PARAGRAPHS[:2])
    )
    around = [
        f"<p>On the {day} day {each.replace(' the ', ' its ')}</p>" for day in ("first", "last") for each in PARAGRAPHS[2:]
    ]
    page = page_of(
        f"<div class=x7><h1>Pool closed</h1>{''.join(around[:4])}<section>{folded}</section>{''.join(around[4:])}</div>"
    )
    lines = body_of(page).splitlines()
    assert [each for each in PARAGRAPHS[:2] if each in lines] == (list(PARAGRAPHS[:2]) if is_kept else [])
    assert len([line for line in lines if line.startswith("On the ")]) == len(around)


def test_what_the_found_text_has_not_is_not_searched_for_in_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """7,500 comments, each searched for in 1.5 MB, took three seconds."""
    searched: list[str] = []
    find = body._find_from
    monkeypatch.setattr(body, "_find_from", lambda text, part, at: (searched.append(part), find(text, part, at))[1])
    lines = [f"{each} {number} of the {number} swimmers agreed." for number in range(200) for each in PARAGRAPHS]
    comments = [f"Somebody else wrote number {number} below it." for number in range(500)]
    whole = "".join(filter(str.isalnum, lines[0]))
    blocks = [body.Block(html.Element("p"), each, 0.0) for each in (*comments, lines[1][20:], lines[-1])]
    assert len(whole) * len(lines) > body._LONG_TEXT
    places = body.places_of(lines, blocks)
    assert places[: len(comments)] == [None] * len(comments)
    assert places[len(comments) :] == [1, len(lines) - 1] or None not in places[len(comments) :]
    assert len(searched) < 10

"""What a page says of its article, and what it says of something else."""

from __future__ import annotations

import json

import pytest

from streams.records import Draft, Image, read_record

BODY = "".join(
    f"<p>{each}</p>"
    for each in (
        "Divers found the bell of a mail steamer on Sunday, two miles off the point where charts had it since 1911.",
        "The harbour office wants to raise it in spring, if the weather holds, and to show it in the old customs house.",
        "“It rang once when we touched it,” said the leader of the team, who had looked for it for nine summers.",
    )
)
TITLE = "Divers find bell of lost mail steamer"


def read(head: str = "", before: str = "", after: str = "", title: str = f"<h1>{TITLE}</h1>") -> Draft:
    page = (
        f'<!doctype html><html lang="en"><head>{head}</head><body>{before}<article>{title}{BODY}</article>{after}</body></html>'
    )
    draft = read_record(page.encode(), "text/html")
    assert isinstance(draft, Draft), draft
    return draft


def json_ld(**fields: object) -> str:

    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


BYLINES = {
    "several meta tags": (
        '<meta name="author" content="Nia Holt"><meta name="author" content="Owen Price">',
        "",
        "Nia Holt, Owen Price",
    ),
    "a vendor's meta tag": ('<meta name="sailthru.author" content="Nia Holt">', "", "Nia Holt"),
    "a preview's label": (
        '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Nia Holt">',
        "",
        "Nia Holt",
    ),
    "a person before the organisation": (
        json_ld(author=[{"@type": "Organization", "name": "Tide News"}, {"@type": "Person", "name": "Nia Holt"}]),
        "",
        "Nia Holt",
    ),
    "the outlet as author, and a reporter in a meta tag": (
        json_ld(author={"@type": "Person", "name": "Tide News"}, publisher={"@type": "Organization", "name": "Tide News"})
        + '<meta name="author" content="Nia Holt">',
        "",
        "Nia Holt",
    ),
    "the outlet alone": (json_ld(author={"name": "Tide News"}, publisher={"name": "The Tide News"}), "", None),
    "an id": ('<meta name="author" content="40217">', "", None),
    "an account": ('<meta name="author" content="admin">', "", None),
    "a link": ("", '<a rel="author" href="/people/nia">Nia Holt</a>', "Nia Holt"),
    "a class": ("", '<div class="article-byline">By <b>Nia Holt</b></div>', "Nia Holt"),
    "microdata": ("", '<span itemprop="author" itemscope><span itemprop="name">Nia Holt</span></span>', "Nia Holt"),
    "a line below the headline": ("", "<div>By Nia Holt</div>", "Nia Holt"),
}


@pytest.mark.parametrize(("head", "below", "byline"), BYLINES.values(), ids=BYLINES)
def test_the_byline_is_a_person_however_the_page_marks_it(head, below, byline):
    assert read(head, title=f"<h1>{TITLE}</h1>{below}").byline == byline


def test_another_articles_author_is_not_this_ones():
    teaser = (
        '<aside><a rel="author" href="/a">Bo Grey</a></aside><div class="related"><span class="byline">By Bo Grey</span></div>'
    )
    assert read(after=teaser).byline is None


DATES = {
    "an unreadable first, a readable second": (
        json_ld(datePublished="lately") + '<meta property="article:published_time" content="2026-03-02T10:04:00+01:00">',
        "",
        "2026-03-02T10:04:00+01:00",
    ),
    "microdata": (
        "",
        '<time itemprop="datePublished" datetime="2026-03-02T10:04:00Z">today</time>',
        "2026-03-02T10:04:00+00:00",
    ),
    "words below the headline": ("", '<p class="date">March 2, 2026</p>', "2026-03-02"),
    "a time of the same day that knows its zone": (
        json_ld(datePublished="2026-03-02"),
        '<time datetime="2026-03-02T10:04:00+01:00">2 March</time>',
        "2026-03-02T10:04:00+01:00",
    ),
    "the page's own node": (
        '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2026-03-02T10:04:00Z"}</script>',
        "",
        "2026-03-02T10:04:00+00:00",
    ),
    "the address": ('<link rel="canonical" href="https://tide.example/2026/03/02/bell">', "", "2026-03-02"),
}


@pytest.mark.parametrize(("head", "below", "published"), DATES.values(), ids=DATES)
def test_the_date_is_the_articles_wherever_the_page_has_it(head, below, published):
    assert read(head, title=f"<h1>{TITLE}</h1>{below}").published == published


@pytest.mark.parametrize(
    "teaser",
    [
        '<aside><a href="/x">Choir sings</a><time datetime="2019-01-01T08:00:00Z">1 Jan</time></aside>',
        '<div class="most-read"><time datetime="2019-01-01T08:00:00Z">1 Jan</time></div>',
        '<div><h3><a href="/x">Choir sings</a></h3><time datetime="2019-01-01T08:00:00Z">1 Jan</time></div>',
        "<footer><time datetime='2019-01-01'>1 Jan 2019</time></footer>",
    ],
)
def test_a_teasers_date_is_not_the_articles(teaser):
    assert read(before=teaser, after=teaser).published is None


def test_the_date_of_a_change_is_read_beside_that_of_publication():
    draft = read(json_ld(datePublished="2026-03-02T10:04:00Z", dateModified="2026-03-03T09:00:00Z"))
    assert (draft.published, draft.modified) == ("2026-03-02T10:04:00+00:00", "2026-03-03T09:00:00+00:00")
    assert read(title=f"<h1>{TITLE}</h1><p class='info'>Updated: 3 March 2026</p>").modified == "2026-03-03"


HEADLINES = {
    "a menu's h1": ("", "<nav><h1>Sections</h1></nav>", f'<h2 class="headline">{TITLE}</h2>'),
    "a logo's h1": ("", '<h1 class="logo"><a href="/">Tide News</a></h1>', f"<h1>{TITLE}</h1>"),
    "a cut title": (json_ld(headline="Divers find bell of lost mail…"), "", f"<h1>{TITLE}</h1>"),
    "a cut title and no heading": (
        json_ld(headline="Divers find bell of lost…") + f'<meta property="og:title" content="{TITLE}">', "", "",
    ),
    "the outlet behind": (
        f'<meta property="og:site_name" content="Tide News"><title>{TITLE} | Tide News</title>', "", "",
    ),
    "the outlet before": (
        f'<meta property="og:site_name" content="Tide News"><title>Tide News: {TITLE}</title>', "", "",
    ),
    "a kicker in the heading": ("", "", f'<h1><span class="kicker">At sea</span><span>{TITLE}</span></h1>'),
    "a subheading in microdata": (
        f"<title>{TITLE}</title>", "", f'<h1>{TITLE}</h1><h2 itemprop="headline">It rang once, they say</h2>',
    ),
    "an author's heading": (f"<title>{TITLE}</title>", "", f'<h1 class="author-name">Nia Holt</h1><h1>{TITLE}</h1>'),
}  # fmt: skip


@pytest.mark.parametrize(("head", "before", "title"), HEADLINES.values(), ids=HEADLINES)
def test_the_headline_is_the_articles(head, before, title):
    assert read(head, before, title=title).headline == TITLE


@pytest.mark.parametrize("sign", ["?", "!", "."])
def test_an_outlet_behind_a_sign_is_left_out_too(sign):
    head = f'<meta property="og:site_name" content="Tide News"><title>Did the bell ring{sign} - Tide News</title>'
    assert read(head, title="").headline == f"Did the bell ring{sign}"


def test_parts_of_a_heading_are_a_space_apart():
    assert (
        read(title="<h1><span>At sea</span><span>Bell found</span> off the p<b>oin</b>t</h1>").headline
        == "At sea Bell found off the point"
    )


def test_standfirst_and_lead_image_are_read_with_caption_and_credit():
    head = '<meta property="og:image" content="https://tide.example/i/bell-1200x630.jpg">'
    head += '<meta name="description" content="It rang once.">'
    figure = (
        '<figure><img src="https://tide.example/i/bell-600x400.jpg"><figcaption>The bell on deck.'
        ' <span class="credit">Photo: Nia Holt</span></figcaption></figure>'
    )
    draft = read(head, title=f"<h1>{TITLE}</h1>{figure}")
    assert draft.summary == "It rang once."
    assert draft.image == Image(
        url="https://tide.example/i/bell-1200x630.jpg", caption="The bell on deck.", credit="Photo: Nia Holt"
    )


def test_a_short_title_of_the_page_does_not_beat_the_one_headline_that_it_shows():
    page = (
        "<html><head><title>Results</title></head><body><article><h1>Harbour board keeps the ferry for the winter</h1>"
        + "<p>The harbour board voted late on Tuesday to keep the ferry running, ending weeks of doubt for the island.</p>" * 4
        + "</article></body></html>"
    )
    draft = read_record(page.encode(), "text/html")
    assert isinstance(draft, Draft)
    assert draft.headline == "Harbour board keeps the ferry for the winter"

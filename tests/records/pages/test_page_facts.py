"""What a page says of its article, and what it says of something else."""

from __future__ import annotations

import json

import pytest

from streams.records import Draft, Image, read_record
from streams.records.pages import dates as page_dates
from streams.records.values.dates import UPDATED

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
    "an abbreviation's title": (
        "",
        '<abbr class="published" title="2026-03-02T10:04:00+01:00">Monday</abbr>',
        "2026-03-02T10:04:00+01:00",
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
        '<p>The old bell was cast on <time datetime="2019-01-01">1 January</time> in the harbour.</p>',
        '<header><span class="date">Tuesday, January 1, 2019</span><nav><a href="/n">News</a></nav></header>',
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


NEAR_BYLINES = {
    "a label in an element of its own": "<div class='meta'><div>By</div><div>Nia Holt</div><div>|</div><div>6 mins</div></div>",
    "a heading that says who": "<div class='box'><h3>Author</h3><p>Nia Holt</p></div>",
    "a label with a colon": "<p>Contributors: Nia Holt</p>",
    "a date before it": "<div class='node__meta'><time datetime='2026-03-02T12:00:00Z'>03/02/2026</time> by Nia Holt</div>",
    "a date and a role behind it": "<div>By Nia Holt ⋅ Senior Shipping Editor ⋅ Updated March 5, 2026</div>",
    "a day and a clock behind it": "<span>Posted by <a href='/u/1'>Nia Holt</a> on Friday March 6, 2026 @08:00PM</span>",
    "others' work behind it": "<div><span>Written by</span> <b>Nia Holt</b> <span>Fact-checked by</span> <b>Bo Grey</b></div>",
    "a box named as a card": "<div class='post-card__meta'><span>By Nia Holt</span><span>|</span><span>4 min read</span></div>",
    "a box of buttons to share": "<div class='by-share'><p>By: Nia Holt</p><span>Share</span></div>",
    "a link to those who write": "<div>"
    "<a href='/blog/authors/nia-holt'><figure><img src='/n.png'></figure><span>Nia Holt</span></a></div>",
    "a picture of the writer": "<ul><li><i class='bi bi-person'></i> Nia Holt</li><li>02-12-2025</li></ul>",
    "a class of a page builder": "<div class='elementor-widget-wrap'></div>"
    "<div class='elementor-widget-container'><h4 class='elementor-author-box__name'>Nia Holt</h4></div>",
    "a day before it in one element": "<div class='publish-date-author'>Dec. 19, 2025 · Nia Holt on behalf of the crew</div>",
    "what the writer is, above": "<div class='author-description'>Licensed Pilot, M.A. Navigation</div><p>By Nia Holt</p>",
    "tags beside it": "<div class='post-author-box'><ul><li><a href='/blog/tag/sea-travel'>Sea Travel</a></li></ul></div>"
    "<p>By Nia Holt</p>",
    "in German": "<div>Von Nia Holt</div>",
    "in French": "<p>Écrit par Nia Holt</p>",
    "in Spanish, with a label": "<p>Autora: Nia Holt</p>",
    "in Turkish, with a label": "<p>Yazar: Nia Holt</p>",
}


@pytest.mark.parametrize("below", NEAR_BYLINES.values(), ids=NEAR_BYLINES)
def test_a_byline_near_the_headline_is_read_however_it_is_built(below):
    assert read(title=f"<h1>{TITLE}</h1>{below}").byline == "Nia Holt"


def test_several_writers_are_parted_and_their_degrees_kept():
    both = "<span>Written by: <ul>"
    both += "<li><a href='/authors/n'>Nia Holt</a></li><li><a href='/authors/o'>Owen Price</a></li></ul></span>"
    assert read(title=f"<h1>{TITLE}</h1>{both}").byline == "Nia Holt, Owen Price"
    assert read(title=f"<h1>{TITLE}</h1><p>Nia Holt, Owen Price, Ann Roe</p>").byline == "Nia Holt, Owen Price, Ann Roe"


def test_a_box_about_the_author_below_the_text_names_the_author():
    box = "<div class='blog_author-box'><img class='blog_author-image' src='/n.png'><div>Nia Holt</div>"
    box += "<p>Nia Holt has written about ships and those who sail them since 2009, for this paper and for others.</p></div>"
    assert read(after=box).byline == "Nia Holt"
    assert (
        read(after="<section><h3>Article written by:</h3><h3>Nia Holt</h3><p>About ships.</p></section>").byline == "Nia Holt"
    )


NOBODY = {
    "a product's picture": "<div class='gallery'><img alt='Sea Lantern' src='/l.png'><span>Sea Lantern</span></div>",
    "what readers do": "<p>By signing up you agree to our terms</p>",
    "a menu": "<nav><p>BY USE CASE</p></nav>",
    "crumbs": "<ol><li>Open Discussion</li><li>Crafts & Topics</li></ol>",
    "a list of tags": "<div class='author-tags'><ul><li><a href='/tag/sea-travel'>Sea Travel</a></li></ul></div>",
    "what a writer is": "<div class='author-description'>Licensed Pilot, M.A. Navigation</div>",
    "a footer": "<footer><p>Created by Tide Agency</p></footer>",
    "another story's writer": "<div class='related'><p>By Bo Grey</p></div>",
}


@pytest.mark.parametrize("below", NOBODY.values(), ids=NOBODY)
def test_what_is_no_byline_makes_no_author(below):
    assert read(title=f"<h1>{TITLE}</h1>{below}").byline is None


def test_a_byline_in_the_text_is_not_the_articles():
    assert read(after="<p>Authors: Bo Grey and Jo Marsh</p>").byline is None


NEAR_DATES = {
    "a vendor's meta tag": ('<meta name="w-published-date" content="2026-03-02T06:03:43Z">', "", "2026-03-02T06:03:43+00:00"),
    "a meta tag that says published": ('<meta name="published" content="March 2, 2026">', "", "2026-03-02"),
    "a column beside the headline": ("", "<aside><time datetime='2026-03-02'>March 2, 2026</time></aside>", "2026-03-02"),
    "a card with a byline": ("", "<div class='post-card__meta'>By Nia Holt | <b>March 2, 2026</b></div>", "2026-03-02"),
    "a box that says so": ("", "<div class='sidebar'><h3>Published</h3><p>March 2, 2026</p></div>", "2026-03-02"),
    "a link to the writer": (
        "",
        "<a class='author-box' href='/a'><img src='/n.png'><span class='published-date'>March 2, 2026</span></a>",
        "2026-03-02",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("head", "below", "published"), NEAR_DATES.values(), ids=NEAR_DATES)
def test_the_date_beside_the_headline_is_read_whatever_its_box_is_called(head, below, published):
    assert read(head, title=f"<h1>{TITLE}</h1>{below}").published == published


@pytest.mark.parametrize(
    "shown", ["March 2, 2026", "March 2, 2026 · 4 min read", "By Nia Holt | March 2, 2026", "Published on March 2, 2026"]
)
def test_a_systems_later_date_is_that_of_a_change(shown):
    """A site that moved its pages to a new system tells that day as the one of publication, and shows readers the true one."""
    draft = read(json_ld(datePublished="2026-07-11T03:00:00Z"), title=f"<h1>{TITLE}</h1><p>{shown}</p>")
    assert (draft.published, draft.modified) == ("2026-03-02", "2026-07-11T03:00:00+00:00")


@pytest.mark.parametrize("shown", ["Updated March 2, 2026", "July 10, 2026", "The bell was lost on March 2, 1911, charts say."])
def test_any_other_day_beside_the_headline_leaves_the_told_one(shown):
    told = "2026-07-11T03:00:00+00:00"
    assert read(json_ld(datePublished=told), title=f"<h1>{TITLE}</h1><p>{shown}</p>").published == told


FACT_BOXES = {
    "small headings": "<aside><div><h3>Published</h3><p><time datetime='2026-03-02'>March 2, 2026</time></p></div>"
    "<div><h3>Author</h3><p>Nia Holt</p></div></aside>",
    "terms": "<aside><dl><dt>Date</dt><dd>March 2, 2026</dd><dt>Author(s):</dt><dd>Nia Holt</dd></dl></aside>",
    "a list of links": "<aside><h6>Veröffentlicht</h6><p>2026-03-02</p>"
    "<h6>Autorin</h6><ul><li><a href='/w'>Nia Holt</a></li></ul></aside>",
}  # fmt: skip


@pytest.mark.parametrize("box", FACT_BOXES.values(), ids=FACT_BOXES)
def test_a_box_of_facts_beside_the_text_names_author_and_day(box):
    draft = read(after=box)
    assert (draft.byline, draft.published) == ("Nia Holt", "2026-03-02")


@pytest.mark.parametrize("box", FACT_BOXES.values(), ids=FACT_BOXES)
def test_a_box_of_facts_about_a_comment_does_not(box):
    draft = read(after=f"<div class='comments'>{box}</div>")
    assert (draft.byline, draft.published) == (None, None)


def test_a_time_marked_as_publication_stands_before_a_systems_later_one():
    shown = '<p>Published <time pubdate datetime="2026-03-02">March 2, 2026</time></p>'
    draft = read(json_ld(datePublished="2026-07-11T03:00:00+00:00"), title=f"<h1>{TITLE}</h1>{BODY}{shown}")
    assert (draft.published, draft.modified) == ("2026-03-02", "2026-07-11T03:00:00+00:00")


@pytest.mark.parametrize(
    "picture", ["<img src='a.jpg' alt='A bell'>", "<picture><img src='a.jpg'></picture>", "<iframe src='/v'></iframe>"]
)
def test_a_picture_between_two_sentences_parts_paragraphs(picture):
    first, second = "The bell was found at dusk by two divers.", "Nobody had looked there since the war."
    assert f"{first}\n{second}" in (read(after="", title=f"<h1>{TITLE}</h1><p>{first}{picture}{second}</p>").text or "")


def test_a_picture_within_a_sentence_does_not():
    text = (
        read(title=f"<h1>{TITLE}</h1><p>The bell was found <img src='smile.png'> at dusk by two divers from Lorn.</p>").text
        or ""
    )
    assert "found at dusk" in " ".join(text.split())


PARTED = {
    "an untold outlet, a heading below a logo": (
        f"<title>{TITLE} | Tide Pages</title>", '<h1 class="logo">TP</h1>', f"<h2>{TITLE}</h2>",
    ),
    "a section's heading of the first rank below": (
        f"<title>{TITLE} | Tide Blog</title>", "", f"<h2>{TITLE}</h2><h1>What the divers of the lost steamer say</h1>",
    ),
    "a host's word": (
        f'<title>{TITLE} | Tidings</title><link rel="canonical" href="https://www.gettidings.example/n/1">', "", "",
    ),
    "words of the host": (
        f'<title>{TITLE} | Tide Pages</title><link rel="canonical" href="https://pages.tide.example/n/1">', "", "",
    ),
    "a site's address": (f"<title>{TITLE} | Tidenews.com</title>", "", ""),
    "a full-width colon": (f'<meta property="og:site_name" content="港新聞"><title>{TITLE}：港新聞</title>', "", ""),
    "a section and low lines": (f'<meta property="og:site_name" content="港口网"><title>{TITLE}_新闻_港口网</title>', "", ""),
    "a section and bars": (f'<meta property="og:site_name" content="Tide"><title>{TITLE} | News | Tide</title>', "", ""),
    "initials": (f'<meta property="og:site_name" content="Tide News Weekly"><title>{TITLE} | TNW</title>', "", ""),
    "a standfirst as heading": (
        f'<meta property="og:title" content="{TITLE}">', "", f"<h1>{TITLE}. {'It rang once. ' * 20}</h1>",
    ),
    "a slogan where address and title agree": (
        f'<title>{TITLE}</title><link rel="canonical" href="https://tide.example/divers-find-bell-of-lost-mail-steamer">', "",
        "<h1>Diving for a find of your own</h1>",
    ),
    "a title cut to less than the heading": (
        f'<meta property="og:title" content="{TITLE[:29]}">', "", f"<h1><span>{TITLE}</span><br></h1>",
    ),
    "a title cut without a sign": (f"<title>{TITLE[:29]}</title>", "", f"<h1>{TITLE}</h1>"),
}  # fmt: skip


@pytest.mark.parametrize(("head", "before", "title"), PARTED.values(), ids=PARTED)
def test_the_headline_loses_what_is_the_sites(head, before, title):
    assert read(head, before, title=title).headline == TITLE


def test_a_heading_in_parts_leaves_no_glued_line_in_the_text():
    draft = read(title=f"<h1><span class='kicker'>At sea</span><span>{TITLE}</span></h1>")
    assert draft.headline == TITLE
    assert "At sea" not in draft.text
    assert "seaDivers" not in draft.text


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        ("<p>Dec 17, 2025</p><p>6 min read</p>", "2025-12-17"),
        ("<div><span>17 December 2025</span></div><p>Dec 17, 2025</p>", "2025-12-17"),
        ("<p>Dec 17, 2025</p><p>Dec 11, 2025</p>", None),
        ("<p>On Dec 17, 2025 the bell rang</p>", None),
    ],
)
def test_the_one_day_that_stands_alone_at_the_head_of_a_page_without_a_heading_is_its_date(lines, published):
    """Page builders show the headline in a plain paragraph. Several days are those of teasers, as likely."""
    assert read(title=f"<p class='t7'>{TITLE}</p>{lines}").published == published


def test_a_broken_page_with_another_root_behind_the_headlines_is_read():
    page = f"<e><h1>{TITLE}</h1>{BODY}</html><"
    draft = read_record(page.encode(), "text/html")
    assert isinstance(draft, Draft)
    assert draft.headline == TITLE


ADDRESSES = {
    "relative to the base": '<base href="https://tide.example/"><link rel="canonical" href="/a/bell">',
    "without a scheme": '<link rel="canonical" href="//tide.example/a/bell">',
    "among other relations": '<link rel="alternate Canonical" href=" https://tide.example/a/bell ">',
}


@pytest.mark.parametrize("head", ADDRESSES.values(), ids=ADDRESSES)
def test_a_page_s_own_address_is_read_however_it_is_written(head: str) -> None:
    assert read(head).url == "https://tide.example/a/bell"


@pytest.mark.parametrize(
    ("attributes", "language"),
    [('xml:lang="en-us"', "en-US"), ('lang="en, de"', "en"), ('lang="en_GB"', "en-GB")],
    ids=["XHTML's", "several", "with an underscore"],
)
def test_a_page_s_language_is_read_however_it_is_written(attributes: str, language: str) -> None:
    page = f"<!doctype html><html {attributes}><body><article><h1>{TITLE}</h1>{BODY}</article></body></html>"
    draft = read_record(page.encode(), "text/html")
    assert isinstance(draft, Draft)
    assert draft.language == language


def test_a_paragraph_of_many_dates_is_read_once_and_judged_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """18,000 dates in a paragraph of 1 MB took 13 s: each asked for all of its text."""
    asked, judged = [], []
    sentence_of, has_other_words = page_dates._sentence_of, page_dates._has_other_words
    monkeypatch.setattr(page_dates, "_sentence_of", lambda *given: (asked.append(1), sentence_of(*given))[1])

    def has_words(line: str, told: str, unsure: int = 0) -> bool:
        judged.append(len(line))
        return has_other_words(line, told, unsure)

    monkeypatch.setattr(page_dates, "_has_other_words", has_words)
    days = " ".join(f"The boats came back on <time>{day} March 2024</time> with all of their nets." for day in range(1, 29))
    draft = read(after=f"<p>{days * 4}</p>")
    assert draft.published is None
    assert len(asked) == 1
    assert len(judged) == 4 * 28
    assert max(judged) <= page_dates._BEGINNING


def test_a_label_is_looked_for_in_as_much_as_any_paragraph_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words for changes in 70 languages are looked for: 1.4 MB with dates took 0.7 s."""
    searched: list[int] = []

    class Noting:
        def __getattr__(self, name: str):
            return getattr(UPDATED, name)

        def search(self, text: str):
            searched.append(len(text))
            return UPDATED.search(text)

    monkeypatch.setattr(page_dates, "UPDATED", Noting())
    read(after="<p>" + "The festival begins on <time>July 1</time>. " * 8_000 + "</p>")
    assert searched
    assert max(searched) == 200_000

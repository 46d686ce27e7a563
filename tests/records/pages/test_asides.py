"""Boxes beside an article's paragraphs are told by their names in many languages, by their roles or by their build."""

from __future__ import annotations

import pytest

from tests.records.pages.test_body import PARAGRAPHS, body_of, page_of

LONG = tuple(
    f"In week {week} of the repairs: {each} {each}" for week, each in enumerate((*PARAGRAPHS, *PARAGRAPHS, *PARAGRAPHS[:2]))
)
WORDS = "Somebody wrote a few more words that stand in this box and are not the article's own."
INSIDE = f"<h3>Read this too</h3><p>{WORDS}</p>"


def _story(box: str, place: int) -> str:
    parts = [f"<p>{each}</p>" for each in LONG]
    parts.insert(place, box)
    return page_of(f"<div class=main><h1>Swimming pool closed for two years</h1><div class=story>{''.join(parts)}</div></div>")


@pytest.mark.parametrize("place", [5, len(LONG)], ids=["in the text", "at its end"])
@pytest.mark.parametrize(
    "attributes",
    [
        "class='autorenbox'",
        "class='articulos-relacionados'",
        "class='c-lire-aussi'",
        "id=mest_lest",
        "class='bloc pie-de-foto'",
        "class='box nieuwsbrief--breed'",
        "class='wrap czytaj_takze'",
        "class='bildUnterschrift bildunterschrift'",
        "class=publicidad",
        "class='module commentList comentarios'",
        "class=pinglun",
        "class='ilgili-haberler'",
        "class='tin-lien-quan'",
        "class=MostRead",
        "role=complementary",
        "role=dialog",
        "itemprop=comment",
    ],
)
def test_a_small_box_with_the_name_or_role_of_something_else_is_left_out(attributes: str, place: int) -> None:
    assert body_of(_story(f"<div {attributes}>{INSIDE}</div>", place)).splitlines() == list(LONG)


@pytest.mark.parametrize(
    "box",
    [
        f"<div class='cmp-text'><p>{WORDS}</p></div>",
        f"<div class='x9AdKq4Dfp'><p>{WORDS}</p></div>",
        f"<h3 id=the-most-popular-comments>A heading</h3><p>{WORDS}</p>",
        f"<section class='read-more-content'><p>{WORDS}</p></section>",
    ],
    ids=["a component", "a name of random letters", "a heading whose id repeats its words", "what opens on a click"],
)
def test_a_box_whose_name_says_nothing_of_the_kind_is_of_the_article(box: str) -> None:
    assert WORDS in body_of(_story(box, 5))


@pytest.mark.parametrize("name", ["kommentare", "related", "abo-box"])
def test_an_article_in_a_box_of_such_a_name_is_whole(name: str) -> None:
    text = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    page = page_of(
        f"<main><div class={name}><h1>Swimming pool closed for two years</h1><div class={name}>{text}</div></div></main>"
    )
    assert body_of(page).splitlines() == list(PARAGRAPHS)


NAMES = ("Ida H.", "pool_fan", "Onkel Bob", "Marja", "swimmer77 x", "Лена")


def _items(opening: str, closing: str, time: str = "02.01.2025, 10:31") -> str:
    return "".join(
        f"{opening}<b>{name}</b> <small>{time}</small><div>{WORDS} Signed {number}.</div>{closing}"
        for number, name in enumerate(NAMES)
    )


@pytest.mark.parametrize(
    "comments",
    [
        f"<ul>{_items('<li>', '</li>')}</ul>",
        f"<div class=x1>{_items('<div class=x2>', '</div>')}</div>",
        f"<div class=x1>{_items('<div class=x2>', '</div>', '3 days ago')}</div>",
        f"<div class=x1>{_items('<div class=x2>', '</div>', 'vor 5 Stunden')}</div>",
        f"<div class=x1>{_items('<div class=x2>', '</div>', '2時間前')}</div>",
    ],
    ids=["a list", "boxes", "so long ago", "so long ago in German", "so long ago in Japanese"],
)
def test_readers_comments_that_nothing_names_are_told_by_their_build(comments: str) -> None:
    assert body_of(_story(comments, len(LONG))).splitlines() == list(LONG)


def test_entries_of_a_live_report_are_of_it() -> None:
    entries = "".join(
        f"<div class=x2><h3>{each[:30]}</h3><time datetime=2025-01-02T10:0{number}:00Z>10:0{number}</time><p>{each}</p></div>"
        for number, each in enumerate(PARAGRAPHS)
    )
    body = body_of(_story(f"<div class=x1>{entries}</div>", len(LONG)))
    assert all(each in body for each in PARAGRAPHS)


def test_turns_of_an_interview_are_of_it() -> None:
    turns = "".join(
        f"<div class=x2><b>{name}</b> <small>10:3{number}</small><div>{each}</div></div>"
        for number, (name, each) in enumerate(zip(("The Post", "Ida Holm") * 3, PARAGRAPHS, strict=False))
    )
    body = body_of(_story(f"<div class=x1>{turns}</div>", len(LONG)))
    assert all(each in body for each in PARAGRAPHS)


@pytest.mark.parametrize(
    ("template", "is_shown"),
    [("<template>", False), ("<template shadowrootmode=open>", True)],
    ids=["a pattern", "a shadow root"],
)
def test_a_template_is_shown_only_as_a_shadow_root(template: str, is_shown: bool) -> None:
    assert (WORDS in body_of(_story(f"<div>{template}<p>{WORDS}</p></template></div>", 5))) is is_shown


@pytest.mark.parametrize(
    ("tail", "is_kept"),
    [
        (f"<div class=about><p>{WORDS}</p></div>", False),
        (f"<div class=foot><div>{WORDS}</div><ul><li>Name</li></ul></div>", False),
        (f"<div class=story><p>{WORDS}</p></div>", True),
        (f"</div><div class=main><div class=story><p>{WORDS}</p></div>", True),
    ],
    ids=["a note in a box", "a text about the company", "another box of the body's class", "the same boxes again"],
)
def test_what_follows_the_box_of_the_whole_text_is_of_it_only_if_built_alike(tail: str, is_kept: bool) -> None:
    text = "".join(f"<p>{each}</p>" for each in LONG)
    page = page_of(f"<div class=main><h1>Swimming pool closed for two years</h1><div class=story>{text}</div>{tail}</div>")
    assert (WORDS in body_of(page)) is is_kept

"""The article of a page is its paragraphs as a reader sees them, whatever they are made of and whatever is around."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from streams.records.pages.layout import show_layout
from streams.records.pages.markup import parse, without_control
from tests.records.pages.test_body import PARAGRAPHS, body_of

HEADLINES = {
    "th": "สระว่ายน้ำเทศบาลปิดสองปี",
    "en": "Swimming pool closed for two years",
    "ja": "市民プール、二年間の休館へ",
    "ar": "إغلاق المسبح البلدي عامين",
}
BODIES = {
    "en": PARAGRAPHS,
    "ja": (
        "市は月曜日、屋根の十一か所で雨漏りが見つかったため、古い市民プールを閉鎖すると発表した。再開は二年後になる見通しだ。",
        "市長は記者会見で、県が費用の三分の一を負担すれば、工事は予定どおり来年の春に始められると述べた。",
        "朝六時に泳ぎに来た人たちは扉が閉まっているのを見て驚き、何人かは代わりに近くの湖で泳いだという。",
        "学校は児童を隣町のプールまでバスで送る予定で、片道四十分ほどかかると校長は話している。",
        "一日で三百人が署名に応じ、水泳クラブは工事費の一部を寄付で集めたいとしている。",
    ),
    "th": (
        "เทศบาลประกาศเมื่อวันจันทร์ว่าจะปิดสระว่ายน้ำเก่า หลังพบว่าหลังคารั่วสิบเอ็ดจุดและอาจพังลงมาได้ในฤดูฝนนี้",
        "นายกเทศมนตรีกล่าวว่าสระจะเปิดอีกครั้งในอีกสองปี หากจังหวัดยอมจ่ายค่าซ่อมแซมหนึ่งในสามของทั้งหมด",
        "ผู้ที่มาว่ายน้ำตอนหกโมงเช้าพบว่าประตูปิด บางคนจึงไปว่ายน้ำในทะเลสาบที่อยู่ใกล้เคียงแทน",
        "โรงเรียนจะพานักเรียนไปสระของเมืองข้างเคียงด้วยรถบัส ซึ่งใช้เวลาเดินทางเที่ยวละสี่สิบนาที",
        "มีผู้ลงชื่อสามร้อยคนภายในวันเดียว และชมรมว่ายน้ำต้องการช่วยออกค่าใช้จ่ายบางส่วนของงานนี้",
    ),
    "ar": (
        "أعلنت البلدية يوم الاثنين إغلاق المسبح القديم بعد أن تسربت المياه من سقفه في أحد عشر موضعا.",
        "وقالت رئيسة البلدية إن المسبح سيفتح أبوابه من جديد بعد عامين إذا دفعت المحافظة ثلث التكاليف.",
        "ووجد السباحون الذين جاؤوا في السادسة صباحا الباب مغلقا فسبح بعضهم في البحيرة القريبة بدلا منه.",
        "وستنقل المدرسة تلاميذها بالحافلة إلى البلدة المجاورة في رحلة تستغرق أربعين دقيقة ذهابا.",
        "ووقع ثلاثمئة شخص على رسالة في يوم واحد ويريد نادي السباحة أن يدفع جزءا من كلفة العمل.",
    ),
}
OTHERS = (
    "The harbour will get a new crane in spring, the port's manager told the council on Tuesday evening.",
    "Two bakers of the old town have won a prize for a bread that is made without any salt at all.",
    "The night bus will run every hour from March, which is twice as often as it does today.",
    "A theatre of students plays in the park each Friday, and people may pay what they like.",
)

Build = Callable[[str, Sequence[str]], str]


def _each(opening: str, closing: str) -> Build:
    return lambda headline, body: f"<div><h1>{headline}</h1>" + "".join(f"{opening}{each}{closing}" for each in body) + "</div>"


def _whole(opening: str, joint: str, closing: str) -> Build:
    return lambda headline, body: f"<div><h1>{headline}</h1>{opening}{joint.join(body)}{closing}</div>"


BUILDS: dict[str, Build] = {
    "spans shown as blocks": _each("<span style='display: block'>", "</span>"),
    "elements of the site's own": _each("<text-block>", "</text-block>"),
    "boxes of the site's own around paragraphs": _each("<story-part><p>", "</p></story-part>"),
    "paragraphs in the cell of a table": lambda headline, body: (
        "<table><tr><td><a href=/1>Sport</a><br><a href=/2>Weather</a></td>"
        f"<td><h1>{headline}</h1>{''.join(f'<p>{each}</p>' for each in body)}</td></tr></table>"
    ),
    "line breaks in the cell of a table": lambda headline, body: (
        "<table><tr><td><a href=/1>Sport</a><br><a href=/2>Weather</a></td>"
        f"<td><b>{headline}</b><br><br>{'<br><br>'.join(body)}</td></tr></table>"
    ),
    "a table within a table": lambda headline, body: (
        f"<table><tr><td><table><tr><td><h1>{headline}</h1></td></tr><tr><td>"
        f"{''.join(f'<p>{each}</p>' for each in body)}</td></tr></table></td></tr></table>"
    ),
    "blank lines within a paragraph": _whole("<p class=x>", "\n\n", "</p>"),
    "blank lines within a box": _whole("<div class=view style='white-space: pre-wrap'>", "\r\n \r\n", "</div>"),
    "line breaks around a picture": lambda headline, body: (
        f"<h2>{headline}</h2><article>{'<br><br>'.join(body[:2])}<span><img src=a.jpg></span><br><br>"
        f"{'<br><br>'.join(body[2:])}</article>"
    ),
    "sections in sections": _each("<section><section><span>", "</span></section></section>"),
    "single line breaks": _whole("<div>", "<br>", "</div>"),
    "an aside below the headline, with comments": lambda headline, body: (
        f"<h1>{headline}</h1><aside>{''.join(f'<p>{each} {each}</p>' for each in body)}</aside>"
        f"<div class=comments>{''.join(f'<p>{each}</p>' for each in OTHERS)}</div>"
    ),
    "bare texts beside paragraphs": lambda headline, body: (
        f"<article><h1>{headline}</h1><div><div><p>{body[0]}</p><p>{body[1]}</p></div><div>{body[2]}</div>"
        f"<div class=ad></div>{body[3]}</div><p>{body[4]}</p></article>"
    ),
    "a lead that is a link": lambda headline, body: (
        f"<article><h1>{headline}</h1><p><a href=/x>{body[0]}</a></p>{''.join(f'<p>{each}</p>' for each in body[1:])}</article>"
    ),
}


def _page(language: str, inner: str) -> str:
    menu = "".join(f"<li><a href=/{each}>{each}</a></li>" for each in ("sport", "culture", "weather", "business"))
    return (
        f"<!DOCTYPE html><html lang={language}><head><title>{HEADLINES[language]}</title></head><body>"
        f"<nav><ul>{menu}</ul></nav>"
        f"{inner}<footer><ul>{menu}</ul></footer></body></html>"
    )


@pytest.mark.parametrize("language", BODIES)
@pytest.mark.parametrize("build", BUILDS)
def test_paragraphs_are_lines_whatever_they_are_made_of(build: str, language: str) -> None:
    body = BODIES[language]
    page = _page(language, BUILDS[build](HEADLINES[language], body))
    expected = [f"{each} {each}" for each in body] if build.startswith("an aside") else list(body)
    assert body_of(page).splitlines() == expected


def test_a_table_of_figures_stays_one() -> None:
    rows = "".join(f"<tr><td>Pool {each}</td><td>{each} metres</td><td>{each}0 lanes</td></tr>" for each in range(2, 6))
    page = _page(
        "en", f"<article><h1>{HEADLINES['en']}</h1><p>{PARAGRAPHS[0]}</p><table>{rows}</table><p>{PARAGRAPHS[1]}</p></article>"
    )
    assert "Pool 2 | 2 metres | 20 lanes" in body_of(page)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>He owes <my-amount>5</my-amount> crowns.</p>", "He owes 5 crowns."),
        ("<p>A line\n  wrapped by its\n source.</p>", "A line wrapped by its source."),
        ("<p>A verse\n\nwithout an end</p>", "A verse without an end"),
    ],
    ids=["an element of the site's own in a sentence", "a wrapped line", "a blank line in a sentence"],
)
def test_a_sentence_stays_one_text(markup: str, text: str) -> None:
    tree = parse(without_control(f"<html><body>{markup}</body></html>"))
    show_layout(tree)
    assert tree.text_content() == text
    assert not list(tree.iter("br", "div"))


TEASERS = "".join(
    f"<div class=text><h3><a href=/{number}>Other story {number}</a></h3><p>{each}</p></div>"
    for number, each in enumerate(OTHERS)
)


@pytest.mark.parametrize(
    "below",
    [
        f"<div class=col>{TEASERS}</div>",
        f"<div class=col><h2>More</h2>{TEASERS}</div>",
    ],
    ids=["without a heading", "with one"],
)
def test_teasers_below_an_article_in_boxes_of_the_same_class_are_not_of_it(below: str) -> None:
    own = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    page = _page("en", f"<div class=col><h1>{HEADLINES['en']}</h1><div class=text>{own}</div></div>{below}")
    assert body_of(page).splitlines() == list(PARAGRAPHS)


def test_paragraphs_under_linked_headings_within_an_article_are_of_it() -> None:
    items = "".join(f"<h3><a href=/{number}>Pool {number}</a></h3><p>{each}</p>" for number, each in enumerate(OTHERS))
    own = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    body = body_of(
        _page(
            "en", f"<div><h1>{HEADLINES['en']}</h1><div class=text>{own}{items}<p>{PARAGRAPHS[0][:-1]} again.</p></div></div>"
        )
    )
    assert all(each in body for each in (*PARAGRAPHS, *OTHERS))


def test_a_second_article_that_follows_on_the_same_page_is_not_of_the_first() -> None:
    def article(headline: str, body: Sequence[str]) -> str:
        text = "".join(f"<p>{each}</p>" for each in body)
        return f"<article class=story><h1>{headline}</h1><div class=body>{text}</div></article>"

    page = _page("en", article(HEADLINES["en"], PARAGRAPHS) + article("Harbour gets a crane", OTHERS))
    assert body_of(page).splitlines() == list(PARAGRAPHS)


def test_a_body_that_a_page_holds_twice_is_read_once() -> None:
    own = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    page = _page("en", f"<h1>{HEADLINES['en']}</h1><div class=text>{own}</div><div class='text wide'>{own}</div>")
    assert body_of(page).splitlines() == list(PARAGRAPHS)


def test_a_refrain_stays_where_it_is_repeated() -> None:
    refrain = "The water is cold and the door is shut, and nobody swims in the morning."
    own = "".join(f"<p>{each}</p><p>{refrain}</p>" for each in PARAGRAPHS)
    page = _page("en", f"<article><h1>{HEADLINES['en']}</h1>{own}</article>")
    assert body_of(page).splitlines().count(refrain) == len(PARAGRAPHS)

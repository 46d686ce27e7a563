"""Who wrote it: the names in a line as sources write it, in many languages, without what stands beside them."""

from __future__ import annotations

import pytest

from streams.records.values.bylines import read_names

OUTLETS = ("Port Gazette", "portgazette.example")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("Dana Cole Staff Writer", "Dana Cole", id="a role without a sign"),
        pytest.param("Words by Dana Cole, photos by Jo Marsh", "Dana Cole", id="who took the pictures"),
        pytest.param("By Dana Cole for Port Gazette", "Dana Cole", id="for whom"),
        pytest.param("Dana Cole in Lorn", "Dana Cole", id="where"),
        pytest.param("Dana Cole (Reuters)", "Dana Cole", id="an agency in brackets"),
        pytest.param("Dana Cole • 3 min read", "Dana Cole", id="the time it takes to read"),
        pytest.param("Dana Cole March 2, 2026", "Dana Cole", id="a date"),
        pytest.param("View All Posts By Dana Cole", "Dana Cole", id="a link to all of them"),
        pytest.param("Cole, Dana; Marsh, Jo", "Dana Cole, Jo Marsh", id="surnames first"),
        pytest.param("dana-cole", "Dana Cole", id="a slug"),
        pytest.param("文・山田太郎", "山田太郎", id="Japanese"),
        pytest.param("記者王小明／台北報導", "王小明", id="Taiwanese"),
        pytest.param("김철수 기자", "김철수", id="Korean"),
        pytest.param("लेखक: राम शर्मा", "राम शर्मा", id="Hindi"),
        pytest.param("Του Νίκου Παππά", "Νίκου Παππά", id="Greek"),
        pytest.param("Γράφει η Μαρία Παππά", "Μαρία Παππά", id="Greek, with a verb"),
        pytest.param("Opracował: Jan Kowalski", "Jan Kowalski", id="Polish"),
        pytest.param("Írta: Kovács János", "Kovács János", id="Hungarian"),
        pytest.param("de Ion Popescu", "Ion Popescu", id="Romanian"),
        pytest.param("Teksti: Matti Virtanen", "Matti Virtanen", id="Finnish"),
        pytest.param("โดย สมชาย ใจดี", "สมชาย ใจดี", id="Thai"),
        pytest.param("نویسنده: رضا احمدی", "رضا احمدی", id="Persian"),
        pytest.param("De Gaulle", "De Gaulle", id="a name that begins like a label"),
    ],
)
def test_a_line_gives_the_name_alone(written: str, name: str) -> None:
    assert read_names([written], OUTLETS) == name


@pytest.mark.parametrize(
    "written",
    [
        "Redaktion", "La rédaction", "Redacción", "Redakcja", "Редакция", "Haber Merkezi", "Web Desk",
        "Staff",
        "Port Gazette Newsroom",
        "Port Gazette staff", "編集部", "온라인뉴스팀", "ডেস্ক রিপোর্ট", "Tim Redaksi", "Getty Images", "Editorial Team",
    ],
)  # fmt: skip
def test_a_desk_or_a_stock_of_pictures_is_nobody(written: str) -> None:
    assert read_names([written], OUTLETS) == ""
    assert read_names([written, "Dana Cole"], OUTLETS) == "Dana Cole"


@pytest.mark.parametrize("written", ["Maria Desk", "Staffan Berg", "Jo Redaktionova", "Reuters", "Getty Marsh"])
def test_a_person_or_agency_is_somebody(written: str) -> None:
    assert read_names([written], OUTLETS) == written

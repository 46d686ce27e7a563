"""Bytes of many encodings become the text they stand for, or a rejection; mojibake is repaired and noted."""

from __future__ import annotations

import re
import sys

import ftfy
import orjson
import pytest
from ftfy import badness
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Draft, Reason, Rejection, read_record
from streams.records.decoding.mojibake import _looking_nearby, repair_mojibake
from streams.records.values.dates import instant_text
from streams.records.values.languages import language_tag

GERMAN = (
    "Der Bürgermeister von Köln eröffnete am Montag die größte Brücke über den Fluss, für die jahrelang gespart worden war."
)
TEXTS = {
    "cp1252": GERMAN,
    "cp1250": "Wójt otworzył w poniedziałek największy most na rzece, na który gmina czekała już od wielu lat, źródła mówią.",
    "iso8859-2": "Zarząd portu postanowił w środę, że prom będzie pływał także zimą, choć ceny paliwa rosną.",
    "cp1251": "Мэр города открыл в понедельник самый большой мост через реку, на который деньги собирали много лет.",
    "koi8-r": "Мэр города открыл в понедельник самый большой мост через реку, на который деньги собирали много лет.",
    "cp1253": "Ο δήμαρχος της πόλης εγκαινίασε τη Δευτέρα τη μεγαλύτερη γέφυρα του ποταμού, που όλοι περίμεναν χρόνια.",
    "cp1255": "ראש העיר חנך ביום שני את הגשר הגדול ביותר על הנהר לאחר שנים של המתנה ואיסוף כספים מתושבי העיר.",
    "cp1256": "افتتح رئيس البلدية يوم الاثنين أكبر جسر فوق النهر بعد سنوات من الانتظار وجمع الأموال من السكان في المدينة.",
    "gb18030": "市长星期一为河上最大的大桥剪彩，居民们为此等待了多年，这座桥将缩短上班的时间，也让学生们上学更加方便。",
    "big5": "市長星期一為河上最大的大橋剪綵，居民們為此等待了多年，這座橋將縮短上班的時間，也讓學生們上學更加方便。",
    "cp932": "市長は月曜日、川に架かる最大の橋の開通式を行った。住民は何年も前からこの橋を待っていたという。",
    "cp949": "시장은 월요일 강 위에 놓인 가장 큰 다리의 개통식을 열었다. 주민들은 몇 년 동안 이 다리를 기다려 왔다.",
}


def draft_of(value: bytes, content_type: str | None = None) -> Draft:
    draft = read_record(value, content_type)
    assert isinstance(draft, Draft), draft
    return draft


@pytest.mark.parametrize(("codec", "text"), TEXTS.items(), ids=TEXTS)
def test_an_encoding_that_nobody_names_is_found_and_noted(codec: str, text: str) -> None:
    draft = draft_of(text.encode(codec))
    assert draft.text == text
    assert [repair.kind for repair in draft.repairs] == ["encoding"]


@pytest.mark.parametrize(("codec", "text"), TEXTS.items(), ids=TEXTS)
def test_an_encoding_that_is_named_is_no_repair(codec: str, text: str) -> None:
    charset = (
        codec.replace("iso8859", "iso-8859")
        .replace("cp125", "windows-125")
        .replace("cp932", "shift_jis")
        .replace("cp949", "euc-kr")
    )
    for value, content_type in (
        (text.encode(codec), f"text/plain; charset={charset}"),
        (f'<meta charset="{charset}"><p>{text}</p>'.encode(codec), None),
        (orjson.dumps({"body": text}).decode().encode(codec), f"application/json; charset={charset}"),
    ):
        assert draft_of(value, content_type) == Draft(text=text)


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_marks_and_zeros_tell_the_encodings_of_unicode(codec: str) -> None:
    assert draft_of('{"title": "Größe"}'.encode(codec)) == Draft(headline="Größe")
    assert draft_of(f"<p>{GERMAN}</p>".encode(codec)) == Draft(text=GERMAN)


def test_a_broken_byte_in_utf_8_costs_a_character_not_the_article() -> None:
    draft = draft_of((GERMAN * 4).encode().replace("ß".encode(), b"\xc3", 1))
    assert draft.text == (GERMAN * 4).replace("ß", "\ufffd", 1)
    assert "1 broken" in draft.repairs[0].reason


@pytest.mark.parametrize("value", [b"caf\xe9", bytes(range(128, 256)) * 4, b"\x1f\x8b\x18\x00" + bytes(range(255, 0, -1))])
def test_what_could_be_anything_is_refused(value: bytes) -> None:
    outcome = read_record(value)
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.NOT_UTF8


MOJIBAKE = {
    "UTF-8 as Windows-1252": ("worldâ€™s cafÃ©", "world’s café"),
    "UTF-8 as Windows-1251": ("РњРѕСЃС‚ Р·Р°РєСЂС‹С‚", "Мост закрыт"),
    "UTF-8 as Latin-1": ("Ã¼ber", "über"),
    "Windows-1252 as Latin-1": ("l\x92atelier", "l’atelier"),
    "twice": ("cafÃƒÂ©", "café"),
}


@pytest.mark.parametrize(("broken", "whole"), MOJIBAKE.values(), ids=MOJIBAKE)
def test_mojibake_is_repaired_in_headline_and_text_and_noted(broken: str, whole: str) -> None:
    draft = draft_of(orjson.dumps({"title": broken, "text": f"One line.\n{broken}", "tags": [broken], "author": broken}))
    assert (draft.headline, draft.text, draft.keywords, draft.byline) == (whole, f"One line.\n{whole}", (whole,), whole)
    noted = {(repair.kind, repair.offset, repair.excerpt) for repair in draft.repairs}
    assert ("encoding", len("One line.\n"), whole) in noted


@pytest.mark.parametrize(
    "text", ["Ça, c’est à voir", "СССР» и «ЁЖ»", "Ünïcödé — “œuvre”", "Â", "naïve…", "ÅÄÖ åäö", "Đặng Thị Hà", *TEXTS.values()]
)
def test_good_text_is_left_alone(text: str) -> None:
    assert repair_mojibake(text) == (text, ())


@given(st.text(max_size=60))
def test_repairing_never_raises_and_keeps_the_lines(text: str) -> None:
    repaired, repairs = repair_mojibake(text)
    assert repaired.count("\n") == text.count("\n")
    assert bool(repairs) == (repaired != text)


def test_a_long_line_that_is_broken_in_places_is_asked_about_each_kind_of_place_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that ends within a letter is not broken as a whole, and ftfy then asks itself about each place."""
    asked: list[str] = []
    explain = ftfy.fix_encoding_and_explain
    monkeypatch.setattr(ftfy, "fix_encoding_and_explain", lambda *its: asked.append(its[0]) or explain(*its))
    repaired, _ = repair_mojibake("itâ€™s a cafÃ© " * 1_000 + "â€")
    assert repaired == "it’s a café " * 1_000 + "â€"
    assert len(asked) <= 3, "the line, and two kinds of place"


NOT_QUITE_JSON = {
    "pandas' NaN": b'{"title": "T", "author": NaN, "score": -Infinity}',
    "half a character": b'{"title": "T\\ud83d"}',
}


@pytest.mark.parametrize("value", NOT_QUITE_JSON.values(), ids=NOT_QUITE_JSON)
def test_what_python_and_javascript_write_for_json_is_read_and_noted(value: bytes) -> None:
    draft = draft_of(value)
    assert (draft.headline or "").rstrip("\ufffd") == "T"
    assert draft.byline is None
    assert draft.repairs[0].kind == "encoding"


DATES = {
    "2026-03-30T08:25Z": "2026-03-30T08:25:00+00:00",
    "2026-03-30 08:25:00 UTC": "2026-03-30T08:25:00+00:00",
    "20260330T082500Z": "2026-03-30T08:25:00+00:00",
    "2026-03-30T08:25:00.1234567+01:00": "2026-03-30T08:25:00.123456+01:00",
    "2026-03-30T08:25:00 +0100": "2026-03-30T08:25:00+01:00",
    "Mon, 30 Mar 2026 08:25:00 EST": "2026-03-30T08:25:00-05:00",
    "1774859100": "2026-03-30T08:25:00Z",
    "1774859100000": "2026-03-30T08:25:00Z",
    "1774859100.5": "2026-03-30T08:25:00.500000Z",
    "2026-03-30T08:25:00": None,
    "2026-03-30": None,
    "Mon, 30 Mar 2026 08:25:00 -0000": None,
    "yesterday": None,
    "20260330082500": None,
    "": None,
}


@pytest.mark.parametrize(("written", "instant"), DATES.items())
def test_a_date_names_an_instant_only_with_its_zone(written: str, instant: str | None) -> None:
    assert instant_text(written) == instant


@given(st.text(max_size=70))
def test_any_date_gives_an_instant_or_none(written: str) -> None:
    instant = instant_text(written)
    assert instant is None or instant_text(instant) is not None


LANGUAGES = {
    "eng": "en", "English": "en", "en_GB": "en-GB", "en-gb": "en-GB", "pt_BR.UTF-8": "pt-BR", "zh-hans-cn": "zh-Hans-CN",
    "Spanish": "es", "deu": "de", "x-klingon": "x-klingon", "": "", "GERMAN": "de",
    "Deutsch": "de", "français": "fr", "中文": "zh", "iw": "he", "jp": "ja", "cz": "cs", "Chinese (Simplified)": "zh",
    "en-US,en;q=0.9": "en-US",
}  # fmt: skip


@pytest.mark.parametrize(("named", "tag"), LANGUAGES.items())
def test_a_language_has_one_tag(named: str, tag: str) -> None:
    assert language_tag(named) == tag


class Watched:
    """ftfy's pattern, which notes how many characters it is asked to look at."""

    pattern = badness.BADNESS_RE.pattern

    def __init__(self) -> None:
        self.looked_at = 0

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        self.looked_at += min(end, len(text)) - start
        return badness.BADNESS_RE.search(text, start, end)


CATEGORIES = "".join(badness.MOJIBAKE_CATEGORIES.values())


def test_mojibake_is_repaired_up_to_a_length_that_no_article_has() -> None:
    line = "itâ€™s a cafÃ©\n"
    repaired, _ = repair_mojibake(line * 50_000)
    assert repaired.startswith("it’s a café\n" * 30_000)
    assert repaired.endswith(line * 10_000)


def test_the_pattern_for_mojibake_looks_only_around_what_it_could_match() -> None:
    watched = Watched()
    is_bad = _looking_nearby(watched, CATEGORIES)  # type: ignore[arg-type]
    assert not is_bad("The café is open, and the mayor came too. " * 1_000)
    assert watched.looked_at <= 1_000 * 9
    assert is_bad("The mayor came too. " * 1_000 + "Ã©")


@given(st.text("ÃÂâ€œŒœ °²³ØÙГВЂ√≈‚Äà«»“”ВГabZ \n\x93ñ┌¥ˆ?.", min_size=41, max_size=60), st.text("ab ", max_size=60))
def test_it_finds_what_it_finds_in_the_whole_text(text: str, plain: str) -> None:
    is_bad = _looking_nearby(badness.BADNESS_RE, CATEGORIES)
    for each in (text, plain + text, text[:1] + plain * 2 + text[1:3] + plain * 2):
        assert is_bad(each) == bool(badness.BADNESS_RE.search(each))


def test_javas_surrogates_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """ftfy copies what is left of a text behind each of them: in a line of 2 MB 160,000 took 20 s."""
    repair_mojibake("cafÃ©")  # ftfy is loaded

    def copied(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("ftfy.bad_codecs.utf8_variants.IncrementalDecoder._buffer_decode_step", copied)
    broken = "\xed\xa0\xbd\xed\xb8\x80 and \xc0\x80 "
    assert repair_mojibake(broken * 50)[0] == "😀 and \0 " * 50

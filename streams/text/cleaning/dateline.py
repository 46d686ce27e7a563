"""Datelines, bylines and dates in the lines at an article's beginning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams import lazy_re as re
from streams.text.cleaning.phrases import load_phrases
from streams.text.cleaning.prompt_signs import starts_with
from streams.text.sentences import ends_sentence

_LONGEST_DATELINE, _LONGEST_PLACE, _LONGEST_PLACE_WORDS, _LONGEST_ACRONYM = 110, 50, 6, 4
_LONGEST_BYLINE, _LONGEST_BYLINE_WORDS = 90, 12
_LONGEST_DATE = 80


class Dateline(NamedTuple):
    place: str
    agencies: tuple[str, ...]
    length: int  # characters of the line, including the separator from the text
    is_label: bool = False  # a place and a colon, which is none if other lines have a label, too


class _Place(NamedTuple):
    name: str
    is_dated: bool


_DATELINE_SIGN = re.compile(r"[-–—―(（/\[［【日:：]")  # every dateline has one, which makes a cheap test
_AGENCY_MARK = re.compile(r"[(（]([^()（）]{2,60})[)）]|/([^/()]{2,40})/|\[([^\[\]]{2,60})\]")
_WITHIN = re.compile(r"\s*[\[(]([^\[\]()]{2,30})[\])]")  # "Pune (Maharashtra) [India]"
_AGENCY_BREAK = re.compile(r"\s*[/,;&+|、،]\s*|\s+[-–]\s+|\s+(?:and|und|et|y|e|и|و)\s+")
_LONGEST_CASED_AGENCY, _LONGEST_AGENCY_DESK = 3, 3  # "AP", not "ap"; "dpa/lno"
_MARK_DASH = re.compile(r"[\s.:।]*(?:--|[-–—―:।])\s*|[\s.:।]*$")
_PLACE_DASH = re.compile(r"\s*(?:--|[–—―])\s*|\s+-\s+|\s*-$")
_AGENCY_STOP = re.compile(rf"{_PLACE_DASH.pattern}|\s*[:：](?:\s+|$)|\.\s")
_PLACE_COLON = re.compile(r"\s*[:：](?:\s+|$)")
_QUOTED_SOURCE = re.compile(r"[«“\"]([^«»“”\"]{2,30})[»”\"]\s*")  # "القاهرة: «الشرق الأوسط»"
_NEXT_LABEL = re.compile(r"[,;.।]\s+[^\W\d_]+\s?[:：]\s")  # "Karachi: 31 degrees, Lahore: 28 degrees"
_SHORTEST_LABELLED, _MOST_LABELS_WORDS, _LINES_OF_SERIES = 50, 3, 4  # characters, words, lines
_NO_PLACE_SIGN = re.compile(r"[:;!?\"“”„«»()\[\]#&=+*|<>]")
_PLACE_WORD_BREAK = re.compile(r"[\s/-]+")
_CHINESE_DATELINE = re.compile(
    r"[（(]?(新华社|中新社|中新网|新华网|中央社|人民网)(?:[记記]者[\u3400-\u9fff]{2,3})?([\u3400-\u9fff]{2,10}?)??(?:\d{1,2}月)?\d{1,2}日[电電讯訊](?:\s*[（(][^（）()]{1,40}[)）])?[)）]?\s*"
)
_JAPANESE_DATELINE = re.compile(
    r"[【［\[]([^】］\]\d\s＝=]{1,12}?)[\s＝=]*(?:\d{1,2}日)?[\s＝=]*(共同|時事|ロイター|AFP時事|AFP|AP|CNN)[】］\]]\s*[-－—–]?\s*"
)
# As "(서울=연합뉴스) 홍길동 기자 = ": the place, the agency, and who reports.
_KOREAN_DATELINE = re.compile(
    r"[(（\[]([가-힣·]{2,12})\s?=\s?(연합뉴스|뉴시스|뉴스1|이데일리|AP|AFP|로이터)[)）\]]\s*(?:[가-힣·\s]{2,24}(?:기자|특파원)\s?=\s*|=\s*)?"
)
_VERSION = re.compile(r"\((?:\d(?:st|nd|rd|th) )?(?:lead|ld|urgent|update|yearender|news focus)[^()]{0,12}\)\s+", re.IGNORECASE)


def read_dateline(text: str) -> Dateline | None:
    """The dateline that a line begins with or is: "LONDON (AP) — ", "New Delhi, Nov 3 (PTI): ", "BEIRUT, June 2 — "…"""
    head = text[:_LONGEST_DATELINE]
    if not _DATELINE_SIGN.search(head):
        return None
    if found := _VERSION.match(head):
        dateline = _read_dateline(text[found.end() :])
        return dateline._replace(length=found.end() + dateline.length) if dateline else None
    return _read_dateline(text)


def _read_dateline(text: str) -> Dateline | None:
    head = text[:_LONGEST_DATELINE]
    if found := _KOREAN_DATELINE.match(head):
        return Dateline(found[1], (found[2],), found.end())
    if found := _CHINESE_DATELINE.match(head):
        return Dateline(found[2] or "", (found[1],), found.end())
    if found := _JAPANESE_DATELINE.match(head):
        return Dateline(found[1], (found[2],), found.end())
    return _read_marked_dateline(head, text) or _read_dashed_dateline(head, text) or _read_labelled_dateline(head, text)


def _read_marked_dateline(head: str, text: str) -> Dateline | None:
    """A dateline with the agency in brackets or between slashes."""
    marks = ((mark, _read_agencies(mark[mark.lastindex or 0])) for mark in _AGENCY_MARK.finditer(head))
    mark, agencies = next(((mark, names) for mark, names in marks if names), (None, ()))
    if mark is None:
        return None
    before = _WITHIN.sub(r", \1", head[: mark.start()].rstrip(" ,-–—"))
    place = _read_place(before) if before else _Place("", is_dated=False)
    if not place:
        return None
    dash = _MARK_DASH.match(head, mark.end())
    if dash and (dash.end() < len(head) or len(text) == len(head)):
        return Dateline(place.name, agencies, dash.end())
    # Some have no dash: "London (CNN) The…", "नई दिल्ली, 3 नवंबर (भाषा) …"; or a stop: "МОСКВА, 3 ноября. /ТАСС/. …".
    rest = head[mark.end() :].lstrip(" .")
    is_sure = not before or place.is_dated or mark[0].startswith("/") or "CNN" in agencies or _is_capital(place.name)
    return Dateline(place.name, agencies, len(head) - len(rest)) if rest and not rest[0].islower() and is_sure else None


def _read_dashed_dateline(head: str, text: str) -> Dateline | None:
    """Without a mark, only what can hardly be anything else: a place before an agency, or with a date, or in capitals."""
    dash = _PLACE_DASH.search(head)
    if not dash:
        return None
    rest = text[dash.end() :]
    named, outlet = _split_outlet(head[: dash.start()])
    place = _read_place(named) if named else None
    if outlet and not rest[:1].islower() and (not named or (place and (_is_capital(place.name) or _is_known(place.name)))):
        return Dateline(place.name if place else "", (outlet,), dash.end())
    if outlet or not place:
        return None
    stop = _AGENCY_STOP.search(head, dash.end())
    if agencies := _read_agencies(head[dash.end() : stop.start()] if stop else rest[:_LONGEST_PLACE]):
        return Dateline(place.name, agencies, stop.end() if stop else len(text))
    is_place = place.is_dated or (_is_capital(place.name) and rest != "")
    return Dateline(place.name, (), dash.end()) if is_place and not rest[:1].islower() else None


def _split_outlet(text: str) -> tuple[str, str]:
    """The place and the outlet in "Jakarta, CNN Indonesia" and "TEMPO.CO, Jakarta"; alone, only one with a dot is sure."""
    first, comma, last = text.rpartition(",")
    first, last = first.strip(), last.strip()
    if not comma:
        return ("", last) if "." in last.strip(".") and _read_agencies(last) else (text, "")
    return next(((place, name) for place, name in ((first, last), (last, first)) if _is_outlet(name)), (text, ""))


def _is_outlet(text: str) -> bool:
    return _OUTLET.fullmatch(text) is not None or len(_read_agencies(text)) == 1


_OUTLET = re.compile(r"[\w-]+\.(?:com|co|co\.id|id|net|tv|news)", re.IGNORECASE)


def _read_labelled_dateline(head: str, text: str) -> Dateline | None:
    """Before a colon, only a known place, or one in capitals with a date; before a paragraph, or alone."""
    colon = _PLACE_COLON.search(head)
    place = _read_place(head[: colon.start()]) if colon else None
    if not colon or not place or not (_is_known(place.name) or (place.is_dated and _is_capital(place.name))):
        return None
    rest = text[colon.end() :]
    if (source := _QUOTED_SOURCE.match(rest)) and (agencies := _read_agencies(source[1])):
        return Dateline(place.name, agencies, colon.end() + source.end())
    is_paragraph = len(rest) >= _SHORTEST_LABELLED and ends_sentence(rest) and not rest[0].islower()
    is_sure = not rest or (is_paragraph and not _NEXT_LABEL.search(rest, 0, _LONGEST_DATELINE))
    return Dateline(place.name, (), colon.end(), is_label=True) if is_sure else None


def _is_known(place: str) -> bool:
    """Whether a place is one from where it is usual to report with nothing but a colon: "LAHORE/ISLAMABAD", "Dubai"."""
    phrases = load_phrases()
    names = place.split(",", maxsplit=1)[0].split("/")
    is_capital = all(name.isupper() for name in names)
    folded = [name.strip().casefold() for name in names]
    return all(name in phrases.colon_places or (is_capital and name in phrases.colon_places_in_capitals) for name in folded)


def is_one_of_labels(below: Sequence[str]) -> bool:
    """Whether lines below begin with a name and a colon, too: a survey of places, a list, or what several people say."""
    for text in below[:_LINES_OF_SERIES]:
        colon = _PLACE_COLON.search(text, 0, _LONGEST_PLACE)
        if colon and len(text[: colon.start()].split()) <= _MOST_LABELS_WORDS and _read_place(text[: colon.start()]):
            return True
    return False


def _read_agencies(text: str) -> tuple[str, ...]:
    """The agencies that ``text`` lists; () if it says anything else."""
    names = [name.strip(" .") for name in _AGENCY_BREAK.split(text)]
    known = load_phrases().agencies  # a short one counts only as spelled there: "(app)" is not an agency
    agencies = tuple(
        name for name in names if name in known or (len(name) > _LONGEST_CASED_AGENCY and name.casefold() in known)
    )
    others = [name for name in names[1:] if name not in agencies]
    return agencies if names[0] in agencies and all(len(name) <= _LONGEST_AGENCY_DESK for name in others) else ()


def _read_place(text: str) -> _Place | None:
    """The place that ``text`` names, and whether a date was there too; None if it says anything else."""
    parts = [part.strip() for part in text.split(",")]
    names = [_without_date(part) for part in parts]
    place = ", ".join(name for name in names if name)
    words = [word.strip(".'’") for word in _PLACE_WORD_BREAK.split(place.replace(",", " ")) if word]
    if not names[0] or len(place) > _LONGEST_PLACE or len(words) > _LONGEST_PLACE_WORDS or _NO_PLACE_SIGN.search(place):
        return None
    phrases = load_phrases()
    if any(not word[:1].isalpha() or (word[0].islower() and word not in phrases.particles) for word in words):
        return None
    if phrases.date_words.issuperset(word.casefold() for word in words):
        return None
    is_dated = any(name != part and not _YEAR.fullmatch(part) for name, part in zip(names, parts, strict=True))
    return _Place(place, is_dated=is_dated)


def _without_date(part: str) -> str:
    """ "ROMA 03 NOV" is "ROMA"; "June 2" and "2022" are ""."""
    words = part.split()
    folded = [word.strip(".").casefold() for word in words]
    if _DIGIT.search(part) and any(word in load_phrases().date_words or _FULL_DATE.match(word) for word in folded):
        while folded and _is_date_word(folded[-1]):
            folded.pop()
    return "" if _YEAR.fullmatch(part) else " ".join(words[: len(folded)])


def _is_capital(place: str) -> bool:
    """Whether the first name of the place is in capitals, and probably not an acronym or a label."""
    name = place.split(",", maxsplit=1)[0]
    folded = name.casefold()
    phrases = load_phrases()
    return (
        name.isupper() and (len(name) > _LONGEST_ACRONYM or folded in phrases.short_places) and folded not in phrases.not_places
    )


def read_byline(text: str) -> str | None:
    """The name in "By Jane Doe", "Von Max Muster und Eva Beispiel", "Автор: Иван Иванов"."""
    if len(text) > _LONGEST_BYLINE or not (found := load_phrases().byline.match(text)):
        return None
    name = _undated(_NAME_END.split(text[found.end() :])[0])
    words = name.split()
    if not 1 <= len(words) <= _LONGEST_BYLINE_WORDS or any(map(str.isdigit, name)) or ends_sentence(name) or words[0] == "The":
        return None
    phrases = load_phrases()
    small = [word.casefold() for word in words if word[0].islower()]
    if any(word not in phrases.particles and word not in phrases.agencies for word in small):
        return None
    is_time = words[0].casefold() in phrases.date_words and (len(words) == 1 or words[1][0].islower())  # unlike "By June Doe"
    if is_time or words[-1] in phrases.particles:  # "By Monday the Kremlin", "Von Anfang an"
        return None
    # Scripts without capitals cannot distinguish a name from a sentence, so there the word must be set apart.
    return name if any(word[0].isupper() for word in words) or found[1].strip() else None


def _undated(name: str) -> str:
    """A name without the date behind it: "Jane Doe, March 2, 2026"."""
    if _DIGIT.search(name) is None:
        return name
    at = next((found for found in _DATE_FOLLOWS.finditer(name) if is_date(name[found.end() :])), None)
    return name[: at.start()] if at else name


def read_signature(text: str) -> str | None:
    """The name in a byline below an article; at least two words, since "By Night" occurs there too."""
    name = read_byline(text)
    is_full = name and (sum(word[0].isupper() for word in name.split()) > 1 or name.upper() == name.lower())
    return name if is_full else None


def is_date(text: str) -> bool:
    """Whether a line holds only a date: "October 9, 2018 at 4:02 pm", "20.11.2019 08:00", "2022年11月8日"."""
    if len(text) > _LONGEST_DATE or not any(map(str.isdigit, text)):
        return False
    if _is_stamp(text):
        return True
    words = re.split(r"[\s,/|•·()]+", text.casefold().strip(" -–—"))
    words = [word.strip(".:") for word in words if word.strip(".:")]
    phrases = load_phrases()
    if len(words) > 1 and _CLOCK.search(text) and all(_is_date_word(word) or word in phrases.date_company for word in words):
        return True  # "Updated today, 10:04"
    has_date = any(word in phrases.date_words or _FULL_DATE.match(word) for word in words) or _NUMERIC_DATE.search(text)
    return bool(has_date) and all(_is_date_word(word) or word in phrases.date_company for word in words)


def _is_stamp(text: str) -> bool:
    """Whether a line is built like a date in any language: day, month and year, perhaps a time, and a few more words.

    Before a colon, there may be six words; around a day with a time four ("Gepubliceerd op 2 maart 2026, 10:04"); around one
    without a time the month and a label.
    """
    text = text.translate(_DIRECTIONS)
    label, colon, rest = text.replace("：", ":").partition(":")
    if colon and 0 < len(label.split()) <= _MOST_LABEL_WORDS and not _DIGIT.search(label):
        text = rest  # "Última actualización: …"
    if len(text) > _LONGEST_STAMP or not (found := _DAY.search(text)) or not _names_year(found[0]):
        return False
    rest = text[: found.start()] + " " + text[found.end() :]
    rest, times = _CLOCK.subn(" ", rest)
    words = [word for word in _LETTERS.findall(rest) if len(word) > 1]
    company = load_phrases().date_company
    labels = [word for word in map(str.casefold, words) if word not in company and not starts_with(word, "changed")]
    if _DIGIT.search(rest) or _QUOTED.search(rest) or (len(words) > 0 and ends_sentence(text) and not times):
        return False
    return len(labels) <= (_MOST_STAMP_WORDS if times else 1)


def _names_year(day: str) -> bool:
    """Whether a number in it is a year of the Gregorian, Persian or Thai calendar, or no number has four digits."""
    years = [int(year) for year in re.findall(r"\d{4}", day)]
    return all(year // 100 in _CENTURIES for year in years)


_CENTURIES = (13, 14, 19, 20, 25)
# A day with its year: digits alone, or with one word between or before them.
_DAY_NUMBER = r"(?<!\d)\d\d?(?:st|nd|rd|th|er|º|ª|\.)?"
_YEARS = r"\d{4}(?!\d)"
_MONTH_WORD = r"[^\W\d_][^\d\s,/|]{2,}"
_OF = r"(?:(?:de|of|del|d'|ngày|tháng|ta')\s+)?"
_DAY = re.compile(
    rf"{_DAY_NUMBER}\s*[-./]\s*\d\d?\s*[-./]\s*(?:{_YEARS}|\d\d(?!\d))|{_YEARS}\s?[-./]\s?\d\d?\s?[-./]\s?\d\d?(?!\d)\.?"
    rf"|{_DAY_NUMBER},?[\s-]+{_OF}{_MONTH_WORD}[,\s-]+{_OF}{_YEARS}|{_MONTH_WORD}\s+{_DAY_NUMBER},?\s+{_YEARS}"
    rf"|{_YEARS}\.?\s+(?:m\.\s+|год[а-я]*\s+)?{_MONTH_WORD}\s+{_DAY_NUMBER}(?:\s*d\.)?|{_YEARS}\s?[年년]\s?\d\d?\s?[月월]\s?\d\d?\s?[日일]"
    rf"|{_DAY_NUMBER}\s+tháng\s+\d\d?,?\s+(?:năm\s+)?{_YEARS}",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<!\d)\d\d?\s?[:.h時时시点點u]\s?\d\d(?:\s?[:.分분]\s?(?:\d\d)?)?(?!\d)(?:\s?[ap]\.?\s?m\b\.?)?(?:\s*\(?(?:gmt|utc|ist|[a-z]{2,4})?\s?[+-]\d\d?(?::?\d\d)?\)?)?",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile('["“”«»„?!;]')
_DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c"))
_LONGEST_STAMP, _MOST_STAMP_WORDS, _MOST_LABEL_WORDS = 70, 4, 6
# A bar or a dot; a dash before the time that reading takes.
_NAME_END = re.compile(r"\s*[|•·]\s*|\s*[—–-]\s*(?=\d{1,3}[ -]?(?:min|мин|хв|dk\b|dakika|perc|分|분))", re.IGNORECASE)
_DATE_FOLLOWS = re.compile(r"\s*(?:,|\s[—–-])\s+")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FULL_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?\.\d\d?\.\d{4}|\d{4}年\d\d?月\d\d?日")
_NUMERIC_DATE = re.compile(r"\b\d\d?/\d\d?/(?:19|20)\d\d\b|\b(?:19|20)\d\d/\d\d?/\d\d?\b")
_DATE_NUMBER = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|º|er|日|月|年)?|\d{1,2}[:.h]\d\d(?::\d\d)?(?:am|pm)?|\d\d?(?:am|pm)|[\d.:年月日時分-]{4,19}(?:t[\d:.+z-]+)?|[-–—]"
)


def _is_date_word(word: str) -> bool:
    return word in load_phrases().date_words or _DATE_NUMBER.fullmatch(word) is not None


def states_fact(text: str) -> bool:
    if len(text) > _LONGEST_DATELINE:
        return False
    return bool(read_byline(text) or is_date(text) or ((found := read_dateline(text)) and found.length == len(text)))

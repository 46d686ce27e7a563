"""Dates as sources write them, in one form: RFC 3339 if they name an instant, else ISO 8601 without a zone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from streams import lazy_re as re
from streams.word_lists import word_lists

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_S, _LAST_S = 631_152_000, 4_102_444_800  # 1990 to 2100: a number outside is not the time of a news article
_UNITS_A_SECOND: Final = (1, 1_000, 1_000_000, 1_000_000_000)  # seconds, milli-, micro-, nanoseconds
_FIRST_YEAR, _LAST_YEAR = 1700, 2100
_BUDDHIST: Final = range(2400, 2700)  # the years of Thai papers, 543 ahead of the Gregorian ones
_BUDDHIST_YEARS = 543
# What programs write for no date; the last days of 1899 and 1969 are spreadsheets' zero, and Unix's west of Greenwich.
_UNSET: Final = frozenset(("0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1969-12-31", "1970-01-01"))

_LONGEST = 96  # characters
_MOST_WORDS = 14  # a longer text is not a date
_NUMBER = re.compile(r"\d{9,19}(?:\.\d+)?")
_MONTHS = 12
_NOON = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: ``text`` is RFC 3339 if ``zoned``, else as much of ISO 8601 as is known, without a zone."""

    text: str
    zoned: bool


def read_moment(written: str, zone: str | None = None, language: str | None = None) -> Moment | None:
    """The day or instant that a source names; None if it is not certain.

    Reads ISO 8601 in its usual spellings, RFC 5322 as in feeds, Java's and JavaScript's formats, Unix time in seconds to
    nanoseconds (UTC by definition), and days with a month's name in 70 languages, or in numbers if their order is certain:
    "03/04/2026" is April 3rd or March 4th, and only a ``language`` (BCP 47) can decide. ``zone``: the zone that a field beside
    the date names.
    """
    written = _plain(written)
    return _read_plain(written, zone, (language or "").lower()) if 0 < len(written) <= _LONGEST else None


@lru_cache(maxsize=1_024)  # a page shows a date in several elements, and every article has two or three
def _read_plain(written: str, zone: str | None, language: str) -> Moment | None:
    if dotnet := _DOTNET.fullmatch(written):
        written = dotnet[1]
    if parts := _RUN_TOGETHER.fullmatch(written):
        written = f"{parts[1]}-{parts[2]}-{parts[3]}T{parts[4]}:{parts[5]}{parts[6] and f':{parts[6]}'}"
    elif _NUMBER.fullmatch(written):
        text = _unix_time(float(written)) if "." in written else _unix_time(int(written))
        return Moment(text, zoned=True) if text else None
    written = _by_month(written)
    found = _iso(written) or _mail(written) or _worded(written, language) or _before_change(written, language)
    if found is None or found.text[:10] in _UNSET or not _FIRST_YEAR <= int(found.text[:4]) <= _LAST_YEAR:
        return None
    told = _zone_named(zone) if zone and not found.zoned and "T" in found.text else None
    if told is None:
        return found
    return Moment(datetime.fromisoformat(found.text).replace(tzinfo=told).isoformat(), zoned=True)


def best_moment(written: Iterable[str], zone: str | None = None, language: str | None = None) -> Moment | None:
    """The first date that can be read; if it names no zone, one of the same day that does."""
    moments = [found for each in written if (found := read_moment(each, zone, language))]
    if not moments or moments[0].zoned:
        return next(iter(moments), None)
    own = date.fromisoformat(moments[0].text[:10])
    return next(
        (each for each in moments if each.zoned and abs(date.fromisoformat(each.text[:10]) - own).days <= 1), moments[0]
    )


def instant_text(written: str) -> str | None:
    """The instant that a date names, as RFC 3339 with the source's own zone; None if it names none."""
    found = read_moment(written)
    return found.text if found and found.zoned else None


def precision_of(text: str) -> str | None:
    """How precise a date in a :class:`Moment`'s form is: day, minute or second; None if it is in another form."""
    found = _PRECISE.fullmatch(text)
    return None if found is None else "second" if found["second"] else "minute" if found["minute"] else "day"


_PRECISE = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:(?P<minute>\d\d)(?P<second>:\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d(?::\d\d)?)?)?", re.ASCII
)


def _plain(text: str) -> str:
    """Without meaningless marks, with digits of all scripts as ASCII's, and with single spaces."""
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    return " ".join("".join(_plain_character(each) for each in text).split())


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "-" if category == "Pd" else "" if category == "Cf" else character


# ---- Machines' spellings

_COMPACT_OFFSET = re.compile(r"(?<=[\d.]) ?([+-])(\d\d):?(\d\d)?$")
_NAMED_UTC = re.compile(r" ?(?:UTC|GMT|Z)$", re.IGNORECASE)
_LONG_FRACTION = re.compile(r"([.,]\d{6})\d+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}", re.ASCII)
_RUN_TOGETHER = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)([0-2]\d)([0-5]\d)([0-5]\d|)", re.ASCII)
_WEEK_DAY = re.compile(r"(\d{4})-?W(\d\d)-?([1-7])(?=[T ]|$)", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})(?=[T ]|$)", re.ASCII)
_OF_LOG = re.compile(r"\[?(\d{1,2})/([A-Za-z]{3})/(\d{4}):(\d\d:\d\d:\d\d(?: [+-]\d{4})?)\]?", re.ASCII)  # of web servers
_DOTNET = re.compile(r"\\?/Date\((\d+)(?:[+-]\d{4})?\)\\?/")  # .NET's: milliseconds, and a zone to show them in
_ZONED_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_ISO_LIKE = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]|$)", re.IGNORECASE | re.ASCII)
_HAS_SECONDS = re.compile(r"[T ]\d\d?:?\d\d:?\d\d", re.IGNORECASE)


def _by_month(written: str) -> str:
    """A day by its week ("2026-W10-1") or by its number in the year, and the time of a server's log, as other dates are."""
    if found := _OF_LOG.fullmatch(written):
        return f"{found[1]} {found[2]} {found[3]} {found[4]}"
    with suppress(ValueError):
        if found := _WEEK_DAY.match(written):
            return f"{date.fromisocalendar(int(found[1]), int(found[2]), int(found[3]))}{written[found.end() :]}"
        if found := _DAY_OF_YEAR.match(written):
            day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
            return f"{day}{written[found.end() :]}" if day.year == int(found[1]) else written
    return written


def _iso(written: str) -> Moment | None:
    if day := _ZONED_DAY.fullmatch(written):  # XML's: a day is not an instant, whatever its zone
        written = day[1]
    if not _ISO_LIKE.match(written):
        return None
    text = _NAMED_UTC.sub("+00:00", _LONG_FRACTION.sub(r"\1", written))
    text = _COMPACT_OFFSET.sub(lambda each: f"{each[1]}{each[2]}:{each[3] or '00'}", text) if not _DAY.fullmatch(text) else text
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            return Moment(moment.date().isoformat(), zoned=False)
        return _moment(moment, has_seconds=_HAS_SECONDS.search(text) is not None)
    return None


def _moment(moment: datetime, *, has_seconds: bool) -> Moment:
    if moment.tzinfo is not None:
        return Moment(moment.isoformat(), zoned=True)
    return Moment(moment.isoformat() if has_seconds else moment.isoformat(timespec="minutes"), zoned=False)


_MAIL = re.compile(
    r"(?:[A-Za-z]{3,9}, ?)?\d{1,2} [A-Za-z]{3} \d{2,4} \d{1,2}:\d\d(?::\d\d)? ?(?:[+-]\d{4}|[A-Z]{1,4})", re.ASCII
)


def _mail(written: str) -> Moment | None:
    """RFC 5322, where each zone's name has one meaning."""
    if not _MAIL.fullmatch(written):
        return None
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment = parsedate_to_datetime(written)
        if moment.tzinfo is None and written[-1].isalpha():  # a zone that RFC 5322 does not know
            return None
        return _moment(moment, has_seconds=_HAS_SECONDS.search(written) is not None)
    return None


def _unix_time(number: float) -> str | None:
    for units in _UNITS_A_SECOND:
        if _FIRST_S <= number / units <= _LAST_S:
            moment = _EPOCH + timedelta(microseconds=int(number * 1_000_000 // units))
            return moment.isoformat().replace("+00:00", "Z")
    return None


# ---- People's spellings

# Words before a date that say that it is the one of a change, in the languages of the news.
UPDATED = re.compile(
    r"(?:last\s+)?(?:updated?|modified|revised)|last\s+edited|aktuali[sz]i?e?r|aktualisierung|stand:|geändert"
    r"|mise? à jour|modifi[ée]"
    r"|actuali[zt]|modificad|atualiza|aggiorna|modificat|bijgewerkt|gewijzigd|laatste\s+update|oppdatert|opdateret|ændret|endret|redigeret"
    r"|uppdaterad|ändrad|päivitetty|muokattu|aktualiz|zaktualizow|zmieniono|upraveno|změněno|frissít|módosít|ažurir|izmijen|izmen|ажурир|измењ"
    r"|обновл|изменен|обновен|актуализ|редактир|оновлен|змінен|ενημερώ|ενημέρωση|τροποπο|güncelle|değiştir|更新|改訂|修改|수정|업데이트|최종"
    r"|تحديث|تعديل|به.?روز|ویرایش|עודכן|עדכון|अपडेट|अद्यतन|আপডেট|হালনাগাদ|อัปเดต|อัพเดท|ปรับปรุง|แก้ไข"
    r"|diperbarui|pembaruan|dikemas\s?kini|cập nhật"
    r"|uuendat|muudet|atjauni|labots|atnaujin|pakeis|imesasish|اپ ڈیٹ|தற்போதைய|புதுப்பி|posodob|spremenj|përditës",
    re.IGNORECASE,
)
# Abbreviations of zones that have one meaning in the news; "IST" belongs to three countries, "BST" to two.
# fmt: off
_HOURS_BY_ABBREVIATION: Final = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3,
    "мск": 3,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "wib": 7, "wita": 8, "wit": 9, "pkt": 5, "aest": 10, "aedt": 11, "awst": 8,
    "nzst": 12, "nzdt": 13, "sast": 2, "eat": 3, "brt": -3,
}
# fmt: on
_IANA = re.compile(
    r"[\[(]?\b((?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)(?:/[A-Za-z_+-]+\d*){1,2})[\])]?"
)
_OFFSET = re.compile(r"(?:\b(?:UTC|GMT) ?)?(?<![\d-])([+-])(\d{1,2})(?::?(\d\d))?(?![\d.:-])", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?:(?<=\d)|(?<=[. (\[mM])\b)([A-Za-z]{1,4}|(?i:мск))\b(?=[\])\s,]|$)")
_TIME = re.compile(
    r"(?<![\d:./-])(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d+))?)?"
    r"|[h.](?P<other>[0-5]\d)(?=\s*(?:Uhr|uhr|h\b|hrs|Hrs|Uhr|kl|[ap]\.?m|(?-i:[A-Z]{2,4}\b)|$|[),|·]))|h(?P<french>[0-5]\d)?(?![a-z])"
    r"|(?=\s*[ap]\.?m\b))\s*(?P<half>[ap]\.?\s?m\b\.?|du|nm)?",
    re.IGNORECASE,
)
# The halves of a day as the languages of the news write them, before or behind the clock.
_HALVES: Final = (
    ("오전", "AM"), ("오후", "PM"), ("上午", "AM"), ("下午", "PM"), ("午前", "AM"), ("午後", "PM"), ("晚上", "PM"),
    ("π.μ.", "AM"), ("μ.μ.", "PM"), ("πμ", "AM"), ("μμ", "PM"), ("صباحا", "AM"), ("مساء", "PM"),
    ("ق.ظ", "AM"), ("ب.ظ", "PM"), ("بعدازظهر", "PM"), ("पूर्वाह्न", "AM"), ("अपराह्न", "PM"),
)  # fmt: skip
_ARABIC_HALF = re.compile(r"(?<!\d)(\d{1,2}:\d\d)\s?([مص])(?!\w)")
_HALF_FIRST = re.compile(r"\b(AM|PM)\s+(\d{1,2}:\d\d(?::\d\d)?)(?!\s*[ap]\.?m)", re.IGNORECASE)
_EAST_ASIAN_TIME = re.compile(r"(AM|PM)? ?(\d{1,2}) ?[时時点點시:] ?(\d{1,2})(?: ?[分분:] ?(?:(\d{1,2}) ?[秒초]?)?)?")
_EAST_ASIAN_DAY = re.compile(r"(\d{4}) ?(?:[年년]|оны) ?(\d{1,2}) ?(?:[月월]|(?:-?р )?сарын) ?(\d{1,2}) ?[日일号號]?")
# Years that are counted from a reign or a republic, and what is to be added to them.
_ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA_YEAR = re.compile(rf"({'|'.join(_ERAS)}) ?(元|\d{{1,3}}) ?年")
_VIETNAMESE_DAY = re.compile(r"(?:thứ|chủ nhật)\b", re.IGNORECASE)
# The months of the Persian calendar, whose names no other calendar shares.
_PERSIAN_MONTHS: Final = {
    "فروردین": 1, "اردیبهشت": 2, "خرداد": 3, "تیر": 4, "مرداد": 5, "شهریور": 6,
    "مهر": 7, "آبان": 8, "آذر": 9, "دی": 10, "بهمن": 11, "اسفند": 12,
}  # fmt: skip
_PERSIAN_YEARS: Final = range(1300, 1500)
_PERSIAN_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(_PERSIAN_MONTHS)})(?: ماه)?(?: سال)?[,،]? (1[34]\d\d)(?!\d)")
_FRENCH_CLOCK = re.compile(r"(?<=\d) h (?=\d\d\b)")
_VIETNAMESE_MONTH = re.compile(r"\b(?:tháng|thg) ?(\d{1,2})\b,?", re.IGNORECASE)


def _worded(written: str, language: str) -> Moment | None:
    """A date with a month's name, or in numbers in one of the usual orders."""
    text, zone = _without_zone(_in_common_era(_FRENCH_CLOCK.sub("h", _with_whole_year(written, language))))
    language = language or ("vi" if _VIETNAMESE_DAY.match(text) else "")
    if found := _EAST_ASIAN_DAY.search(text):
        day = _day(int(found[1]), int(found[2]), int(found[3]))
        return _joined(day, _east_asian_time(text[found.end() :]), zone)
    text, time = _without_time(text)
    return _joined(_numbered_day(text, language) or _named_day(text, language), time, zone)


def _before_change(written: str, language: str) -> Moment | None:
    """The first of two dates, where a word says that the second is of a change: "Published 2 March 2026, updated 3 March"."""
    label = UPDATED.search(written)
    return _worded(written[: label.start()].strip(" ,;|/–—-("), language) if label else None


_SHORT_YEAR = re.compile(r"(?<![\d.])(\d{1,2})(\.|-(?:[A-Za-z]{3})-)(?:(\d{1,2})\.)?([0-6]\d)(?![\d.:])")
_YEAR_FIRST_LANGUAGES: Final = ("ko", "zh", "yue", "ja", "hu", "lt", "mn", "fa")


def _with_whole_year(text: str, language: str) -> str:
    """ "2.3.26" as "2.3.2026", where the language is known to put the year last, and "02-MAR-26", as databases print it."""
    found = _SHORT_YEAR.search(text)
    if found is None or (found[2] == ".") != (found[3] is not None):
        return text
    if found[2] == "." and (not language or language.startswith(_YEAR_FIRST_LANGUAGES)):
        return text
    return f"{text[: found.start(4)]}20{text[found.start(4) :]}"


def _in_common_era(text: str) -> str:
    """A date by a Japanese reign, the Republic of China or the Persian calendar, in the common one."""
    text = _ERA_YEAR.sub(lambda found: f"{_ERAS[found[1]] + (1 if found[2] == '元' else int(found[2]))}年", text)
    if max(text, default="") < "\u0600":
        return text
    found = _PERSIAN_DAY.search(text.replace("ي", "ی").replace("ك", "ک"))  # Arabic's own months keep its letters
    return f"{text[: found.start()]}{_from_persian(found)}{text[found.end() :]}" if found else text


def _from_persian(found: re.Match[str]) -> str:
    return _persian_day(int(found[3]), _PERSIAN_MONTHS[found[2]], int(found[1])).isoformat()


def _persian_day(year: int, month: int, day: int) -> date:
    """The day of the common calendar; in 1300 to 1500 the 33-year rule gives the same leap years as the sun does."""
    years = year + 1595
    days = -355_668 + 365 * years + years // 33 * 8 + (years % 33 + 3) // 4 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return date(1, 1, 1) + timedelta(days=days - 366)


_Time = tuple[int, int, int | None, str]  # hour, minute, second, digits of its fraction


def _joined(day: date | None, time: _Time | None, zone: tzinfo | None) -> Moment | None:
    if day is None:
        return None
    if time is None:
        return Moment(day.isoformat(), zoned=False)
    hour, minute, second, fraction = time
    microsecond = int(f"{fraction:0<6}"[:6])
    moment = datetime(day.year, day.month, day.day, hour, minute, second or 0, microsecond, tzinfo=zone)
    return _moment(moment, has_seconds=second is not None)


def _day(year: int, month: int, day: int) -> date | None:
    if year in _BUDDHIST:
        year -= _BUDDHIST_YEARS
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    with suppress(ValueError):
        return date(year, month, day)
    return None


def _without_zone(text: str) -> tuple[str, tzinfo | None]:
    """The text without the zone it names, if it names a time as well."""
    if ":" not in text and "h" not in text.lower() and "." not in text:
        return text, None
    for pattern, read in ((_IANA, _named_zone), (_OFFSET, _offset), (_ABBREVIATION, _abbreviated)):
        for found in pattern.finditer(text):
            if zone := read(found):
                return f"{text[: found.start()]} {text[found.end() :]}".strip(), zone
    return text, None


def _named_zone(found: re.Match[str]) -> tzinfo | None:
    return _iana(found[1])


def _offset(found: re.Match[str]) -> tzinfo | None:
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    is_of_time = ":" in found.string[: found.start()] or found[0][:1].isalpha()
    return timezone(offset if found[1] == "+" else -offset) if is_of_time and offset <= timedelta(hours=14) else None


# Zones that North American papers name without saying whether it is summer.
_NORTH_AMERICAN: Final = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
_HALF_CLOCK = re.compile(r"\d\s?[ap]\.?m\.?\s*\(?$", re.IGNORECASE)


def _abbreviated(found: re.Match[str]) -> tzinfo | None:
    if found[1] in _NORTH_AMERICAN and _HALF_CLOCK.search(found.string[: found.start()]):
        return _iana(_NORTH_AMERICAN[found[1]])
    hours = _HOURS_BY_ABBREVIATION.get(found[1].lower()) if found[1].isupper() or not found[1].isascii() else None
    return None if hours is None else timezone(timedelta(hours=hours))


def _zone_named(name: str) -> tzinfo | None:
    """The zone that a separate field names."""
    name = _plain(name)
    if hours := _HOURS_BY_ABBREVIATION.get(name.lower()):
        return timezone(timedelta(hours=hours))
    if name.lower() in _HOURS_BY_ABBREVIATION:
        return UTC
    if found := re.fullmatch(r"(?:UTC|GMT)? ?([+-])(\d{1,2})(?::?(\d\d))?", name):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(offset if found[1] == "+" else -offset) if offset <= timedelta(hours=14) else None
    return _iana(name)


@cache
def _iana(name: str) -> tzinfo | None:
    """A zone of the IANA database as in the tzdata package: a machine's own database may be of any age."""
    if not re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}", name):
        return None
    with suppress(OSError, ValueError), files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as stored:
        return ZoneInfo.from_file(stored, name)
    return None


def _without_time(text: str) -> tuple[str, _Time | None]:
    for word, half in _HALVES:
        text = text.replace(word, f" {half} ") if word in text else text
    text = _ARABIC_HALF.sub(lambda found: f"{found[1]} {'PM' if found[2] == 'م' else 'AM'}", text)
    text = _HALF_FIRST.sub(r"\2 \1", text)
    for found in _TIME.finditer(text):
        minute = found["minute"] or found["other"] or found["french"] or "0"
        hour, second = int(found["hour"]), found["second"]
        half = (found["half"] or "").lower()[:1]
        if half in ("a", "p") and 1 <= hour <= _NOON:
            hour = hour % _NOON + (_NOON if half == "p" else 0)
        time = (hour, int(minute), int(second) if second else None, found["fraction"] or "")
        return f"{text[: found.start()]} {text[found.end() :]}", time
    return text, None


def _east_asian_time(text: str) -> _Time | None:
    for word, half in _HALVES:
        text = text.replace(word, half)
    found = _EAST_ASIAN_TIME.search(text)
    if not found:
        return None
    hour, minute, second = int(found[2]), int(found[3]), found[4]
    if found[1] and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if found[1] == "PM" else 0)
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return None
    return hour, minute, int(second) if second else None, ""


_YEAR_FIRST = re.compile(r"(?<![\d.,])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?(?![\d:])")
_SPACED_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\. (\d{1,2})\. (\d{1,2})\.?(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.,])(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{4})(?![\d:])")
_MONTH_FIRST: Final = ("en-us", "en-ph", "fil", "tl")


def _numbered_day(text: str, language: str) -> date | None:
    if found := _YEAR_FIRST.search(text):
        year, month, number = int(found[1]), int(found[3]), int(found[4])
        is_persian = language.startswith("fa") and year in _PERSIAN_YEARS and 0 < month <= _MONTHS and 0 < number < 32
        return _persian_day(year, month, number) if is_persian else _day(year, month, number)
    if found := _SPACED_YEAR_FIRST.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = _YEAR_LAST.search(text)
    if not found:
        return None
    first, sign, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    is_certain = sign == "." or first > _MONTHS or second > _MONTHS or first == second
    if not is_certain and (language in ("", "en") or language.startswith("en-ca")):
        return None
    month_first = sign != "." and (second > _MONTHS or (language.startswith(_MONTH_FIRST) and first <= _MONTHS))
    return _day(year, first, second) if month_first else _day(year, second, first)


_YEAR_DIGITS = 4
# "lun., 2 mars", "Sat, Oct 28": in other languages it may be a month's name.
_WEEKDAY = re.compile(r"^[^\W\d_]+[.,]{0,2} (?=(?:[^\W\d_]+[.,]? )?\d)")


def _named_day(text: str, language: str) -> date | None:
    """A day with its month's name: one name, one year and one day, whatever their order and the words between them."""
    text = _VIETNAMESE_MONTH.sub(lambda month: f" #{month[1]} ", text)
    months = {int(each) for each in re.findall(r"#(\d{1,2})\b", text)}
    text = re.sub(r"#\d{1,2}\b", " ", text)
    words = text.split()
    if len(words) > _MOST_WORDS:
        return None
    if not months:
        months = _months_in(_WEEKDAY.sub("", text), language) or _months_in(text, language)
    numbers = re.findall(r"(?<![\d.,:])\d+(?![\d:])", text)
    years = [int(each) for each in numbers if len(each) == _YEAR_DIGITS]
    days = [int(each) for each in numbers if len(each) < 3]
    if len(months) != 1 or len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        return None
    return _day(years[0], months.pop(), days[0])


def _months_in(text: str, language: str) -> set[int]:
    """The months that a text names; if a name is another month in another language, the text's own language decides."""
    found: set[int] = set()
    for candidate in _candidates(text):
        by_language = _months_by_name().get(candidate)
        if by_language is None:
            continue
        own = by_language.get(language.partition("-")[0])
        meant = {own} if own else set(by_language.values())
        if len(meant) > 1:
            return meant
        found |= meant
    return found


def _candidates(text: str) -> Iterator[str]:
    """The words of a text in the form in which names are compared, alone and with their neighbour ("تشرين الأول")."""
    pieces = re.split(r"[\s,;|·•()\[\]/-]+|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_.])(?=\d)", text)
    words = [folded for piece in pieces if (folded := _folded(piece)) and not folded.isdigit()]
    yield from (f"{first} {second}" for first, second in pairwise(words))
    for word in words:
        yield word
        if word.startswith(("d'", "d’", "ל", "ב")):  # "d'abril", "במרץ"
            yield word.lstrip("d'’") if word[0] == "d" else word[1:]


@cache
def _months_by_name() -> dict[str, dict[str, int]]:
    """Which month a name stands for, in each language that has it."""
    named: dict[str, dict[str, int]] = {}
    table = word_lists(__package__, "month_names.toml")
    for language, months in table.items():
        for number, forms in enumerate(months.split(", "), 1):
            for form in forms.split("/"):
                named.setdefault(_folded(form), {}).setdefault(language.partition("-")[0], number)
    return named


def _folded(name: str) -> str:
    """A name without case, full stops, and the accents of Latin, Greek and Cyrillic letters."""
    name = unicodedata.normalize("NFKD", name.casefold()).replace(".", "").replace("॰", "")
    return "".join(each for each in name if not "\u0300" <= each <= "\u036f").strip("׳'’\"")

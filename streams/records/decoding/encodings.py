"""From bytes to text: finds a record's encoding."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Final, NamedTuple

from streams import lazy_re as re
from streams.records.draft import Reason, Rejection, Repair


class Decoded(NamedTuple):
    """Text, and what was repaired to get it."""

    text: str
    repairs: tuple[Repair, ...] = ()


_BEGINNING = 2_048  # bytes in which a page names its charset (HTML allows the first 1,024)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]*?\b" + _CHARSET.pattern.encode(), re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)

# The byte order marks, longest first: UTF-32's begins with UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# How browsers understand each label (encoding.spec.whatwg.org), for those that news pages use, as Python's names.
_CODEC_BY_CHARSET: Final = {
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"cp{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "windows-874"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "windows-949"), "cp949"),
    **dict.fromkeys(("utf-16", "utf-16le"), "utf-16-le"),
    **{name: name for name in ("koi8-r", "koi8-u", "euc-jp", "iso-2022-jp", "macintosh", "utf-16be", "utf-32le", "utf-32be")},
}
_SHIFTED: Final = frozenset(("iso-2022-jp", "utf-16-le", "utf-16be", "utf-32le", "utf-32be"))  # valid UTF-8 by accident

# Encodings that detection may choose: those of news on the web before UTF-8.
# fmt: off
_DETECTABLE: Final = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "gb18030", "big5", "cp932",
    "euc_jp", "cp949", "cp874",
]
# fmt: on
_UNTRIED: Final = "iso8859-2"  # not among the detectable ones: its letters alone tell it
_PLAIN_PER_MARKED = 3  # letters of ASCII for each other one, at least: no language of Latin script has fewer
_MULTIBYTE: Final = frozenset(("gb18030", "big5", "cp932", "euc_jp", "cp949"))
_RUSSIAN: Final = ("cp1251", "koi8_r")
_NOT_HEBREW = re.compile(rb"[\xc0-\xdf\xfb-\xff]")  # in Windows-1255: in Windows-1251 these are capitals, ы, ь, э, ю, я
_LATIN: Final = frozenset(("cp1250", "cp1252", "cp1254", "cp1257"))
_EAST_ASIAN = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef\u2010-\u2026]")
_TYPOGRAPHY: Final = frozenset("\xa0–—‘’‚“”„•…«»‹›°§©®€£™·×½¼¾ªº¿¡")
# The non-ASCII letters of the languages that were written in each code page.
_ALPHABETS: Final = (
    ("cp1252", "àâæçéèêëîïôœùûüÿ äöüß áéíñóúü áâãàçéêíóôõúü àèéìíîòóùú åäöé æøåéò ëïéèöüó áðéíóúýþæö àçèéíïòóúü"),
    ("cp1250", "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž"),
    ("cp1254", "çğıöşüâîû"),
    ("cp1257", "ąčęėįšųūž āčēģīķļņšūž äõöüšž"),
    ("iso8859-2", "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž"),
)
_MOST_CHAOS, _LEAST_COHERENCE = 10, 20  # per cent, charset-normalizer's measures of noise and of language
_LEAST_DETECTABLE = 64  # bytes: fewer could be in too many encodings
_MOST_LOOKED_AT = 32_768  # bytes used for detection
_EXCERPT = 60  # characters
_SHIFTS_TO_JAPANESE = re.compile(rb"\x1b\$[@B][!-~]{2}")
_TEXT_PER_BROKEN = 200  # characters: rarer broken bytes are blemishes in UTF-8; more frequent ones mean another encoding


def unmarked(value: bytes) -> tuple[bytes, str | None]:
    """The bytes after a byte order mark, and the encoding it names; UTF-16 is also recognised by its zeros."""
    for mark, codec in _MARKS:
        if value.startswith(mark):
            return value[len(mark) :], codec
    if value[:_BEGINNING].isascii() and _SHIFTS_TO_JAPANESE.search(value, 0, _BEGINNING):
        return value, "iso-2022-jp"
    head = value[:64]
    if len(head) >= 4:
        zeros_odd, zeros_even = head[1::2].count(0), head[::2].count(0)
        pairs = len(head) // 2
        if not zeros_even and zeros_odd * 10 >= pairs * 7:
            return value, "utf-16-le"
        if not zeros_odd and zeros_even * 10 >= pairs * 7:
            return value, "utf-16-be"
    return value, None


def declared_charset(value: bytes, content_type: str | None) -> str:
    """The charset that a record declares in its content type, else in a meta tag or an XML declaration; "" if none."""
    if named := _CHARSET.search(content_type or ""):
        return named[1].lower()
    inside = _META_CHARSET.search(value, 0, _BEGINNING) or _XML_ENCODING.search(value[:_BEGINNING])
    return inside[1].decode("ascii", "replace").lower() if inside else ""


def decode(value: bytes, marked: str | None = None, charset: str = "") -> Decoded | Rejection:
    """Decode bytes by their mark, as UTF-8, as the declared charset, or as what charset-normalizer finds; else NOT_UTF8.

    UTF-8 is tried before the declared charset: text in another charset is almost never valid UTF-8, but is often declared
    wrongly. Text with only occasional broken bytes (cut or spliced text) is read, with U+FFFD in their places. The repairs list
    everything that was not settled by a mark, valid UTF-8 or the declaration.
    """
    named = _CODEC_BY_CHARSET.get(charset)
    if named in _SHIFTED and marked is None:
        marked = named
    if marked not in {None, "utf-8"}:
        found = _decode(value, str(marked))
        return found or Rejection(Reason.NOT_UTF8, f"not the {marked} it is marked as: publish UTF-8")
    try:
        return Decoded(value.decode())
    except UnicodeDecodeError as error:
        where = f"byte 0x{value[error.start]:02x} at offset {error.start:,}"  # the first one that is not UTF-8
    found = _decode(value, named, strict=True) if named else None
    if found is None and _has_utf8(value):
        found = _decode(value, "utf-8")
    found = found or (_decode(value, named) if named else None) or _detect(value)
    if found:
        return found
    claim = f"neither UTF-8 ({where}) nor the {charset} it claims to be" if named else f"not UTF-8 ({where})"
    return Rejection(Reason.NOT_UTF8, f"{claim}, and nothing else for certain: publish UTF-8, uncompressed")


def _decode(value: bytes, codec: str, *, strict: bool = False) -> Decoded | None:
    """The text in one codec; rare broken characters are replaced unless ``strict``."""
    try:
        return Decoded(value.decode(codec))
    except UnicodeDecodeError:
        text = "" if strict else value.decode(codec, "replace")
    broken = text.count("\ufffd")
    if strict or broken * _TEXT_PER_BROKEN > len(text):
        return None
    first = text.index("\ufffd")
    return Decoded(text, (_repair(f"{broken:,} broken characters in {codec}", text[first:]),))


def _repair(reason: str, text: str) -> Repair:
    return Repair("encoding", reason, excerpt=text[:_EXCERPT])


_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")


def _has_utf8(value: bytes) -> bool:
    """Whether most non-ASCII bytes form UTF-8 sequences; if none do, the text is in another encoding."""
    high = sum(map(len, _HIGH.findall(value)))
    return sum(map(len, _UTF8_SEQUENCE.findall(value))) * 10 >= high * 7


def _detect(value: bytes) -> Decoded | None:
    if len(value) < _LEAST_DETECTABLE or b"\0" in value[:_MOST_LOOKED_AT]:
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only those who have such text should pay for it

    # Only non-ASCII bytes distinguish encodings: other lines would only slow detection down.
    lines = b"\n".join(line for line in value.splitlines() if not line.isascii())[:_MOST_LOOKED_AT]
    best = from_bytes(lines, cp_isolation=_DETECTABLE, steps=10, chunk_size=1_024).best()
    if best is None or best.percent_chaos > _MOST_CHAOS:
        return _detected(value, _UNTRIED) if _is_latin_2(lines) else None
    codec: str | None = best.encoding
    if codec in _LATIN:
        codec = _latin_codec(lines)
    elif codec in _RUSSIAN and not _NOT_HEBREW.search(lines):
        codec = "cp1255"
    elif codec in _RUSSIAN:  # each reads the other's small letters as capitals
        codec = max(_RUSSIAN, key=lambda each: sum(map(str.islower, lines.decode(each, "replace"))))
    elif codec in _MULTIBYTE:
        codec = codec if len(_EAST_ASIAN.findall(str(best))) * 10 >= sum(map(_is_high, str(best))) * 9 else None
    elif best.percent_coherence < _LEAST_COHERENCE:
        codec = None
    return _detected(value, codec) if codec else None


def _detected(value: bytes, codec: str) -> Decoded | None:
    try:
        text = value.decode(codec)
    except UnicodeDecodeError:
        return None
    if not _makes_sense(text):
        return None
    return Decoded(text, (_repair(f"no encoding named: {codec} by its letters", text),))


def _is_latin_2(value: bytes) -> bool:
    """Whether all non-ASCII letters are one language's in ISO-8859-2, and few among the others.

    Detection reads it as Windows-1250, where ą, ś and ź are signs, and finds noise.
    """
    text = value.decode(_UNTRIED)
    letters = [letter for letter in text if letter > "\x7f" and letter not in _TYPOGRAPHY]
    others = sum(map(str.isalpha, text)) - len(letters)
    is_of_one = any(all(letter.lower() in alphabet for letter in letters) for alphabet in dict(_ALPHABETS)[_UNTRIED].split())
    return bool(letters) and is_of_one and len(letters) * _PLAIN_PER_MARKED <= others


_MOST_SYMBOLS, _MOST_MIXED = 0.2, 0.2  # shares of the non-ASCII characters, and of the words with such letters
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_TEXT_PER_CONTROL = 200  # characters
_WORD = re.compile(r"[^\W\d_]+")
# Letters that no language has both of: a Mac's Russian capitals, read as Windows-1251, give such.
_OF_SERBIA, _OF_RUSSIA = re.compile("[ЂЃЉЊЌЋЏђѓљњќћџ]"), re.compile("[ыэщъёЫЭЩЪЁ]")


def _makes_sense(text: str) -> bool:
    """Whether a guess gives text: few control characters and symbols among the letters, few words in two scripts."""
    if len(_CONTROL.findall(text)) * _TEXT_PER_CONTROL > len(text):
        return False
    high = [character for character in text[:_MOST_LOOKED_AT] if character > "\x7f" and character not in _TYPOGRAPHY]
    symbols = [each for each in high if not each.isalpha() and unicodedata.category(each)[0] not in "MPNZ"]
    if len(symbols) > _MOST_SYMBOLS * len(high):
        return False
    if _OF_SERBIA.search(text) and _OF_RUSSIA.search(text):
        return False
    words = [word for word in _WORD.findall(text[:_MOST_LOOKED_AT]) if not word.isascii()]
    mixed = sum(1 for word in words if _is_mixed(word))
    return mixed <= _MOST_MIXED * len(words)


def _is_mixed(word: str) -> bool:
    """Whether a word has Latin letters beside Greek, Cyrillic, Hebrew or Arabic ones."""
    latin = any(character <= "\u024f" for character in word)
    return latin and any("\u0370" <= character <= "\u06ff" for character in word)


def _is_high(character: str) -> bool:
    return character > "\x7f"


def _latin_codec(value: bytes) -> str | None:
    """The code page for which most non-ASCII letters belong to one language; the first of equals, None if there is none.

    charset-normalizer recognises Latin script, but confuses its code pages in a third of short texts.
    """
    best, best_share = None, 0.8  # below this share in the best language, the text is in another encoding
    for codec, alphabets in _ALPHABETS:
        letters = [letter for letter in value.decode(codec, "replace") if letter > "\x7f" and letter not in _TYPOGRAPHY]
        for alphabet in alphabets.split():
            share = sum(letter.lower() in alphabet for letter in letters) / len(letters) if letters else 0.81
            if share > best_share:
                best, best_share = codec, share
    return best

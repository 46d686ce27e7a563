"""Which script a text is written in, and where the script alone determines the language."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache
from typing import Final

from streams import lazy_re as re

# The ranges of each script's letters (Unicode 15, Blocks.txt; the blocks used in news). Names are from ISO 15924.
_SCRIPT_BLOCKS = (
    (0x0041, 0x02AF, "Latn"),
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"),
    (0x0750, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
    (0x07C0, 0x07FF, "Nkoo"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"),
    (0x1C50, 0x1C7F, "Olck"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x2D30, 0x2D7F, "Tfng"),
    (0x2D80, 0x2DDF, "Ethi"),
    (0x3040, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hang"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xAA60, 0xAA7F, "Mymr"),
    (0xAB01, 0xAB2F, "Ethi"),
    (0xABC0, 0xABFF, "Mtei"),
    (0xAC00, 0xD7AF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
    (0xFF66, 0xFF9F, "Kana"),
    (0x20000, 0x323AF, "Hani"),
)
_BLOCK_STARTS = [start for start, _, _ in _SCRIPT_BLOCKS]

# Scripts that (almost) only one language uses, among the languages of the news.
ONLY_LANGUAGE: Final = {
    "Armn": "hy", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa", "Hang": "ko", "Kana": "ja", "Khmr": "km",
    "Knda": "kn", "Laoo": "lo", "Mlym": "ml", "Mtei": "mni", "Nkoo": "nqo", "Olck": "sat", "Orya": "or", "Sinh": "si",
    "Taml": "ta", "Telu": "te", "Tfng": "zgh", "Thaa": "dv", "Thai": "th",
}  # fmt: skip
# Names in Latin letters occur in texts in every script, but hardly ever the other way round; and one Han character says as
# much as several letters.
_LETTER_WEIGHT = {"Latn": 1, "Hani": 4, "Kana": 4, "Hang": 4}
_OTHER_LETTER_WEIGHT = 2
# Japanese has kana in every clause, while Chinese has them at most in a brand name.
_KANA_SHARE_OF_JAPANESE = 0.05


# Latin letters, and what is a letter of no script: found so, most news costs no look at each of its letters.
_LATIN = re.compile("[\\x00-\\u036F\\u1E00-\\u1EFF\\u2000-\\u2BFF\\U0001F000-\\U0001FAFF]*")
_LATIN_LETTER = re.compile("[A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02AF\\u1E00-\\u1EFF]")


def is_latin(text: str) -> bool:
    """Whether a text has Latin letters and none of another script."""
    return _LATIN.fullmatch(text) is not None and _LATIN_LETTER.search(text) is not None


def main_script(text: str) -> tuple[str, int, int]:
    """The script that most of the text is written in (ISO 15924), the number of its letters, and the number of all letters.

    ("", 0, 0) if there are no letters of a known script. Japanese is "Kana", including its Chinese characters.
    """
    marks = text.translate(_MARKS)
    counts = Counter({_SCRIPTS[ord(mark)]: marks.count(mark) for mark in set(marks)})
    if counts["Kana"] > _KANA_SHARE_OF_JAPANESE * counts["Hani"]:
        counts["Kana"] += counts.pop("Hani", 0)
    weights = {script: count * _LETTER_WEIGHT.get(script, _OTHER_LETTER_WEIGHT) for script, count in counts.items()}
    script = max(weights, key=lambda script: (weights[script], script), default="")
    return script, counts[script], counts.total()


@cache
def script_of(character: str) -> str:
    """Its ISO 15924 name; "" for anything but a letter, or for an unknown script."""
    if not character.isalpha():
        return ""
    _, end, script = _SCRIPT_BLOCKS[bisect_right(_BLOCK_STARTS, ord(character)) - 1]
    return script if ord(character) <= end else ""


class _Marks(dict[int, str]):
    """For each letter, one character that represents its script, for `str.translate`; other characters are removed."""

    def __missing__(self, code: int) -> str:
        script = script_of(chr(code))
        self[code] = chr(_SCRIPTS.index(script)) if script else ""
        return self[code]


_SCRIPTS = sorted({script for _, _, script in _SCRIPT_BLOCKS})
_MARKS = _Marks()


# Particles, pronouns and verbs that only written Cantonese has. News in Chinese quotes a few of them at most.
_CANTONESE = frozenset("嘅咗喺冇啲佢唔嗰嚟咁乜睇瞓攞哋畀嘢嘥嗌嘞喎咩啱叻孭揾搵攰餸嬲嘈噉啩嚿")
_CANTONESE_SHARE = 0.05


def chinese_tag(text: str) -> str:
    """Cantonese by its own characters; else Simplified or Traditional, by which of the two old national character sets covers
    more of the text; else "zh".
    """
    han = "".join(character for character in text if script_of(character) == "Hani")
    if len(_CANTONESE.intersection(han)) > 1 and sum(map(_CANTONESE.__contains__, han)) >= _CANTONESE_SHARE * len(han):
        return "yue"
    simplified, traditional = (len(han.encode(charset, "ignore")) for charset in ("gb2312", "big5"))
    if simplified == traditional:
        return "zh"
    return "zh-Hans" if simplified > traditional else "zh-Hant"

"""Headlines in scripts without spaces, taken apart into what can be compared: names and characters.

Without spaces or capitals, only some names show: those written in katakana, foreign ones written by their sounds in Chinese
characters (俄亥俄), and places on a list. Others (people of East Asia, most companies, everything in Thai) remain characters
among others.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from streams import lazy_re as re
from streams.text.headline import normalise_headline
from streams.text.stories.signature import rarities

# Characters for the sounds of foreign names. Three in a row are hardly ever anything else.
_SOUNDS = (
    "阿埃艾爱安奥巴贝比波伯布查达戴德迪杜厄恩尔法菲费佛弗福盖戈格哈汉赫霍基吉加贾杰卡凯坎科克肯库昆拉莱兰劳勒雷里利莉琳卢鲁伦罗洛"
    "玛麦曼蒙米莫默姆穆纳娜内尼涅诺努欧帕佩彭皮普乔奇恰萨塞森什史斯索塔泰坦汤唐特提托瓦万威韦维温沃乌希锡谢辛雅亚扬耶伊尤约泽扎詹"
    "珍朱俄亥荷华狄亨茨滕顿堡夫柯蒂妮"
)
_FEWEST_SOUNDS = 3
# Written by their sounds, but in headlines often by the first character alone (俄军): that one is missing says nothing.
_SHORTENED = frozenset({"俄罗斯", "乌克兰", "叙利亚", "伊拉克", "巴基斯坦", "阿富汗"})
_FEWEST_KANA = 3
_TELLING = re.compile(r"[^\W\d_ぁ-ゟ]")


@lru_cache(maxsize=4_096)
def take_apart_unspaced(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names in a run of such a script, as compared, and the characters beside them, without hiragana: that is grammar."""
    found = set(filter(_is_name, _names_pattern().findall(word)))
    rest = _names_pattern().sub(lambda match: " " if match[0] in found else match[0], word)
    return frozenset(found), frozenset(_TELLING.findall(rest))


def _is_name(found: str) -> bool:
    """Whether what is written like a name is one: a listed katakana word ("ミサイル") may be any word."""
    return found in _places() or (found not in rarities("ja") and found not in _SHORTENED)


@cache
def _names_pattern() -> re.Pattern[str]:
    """Places are found first: 东京 is no 京都, whatever follows."""
    listed = "|".join(sorted(map(re.escape, _places()), key=lambda place: (-len(place), place)))
    return re.compile(rf"{listed}|[ァ-ヺー]{{{_FEWEST_KANA},}}|[{_SOUNDS}]{{{_FEWEST_SOUNDS},}}")


@cache
def _places() -> frozenset[str]:
    """Countries, provinces, prefectures and states, without what kind they are, as compared."""
    written = (files(__package__) / "places.txt").read_text("utf-8").split("\n")
    names = (name for line in written if not line.startswith("#") for name in line.split())
    return frozenset(normalise_headline(name) for name in names)

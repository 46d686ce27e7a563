"""Which language an article is written in.

Two judges, one after the other:

1. The script. Thai letters are Thai: no model is asked, and none can call Chinese Korean. Where a script serves many
   languages, a letter that only one of them writes still decides alone (ў is Belarusian).
2. The letter statistics (profiles) of langdetect 1.0.9, of that script's languages only. langdetect itself draws
   n-grams at random until one language seems certain. Here every n-gram counts, once: nothing is drawn, so nothing
   needs a seed, the answer comes ten times as fast, and the confidence means what it says.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from langdetect import PROFILES_DIRECTORY
from langdetect.utils.ngram import NGram

from streams.enrich.article import Language

UNDETERMINED = Language("und", 0.0)

# At 300 characters all 3,021 articles of the development data in langdetect's languages are named right, at 200 not
# quite.
SAMPLE_CHARS = 300
# Addresses and hashtags are cut out of this much of headline and of body, so that the sample is not all addresses.
READ_CHARS = 1_000
# Profiles know capitals at the start of words only: text with a larger share of them is lower-cased first.
SHOUTING_SHARE = 0.6
# A letter of one language speaks for it from this share of all letters on (a Kazakh name is not yet a Kazakh text).
OWN_LETTER_SHARE = 0.005
# What an n-gram that a language never showed is worth there (langdetect: 5e-5; 2e-5 is better on headlines).
UNSEEN = 2e-5
# A letter stands in up to two 2-grams and three 3-grams, which are not independent witnesses. With this much trust in
# each, a confidence of c is right in about c of the texts of the development data.
TRUST = 0.24

# Where each script's letters lie (Unicode 15, Blocks.txt; the blocks that news is written in). ISO 15924 names.
_SCRIPT_BLOCKS = (
    (0x0041, 0x02AF, "Latn"),
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"),
    (0x0750, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
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
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x3040, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hang"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xAC00, 0xD7AF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
    (0xFF66, 0xFF9F, "Kana"),
    (0x20000, 0x323AF, "Hani"),
)
_BLOCK_STARTS = [start for start, _, _ in _SCRIPT_BLOCKS]

# Scripts that one language has (nearly) to itself among the languages that news is written in.
_ONLY_LANGUAGE = {
    "Armn": "hy", "Beng": "bn", "Ethi": "am", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa", "Hang": "ko",
    "Hebr": "he", "Kana": "ja", "Khmr": "km", "Knda": "kn", "Laoo": "lo", "Mlym": "ml", "Mymr": "my", "Orya": "or",
    "Sinh": "si", "Taml": "ta", "Telu": "te", "Thaa": "dv", "Thai": "th", "Tibt": "bo",
}  # fmt: skip
# Names in Latin letters stand in the text of every script, hardly ever the other way round; and one Han character
# says as much as several letters.
_LETTER_WEIGHT = {"Latn": 1, "Hani": 4, "Kana": 4, "Hang": 4}
_OTHER_LETTER_WEIGHT = 2
# Japanese shows kana in every clause, while Chinese has at most a brand name in it.
_KANA_SHARE_OF_JAPANESE = 0.05

# Scripts that several of langdetect's languages (and Serbian) share.
_SHARED_SCRIPTS = {
    "Latn": "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw tl tr vi",
    "Cyrl": "bg mk ru sr uk",
    "Arab": "ar fa ur",
    "Deva": "hi mr ne",
}
# Letters that one language writes and the others of its script do not; the first entry that fits decides. (Tajik and
# Kazakh both write қ and ғ, Kazakh and Kyrgyz ң, these and Mongolian ө: hence the order.)
_OWN_LETTERS = {
    "Latn": (("az", "ə"), ("is", "þð"), ("yo", "ṣ")),
    "Cyrl": (("be", "ў"), ("tg", "ӣӯҳҷ"), ("kk", "ұқғә"), ("ky", "ң"), ("mn", "өү"), ("sr", "ђћ"), ("mk", "ѓќѕ")),
    "Arab": (("ps", "ښډړټڼځڅېۍ"), ("ur", "ٹڈڑںےہ")),
}

# langdetect has no Serbian; Croatian in Cyrillic letters is near enough to tell it from Macedonian and Bulgarian.
_CYRILLIC_DIGRAPHS = (("lj", "љ"), ("nj", "њ"), ("dž", "џ"), ("Lj", "Љ"), ("Nj", "Њ"), ("Dž", "Џ"))
_CYRILLIC_LETTERS = str.maketrans(
    "abvgdđežzijklmnoprstćufhcčšABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ", "абвгдђежзијклмнопрстћуфхцчшАБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ"
)

_NOT_PROSE = re.compile(r"(?:https?://|www\.)[!-~]+|[!-~]{0,64}@[!-~]+|#\w+")


def detect_language(headline: str, body: str) -> Language:
    """The language of an article, from its headline and the beginning of its body; never raises.

    The tag is BCP 47: a code of two letters, "zh-Hans" or "zh-Hant" for Chinese, or "und" (confidence 0.0) where there
    is nothing to judge: no letters, or none but in addresses and hashtags. Norwegian is "no"; Serbian, Bosnian and
    Croatian in Latin letters are "hr". The confidence, 0.0 to 1.0 in steps of 0.001, is about the share of right
    answers; but text in a language that is not among `known_languages` is taken for a relative, with any confidence.
    """
    sample = _sample(headline, body)
    letters = Counter(sample)
    script, count = _main_script(letters)
    if not count:
        return UNDETERMINED
    if script == "Hani":
        return Language(_chinese_tag(sample), _script_confidence(count))
    if script in _ONLY_LANGUAGE:
        return Language(_ONLY_LANGUAGE[script], _script_confidence(count))
    for tag, own_letters in _OWN_LETTERS.get(script, ()):
        if sum(letters[letter] for letter in own_letters) >= OWN_LETTER_SHARE * count:
            return Language(tag, _script_confidence(count))
    if script in _SHARED_SCRIPTS:
        return _most_likely(script, sample)
    return UNDETERMINED


def known_languages() -> frozenset[str]:
    """The tags that `detect_language` can return, without "und"."""
    models = {tag for tags in _SHARED_SCRIPTS.values() for tag in tags.split()}
    letters = {tag for rows in _OWN_LETTERS.values() for tag, _ in rows}
    return frozenset(models | letters | set(_ONLY_LANGUAGE.values()) | {"zh", "zh-Hans", "zh-Hant"})


def load() -> None:
    """Read the profiles now (about 0.3 s, 20 MB) instead of at the first article that needs them."""
    for script in _SHARED_SCRIPTS:
        _model(script)


def _sample(headline: str, body: str) -> str:
    prose = _NOT_PROSE.sub(" ", f"{headline[:READ_CHARS]}\n{body[:READ_CHARS]}")
    sample = unicodedata.normalize("NFC", " ".join(prose.split())[:SAMPLE_CHARS])
    capitals = sum(map(str.isupper, sample))
    if capitals > SHOUTING_SHARE * sum(map(str.isalpha, sample)):
        return sample.replace("İ", "i").lower()  # lower() alone leaves a dot behind, which no profile knows
    return sample


def _main_script(letters: Counter[str]) -> tuple[str, int]:
    """The script that most of the text is written in, and how many letters of it there are (0: no letters)."""
    counts: Counter[str] = Counter()
    for letter, count in letters.items():
        if script := _script_of(letter):
            counts[script] += count
    if counts["Kana"] > _KANA_SHARE_OF_JAPANESE * counts["Hani"]:
        counts["Kana"] += counts.pop("Hani", 0)
    weights = {script: count * _LETTER_WEIGHT.get(script, _OTHER_LETTER_WEIGHT) for script, count in counts.items()}
    script = max(weights, key=lambda script: (weights[script], script), default="")
    return script, counts[script]


@cache
def _script_of(character: str) -> str:
    """Its ISO 15924 name; "" for what is no letter, or of no script known here."""
    if not character.isalpha():
        return ""
    _, end, script = _SCRIPT_BLOCKS[bisect_right(_BLOCK_STARTS, ord(character)) - 1]
    return script if ord(character) <= end else ""


def _script_confidence(count: int) -> float:
    """One letter proves little, a sentence all but everything."""
    return round(count / (count + 1), 3)


def _chinese_tag(sample: str) -> str:
    """Simplified or Traditional, by which of the two old national character sets holds more of the text."""
    han = "".join(character for character in sample if _script_of(character) == "Hani")
    simplified, traditional = (len(han.encode(charset, "ignore")) for charset in ("gb2312", "big5"))
    if simplified == traditional:
        return "zh"
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def _most_likely(script: str, sample: str) -> Language:
    """Naive Bayes over the n-grams of the sample."""
    tags, model = _model(script)
    witnesses = [model[ngram] for ngram in _ngrams(sample) if ngram in model]
    if not witnesses:
        return UNDETERMINED
    totals = [sum(column) for column in zip(*witnesses, strict=True)]
    best = max(totals)
    odds_against = sum(math.exp((total - best) * TRUST / 1000) for total in totals)
    return Language(tags[totals.index(best)], round(1 / odds_against, 3))


def _ngrams(text: str) -> Iterator[str]:
    """All 2- and 3-grams of the words, as langdetect cuts them: a space marks a word's ends, acronyms are left out.

    Without its 1-grams: the profiles hold only those outside ASCII, and no more texts are right with them.
    """
    for word in NGram.normalize_vi(text).translate(_NORMAL_LETTERS).split():
        if word[0].isupper() and word[1:2].isupper():
            continue
        padded = f" {word} "
        for start in range(len(word) + 1):
            yield padded[start : start + 2]
        for start in range(len(word)):
            yield padded[start : start + 3]


class _NormalLetters(dict[int, str]):
    """langdetect's view of each character (digits and punctuation are spaces, …), for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = str(NGram.normalize(chr(code)))
        return self[code]


_NORMAL_LETTERS = _NormalLetters()


@cache
def _model(script: str) -> tuple[list[str], dict[str, list[int]]]:
    """The tags, and per n-gram its weight for each of them: ln(probability / UNSEEN) in thousandths.

    Whole numbers, because their sum is the same in every order and on every machine.
    """
    tags = _SHARED_SCRIPTS[script].split()
    model: dict[str, list[int]] = {}
    for position, tag in enumerate(tags):
        for ngram, probability in _profile(tag):
            if script == "Latn" or not ngram.isascii():
                weights = model.setdefault(ngram, [0] * len(tags))
                weights[position] = round(1000 * math.log1p(probability / UNSEEN))
    return tags, model


def _profile(tag: str) -> Iterable[tuple[str, float]]:
    """Each n-gram of a language with its share among that language's n-grams of the same length."""
    if tag == "sr":
        return [(_in_cyrillic(ngram), probability) for ngram, probability in _profile("hr")]
    profile = json.loads((Path(PROFILES_DIRECTORY) / tag).read_text(encoding="utf-8"))
    totals = profile["n_words"]
    return [(ngram, count / totals[len(ngram) - 1]) for ngram, count in profile["freq"].items() if 2 <= len(ngram) <= 3]


def _in_cyrillic(ngram: str) -> str:
    for digraph, letter in _CYRILLIC_DIGRAPHS:
        ngram = ngram.replace(digraph, letter)
    return ngram.translate(_CYRILLIC_LETTERS)

"""What stands in a byline beside its writers: those who took the pictures or edited, agencies, organisations, prepositions."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from streams import lazy_re as re
from streams.text.cleaning.prompts import is_agency
from streams.word_lists import word_lists

_WORDS: Final = word_lists(__package__, "byline_words.toml")


def _any_of(name: str) -> str:
    return "|".join(_WORDS[name].replace("\n", " ").strip().split(" | "))


_PICTURES, _VERBS = _any_of("pictures"), _any_of("verbs")
_LABEL = (
    rf"(?:{_PICTURES}|{_any_of('other_work')})\s*(?:by\s*)?[:：]|(?:图|圖|摄影|攝影|编辑|編輯|责编|責編|写真|撮影)\s*[／/=＝・]"
)
_BY_OTHERS = rf"(?:{_VERBS})\s+by\b"
_OTHERS = re.compile(
    rf"(?:^|(?<![\s,;|/·•–—(-])[\s,;|/·•–—(-]+)(?:{_LABEL}|{_BY_OTHERS}).*$"
    r"|(?<=[\u3400-\u9fff])(?:来源|來源|责任编辑|責任編輯|编辑|編輯|责编|責編|摄影|攝影|出典)\s*[:：／/].*$"
    rf"|\s*[,;|/–—-]\s*(?:{_PICTURES})\s+(?=(?-i:[^\W\d_a-zß-ÿ])).*$",
    re.IGNORECASE | re.DOTALL,
)
# "Jana Köhler (Text) und Uta Lenz (Foto)": what each has done, behind the name.
_BRACKETED_OTHERS = re.compile(
    rf"(?:^|\s*[,;/&]\s*|\s+(?:und|and|et|y|e|og|och|en|ja|i)\s+)[^(),;/&]{{3,60}}\s\((?:{_PICTURES}|{_any_of('other_work')})\)",
    re.IGNORECASE,
)
_BRACKETED_WORK = re.compile(
    r"\s*\((?:text|texte?|testo|texto|tekst|teksti|words|текст|authors?|writers?|autor(?:in)?|auteure?|autore)\)", re.IGNORECASE
)
_ANNOUNCES_OTHERS = re.compile(rf"(?:{_LABEL}|(?:{_BY_OTHERS}|reviewed\s+by)\s*[:：]?)\s*$", re.IGNORECASE)
_WITH = re.compile(
    r"(?<![\s,(])[\s,(]+(?:avec|with|mit|con|com|met|med|z|ze|s|се?|και|ve|and|und|et|y|e|og|och|en|&)\s+"
    r"(?:(?:files?|material|reporting|informations?|información|informações)\s+(?:from|von|de|da)\s+)?(?:l['’]|the\s+)?"
    r"(?P<agency>[\w/]+)(?=$|[\s,./)])",
    re.IGNORECASE,
)
_AGENCIES = re.compile("agences?|agenc(?:ies|ias|je)|agenturen|agenzie|agências|agenturmaterial|wire", re.IGNORECASE)
_UNKNOWN_LABEL = re.compile(r"^[^\W\d_]{2,16}(?: [^\W\d_]{2,12})?\s*[:：]\s*(?=[^\W\d_a-zß-ÿ])")
_LAST_WORDS = re.compile(rf"(?:^|.*\s)(?:{_any_of('organisations')})(?:\s*\([^()]*\))?\.?", re.IGNORECASE)
_FIRST_WORDS = re.compile(
    r"(?:the\s+)?(?:agence|agencia|agenzia|agência|agencja|агентство|агенція|وكالة)\s.*|(?:the\s+)?associated press"
    r"|(?:the\s+)?(?:ministry|department|university|institute|office|council|society|friends|board|city|state)\s+(?:of|for)\b.*"
    r"|.*\b(?:association|network|foundation|society|institute|federation)\s+(?:of|for)\b.*|press association",
    re.IGNORECASE,
)
_LEAST_OF_LONG = 3  # words
_SURNAMES: Final = frozenset(
    ("young", "ag", "news", "times", "school", "board", "center", "bureau", "ev")
)  # a person of two words may have these


def without_others(line: str) -> str:
    """A byline without those who only took the pictures, edited, translated or made the site; "" if it names no one else."""
    return _BRACKETED_WORK.sub("", _BRACKETED_OTHERS.sub("", _OTHERS.sub("", line))).strip()


def announces_others(text: str) -> bool:
    """Whether a text ends with a label of others' work: "Reviewed by", "Foto:"."""
    return _ANNOUNCES_OTHERS.search(text) is not None


def without_agency(line: str) -> str:
    """A writer without the agencies that gave material: "avec AFP", "mit dpa", "with agencies"."""
    for found in _WITH.finditer(line):
        if _AGENCIES.fullmatch(found["agency"]) or is_agency(found["agency"]):
            return line[: found.start()]
    return line


def without_label(line: str) -> str:
    """A name without a label that no list knows: "Haber: Ayşe Demir"."""
    return _UNKNOWN_LABEL.sub("", line)


def without_preposition(line: str, language: str) -> str:
    """A name without the word that its language puts before a writer's; ``language``: BCP 47, "" if unknown."""
    word = _WORDS["before_name"].get(language.lower().partition("-")[0])
    return re.sub(rf"^(?:{word})\s+(?=(?-i:[^\W\d_a-zß-ÿ]))", "", line, flags=re.IGNORECASE) if word else line


@lru_cache(maxsize=512)
def is_organisation(name: str) -> bool:
    """Whether the words of a name say that it is an organisation's: "Lorn Press Agency", "Society of Pilots"."""
    words = name.split()
    last = words[-1].strip(".").casefold() if words else ""
    if len(words) < _LEAST_OF_LONG and last in _SURNAMES:
        return False
    return bool(_LAST_WORDS.fullmatch(name) or _FIRST_WORDS.fullmatch(name))

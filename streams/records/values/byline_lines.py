"""Lines that name an article's authors ("By Dana Cole | 3 March", "Author(s): …", "Von Dana Cole"), and what a name is."""

from __future__ import annotations

from typing import Final

from streams import lazy_re as re
from streams.records.values.byline_parts import without_agency, without_others

_MOST_WORDS = 24  # of all names in a line
_MOST_OF_PERSON = 5
_LEAST_OF_PERSON = 2

# fmt: off
_LABELS: Final = (
    # … by
    r"(?:(?:words|written|posted|article|story|text|report(?:ed|ing)?|published|authored|contributed|reviewed)\s+){0,2}by",
    r"von", r"par", r"por", r"di", r"af", r"av", r"door", r"przez", r"bởi", r"oleh", r"od", r"írta",
    r"(?:verfasst|geschrieben)\s+von", r"(?:écrit|rédigé)\s+par", r"escrito\s+por", r"publicado\s+por", r"scritto\s+da",
    r"a\s+cura\s+di", r"geschreven\s+door", r"skrevet\s+a[fv]", r"skriven\s+av", r"napisał[a]?",
)
_NOUNS: Final = (  # followed by a colon, or in an element of their own
    r"(?:article\s+)?authors?", r"author\(s\)", r"writers?", r"reporters?", r"contributors?", r"words", r"text", r"story",
    r"autor(?:in|en|innen|es|as|a|i|ka)?", r"auteure?s?", r"autor[ei]", r"verfasser(?:in)?", r"redakteur(?:in)?", r"texte",
    r"testo", r"texto", r"tekst", r"redact(?:eur|ie)", r"journalist(?:e|in|ka)?", r"reportero", r"yazar", r"yazan", r"penulis",
    r"reporter", r"wartawan", r"tác\s+giả", r"kirjoittaja", r"toimittaja", r"szerző", r"автор(?:ы|и)?", r"текст", r"журналист",
    r"συντάκτης", r"بقلم", r"كاتب", r"نویسنده", r"מאת", r"作者", r"記者", r"记者", r"文", r"撰文", r"筆者", r"執筆", r"기자",
    r"글",
    r"लेखक", r"লেখক", r"ผู้เขียน",
)
_PARTICLES: Final = frozenset((
    "and", "und", "et", "y", "e", "i", "og", "och", "en", "of", "the", "to", "de", "da", "di", "do", "dos", "das", "von",
    "van", "der",
    "den",
    "del", "della", "la", "le", "du", "des", "zu", "zum", "for", "at", "in", "on", "with", "mit", "für",
    "bin", "al", "el", "ter", "af", "av", "ve", "dan",
))
# fmt: on
_BEFORE = r"(?:(?=[^\n]{0,30}\d)[^\n]{2,40}?\s*[|·•,–—-]?\s+)?"  # a date
_LABELLED = re.compile(
    rf"{_BEFORE}(?:(?:{'|'.join(_LABELS)})\s*(?:[:：]\s*|\s+)|(?:{'|'.join(_NOUNS)})\s*[:：]\s*)(?P<names>\S.*)", re.IGNORECASE
)
_ALONE = re.compile(rf"(?:{'|'.join((*_LABELS, *_NOUNS))})\s*[:：]?", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*[|·•⋅●▪]\s*|\s+[–—/-]\s+|\s*[()\[\]]\s*|\s+at\s+(?=\w+\.?\s+\d|\d)|\s+[^\W\d_]{3,16}\s*[:：](?=\s)"
    r"|,?\s+(?:on|am)\s+(?=\w+,?\s.*\d)|,?\s+(?:(?:le|el|il|den|op)\s+)?(?=\w+\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}(?:st|nd|rd|th|\.)?\s+\w+\.?,?\s+\d{4}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4})"
    r"|,?\s+(?:last\s+)?(?:updated|published|posted|edited|reviewed|medically|researched|fact[- ]?check(?:ed)?|share|translated"
    r"|photograph(?:s|y|ed)|illustrat\w+|photos?|images?|additional|on\s+behalf|from\s+the|read\s+time|reading\s+time)\b"
    r"|\s+\d+\s*(?:min|comments?|h\b|hours?)|\s+(?:in|on)(?:\s+(?=(?-i:[A-Z]))|$)"
    r"|,?\s+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+\d{1,2})\b",
    re.IGNORECASE,
)
# "heute", "dzisiaj": written small, since names are not.
_RELATIVE_DAY = re.compile(
    r"(?<![\s,]),?\s+(?:today|yesterday|heute|gestern|aujourd['’]hui|hier|hoy|ayer|oggi|ieri|hoje|ontem|dzisiaj|dziś|wczoraj|vandaag|gisteren"
    r"|i\s?dag|i\s?går|dnes|včera|tegnap|bugün|dün|сегодня|вчера|сьогодні|вчора|днес|данас)(?=$|[\s,|·•:])"
)
# "中央社記者王小明台北28日電": a reporter between the agency and the place and day of the report.
_WIRED = re.compile(
    r"[（(【]?(?:[\u3400-\u9fff]{2,6}[社報报網网])?(?:记者|記者)(?P<names>(?:[\u3400-\u9fff]{2,4}、)*"
    r"(?:[\u3400-\u9fff]{3}(?=[\u3400-\u9fff]{2,4}\d)|[\u3400-\u9fff]{2}(?=[\u3400-\u9fff]{2}\d)))"
    r"[\u3400-\u9fff]{2,4}\d{1,2}日?(?:專電|专电|電|电|報導|报道)[)）】]?"
)
_BETWEEN = re.compile(r"\s*[,;&]\s*|\s+(?:and|und|et|y|e|og|och|en)\s+")
_DEGREE = re.compile(r"(?:(?:[A-Z][A-Za-z]*\.?){1,2}[A-Z]{1,5}\.?|(?:Jr|Sr|Dr)\.?)(?:\s*\([\w ]+\))?")
ROLE_BEHIND = re.compile(
    r"\s+(?:co-?founder|founder|ceo|cto|(?:senior|staff|chief|managing|contributing|deputy|news|political|sports?)\s+\w+|editor"
    r"|reporter|writer|correspondent|contributor|director|professor)\b",
    re.IGNORECASE,
)


def names_in(line: str) -> str | None:
    """The names in a line that is a byline; None for any other line."""
    if wired := wired_names(line):
        return wired
    found = _LABELLED.fullmatch(line)
    return name_of(found["names"]) if found else None


def wired_names(line: str) -> str | None:
    """The reporters in the line that begins a Chinese agency's report; None for any other line."""
    found = _WIRED.fullmatch(line)
    return found["names"] if found else None


def announces_name(line: str) -> bool:
    """Whether a line only announces a name: "By", "Author(s)"."""
    return _ALONE.fullmatch(line) is not None


def name_of(words: str) -> str | None:
    """The name or names at the beginning of ``words``, without the date or the like after them; None if there is none."""
    name = without_agency(without_others(_RELATIVE_DAY.split(_BEHIND.split(words, maxsplit=1)[0], maxsplit=1)[0])).strip(
        " ,;:·|–—-"
    )
    role = ROLE_BEHIND.search(name)
    if role and is_person(name[: role.start()]):
        name = name[: role.start()]
    parts = name.split()
    if not parts or len(parts) > _MOST_WORDS or not _begins_name(parts[0]) or re.search(r"[.!?]\s+\w+\s+\w+\s+\w+", name):
        return None
    small = [part for part in parts if part[:1].islower() and part.strip(",;&").casefold() not in _PARTICLES]
    return None if small else name


def persons_in(line: str) -> list[str]:
    """The persons that a list of names consists of, without their degrees; none if it names anything else."""
    parts = [part for part in _BETWEEN.split(line) if part and not _DEGREE.fullmatch(part)]
    return parts if all(map(is_person, parts)) else []


def is_person(words: str) -> bool:
    """Whether words look like one person's name: two to five, each capitalised in scripts that have capitals."""
    parts = words.split()
    return (
        _LEAST_OF_PERSON <= len(parts) <= _MOST_OF_PERSON
        and all(part[:1].isupper() or part in _PARTICLES for part in parts)
        and words.replace(" ", "").replace(".", "").replace("-", "").replace("'", "").replace("’", "").isalpha()
        and not words.isupper()
    )


def are_people(line: str) -> bool:
    """Whether a line is only a list of several persons, apart from their degrees: "Ann Roe, MD; Jo Marsh"."""
    parts = [part for part in _BETWEEN.split(line) if part and not _DEGREE.fullmatch(part)]
    return len(parts) > 1 and re.search("[,;]", line) is not None and all(is_person(part) for part in parts)


def _begins_name(word: str) -> bool:
    return (word[:1].isalnum() and not word[:1].islower()) or word in {"von", "van", "de", "al", "el"}

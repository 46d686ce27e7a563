"""An article's authors: names as sources give them, without the outlet, ids, accounts and page text that came with them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from streams import lazy_re as re
from streams.records.values.byline_lines import ROLE_BEHIND, is_person, name_of, wired_names
from streams.records.values.byline_parts import (
    is_organisation,
    without_agency,
    without_label,
    without_others,
    without_preposition,
)
from streams.records.values.keywords import listed
from streams.text.cleaning.prompts import is_agency

_NAME_LIMIT = 200  # characters of one name, its titles included
_NAMES_LIMIT = 64

_MAIL = re.compile(r"\s*[(<\[]?\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+[)>\]]?\s*")
_HANDLE = re.compile(r"\s*\(?(?<!\w)@\w+\)?")
# How bylines begin, in the languages of the news; the capital distinguishes "Von Berg" from "von Anna Berg".
_BY = re.compile(
    r"^[\s|·•–—-]*(?:(?:von\s+unser\w*|de\s+notre|dal(?:la)?\s+nostr[oa]|de\s+nuestr[oa]|door\s+onze|från\s+vår|from\s+our)\s+\w+"
    r"|(?:(?:story|article|written|posted|reported|published|words|text|report|opinion|analysis|review|comment(?:ary)?|interview"
    r"|column|perspective|essay|reporting|writing|compiled)\s+)?by|author|authors|written"
    r"|por|par|autor(?:in|a|es)?|auteur|autore|автор(?:ы)?|текст|بقلم|كتبت?|נכתב על ידי|מאת|作者|记者|記者|文|撰文|글|기자|oleh"
    r"|penulis|yazan|yazar|tekst|text|texte?|testo|text|napisał[a]?"
    r"|skrev(?:et)?\s+av|af|av|door|från|przez|di|a\s+cura\s+di|bởi|tác giả|(?-i:de)|teksti|kirjoittaja"
    r"|toimittaja|írta|szerző|szöveg"
    r"|opracował[a]?|oprac\.?|autorka|napsal[a]?|text|piše|пише|пишет|подготовил[аи]?|от|підготува(?:в|ла)|του|της|γράφει\s+[οη]|γράφουν\s+οι"
    r"|από\s+τ(?:ον|ην|η)|συντάκτη[ςσ]|ρεπορτάζ|propos\s+recueillis\s+par|yazı|derleyen|نویسنده|به\s+قلم|گزارش|تحریر|تحرير|إعداد|كاتب|لـ"
    r"|लेखक|लेखिका|द्वारा|रिपोर्ट|লেখক|লিখেছেন|প্রতিবেদক|โดย|เขียนโดย|ผู้เขียน|laporan|reporter|wartawan|ditulis\s+oleh|phóng\s+viên|thực\s+hiện"
    r"|文字|整理|采写|編譯|编译|執筆|筆者|聞き手|取材・文"
    r"|(?:eine?|une?|uma?|een|en)\s+\w+\s+(?:von|van|par|de|af|av|di)"
    r"|(?:analyse|kommentar|interview|gastbeitrag|reportage|kolumne|leitartikel|bericht)\s+(?:von|van|par|af|av))"
    r"\s*(?:[:：]\s*|[–-]\s+|\s+(?=(?-i:[^\W\d_a-zà-þа-я])))|^von\s+(?=(?-i:[A-ZÄÖÜ])\S+\s)",
    re.IGNORECASE,
)
# Where a word joins the name without a space: "文・山田太郎", "記者王小明".
_BY_JOINED = re.compile(
    r"^(?:(?:取材・)?文(?:・写真)?|撰文|執筆|筆者|記者|记者|作者|聞き手)\s*[・=＝／/:：]?\s*(?=[\u3040-\u30ff\u3400-\u9fff]{2,})"
)
# The desk, place or agency before an East Asian reporter: "문화부 김하늘", "(서울=연합뉴스)", "ロンドン=山田花子".
_BEFORE_REPORTER = re.compile(
    r"^(?:[(\[][^()\[\]=]{1,20}=[^()\[\]]{1,20}[)\]]\s*|[가-힣]{1,6}부\s+(?=[가-힣]{2,4}(?:\s|$))"
    r"|[\u30a0-\u30ff\u3400-\u9fff]{2,8}[=＝](?=[\u3040-\u30ff\u3400-\u9fff])"
    r"|(?:[\u3400-\u9fff]{2,6}[社报報网網])(?:记者|記者)\s*(?=[\u3400-\u9fff]{2,4}(?:$|\s)))"
)
_ADDRESS = re.compile(r"\s*\bhttps?://\S+")
_PRONOUNS = re.compile(
    r"\s*\((?:she|he|they|sie|er|elle|il|ella|él|hun|hon|han|hij|zij)\s?/\s?\w+(?:\s?/\s?\w+)?\)", re.IGNORECASE
)
_ON_PROFILE = re.compile(
    r"^(?:more\s+(?:by|from)|follow|about(?:\s+the\s+author)?)\s*:?\s+(?=(?-i:[^\W\d_a-z]))", re.IGNORECASE
)
_WHERE = re.compile(r"\s+in\s+(?-i:[A-Z])[\w'’]+(?:\s(?-i:[A-Z])\w+){0,2}(?=\s+and\s|\s*[,;])", re.IGNORECASE)
_WITH_ALONE = re.compile(r"\s*(?:(?i:avec|with|mit|con|com|met|med))\s+(?:l['’]|the\s+)?")
_SOURCE = re.compile(r"\s*\(?Theo\s+\S")  # in Vietnamese: whose report it is
_FIRST_PICTURE = "\u2600"  # stars, people and hearts follow
_MOST_BEHIND = 4  # words of an outlet or an agency behind a name, without a sign between
_BETWEEN_PEOPLE = re.compile(r"\s*[/|+]\s*")
_PARTICLES: Final = frozenset(("di", "af", "av", "de", "da", "von"))
# Line breaks within one byline: before a conjunction, and behind one, "by" or a comma.
_JOINED_LINES = re.compile(
    r"\s*\n\s*(?=(?:and|und|et|y|e|og|och|en|&)\s)|(?:(?<=\s(?:and|und))|(?<=\bby)|(?<=[,;:&])|(?<=\b(?:von|par|por)))\s*\n\s*",
    re.IGNORECASE,
)
_NAME_PARTICLES: Final = frozenset(
    ("von", "van", "de", "da", "di", "del", "della", "der", "den", "la", "le", "al", "el", "ter", "bin")
)
_CONJUNCTIONS: Final = frozenset(("and", "und", "et", "y", "e", "og", "och", "en", "&"))
_DEGREE = re.compile(r"(?:[A-Z][a-z]{0,2}\.?){2,4}|[A-Z]{2,5}")
_AROUND: Final = ' ()[]【】|·•–—-,;:/⋅"“”'
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{4})\.$")
_FOLLOW = re.compile(r"\s+(?:follow|share|e-?mail|tweet|subscribe|contact)\b.*$", re.IGNORECASE)
_BEHIND_NAME = re.compile(
    r"\s*(?:(?:선임|인턴|객원|전문|수습)?기자|특파원|논설위원|에디터|記者|編集委員|論説委員|特派員|報導|報道)(?:\s*[=＝].*)?$|\s*[／/]\s*\S{0,6}報導$"
    r"|\s+(?:for|in)\s+(?:the\s+)?(?=(?-i:[A-Z]))[\w'’.]+(?:\s+[A-Z][\w'’.]+){0,3}$"
)
_PICTURED = re.compile(
    r",?\s*(?:and\s+)?\b(?:photo(?:s|graphs?|graphy)?|pictures|images|video|illustrations?|graphics?|fotos?|bilder)\s+(?:by|von|par|por|di)\b.*$",
    re.IGNORECASE,
)
# Who is the outlet itself, with or without its name.
# fmt: off
_DESKS: Final = (
    r"(?:web|news|online|city|sports?|business|digital|entertainment|national|world|foreign|copy|trending|internet) ?desk",
    r"news ?room", r"editorial(?: (?:staff|team|board|desk))?", "news staff", "staff", r"staff reports?",
    r"wire (?:reports?|services?)", "online team", "news team", "web team", "news agencies", "agencies",
    r"redaktion(?:en)?", r"online-?redaktion", "redacción", "redaccion", "redação", "redacao", "rédaction", "redaction",
    r"redazione(?: \w+)?", "redactie", "toimitus", "redakcja", "redakce", "redakcia", "szerkesztőség", "redacția",
    "redactia", "redakcija", "uredništvo", "редакция", "редакція", "редакцията", "редакција", "σύνταξη",
    "συντακτική ομάδα", "haber merkezi", "التحرير", "فريق التحرير", "تحریریه", "מערכת", "न्यूज डेस्क", "वेब डेस्क",
    "डेस्क", "নিজস্ব প্রতিবেদক", "অনলাইন ডেস্ক", "ডেস্ক রিপোর্ট", "redaksi", "tim redaksi", "ban biên tập",
    "กองบรรณาธิการ", "编辑部", "編輯部", "本报讯", "綜合報導", "编辑", "編集部", "온라인뉴스팀", "뉴스팀", "편집부",
    "디지털뉴스팀", r"red\.?",
)
# fmt: on
_DESK = re.compile(
    rf"(?:the |our |la |die |de |da |do |della |du |unsere )?(?:[\w.&'’-]+ ){{0,3}}?(?:{'|'.join(_DESKS)})", re.IGNORECASE
)
_FIRST_DESK = re.compile(rf"(?:{'|'.join(_DESKS)})\s+(?=\S)", re.IGNORECASE)
_SHORTHAND = re.compile(r"[a-zäöüß]{2,4}")  # how a reporter signs short items
_STOCK = re.compile(
    r"(?:getty images?|i?stock(?:photo)?|shutterstock|alamy|unsplash|pixabay|adobe stock|imago)(?: images?)?", re.IGNORECASE
)
_SLUG = re.compile(r"[a-z]{2,}(?:-[a-z]{2,}){1,2}")
_INVERTED = re.compile(r"(?:[^\W\d_][\w'’-]*, [^\W\d_][\w'’. -]*)(?:; [^\W\d_][\w'’-]*, [^\W\d_][\w'’. -]*)+")
_INVERTED_ALONE = re.compile(r"[^\W\d_a-z][^\W\d_]+, [^\W\d_a-z][^\W\d_]+(?: [^\W\d_a-z][^\W\d_]*\.?)?")
_ON = re.compile(r"\s+(?:on|in|at)\s*$")
_WRITTEN_BY = re.compile(
    r"^.{0,60}?\b(?:written|reviewed|posted|published|(?:all |more )?(?:posts|articles|stories)) by:?\s+", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"(?:web|site|super)?[ _-]?(?:admin(?:istrator)?|master|editor|user"
    r"|root|guest|author|publisher|owner)s?[ _-]?\d*|default|test|unknown"
    r"|anonymous|none|null|nan|n/a|undefined|no[ _-]?author|nobody"
    r"|undefined undefined|object object|super ?user|wpengine|press release|advertorial"
    r"|(?:sponsored|partner|branded|paid) (?:content|post)"
    r"|(?:unknown|guest|staff|our|special|own|contributing) "
    r"(?:author|writer|reporter|correspondent|contributor|blogger|columnist)s?"
    r"|(?-i:[A-Z]{2,5}) correspondent|contributors?|anonym[eo]?"
    r"|special to (?:the )?(?:[A-Z][\w’']+ ?){1,4}|contributed|various(?: authors)?|author|by|name"
    r"|redacci[oó]n web|wp[ _-]?admin|wordpress|editors?[ _-]picks?",
    re.IGNORECASE,
)
# Ids: numbers, UUIDs and other strings of digits and few letters.
_ID = re.compile(r"[\W\d_]+|[0-9a-f]{8}-[0-9a-f-]{20,}|(?=\S*\d)[0-9a-f]{12,}|[A-Za-z]{0,5}[-_:#]?\d{3,}", re.IGNORECASE)
# Text beside names on pages: buttons, times, counters.
_JUNK = re.compile(
    r"\b(?:email|e-mail|mail to|follow|subscribe|share|tweet|facebook|twitter"
    r"|instagram|linkedin|whatsapp|bluesky|view (?:all|profile|bio|more)"
    r"|see (?:all|more)|read more|more (?:from|by|posts)|all posts|posts by"
    r"|show more|about the author|the author|latest posts|bio(?:graphy)?|profile"
    r"|(?:minutes?|mins?|hours?|days?|weeks?|months?|years?) ago|min(?:ute)?s? read"
    r"|last (?:updated|modified)|updated|published|posted (?:on|at|in)"
    r"|comments?|reply|sign (?:in|up)|log ?in|copyright|all rights reserved|advertis\w+|sponsored|newsletter|privacy|cookies?"
    r"|vor \d+|il y a|hace \d+|\d+ (?:minuti|ore) fa|weitere (?:artikel"
    r"|beiträge)|alle (?:artikel|beiträge)|zum (?:profil|autor)"
    r"|tous (?:ses|les) articles|ver (?:todos|perfil|más)|tutti gli articoli)\b",
    re.IGNORECASE,
)
_MANGLED_MAIL = re.compile(
    r".*\b(?:Com|Org|Net|Example|Co Uk|Com Au|De|Fr|Es|Info|Edu|Gov|Tv)$"
)  # newspaper's "Dcole Port Com"
_SEPARATORS = re.compile(r"\s+(?:[|•·⋅●/]|[–—-])\s+|\s*[,;]\s*")
# What describes a person beside the name: a role, or an organisation.
ROLE = re.compile(
    r"\b(?:editor|writer|reporter|correspondent|journalist|columnist|contributor|author|director|founder|expert|analyst|attorney"
    r"|lawyer|professor|specialist|manager|president|officer|head of|chief|critic|researcher|consultant|blogger|team|staff|desk"
    r"|redakteur(?:in)?|redaktion|korrespondent(?:in)?|journaliste|rédact\w+|correspondant\w*|periodista|redactor\w*"
    r"|corresponsal|giornalista|redattore|inviat[oa]"
    r"|muhabiri?|gazeteci|dziennikar(?:z|ka)|redaktor(?:ka)?|novin[aá]ř?(?:ka)?|újságíró|wartawan|phóng viên|nhà báo"
    r"|журналіст(?:ка)?|кореспондент(?:ка)?|журналист(?:ка)?|корреспондент|обозреватель|редактор(?:ка)?|новинар(?:ка)?"
    r"|δημοσιογράφος|συντάκτ(?:ης|ρια)|صحفي|صحفية|مراسل|مراسلة)\b|\b(?:at|for)\s(?=[A-Z])",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(r"\d{1,2}[:./-]\d{1,2}|\b(?:19|20)\d\d\b")
_HOST = re.compile(
    r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,4}|example|news|info|press|online|media|today|world|blog|live)", re.IGNORECASE
)
_TITLES: Final = frozenset(("md", "phd", "jr", "sr", "rd", "rn", "cfp", "cpa", "mba", "esq", "dds", "dvm"))


def read_names(written: Iterable[str], outlets: Iterable[str] = (), language: str = "") -> str:
    """Names, each once, joined by commas; "" if there are none. Beside persons, organisations are left out.

    ``outlets``: the names of the article's own outlet; ``language``: the article's (BCP 47), "" if unknown.
    """
    lines = [part for each in list(written)[:_NAMES_LIMIT] for part in listed(each)][:_NAMES_LIMIT]
    if not lines:
        return ""
    own = _own_forms(tuple(outlets))
    kept: dict[str, str] = {}
    for line in lines:
        if name := _name(line, own, language) if len(line) <= _NAME_LIMIT else _find_name(line, own, language):
            key = _fold(name)
            if key not in kept or (kept[key].isupper() and not name.isupper()):
                kept[key] = name
    names = _without_mangled(list(kept.values()))
    return ", ".join([name for name in names if not is_organisation(name) and not is_agency(name)] or names)


def _find_name(line: str, own: frozenset[str], language: str) -> str:
    """The name in a line, "" if there is none."""
    if wired := wired_names(line.strip()):
        return wired
    if (giver := _WITH_ALONE.match(line)) and is_agency(line[giver.end() :]):
        return ""
    if language.startswith("vi") and _SOURCE.match(line):
        return ""
    lines = _JOINED_LINES.sub(" ", line.strip()).splitlines()
    line = _ADDRESS.sub("", _HANDLE.sub("", _MAIL.sub(" ", ", ".join(filter(None, map(str.strip, lines))))))
    line = _BEFORE_REPORTER.sub("", _PRONOUNS.sub("", _without_signs(line)).strip())
    line = _ON.sub("", without_agency(without_others(" ".join(line.split()))))
    line = _WHERE.sub("", _without_by(_WRITTEN_BY.sub("", line, count=1))).strip(_AROUND).strip()
    line = rest if is_person(rest := _ON_PROFILE.sub("", line)) else line
    line = _FOLLOW.sub("", without_label(without_preposition(line, language)))
    line = f"{line})" if line.count("(") > line.count(")") else line
    line = _without_company(line, own)
    if not line or len(line) > _NAME_LIMIT or "://" in line or _is_nobody(line, own):
        return ""
    parts = [part for part in _SEPARATORS.split(line) if part]
    if len(parts) > 1 and (people := [part for part in parts if not is_agency(part)]):
        line, parts = (", ".join(people), people) if len(people) < len(parts) else (line, parts)
    if len(parts) > 1 and len(parts[0].split()) > 1 and not ROLE.search(parts[0]):
        has_role = any(map(ROLE.search, parts))
        parts = [
            part
            for number, part in enumerate(parts)
            if not ROLE.search(part) and not is_organisation(part) and not (number and has_role and "&" in part)
        ]
        line = line if len(parts) > 1 and not ROLE.search(line) else ", ".join(parts)
    if len(parts) > 1 and (is_person(parts[0]) or (parts[0].isupper() and len(parts[0].split()) > 1)):
        parts = [part for number, part in enumerate(parts) if not number or not _is_place(part, alone=len(parts) == 2)]
        line = ", ".join(parts)
    if len(parts) > 1 and (dropped := [part for part in parts if _is_nobody(part, own) and _fold(part) not in _TITLES]):
        kept = [part for part in parts if part not in dropped]
        line = ", ".join(kept)
    line = _once(_FULL_STOP.sub("", line.strip(" ,;:|·–—-")))
    return "" if _is_nobody(line, own) else line


def _without_signs(line: str) -> str:
    """A line without pictures such as ★, and without © around a name; behind letters, © may be half of a broken one."""
    if line.isascii():
        return line
    bare = "".join(each for each in line if each < _FIRST_PICTURE or unicodedata.category(each) != "So")
    bare = bare if bare == line else bare.replace("\u200d", "").replace("\ufe0f", "")  # which join and colour pictures
    return bare.removeprefix("©").removesuffix(" ©").strip()


def _once(line: str) -> str:
    """A line that says its name, or each of its names, once."""
    words = line.split()
    half = len(words) // 2
    if half > 1 and words[:half] == words[half:]:
        return " ".join(words[:half])
    parts = line.split(", ")
    return ", ".join(dict.fromkeys(parts)) if len(set(parts)) < len(parts) else line


_name = lru_cache(maxsize=2_048)(_find_name)  # outlets print the same names every day, and a page in several elements


def _is_place(part: str, *, alone: bool) -> bool:
    """Whether what follows a person is where they are: "em Porto Lorn", or one word and nothing else ("Lornhafen")."""
    words = part.split()
    is_word = alone and len(words) == 1 and part.isalpha() and _fold(part) not in _TITLES and not _DEGREE.fullmatch(part)
    return is_word or (
        words[0].islower() and len(words) > 1 and words[0] not in _NAME_PARTICLES and words[0] not in _CONJUNCTIONS
    )


def _without_by(line: str) -> str:
    """A line without its "By"; a particle before a single word stays, since it is of a name ("Af Klint", "Di Stefano")."""
    rest = _BY.sub("", line, count=1)
    is_particle = " " not in rest.strip() and line.split(maxsplit=1)[0].casefold() in _PARTICLES if rest != line else False
    return line if is_particle else rest


def _without_company(line: str, own: frozenset[str]) -> str:
    """A name without what a byline says beside it: a role, a date, an agency in brackets, who took the pictures."""
    line = _BEHIND_NAME.sub("", _BY_JOINED.sub("", _PICTURED.sub("", line)))
    line = _without_employer(line, own)
    if (
        line.lower() != line.upper()
        and (_INVERTED.fullmatch(line) or _INVERTED_ALONE.fullmatch(line))
        and not is_agency(line.partition(",")[0])
    ):
        return ", ".join(" ".join(reversed(each.split(", "))) for each in line.split("; "))
    if _SLUG.fullmatch(line) and not _ACCOUNT.fullmatch(line):
        return line.replace("-", " ").title()
    if len(people := _BETWEEN_PEOPLE.split(line)) > 1 and all(map(is_person, people)):
        return ", ".join(people)
    if (
        "/" in line
        and any(map(is_agency, parts := line.split("/")))
        and all(is_agency(each) or _DESK.fullmatch(each) for each in parts)
    ):
        return ", ".join(filter(is_agency, parts))
    if "/" in line and (named := [part for part in line.split("/") if part and not is_agency(part)]) and is_person(named[0]):
        line = ", ".join(named)
    before, _, bracket = line.rstrip(")").partition(" (")
    if bracket and (is_agency(bracket) or _fold(bracket) in own or _SHORTHAND.fullmatch(bracket)):
        line = before
    if (role := ROLE_BEHIND.search(line)) and is_person(line[: role.start()]):
        line = line[: role.start()]
    if _JUNK.search(line) or _DATE_LIKE.search(line):
        shorter = name_of(line)
        if shorter and is_person(shorter):
            return shorter
    return line


_STAFF = re.compile(r"\s+(?:staff(?:\s+(?:writers?|reporters?))?|reporters?|correspondents?)$", re.IGNORECASE)
_ROLE_BEFORE = re.compile(r"^(?:staff\s+)?(?:writer|reporter|correspondent|columnist|editor)\s+", re.IGNORECASE)


def _without_employer(line: str, own: frozenset[str]) -> str:
    """A name without the outlet or the agency that no sign parts from it: "Dana Cole The Associated Press"."""
    words = _STAFF.sub("", line).split()
    for count in range(min(_MOST_BEHIND, len(words) - 2), 0, -1):
        behind, rest = " ".join(words[-count:]), " ".join(words[:-count])
        if (_fold(behind) in own or is_agency(behind)) and (is_person(rest) or " and " in rest):
            return rest
        before, rest = " ".join(words[:count]), " ".join(words[count:])
        if _fold(before) in own and (named := _ROLE_BEFORE.sub("", rest)) != rest and is_person(named):
            return named
    return line


def _is_nobody(name: str, own: frozenset[str]) -> bool:
    return bool(
        _fold(name) in own
        or ((desk := _FIRST_DESK.match(name)) and _fold(name[desk.end() :]) in own)
        or _ACCOUNT.fullmatch(name)
        or _ID.fullmatch(name)
        or _DESK.fullmatch(name)
        or _STOCK.fullmatch(name)
        or _JUNK.search(name)
        or _DATE_LIKE.search(name)
        or _HOST.fullmatch(name)
    )


def is_account(name: str) -> bool:
    """Whether a name looks like one that someone signs in with: one word in small letters, or with digits."""
    return " " not in name and (name == name.lower() or any(map(str.isdigit, name))) and name.isascii()


def _without_mangled(names: list[str]) -> list[str]:
    """Without mail addresses that crawlers took for names ("Dcole Port Example"), if another name is there."""
    whole = [name for name in names if not _MANGLED_MAIL.fullmatch(name)]
    return whole or names


@lru_cache(maxsize=1_024)  # a stream has few outlets
def _own_forms(outlets: tuple[str, ...]) -> frozenset[str]:
    return frozenset(form for outlet in outlets for form in _outlet_forms(outlet))


def _outlet_forms(outlet: str) -> set[str]:
    folded = _fold(outlet)
    bare = re.sub(r"^www\.", "", outlet.lower())
    label = bare.rsplit(".", 1)[0] if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", bare) else ""
    forms = {folded, _fold(label), _fold(re.sub(r"^the\s+", "", outlet, flags=re.IGNORECASE)), "the" + folded}
    return {form for form in forms if form}


def _fold(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))

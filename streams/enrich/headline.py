"""The headline as it is compared: what two copies of one headline have in common."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

# Combining marks are not \w, yet carry the vowels of Hindi, Bengali, Tamil, Thai…: they stay.
# The optional pointing of Arabic and Hebrew and the Arabic stretching stroke go: the same headline is printed with and without.
_POINTING = "\u0591-\u05c7\u0640\u064b-\u0652\u0670"
_MARKS = re.escape("".join(mark for mark in map(chr, range(0x300, 0xFE30)) if unicodedata.category(mark)[0] == "M"))
_INVISIBLE = re.compile(f"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff{_POINTING}]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_ABBREVIATION = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is "US"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")  # "1,000" is "1000"
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")  # "3,5" is "3.5", and neither is "35"
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")  # not the point of a decimal
_PUNCTUATION = re.compile(rf"(?:[^\w.{_MARKS}]|_)+")
_ASCII_PUNCTUATION = {ord(sign): " " for sign in map(chr, range(128)) if not (sign.isalnum() or sign == ".")}

SEPARATOR = re.compile(r"[-–—|｜_·•«»:/](?:(?<=[|｜_])|(?<=\s.)(?=\s)|(?<=[–—])(?=\s))")
"""What stands between a headline and its outlet or section in a page's title."""

_FIRST_SEPARATOR = re.compile(r"\s[-–—•·»]\s+|\s?[|｜]\s*|\s*[:：]\s+|[–—]\s")
_LABEL_SIGN = re.compile(r"[-–—:|：｜\])】]")  # no label without one: the cheap test
# A tight hyphen counts only behind words that agencies use so: "UPDATE 1-Fed holds rates", but "Live-in nanny sues".
_LABEL = re.compile(
    r"""
    (?: (?: update | wrap-?up ) \s* \d{1,2} \s* | rpt | refile | corrected (?:-?\s?\(official\))? | correction
        | exclusive | brief | factbox
        | explainer | timeline | newsmaker | analysis | insight | preview | instant\ view | advisory ) \s? [-–—:] \s*
    | [\[(【]? (?: update (?:\s*\d{1,2})? | exclusive | breaking (?:\s+news)? | just\ in | live (?:\s+(?:updates?|blog))?
        | watch (?:\s+live)? | video | photos? | in\ pictures | listen | podcast | opinion | op-ed | editorial
        | commentary | analysis
        | explainer | explained | fact[ -]?check | live\ blog | as\ it\ happened | updated? | urgent | alert | sponsored
        | urgente | última\ hora | vídeo | opinión | exclusiva | análisis | editorial | fotos | minuto\ a\ minuto
        | en\ (?:vivo|directo)
        | en\ direct | direct | urgent | vidéo | exclusif | exclusivité | info | analyse | tribune | éditorial
        | en\ images | alerte\ info
        | eilmeldung | eil | liveticker | newsticker | exklusiv | meinung | kommentar | interview | leitartikel
        | faktencheck | im\ video | livestream
        | ao\ vivo | exclusivo | opinião | análise |  ultim'?’?ora | (?:in\ )?diretta | esclusiva | l'?’?analisi | opinione
        | son\ dak[iİı̇]{1,2}ka | flaş | v[iİ]deo | canlı | özel\ haber
        | срочно | молния | видео | эксклюзив | мнение | фото | онлайн | обновлено | интервью
        | عاجل | خاص | حصري | (?:بال)?فيديو | بالصور | شاهد | مباشر | رأي
        | ब्रेकिंग(?:\ न्यूज़?़?)? | लाइव(?:\ अपडेट)? | वीडियो | देखें | एक्सक्लूसिव
        | 速報 | 動画 | 独自 | 社説 | 号外 | 快讯 | 快訊 | 突发 | 視頻 | 视频 | 独家 | 獨家 | 直播 | 评论 | 속보 | 단독
        | 영상 ) (?: [\])】] \s*[-–—:|]?\s* | \s*[:：|｜]\s* | \s+[-–—]\s+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)

_CLOCK = re.compile(
    r"""
    [\[(]? \d{1,2} [:.h] \d{2} (?: \s? (?: [ap]\.?m\.? | uhr | h | gmt | utc | e[sd]?t | p[sd]?t | ce?s?t | bst | ist | мск ) )?
    (?: [\])] \s* [-–—|:]? \s* | \s* [-–—|｜] \s+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The clock of a live blog: "14:05 | …", "[10.30 Uhr] …"; a time without a sign behind it is part of the headline."""

_TAIL_LABEL = re.compile(
    r"""
    \s* (?: [(\[【] \s* \+?\s* (?P<marked> LABELS ) \s* [)\]】] | \s [-–—|｜] \s+ (?P<parted> LABELS ) ) [\s.…]* $
    """.replace(
        "LABELS",
        r"""videos? | photos? | pictures | pics | gallery | watch | listen | podcast | infographic | update[ds]?
        | live (?:\s updates?|\s blog)?
        | as\ it\ happened | exclusive | opinion | v[ií]deos? | fotos | galería | en\ (?:vivo|directo) | vidéo
        | en\ direct | photos
        | liveticker | mit\ video | ao\ vivo | видео | фото | онлайн | فيديو | صور | वीडियो | देखें | 動画(?:あり)? | 写真
        | 视频 | 图 | 영상""",
    ),
    re.IGNORECASE | re.VERBOSE,
)
_TAIL_BYLINE = re.compile(
    r"""
    \s+ [-–—|｜] \s+ (?: by | von | por | par | di | автор:? | بقلم:? | 作者[:：]? ) \s*
    (?P<name> [^\W\d_] [^-–—|｜:;,?!\d]{2,40} ) $
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MOST_NAME_WORDS = 5
_TAIL_SIGN = re.compile(r"[)\]】）][\s.…]*$|\s[-–—|｜]\s")  # no such tail without one: the cheap test
_TAIL_MARK = re.compile(r"\s*[(\[【（](?P<outlet>[^()\[\]【】（）]{2,40})[)\]】）][\s.…]*$")
_BARE_DOMAIN = re.compile(r"\s*(?:www\.)?(?:[\w-]+\.)+(?:com|org|net|info|news|tv|[a-z]{2})\s*", re.IGNORECASE)

# Outlets that other sites carry the headlines of, for events that do not say who published them.
_KNOWN_OUTLETS = """
    ABC News, Agence France-Presse, AFP, Al Arabiya English, Al Jazeera, Al Jazeera English, AP, AP News,
    Associated Press, Axios, BBC, BBC News, BBC Sport, Bloomberg, Bloomberg.com, Boston Globe, Breitbart,
    Business Insider, BuzzFeed News, CBC News, CBS News, Channel News Asia, CNA, Chicago Tribune, CNBC, CNN,
    CNN.com, CNN International, CNNPolitics, Daily Express, Daily Mail, Daily Mail Online, Daily Mirror,
    Daily Telegraph, Deutsche Welle, DW, Euronews, Financial Times, FT.com, Forbes, Fox Business, Fox News,
    France 24, Guardian, Haaretz, Hindustan Times, HuffPost, Huffington Post, Independent, Irish Times, ITV News,
    Jerusalem Post, Los Angeles Times, Mail Online, MarketWatch, Mirror Online, MSN, MSNBC, National Post,
    NBC News, NDTV, NDTV.com, New York Post, New York Times, Newsweek, NPR, PBS, PBS NewsHour, Politico, Reuters,
    Reuters UK, RT, RTÉ News, Sky News, Slate, South China Morning Post, SCMP, Sputnik, Sydney Morning Herald,
    Telegraph, The Atlantic, The Economist, The Hill, The Hindu, The Times of India, Times of India, The Verge,
    TIME, TIME.com, TechCrunch, Toronto Star, USA Today, Vox, Wall Street Journal, WSJ, Washington Post,
    Washington Times, WIRED, Yahoo News, Yahoo Finance, El País, EL PAÍS, El Mundo, ABC.es, La Vanguardia,
    Clarín, La Nación, Infobae, El Universal, Le Monde, Le Monde.fr, Le Figaro, Le Parisien, Libération,
    Franceinfo, Der Spiegel, DER SPIEGEL, SPIEGEL ONLINE, ZEIT ONLINE, Die Zeit, FAZ, FAZ.NET, Süddeutsche.de,
    SZ.de, tagesschau.de, WELT, n-tv.de, BILD.de, Corriere.it, Corriere della Sera, la Repubblica, Repubblica.it,
    La Stampa, ANSA, ANSA.it, Il Sole 24 ORE, Folha de S.Paulo, G1, UOL, Estadão, O Globo, Público,
    Diário de Notícias, РИА Новости, ТАСС, Интерфакс, Lenta.ru, Лента.ру, РБК, Коммерсантъ, Meduza, Медуза,
    الجزيرة نت, العربية نت, العربية, سكاي نيوز عربية, BBC News عربي, رويترز, BBC News हिंदी, आज तक, AajTak,
    NDTV India, दैनिक भास्कर, Dainik Bhaskar, अमर उजाला, Amar Ujala, 新华网, 人民网, 新浪网, 新浪新闻, 网易,
    腾讯网, 央视网, 中国新闻网, BBC News 中文, NHK, NHKニュース, NHK NEWS WEB, 朝日新聞デジタル, 毎日新聞,
    読売新聞オンライン, 日本経済新聞, 産経ニュース, Yahoo!ニュース, 時事ドットコム
"""
_OUTLET_FILLERS = frozenset(("the", "of", "and", "news", "online", "com"))
_DOMAIN = re.compile(r"(?:\w+://)?((?:[\w-]+\.)+\w{2,})(?:[/:?#]\S*)?")
_DOMAIN_FILLERS = frozenset(
    ("www", "com", "co", "org", "net", "news", "info", "edition", "amp", "go", "uk", "au", "nz", "za", "in")
)
_MOST_OUTLET_WORDS = 6
_SHORTEST_ABBREVIATION = 3  # two letters fit too many pairs of words
_MOST_DRESSES = 3  # a label may stand behind an outlet, and an outlet behind a label
_MOST_OUTLETS = 3  # "… - Reuters | Yahoo News"
_LONGEST_LABEL, _LONGEST_OUTLET = 25, 100  # characters, with the separator

# A cut that is taken from a list alone must leave a headline: at least so much.
_FEWEST_WORDS, _FEWEST_CHARACTERS, _FEWEST_IDEOGRAPHS = 3, 12, 8
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def normalise_headline(headline: str, outlets: Sequence[str] = ()) -> str:
    """What is left of a headline without its dress: case, width, quotes, dashes, labels and the outlet's name.

    ``outlets`` are the event's own names for its publisher (a name, a site's domain or URL): they are cut from the end of the
    headline wherever they stand behind a separator. Names known to this module are cut only when a headline is left.
    A headline of punctuation alone stays as written, so that two such headlines differ. Idempotent.
    """
    text = _without_invisible(html.unescape(headline) if "&" in headline else headline)
    for _ in range(_MOST_DRESSES):
        bare = _without_outlet(_without_tail(_without_label(_without_first_outlet(text, outlets)), outlets), outlets)
        if bare == text:
            break
        text = bare
    return comparable(text) or " ".join(headline.split())


def fingerprint_headline(headline: str, outlets: Sequence[str] = ()) -> str:
    """The 128-bit BLAKE2b hash of the normalised headline: 32 hexadecimal digits."""
    return blake2b(normalise_headline(headline, outlets).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def comparable(text: str) -> str:
    """The words of ``text`` for an exact comparison: NFKC, case folded, no punctuation, one space between words.

    Numbers keep their decimal point. May be empty.
    """
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", _without_invisible(text).casefold())
        # Turkish: İ, I, ı and i are one letter here, since capitals do not say which language they are of.
        text = text.replace("i\u0307", "i").replace("ı", "i").replace("’", "'")
    if "'" in text or "ʼ" in text:
        text = _APOSTROPHE.sub("", text)
    if "." in text:
        text = _STOP.sub(" ", _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text))
    if "," in text:
        text = _DECIMAL_COMMA.sub(".", _THOUSANDS.sub("", text))
    text = text.translate(_ASCII_PUNCTUATION) if text.isascii() else _PUNCTUATION.sub(" ", text)
    return " ".join(text.split())


def _without_invisible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _without_label(text: str) -> str:
    """Cut "UPDATE 1-", "WATCH:", "Opinion |"… from the beginning, also several."""
    text = text.strip()
    if not _LABEL_SIGN.search(text, 0, _LONGEST_LABEL):
        return text
    start = 0
    while label := _LABEL.match(text, start) or _CLOCK.match(text, start):
        start = label.end()
    return text[start:] if start and _is_headline(text[start:]) else text


def _without_tail(text: str, outlets: Sequence[str]) -> str:
    """Cut "(VIDEO)", " - live", " | By Jane Doe", "(Reuters)"… from the end."""
    end = max(0, len(text) - _LONGEST_OUTLET)
    if not _TAIL_SIGN.search(text, end):
        return text
    if (found := _TAIL_LABEL.search(text, end)) and _is_headline(text[: found.start()]):
        return text[: found.start()]
    if (found := _TAIL_BYLINE.search(text, end)) and _is_headline(text[: found.start()]):
        name = found["name"].split()
        if len(name) <= _MOST_NAME_WORDS and all(not word[0].islower() or len(word) <= 3 for word in name):
            return text[: found.start()]
    if (found := _TAIL_MARK.search(text, end)) and text[: found.start()].strip():
        words = tuple(comparable(found["outlet"]).split())
        is_told = bool(words) and any(_names_outlet(words, name) for name in outlets if name)
        if is_told or (_squash(words) in _known_outlets() and _is_headline(text[: found.start()])):
            return text[: found.start()]
    return text


def _without_first_outlet(text: str, outlets: Sequence[str]) -> str:
    """Cut "BBC News - …", "The Courier: …" from the beginning."""
    separator = _FIRST_SEPARATOR.search(text, 0, _LONGEST_OUTLET)
    if not separator or not text[separator.end() :].strip():
        return text
    words = tuple(comparable(text[: separator.start()]).split())
    if not 0 < len(words) <= _MOST_OUTLET_WORDS:
        return text
    is_told = any(_names_outlet(words, name) for name in outlets if name)
    # "Reuters: Fed to hold" says whose report it is: a colon counts only behind the event's own outlet.
    is_known = ":" not in separator[0] and _squash(words) in _known_outlets()
    rest = text[separator.end() :]
    return rest if (is_told or is_known) and _is_headline(rest) else text


def _without_outlet(text: str, outlets: Sequence[str]) -> str:
    """Cut " - Reuters", " | BBC News"… from the end, also several."""
    for _ in range(_MOST_OUTLETS):
        if not (separator := _last_separator(text)):
            break
        rest = text[: separator.start()]
        words = tuple(comparable(text[separator.end() :]).split())
        if not rest.strip() or not 0 < len(words) <= _MOST_OUTLET_WORDS:
            break
        told = any(_names_outlet(words, name) for name in outlets if name)
        is_outlet = _squash(words) in _known_outlets() or _BARE_DOMAIN.fullmatch(text, separator.end())
        if not told and not (is_outlet and _is_headline(rest)):
            break
        text = rest
    return text


def _last_separator(text: str) -> re.Match[str] | None:
    separators = list(SEPARATOR.finditer(text, max(0, len(text) - _LONGEST_OUTLET)))
    return separators[-1] if separators else None


def _is_headline(text: str) -> bool:
    text = text.strip()
    if len(text) >= _FEWEST_CHARACTERS and len(text.split()) >= _FEWEST_WORDS:
        return True
    return len(_IDEOGRAPH.findall(text)) >= _FEWEST_IDEOGRAPHS


def _squash(words: Iterable[str]) -> str:
    return "".join(words).removeprefix("the")


@lru_cache(maxsize=1)
def _known_outlets() -> frozenset[str]:
    return frozenset(_squash(comparable(name).split()) for name in _KNOWN_OUTLETS.split(","))


@lru_cache(maxsize=4096)
def _names_outlet(words: tuple[str, ...], outlet: str) -> bool:
    """Whether the words are a spelling of the outlet: "The New York Times" of "New York Times" or "https://www.nytimes.com/"."""
    if domain := _DOMAIN.fullmatch(outlet.strip()):
        labels = [label for label in comparable(domain[1].replace("-", "")).split() if label not in _DOMAIN_FILLERS]
        return any(_abbreviates(label, words) for label in labels)
    return _squash(words) == _squash(comparable(outlet).split())


def _abbreviates(label: str, words: tuple[str, ...]) -> bool:
    """Whether ``label`` is put together from beginnings of the words, in order: "nytimes", "wsj", "washingtonpost"."""
    if _squash(words) == label.removeprefix("the"):
        return True
    if len(words) < 2 or len(label) < _SHORTEST_ABBREVIATION:
        return False
    ends = {0}  # where in the label the words so far may end
    for word in words:
        skipped = ends if word in _OUTLET_FILLERS else set()
        ends = skipped | {end + size for end in ends for size in range(1, len(word) + 1) if label.startswith(word[:size], end)}
    return len(label) in ends

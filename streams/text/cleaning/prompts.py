"""One-line furniture that no list of phrases can cover: recognised by how the line is built, and a few words per language.

A line that leads to another article is a label and a title; a credit is a label and a name; a prompt begins with what its
reader should do and names a channel; notices are about the article, the account or the player. A sentence in the third person
is none of these.
"""

from __future__ import annotations

from functools import cache
from itertools import takewhile

from streams import lazy_re as re
from streams.text.article import CutKind
from streams.text.cleaning.affiliates import is_affiliate_notice
from streams.text.cleaning.phrases import BULLETS, load_phrases
from streams.text.cleaning.prompt_signs import PromptSigns, find_signs, fold, group_words, longest_word, starts_with, word_at
from streams.text.sentences import ends_in_full_stop, ends_sentence, is_worded

LONGEST_PROMPT = 220  # characters
_LONGEST_LABEL, _MOST_LABEL_WORDS = 40, 5
_LONGEST_CREDIT, _MOST_CREDIT_WORDS = 80, 8
_LONGEST_ASIDE, _LONGEST_NOTICE = 100, 130  # characters
_A_STEM = 5  # characters that tell a word by its beginning
_FEW_WORDS = 4  # of a label: any of them announces another article, else the first or the second
_A_WORD = 4  # characters: a space and a short word
_FEWEST_TITLE_WORDS = 4
_PLEASE = 10  # characters before the verb of a request
_NEAR = 24  # characters from its beginning in which a prompt says what to do
_LABELLED = re.compile(r"([^:：|｜>»/／–—=＝→▸►՝፦፡]{1,40}?)\s*(?:[:：|｜>»=＝／→▸►՝፦]|፡፡|\s[–—/-]\s)\s*(\S.*)")
_PHOTO_BY = re.compile(r"(?:fot|foto|nuotr|ph|φωτ|сн|фот|obr|abb|bild)\. ?[^\W\d_]")
_CAPTIONED = re.compile(
    r"[▲△▼↑◀▶].{2,120}[（(](?:圖|图|写真|写真提供|사진|圖片|图源|資料照)[／/=＝:：]?[^（）()]{1,40}[）)]"
)  # a picture's caption
_BRACKETED = re.compile(r"[【\[(（]([^】\])）]{2,20})[】\])）]\s*(.*)")
_PHOTO_DESK = (
    r"(?:getty images?|afp|ap|associated press|reuters|dpa|epa|epa-efe|efe-epa|ansa|efe|ntb|tt|tass|imago(?: images)?"
    r"|shutterstock|alamy|istock|istockphoto|anp|belga|pap|čtk|mti|xinhua|pa|pa wire|lehtikuva|scanpix"
    r"|picture alliance|zuma"
    r"|nurphoto|bloomberg|keystone|apa|hina|tanjug|agerpres|sipa|abaca|bestimage|lusa|folhapress"
    r"|europa press|la presse|ipa|eurokinissi|aa"
    r"|ritzau scanpix|unsplash|pixabay)"
)
_SLASHED = re.compile(
    rf"[^.!?:]{{3,50}}\s?/\s?{_PHOTO_DESK}(?:(?:\s?[/,]\s?|\s(?:via|through)\s){_PHOTO_DESK})?\W*"
    rf"|{_PHOTO_DESK}(?: photo)?\s?/\s?[^\W\d_][^.!?:\d]{{2,40}}",
    re.IGNORECASE,
)
_REPORTER = re.compile(
    r"(?:記者|记者|文／|撰文／)[^\s。，：]{2,10}\s?[／/]\s?\S{2,8}(?:報導|报道|報道|攝影|摄影)?"
)  # "記者陳小明／台北報導"
_TAKEN_BY = re.compile(r"(?:撮影|写真|取材|文)[・＝=／/]\s?[^\s。、・]{2,12}(?:・[^\s。、・]{2,12})?")  # "撮影・佐藤花子"
_ADDRESS = re.compile(r"(?:https?://)?(?:pic\.(?:twitter|x)\.com|t\.co)/\S+")
_ALONE = frozenset((
    "facebook", "twitter", "x", "whatsapp", "telegram", "linkedin", "pinterest", "reddit", "instagram", "youtube", "threads",
    "bluesky", "flipboard", "copied!", "copied", "link copied", "kopiert!", "copié !", "copiado", "copiado!", "skopiowano",
    "скопировано", "flecha", "save post", "save article",
))  # fmt: skip
_ABOUT = re.compile(r"^(?:ca\.?|approx\.?|about|circa|environ|etwa|aprox\.?|około|cca|okolo|около|примерно)\s+")
_AGO = re.compile(r"(?:updated |posted |published )?\d{1,2} (?:minutes?|mins?|hours?|hrs?|days?) ago", re.IGNORECASE)
_PLAYING_TIME = re.compile(r"[\s•·|:–—-]{1,3}\d{1,2}:\d\d(?::\d\d)?")
_APPEALS = ("donation", "spende", "our work")
_LINK_END = " →»›>.…]"
_MORE_FROM = re.compile(
    r"(?:more from|mehr aus|mehr von|más de|mais de|plus de|altro da|meer van|mer från|mer fra|mere fra)(?: [^\s.!?:]+){1,5}"
)
_BEHIND_A_SLASH = re.compile(r"[/／]\s?[^\W\d_]{2,12}")  # "/연합뉴스", alone on its line
_ENCLOSED = re.compile(r"[(（\[［【](.{2,70})[)）\]］】]\W{0,2}|/\s?([^/]{2,30})\s?/|-\s([^-]{2,30})\s-")
_WORDS_ALONE = re.compile(r"[^\W\d_](?:[^\W\d_]|[ &/|'’\-\u0300-\u036f\u0900-\u0d7f\u0e00-\u0e7f])*")
_WITH = frozenset((
    "with", "from", "by", "via", "avec", "mit", "con", "com", "met", "med", "ja", "z", "ze", "s", "se", "с", "со", "з", "зі",
    "із", "cu", "ir", "w", "od", "par", "von", "da", "de",
))  # fmt: skip
_HAVE_YOU_READ = re.compile(r"[^?\s]+(?: [^?\s]+){1,5}[?؟;] \S")
_BY = frozenset(("by", "von", "par", "di", "de", "por", "van", "av", "af", "od", "z", "от", "från", "fra", "dari", "via"))
_ARROWS = "▶►→➤➡»>☞👉⏩▷"
_ASKED = re.compile("[?？؟;] ")
_PICTURES = ("foto", "bild", "bilde", "billede", "kép", "kuva", "photo", "beeld", "fotó")  # ends of "Borítókép", "Titelbild"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_QUOTED_FIRST = re.compile('["“„«‘”»「『][^"“”«»‘’」』]{2,150}["”“»«’」』][,.!?]?\\s?[,–—-]?\\s\\S+\\s\\S')
_PRICE = re.compile(r"[$€£¥₹₽₺₴]\s?\d|\d\s?(?:[$€£¥₹₽₺₴元円원]|euro|kr|zł|kč|ft|lei|lv|лв|руб|грн|din|rsd|tl)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_LONGEST_CONTACT = 60  # characters
_PLAIN_END = re.compile("(?:[ただるい]|のか)[。？]$|다\\.$")
_ASKS = "(?:くだ|下)さい|ましょう|お願い|こちら|ご[登購支協応寄]|세요|십시오"
_POLITE = re.compile(f"{_ASKS}|ます|ませ|です|니다")
# Broadcasters narrate politely: reports and the past tense; in Chinese, how many did so, or which of those named before.
_REPORTED = re.compile(
    "(?:という(?:こと)?です|とのことです|だそうです|といいます|ました)。$"
    "|(?:고|라고) ?합니다\\.$|[았었였했됐겠]습니다\\.$|(?:该|該|人数|人數).*。$"
)
_REQUEST = re.compile(f"{_ASKS}|ありがとう|完了|追加され|부탁|감사|완료|请|請|欢迎|歡迎|我们|我們")
_LAST = 40  # characters: the end of a prompt in a language that puts the verb last
_SPACELESS = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


def recognise_prompt(text: str) -> CutKind | None:
    """The kind of furniture that a line is by its build, or None if it may belong to an article."""
    if len(text) > LONGEST_PROMPT:
        return None
    folded = fold(text).strip(BULLETS).lstrip("/")
    if folded in _ALONE or _ADDRESS.fullmatch(folded) or _is_time(folded):
        return CutKind.SHARE_BAR
    if kind := _judge_label(folded, text):
        return kind
    if _is_related(folded, text):
        return CutKind.RELATED
    if _is_credit(folded, text):
        return CutKind.CREDIT
    asked = _ASKED.search(folded) if len(folded) <= _LONGEST_NOTICE else None
    is_asked = _is_asked(folded) or _is_question(folded) or (asked is not None and _is_asked(folded[asked.end() :]))
    is_prompt = is_asked and not (opens_with_quotation(text) or _is_told_plainly(folded))
    return CutKind.SUBSCRIPTION if is_prompt else None


def opens_with_quotation(text: str) -> bool:
    """Whether a line is a quotation and who says it: "“Help us,” the islanders wrote."."""
    return _QUOTED_FIRST.match(text) is not None


def _is_told_plainly(folded: str) -> bool:
    """Whether a line is narrated in Japanese, Korean or Chinese: what is asked of readers is polite, and not in the past."""
    if _REPORTED.search(folded) is not None:
        return _REQUEST.search(folded) is None
    return _PLAIN_END.search(folded) is not None and _POLITE.search(folded) is None


def _is_related(folded: str, text: str) -> bool:
    """Whether a line leads to other articles."""
    return (
        _is_added(text)
        or is_doubled(folded)
        or _leads_on(folded)
        or _is_rubric(folded, text)
        or _leads_here(folded)
        or _is_shown_elsewhere(folded)
        or _leads_in_capitals(text)
        or (text[0] in _ARROWS and starts_with(folded, "read") and not ends_in_full_stop(text))
        or _MORE_FROM.fullmatch(folded) is not None
        or folded.rstrip(_LINK_END) in group_words("go-on")
    )


def _is_added(text: str) -> bool:
    """Whether a line is a plus sign and the title of another article: "+ Ferry strike enters its third week"."""
    if not text.startswith(("+ ", "＋ ", "+\u00a0")):
        return False
    title = text[2:].lstrip()
    return is_worded(title, 3) and not ends_in_full_stop(text) and not title[0].islower() and not title[0].isdigit()


def _is_credit(folded: str, text: str) -> bool:
    """Whether a line says whose a picture or a text is."""
    return (
        ("/" in folded and _SLASHED.fullmatch(folded) is not None)
        or _is_slashed(text)
        or _CAPTIONED.fullmatch(text.strip()) is not None
        or _REPORTER.fullmatch(folded) is not None
        or _TAKEN_BY.fullmatch(folded) is not None
        or _is_credited(folded, text)
        or _are_credits(text)
        or _is_acknowledgement(folded, text)
    )


def _is_asked(folded: str) -> bool:
    """Whether a text asks something of its reader, or is a notice."""
    signs = find_signs(folded)
    if "said" in signs and ends_in_full_stop(folded):
        return False
    return bool(signs) and (any(judge(folded, signs) for judge in _JUDGES) or _is_gate(folded))


def _leads_on(folded: str) -> bool:
    """Whether a line is a label for links to other articles, without a title: "Potrebbe interessarti anche"."""
    if len(folded) > _LONGEST_LABEL or len(words := folded.split()) > _MOST_LABEL_WORDS or ends_sentence(folded):
        return False
    if len(words) <= 3 and starts_with(folded, "read") and words[-1] in group_words("rubric"):
        return True  # "Watch the video"
    return starts_with(f"{folded} ", "read") and not group_words("also").isdisjoint(folded.rstrip(":").split())


def _leads_here(folded: str) -> bool:
    """Whether a line invites to read and points somewhere: "Read our full coverage here", "Have you read this? …"."""
    if len(folded) > _LONGEST_ASIDE or ends_in_full_stop(folded) or not starts_with(folded, "read"):
        return False
    return folded.rstrip(_LINK_END).endswith(_here_ends()) or _HAVE_YOU_READ.match(folded) is not None


def _is_shown_elsewhere(folded: str) -> bool:
    """Whether a line says what to see, and where: "Mira el video aquí"."""
    words = folded.rstrip(_LINK_END).split()
    if not 3 <= len(words) <= _MOST_LABEL_WORDS + 1 or ends_in_full_stop(folded):
        return False
    is_first = words[0] in group_words("see") or " ".join(words[:2]) in group_words("see")
    return is_first and not group_words("to-see").isdisjoint(words) and not group_words("here").isdisjoint(words)


def _leads_in_capitals(text: str) -> bool:
    """Whether a line is a label in capitals, without a colon, and a title: "LÄS MER Färjestrejken går in på tredje veckan"."""
    words = text.strip(BULLETS).split()
    label = [fold(word) for word in takewhile(str.isupper, words)]
    if label and len(words[len(label) - 1]) == 1:  # "LIRE AUSSI À bord du bac"
        label.pop()
    title = " ".join(words[len(label) :])
    is_title = title[:1].isupper() and is_worded(title, 3) and not ends_in_full_stop(text)
    if not is_title or not 2 <= len(label) <= _MOST_LABEL_WORDS:
        return False
    said = " ".join(label)
    is_known = said in group_words("read") or said in group_words("go-on")
    return is_known or (starts_with(said, "read") and not group_words("also").isdisjoint(label[1:]))


def is_related_heading(kind: CutKind | None, text: str) -> bool:
    """Whether a line is the heading of a list of other articles, without an article's title."""
    if kind is not CutKind.RELATED or ends_sentence(text):
        return False
    found = _LABELLED.fullmatch(text.strip(BULLETS))
    return found is None or len(found[2].split()) <= 2


def _is_rubric(folded: str, text: str) -> bool:
    """Whether a line is a kind of article, a bar and a title: "Explained | Why the ferry costs so much"."""
    label, bar, title = folded.replace("｜", "|").partition("|")
    return bool(bar) and "|" not in title and label.strip() in group_words("rubric") and not ends_in_full_stop(text)


def _are_credits(text: str) -> bool:
    """Whether a line is several labels with names, one of them a credit: "Autor: Jan Novák, Foto: ČTK"."""
    if len(text) > _LONGEST_ASIDE:
        return False
    pieces = re.split("[,;|] ", text)
    if not 2 <= len(pieces) <= 4 or not all(map(_LABELLED.fullmatch, pieces)):
        return False
    return any(_judge_label(fold(piece), piece) is CutKind.CREDIT for piece in pieces)


def _is_slashed(text: str) -> bool:
    """Whether a line is a photographer and an agency: "Jonas Petraitis / ELTA"."""
    name, slash, agency = text.rpartition("/")
    return (
        bool(slash) and len(name) <= _LONGEST_LABEL and len(name.split()) >= 2 and is_agency(agency.strip()) and _is_name(name)
    )


def _is_credited(folded: str, text: str) -> bool:
    if found := _ENCLOSED.fullmatch(text):
        text = next(filter(None, found.groups()))
    words = text.split(maxsplit=_MOST_LABEL_WORDS)
    if 3 <= len(words) <= _MOST_LABEL_WORDS and fold(words[1]) in _BY and _is_name(" ".join(words[2:])):
        return fold(words[0]) in group_words("credit")
    is_labelled = _PHOTO_BY.match(folded) is not None or (" by " in folded[:20] and starts_with(folded, "credit"))
    return is_labelled and not ends_in_full_stop(text) and len(text) <= _LONGEST_CREDIT


def _names_agency_behind(text: str) -> bool:
    """Whether a line is "With AFP" or "AFP photo"."""
    words = text.strip(" .()（）").split()
    if not 2 <= len(words) <= _MOST_LABEL_WORDS:
        return False
    first, last = fold(words[0]), fold(words[-1]).strip(".")
    if words[-2].endswith((".", "/")) and first in group_words("credit") and is_agency(words[-1]):
        return True  # "Photo d'illustration. AFP"
    is_first = first in _WITH and is_agency(" ".join(words[1:]))
    is_photo = first in group_words("credit") and (
        is_agency(" ".join(words[1:])) or words[1] == "©" or words[1].lower() == "via"
    )
    return is_first or is_photo or (last in group_words("credit") and is_agency(" ".join(words[:-1])))


def is_enclosed(text: str) -> bool:
    """Whether a line is a few words in brackets, like an agency's mark at the end."""
    found = _ENCLOSED.fullmatch(text)
    return found is not None and len(text) <= _LONGEST_LABEL and len(text.split()) <= _MOST_LABEL_WORDS - 1


def _is_name(text: str) -> bool:
    """Whether a text may consist of the names of a few people."""
    words = text.split()
    return len(words) <= _MOST_LABEL_WORDS and not any(map(str.isdigit, text)) and all(not word[0].islower() for word in words)


def names_source(text: str) -> bool:
    """Whether a line says where the news is from, as at an article's beginning or end: "Source: City of Lorn", "dpa"."""
    if len(text) > _LONGEST_CREDIT:
        return False
    if len(text) <= _LONGEST_LABEL and is_agency(text):
        return True
    found = _LABELLED.fullmatch(fold(text))
    return found is not None and found[1].strip(BULLETS) in group_words("source") and not _is_told(text)


def _is_acknowledgement(folded: str, text: str) -> bool:
    """Whether a line only says who had the news first: "(Avec AFP)", "/ritzau/", "With files from …", "© Jo Marsh"."""
    if len(text) > _LONGEST_CREDIT or not has_letter(text):
        return False
    if folded.startswith(("©", "(c)", "（c）", "ⓒ", "(©")) and len(folded.split()) <= _MOST_CREDIT_WORDS:
        return _YEAR.search(folded) is None and not ends_in_full_stop(text)
    if _BEHIND_A_SLASH.fullmatch(text) or _names_agency_behind(text):
        return True
    found = _ENCLOSED.fullmatch(text.strip())
    inner = next(filter(None, found.groups()), "").strip(" ©ⓒ.:") if found else ""
    if (
        inner
        and len(inner.split()) <= 2
        and (fold(inner).split()[0] in group_words("credit") or (_SPACELESS.search(inner) and starts_with(inner, "credit")))
    ):
        return True
    if inner and (is_agency(inner) or _judge_label(fold(inner), inner) is CutKind.CREDIT or starts_with(fold(inner), "with")):
        return True
    return starts_with(folded.lstrip("(（["), "with") and (bool(inner) or _has_name(text)) and not _is_told(text)


def _has_name(text: str) -> bool:
    """Whether a word after the first begins with a capital, or the script has no capitals."""
    return any(word[0].isupper() for word in text.split()[1:] if word) or text.upper() == text.lower()


def _is_told(text: str) -> bool:
    """Whether a line that looks like a credit continues as a sentence."""
    return ends_in_full_stop(text) and len(text.split()) > _MOST_CREDIT_WORDS


def _is_notice(folded: str, signs: PromptSigns) -> bool:
    if len(folded) > _LONGEST_NOTICE:
        return False
    if _is_continued(folded, signs):
        return True
    speaks = _speaks_to_reader(folded, signs)
    if speaks and "paying" in signs and "only" in signs:
        return True
    if _begins(signs, "share") and len(folded) <= _LONGEST_CONTACT and not ends_in_full_stop(folded):
        words = folded.split()
        return (
            "this" in signs
            or "thing" in signs
            or len(words) == 1
            or (len(words) <= 3 and not group_words("piece").isdisjoint(words[1:]))
        )
    if "affiliate" in signs and len(folded) <= _LONGEST_ASIDE and _has_person(folded):
        return True
    is_rated = "rating" in signs and ("this" in signs or not ends_in_full_stop(folded))
    return (speaks and "notice" in signs) or is_rated or _is_published(folded, signs) or _asks_of_article(folded, signs)


def _is_published(folded: str, signs: PromptSigns) -> bool:
    """Whether a line says where the article was out first, and not how something else was."""
    if "published" not in signs:
        return False
    first = signs["published"].first
    if folded.startswith(("(", "[", "（")) and first <= 1:
        return True
    is_first = not ends_in_full_stop(folded) and (first <= 1 or _has_word(folded[:first], "piece"))
    return is_first or ("this" in signs and signs["this"].first <= _NEAR) or _begins(signs, "post")


def _asks_of_article(folded: str, signs: PromptSigns) -> bool:
    """Whether a line asks about the article; with a noun alone ("Vad tycker du om artikeln?") only if it asks someone."""
    if "this" not in signs or signs["this"].first >= folded.find("?"):
        return False
    return _has_person(folded) or any(words in folded for words in group_words("this") - group_words("an-article"))


def _speaks_to_reader(folded: str, signs: PromptSigns) -> bool:
    """Whether a line is no sentence, or one about the article or to its reader. "It was republished in 1998." is told."""
    is_about = ("this" in signs and signs["this"].first <= _NEAR) or _begins(signs, "post")
    return is_about or not ends_in_full_stop(folded) or _has_person(folded)


def _is_continued(folded: str, signs: PromptSigns) -> bool:
    """ "Story continues below advertisement"."""
    if len(folded) > _LONGEST_CONTACT or ends_sentence(folded):
        return False
    if "continues" not in signs:
        return False
    first = folded.split(maxsplit=1)[0]
    return "ad" in signs or (first in group_words("piece") and signs["continues"].first <= len(first) + _A_WORD)


def is_label(text: str) -> bool:
    """Whether a text is only words, without a full stop, a figure or a quotation."""
    return _WORDS_ALONE.fullmatch(text) is not None


def has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def is_agency(text: str) -> bool:
    """Whether a text only names a news agency, perhaps with a desk's letters: "AFP", "dpa/mh"."""
    names = [name.strip(" .") for name in re.split(r"[/,;&+|、،-]", text.lstrip("/"))]
    known = load_phrases().agencies
    return (
        bool(names[0])
        and (names[0] in known or names[0].casefold() in known)
        and all(len(name) <= 3 or name.casefold() in known for name in names[1:])
    )


def is_bio(text: str) -> bool:
    """Whether a line may describe the author; it does so only below an article."""
    if len(text) > 2 * LONGEST_PROMPT:
        return False
    if len(text) <= _LONGEST_CONTACT and _MAIL.search(text) and len(text.split()) <= _MOST_LABEL_WORDS + 1:
        return True
    head = text[: 2 * _NEAR + longest_word("bio")].casefold()
    return any(0 < head.find(word) <= 2 * _NEAR for word in group_words("bio") if word in head)


def is_network(text: str) -> bool:
    """Whether a line is only the name of a network, as a button is."""
    return len(text) <= _LONGEST_LABEL and fold(text).strip(BULLETS) in _ALONE


def is_doubled(text: str) -> bool:
    """Whether a line has a title of several words twice, as when a picture's description and the title run together."""
    half = len(text) // 2
    return text.count(" ") >= 2 * _MOST_LABEL_WORDS - 3 and text[:half] == text[-half:]


def is_kicker_line(text: str) -> bool:
    """Whether a line is a label in capitals followed by a text that breaks off: a teaser."""
    found = _LABELLED.fullmatch(text)
    return found is not None and found[1].isupper() and not ends_sentence(text)


def _judge_label(folded: str, text: str) -> CutKind | None:
    found = _BRACKETED.fullmatch(folded) or _LABELLED.fullmatch(folded)
    if not found:
        return None
    label, rest = found[1].strip(BULLETS), found[2].strip(BULLETS)
    words = label.split()
    if len(label) > _LONGEST_LABEL or not 1 <= len(words) <= _MOST_LABEL_WORDS or not rest:
        return None
    if label in group_words("tags"):
        return CutKind.RELATED
    if not ends_in_full_stop(text) and _names_other_articles(label, words):
        return None if label in group_words("place-in-time") and not _is_title(text.strip()[-len(rest) :]) else CutKind.RELATED
    is_short = len(text) <= _LONGEST_CREDIT and len(rest.split()) <= _MOST_CREDIT_WORDS
    is_label = (
        label in group_words("credit")
        or label.endswith(_PICTURES)
        or (len(words) <= 3 and words[-1] in group_words("credit") and f"{words[-1]}:" in folded)
        or (len(words) <= 3 and not group_words("source").isdisjoint(words) and starts_with(words[-1], "credit"))
    )
    said = text.strip()[-len(rest) :].strip(BULLETS + ".")
    is_label = is_label or (label in group_words("source") and (_is_name(said) or is_agency(said)))
    is_label = is_label or (label in group_words("editor") and _is_name(said))
    return CutKind.CREDIT if is_label and is_short and not _is_long_sentence(text, rest) else None


def _is_title(text: str) -> bool:
    """Whether a text is long for a subhead, and begins as a headline does."""
    return len(text.split()) >= _FEWEST_TITLE_WORDS and not text[0].islower()


def _names_other_articles(label: str, words: list[str]) -> bool:
    """Whether a label announces another article: "Read also", "You may read", "More news"."""
    places = range(len(words)) if len(words) <= _FEW_WORDS and "," not in label else range(2)
    if any(starts_with(f"{' '.join(words[at:])} ", "read") for at in places):
        return True
    if f"{label}:" in group_words("read"):
        return True
    if len(words) <= 3 and not group_words("also").isdisjoint(words[1:]):
        return True
    return len(words) <= 3 and not group_words("more").isdisjoint(words) and _has_word(label, "piece")


def _is_long_sentence(text: str, rest: str) -> bool:
    return ends_sentence(text) and len(rest.split()) > 3


def _is_prompt(folded: str, signs: PromptSigns) -> bool:
    """Whether a line begins by saying what its reader should do, and names a channel, an application or a newsletter."""
    is_first = _is_request(folded, signs)
    if is_first and "thing-first" in signs:
        return True
    if "thing" not in signs and "app" not in signs:
        return False
    if is_first or (_SPACELESS.search(folded[:_NEAR]) and "act" in signs):
        return True
    if "act" not in signs or len(folded) > _LONGEST_ASIDE or not _has_person(folded):
        return False
    return not ends_in_full_stop(folded) or ("thing" in signs and signs["act"].first <= 2 * _NEAR)


def _is_request(folded: str, signs: PromptSigns) -> bool:
    return _begins(signs, "act") or (_begins(signs, "act-first") and not ends_in_full_stop(folded))


def _begins(signs: PromptSigns, group: str) -> bool:
    """Whether a line begins with a word of the group, possibly after a mark."""
    return group in signs and signs[group].first <= 1


def _is_last_prompt(folded: str, signs: PromptSigns) -> bool:
    """The same for languages with the verb at the end: Turkish, Hindi, Japanese, Korean and others."""
    return len(folded) <= _LONGEST_ASIDE and ("thing-last" in signs or "thing" in signs) and _asks_last(folded, signs)


def _asks_last(folded: str, signs: PromptSigns) -> bool:
    return "act-last" in signs and signs["act-last"].last >= len(folded) - _LAST


def _is_gate(folded: str) -> bool:
    """Whether a line says what to do to read on: "To read the full story, subscribe"."""
    if len(folded) > _LONGEST_NOTICE or not starts_with(folded, "to-read"):
        return False
    wish, comma, deed = folded.partition(", ")
    please = next((word for word in _PLEASES if deed.startswith(word)), "")
    deed = deed[len(please) :]
    return bool(comma) and len(wish.split()) <= _MOST_CREDIT_WORDS and any(starts_with(deed, group) for group in _DEEDS)


_PLEASES = ("please ", "bitte ", "por favor ", "per favore ")
_DEEDS = ("act", "act-first", "login")


def _is_letter(folded: str, signs: PromptSigns) -> bool:
    """Whether a line offers letters to its reader: it names an inbox, and addresses the reader or says what they contain."""
    if len(folded) > _LONGEST_NOTICE or "inbox" not in signs:
        return False
    if _begins(signs, "act") or _begins(signs, "act-first") or _asks_last(folded, signs):
        return True
    return not ends_in_full_stop(folded) and _has_person(folded)


def _is_login(folded: str, signs: PromptSigns) -> bool:
    """ "Already a subscriber? Log in"."""
    if len(folded) > _LONGEST_ASIDE or "login" not in signs:
        return False
    if "comment" in signs and not ends_in_full_stop(folded):
        return True
    if signs["login"].first <= _PLEASE and not ends_in_full_stop(folded) and _has_person(folded):
        return True
    return ("subscriber" in signs and signs["subscriber"].first < signs["login"].first) or _ASKED.search(folded) is not None


def _is_comment(folded: str, signs: PromptSigns) -> bool:
    """Whether a line is the head of the readers' comments, or asks for one: "Your comment", "Leave a reply"."""
    if "comment" not in signs or len(folded.split()) > _MOST_CREDIT_WORDS or ends_sentence(folded):
        return False
    if "leave" in signs and len(folded.split()) <= 3:  # some languages have the verb last
        return True
    return _begins(signs, "leave") or _has_person(folded) or (signs["comment"].first == 0 and _has_word(folded, "piece"))


def _has_word(folded: str, group: str) -> bool:
    """Whether a word of a text is one of the group's, or begins with one of its longer ones."""
    known = group_words(group)
    words = re.findall(r"[^\W\d_]+", folded)
    return not known.isdisjoint(words) or any(
        len(stem) >= _A_STEM and word.startswith(stem) for word in words for stem in known
    )


def _is_offer(folded: str, signs: PromptSigns) -> bool:
    """Whether a line without a verb says where news may be had: "More news in our Telegram channel"."""
    if len(folded) > _LONGEST_ASIDE or ends_sentence(folded) or not ("thing" in signs or "app" in signs):
        return False
    return _has_person(folded) and _has_word(folded, "piece")


def _is_question(folded: str) -> bool:
    """Whether a newsroom asks, and then says how to be reached: "Do you know more? Write to us"."""
    asked = _ASKED.search(folded) if len(folded) <= _LONGEST_NOTICE else None
    return (
        asked is not None
        and starts_with(folded[asked.end() :], "contact")
        and (_has_person(folded) or _MAIL.search(folded) is not None)
    )


def _is_call(folded: str, signs: PromptSigns) -> bool:
    """Whether a newsroom asks for hints, corrections or opinions, or for money for its cause."""
    if len(folded) > _LONGEST_NOTICE:
        return False
    is_for_help = "help-us" in signs and (signs["help-us"].first <= 2 * _NEAR or not ends_in_full_stop(folded))
    if is_for_help or _begins(signs, "tip") or "ctrl+enter" in folded.replace(" ", ""):
        return True
    if len(folded) > _LONGEST_ASIDE or not _begins(signs, "support-first"):
        return False
    return "cause" in signs or _is_priced(folded) or not group_words("person").isdisjoint(folded.split()[1:2])


def _is_priced(folded: str) -> bool:
    found = _PRICE.search(folded)
    return found is not None and _A_MONTH.search(folded, found.end(), found.end() + _NEAR) is not None


def _is_appeal(folded: str, signs: PromptSigns) -> bool:
    """Whether a paper asks for money: it mentions support and its work or reader, or a price per month."""
    if len(folded) > _LONGEST_NOTICE:
        return False
    if "support-first" in signs and _is_priced(folded):
        return True
    if "support" not in signs or not _has_person(folded):
        return False
    return "journalism" in signs or any(word in folded for word in _APPEALS)


def _is_time(folded: str) -> bool:
    bare = folded.strip(" .:-~约約")
    if (button := word_at(bare, "play")) and _PLAYING_TIME.fullmatch(bare, len(button)):
        return True
    if starts_with(bare, "reading-time"):
        label = max((each for each in group_words("reading-time") if bare.startswith(each)), key=len)
        bare = _ABOUT.sub("", bare[len(label) :].strip(" .:：~约約"))
    number = bare.lstrip("0123456789 -–")
    if number != bare and number.strip() in group_words("minutes"):
        return True
    return _AGO.fullmatch(bare) is not None


def _has_person(folded: str) -> bool:
    return not group_words("person").isdisjoint(re.findall(r"[^\W\d_]+", folded))


@cache
def _here_ends() -> tuple[str, ...]:
    return (*(f" {word}" for word in group_words("here")), "这里", "這裡", "こちら", "ที่นี่")


_A_MONTH = re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, sorted(group_words('a-month'))))})(?![^\W\d_])")
_JUDGES = (
    _is_notice, _is_prompt, _is_last_prompt, _is_letter, _is_login, _is_appeal, _is_call, _is_comment, _is_offer,
    is_affiliate_notice,
)  # fmt: skip

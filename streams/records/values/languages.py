"""The BCP 47 tag of a language that a source names by a tag, a three-letter code or its English name."""

from __future__ import annotations

from typing import Final

from streams import lazy_re as re

# tag: ISO 639-2 and 639-3 codes, English names (Event Registry, Media Cloud and GDELT use them).  Then names in the language
# itself, old codes, and countries' codes that are written for languages and are none themselves.
_LANGUAGES: Final = """
af afr Afrikaans|am amh Amharic|ar ara Arabic|az aze Azerbaijani|be bel Belarusian|bg bul Bulgarian|bn ben Bengali
bs bos Bosnian|ca cat Catalan|cs ces cze Czech|da dan Danish|de deu ger German|el ell gre Greek|en eng English
es spa Spanish Castilian|et est Estonian|eu eus baq Basque|fa fas per Persian Farsi|fi fin Finnish|fr fra fre French
ga gle Irish|gl glg Galician|gu guj Gujarati|ha hau Hausa|he heb Hebrew|hi hin Hindi|hr hrv Croatian|hu hun Hungarian
hy hye arm Armenian|id ind Indonesian|is isl ice Icelandic|it ita Italian|ja jpn Japanese|ka kat geo Georgian|kk kaz Kazakh
km khm Khmer|kn kan Kannada|ko kor Korean|ky kir Kyrgyz|lo lao Lao|lt lit Lithuanian|lv lav Latvian|mk mkd mac Macedonian
ml mal Malayalam|mn mon Mongolian|mr mar Marathi|ms msa may zsm Malay|mt mlt Maltese|my mya bur Burmese|ne nep Nepali
nl nld dut Dutch|nb nob|nn nno|no nor Norwegian|or ori Odia Oriya|pa pan Punjabi|pl pol Polish|ps pus Pashto
pt por Portuguese|ro ron rum Romanian|ru rus Russian|si sin Sinhala|sk slk slo Slovak|sl slv Slovenian|so som Somali
sq sqi alb Albanian|sr srp Serbian|sv swe Swedish|sw swa Swahili|ta tam Tamil|te tel Telugu|tg tgk Tajik|th tha Thai
tl tgl fil Tagalog Filipino|tr tur Turkish|uk ukr Ukrainian|ur urd Urdu|uz uzb Uzbek|vi vie Vietnamese|zh zho chi Chinese
zu zul Zulu
de Deutsch|en Inglés Anglais|fr Français|es Español|it Italiano|pt Português|nl Nederlands|sv Svenska|no Norsk|da Dansk dk
fi Suomi|pl Polski|cs Čeština cz|hu Magyar|ro Română|el Ελληνικά gr|tr Türkçe|ru Русский|uk Українська ua|bg Български
he iw עברית|ar العربية|fa فارسی|hi हिन्दी|th ไทย|id in|yi ji|zh 中文 cn|ja 日本語 jp|ko 한국어 kr
"""
_TAG_BY_NAME: Final = {
    name.lower(): names.split()[0] for names in re.split(r"[|\n]", _LANGUAGES.strip()) for name in names.split()
}
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)


def language_tag(named: str) -> str:
    """``en_GB`` and ``en-gb`` give en-GB, ``eng`` and ``English`` give en; anything unknown stays as written."""
    named = re.split("[,;(]", named, maxsplit=1)[0]  # a page in several languages names its own first
    tag = named.strip().replace("_", "-").partition(".")[0]
    first, *rest = tag.split("-")
    known = _TAG_BY_NAME.get(first.lower())
    if not known or not _TAG.fullmatch("-".join((known, *rest))):
        return named.strip()
    return "-".join((known, *(_subtag(each) for each in rest)))


def is_language(tag: str) -> bool:
    """Whether a text is the tag of a language that we know: "en", "en-US", "pt_BR"."""
    first, *rest = tag.replace("_", "-").split("-")
    return _TAG_BY_NAME.get(first.lower()) == first and len(rest) <= 2 and all(each.isalnum() for each in rest)


def _subtag(subtag: str) -> str:
    """Write scripts like Hans and regions like GB."""
    return subtag.title() if len(subtag) == len("Hans") else subtag.upper() if len(subtag) == len("GB") else subtag.lower()

"""The language that a source declares, as a tag of `detect_language`."""

from __future__ import annotations

from streams import lazy_re as re

# ISO 639-2 and 639-3 codes (terminological and bibliographic), by the tag used here.
_CODES = {
    "af": "afr", "am": "amh", "ar": "ara arb", "az": "aze azj", "be": "bel", "bg": "bul", "bn": "ben", "bo": "bod tib",
    "bs": "bos", "ca": "cat", "cs": "ces cze", "cy": "cym wel", "da": "dan", "de": "deu ger", "dv": "div", "el": "ell gre",
    "en": "eng", "eo": "epo", "es": "spa", "et": "est ekk", "eu": "eus baq", "fa": "fas per pes prs", "fi": "fin",
    "fr": "fra fre", "ga": "gle", "gl": "glg", "gu": "guj", "ha": "hau", "he": "heb iw", "hi": "hin", "hr": "hrv",
    "hu": "hun", "hy": "hye arm", "id": "ind in", "ig": "ibo", "is": "isl ice", "it": "ita", "ja": "jpn",
    "ka": "kat geo", "kk": "kaz", "km": "khm", "kn": "kan", "ko": "kor", "ku": "kur kmr", "ky": "kir", "la": "lat",
    "lg": "lug", "lo": "lao", "lt": "lit", "lv": "lav lvs", "mi": "mri mao", "mk": "mkd mac", "ml": "mal", "mn": "mon khk",
    "mr": "mar", "ms": "msa may zsm", "my": "mya bur", "ne": "nep npi", "nl": "nld dut", "nb": "nob", "nn": "nno", "no": "nor",
    "or": "ori ory", "pa": "pan", "pl": "pol", "ps": "pus pbt", "pt": "por", "ro": "ron rum mo", "ru": "rus", "si": "sin",
    "sk": "slk slo", "sl": "slv", "sn": "sna", "so": "som", "sq": "sqi alb als", "sr": "srp", "st": "sot", "sv": "swe",
    "sw": "swa swh", "ta": "tam", "te": "tel", "tg": "tgk", "th": "tha", "tl": "tgl fil", "tn": "tsn", "tr": "tur",
    "ts": "tso", "uk": "ukr", "ur": "urd", "uz": "uzb uzn", "vi": "vie", "xh": "xho", "yo": "yor", "zh": "zho chi cmn yue",
    "zu": "zul",
    "ak": "aka twi tw fat", "as": "asm", "ay": "aym ayr", "ba": "bak", "bm": "bam", "br": "bre", "din": "dik", "dz": "dzo",
    "ee": "ewe", "ff": "ful fuv", "fj": "fij", "fo": "fao", "fy": "fry", "gd": "gla", "gn": "grn gug", "ht": "hat", "jv": "jav",
    "kg": "kon", "ki": "kik", "kr": "kau knc", "ks": "kas", "lb": "ltz", "li": "lim", "ln": "lin", "mg": "mlg plt", "mt": "mlt",
    "ny": "nya", "oc": "oci", "om": "orm gaz", "qu": "que quy quz", "rn": "run", "rw": "kin", "sa": "san", "sc": "srd",
    "sd": "snd", "se": "sme", "sg": "sag", "sm": "smo", "ss": "ssw", "su": "sun", "ti": "tir", "tk": "tuk", "tt": "tat",
    "ug": "uig", "wo": "wol", "yi": "yid ydd", "zgh": "tzm",
}  # fmt: skip
# Languages whose three-letter code is the tag.
_CODES_ALONE = (
    "ace ast awa azb ban bem bho bjn bug ceb cjk ckb crh dyu fon fur hne ilo kab kac kam kbp kea kmb lij lmo ltg lua luo lus "
    "mag mai min mni mos nqo nso nus pag pap pcm sat scn shn szl taq tpi tum umb vec war"
)
_TAG_OF_CODE = {code: tag for tag, codes in _CODES.items() for code in (tag, *codes.split())}
_TAG_OF_CODE.update((code, code) for code in _CODES_ALONE.split())
_NORWEGIAN = ("nb", "nn", "no")
_SCRIPT_OF_CHINESE = {"tw": "zh-Hant", "hk": "zh-Hant", "mo": "zh-Hant", "cn": "zh-Hans", "sg": "zh-Hans"}
_SUBTAGS = re.compile(r"[A-Za-z0-9]+")


def read_declared(declared: str | None) -> str | None:
    """The tag that a declaration names; None if it names none that is known here.

    Reads BCP 47 and POSIX forms ("en-GB", "pt_BR.UTF-8") and three-letter codes; of several, the first. Regions are dropped,
    except for Chinese, where they indicate the script.
    """
    subtags = [subtag.lower() for subtag in _SUBTAGS.findall((declared or "")[:64].partition(",")[0])]
    tag = _TAG_OF_CODE.get(subtags[0]) if subtags else None
    if tag == "sr":
        return next((f"sr-{subtag.title()}" for subtag in subtags[1:] if subtag in {"latn", "cyrl"}), "sr")
    if tag != "zh":
        return tag
    for subtag in subtags[1:]:
        if subtag in {"hans", "hant"}:
            return f"zh-{subtag.title()}"
        if subtag in _SCRIPT_OF_CHINESE:
            return _SCRIPT_OF_CHINESE[subtag]
    return "zh"


def agrees(declared: str, found: str) -> bool:
    """Whether two tags name one language; scripts count if both name one, "no" is Bokmål or Nynorsk, "zh" is also Cantonese."""
    language, _, script = declared.partition("-")
    other, _, other_script = found.partition("-")
    if "yue" in {language, other}:  # Cantonese is declared as Chinese
        return {language, other} <= {"yue", "zh"}
    if "no" in {language, other}:
        return language in _NORWEGIAN and other in _NORWEGIAN
    return language == other and (not script or not other_script or script == other_script)

"""Who determines an article's language: our own detector, langdetect instead of it, or langdetect as a second opinion.

langdetect draws n-grams at random, and reads its profiles in the order in which the file system lists them. Here the draw is
seeded and the order is alphabetical, so that a text has one answer. langdetect-rs, if installed, gives the same answers some
30 times as fast (``pip install langdetect-rs==0.1.0``); nothing else depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from streams.text.article import Language
from streams.text.language.declared import agrees, read_declared
from streams.text.language.detect import READ_CHARS, detect_language, prose

LANGDETECT_CREATOR: Final = "urn:headwater:model:langdetect:1.0.9"
# langdetect's own limit: it reads no more of any text.
_LANGDETECT_CHARS = 10_000
_TAGS = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
_SEED = 0
_SURE = 0.9
# Above this share of capitals, langdetect's answer differs from that for the same text in small letters.
_MOST_CAPITALS = 0.6

Detect = Callable[[str, str, str | None], Language]
"""A headline, a body and what the source declares, or None → the language."""


class LanguageDetector(StrEnum):
    """Who determines the language of an article."""

    HEADWATER = "headwater"
    LANGDETECT = "langdetect"


class LanguageCheck(StrEnum):
    """Who is asked for a second opinion on it."""

    NONE = "none"
    LANGDETECT = "langdetect"


def choose_detector(detector: LanguageDetector, check: LanguageCheck) -> Detect:
    """The function that determines an article's language; with a check, ``Language.check`` has langdetect's answer too.

    Raises:
        ImportError: langdetect is asked for and not installed.
    """
    if detector is LanguageDetector.LANGDETECT or check is LanguageCheck.LANGDETECT:
        import_module("langdetect")  # now, rather than at the first article
    named = langdetect_language if detector is LanguageDetector.LANGDETECT else detect_language
    if check is LanguageCheck.NONE:
        return named

    def checked(headline: str, body: str, declared: str | None) -> Language:
        return replace(named(headline, body, declared), check=second_opinion(headline, body))

    return checked


def langdetect_language(headline: str, body: str, declared: str | None = None) -> Language:
    """langdetect's answer, with its probability as the confidence; never raises.

    It gets the headline and the body as they are, as a direct user would pass them. Its codes become BCP 47 ("zh-cn" is
    "zh-Hans"); "no" stays "no", as it does not distinguish Bokmål from Nynorsk.
    """
    tag, confidence = guess(f"{headline}\n{body}")
    said = read_declared(declared)
    agreed = agrees(said, tag) if said is not None and tag != "und" else None
    return Language(tag, confidence, said, agreed, LANGDETECT_CREATOR)


def second_opinion(headline: str, body: str) -> str:
    """langdetect's tag for as much as our detector reads at most; "und" if it has none.

    Addresses and hashtags are cut out first, and text in capitals becomes lower case.
    """
    text = prose(f"{headline[:READ_CHARS]}\n{body[:READ_CHARS]}")[:READ_CHARS]
    letters = [character for character in text if character.isalpha()]
    shouted = sum(map(str.isupper, letters)) > _MOST_CAPITALS * len(letters)
    return guess(text.lower() if shouted else text)[0]


def is_doubtful(language: Language) -> bool:
    """Whether a second opinion contradicts a language that was found with a confidence below 0.9."""
    return language.check is not None and language.confidence < _SURE and differs(language.tag, language.check)


def differs(tag: str, check: str) -> bool:
    """Whether a second opinion names another language; "und" is not an opinion."""
    return check != "und" and not agrees(check, tag)


def guess(text: str) -> tuple[str, float]:
    """langdetect's tag and probability (0.001 to 1.0) for a text; ("und", 0.0) if it finds nothing to judge by."""
    detector = _factory().create()
    detector.append(text[:_LANGDETECT_CHARS].encode("utf-8", "replace").decode())  # a lone surrogate stops langdetect-rs
    try:
        found = detector.get_probabilities()
    except Exception as error:
        if type(error).__name__ == "LangDetectException":  # each of the two packages has its own
            return "und", 0.0
        raise
    if not found:
        return "und", 0.0
    return _TAGS.get(found[0].lang, found[0].lang), max(0.001, round(min(found[0].prob, 1.0), 3))


@cache
def _factory() -> Any:
    return make_factory("langdetect_rs" if find_spec("langdetect_rs") else "langdetect")


def make_factory(package: str) -> Any:
    """The profiles in the form of one of the two packages."""
    factory = import_module(f"{package}.detector_factory").DetectorFactory()
    profiles = sorted(path for path in Path(import_module("langdetect").PROFILES_DIRECTORY).iterdir() if path.is_file())
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles])
    factory.seed = _SEED
    return factory

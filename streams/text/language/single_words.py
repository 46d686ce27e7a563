"""Whether a word or two belong to a language: what a keyword is asked, which is too short to be detected."""

from __future__ import annotations

import unicodedata
from typing import Final

from streams.text.language.model import models
from streams.text.language.scripts import ONLY_LANGUAGE, main_script

# The languages whose words occur as keywords beside texts of others, as the model has them.
_COMMON: Final = (
    "en", "ar", "be", "bg", "cs", "da", "de", "es", "fa", "fi", "fr", "hi", "hr", "hu", "id", "it", "mr", "nb", "nl", "pl",
    "pt", "ro", "ru", "sr", "sv", "tr", "uk", "ur", "vi",
)  # fmt: skip
# So much more, in natural logarithms of odds, another language must be worth. Of the names of Media Topics in German, Spanish,
# French, Portuguese and Swedish, 4 to 13 in 100 are taken for foreign by it, and of the English ones beside them 85 to 90.
_FOREIGN_NATS: Final = 3.0
_HAN_LANGUAGES: Final = frozenset({"ja", "ko", "yue", "zh"})


def is_foreign(words: str, language: str) -> bool:
    """Whether one to five words are of another language than ``language`` (BCP 47); False in doubt, and beside "und".

    Letters alone decide: "football" beside Spanish is foreign, "sport" beside German is not.
    """
    script, count, _ = main_script(words)
    primary = language.partition("-")[0]
    if not count or primary in {"", "und"}:
        return False
    if script == "Hani":
        return primary not in _HAN_LANGUAGES
    if script in ONLY_LANGUAGE:
        return primary != ONLY_LANGUAGE[script]
    scores = models()[script].scores(unicodedata.normalize("NFC", words))
    worth = dict(zip(scores.tags, scores.sums, strict=True))
    own = worth.get(language, worth.get({"no": "nb"}.get(primary, primary)))
    if own is None:
        return True
    best = max((worth[tag] for tag in _COMMON if tag in worth), default=own)
    return bool(scores.letters) and best - own > _FOREIGN_NATS * scores.per_nat

"""Which language an article is written in.

Two judges, one after the other:

1. The script. Thai letters are Thai: no model is asked, and none can call Chinese Korean. Where a script serves many
   languages, a letter that only one of them writes may still decide alone (ў is Belarusian).
2. A linear model over the n-grams of the words, of that script's languages only (`streams.text.language.model`).

What the source declares is evidence, not truth: it tips the scales where the text leaves doubt between relatives
(Croatian, Serbian), and is overruled by any clear sentence.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

from streams.text.article import LANGUAGE_CREATOR, Language
from streams.text.language.declared import agrees, read_declared
from streams.text.language.model import models
from streams.text.language.scripts import ONLY_LANGUAGE, chinese_tag, main_script, script_of

CREATOR: Final = LANGUAGE_CREATOR

# So much names nearly every language surely.
SAMPLE_CHARS: Final = 200
# Addresses and hashtags are cut out of this much of the body, so that the sample is not all addresses.
LEAD_CHARS: Final = 600
# This much is read where the sample leaves doubt: between relatives (Croatian, Serbian), or because it mixes two scripts and
# may be a quotation.
READ_CHARS: Final = 1_000
_DOUBTFUL = 0.99
_MIXED_SHARE = 0.15
# Quotations are left out then, if as many letters as this remain.
_ENOUGH_LETTERS = 12
# A letter of one language speaks for it from this share of all letters on (a Kazakh name is not yet a Kazakh text).
_OWN_LETTER_SHARE = 0.005

# Letters that one language writes and the others of its script do not, where the model has no data to learn it from.
_OWN_LETTERS = {"Arab": (("ckb", "ڕڵ"), ("ug", "ۇۈ"), ("sd", "ڻڄڃٻ"))}

_NOT_PROSE = re.compile(r"(?:https?://|www\.)[!-~]+|[!-~]{0,64}@[!-~]+|#\w+")
_QUOTED = re.compile('[«„“"][^«»„“”"]*[»“”"]')

# n-grams overlap, so they are not independent witnesses: the sums are divided by this much before they become a
# confidence, the more the longer the text is. Fitted to 13,322 texts that the model was not trained on, whole and cut short.
_DOUBT, _DOUBT_GROWTH = 0.4, 0.5
# A text in a language that nobody taught the model is made of n-grams that are rare in all: its winner scores little a
# letter. Of the held-out texts 99.9 % have more than 2.1 nats a letter; Hindi in Latin letters has 2.05, typed at random 1.4.
_STRANGE_NATS_A_LETTER, _STRANGE_SPREAD = 1.95, 0.07
# A language this far behind changes no third decimal of the confidence.
_HOPELESS_NATS = 12
# The odds that a declaration adds for its language.
_DECLARED_ODDS = 6.0


def detect_language(headline: str, body: str, declared: str | None = None) -> Language:
    """The language of an article, from its headline and the beginning of its body; never raises.

    The tag is BCP 47: a code of two letters; with a script for Chinese ("zh-Hans", "zh-Hant"; "zh" where no character
    tells) and Serbian ("sr-Latn", "sr-Cyrl"); or "und" (confidence 0.0) where there is nothing to judge: no letters, or
    none but in addresses and hashtags. Norwegian, Bokmål or Nynorsk, is "no". The confidence, 0.0 to 1.0 in steps of
    0.001, is about the share of right answers.

    ``declared`` is what the source says ("en-GB", "pt_BR", "deu"); it counts as evidence where the text leaves doubt.
    """
    said = read_declared(declared)
    tag, confidence = _judge(headline, body, said)
    if said is None:
        return Language(tag, confidence)
    return Language(tag, confidence, said, agrees(said, tag) if tag != "und" else None)


def known_languages() -> frozenset[str]:
    """The tags that `detect_language` can return, without "und"."""
    learned = {_tag(script, tag) for script, model in models().items() for tag in model.tags}
    letters = {tag for rows in _OWN_LETTERS.values() for tag, _ in rows}
    return frozenset(learned | letters | set(ONLY_LANGUAGE.values()) | {"zh", "zh-Hans", "zh-Hant"})


def load() -> None:
    """Read the model now instead of at the first article that needs it."""
    models()


def prose(text: str) -> str:
    """The text without addresses, mentions and hashtags, words parted by single spaces."""
    if "@" in text or "#" in text or "://" in text or "www." in text:
        text = _NOT_PROSE.sub(" ", text)
    return " ".join(text.split())


def _judge(headline: str, body: str, declared: str | None) -> tuple[str, float]:
    sample = prose(f"{headline[:READ_CHARS]}\n{body[:LEAD_CHARS]}")[:SAMPLE_CHARS]
    more = len(sample) == SAMPLE_CHARS
    script, count, letters = ("Latn", 1, 1) if sample.isascii() else main_script(sample)
    if letters - count > _MIXED_SHARE * letters or not count:
        sample, more = prose(f"{headline[:READ_CHARS]}\n{body[:READ_CHARS]}"), False
        unquoted = _QUOTED.sub(" ", sample)
        sample = unquoted if main_script(unquoted)[1] >= _ENOUGH_LETTERS else sample
        script, count, letters = main_script(sample)
        sample = " ".join(word for word in sample.split() if any(script_of(letter) == script for letter in word))
    if not count:
        return "und", 0.0
    if script == "Hani":
        return chinese_tag(sample), _script_confidence(count)
    if script in ONLY_LANGUAGE:
        return ONLY_LANGUAGE[script], _script_confidence(count)
    for tag, own_letters in _OWN_LETTERS.get(script, ()):
        if sum(map(sample.count, own_letters)) > _OWN_LETTER_SHARE * count:
            return tag, _script_confidence(count)
    tag, confidence = _most_likely(script, sample, declared)
    if more and confidence < _DOUBTFUL:
        return _most_likely(script, prose(f"{headline[:READ_CHARS]}\n{body[:READ_CHARS]}"), declared)
    return tag, confidence


def _most_likely(script: str, sample: str, declared: str | None) -> tuple[str, float]:
    scores = models()[script].scores(unicodedata.normalize("NFC", sample))
    if not scores.letters:
        return "und", 0.0
    per_nat = scores.per_nat * _DOUBT * (1 + scores.letters) ** _DOUBT_GROWTH
    best, _ = max(scores.of)
    least = best - _HOPELESS_NATS * per_nat
    odds = {tag: math.exp((score - best) / per_nat) for score, tag in scores.of if score > least}
    language = declared.partition("-")[0] if declared else ""
    if language in odds:
        odds[language] *= _DECLARED_ODDS
    tag = max(odds, key=lambda tag: (odds[tag], tag))
    confidence = odds[tag] / math.fsum(odds.values())
    if script == "Latn":
        nats_a_letter = best / scores.per_nat / scores.letters
        confidence /= 1 + math.exp((_STRANGE_NATS_A_LETTER - nats_a_letter) / _STRANGE_SPREAD)
    return _tag(script, tag), max(0.001, round(confidence, 3))


def _tag(script: str, language: str) -> str:
    return f"{language}-{script}" if language == "sr" else language


def _script_confidence(count: int) -> float:
    """One letter proves little, a sentence all but everything."""
    return round(count / (count + 1), 3)

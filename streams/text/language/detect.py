"""Which language an article is written in.

Two judges decide, one after the other:

1. The script. Thai letters mean Thai: no model is asked, so none can mistake Chinese for Korean. If a script serves many
   languages, a letter that only one of them uses may still decide alone (ў is Belarusian, 佢 Cantonese).
2. A linear model over the n-grams of the words, limited to that script's languages (`streams.text.language.model`).

What the source declares is evidence, not truth: it decides where the text leaves doubt between related languages (Croatian,
Serbian), and is overruled by any clear sentence.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Final

from streams import lazy_re as re
from streams.text.article import LANGUAGE_CREATOR, Language
from streams.text.games import BETWEEN_OPPONENTS, RESULT_WORDS, are_opponents, is_game
from streams.text.language.declared import agrees, read_declared
from streams.text.language.model import Model, Scores, models
from streams.text.language.scripts import ONLY_LANGUAGE, chinese_tag, is_latin, main_script, script_of

CREATOR: Final = LANGUAGE_CREATOR

# This many characters identify nearly every language reliably.
SAMPLE_CHARS: Final = 200
# Addresses and hashtags are cut out of this much of the body, so that the sample is not all addresses.
LEAD_CHARS: Final = 600
# This much is read if the sample leaves doubt: between related languages (Croatian, Serbian), or because it mixes two scripts
# and may be a quotation.
READ_CHARS: Final = 1_000
_DOUBTFUL = 0.95
# Below this, a headline is judged a second time with its names counting less; the surer answer holds.
_DOUBTFUL_OF_NAMES = 0.8
_MIXED_SHARE = 0.15
# Quotations are then left out if this many characters, and this share of all, remain.
_ENOUGH_CHARS, _ENOUGH_SHARE = 16, 0.2
# A letter that only one language uses counts from this share of all letters on (a Kazakh name is not yet a Kazakh text).
_OWN_LETTER_SHARE = 0.005

_NOT_PROSE = re.compile(r"(?:https?://|www\.)[!-~]+|[!-~]{0,64}@[!-~]+|#\w+")
# Text between quotation marks of one kind; an apostrophe within a word is not one. Each pattern begins with all marks that it
# may begin with, because `re` then skips to the next one.
_QUOTED = re.compile("""[«„“"»‘'](?:(?<=[«„“"»])[^"«»„“”]*[»“”"«]|(?<=‘)[^‘’]*’(?!\\w)|(?<=')(?<!\\w')[^']+'(?!\\w))""")
_QUOTATION_MARK = re.compile("""[«„“"‘”»'](?:(?<!')|(?<!\\w'))""")

# n-grams overlap, so they are not independent witnesses: the sums are divided by this before they become a confidence, the
# more so the longer the text. Fitted to 13,322 texts, whole and cut short, that the model was not trained on.
_DOUBT, _DOUBT_GROWTH, _DOUBT_LETTERS = 0.18, 0.5, 25
# Between such related languages the n-grams prove less, because only a few words distinguish them.
_CLOSE_DOUBT = {("bs", "hr", "sr"): 0.38, ("id", "ms"): 0.63}
_CLOSE = {tag: tags for tags in _CLOSE_DOUBT for tag in tags}
# A language this far behind does not change the third decimal of the confidence.
_HOPELESS_NATS = 12
# The odds that a declaration adds for its language.
_DECLARED_ODDS = 6.0
# Strangeness: how far a text is from the usual texts of its language, in units of their spread, which is smaller for longer
# texts. The odds that no one taught the model its language are exp(weights · strangeness - _FAMILIAR).
# Text that resembles a language of the world's newsrooms seldom is in another. In Latin letters, text that resembles another
# one, Haitian Creole or Zulu, may be in a relative that nobody taught the model. (Chosen on half of the untaught languages,
# with an eye on the other half.) Few texts lie between familiar and strange: a confidence in between
# is due to the languages beside it. Most strange texts are in a language that was taught after all.
_WORTH_ODDS, _REGRET_ODDS, _FAMILIAR, _LESS_FAMILIAR = 4.8, 3.0, 12.75, 6.0
_SURE_OF_STRANGE = 0.15
_MOST_STRANGE = 50
_LATIN_IN_THE_NEWS = frozenset({
    "af", "az", "bs", "ca", "cs", "da", "de", "en", "es", "et", "eu", "fi", "fr", "fy", "gl", "ha", "hi-Latn", "hr", "hu", "id",
    "is", "it", "lt", "lv", "ms", "nb", "nl", "nn", "pl", "pt", "ro", "sk", "sl", "sq", "sr", "sv", "sw", "tl", "tr", "vi",
})  # fmt: skip
_SPREAD_LETTERS = 100
# A sports result consists of names and numbers and has no language: "Djokovic - Sinner 6-4 6-3".
_RESULT = re.compile(r"(?<![\d./:-])\d{1,3} ?[-–:] ?\d{1,3}(?![\d./:-]*\d{3})")
# A table has this many figures or more, and so many for each name; units ("ov", "kg") and words like "d." are no names.
_LEAST_FIGURES, _FIGURES_A_NAME, _UNIT_LETTERS = 3, 0.75, 3
_SURE_OF_RESULT = 0.9
# A list of names has none either, but looks like an English headline: it keeps its tag, and is no surer than this.
_NAMES = re.compile(r"[^\W\d]\S*(?: [^\W\d]\S*){0,2}(?:(?:,| [-–&/]| vs?\.?) [^\W\d]\S*(?: [^\W\d]\S*){0,2})+\.?")
_NAME_WORDS = 3
_SURE_OF_NAMES = 0.49
# Half of the words of Nigerian Pidgin are English ones; these are its own. Names like "Dem" or "Di" are in capitals.
_PIDGIN = frozenset({
    "abeg", "abi", "becos", "comot", "dat", "dem", "dey", "di", "dia", "dis", "don", "im", "na", "naija", "ova", "pikin",
    "pipo", "sabi", "sef", "sey", "tok", "una", "wan", "wetin", "wey",
})  # fmt: skip
_PIDGIN_WORDS, _SURE_OF_PIDGIN = 2, 0.9
# The name of a site, where nothing else is said.
_ADDRESS = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?:/[!-~]*)?")


def detect_language(headline: str, body: str, declared: str | None = None) -> Language:
    """The language of an article, from its headline and the beginning of its body; never raises.

    The tag is BCP 47: a code of two letters if there is one; with a script for Chinese ("zh-Hans", "zh-Hant"; "zh" if no
    character tells), Serbian ("sr-Latn", "sr-Cyrl") and text in unusual letters ("hi-Latn"); or "und" (confidence 0.0) if there
    is nothing to judge by: no letters outside of addresses and hashtags, or just a result ("Roma - Inter 2-1"). The confidence,
    0.0 to 1.0 in steps of 0.001, is about the share of right answers; it is low for a language that the model was not taught.

    ``declared`` is what the source says ("en-GB", "pt_BR", "deu"); it counts as evidence where the text leaves doubt.
    """
    said = read_declared(declared)
    tag, confidence = _judge(headline, body, said)
    if said is None:
        return Language(tag, confidence)
    return Language(tag, confidence, said, agrees(said, tag) if tag != "und" else None)


def known_languages() -> frozenset[str]:
    """The tags that `detect_language` can return, without "und"."""
    learned = {_tag(script, tag) for script in models() for tag in models().tags(script)}
    return frozenset(learned | set(ONLY_LANGUAGE.values()) | {"yue", "zh", "zh-Hans", "zh-Hant"})


def load() -> None:
    """Open the model now instead of at the first article that needs it.

    Raises:
        OSError: it can't be read, or is damaged.
    """
    models()


def prose(text: str) -> str:
    """The text without addresses, mentions and hashtags, with single spaces between words."""
    if "@" in text or "#" in text or "://" in text or "www." in text:
        text = _NOT_PROSE.sub(" ", text)
    return " ".join(text.split())


def _judge(headline: str, body: str, declared: str | None) -> tuple[str, float]:
    lead = prose(f"{headline[:READ_CHARS]}\n{body[:LEAD_CHARS]}")
    sample = lead[:SAMPLE_CHARS]
    if _QUOTATION_MARK.search(sample):
        sample = _own_words(lead)[:SAMPLE_CHARS]
    script, count, letters = ("Latn", 1, 1) if sample.isascii() or is_latin(sample) else main_script(sample)
    if letters - count > _MIXED_SHARE * letters or not count:
        sample = _own_words(_read(headline, body))
        script, count, letters = main_script(sample)
        sample = " ".join(word for word in sample.split() if any(script_of(letter) == script for letter in word))
    if not count:
        return "und", 0.0
    if script == "Hani":
        return chinese_tag(sample), _script_confidence(count)
    if script in ONLY_LANGUAGE:
        return ONLY_LANGUAGE[script], _script_confidence(count)
    tag, confidence = _most_likely(script, sample, declared)
    if len(sample) == SAMPLE_CHARS and confidence < _DOUBTFUL:
        return _most_likely(script, _own_words(_read(headline, body)), declared)
    if _is_wordless(sample, confidence):
        return "und", 0.0
    if tag == "en" and _is_pidgin(sample):
        tag, confidence = "pcm", _SURE_OF_PIDGIN
    return tag, min(confidence, _SURE_OF_NAMES) if _is_names(sample) else confidence


def _read(headline: str, body: str) -> str:
    return prose(f"{headline[:READ_CHARS]}\n{body[:READ_CHARS]}")


def _own_words(text: str) -> str:
    """The text without its quotations, if enough remains."""
    unquoted = _QUOTED.sub(" ", text)
    return unquoted if len(unquoted.strip()) >= max(_ENOUGH_CHARS, _ENOUGH_SHARE * len(text)) else text


def _is_wordless(text: str, confidence: float) -> bool:
    """Whether a text has only results, figures or names of sites; ``confidence`` is that of its language."""
    table = confidence < _SURE_OF_RESULT and _is_figures(text)
    return table or _is_result(text, confidence) or all(map(_ADDRESS.fullmatch, text.split()))


def _is_result(text: str, confidence: float) -> bool:
    """Whether a text has only names and numbers, as in "Djokovic - Sinner 6-4 6-3"; ``confidence`` is that of its language."""
    return is_game(text) or (confidence < _SURE_OF_RESULT and _RESULT.search(text) is not None and are_opponents(text))


def _is_figures(text: str) -> bool:
    """Whether a text has capitalised names and nearly as many numbers, as a table of results, prices or rates has."""
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    numbers = sum(any(map(str.isdigit, word)) for word in words)
    names = [word.strip("().,:;") for word in words if not any(map(str.isdigit, word))]
    return (
        numbers >= _LEAST_FIGURES
        and _FIGURES_A_NAME * len(names) <= numbers
        and not any(name[:1].islower() and len(name) > _UNIT_LETTERS for name in names)
    )


def _is_pidgin(text: str) -> bool:
    """Whether a text that looks English has words that only Nigerian Pidgin has; the last word may be cut."""
    words = (text[:1].lower() + text[1:]).split()
    return len(_PIDGIN.intersection(words[:-1] if len(text) == SAMPLE_CHARS else words)) >= _PIDGIN_WORDS


def _is_names(text: str) -> bool:
    """Whether a text is a capitalised name of up to three words, or lists such names, as in "Verstappen, Norris, Leclerc"."""
    words = text.split()
    if len(words) <= _NAME_WORDS and all(word[0].isupper() and word.isalnum() for word in words):
        return len(words) == 1 or not text.isupper()
    return (
        1 < len(words) <= RESULT_WORDS
        and all(word[0].isupper() or word.strip(".") in BETWEEN_OPPONENTS or not word[0].isalnum() for word in words)
        and not text.isupper()
        and _NAMES.fullmatch(text) is not None
    )


def _most_likely(script: str, sample: str, declared: str | None) -> tuple[str, float]:
    model = models()[script]
    scores = model.scores(unicodedata.normalize("NFC", sample))
    if not scores.letters:
        return "und", 0.0
    found = _named(script, model, scores, declared)
    if found[1] < _DOUBTFUL_OF_NAMES and len(sample) < SAMPLE_CHARS and (small := _without_names(sample)):
        others = model.scores(unicodedata.normalize("NFC", small))
        if others.letters:
            return max(found, _named(script, model, _mean(others, scores), declared), key=lambda each: each[1])
    return found


def _without_names(text: str) -> str:
    """The words in small letters, if a fifth of the words or more are, and others stand among them; else ""."""
    found = text.split()
    small = [word for word in found if word[0].islower()]
    return " ".join(small) if _ENOUGH_SHARE * len(found) <= len(small) < len(found) - found[0][0].isupper() else ""


def _mean(small: Scores, every: Scores) -> Scores:
    """Scores of a text in which names count two fifths: products, clubs and films are called the same in every language."""
    sums = tuple((3 * one + 2 * other) // 5 for one, other in zip(small.sums, every.sums, strict=True))
    letters, best_of_words = 3 * small.letters + 2 * every.letters, 3 * small.best_of_words + 2 * every.best_of_words
    return Scores(sums, every.tags, max(1, letters // 5), every.per_nat, best_of_words // 5)


def _named(script: str, model: Model, scores: Scores, declared: str | None) -> tuple[str, float]:
    per_nat = scores.per_nat * _DOUBT * (_DOUBT_LETTERS + scores.letters) ** _DOUBT_GROWTH
    best = max(scores.sums)
    least = best - _HOPELESS_NATS * per_nat
    near = {scores.tags[lane]: score for lane, score in enumerate(scores.sums) if score > least}
    odds = {tag: math.exp((score - best) / per_nat) for tag, score in near.items()}
    close = _CLOSE.get(max(near, key=near.__getitem__), ())
    for tag in close:
        if tag in odds:
            odds[tag] **= _CLOSE_DOUBT[close]
    if declared:
        language = declared.partition("-")[0]
        for tag in {"nb", "nn"} if language == "no" else {language, f"{language}-{script}"}:
            if tag in odds:
                odds[tag] *= _DECLARED_ODDS
    tag = max(odds, key=lambda tag: (odds[tag], tag))
    confidence = odds[tag] / math.fsum(odds.values())
    if model.usual:
        familiar = _LESS_FAMILIAR if script == "Latn" and tag not in _LATIN_IN_THE_NEWS else _FAMILIAR
        strange = min(strangeness(model, scores, tag, near[tag]) - familiar, _MOST_STRANGE)
        confidence *= _SURE_OF_STRANGE + (1 - _SURE_OF_STRANGE) / (1 + math.exp(strange))
    return _tag(script, tag), max(0.001, round(confidence, 3))


def strangeness(model: Model, scores: Scores, tag: str, score: int) -> float:
    """How unlike the usual texts of its language a text is, in logarithms of odds; about 0 for the median text.

    A text in a language that the model was not taught scores low in the one it is taken for, or its words point to many
    languages.
    """
    usual = model.usual[tag]
    worth = score - model.head_start[tag]
    nats = scores.per_nat * scores.letters
    shorter = math.sqrt(min(scores.letters, _SPREAD_LETTERS) / _SPREAD_LETTERS)
    poor = (usual.worth - worth / nats) / usual.worth_spread * shorter
    torn = ((scores.best_of_words - worth) / nats - usual.regret) / usual.regret_spread * shorter
    return _WORTH_ODDS * poor + _REGRET_ODDS * torn


def _tag(script: str, language: str) -> str:
    return f"{language}-{script}" if language == "sr" else language


def _script_confidence(count: int) -> float:
    """One letter proves little, a sentence nearly everything."""
    return round(count / (count + 1), 3)

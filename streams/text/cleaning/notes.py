"""What stands below an article, or just above it, and is about the article: what changed in it, and when; how it ends.

Such lines may be sentences, and only their place tells them from an article's own. A note begins with a word of change and a
time, or with a label ("Updated at 18:20 to add …", "Correction: …"), or says it of the text ("This article was updated …").
The words are stems, by language, in ``prompt_words.toml``.
"""

from __future__ import annotations

from functools import lru_cache

from streams import lazy_re as re
from streams.text.cleaning.prompt_signs import fold, has_word_within, may_have, word_at
from streams.text.sentences import IDEOGRAPH, ends_sentence

_LONGEST_NOTE = 300  # characters
_NEAR, _FAR = 40, 90  # characters from its beginning: in which a note names the text, and says that it changed
_LONGEST_LAST, _MOST_LAST_WORDS, _MOST_LAST_IDEOGRAPHS = 45, 5, 10
_FIGURE_OR_QUOTATION = re.compile(r"[\d\"“”„«»‹›「」『』]")
_TELLING = frozenset(("correction", "changed", "earlier"))  # every note has a word of one of these groups
_UNSTOPPED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer: sentences have no stop
_DATED = re.compile(r"[^\d:：!?]{0,16}\d")  # "updated at 1…"
_COLON = re.compile(r"(?:[:：](?!\d)|\s[–—])\s*")
_ENDS = "30|ends?|ende|fin|fim|fine|slut|loppu|koniec|konec|vége|sfârșit|край|конец|кінець|kraj|τέλος|son"
_END_MARK = re.compile(rf"[-–—*#(\[ ]{{1,5}}(?:{_ENDS})[-–—*#)\]. ]{{1,5}}|ENDS?|(?:# ?){{3,5}}", re.IGNORECASE)
_LABEL_END = re.compile(r"[^\W\d_]*\s*(?:[:：,.(（—–-]|\d)")


@lru_cache(maxsize=64)  # each round of cleaning asks the same of the last lines
def is_note(text: str) -> bool:
    """Whether a line says what was changed in the text above or below it."""
    if len(text) > _LONGEST_NOTE:
        return False
    folded = fold(text).lstrip("*([（【_•-– ")
    beginning = folded.find(" ", 2 * _FAR)  # behind all words that are asked for, and no word is cut
    if not may_have(folded[: beginning if beginning > 0 else None], _TELLING):
        return False
    if label := word_at(folded, "correction"):
        return _LABEL_END.match(folded, len(label)) is not None
    if word := word_at(folded, "changed"):
        return _is_dated_change(folded, len(word))
    if word_at(folded, "piece") and any(map(str.isdigit, folded[:_FAR])) and has_word_within(folded, "changed", _NEAR):
        return True  # "Text corrected at 9 a.m."
    is_of_text = has_word_within(folded, "this-text", _NEAR) and has_word_within(folded, "changed", _FAR)
    return is_of_text or has_word_within(folded, "earlier", _NEAR)


def _is_dated_change(folded: str, at: int) -> bool:
    """Whether a day or time follows, and behind a colon only what was added: "Update: …" with news is an article's own."""
    if not (found := _DATED.match(folded, at)):
        return False
    colon = _COLON.search(folded, found.end())
    return colon is None or colon.end() == len(folded) or has_word_within(folded[colon.end() :], "added", _FAR)


def is_views_notice(text: str) -> bool:
    """Whether an outlet says whose views the article above has: "The views expressed in this article are …"."""
    if len(text) > _LONGEST_NOTE:
        return False
    folded = fold(text).lstrip("*([（【_•-– ")
    label = word_at(folded, "views")
    return label is not None and has_word_within(folded[len(label) :], "of-the-author", len(folded))


def is_end_mark(text: str) -> bool:
    """Whether a line only says that a text ends, as agencies and press offices do: "-30-", "# # #", "ENDS"."""
    return _END_MARK.fullmatch(text) is not None


def is_last_words(text: str, before: str) -> bool:
    """Whether the last line is a few words below a sentence, which no article ends with: a button, a source, "(END)"."""
    if len(text) > _LONGEST_LAST or len(text.split()) > _MOST_LAST_WORDS:
        return False
    if len(IDEOGRAPH.findall(text)) > _MOST_LAST_IDEOGRAPHS:
        return False
    is_below = ends_sentence(before) or _UNSTOPPED.search(before) is not None
    return not ends_sentence(text) and is_below and _FIGURE_OR_QUOTATION.search(text) is None

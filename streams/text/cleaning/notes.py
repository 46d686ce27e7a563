"""What stands below an article, or just above it, and is about the article: what changed in it, and when; how it ends.

Such lines may be sentences, and only their place tells them from an article's own. A note begins with a word of change
("Updated at 18:20 to add …", "Correction: …"), or says it of the text ("This article was updated …"). The words are stems, by
language, in ``prompt_words.toml``.
"""

from __future__ import annotations

import re
from functools import cache

from streams.text.cleaning.prompt_signs import fold, group_words
from streams.text.sentences import IDEOGRAPH, ends_sentence

_LONGEST_NOTE = 300  # characters
_NEAR, _FAR = 40, 90  # characters from its beginning: in which a note names the text, and says that it changed
_SOON = 30  # characters behind its first word, in which a note that names no text has a colon or a figure
_LONGEST_LAST, _MOST_LAST_WORDS, _MOST_LAST_IDEOGRAPHS = 45, 5, 10
_FIGURE_OR_QUOTATION = re.compile(r"[\d\"“”„«»‹›「」『』]")
_JOINED = "\u0590-\u06ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # scripts in which a word may begin anywhere
_SET_OFF = re.compile(r"[:：\d]")
_LABEL_END = re.compile(r"\s*(?:[:：,.(（—–-]|\d)")


def is_note(text: str) -> bool:
    """Whether a line says what was changed in the text above or below it."""
    if len(text) > _LONGEST_NOTE:
        return False
    folded = fold(text).lstrip("*([（【_•-– ")
    if found := _starting_with("correction").match(folded):
        return _LABEL_END.match(folded, found.end()) is not None
    if found := _starting_with("changed").match(folded):
        return _SET_OFF.search(folded, found.end(), found.end() + _SOON) is not None
    if _beginning_in("earlier").search(folded, 0, _FAR):
        return True
    piece = _beginning_in("this-text").search(folded, 0, _NEAR)
    return piece is not None and _beginning_in("changed").search(folded, 0, _FAR) is not None


def is_last_words(text: str, before: str) -> bool:
    """Whether the last line is a few words below a sentence, which no article ends with: a button, a source, "(END)"."""
    if len(text) > _LONGEST_LAST or len(text.split()) > _MOST_LAST_WORDS:
        return False
    if len(IDEOGRAPH.findall(text)) > _MOST_LAST_IDEOGRAPHS:
        return False
    return not ends_sentence(text) and ends_sentence(before) and _FIGURE_OR_QUOTATION.search(text) is None


def begins_with_change(text: str) -> bool:
    """Whether a text begins with a word that says that something was changed."""
    return _starting_with("changed").match(fold(text)) is not None


@cache
def _starting_with(group: str) -> re.Pattern[str]:
    """A word of the group, with the rest of the word it is the stem of."""
    return re.compile(rf"(?:{_alternatives(group)})[^\W\d_]*")


@cache
def _beginning_in(group: str) -> re.Pattern[str]:
    """A word of the group where a word begins."""
    return re.compile(rf"(?:(?<![^\W\d_])|(?=[{_JOINED}]))(?:{_alternatives(group)})")


def _alternatives(group: str) -> str:
    return "|".join(map(re.escape, sorted(group_words(group), key=len, reverse=True)))

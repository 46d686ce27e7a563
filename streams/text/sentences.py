"""Where sentences end, in all scripts."""

from __future__ import annotations

from streams import lazy_re as re

CLOSING = "\"'”’»›)\\]）」』】*"
_TAIL = 12  # characters that are searched for the end of a sentence
_SENTENCE_END = re.compile(rf"[.!?…。！？।॥؟۔][{CLOSING}]*$")
FULL_STOP = re.compile(rf"(?<![.…])[.。।۔]([{CLOSING}]*)$")
_ABBREVIATED = re.compile(r"\b(?:[^\W\d_]\.){2,}$")
SENTENCE_BREAK = re.compile(rf"[.!?…।؟۔][{CLOSING}]*(?=\s)|[。！？][{CLOSING}]*")
IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
IDEOGRAPH_WEIGHT = 3  # one says as much as this many letters
TELLING_WORD = re.compile(rf"\w{{4,}}|{IDEOGRAPH.pattern}")


def ends_sentence(text: str) -> bool:
    """Whether the text ends with the end of a sentence."""
    return _SENTENCE_END.search(text, max(0, len(text) - _TAIL)) is not None


def ends_in_full_stop(text: str) -> bool:
    """Whether the line is a statement, which excludes "?", "…" and "U.S."."""
    tail = max(0, len(text) - _TAIL)
    return FULL_STOP.search(text, tail) is not None and _ABBREVIATED.search(text, tail) is None


def is_worded(text: str, words: int) -> bool:
    """Whether the text has this many words, or twice as many ideographs."""
    return len(text.split()) >= words or len(IDEOGRAPH.findall(text)) >= 2 * words

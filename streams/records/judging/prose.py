"""What prose is in any script: sentences, and how much they say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from streams import lazy_re as re

CLOSING = " \"'”’»›)]）」』】*"

_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_IDEOGRAPH_WEIGHT = 3  # one ideograph says as much as this many letters
_LONGEST_KEPT = 1_000  # characters
_END = re.compile(r"[.!?…。！？।॥؟۔։។၊]$")
_BREAK = re.compile(r"[.!?…।॥؟۔։።][\"'”’»)\]]*(?=\s)|[。！？][」』”）]*|\n")


def weight_of(text: str) -> int:
    """The length of a text in letters: an ideograph, kana or Hangul syllable counts as three."""
    if text.isascii():
        return len(text)
    return _weight_of_short(text) if len(text) <= _LONGEST_KEPT else _weigh(text)


def _weigh(text: str) -> int:
    return len(text) + (_IDEOGRAPH_WEIGHT - 1) * len(_IDEOGRAPH.findall(text))


_weight_of_short = lru_cache(maxsize=1_024)(_weigh)  # each block of a page is weighed several times


def sentences_of(text: str) -> Iterator[str]:
    """The pieces of text between sentence ends and line breaks, blank ones left out."""
    start = 0
    for found in _BREAK.finditer(text):
        if piece := text[start : found.end()].strip():
            yield piece
        start = found.end()
    if piece := text[start:].strip():
        yield piece


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return _END.search(text.rstrip(CLOSING)) is not None


def is_prose_line(text: str) -> bool:
    """Whether a text ends as sentences do, or is in a script that does not mark their ends."""
    return is_sentence(text) or not marks_sentences(text)


_UNMARKED = re.compile(
    "[\u0530-\u058f\u10a0-\u10ff\u1200-\u139f\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff]"
)  # Thai, Lao … Khmer; Armenian, Georgian, Ethiopic


def marks_sentences(text: str) -> bool:
    """Whether the script of a text always ends sentences with the same mark."""
    return text.isascii() or len(_UNMARKED.findall(text)) * 4 < len(text)

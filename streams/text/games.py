"""Whether a text is the result of a game, and says nothing else."""

from __future__ import annotations

from typing import Final

from streams import lazy_re as re

# "Boston Celtics 112, Miami Heat 98 (OT)": the points behind each name.
_POINTS = re.compile(r"(?:[^\W\d_][\w.'’-]* ){1,3}\d{1,3}[,;]? (?:[^\W\d_][\w.'’-]* ){1,3}\d{1,3}(?: \(\w{1,4}\))?")
# "Göteborg – Malmö 1–0", "Boca 1 x 0 River": both numbers behind the names, or between them.
_OPPONENT = r"(?:\d\. )?[^\W\d_][\w.'’&]*(?:[ -][^\W_][\w.'’&]*){0,3}"
_GOALS = r"\d{1,3} ?[-–:x] ?\d{1,3}"
_GAME = re.compile(
    rf"{_OPPONENT}(?:(?: ?[-–—] ?| (?:vs?\.?|x) ){_OPPONENT}:? {_GOALS}| {_GOALS} {_OPPONENT})(?: \([\w.:–-]{{1,7}}\))?"
)
RESULT_WORDS: Final = 8
"""The most words of a result, without what stands between opponents."""
BETWEEN_OPPONENTS: Final = frozenset({"d", "def", "v", "vs", "bt", "x"})


def is_game(text: str) -> bool:
    """Whether a text is two opponents and their goals or points, in any usual order. Takes time in proportion to its length."""
    return (_POINTS.fullmatch(text) or _GAME.fullmatch(text)) is not None and are_opponents(text)


def are_opponents(text: str) -> bool:
    """Whether all words of a text, eight at most, are written as names are."""
    words = [word for word in text.split() if any(map(str.isalpha, word)) and word.strip(".") not in BETWEEN_OPPONENTS]
    return len(words) <= RESULT_WORDS and not any(word[0].islower() for word in words)

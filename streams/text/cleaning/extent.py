"""Which lines of a page belong to the article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import compress, pairwise

from streams import lazy_re as re
from streams.text.cleaning.line_model import PageScores, score_lines, score_places
from streams.text.cleaning.lines import Line, mark_lines
from streams.text.cleaning.phrases import BULLETS
from streams.text.cleaning.prompts import is_related_heading
from streams.text.sentences import ends_sentence

# Weights in characters of prose, chosen on pages that the model had not seen (bench/quality/cleaning.py --folds).
_MOST_SCORE = 300  # hundredths of log-odds: the limit of a line's score
_FULL_LENGTH, _LENGTH_BASE = 300, 40  # characters: longer lines are not better evidence; added to a line's length
_AGAINST_BASE, _AGAINST_PERCENT = 60, 40
_GAP = 250  # the weight that the article must have beyond a gap to continue there
_LEAST_ARTICLE_WEIGHT = 200
# Lines of furniture, or lines above the first paragraph, that make a text a page; with fewer, nothing is cut for its place.
_PAGE_SIGNS, _LEAST_MENU = 6, 12
_PARAGRAPH = 80  # characters
_NAME = re.compile(r"\D*[^\W\d]\D*")  # lines of recipes and tables of results do not match
_LOW = -300  # hundredths of log-odds: lines below are cut for themselves
_STRANGE = -40  # the weight of a line inside the article that does not belong to it
# A list has lines with numbers or full stops, and hardly any names; a menu's lines score worse in the model.
_FEWEST_ITEMS, _LEAST_ITEMS, _LEAST_ITEM_SCORE = 6, 0.8, -400
_LONGEST_ITEM = 200  # characters
_ITEM = re.compile(r"\d")

_LONGEST_STAMP, _LONGEST_NAME, _LONGEST_LINK = 90, 50, 160  # characters
_YEAR, _TIME = r"(?<!\d)(?:19|20)\d\d(?!\d)", r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)"
_STAMP = re.compile(rf"{_YEAR}.*{_TIME}|{_TIME}.*{_YEAR}")
_LEAST_COMMENTS, _MOST_COMMENT = 3, 25  # comments; lines of one
_LEAST_PROSE_BEFORE_COMMENTS = 250
_LEAST_REPEATED = 20  # characters: shorter lines may repeat
_MOST_RELATED = 8  # lines below "Related articles"
# Credits of pictures.
_CREDIT_STARTS = ("photo:", "photos:", "photo by ", "image:", "foto:", "bild:", "credit:", "picture:", "фото:", "写真：")
_CREDIT_ENDS = ("getty images", "reuters", "/afp", "/epa", "shutterstock", "/dpa", "alamy", "istock")
_CREDIT_SIGNS = ("getty images", "ap photo", "/getty", "afp/", "reuters/", "/reuters", "epa-efe", "file photo", "photo by ")
_CREDIT_WORD = re.compile(r"\([^\W\d_]{3,12} ?[:：][^()]{2,40}\)\.?$")  # "(Image: GETTY)"
_LONGEST_CAPTION = 250  # characters


def has_surroundings(lines: Sequence[Line]) -> bool:
    """Whether there is something around the article: much furniture, or a menu above the first paragraph."""
    if sum([not line.is_plain for line in lines]) >= _PAGE_SIGNS:
        return True
    first = next((number for number, line in enumerate(lines) if line.weight >= _PARAGRAPH), 0)
    names = [line for line in lines[:first] if len(line.text) <= _LONGEST_NAME and _NAME.fullmatch(line.text)]
    return len(names) >= _LEAST_MENU


def score_page(lines: Sequence[Line]) -> PageScores:
    """The model's scores of the lines by themselves."""
    return score_lines([line.text for line in lines], mark_lines(lines))


def find_article(lines: Sequence[Line], start: int, *, is_extracted: bool = False) -> list[bool]:
    """For each line whether it belongs to the article, if the text is a page (else all do). Empty if the page has no article.

    ``start`` is the line below the headline, or 0. The chosen lines have the greatest sum of weights, where every gap between
    them costs as much as ``_GAP`` characters of prose. After Pasternack and Roth, "Extracting article text from the web with
    maximum subsequence segmentation" (WWW 2009), with gaps.
    """
    if not has_surroundings(lines):
        return [True] * len(lines)
    scores = score_places(score_page(lines), start or None)
    strange = _find_strange(lines, scores, start, is_extracted=is_extracted)
    if is_extracted:
        return [number not in strange for number in range(len(lines))]
    weights = _weigh_lines(lines, scores)
    for number in strange:
        weights[number] = min(weights[number], _STRANGE)
    comments = _find_comments(lines, weights)
    weights[comments:] = [-_FULL_LENGTH] * (len(lines) - comments)
    chosen = _choose(weights)
    if sum(compress(weights, chosen)) < _LEAST_ARTICLE_WEIGHT:
        return []
    _add_announced_list(lines[:comments], chosen)
    _add_lists(lines[:comments], scores, chosen)
    return [is_chosen and number not in strange for number, is_chosen in enumerate(chosen)]


def guess_start(lines: Sequence[Line], page: PageScores) -> int | None:
    """A quick, rough guess of where the article starts, from what each line is by itself; None if there is no article."""
    chosen = _choose(_weigh_lines(lines, page.scores))
    return chosen.index(True) if True in chosen else None


def _weigh_lines(lines: Sequence[Line], scores: Sequence[int]) -> list[int]:
    # A quarter of the weight ignores the model, because the model knows few pages.
    sizes = [max(len(line.text), line.weight) for line in lines]  # an ideograph in a sentence counts as three
    return [(3 * _weigh(size, score) + line.weight) // 4 for line, size, score in zip(lines, sizes, scores, strict=True)]


def _weigh(length: int, score: int) -> int:
    length = min(length, _FULL_LENGTH)
    if score > 0:
        return min(score, _MOST_SCORE) * (length + _LENGTH_BASE) // _MOST_SCORE
    return max(score, -_MOST_SCORE) * (_AGAINST_BASE + _AGAINST_PERCENT * length // 100) // _MOST_SCORE


def _choose(weights: Sequence[int]) -> list[bool]:
    """The lines with the greatest sum of weights, minus ``_GAP`` for each run of them (Viterbi)."""
    inside, outside = -_GAP, 0  # the best sums that end inside and outside of a run
    ways: list[tuple[bool, bool]] = []  # whether each continues from inside a run
    for weight in weights:
        way = (inside >= outside - _GAP, inside > outside)
        ways.append(way)
        inside, outside = (inside if way[0] else outside - _GAP) + weight, inside if way[1] else outside
    chosen = [False] * len(weights)
    is_inside = inside > outside
    for number in range(len(weights) - 1, -1, -1):
        chosen[number] = is_inside
        is_inside = ways[number][0 if is_inside else 1]
    return chosen


def _find_strange(lines: Sequence[Line], scores: Sequence[int], start: int, *, is_extracted: bool) -> set[int]:
    """Lines that never belong to an article, wherever they are: repeats, links below "Related", picture credits.

    Above the headline, a line that the page repeats is not the article's; below it, the first occurrence may be.
    In an extracted text only prose is a repeat: an item of one list may be one of the next, too.
    """
    bare = [line.text.lstrip(BULLETS) for line in lines]
    times = Counter(bare)
    said: set[str] = set()
    strange = set()
    related = 0
    for number, (line, score) in enumerate(zip(lines, scores, strict=True)):
        if line.kind:
            related = _MOST_RELATED if is_related_heading(line.kind, line.text) else 0
            continue
        length = len(line.text)
        if related and length <= _LONGEST_LINK and not ends_sentence(line.text):
            related -= 1
            strange.add(number)
            continue
        related = 0
        is_again = False
        if length >= _LEAST_REPEATED and (line.weight > 0 or not is_extracted) and times[bare[number]] > 1:
            is_again = number < start or bare[number] in said
            said.add(bare[number])
        if is_again or (score > _LOW and length <= _LONGEST_CAPTION and _is_credit(line.text)):
            strange.add(number)
    return strange


def _is_credit(text: str) -> bool:
    folded = text.lower()
    if folded.startswith(_CREDIT_STARTS) or (")" in folded[-2:] and _CREDIT_WORD.search(text)):
        return True
    if ends_sentence(text):
        return False
    return folded.rstrip(")").endswith(_CREDIT_ENDS) or any(sign in folded for sign in _CREDIT_SIGNS)


def _find_comments(lines: Sequence[Line], weights: Sequence[int]) -> int:
    """Where readers' comments begin: each has a date and time. The number of lines if there are none."""
    stamps = [
        number
        for number, line in enumerate(lines)
        if len(line.text) <= _LONGEST_STAMP and ":" in line.text and _STAMP.search(line.text)
    ]
    stamps = [number for before, number in pairwise([-9, *stamps]) if number > before + 1]  # adjacent lines are one comment's
    for at, first in enumerate(stamps[: 1 - _LEAST_COMMENTS]):
        above = sum(
            min(len(line.text), _FULL_LENGTH) for line, weight in zip(lines[:first], weights, strict=False) if weight > 0
        )
        thread = stamps[at : at + _LEAST_COMMENTS]
        if above >= _LEAST_PROSE_BEFORE_COMMENTS and all(after - before <= _MOST_COMMENT for before, after in pairwise(thread)):
            name = lines[first - 1].text
            return first - (len(name) <= _LONGEST_NAME and not ends_sentence(name))
    return len(lines)


def _add_announced_list(lines: Sequence[Line], chosen: list[bool]) -> None:
    """The article continues through the list that "The dates:" at its end announces."""
    end = len(chosen) - chosen[::-1].index(True)
    if end < len(lines) and lines[end].text.endswith((":", "：")):
        while end < len(lines) and lines[end].is_plain:
            chosen[end] = True
            end += 1


def _add_lists(lines: Sequence[Line], scores: Sequence[int], chosen: list[bool]) -> None:
    """The article continues through a list below one of its paragraphs: a recipe, a table of results, dates."""
    start, items = len(lines), 0  # of the list
    for number, (line, score, is_chosen) in enumerate(zip(lines, scores, tuple(chosen), strict=False)):
        if is_chosen:
            start, items = number + 1, 0
        elif start <= number:
            if not line.is_plain or score < _LEAST_ITEM_SCORE or len(line.text) > _LONGEST_ITEM:
                start = len(lines)
            elif _ITEM.search(line.text) or ends_sentence(line.text):
                items += 1
                size = number + 1 - start
                if size >= _FEWEST_ITEMS and items >= _LEAST_ITEMS * size:
                    chosen[start : number + 1] = [True] * size

"""Furniture that a line shows by itself: forms, bars, notices, hashtags, copyright."""

from __future__ import annotations

from streams import lazy_re as re
from streams.text.article import CutKind
from streams.text.cleaning.phrases import BULLETS, bare, load_phrases
from streams.text.cleaning.prompts import has_letter, opens_with_quotation, recognise_prompt
from streams.text.sentences import ends_in_full_stop

LONGEST_FURNITURE = 400  # characters: cookie notices
_LONGEST_BAR = 200  # characters; a bar is links side by side
HASHTAG = re.compile(r"[#＃]([^\s#＃,،、]+)")
_HASHTAG_LINE = re.compile(r"(?:[^\W\d_]{2,12}\s?[:：]\s*)?(?:[#＃][^\s#＃,،、]+[\s,،、]*)+")
_LINK_SIGNS, _FEWEST_LINKS = "|｜›»>•·", 3
_LINK_SIGN = re.compile(rf"\s*[{_LINK_SIGNS}]\s*")
_COPYRIGHT = re.compile(
    r"©\s?(?:copyright\s)?(?:19|20)\d\d|^copyright[^.]{0,60}\b(?:19|20)\d\d$|all rights reserved\W{0,3}$", re.IGNORECASE
)
_COMMENT = (
    "comments?|kommentare?|commentaires?|comentarios?|comentários?|comment[io]|reacties?|kommentarer|kommentt?ia?|komentarz[ey]?"
    "|komentář[eů]?|комментари[йяев]{1,2}|коментар(?:ів|і|я)?|yorum|コメント|评论|評論|댓글|komentar|bình luận|تعليق(?:ات)?"
)
_COMMENTS_COUNTED = re.compile(rf"\d{{1,5}} ?(?:{_COMMENT})|(?:{_COMMENT}) ?[(（]?\d{{1,5}} ?[)）件条條개]?")

_STATEMENTS = frozenset((CutKind.COOKIE_NOTICE, CutKind.COMMENT_FORM, CutKind.SUBSCRIPTION, CutKind.COPYRIGHT))
"""Kinds whose lines may be sentences; a sentence that begins like any other kind is prose."""


def recognise_furniture(text: str) -> tuple[CutKind | None, bool]:
    """The kind of furniture that a line is in any surroundings, and whether it may be furniture beside other furniture."""
    phrases = load_phrases()
    folded = text.casefold().replace("’", "'")
    plain = bare(folded)
    kind = phrases.whole.get(plain) or _recognise_start(folded.lstrip(BULLETS), text)
    kind = kind or (None if plain in phrases.weak or _is_hashtags(text) else recognise_prompt(text))
    if kind or not plain or plain in phrases.weak:
        return kind, not kind
    if _is_hashtags(text):
        kind = CutKind.HASHTAGS
    elif len(text) > _LONGEST_BAR:
        pass
    elif _is_copyright(folded, text):
        kind = CutKind.COPYRIGHT
    elif _COMMENTS_COUNTED.fullmatch(plain):
        kind = CutKind.COMMENT_FORM
    elif _is_share_bar(folded):
        kind = CutKind.SHARE_BAR
    elif _is_link_bar(folded):
        kind = CutKind.NAVIGATION
    return kind, False


def _recognise_start(folded: str, text: str) -> CutKind | None:
    for start, kind in load_phrases().starts.get(folded[:2], ()):
        if folded.startswith(start) and (kind in _STATEMENTS or not ends_in_full_stop(text)):
            return None if opens_with_quotation(text) else kind
    return None


def _is_hashtags(text: str) -> bool:
    if "#" not in text and "＃" not in text:
        return False
    return _HASHTAG_LINE.fullmatch(text) is not None and all(map(has_letter, HASHTAG.findall(text)))


def _is_copyright(folded: str, text: str) -> bool:
    may_be = "©" in text or "all r" in folded or folded.startswith("copyr")
    return may_be and _COPYRIGHT.search(text) is not None


def _is_share_bar(folded: str) -> bool:
    first, *others = folded.replace(",", " ").replace("|", " ").split(maxsplit=1) or [""]
    share_words = load_phrases().share_words
    return first in share_words and bool(others) and share_words.issuperset(others[0].split())


def _is_link_bar(folded: str) -> bool:
    """ "Home | About | Contact", "Home > News > World"; but not the row of a table."""
    if sum(map(folded.count, _LINK_SIGNS)) < _FEWEST_LINKS - 1:
        return False
    links = [link for link in _LINK_SIGN.split(folded) if link]
    if len(links) < _FEWEST_LINKS or any(len(link.split()) > 4 or not has_letter(link) for link in links):
        return False
    phrases = load_phrases()
    return any(link in phrases.weak or link in phrases.whole for link in links)

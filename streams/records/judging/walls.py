"""Pages in front of an article: consent walls, robot checks, pay walls. Recognised by how little is left without them.

Their phrases (``wall_phrases.toml``) also occur on real articles' pages, in banners and prompts. So the amount of other prose
decides: an article has some, a wall has almost none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import takewhile
from typing import Final, NamedTuple

from streams import lazy_re as re
from streams.records.draft import Reason, Rejection
from streams.records.judging.prose import CLOSING, is_sentence, sentences_of, weight_of
from streams.word_lists import word_lists

_LONGEST_WALL = 20_000  # characters, menus and footers included

# Weights (characters; ideographs count more) of the prose beside a wall's own words.
_MOST_BESIDE_CONSENT = 300
_MOST_BESIDE_CHECK, _MOST_BESIDE_CHECKS = 150, 600  # one phrase, in the title; several, one of them in the title
_MOST_BESIDE_ANY = 60  # without a phrase in the title
_LONGEST_TITLE = 80
_MOST_BESIDE_OFFER, _MOST_BESIDE_PLEA = 350, 250  # a teaser before an offer; before a single pleading sentence
_MOST_WITHOUT_SIGNS = 800  # with more prose that has no sign of a wall, it is an article without further checks
_TITLE_AND_A_SENTENCE = 200  # weight of a page whose title alone may make it a check
_SHORT_CHECK = 600  # weight of a page that one phrase may make a check
_LEAST_SENTENCE = 30  # weight; a shorter one is a label
_SHORT_LINE = 70  # weight of a line that may be a plea by itself
_BUTTON = 45  # weight of a line that may be a button
_LONGEST_BUTTON, _MOST_BUTTON_WORDS = 40, 4  # … in any language …
_LEAST_BUTTONS, _MOST_BUTTONS = 2, 8  # … of which a dialogue has this many …
_MOST_BESIDE_BUTTONS = 70  # … and hardly any other text
_QUOTED = re.compile(
    r"“[^”\n]{0,200}”|\"[^\"\n]{0,200}\"|«[^»\n]{0,200}»|„[^“”\n]{0,200}[“”]|(?<!\w)['‘][^'’\n]{0,200}['’](?!\w)"
)
# The visitor's address, or the reference number that the page gives the refusal.
_INCIDENT = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b")
# "We" and "you" in the phrases' languages, where words are separated by spaces or the language has its own word for them.
_ADDRESS = re.compile(
    r"\b(?:we|our|us|you|your|i|my|nosotros|nuestr\w+|usted(?:es)?|tus?|sus?|nous|nos|notre|vous|vos|votre|wir|unser\w*|sie|ihr\w*|dein\w*"
    r"|du|nós|nossos?|nossas?|você|seus?|suas?|noi|nostr\w+|voi|vostr\w+|tuo\w?|suo\w?|wij|ons|onze|uw|je|jouw|vi|vår\w*"
    r"|din\w?|vores|deres|ditt"
    r"|my|nasz\w*|nasi|twoj\w*|państw\w*|naš\w*|vaš\w*|мы|наш\w*|ваш\w*|вы|ми|ви|biz|bizim|bize|siz|sizin|sizi|kami|kita|anda"
    r"|نحن|موقعنا|شركائنا|ما|شما|हम\w*|आप\w*|chúng tôi|bạn|me|te|kumppanimme)\b"
    r"|我们|我們|您|你|当社|弊社|私たち|あなた|お客様|우리|당사|귀하|회원"
)
_LEAST_ACTS = 3  # for a consent wall without a button

_MESSAGES: Final = {
    Reason.CONSENT_WALL: "a consent wall stands before the article: fetch the page as a reader who has answered it",
    Reason.ROBOT_CHECK: "a robot check stands before the article: the site did not serve it to the crawler",
    Reason.PAY_WALL: "a pay wall stands before the article: publish its text, or nothing",
}


def judge_wall(headline: str | None, text: str) -> Rejection | None:
    """CONSENT_WALL, ROBOT_CHECK or PAY_WALL for a text that is a wall; None for an article, and in case of doubt."""
    if not text or len(text) > _LONGEST_WALL:
        return None
    lowered = f"{headline or ''}\n{text}".lower()
    if _is_article(lowered, signs_of_walls()):  # true for almost all texts
        return None
    title = (headline or "").lower()
    for reason, judge in ((Reason.ROBOT_CHECK, _is_check), (Reason.CONSENT_WALL, _is_consent), (Reason.PAY_WALL, _is_offer)):
        signs = _tables()[reason]["signs"]
        if not any(sign in lowered for sign in signs) or _is_article(lowered, signs):
            continue
        if judge(title, lowered, _phrases(reason)):
            return Rejection(reason, _MESSAGES[reason])
    return None


def pay_wall() -> Rejection:
    return Rejection(Reason.PAY_WALL, _MESSAGES[Reason.PAY_WALL])


class _Phrases(NamedTuple):
    act: re.Pattern[str]
    topic: re.Pattern[str] | None
    weak: re.Pattern[str] | None
    told: re.Pattern[str] | None


@cache
def _tables() -> dict[Reason, dict[str, tuple[str, ...]]]:
    tables = word_lists(__package__, "wall_phrases.toml")
    names = {Reason.CONSENT_WALL: "consent", Reason.ROBOT_CHECK: "robot", Reason.PAY_WALL: "pay"}
    return {reason: {kind: tuple(each) for kind, each in tables[name].items()} for reason, name in names.items()}


@cache
def _phrases(reason: Reason) -> _Phrases:
    """Compiled for the first text that has one of the signs: that takes as long as a hundred articles."""
    table = _tables()[reason]
    topic, weak, told = (_any_of(table[name]) if name in table else None for name in ("topic", "weak", "told"))
    return _Phrases(_any_of(table["act"]), topic, weak, told)


@cache
def signs_of_walls() -> tuple[str, ...]:
    """Literals in lower case; a text with none of them is not a wall."""
    return tuple(sign for table in _tables().values() for sign in table["signs"])


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for several phrases, bounded by words where the script has spaces between words."""
    bounded = [
        (r"(?<![^\W\d_])" if re.match(r"[(?:]*[a-zà-ÿа-яё]", phrase) else "")
        + f"(?:{phrase})"
        + (r"(?![^\W\d_])" if re.search(r"[a-zà-ÿа-яё]\)?\??$", phrase) else "")
        for phrase in phrases
    ]
    return re.compile("|".join(bounded))


def _is_check(title: str, text: str, phrases: _Phrases) -> bool:
    assert phrases.weak is not None
    # Articles about such pages name them in the title, or quote them; the page itself addresses the reader.
    said = _distinct(phrases.act, _QUOTED.sub(" ", text.removeprefix(title)))
    if phrases.told is not None and phrases.told.search(text):
        return False
    acts = _distinct(phrases.act, text)
    found = acts | _distinct(phrases.weak, text)
    if not said and (not acts or weight_of(text) > _TITLE_AND_A_SENTENCE):
        incident = _INCIDENT.search(text) is not None and weight_of(text) <= _SHORT_CHECK * 2
        return incident and len(found) > 1 and _prose_beside(text, phrases.act, phrases.weak) < _MOST_BESIDE_CHECK
    if len(found) == 1 and weight_of(text) > _SHORT_CHECK:
        return False
    at_its_head = any(
        weight_of(line) <= _LONGEST_TITLE and (phrases.act.search(line) or phrases.weak.search(line))
        for line in text.strip().split("\n")[:2]
    )
    most = (_MOST_BESIDE_CHECKS if len(found) > 1 else _MOST_BESIDE_CHECK) if at_its_head else _MOST_BESIDE_ANY
    return _prose_beside(text, phrases.act, phrases.weak) < most


def _is_consent(title: str, text: str, phrases: _Phrases) -> bool:
    assert phrases.topic is not None
    if not phrases.topic.search(text):
        return False
    found = _distinct(phrases.act, text)
    beside = _prose_beside(text, phrases.act, phrases.topic)
    if found and beside < _MOST_BESIDE_BUTTONS and _ends_in_buttons(text):
        return True
    lines = [line for line in text.removeprefix(title).split("\n") if line.strip()]
    if len(lines) > 1 and all(map(is_sentence, lines)) and not _ADDRESS.search(_QUOTED.sub(" ", text)):
        return False  # a wall has something to press, or addresses its reader; an article about one quotes it
    least = 2 if any(_is_button(line, phrases.act) for line in lines) else _LEAST_ACTS
    return len(found) >= least and beside < _MOST_BESIDE_CONSENT


def _ends_in_buttons(text: str) -> bool:
    """Whether a text of sentences ends in a few labels, as a dialogue does, in any language."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    labels = sum(1 for _ in takewhile(_is_label, reversed(lines)))
    return _LEAST_BUTTONS <= labels <= _MOST_BUTTONS and sum(map(is_sentence, lines)) >= 1


def _is_label(line: str) -> bool:
    is_short = weight_of(line) <= _LONGEST_BUTTON and line.count(" ") < _MOST_BUTTON_WORDS
    return is_short and not is_sentence(line) and not any(map(str.isdigit, line)) and not line.startswith(("#", "@"))


def _is_offer(_title: str, text: str, phrases: _Phrases) -> bool:
    assert phrases.weak is not None
    pleas = _distinct(phrases.act, text)
    if not pleas or (len(pleas) == 1 and not any(_stands_apart(line, phrases.act) for line in text.split("\n"))):
        return False
    offers = len(pleas) + len(_distinct(phrases.weak, text))
    return _prose_beside(text, phrases.act, phrases.weak) < (_MOST_BESIDE_OFFER if offers > 1 else _MOST_BESIDE_PLEA)


def _stands_apart(line: str, act: re.Pattern[str]) -> bool:
    """Whether a line with a plea is not part of prose: a wall sets it apart, news about prices has it within a paragraph."""
    return act.search(line) is not None and (weight_of(line) <= _SHORT_LINE or not is_sentence(line))


def _is_button(line: str, act: re.Pattern[str]) -> bool:
    found = act.search(line) if 0 < weight_of(line) <= _BUTTON else None
    return found is not None and not is_sentence(line.rstrip(CLOSING))


def _distinct(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match[0] for match in pattern.finditer(text)}


def _is_article(text: str, signs: tuple[str, ...]) -> bool:
    """Whether a text has plenty of prose without a wall's signs; reads piece by piece, and no further than needed."""
    plain = weight = 0
    piece: list[str] = []
    for sentence in sentences_of(text):
        if is_sentence(sentence):
            piece.append(sentence)
            weight += weight_of(sentence)
            if weight > _MOST_WITHOUT_SIGNS:
                plain += _weight_without(piece, signs)
                if plain > _MOST_WITHOUT_SIGNS:
                    return True
                piece, weight = [], 0
    return plain + _weight_without(piece, signs) > _MOST_WITHOUT_SIGNS


def _weight_without(sentences: list[str], signs: tuple[str, ...]) -> int:
    whole = "\n".join(sentences)
    there = [sign for sign in signs if sign in whole]  # only a few, so most sentences need few comparisons
    return sum(weight_of(each) for each in sentences if not any(sign in each for sign in there))


def _prose_beside(text: str, *patterns: re.Pattern[str]) -> int:
    """The weight of the sentences in which none of the patterns is found."""
    prose = (each for each in sentences_of(text) if is_sentence(each) and not any(found.search(each) for found in patterns))
    return sum(weight for each in prose if (weight := weight_of(each)) >= _LEAST_SENTENCE)

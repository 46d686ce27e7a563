"""Made-up news for measuring: the same articles for the same seed, and free of anyone else's rights.

The mix is what an aggregator sees: 70 % JSON, 20 % plain text with the furniture of the page it was scraped from, 10 % HTML
pages; 40 % repeat the headline of an earlier article, two thirds of them with its body, the others with one of their own. Two
thirds are in English, the others in German, French and Spanish.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

import orjson

JSON_SHARE, TEXT_SHARE = 0.7, 0.2  # HTML gets the rest
DUPLICATE_SHARE = 0.4
BODY_BYTES = 2_000
_SAME_BODY_SHARE = 2 / 3
_ENGLISH_SHARE = 2 / 3
_REPEATED_FROM = 5_000  # the latest stories; news is repeated while it is new


class RawRecord(NamedTuple):
    """A record as a producer publishes it."""

    value: bytes
    content_type: str


class _Story(NamedTuple):
    language: str
    headline: str
    body: tuple[str, ...]


class _Phrases(NamedTuple):
    headlines: tuple[str, ...]
    sentences: tuple[str, ...]
    who: tuple[str, ...]
    what: tuple[str, ...]


_PLACES: Final = tuple(
    first + last
    for first in ("Alder", "Kars", "Vare", "Nor", "Hol", "Brem", "Tille", "Osk", "Mar", "Quen", "Sel", "Fair")
    for last in ("port", "burg", "ton", "wick", "holm", "mouth", "field", "na", "dorf", "ville")
)
_NAMES: Final = tuple(
    f"{first} {last}"
    for first in ("Mara", "Edda", "Tomas", "Ilse", "Joren", "Anouk", "Pavel", "Lucia", "Henrik", "Nadia")
    for last in ("Linden", "Voss", "Okafor", "Brandt", "Salazar", "Petrov", "Moreau", "Keller", "Haddad", "Quist")
)
_OUTLETS: Final = ("Example Times", "Example Wire", "The Example Post", "Example Morning News", "Example Herald")
_PHRASES: Final = {
    "en": _Phrases(
        headlines=(
            "{who} {says} {what} in {place} after {number} days of talks",
            "{place} votes on {what} as {who} warns of {number} million cost",
            "{name} of {place} wins dispute over {what} at {number}th attempt",
            "{number} homes without power in {place} while {who} debates {what}",
            "{what}: {who} in {place} asks for {number} million more",
        ),
        sentences=(
            "{who} in {place} said on Tuesday that {what} would be decided before the end of the month.",
            "{name}, who has led the talks since March, called the plan a fair answer to a hard question.",
            "About {number} people gathered in front of the town hall, and most of them stayed until after dark.",
            "The costs are put at {number} million, of which the region pays a third and the government the rest.",
            "According to figures published last week, {number} of every thousand households are affected.",
            "“We have waited for {what} for {number} years, and we can wait one more winter,” {name} said.",
            "Critics say that {what} was promised before and that nothing came of it when the election was over.",
            "A court in {place} is expected to hear the case in {number} days.",
            "Schools, hospitals and the railway prepare for a longer interruption, a spokesperson for {who} said.",
            "Shares of the largest companies in {place} fell by {number} points before recovering in the afternoon.",
            "Researchers at the University of {place} compared {number} cases and found no sign of a trend.",
            "The team from {place} won the match by a late goal, its {number}th victory this season.",
        ),
        who=("parliament", "the central bank", "the health ministry", "the farmers' union", "the police", "the rail company"),
        what=(
            "the electoral reform", "the new hospital", "the interest rate", "a ceasefire", "the flood barrier",
            "the vaccination programme", "the railway strike", "the climate treaty", "the school budget", "the stadium",
        ),
    ),
    "de": _Phrases(
        headlines=(
            "{who} in {place} stimmt nach {number} Tagen über {what} ab",
            "{what}: {who} warnt in {place} vor Kosten von {number} Millionen",
            "{name} gewinnt in {place} den Streit um {what} im {number}. Anlauf",
        ),
        sentences=(
            "{who} teilte am Dienstag in {place} mit, dass über {what} noch in diesem Monat entschieden werde.",
            "{name} nannte den Entwurf eine gerechte Antwort auf eine schwierige Frage.",
            "Rund {number} Menschen versammelten sich vor dem Rathaus, die meisten blieben bis nach Einbruch der Dunkelheit.",
            "Die Kosten werden auf {number} Millionen geschätzt, ein Drittel davon trägt die Region.",
            "Kritiker sagen, {what} sei schon früher versprochen worden, ohne dass etwas daraus geworden wäre.",
            "Ein Gericht in {place} will den Fall in {number} Tagen verhandeln.",
        ),
        who=("das Parlament", "die Zentralbank", "das Gesundheitsministerium", "die Gewerkschaft", "die Polizei"),
        what=("die Wahlreform", "das neue Krankenhaus", "den Leitzins", "die Waffenruhe", "den Bahnstreik", "den Haushalt"),
    ),
    "fr": _Phrases(
        headlines=(
            "{who} de {place} vote sur {what} après {number} jours de débats",
            "{what} : {who} demande {number} millions de plus à {place}",
        ),
        sentences=(
            "{who} a annoncé mardi à {place} que {what} serait examiné avant la fin du mois.",
            "{name} a parlé d'une réponse juste à une question difficile.",
            "Environ {number} personnes se sont rassemblées devant la mairie et sont restées jusqu'à la nuit.",
            "Le coût est estimé à {number} millions, dont un tiers à la charge de la région.",
            "Selon les critiques, {what} avait déjà été promis avant les élections, sans aucun résultat.",
        ),
        who=("le parlement", "la banque centrale", "le ministère de la santé", "le syndicat", "la police"),
        what=("la réforme électorale", "le nouvel hôpital", "le cessez-le-feu", "le budget des écoles", "la grève des trains"),
    ),
    "es": _Phrases(
        headlines=(
            "{who} de {place} vota {what} tras {number} días de debate",
            "{what}: {who} pide {number} millones más en {place}",
        ),
        sentences=(
            "{who} anunció el martes en {place} que {what} se decidirá antes de fin de mes.",
            "{name} dijo que el plan era una respuesta justa a una pregunta difícil.",
            "Unas {number} personas se reunieron delante del ayuntamiento y se quedaron hasta la noche.",
            "El coste se estima en {number} millones, de los que la región paga un tercio.",
            "Los críticos recuerdan que {what} ya se había prometido antes de las elecciones.",
        ),
        who=("el parlamento", "el banco central", "el ministerio de sanidad", "el sindicato", "la policía"),
        what=("la reforma electoral", "el nuevo hospital", "el alto el fuego", "el presupuesto escolar", "la huelga de trenes"),
    ),
}  # fmt: skip
_BEFORE: Final = ("Home", "World", "Politics", "Business", "Sport", "Sign in", "Subscribe now for full access")
_AFTER: Final = (
    "Share this article", "Facebook", "Twitter", "Email", "Related articles", "Leave a comment",
    "Your email address will not be published. Required fields are marked *", "© Example Media. All rights reserved.",
)  # fmt: skip


def mixed_articles(count: int, seed: int = 1, body_bytes: int = BODY_BYTES) -> list[RawRecord]:
    """``count`` articles in the mix of this module; bodies of about ``body_bytes``."""
    return [_raw(story, number, chance) for number, (story, chance) in enumerate(_stories(count, seed, body_bytes))]


class Event(NamedTuple):
    """A record of the dedup-only job: JSON of 2 kB, whose key is its id."""

    key: bytes
    value: bytes


def dedup_events(count: int, seed: int = 1, body_bytes: int = 1_800) -> list[Event]:
    """``count`` events, 40 % of which have the id of an earlier one."""
    events = []
    for story, _ in _stories(count, seed, body_bytes):
        event = {"id": f"{seed}/{story.headline}", "title": story.headline, "body": " ".join(story.body)}
        events.append(Event(event["id"].encode(), orjson.dumps(event)))
    return events


def _stories(count: int, seed: int, body_bytes: int) -> Iterator[tuple[_Story, random.Random]]:
    chance = random.Random(seed)
    latest: list[_Story] = []
    headlines: set[str] = set()
    for _ in range(count):
        if latest and chance.random() < DUPLICATE_SHARE:
            story = latest[chance.randrange(len(latest))]
            if chance.random() >= _SAME_BODY_SHARE:
                story = story._replace(body=_body(story.language, body_bytes, chance))
        else:
            story = _story(body_bytes, chance, headlines)
            if len(latest) < _REPEATED_FROM:
                latest.append(story)
            else:
                latest[chance.randrange(_REPEATED_FROM)] = story
        yield story, chance


def _story(body_bytes: int, chance: random.Random, headlines: set[str]) -> _Story:
    language = "en" if chance.random() < _ENGLISH_SHARE else chance.choice(("de", "fr", "es"))
    while (headline := _filled(chance.choice(_PHRASES[language].headlines), language, chance)) in headlines:
        pass
    headlines.add(headline)
    return _Story(language, headline, _body(language, body_bytes, chance))


def _body(language: str, body_bytes: int, chance: random.Random) -> tuple[str, ...]:
    """Paragraphs of two to four sentences, enough to reach the bytes."""
    paragraphs: list[str] = []
    length = 0
    while length < body_bytes:
        sentences = [
            _filled(chance.choice(_PHRASES[language].sentences), language, chance) for _ in range(chance.randint(2, 4))
        ]
        paragraphs.append(" ".join(sentences))
        length += len(paragraphs[-1].encode())
    return tuple(paragraphs)


def _filled(pattern: str, language: str, chance: random.Random) -> str:
    phrases = _PHRASES[language]
    text = pattern.format(
        who=chance.choice(phrases.who),
        what=chance.choice(phrases.what),
        says=chance.choice(("agrees on", "rejects", "postpones", "defends")),
        place=chance.choice(_PLACES),
        name=chance.choice(_NAMES),
        number=chance.randint(2, 999),
    )
    return text[0].upper() + text[1:]


def _raw(story: _Story, number: int, chance: random.Random) -> RawRecord:
    outlet, name = chance.choice(_OUTLETS), chance.choice(_NAMES)
    shape = chance.random()
    if shape < JSON_SHARE:
        host = outlet.lower().replace(" ", "-")
        document = {
            "url": f"https://{host}.example/2026/{number}",
            "title": story.headline,
            "text": "\n\n".join(story.body),
            "author": name,
            "publisher": outlet,
            "published": f"2026-03-{number % 28 + 1:02}T{number % 24:02}:00:00Z",
        }
        return RawRecord(orjson.dumps(document), "application/json")
    if shape < JSON_SHARE + TEXT_SHARE:
        lines = (*_BEFORE, story.headline, f"By {name}", "", *story.body, "", *_AFTER)
        return RawRecord("\n".join(lines).encode(), "text/plain; charset=utf-8")
    return RawRecord(_page(story, outlet, name).encode(), "text/html; charset=utf-8")


def _page(story: _Story, outlet: str, name: str) -> str:
    menu = "".join(f'<li><a href="/{each.lower()}">{each}</a></li>' for each in _BEFORE[:5])
    paragraphs = "\n".join(f"<p>{escape(each)}</p>" for each in story.body)
    return (
        f'<!DOCTYPE html><html lang="{story.language}"><head><meta charset="utf-8"><title>{escape(story.headline)} - {outlet}'
        f'</title><meta property="og:title" content="{escape(story.headline)}">'
        f'<meta property="og:site_name" content="{outlet}">'
        f"<style>body{{margin:0}} nav li{{display:inline}}</style></head><body><nav><ul>{menu}</ul></nav><main><article>"
        f'<h1>{escape(story.headline)}</h1><p class="byline">By {name}</p>\n{paragraphs}\n</article></main>'
        f'<aside><h2>Related articles</h2><ul>{menu}</ul></aside><footer><form><label for="c">Leave a comment</label>'
        f'<textarea id="c"></textarea></form><p>© {outlet}. All rights reserved.</p></footer></body></html>'
    )

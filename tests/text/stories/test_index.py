"""Stories: what joins, what does not, what is remembered of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.formats import NewerFormatError, read_stamp
from streams.text.stories.index import CLOCK_KEY, Limits, StoryChange, StoryIndex, check_remembered
from streams.text.stories.story import MOST_MEMBERS, MOST_STORY_BYTES, Relation, Story, pack_story, unpack_story
from tests.text.stories.articles import BUDGET, FERRY, FERRY_AGAIN, HOUR_MS, NOON_MS, WINDOW_MS, article_id, signed


class Stream:
    """An index, and the table behind it."""

    def __init__(self, most_stories: int = 10_000, **limits: int) -> None:
        self.made = (WINDOW_MS, most_stories, Limits(**limits))
        self.index = StoryIndex(*self.made)
        self.table: dict[bytes, bytes] = {}

    def take(self, signature):
        told = self.index.decide(signature)
        for key, value in self.index.remember(signature, told).items():
            if value is None:
                self.table.pop(key, None)  # a late article's story may be the first to go, before it was written
            else:
                self.table[key] = value
        return told

    def restart(self):
        """Make the index anew of what is remembered, in whatever order."""
        entries = list(self.table.items())
        random.Random(1).shuffle(entries)
        self.index = StoryIndex(*self.made).load(entries)

    def stories(self) -> list[Story]:
        found = (read(value) for key, value in self.table.items() if key != CLOCK_KEY)
        return [story for story in found if story.members]

    def story(self, name) -> Story:
        return read(self.table[bytes.fromhex(article_id(name))])


def read(value: bytes) -> Story:
    return unpack_story(read_stamp(value)[1])


def test_an_article_about_the_same_event_joins_the_story_of_the_first():
    stream = Stream()
    [founded] = stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    [joined] = stream.take(signed(2, "All 214 passengers saved from the Aurelia", FERRY_AGAIN, outlet="Dunmarrow Times"))
    assert (founded.change, joined.change) == (StoryChange.FOUNDED, StoryChange.JOINED)
    assert joined.story.id == founded.story.id == article_id(1)
    assert [member.relation for member in joined.story.members] == [Relation.FOUNDED, Relation.SAME_EVENT]
    assert joined.story.outlets == 2
    assert joined.story.version == 2
    assert {"aurelia", "kellmouth"} <= set(joined.words)


def test_an_article_about_something_else_founds_its_own():
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    [told] = stream.take(signed(2, "Okafor presents a timid budget", BUDGET))
    assert told.change is StoryChange.FOUNDED
    assert len(stream.index) == 2


@pytest.mark.parametrize(
    ("headline", "body", "relation"),
    [
        pytest.param("Off Kellmouth, a ferry runs aground", FERRY_AGAIN, Relation.SIMILAR_HEADLINE, id="headline"),
        pytest.param("Lifeboats to the rescue", FERRY, Relation.SAME_TEXT, id="text"),
        pytest.param("Lifeboats to the rescue", FERRY + " More follows.", Relation.SAME_TEXT, id="nearly the text"),
    ],
)
def test_a_near_repeat_is_marked_in_its_story(headline, body, relation):
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    [told] = stream.take(signed(2, headline, body))
    assert (told.member.relation, told.member.of) == (relation, article_id(1))


RAIN = (
    "Rain will spread across western counties during the morning with gusts near the coast. Eastern areas stay dry and sunny."
    " Overnight lows fall to eight degrees, the weather service said, and highs reach seventeen."
)
TIDES = (
    " Ferries to Dunmarrow and Gull Rock keep their timetable, the harbour office in Kellmouth adds, but sailors should expect"
    " swell beyond the lighthouse, and fishermen are advised to bring lobster pots ashore before nightfall."
)
SHOWERS = RAIN.replace("Rain", "Showers").replace("morning", "afternoon").replace("seventeen", "eighteen")
RAM = "Ram: friends call in the evening. Bull: take care of money today. Twins: somebody proposes a journey. Crab: rest."
BULL = "Ram: friends stay calm today. Bull: money comes your way. Twins: enjoy the journey in the evening. Crab: call a friend."
TREMOR = (
    "Un terremoto de magnitud {} sacudió este {} la costa de {} sin causar víctimas, informó el Instituto Sismológico. El"
    " epicentro se situó a {} kilómetros de profundidad frente a {}."
)


@pytest.mark.parametrize(
    ("first", "text", "second", "other"),
    [
        pytest.param("Horoscope for you", RAM, "Horoscope for you", BULL, id="a headline that tells nothing"),
        pytest.param(
            "Weather for Tuesday: rain in the west, sun in the east",
            RAIN,
            "Weather for Wednesday: showers in the west, sun in the east",
            SHOWERS,
            id="a column's word and another weekday",
        ),
        pytest.param("Wetter am Dienstag: Regen", RAIN, "Wetter am Mittwoch: Schauer", SHOWERS, id="in German"),
        pytest.param("Pogoda: wtorek", RAIN, "Pogoda: środa", SHOWERS, id="in Polish"),
        pytest.param("What the stars say on Monday", RAM, "What the stars say on Friday", BULL, id="only another weekday"),
    ],
)
def test_an_outlets_column_that_comes_again_is_a_story_of_its_own(first, text, second, other):
    stream = Stream()
    stream.take(signed(1, first, text))
    [told] = stream.take(signed(2, second, other))
    assert told.change is StoryChange.FOUNDED


@pytest.mark.parametrize(
    ("headline", "text", "outlet"),
    [
        pytest.param("Weather for Tuesday: storm", RAIN, "Dunmarrow Times", id="of another outlet"),
        pytest.param("Weather for Wednesday: storm", RAIN, "The Kellmouth Post", id="the same text under another day"),
        pytest.param("Rain and gusts in the west until Wednesday", SHOWERS, "The Kellmouth Post", id="news, not a column"),
    ],
)
def test_what_is_not_a_column_come_again_joins_as_before(headline, text, outlet):
    stream = Stream()
    stream.take(signed(1, "Weather for Tuesday: storm", RAIN + TIDES))
    [told] = stream.take(signed(2, headline, text + TIDES, outlet=outlet))
    assert told.change is StoryChange.JOINED


SERIALS = {
    "a show every night": "Jory Pell mocks Okafor over {}",
    "a company every day": "Brandlow Motors shares {} as Varnholm plant reopens",
    "a template": "Okafor wins {} primary, Thule concedes",
    "a war every day": "Rebels shell Varnholm suburbs near {}, army says",
}
FILLED = ("bread", "Ohio", "taxes", "Kentmoor", "bridges", "Iowa", "ferries", "Lorn")


@pytest.mark.parametrize("outlet", ["", "The Kellmouth Post"], ids=["nobody knows whose", "one outlet's"])
@pytest.mark.parametrize("body", ["", " The paper has more on it in its Varnholm pages."], ids=["headlines", "short texts"])
@pytest.mark.parametrize("serial", SERIALS.values(), ids=SERIALS.keys())
def test_a_serial_of_one_outlet_makes_no_story_of_more_than_three(serial, body, outlet):
    stream = Stream()
    joined = Counter()
    for number, word in enumerate(FILLED):
        headline = serial.format(word)
        [told] = stream.take(
            signed(number, headline, body and headline + body, outlet=outlet, time_ms=NOON_MS + number * HOUR_MS)
        )
        joined[told.story.id] += 1
    assert max(joined.values()) <= 3


OUTLETS = ("The Kellmouth Post", "Dunmarrow Times", "Gull Radio", "Varnholm Gazette", "Lorn Echo", "Alder News", "Pell Mail")
AURELIA = (
    "Ferry Aurelia runs aground off Kellmouth",
    "Aurelia aground: Kellmouth ferry passengers saved",
    "Lifeboats reach ferry Aurelia off Kellmouth",
    "Aurelia: steering failed, says ferry captain",
    "What we know of the Aurelia",
    "Owners of the ferry Aurelia promise inquiry",
    "Aurelia passengers tell of their night",
)


def test_headlines_of_many_outlets_need_little_to_be_one_story_and_those_of_one_outlet_more():
    many, one = Stream(), Stream()
    for number, (headline, outlet) in enumerate(zip(AURELIA, OUTLETS, strict=True)):
        many.take(signed(number, headline, outlet=outlet))
        one.take(signed(number, headline, outlet=OUTLETS[0]))
    assert len(many.story(0).members) >= 5
    assert len(one.story(0).members) <= 2


# Events of one kind, each told by all outlets within an hour in some of the forms; and hours from one to the next.
TEMPLATES = {
    "a vote in each state": (("Okafor wins {}", "Okafor wins {} primary", "Senator Okafor takes {} primary"), 2),
    "an earthquake here and there": (
        ("Strong earthquake hits {}", "Earthquake shakes {}, no damage seen", "Quake strikes {}"),
        9,
    ),
    "a company's quarter": (
        ("{} quarterly profit beats estimates", "{} profit up on strong sales", "{} beats profit estimates"),
        2,
    ),
    "an actor who died": (
        ("Actor from {} dies aged 81", "{} actor dead at 81", "Star of stage and screen, actor of {}, dies"),
        6,
    ),
    "sentence case": (("Ministerpräsident besucht Werk in {}", "Besuch im Werk {}: Ministerpräsident lobt"), 4),
}
PLACES = ("Ohio", "Iowa", "Texas", "Chile", "Tokyo", "Nairobi")
SERIALS_OF_ALL = {
    "markets": (
        "Stocks rise as traders weigh rates",
        "Wall Street closes higher",
        "Stocks fall on weak jobs data",
        "Dow falls 200 points",
    ),
    "markets in Germany": ("Dax schließt im Plus", "Dax: Anleger warten auf Zinsen", "Dax legt weiter zu"),
    "the weather": ("Weather for Kellmouth: showers", "Kellmouth weather: wet with highs of 12", "Weather forecast: a dry day"),
    "a table": ("League table after matchday {}", "League standings, week {}", "Standings after round {} of the league"),
}

DEEDS = ("recalls vans over brakes", "names Okafor as finance chief", "to cut 4,000 jobs", "delays its electric saloon")


@pytest.mark.parametrize("body", ["", " The paper has more on it."], ids=["headlines", "short texts"])
@pytest.mark.parametrize(("forms", "hours"), TEMPLATES.values(), ids=TEMPLATES.keys())
def test_events_of_one_kind_are_never_one_story_however_many_outlets_tell_them_alike(forms, hours, body):
    stream = Stream()
    rng = random.Random(1)
    for number, (place, outlet) in enumerate((place, outlet) for place in PLACES for outlet in OUTLETS):
        headline = rng.choice(forms).format(place)
        time_ms = NOON_MS + number // len(OUTLETS) * hours * HOUR_MS + number % len(OUTLETS) * HOUR_MS // 8
        stream.take(signed(number, headline, body and headline + body, outlet=outlet, time_ms=time_ms))
    assert all(len(places_of(story, PLACES)) == 1 for story in stream.stories())
    assert len(stream.stories()) < len(PLACES) * len(OUTLETS) // 2


@pytest.mark.parametrize(
    ("language", "forms", "places"),
    [
        ("zh", ("奥卡福赢得{}州初选", "{}州初选:奥卡福胜出", "奥卡福在{}州获胜"), ("俄亥俄", "艾奥瓦", "佛罗里达")),
        ("zh", ("{}省发生地震", "{}地震 暂无伤亡", "{}发生强烈地震"), ("四川", "云南", "青海", "甘肃")),
        ("ja", ("オカフォー氏、{}州で勝利", "{}州予備選、オカフォー氏が勝利"), ("オハイオ", "アイオワ", "フロリダ")),
        ("ja", ("{}県で震度5弱の地震", "{}で震度5弱 津波の心配なし"), ("青森", "熊本", "石川", "宮城")),
    ],
)
def test_a_form_filled_with_names_without_spaces_is_a_story_for_each_name(language, forms, places):
    stream = Stream()
    rng = random.Random(1)
    for number, (place, outlet) in enumerate((place, outlet) for place in places for outlet in OUTLETS):
        headline, time_ms = rng.choice(forms).format(place), NOON_MS + number * HOUR_MS // 8
        stream.take(signed(number, headline, language=language, outlet=outlet, time_ms=time_ms))
    assert all(len(places_of(story, places)) == 1 for story in stream.stories())
    assert len(stream.stories()) < len(places) * len(OUTLETS) // 2


def test_what_one_company_does_every_day_is_a_story_a_day_however_many_outlets_tell_it():
    stream = Stream()
    for number, (deed, outlet) in enumerate((deed, outlet) for deed in DEEDS for outlet in OUTLETS):
        headline = random.Random(number).choice(("{}", "Carmaker {}", "{}, union says")).format(f"Brandlow Motors {deed}")
        time_ms = NOON_MS + number // len(OUTLETS) * 20 * HOUR_MS + number * HOUR_MS // 12
        stream.take(signed(number, headline, outlet=outlet, time_ms=time_ms))
    assert all(len(places_of(story, DEEDS)) == 1 for story in stream.stories())
    assert len(stream.stories()) <= 2 * len(DEEDS)


@pytest.mark.parametrize("headlines", SERIALS_OF_ALL.values(), ids=SERIALS_OF_ALL.keys())
def test_a_daily_serial_is_a_story_a_day_however_many_outlets_tell_it(headlines):
    stream = Stream()
    days = {}
    rng = random.Random(1)
    for number, (day, outlet) in enumerate((day, outlet) for day in range(6) for outlet in OUTLETS):
        headline = rng.choice(headlines).format(20 + day)
        stream.take(signed(number, headline, outlet=outlet, time_ms=NOON_MS + day * 24 * HOUR_MS + number * HOUR_MS // 12))
        days[article_id(number)] = day
    assert all(len({days[member.article_id] for member in story.members}) <= 1 for story in stream.stories())


def places_of(story, places):
    return {place for member in story.members for place in places if place in member.headline}


ACCIDENT = (
    "A {} was {} in a collision with a {} in Brackley on {}, police said. The accident happened on {}."
    " Witnesses are asked to call."
)
RECALL = (
    "Brandlow Motors {}, the carmaker said on {}. {} Shares in Brandlow Motors, based in Kentmoor, {} percent in early trading."
)


@pytest.mark.parametrize(
    ("form", "fillings"),
    [
        pytest.param(
            ACCIDENT,
            [
                ("Cyclist killed in Brackley", ("cyclist of 45", "killed", "lorry", "Monday", "Quarry Road")),
                ("Pedestrian hurt in Brackley", ("pedestrian of 61", "hurt", "car", "Tuesday", "Mill Lane")),
                ("Motorcyclist killed in Brackley", ("motorcyclist of 23", "killed", "van", "Wednesday", "Quarry Road")),
            ],
            id="accidents",
        ),
        pytest.param(
            RECALL,
            [
                ("Brandlow recalls vans", ("is recalling 30,000 vans", "Monday", "Owners will be written to.", "fell two")),
                ("Brandlow cuts jobs", ("will cut 4,000 jobs", "Tuesday", "Unions called for a strike.", "rose three")),
                ("Brandlow delays saloon", ("delays its electric saloon", "Wednesday", "Dealers were warned.", "fell four")),
            ],
            id="a company",
        ),
    ],
)
def test_a_brief_that_fills_a_form_anew_the_next_day_is_another_event(form, fillings):
    stream = Stream()
    for number, ((headline, words), outlet) in enumerate(zip(fillings, OUTLETS, strict=False)):
        time_ms = NOON_MS + number * 23 * HOUR_MS
        [told] = stream.take(signed(number, headline, form.format(*words), outlet=outlet, time_ms=time_ms))
        assert told.change is StoryChange.FOUNDED


@pytest.mark.parametrize(
    "edited",
    [
        lambda text: "BRACKLEY (Example Wire) - " + text,
        lambda text: text + " An inquiry has begun, and the road was reopened at noon.",
        lambda text: text.replace(" Witnesses are asked to call.", ""),
        lambda text: text.replace("police said", "police told reporters"),
    ],
    ids=["a dateline", "a sentence more", "a sentence less", "a word replaced"],
)
def test_a_brief_edited_by_another_outlet_is_the_same_text(edited):
    text = ACCIDENT.format("cyclist of 45", "killed", "lorry", "Monday", "Quarry Road")
    stream = Stream()
    stream.take(signed(1, "Cyclist killed in Brackley", text, outlet=OUTLETS[0]))
    [told] = stream.take(signed(2, "Lorry hits man on bicycle", edited(text), outlet=OUTLETS[1], time_ms=NOON_MS + HOUR_MS))
    assert told.member.relation is Relation.SAME_TEXT


def test_a_short_text_that_shares_a_stock_phrase_is_not_nearly_the_same_text():
    phrase = "the provisional revolutionary assembly of western Kellmouthshire"
    stream = Stream()
    stream.take(signed(1, "", f"Fishermen met {phrase}."))
    [told] = stream.take(signed(2, "", f"Vaccines arrived for {phrase}."))
    assert told.member.relation is not Relation.SAME_TEXT


def test_a_form_that_is_filled_in_with_other_numbers_and_places_is_another_event():
    stream = Stream()
    one = TREMOR.format("5,8", "lunes", "Quilmar", 30, "Puerto Lindo")
    other = TREMOR.format("4,1", "jueves", "Belmonte", 12, "Santa Rita")
    stream.take(signed(1, "Terremoto de magnitud 5,8 sacude la costa de Quilmar", one, language="es"))
    [told] = stream.take(signed(2, "Terremoto de magnitud 4,1 sacude la costa de Belmonte", other, language="es"))
    assert told.change is StoryChange.FOUNDED


def test_the_same_words_in_another_language_are_another_story():
    stream = Stream()
    stream.take(signed(1, "Aurelia Kellmouth Dunmarrow Vaughan", FERRY))
    [told] = stream.take(signed(2, "Aurelia Kellmouth Dunmarrow Vaughan", FERRY, language="de"))
    assert told.change is StoryChange.FOUNDED


@pytest.mark.parametrize("hours", [73, -73])
def test_a_story_takes_nothing_from_beyond_its_window(hours):
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    [told] = stream.take(signed(2, "Ferry runs aground off Kellmouth", FERRY_AGAIN, time_ms=NOON_MS + hours * HOUR_MS))
    assert told.change is StoryChange.FOUNDED


def test_a_late_article_joins_a_story_whose_span_covers_its_time():
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    stream.take(signed(2, "Ferry off Kellmouth runs aground", FERRY_AGAIN, time_ms=NOON_MS + 60 * HOUR_MS))
    [told] = stream.take(signed(3, "Ferry runs aground near Kellmouth", FERRY_AGAIN, time_ms=NOON_MS + 2 * HOUR_MS))
    assert told.story.id == article_id(1)


def test_a_newer_version_of_a_member_stays_where_it_is():
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    stream.take(signed(2, "All saved from the Aurelia", FERRY_AGAIN))
    assert stream.take(signed(2, "Okafor presents a timid budget", BUDGET)) == ()
    assert stream.take(signed(1, "Okafor presents a timid budget", BUDGET)) == ()


def test_a_canceled_article_leaves_its_story_and_a_story_without_members_is_over():
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    stream.take(signed(2, "All saved from the Aurelia", FERRY_AGAIN))
    [left] = stream.take(signed(1, "", canceled=True))
    assert (left.change, [member.article_id for member in left.story.members]) == (StoryChange.LEFT, [article_id(2)])
    stream.restart()
    [over] = stream.take(signed(2, "", canceled=True))
    assert (over.story.members, over.story.version) == ((), 4)
    assert stream.take(signed(2, "", canceled=True)) == ()
    [again] = stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    assert (again.change, again.story.id, again.story.version) == (StoryChange.FOUNDED, article_id(1), 5)


def test_a_cancellation_of_what_nobody_knows_changes_nothing():
    assert Stream().take(signed(1, "", canceled=True)) == ()


def test_two_stories_that_turn_out_to_be_one_are_merged_into_the_older():
    stream = Stream(merge=400)
    half = FERRY.index("Lifeboats")
    stream.take(signed(1, "Aurelia aground: coastguard alarmed", FERRY[:half]))
    [other] = stream.take(
        signed(2, "Lifeboats and Captain Idris Vaughan", FERRY[half:], time_ms=NOON_MS + 1, outlet="Dunmarrow Times")
    )
    assert other.change is StoryChange.FOUNDED
    for number in range(3, 12):
        told = stream.take(signed(number, "Aurelia aground: coastguard alarmed, Captain Idris Vaughan", FERRY))
        if told[0].change is StoryChange.MERGED:
            break
    survivor, alias = told
    assert (survivor.change, survivor.story.id) == (StoryChange.MERGED, article_id(1))
    assert (alias.change, alias.story.id, alias.story.merged_into) == (StoryChange.MERGED, article_id(2), article_id(1))
    assert alias.story.members == ()
    assert article_id(2) in {member.article_id for member in survivor.story.members}
    stream.restart()
    [left] = stream.take(signed(2, "", canceled=True))
    assert left.story.id == article_id(1)


def test_a_full_story_takes_no_more():
    stream = Stream()
    for number in range(MOST_MEMBERS + 1):
        told = stream.take(signed(number, "Ferry runs aground off Kellmouth", FERRY))
    assert told[0].change is StoryChange.FOUNDED
    assert len(stream.story(0).members) == MOST_MEMBERS


def test_a_story_stays_within_what_its_changelog_takes_however_long_its_headlines_are():
    stream = Stream()
    chance = random.Random(14)
    for number in range(MOST_MEMBERS):
        headline = "".join(chr(0x20000 + chance.randrange(40_000)) for _ in range(300))
        told = stream.take(replace(signed(number, headline, FERRY), words=signed(0, "", FERRY).words))
    assert told[0].change is StoryChange.JOINED
    assert len(stream.index) > 1
    assert max(map(len, stream.table.values())) < MOST_STORY_BYTES + 4_096


@pytest.mark.parametrize("window_ms", [WINDOW_MS, 10**22])
@pytest.mark.parametrize("time_ms", [0, NOON_MS, 2**63 - 1])
def test_no_time_and_no_window_is_too_large_to_be_remembered(time_ms, window_ms):
    stream = Stream()
    stream.made = (window_ms, *stream.made[1:])
    stream.restart()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY, time_ms=time_ms))
    stream.restart()
    [told] = stream.take(signed(2, "Ferry off Kellmouth runs aground", FERRY_AGAIN, time_ms=time_ms))
    assert told.story.id == article_id(1)


def test_what_has_expired_is_forgotten_and_the_number_of_stories_is_bounded():
    stream = Stream(most_stories=20)
    for number in range(60):
        stream.take(signed(number, f"Okafor{number} presents budget{number}", time_ms=NOON_MS + number))
        assert len(stream.index) <= 20
    # Those that expire first go first.
    kept = {read(value).members[0].headline for key, value in stream.table.items() if key != CLOCK_KEY}
    assert kept == {f"Okafor{number} presents budget{number}" for number in range(40, 60)}
    for hours in range(1, 9):
        stream.take(
            signed(f"later {hours}", f"Vaughan{hours} sails{hours} again{hours}", time_ms=NOON_MS + hours * 24 * HOUR_MS)
        )
    assert article_id(59) not in {key.hex() for key in stream.table}


def test_one_false_time_does_not_make_everything_old():
    stream = Stream()
    stream.take(signed(1, "Ferry runs aground off Kellmouth", FERRY))
    stream.take(signed(2, "Okafor presents a timid budget", BUDGET, time_ms=NOON_MS + 10**12))
    [told] = stream.take(signed(3, "Ferry off Kellmouth runs aground", FERRY_AGAIN, time_ms=NOON_MS + HOUR_MS))
    assert told.story.id == article_id(1)


NAMES = [f"{first}{last}" for first in ("Kell", "Dun", "Varn", "Gull", "Aur") for last in ("mouth", "marrow", "holm", "elia")]


def templates(seed: int, count: int):
    """Articles of many small stories, some of them canceled, late or repeated."""
    chance = random.Random(seed)
    for number in range(count):
        event = chance.randrange(12)
        names = random.Random(event).sample(NAMES, 6)
        words = chance.sample(names, 4)
        at_ms = NOON_MS + number * HOUR_MS + chance.randrange(-30, 30) * HOUR_MS
        which = chance.randrange(number + 1) if chance.random() < 0.2 else number
        canceled = chance.random() < 0.1
        yield signed(which, " ".join(words), " ".join(chance.sample(names, 5)), time_ms=at_ms, canceled=canceled)


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 100))
@settings(max_examples=30, deadline=None)
def test_an_index_made_anew_of_its_table_goes_on_as_the_one_that_was_there(seed, cut):
    kept, restarted = Stream(25), Stream(25)
    for number, signature in enumerate(templates(seed, 120)):
        if number % cut == 0:
            restarted.restart()
        assert restarted.take(signature) == kept.take(signature)
    assert restarted.table == kept.table


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_each_article_is_in_one_story_at_most_and_every_story_can_be_read(seed):
    stream = Stream(25)
    for signature in templates(seed, 120):
        stream.take(signature)
        stories = [read(value) for key, value in stream.table.items() if key != CLOCK_KEY]
        members = Counter(member.article_id for story in stories for member in story.members)
        assert max(members.values(), default=0) <= 1
        assert len(stories) == len(stream.index) <= 25
        for story in stories:
            assert unpack_story(pack_story(story)) == story


def test_what_a_newer_version_remembers_is_told():
    with pytest.raises(NewerFormatError):
        check_remembered(b"\x8f" + bytes(100))


@pytest.mark.parametrize("value", [b"x", b"\x07" * 100, b"\x82" + b"\x01" * 80], ids=["short", "unstamped", "cut off"])
def test_what_is_not_a_story_is_told(value):
    with pytest.raises(ValueError, match="story"):
        check_remembered(value)

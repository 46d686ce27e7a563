"""``headwater explain``: what a person learns about an article."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from importlib.resources import files
from typing import Any

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from streams.__main__ import main
from streams.articles import LEFT_WHOLE, Article, headline_of, prepare_article, tag_article
from streams.commands.explain import explain_article, explain_reading
from streams.commands.inputs import HTML, JSON, RawInput
from streams.records import Rejection, Repair, read_record
from streams.samples import load_samples
from streams.text.article import Cut, CutKind, Language, Subject, Witness

SAMPLES = files("streams.samples")
ARTICLE = Article(id="0" * 32, fingerprint="1" * 32, headline="Council votes on the bridge", body="The council voted.")
ENGLISH = Language("en", 0.98)


def _explain(*arguments, stdin=None):
    answer = CliRunner().invoke(main, ["explain", *arguments], input=stdin, env={"COLUMNS": "100"})
    assert answer.exit_code == 0, answer.output
    return answer.output.splitlines()


def _rows(lines):
    """Labels, those below another indented, and what is said of each, on however many lines."""
    rows = []
    for line in lines:
        if label := line[:19].rstrip():
            rows.append((label, line[19:]))
        else:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line[19:]}")
    return rows


def _sample_articles():
    drafts = [read_record(sample.value, sample.content_type) for sample in load_samples()]
    articles = [prepare_article(draft) for draft in drafts if not isinstance(draft, Rejection)]
    return [article for article in articles if isinstance(article, Article)]


@pytest.fixture(scope="module")
def seed():
    return _rows(_explain(str(SAMPLES / "seed-article.txt")))


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("read as", "plain text, as the content type text/plain says"),
        ("repairs", "none"),
        ("headline", "Russia: We are open to negotiations with Ukraine"),
        ("compared as", "russia we are open to negotiations with ukraine"),
        ("left whole", "no"),
        ("dateline", "Capitals"),
        ("agencies", "Agencies"),
        ("byline", "none"),
        ("keywords", "Russia, open, negotiations, Ukraine"),
        ("declared", "none"),
    ],
)
def test_the_facts_of_the_seed_page(seed, label, said):
    assert dict(seed)[label] == said


def test_each_cut_of_the_seed_page_has_a_line_with_its_place_reason_and_words(seed):
    cuts = [
        (label.strip(), *said.split(maxsplit=1)) for label, said in seed if label.strip() in set(CutKind) and label[0] == " "
    ]
    assert dict(seed)["cuts"].startswith(f"{len(cuts)}, ")
    headline = "Russia: We are open to negotiations with Ukr"
    repeats = [("headline-repeat", f"{at}+48", f"the headline once more: {headline}…") for at in (50, 99, 149)]
    assert [cut for cut in cuts if cut[0] == "headline-repeat"] == repeats
    assert ("dateline", "199+19", "where it was reported, and by which agency: Capitals (Agencies)") in cuts
    assert ("navigation", "2617+13", "a way to move about the site: Scroll to Top") in cuts


def test_the_subjects_of_the_seed_page_come_with_the_words_that_spoke_for_them(seed):
    subjects = [said for label, said in seed if label.startswith("  confidence ")]
    [war] = [said for said in subjects if said.startswith("conflict, war and peace (medtop:16000000), by its text: ")]
    assert "negotiations" in war
    assert any(said.startswith("politics and government (medtop:11000000), by its text: ") for said in subjects)


def test_a_page_that_is_not_an_article_is_explained():
    lines = _explain(str(SAMPLES / "bad" / "index-page.html"))
    assert _rows(lines) == [
        ("read as", "HTML, as the content type text/html says"),
        ("rejected", "index-page: a list of articles, not one of them: publish each article by itself"),
    ]


def test_standard_input_is_read_if_no_file_is_named():
    lines = _explain(stdin=b'{"title": "Council votes on the bridge"}\n{"titlee": "Rates held"}\n')
    first, second = lines[: lines.index("")], lines[lines.index("") + 1 :]
    assert dict(_rows(first))["headline"] == "Council votes on the bridge"
    assert dict(_rows(second))["rejected"].startswith("not-an-article: ")


def test_a_missing_file_gives_one_clear_line(tmp_path):
    answer = CliRunner().invoke(main, ["explain", str(tmp_path / "none.txt")])
    assert answer.exit_code == 2
    assert answer.output.splitlines()[-1].startswith("Error: ")
    assert "none.txt" in answer.output


def test_the_fingerprint_is_the_hash_of_the_headlines_words():
    for article in _sample_articles():
        assert blake2b(headline_of(article).key_text.encode(), digest_size=16).hexdigest() == article.fingerprint


def test_the_outlet_author_and_section_are_no_part_of_what_is_compared():
    told: dict[str, Any] = {
        "url": "https://ledger.example/a",
        "outlet": "Example Times",
        "byline": "Mara Linden",
        "section": "Town",
    }
    headline = "Council votes on the bridge"
    for dress in ("Example Times", "Ledger", "Mara Linden", "Town"):
        article = replace(ARTICLE, headline=f"{headline} - {dress}", **told)
        assert headline_of(article).normalised == headline.lower(), dress


@pytest.mark.parametrize(
    ("value", "content_type", "said"),
    [
        pytest.param(b"Rates held", None, "plain text, by its beginning", id="text"),
        pytest.param(b"<p>Rates held", HTML, "HTML, as the content type text/html says", id="a told type"),
        pytest.param('{"title": "Rates"}'.encode("utf-16"), None, "JSON, by its beginning", id="UTF-16"),
        pytest.param(b'\0\0\0\0\7{"title": "Rates"}', JSON, "JSON, as the content type application/json says", id="a frame"),
        pytest.param(b"<rss><item/></rss>", None, "XML, by its beginning", id="a feed"),
    ],
)
def test_what_a_document_is_taken_for(value, content_type, said):
    assert _rows(explain_reading(RawInput(value, content_type))) == [("read as", said)]


@pytest.mark.parametrize(
    ("changes", "language", "label", "said"),
    [
        pytest.param({"repairs": (LEFT_WHOLE,)}, ENGLISH, "left whole", f"yes, {LEFT_WHOLE.reason}", id="left whole"),
        pytest.param({"repairs": (LEFT_WHOLE,)}, ENGLISH, "repairs", "none", id="left whole is no repair of reading"),
        pytest.param(
            {"repairs": (Repair("encoding", "windows-1252, as declared"),)},
            ENGLISH,
            "  encoding",
            "-           windows-1252, as declared",
            id="a repair",
        ),
        pytest.param({}, ENGLISH, "id", f"{'0' * 32}, of its outlet (none), headline and body, as it has no URL", id="no URL"),
        pytest.param(
            {"url": "https://times.example/a"}, ENGLISH, "id", f"{'0' * 32}, of its URL, https://times.example/a", id="a URL"
        ),
        pytest.param(
            {"published": "2026-03-17T14:05:00"},
            ENGLISH,
            "published",
            "2026-03-17T14:05:00 (in ce_published alone: it names no zone)",
            id="a date without a zone",
        ),
        pytest.param(
            {"language": "en-GB"},
            Language("en", 0.98, "en", agrees=True),
            "declared",
            "en-GB, read as en, which agrees",
            id="agrees",
        ),
        pytest.param(
            {"language": "de"},
            Language("en", 0.98, "de", agrees=False),
            "declared",
            "de, read as de, which does not agree",
            id="does not agree",
        ),
        pytest.param({"language": "Klingon"}, ENGLISH, "declared", "Klingon, which names no known language", id="unknown"),
        pytest.param({}, ENGLISH, "subjects", "none sure enough", id="no subject"),
        pytest.param(
            {"headline": "Rates \x1b[31mheld"}, ENGLISH, "headline", r"Rates \x1b[31mheld", id="nothing for a terminal"
        ),
    ],
)
def test_what_is_said_of_an_article(changes, language, label, said):
    assert dict(_rows(explain_article(replace(ARTICLE, **changes), language, ())))[label] == said


@pytest.mark.parametrize(
    ("check", "confidence", "said"),
    [
        pytest.param("en", 0.5, "en, by langdetect, which does not contradict", id="one that agrees"),
        pytest.param("nl", 0.95, "nl, by langdetect", id="one that differs from a sure answer"),
        pytest.param("nl", 0.89, "nl, by langdetect: the language is doubtful", id="one that differs from an unsure answer"),
    ],
)
def test_a_second_opinion_is_shown(check, confidence, said):
    language = Language("en", confidence, check=check)
    assert dict(_rows(explain_article(ARTICLE, language, ())))["second opinion"] == said


def test_explain_asks_for_a_second_opinion_if_the_setting_does(monkeypatch):
    monkeypatch.setenv("HEADWATER_LANGUAGE_CHECK", "langdetect")
    told = dict(_rows(_explain(str(SAMPLES / "seed-article.txt"))))
    assert told["second opinion"] == "en, by langdetect, which does not contradict"


def test_a_subject_that_the_source_names_says_so():
    subject = Subject(
        "http://cv.iptc.org/newscodes/mediatopic/15000000",
        "sport",
        97,
        ("Sports", "goal"),
        100,
        (Witness.TEXT, Witness.SECTION),
    )
    said = dict(_rows(explain_article(ARTICLE, ENGLISH, (subject,))))
    assert said["  confidence 97"] == "sport (medtop:15000000), by its text, section: Sports, goal"


def test_no_line_is_wider_than_100_columns_and_none_is_lost_to_width():
    wide = replace(
        ARTICLE,
        headline="央行宣布维持利率不变" * 12,
        cuts=(Cut(CutKind.HEADLINE_REPEAT, "the headline once more", 123_456, 123_456, "央行宣布维持利率不变" * 6),),
    )
    for article in (wide, *_sample_articles()):
        lines = list(explain_article(article, *tag_article(article)))
        assert max(map(cell_len, lines)) <= 100
        assert "".join(dict(_rows(lines))["headline"].split()) == "".join(article.headline.split())


def test_the_story_of_an_article_among_those_before_it_is_told_with_what_spoke_for_it(tmp_path):
    """Three outlets in two languages tell of one cable car: the samples' own."""
    lines = (SAMPLES / "articles.jsonl").read_text("utf-8").splitlines()[-3:]
    file = tmp_path / "cable-car.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    stories = [said for label, said in _rows(_explain(str(file))) if label == "story"]
    assert [said.split()[0] for said in stories] == ["founds", "joined", "founds"]
    assert "now of 2 articles, founded by “Cable car stops above the Lorn valley" in stories[1]
    assert "same-event" in stories[1]
    assert {"everdale", "bergbahn"} <= set(stories[1].rpartition("by ")[2].split(", "))

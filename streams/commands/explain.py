"""``headwater explain``: why an article came out as it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, zip_longest

import click
from rich.console import Console
from rich.text import Text

from streams.articles import LEFT_WHOLE, Article, headline_of, tag_article
from streams.commands.arguments import FILE, read_settings
from streams.commands.enrich import netted, prepared_documents
from streams.commands.inputs import RawInput
from streams.commands.printing import columns
from streams.explanation import repairs_of_reading, subject_code, told_declared, told_id, told_published, told_reading
from streams.records import Rejection, Repair
from streams.rejected.letters import plain
from streams.stories import sign_article
from streams.text.article import Cut, Language, Subject
from streams.text.language.opinions import Detect, choose_detector, differs, is_doubtful
from streams.text.stories.index import StoryChange, StoryIndex, Told
from streams.text.subjects import tag as media_topics
from streams.text.subjects.evidence import as_written

_MOST_COLUMNS, _LABEL_COLUMNS = 100, 19
_MOST_WORDS = 10  # shown, of those that an article is compared by
_JOINERS = "\u200c\u200d"  # not printable, but part of Persian and Hindi words


@click.command()
@click.argument("file", default="-", type=FILE)
def explain(file: str) -> None:
    """Explain why each article of FILE (or stdin) came out as it did.

    Shows how it was read or why it was rejected, what its headline is compared by, what was cut and why, the facts, the
    language, the subjects with the words that spoke for them, and its story among the articles before it. No Kafka, no
    deduplication.
    """
    settings = read_settings()
    detect = choose_detector(settings.language_detector, settings.language_check)
    stories = StoryIndex(settings.story_window_s * 1000, settings.most_stories)
    for number, (document, article) in enumerate(prepared_documents([file])):
        if number:
            click.echo()
        for line in chain(explain_reading(document), explain_outcome(article, detect, stories)):
            click.echo(line)


def explain_outcome(article: Article | Rejection, detect: Detect, stories: StoryIndex) -> Iterator[str]:
    """What happened to a document, and why; ``stories`` are those of the documents before it."""
    if isinstance(article, Rejection):
        return explain_rejection(article)
    tags = netted(partial(tag_article, article, detect))
    if isinstance(tags, Rejection):
        return explain_rejection(tags)
    return chain(explain_article(article, *tags), explain_story(article, *tags, stories))


def explain_reading(document: RawInput) -> Iterator[str]:
    """What a document was read as, and by which sign."""
    yield from _row("read as", told_reading(document.value, document.content_type))


def explain_rejection(rejection: Rejection) -> Iterator[str]:
    """Why a document gave no article."""
    yield from _row("rejected", f"{rejection.reason}: {rejection.message}")


def explain_article(article: Article, language: Language, subjects: Sequence[Subject]) -> Iterator[str]:
    """The lines about an article: reading's repairs, headline, id, cuts, facts, language, subjects."""
    yield from _ledger("repairs", repairs_of_reading(article))
    yield from _row("headline", article.headline)
    headline = headline_of(article)
    yield from _row("compared as", headline.normalised)
    if headline.words:
        yield from _row("by its words", headline.key_text)
    yield from _row("fingerprint", f"{article.fingerprint}, of the line above")
    yield from _row("id", told_id(article))
    yield from _ledger("cuts", article.cuts)
    yield from _row("left whole", f"yes, {LEFT_WHOLE.reason}" if LEFT_WHOLE in article.repairs else "no")
    yield from _facts(article)
    yield from _row("language", f"{language.tag}, confidence {language.confidence}, by {language.creator}")
    if language.check is not None:
        yield from _row("second opinion", _second_opinion(language))
    yield from _row("declared", told_declared(article.language, language))
    yield from _row("subjects", _told_creator(language) if subjects else "none sure enough")
    for subject in subjects:
        name = f"{subject.name} (medtop:{subject_code(subject)})"
        said = f"{name}, by its {', '.join(subject.witnesses)}: {', '.join(_evidence(subject, article))}"
        yield from _row(f"  confidence {subject.confidence}", said)


def _told_creator(language: Language) -> str:
    table = media_topics.table_read(language.tag)
    weighed = (
        "no table: by the source's word alone"
        if table is None
        else f"table “{table}”; the number after a word is what it adds, in log odds"
    )
    return f"by {media_topics.CREATOR}, {weighed}"


def _evidence(subject: Subject, article: Article) -> Iterator[str]:
    """The words that spoke for a subject, as they appear in the text, with what each added."""
    text = f"{article.headline}\n{article.body}"
    for word, odds in zip_longest(subject.evidence, subject.odds, fillvalue=0.0):
        written = as_written(str(word), text)
        yield f"{written} {odds:+.1f}" if odds else written


def explain_story(article: Article, language: Language, subjects: Sequence[Subject], stories: StoryIndex) -> Iterator[str]:
    """Which story of earlier articles an article joins, and why; it counts as one of them from then on."""
    signature = sign_article(article, language, subjects, 0)
    told = stories.decide(signature)
    stories.remember(signature, told)
    heaviest = sorted(signature.words, key=lambda word: (-signature.words[word], word))[:_MOST_WORDS]
    yield from _row("compared by", ", ".join(heaviest))
    yield from _row("story", _told_story(told))


def _told_story(told: Sequence[Told]) -> str | None:
    if not told:
        return None  # it is there already
    change, story, member, words = told[0]
    assert member is not None
    if change is StoryChange.FOUNDED:
        return f"founds {story.id}: none of the articles before it is like it"
    said = f"{change} {story.id}, now of {len(story.members)} articles, founded by “{story.members[0].headline}”"
    return f"{said}: {member.relation}, {member.likeness / 10:.0f} % alike, by {', '.join(words)}"


def _facts(article: Article) -> Iterator[str]:
    yield from _row("dateline", article.dateline)
    yield from _row("agencies", ", ".join(article.agencies))
    yield from _row("byline", article.byline)
    yield from _row("published", told_published(article))
    yield from _row("modified", article.modified)
    yield from _row("summary", article.summary)
    yield from _row("image", article.image.url if article.image else None)
    yield from _row("outlet", article.outlet)
    yield from _row("section", article.section)
    yield from _row("keywords", ", ".join(article.keywords))


def _second_opinion(language: Language) -> str:
    if not differs(language.tag, language.check or "und"):
        return f"{language.check}, by langdetect, which does not contradict"
    return f"{language.check}, by langdetect{': the language is doubtful' if is_doubtful(language) else ''}"


def _ledger(label: str, entries: Sequence[Cut | Repair]) -> Iterator[str]:
    """A line per entry: kind, offset+length in characters of the text as it was read, reason and first words."""
    yield from _row(label, f"{len(entries)}, at offset+length in characters of the text as it was read" if entries else None)
    for entry in entries:
        place = f"{entry.offset}+{entry.length}" if entry.length else "-"  # it concerns another field, or all
        said = f"{entry.reason}: {entry.excerpt}" if entry.excerpt else entry.reason
        line = Text(f"{f'  {entry.kind}':<{_LABEL_COLUMNS}}{place:<12}{_one_line(said)}")
        line.truncate(_columns(), overflow="ellipsis")
        yield line.plain


def _row(label: str, text: str | None) -> Iterator[str]:
    """A label and its text, in as many lines as it takes."""
    for line in Text(_one_line(text or "none")).wrap(Console(), _columns() - _LABEL_COLUMNS):
        yield f"{label:<{_LABEL_COLUMNS}}{line.plain}".rstrip()
        label = ""


def _columns() -> int:
    return min(columns(), _MOST_COLUMNS)


def _one_line(text: str) -> str:
    """Third-party text in one line, escaped so that it cannot affect the terminal."""
    return plain(" ".join(text.split()), keep=_JOINERS)

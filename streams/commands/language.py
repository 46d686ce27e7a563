"""``headwater language``: what changes for users of langdetect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click
from rich.markup import escape
from rich.table import Table

from streams.commands.arguments import FILE
from streams.commands.enrich import prepared_documents
from streams.commands.printing import counted, table_console
from streams.records import Rejection
from streams.rejected.letters import plain
from streams.text.article import Language
from streams.text.language.detect import detect_language
from streams.text.language.opinions import differs, langdetect_language

_HEADLINE_CHARS = 60


@click.group()
def language() -> None:
    """Compare the language tags of articles by this detector and by langdetect."""


@dataclass(frozen=True, slots=True)
class BothLanguages:
    """An article's language by langdetect and by our detector."""

    headline: str
    old: Language
    new: Language

    @property
    def changed(self) -> bool:
        """Whether another language is named; "zh-Hans" for "zh-cn" or "nb" for "no" is only another name for the same."""
        undetermined = (self.old.tag == "und") != (self.new.tag == "und")
        return undetermined or differs(self.new.tag, self.old.tag)


@language.command()
@click.argument("file", default="-", type=FILE)
@click.option("--all", "everything", is_flag=True, help="Also list the articles on which both agree.")
def compare(file: str, everything: bool) -> None:
    """For each article of FILE (or stdin) whose tags differ, show langdetect's tag beside ours, and count them.

    langdetect (seeded) reads headline and body as they are, as it would without Headwater. No Kafka; documents that give no
    article are counted and left out.
    """
    refused: list[Rejection] = []
    compared = list(compare_languages(file, refused))
    console = table_console()
    for table in (_articles(each for each in compared if everything or each.changed), _changes(compared)):
        if table.row_count:
            console.print(table)
    changed = sum(each.changed for each in compared)
    told = f"{counted(len(compared), 'article')}, {changed} named differently"
    click.echo(f"{told}; {counted(len(refused), 'document')} gave no article")


def compare_languages(file: str, refused: list[Rejection]) -> Iterator[BothLanguages]:
    """Both tags for every article of a file; documents that give no article are added to ``refused``."""
    for _, article in prepared_documents([file]):
        if isinstance(article, Rejection):
            refused.append(article)
        else:
            given = article.headline, article.body
            yield BothLanguages(article.headline, langdetect_language(*given), detect_language(*given, article.language))


def _articles(compared: Iterable[BothLanguages]) -> Table:
    table = Table("langdetect", "probability", "headwater", "confidence", "headline", box=None)
    for each in compared:
        row = (each.old.tag, f"{each.old.confidence:.3f}", each.new.tag, f"{each.new.confidence:.3f}")
        table.add_row(*row, escape(plain(" ".join(each.headline.split()))[:_HEADLINE_CHARS]))
    return table


def _changes(compared: Iterable[BothLanguages]) -> Table:
    """How often each tag becomes which, including other names for the same language, because consumers see them."""
    table = Table("langdetect", "headwater", "articles", box=None)
    counts = Counter((each.old.tag, each.new.tag) for each in compared if each.old.tag != each.new.tag)
    for (old, new), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(old, new, str(count))
    return table

"""Many broken samples, the net off: ``python -m tests.records.mutations --records 12000``."""

from __future__ import annotations

import sys
from collections import Counter

import click

from streams.articles import Article, prepare_article, tag_article
from streams.records import Draft, read_record
from tests.records.test_mutations import mutants

_PER_SEED = 150


@click.command()
@click.option("--records", default=12_000, show_default=True)
@click.option("--seed", default=1_000, show_default=True, help="The first of the seeds.")
def main(records: int, seed: int) -> None:
    """Read, clean and tag broken records; ends with 1 if one raises, and names it."""
    outcomes: Counter[str] = Counter()
    raised = 0
    for number in range(seed, seed + -(-records // _PER_SEED)):
        for case, value, content_type in mutants(number, _PER_SEED):
            try:
                read = read_record(value, content_type)
                found = prepare_article(read) if isinstance(read, Draft) else read
                outcomes["article" if isinstance(found, Article) else found.reason.value] += 1
                if isinstance(found, Article):
                    tag_article(found)
            except Exception as error:  # noqa: BLE001 - what is looked for
                raised += 1
                print(f"{case}: {error!r}")
    print(dict(outcomes), f"{raised} raised")
    sys.exit(1 if raised else 0)


if __name__ == "__main__":
    main()

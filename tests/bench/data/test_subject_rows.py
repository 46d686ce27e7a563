"""What subjects are trained on and measured on."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bench.data.subject_rows import lead_rows, written_rows
from streams.text.subjects.words import TOP_LEVELS, table_languages, words_of


def test_no_headline_that_is_measured_on_is_trained_on():
    """Not even with other marks or capitals."""
    trained = {tuple(words_of(row.text, row.language)) for row in lead_rows()}
    assert not trained & {tuple(words_of(row.text, row.language)) for row in written_rows()}


@pytest.mark.parametrize("rows", [lead_rows(), written_rows()], ids=["leads to train on", "headlines to measure on"])
def test_what_was_written_is_labelled(rows):
    """With top levels that there are; in English and in all languages together with every one of them."""
    by_language = defaultdict(set)
    for row in rows:
        assert row.text.strip()
        assert row.right
        by_language[row.language].update(row.right)
    assert by_language.keys() <= table_languages()
    assert by_language["en"] == set().union(*by_language.values()) == set(range(len(TOP_LEVELS)))

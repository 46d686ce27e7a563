"""What `headwater retract` makes of the names people give it, and what it says Kafka keeps; tests/broker has the rest."""

from __future__ import annotations

import pytest

from streams.articles import article_id
from streams.commands.retract import HOLDINGS, is_named, kept_for, kept_line, named_id
from streams.topics import INTERNAL, OUTCOMES, RAW, STORIES

ID = "0123456789abcdef0123456789abcdef"
URL = "https://paper.example/minister"


@pytest.mark.parametrize(
    ("named", "identity"),
    [
        pytest.param(ID, ID, id="an id"),
        pytest.param(f" urn:headwater:article:{ID} ", ID, id="the uri of a document"),
        pytest.param(URL + "?utm_source=mail", article_id(None, URL), id="an address, with tracking"),
        pytest.param("urn:example:item:77", article_id("urn:example:item:77", None), id="a wire's uri"),
    ],
)
def test_an_article_is_named_by_id_uri_or_address(named, identity):
    assert named_id(named) == identity


@pytest.mark.parametrize("named", [ID, URL + "?utm_source=mail", "urn:example:item:77"])
def test_a_document_is_known_by_its_id_and_by_its_other_ids(named):
    document = {"altIds": [{"role": "url", "value": URL}, {"role": "source-id", "value": "urn:example:item:77"}]}
    assert is_named(named, ID, document)
    assert not is_named(named, "f" * 32, {})


@pytest.mark.parametrize(
    ("config", "said"),
    [
        pytest.param({"retention.ms": "604800000"}, "until 7 days by the record's timestamp", id="by age"),
        pytest.param({"retention.ms": "-1", "retention.bytes": str(10 << 30)}, "until 10 GiB a partition", id="by size"),
        pytest.param({"retention.ms": "-1", "retention.bytes": "-1"}, "without limit", id="for good"),
        pytest.param(
            {"retention.ms": "86400000", "cleanup.policy": "compact,delete", "min.compaction.lag.ms": "43200000"},
            "until 1 day by the record's timestamp; versions before the last may go after 0.5 days",
            id="compacted as well",
        ),
        pytest.param({}, "unknown: Kafka does not say", id="we may not ask"),
    ],
)
def test_how_long_a_topic_keeps_a_record_is_told_as_kafka_has_it(config, said):
    assert kept_for(config) == said


def test_every_topic_that_may_hold_an_article_is_named():
    assert set(HOLDINGS) == {RAW, *INTERNAL, *OUTCOMES, STORIES}


def test_what_a_topic_holds_is_told_within_the_terminals_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    line = kept_line("news.enriched", "the versions before", "until 10 GiB a partition; older may go after a week")
    assert all(len(each) <= 80 for each in line.split("\n"))
    assert line.split("\n")[1].startswith(" " * 18)

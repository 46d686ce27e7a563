"""What consumers are promised is what the code does: files, AsyncAPI, schemas, headers."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from agents import pipeline_steps
from streams.contracts.asyncapi import asyncapi_document
from streams.contracts.contract import CONTRACTS
from streams.contracts.examples import outcome_examples, raw_examples
from streams.contracts.files import contract_files
from streams.contracts.yaml import yaml_text
from streams.documents import DUPLICATE_SCHEMA, ENRICHED_SCHEMA, NINJS_SCHEMA
from streams.memory import MemoryPipeline
from streams.samples import load_samples
from streams.settings import Settings
from streams.steps import UnreadBatch
from streams.stories import STORY_SCHEMA
from streams.text.language.opinions import LanguageCheck
from streams.topics import DUPLICATES, ENRICHED, INTERNAL, OUTCOMES, RAW, STORIES
from tests.contracts.checking import contract_errors, described_places, occurred
from tests.text.stories.articles import FERRY

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", contract_files())
def test_the_files_in_docs_are_what_the_code_makes(name):
    """After a change: `make contracts`."""
    assert (ROOT / "docs" / name).read_text("utf-8") == contract_files()[name]


def test_every_file_of_schemas_is_one_that_the_code_makes():
    assert {path.name for path in (ROOT / "docs/schemas").iterdir()} == {
        name for contract in CONTRACTS for name in contract.schemas
    }


def test_every_topic_that_consumers_read_has_a_contract():
    assert {contract.topic for contract in CONTRACTS} == {*OUTCOMES, STORIES}


def test_the_asyncapi_document_is_valid_by_asyncapis_own_schema():
    schema = json.loads(gzip.decompress((Path(__file__).parent / "asyncapi-3.1.0.json.gz").read_bytes()))
    document = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text("utf-8"))
    assert document == asyncapi_document()
    assert [f"{error.json_path}: {error.message}"[:500] for error in Draft7Validator(schema).iter_errors(document)] == []


def test_the_asyncapi_document_has_every_topic_with_the_settings_it_is_created_with():
    channels = asyncapi_document()["channels"].values()
    assert {channel["address"] for channel in channels} == {RAW, *INTERNAL, STORIES, *OUTCOMES}
    raw = next(channel["bindings"]["kafka"] for channel in channels if channel["address"] == RAW)
    assert raw["topicConfiguration"]["retention.bytes"] == int(RAW.config["retention.bytes"])


def test_the_examples_keep_the_contract():
    for topic, examples in outcome_examples().items():
        for each in examples:
            value = each.payload if isinstance(each.payload, str) else json.dumps(each.payload)
            headers = [(name, text.encode()) for name, text in each.headers.items()]
            assert list(contract_errors(topic, each.key.encode(), value.encode(), headers)) == [], each.name


@pytest.mark.parametrize("content_type", raw_examples())
def test_the_raw_examples_are_read_as_what_they_say(content_type):
    example = raw_examples()[content_type]
    value = example.payload if isinstance(example.payload, str) else json.dumps(example.payload)
    headers = tuple((name, text.encode()) for name, text in example.headers.items())
    outputs = list(MemoryPipeline(pipeline_steps(Settings())).publish(RAW, b"herald", value.encode(), headers))
    assert ENRICHED in {output.topic for output in outputs}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_each_schema_is_one_in_both_dialects_that_validators_speak(contract):
    for schema in contract.schemas.values():
        Draft202012Validator.check_schema(schema)
        Draft7Validator.check_schema({name: value for name, value in schema.items() if name != "$schema"})


def test_the_dataschema_of_each_event_is_the_id_of_its_schema():
    ids = {str(contract.topic): contract.value["$id"] for contract in CONTRACTS if contract.value}
    assert ids == {ENRICHED: ENRICHED_SCHEMA, STORIES: STORY_SCHEMA, DUPLICATES: DUPLICATE_SCHEMA}
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    for sample in load_samples():
        for output in pipeline.publish(RAW, None, sample.value, (), 1_790_000_000_000):
            if output.topic in ids:
                assert dict(output.headers)["ce_dataschema"].decode() == ids[output.topic]
            if output.topic == ENRICHED:
                assert json.loads(output.value)["standard"]["schema"] == NINJS_SCHEMA


@pytest.mark.parametrize(
    ("topic", "spoil"),
    [
        pytest.param(ENRICHED, lambda headers, value: value.pop("uri"), id="a field that is always there is missing"),
        pytest.param(ENRICHED, lambda headers, value: value.update(slugline="x"), id="a field that nobody was told of"),
        pytest.param(ENRICHED, lambda headers, value: value.update(firstCreated="Monday"), id="a time that is none"),
        pytest.param(ENRICHED, lambda headers, value: value["headlines"].clear(), id="no headline in the list"),
        pytest.param(ENRICHED, lambda headers, value: value.update(pubStatus="canceled"), id="a kill with a text"),
        pytest.param(ENRICHED, lambda headers, value: value["altIds"][0].update(value="a b", role="uri"), id="a role not told"),
        pytest.param(ENRICHED, lambda headers, value: headers.pop("ce_id"), id="a header is missing"),
        pytest.param(ENRICHED, lambda headers, value: headers.update(ce_new="x"), id="a header that nobody was told of"),
        pytest.param(DUPLICATES, lambda headers, value: value.update(kind="alike"), id="a kind that nobody was told of"),
        pytest.param(DUPLICATES, lambda headers, value: value.update(url="not an address"), id="an address that is none"),
    ],
)
def test_a_record_that_breaks_the_contract_is_noticed(topic, spoil):
    """The check that runs under all tests of the pipeline can fail."""
    example = outcome_examples()[topic][0]
    value, headers = json.loads(json.dumps(example.payload)), dict(example.headers)
    spoil(headers, value)
    encoded = [(name, text.encode()) for name, text in headers.items()]
    assert list(contract_errors(topic, example.key.encode(), json.dumps(value).encode(), encoded))


_WIRE = {
    "uri": "urn:example:wire:7",
    "version": "2",
    "versioncreated": "2026-09-21T13:00:00Z",
    "pubstatus": "usable",
    "embargoed": "2026-09-22T06:00:00Z",
    "expires": "2026-12-31T00:00:00Z",
    "urgency": 3,
    "ednote": "Hold the picture.",
    "usageterms": "Print only.",
    "copyrightholder": "Example Agency",
    "copyrightnotice": "(c) Example Agency",
    "language": "en",
    "by": "Pia Hartley",
    "headline": "Harbour bridge opens to traffic",
    "url": "https://herald.example/bridge",
    "datePublished": "2026-09-21T13:00:00Z",
    "dateModified": "2026-09-21T14:00:00Z",
    "publisher": "Example Herald",
    "keywords": ["bridge"],
    "description": "Two years late, the new bridge carries its first cars.",
    "image": {"url": "https://herald.example/b.jpg", "caption": "The bridge", "creditText": "Jo Moss"},
    "body_text": "LORNHAVEN (Reuters) - The government and the parliament voted for the budget.\nThe mayor cut it.",
}


def test_every_field_and_header_that_is_promised_occurs():
    """Every promise is used: records that fill everything have each place of each schema."""
    pipeline = MemoryPipeline(pipeline_steps(replace(Settings(), language_check=LanguageCheck.LANGDETECT)))
    trace = (("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"), ("tracestate", b"a=b"))
    batch = UnreadBatch(b"\0", offsets=range(7, 9), records=2, codec="zstd", problem="it does not end", too_large=False)
    undated = b"<html><body><h1>Ferry to run all winter</h1><p>The harbour board voted for it on Tuesday.</p></body></html>"
    records = (json.dumps(_WIRE).encode(), json.dumps(_WIRE | {"ednote": "Again."}).encode(), batch, b"x" * (15 << 20), undated)
    before = Counter(occurred)
    for value in records:
        for _ in range(2):
            list(pipeline.publish(RAW, b"k", value, trace, 1_790_000_000_000))
    # The third article lies within the window of both stories, and makes one of them.
    for title, hours in (("Ferry aground", 0), ("The Aurelia's captain speaks", 80), ("Lifeboats praised", 40)):
        article = json.dumps({"title": title, "text": FERRY, "publisher": title}).encode()
        list(pipeline.publish(RAW, b"k", article, trace, 1_790_000_000_000 + hours * 3_600_000))
    promised = {
        f"{contract.topic} {part} {place}"
        for contract in CONTRACTS
        for part, schema in (("headers", contract.headers), ("value", contract.value or {}))
        for place in described_places(schema)
    }
    assert promised - (occurred - before).keys() == set()


_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(
        [
            "",
            "no",
            "1.0",
            "2026-01-01",
            "a: b",
            "- x",
            "#",
            "a #b",
            "null",
            "~",
            "0x1",
            "1e3",
            "=",
            "<<",
            "x:",
            "'",
            "\u0085",
            "1_0",
            "12:30",
        ]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abyn$-1 ", max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["a", "$ref", "cleanup.policy", "yes", "1"]), _PLAIN))
def test_yaml_is_read_as_it_was_meant(value):
    assert yaml.safe_load(yaml_text(value)) == value

"""A change that breaks a consumer is caught; one that adds something is not."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from streams.contracts import files
from streams.contracts.compatibility import breaking_changes, contract_changes
from streams.contracts.contract import CONTRACTS
from streams.contracts.values import KNOWN_VALUES, enriched_schema

PROMISED = Path(__file__).parent / "promised"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_promise_is_kept(contract):
    """A consumer written against the contract of the last release reads what this code writes."""
    promised = json.loads((PROMISED / f"{contract.name}.json").read_text("utf-8"))
    assert list(contract_changes(promised, contract.promised())) == []


def changed(change):
    schema = deepcopy(enriched_schema())
    change(schema["properties"], schema)
    return schema


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda at, whole: at.pop("by"), "$.by: is gone", id="a field is gone"),
        pytest.param(lambda at, whole: at.update(author=at.pop("by")), "$.by: is gone", id="a field has another name"),
        pytest.param(lambda at, whole: whole["required"].remove("pubStatus"), "may be missing", id="a field may be missing"),
        pytest.param(lambda at, whole: at.update(urgency={"type": "string"}), "was integer", id="a number became text"),
        pytest.param(lambda at, whole: at["by"].update(type=["string", "null"]), "may be null or string", id="null for text"),
        pytest.param(lambda at, whole: at["by"].pop("type"), "may be anything", id="any type"),
        pytest.param(lambda at, whole: at["pubStatus"]["enum"].append("withheld"), "withheld", id="a new status"),
        pytest.param(lambda at, whole: at["type"].update(const="picture"), "picture", id="another constant"),
        pytest.param(lambda at, whole: at["type"].pop("const"), "may be anything", id="a constant is none"),
        pytest.param(lambda at, whole: at["urgency"].update(maximum=10), "maximum", id="a wider range above"),
        pytest.param(lambda at, whole: at["urgency"].update(minimum=0), "minimum", id="a wider range below"),
        pytest.param(lambda at, whole: at["urgency"].pop("maximum"), "maximum", id="a range without an end"),
        pytest.param(lambda at, whole: at["headlines"].pop("minItems"), "minItems", id="an empty list of headlines"),
        pytest.param(
            lambda at, whole: at["headlines"]["items"]["properties"]["value"].pop("minLength"),
            "[].value: minLength",
            id="blank",
        ),
        pytest.param(lambda at, whole: at["uri"].pop("pattern"), "pattern", id="an id of another form"),
        pytest.param(lambda at, whole: at["firstCreated"].pop("format"), "format", id="a time in any form"),
        pytest.param(
            lambda at, whole: at["subjects"]["items"]["properties"].pop("confidence"),
            "$.subjects[].confidence",
            id="deep within",
        ),
        pytest.param(
            lambda at, whole: at["altIds"]["items"]["properties"]["role"][KNOWN_VALUES].remove("url"),
            "'url'",
            id="a value is gone",
        ),
        pytest.param(lambda at, whole: whole.pop("then"), "then", id="a usable article without a headline"),
        pytest.param(lambda at, whole: whole.update(oneOf=[{}]), "oneOf", id="a keyword that is not understood"),
    ],
)
def test_a_breaking_change_is_caught(change, told):
    assert any(told in line for line in breaking_changes(enriched_schema(), changed(change)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda at, whole: at.update(slugline={"type": "string"}), id="a new field"),
        pytest.param(
            lambda at, whole: whole["required"].append("versionCreated"), id="a field that is always there from now on"
        ),
        pytest.param(lambda at, whole: at["urgency"].update(minimum=2), id="a narrower range"),
        pytest.param(lambda at, whole: at["by"].update(description="other words"), id="other words for it"),
        pytest.param(
            lambda at, whole: at["infoSources"]["items"]["properties"]["role"][KNOWN_VALUES].append("broker"),
            id="a new open value",
        ),
        pytest.param(lambda at, whole: at["representationType"]["enum"].remove("full"), id="a value that comes no more"),
    ],
)
def test_an_addition_is_none(change):
    assert list(breaking_changes(enriched_schema(), changed(change))) == []


@pytest.mark.parametrize("part", ["topic", "key", "headers", "value"])
def test_every_part_of_a_contract_is_compared(part):
    before, after = (deepcopy(CONTRACTS[0].promised()) for _ in range(2))
    after[part] = "news.other" if part == "topic" else {"type": "integer"}
    assert list(contract_changes(before, after))


def test_what_any_bytes_may_be_becomes_json_only_with_a_new_contract():
    before = deepcopy(CONTRACTS[-1].promised())
    assert list(contract_changes(before, {**before, "value": {"type": "object"}}))


def test_the_files_are_not_written_over_a_broken_promise(tmp_path, monkeypatch, capsys):
    assert files.main(tmp_path) == 0
    before = (tmp_path / "schemas/enriched.json").read_text("utf-8")
    wider = changed(lambda at, whole: at["pubStatus"]["enum"].append("withheld"))
    broken = type(CONTRACTS[0])(*(getattr(CONTRACTS[0], name) for name in CONTRACTS[0].__slots__[:-1]), value=wider)
    monkeypatch.setattr(files, "CONTRACTS", (broken,))
    assert files.main(tmp_path) == 1
    assert "enriched.json: $.pubStatus: was one of ['usable', 'canceled']" in capsys.readouterr().err
    assert (tmp_path / "schemas/enriched.json").read_text("utf-8") == before


def test_a_schema_of_another_id_may_be_another(tmp_path, monkeypatch):
    assert files.main(tmp_path) == 0
    other = changed(lambda at, whole: (at.pop("by"), whole.update({"$id": "urn:headwater:schema:enriched:2"})))
    raised = type(CONTRACTS[0])(*(getattr(CONTRACTS[0], name) for name in CONTRACTS[0].__slots__[:-1]), value=other)
    monkeypatch.setattr(files, "CONTRACTS", (raised,))
    assert files.main(tmp_path) == 0

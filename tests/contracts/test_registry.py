"""Schemas are sent to a registry by its own API, any number of times."""

from __future__ import annotations

import base64
import json

import pytest
import yaml
from click.testing import CliRunner

from streams.__main__ import main
from streams.contracts import registry
from streams.contracts.stories import stories_schema
from streams.contracts.values import duplicates_schema, enriched_schema
from tests.contracts.registries import Apicurio, Confluent, served


def push(url, *options, **variables):
    return CliRunner().invoke(main, ["schemas", "push", url, *options], env=variables)


def test_confluent_gets_each_topics_schema_under_its_usual_subject_and_once():
    confluent = Confluent()
    with served(confluent) as url:
        for _ in range(2):
            told = push(url + "/")
            assert (told.exit_code, told.output) == (
                0,
                "news.enriched-value: id 1\nnews.stories-value: id 2\nnews.duplicates-value: id 3\n",
            )
    assert confluent.versions == {
        "news.enriched-value": [enriched_schema()],
        "news.stories-value": [stories_schema()],
        "news.duplicates-value": [duplicates_schema()],
    }
    assert set(confluent.config.values()) == {"FORWARD"}


def with_enriched(monkeypatch, change):
    schema = enriched_schema()
    change(schema["properties"])
    monkeypatch.setattr(registry, "subjects", lambda: {"news.enriched-value": schema})
    return schema


def test_a_version_with_a_new_field_is_a_second_version(monkeypatch):
    confluent = Confluent()
    with served(confluent) as url:
        assert push(url).exit_code == 0
        newer = with_enriched(monkeypatch, lambda at: at.update(slugline={"type": "string"}))
        assert push(url).exit_code == 0
    assert confluent.versions["news.enriched-value"] == [enriched_schema(), newer]


def test_what_breaks_consumers_is_refused_by_the_registry_and_told_in_its_words(monkeypatch):
    confluent = Confluent()
    with served(confluent) as url:
        assert push(url).exit_code == 0
        with_enriched(monkeypatch, lambda at: at.pop("by"))
        told = push(url)
    assert told.exit_code == 1
    assert "409" in told.output
    assert 'incompatible with an earlier schema for subject "news.enriched-value"' in told.output


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_apicurio_gets_each_schema_as_an_artifact_and_once(version):
    apicurio = Apicurio()
    with served(apicurio) as url:
        for _ in range(2):
            told = push(f"{url}/apis/registry/{version}", "--group", "news & more")
            assert (told.exit_code, told.output) == (
                0,
                "news.enriched-value: version 1\nnews.stories-value: version 1\nnews.duplicates-value: version 1\n",
            )
    assert apicurio.artifacts == {
        ("news & more", "news.enriched-value"): [enriched_schema()],
        ("news & more", "news.stories-value"): [stories_schema()],
        ("news & more", "news.duplicates-value"): [duplicates_schema()],
    }


def test_who_we_are_is_sent_from_the_url_or_from_the_environment():
    basic = "Basic " + base64.b64encode(b"ann:p@ss").decode()
    with served(Confluent(), basic) as url:
        assert push(url.replace("//", "//ann:p%40ss@")).exit_code == 0
        assert "401 Unauthorized" in push(url).output
    with served(Confluent(), "Bearer x.y") as url:
        assert push(url, SCHEMA_REGISTRY_AUTHORIZATION="Bearer x.y").exit_code == 0


def test_a_registry_that_is_not_there_or_none_is_one_line():
    with served(Confluent()) as url:
        pass
    gone = push(url)
    assert gone.exit_code == 1
    assert gone.output.startswith("Error: ")
    assert "Traceback" not in gone.output
    assert push("localhost:8081").exit_code == 2
    with served(Apicurio()) as url:
        assert "404" in push(url).output


def test_the_schemas_are_shown_by_name():
    runner = CliRunner()
    listed = runner.invoke(main, ["schemas", "show"]).output
    assert "enriched.json" in listed
    assert "urn:headwater:schema:enriched:1" in listed
    assert json.loads(runner.invoke(main, ["schemas", "show", "enriched.json"]).output) == enriched_schema()
    assert yaml.safe_load(runner.invoke(main, ["schemas", "show", "asyncapi.yaml"]).output)["asyncapi"] == "3.1.0"
    assert runner.invoke(main, ["schemas", "show", "other.json"]).exit_code == 2

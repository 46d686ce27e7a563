"""docs/asyncapi.yaml: every topic, message, header, key and an example of each, as AsyncAPI 3.1."""

from __future__ import annotations

from importlib import metadata
from typing import Any, Final

from streams.contracts.contract import CONTRACTS, Contract
from streams.contracts.examples import Example, outcome_examples, raw_examples
from streams.contracts.headers import TRACE
from streams.contracts.values import Schema, described
from streams.documents import ORIGIN_HEADER, RELEASE_HEADER, REPLAY_HEADER
from streams.records import Reason
from streams.settings import SaslMechanism, Settings
from streams.steps import Topic
from streams.topics import INTERNAL, MOST_BYTES, RAW

AsyncApi = dict[str, Any]

_BINDING: Final = "0.5.0"  # of the Kafka binding, the latest in AsyncAPI 3.1
_WHOLE_NUMBERS: Final = ("retention.ms", "retention.bytes", MOST_BYTES)
_RAW_NAMES: Final = {
    "application/json": ("rawJson", "An article as JSON, in any of the shapes that INPUTS.md lists."),
    "text/html": ("rawPage", "A page of HTML, or a fragment."),
    "text/plain": ("rawText", "An article as plain text, its headline first."),
    "application/cloudevents+json": ("rawEvent", "A CloudEvent in structured mode, with any of these as its data."),
}
_SECURITY: Final = {
    SaslMechanism.SCRAM_SHA_256: "scramSha256",
    SaslMechanism.SCRAM_SHA_512: "scramSha512",
    SaslMechanism.PLAIN: "plain",
}
_DESCRIPTION: Final = """\
The contract of Headwater's topics: what producers may write and what consumers read. Consumers read with
`isolation_level=read_committed`; then every raw record has exactly one outcome, in `news.enriched`, `news.duplicates` or
`news.rejected`. Headers and fields that are not named here may be added: ignore what you do not know. docs/consumers.md says
what the fields mean, what may change, and how to read them."""


def asyncapi_document() -> AsyncApi:
    """The whole document, as plain values."""
    settings = Settings()
    outcomes = outcome_examples()
    messages = _raw_messages() | {_internal(topic): _internal_message(topic) for topic in INTERNAL}
    messages |= {each.message: _message(each, outcomes[each.topic]) for each in CONTRACTS}
    by_topic: dict[Topic, list[str]] = {
        RAW: [name for name, _ in _RAW_NAMES.values()],
        **{topic: [_internal(topic)] for topic in INTERNAL},
        **{each.topic: [each.message] for each in CONTRACTS},
    }
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Headwater",
            "version": metadata.version("headwater-news"),
            "description": _DESCRIPTION.replace("\n", " "),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {_camel(topic): _channel(topic, names, settings) for topic, names in by_topic.items()},
        "operations": dict(_operation(topic, names, settings) for topic, names in by_topic.items() if topic not in INTERNAL),
        "components": {"messages": messages, "securitySchemes": _security_schemes()},
    }


def _servers() -> AsyncApi:
    return {
        "local": {"host": "localhost:9092", "protocol": "kafka", "description": "HEADWATER_BROKERS"},
        "secure": {
            "host": "kafka.example:9093",
            "protocol": "kafka-secure",
            "description": "HEADWATER_SECURITY_PROTOCOL and what goes with it",
            "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _security_schemes()],
        },
    }


def _security_schemes() -> AsyncApi:
    schemes: AsyncApi = {name: {"type": name, "description": mechanism.value} for mechanism, name in _SECURITY.items()}
    return schemes | {"tlsCertificate": {"type": "X509", "description": "HEADWATER_TLS_CERT_FILE"}}


def _channel(topic: Topic, messages: list[str], settings: Settings) -> AsyncApi:
    config: AsyncApi = {name: int(topic.config[name]) for name in _WHOLE_NUMBERS if name in topic.config}
    config["cleanup.policy"] = topic.config["cleanup.policy"].split(",")
    return {
        "address": str(topic),
        "description": f"{topic.purpose[0].upper()}{topic.purpose[1:]}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "topic": str(topic),
                "partitions": settings.partitions,
                "replicas": settings.replication,
                "topicConfiguration": config,
                "bindingVersion": _BINDING,
            }
        },
    }


def _operation(topic: Topic, messages: list[str], settings: Settings) -> tuple[str, AsyncApi]:
    """What Headwater does with a topic: it receives from news.raw, and sends to the others."""
    channel = _camel(topic)
    name = f"read{channel[4:]}" if topic == RAW else f"write{channel[4:]}"
    operation: AsyncApi = {
        "action": "receive" if topic == RAW else "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"} for message in messages],
    }
    if topic == RAW:
        group = {"type": "string", "enum": [settings.app_id], "description": "HEADWATER_APP_ID"}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _BINDING}}
    return name, operation


def _message(contract: Contract, examples: list[Example]) -> AsyncApi:
    anything = described({}, "The original bytes; of a record that was too large, its first MiB.")
    return {
        "name": contract.message,
        "title": contract.message,
        "summary": contract.summary,
        "contentType": "application/octet-stream" if contract.value is None else "application/json",
        "headers": _inlined(contract.headers),
        "payload": anything if contract.value is None else _inlined(contract.value),
        "correlationId": {"location": f"$message.header#/{ORIGIN_HEADER}", "description": "The raw record it was made from."},
        "bindings": _key(contract.key),
        "examples": [_example(each) for each in examples],
    }


def _raw_messages() -> AsyncApi:
    return {name: _raw_message(content_type, name, summary) for content_type, (name, summary) in _RAW_NAMES.items()}


def _raw_message(content_type: str, name: str, summary: str) -> AsyncApi:
    headers: Schema = {
        "content-type": described({"type": "string"}, "The value's type; if it is missing, the value itself decides."),
        **TRACE,
        RELEASE_HEADER: described({"const": Reason.EMBARGOED.value}, "A person released it in spite of its embargo."),
        REPLAY_HEADER: described({"type": "string"}, "On a replay: its place in news.rejected."),
    }
    is_json = content_type.endswith("json")
    return {
        "name": name,
        "title": name,
        "summary": summary,
        "contentType": content_type,
        "headers": {"type": "object", "properties": headers},
        "payload": {"type": ["object", "array"] if is_json else "string"},
        "bindings": _key(described({}, "Any, or none. Versions of one item need one key, to keep their order.")),
        "examples": [_example(raw_examples()[content_type])],
    }


def _internal_message(topic: Topic) -> AsyncApi:
    headers: Schema = {
        "content-type": {"const": "application/json"},
        ORIGIN_HEADER: described({"type": "string"}, "The place of the raw record."),
        **TRACE,
        REPLAY_HEADER: {"type": "string"},
    }
    return {
        "name": _internal(topic),
        "title": _internal(topic),
        "summary": "Internal, not part of the contract: it may change.",
        "contentType": "application/json",
        "headers": {"type": "object", "required": ["content-type", ORIGIN_HEADER], "properties": headers},
        "payload": {"type": "object"},
        "bindings": _key({}),
    }


def _internal(topic: Topic) -> str:
    return f"internal{_camel(topic)[4:]}"


def _key(schema: Schema) -> AsyncApi:
    return {"kafka": {"key": schema, "bindingVersion": _BINDING}}


def _example(example: Example) -> AsyncApi:
    return {"name": example.name, "summary": f"key {example.key}", "headers": example.headers, "payload": example.payload}


def _inlined(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}


def _camel(topic: str) -> str:
    first, *others = topic.split(".")
    return first + "".join(each.capitalize() for each in others)

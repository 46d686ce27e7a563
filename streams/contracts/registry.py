"""Sends the schemas to a schema registry: by Confluent's REST API (also Karapace's, Redpanda's and others'), or Apicurio's.

Values stay plain JSON, without a schema's number in front. A registry tells readers and tools what the topics hold.

Sources: Confluent's Schema Registry API reference (POST /subjects/{subject}/versions, PUT /config/{subject}); Apicurio
Registry's Core REST API v3 and v2 (POST /groups/{group}/artifacts).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from enum import StrEnum
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from streams.contracts.contract import CONTRACTS
from streams.contracts.values import Schema

_TIMEOUT_S: Final = 30
_CONFLUENT_JSON: Final = "application/vnd.schemaregistry.v1+json"
_MOST_ANSWER_BYTES: Final = 1 << 20

FORWARD: Final = "FORWARD"
"""Readers with the previous schema can read what is written with the next one, as docs/consumers.md promises."""


class RegistryKind(StrEnum):
    """Which API a registry has."""

    CONFLUENT = "confluent"
    APICURIO = "apicurio"


class RegistryError(RuntimeError):
    """The registry could not be reached, or refused a schema; the message says which and why."""


class Pushed(NamedTuple):
    """A schema that the registry has now: its name, and the registry's answer (Confluent's id, Apicurio's version)."""

    subject: str
    answer: str


def subjects() -> dict[str, Schema]:
    """The schema of each topic's values, by Confluent's usual name (``news.enriched-value``)."""
    return {f"{contract.topic}-value": contract.value for contract in CONTRACTS if contract.value is not None}


def kind_of(url: str) -> RegistryKind:
    """Apicurio's own API by its path (``/apis/registry/v3``), else Confluent's, which Apicurio has at ``/apis/ccompat/v7``."""
    return RegistryKind.APICURIO if "/apis/registry/" in urlsplit(url).path + "/" else RegistryKind.CONFLUENT


def push(url: str, authorization: str | None = None, group: str = "default") -> Iterator[Pushed]:
    """Send every schema, one after another; one that is there already stays unchanged.

    ``authorization`` is the header of that name. A user and password in the URL are sent as Basic.

    Raises:
        RegistryError: for the first that fails.
    """
    push_one = _push_to_apicurio if kind_of(url) is RegistryKind.APICURIO else _push_to_confluent
    for subject, schema in subjects().items():
        yield Pushed(subject, push_one(_Registry(url, authorization), subject, schema, group))


class _Registry:
    """Requests to one registry."""

    def __init__(self, url: str, authorization: str | None) -> None:
        parts = urlsplit(url)
        user, _, host = parts.netloc.rpartition("@")
        self.base = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._authorization = authorization or (_basic(user) if user else None)

    def ask(self, method: str, path: str, body: Any, media_type: str, **headers: str) -> Any:
        """Send JSON, or text unchanged; returns the JSON that comes back.

        Raises:
            RegistryError: no answer, or one that is not a success.
        """
        content = body if isinstance(body, str) else json.dumps(body)
        request = Request(self.base + path, content.encode(), method=method)  # noqa: S310 - the command takes http(s) alone
        for name, value in {"Content-Type": media_type, "Accept": media_type.partition(";")[0], **headers}.items():
            request.add_header(name, value)
        if self._authorization is not None:
            request.add_header("Authorization", self._authorization)
        try:
            with urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                return _read_json(answer)
        except HTTPError as error:
            raise RegistryError(f"{method} {path}: {error.code} {_reason(error)}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise RegistryError(f"{self.base}: {getattr(error, 'reason', error)}") from error


def _push_to_confluent(registry: _Registry, subject: str, schema: Schema, _: str) -> str:
    """Register with the compatibility of our own rule: the default, BACKWARD, would refuse a new field."""
    path = quote(subject, safe="")
    registry.ask("PUT", f"/config/{path}", {"compatibility": FORWARD}, _CONFLUENT_JSON)
    versions = {"schemaType": "JSON", "schema": json.dumps(schema)}
    return f"id {registry.ask('POST', f'/subjects/{path}/versions', versions, _CONFLUENT_JSON)['id']}"


def _push_to_apicurio(registry: _Registry, subject: str, schema: Schema, group: str) -> str:
    path = f"/groups/{quote(group, safe='')}/artifacts"
    if "/apis/registry/v2" in registry.base:
        answer = registry.ask(
            "POST",
            f"{path}?ifExists=RETURN_OR_UPDATE",
            json.dumps(schema),
            "application/json; artifactType=JSON",
            **{"X-Registry-ArtifactId": subject, "X-Registry-ArtifactType": "JSON"},
        )
        return f"version {answer['version']}"
    content = {"content": json.dumps(schema), "contentType": "application/json"}
    artifact = {"artifactId": subject, "artifactType": "JSON", "firstVersion": {"content": content}}
    answer = registry.ask("POST", f"{path}?ifExists=FIND_OR_CREATE_VERSION", artifact, "application/json")
    return f"version {answer['version']['version']}"


def _basic(user_and_password: str) -> str:
    return "Basic " + b64encode(unquote(user_and_password).encode()).decode()


def _read_json(answer: HTTPResponse) -> Any:
    return json.loads(answer.read(_MOST_ANSWER_BYTES))


def _reason(error: HTTPError) -> str:
    """The registry's message, from the fields of Confluent and Apicurio v3, else the beginning of the answer."""
    text = error.read(_MOST_ANSWER_BYTES).decode("utf-8", "replace")
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    words = (told.get(name) for name in ("message", "detail", "title")) if isinstance(told, dict) else ()
    return next((str(each) for each in words if each), text[:200] or error.reason)

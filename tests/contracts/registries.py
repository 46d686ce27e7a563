"""Schema registries as they answer on the wire: Confluent's and Apicurio's, as far as handing schemas over goes.

Forms and codes are those of their API references: Confluent's errors are {"error_code", "message"}, Apicurio's v3 are problem
details.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from streams.contracts.compatibility import breaking_changes

CONFLUENT_JSON = "application/vnd.schemaregistry.v1+json"


class RefusedError(Exception):
    """An error answer: status and body."""


class Confluent:
    """Subjects with versions and a compatibility each; schemas are told apart by what they say."""

    media_type = CONFLUENT_JSON

    def __init__(self) -> None:
        self.versions: dict[str, list[Any]] = {}
        self.config: dict[str, str] = {}
        self.ids: list[Any] = []

    def answer(self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes) -> Any:
        if headers["Content-Type"] != CONFLUENT_JSON:
            raise RefusedError(415, {"error_code": 415, "message": "HTTP 415 Unsupported Media Type"})
        sent = json.loads(body)
        if method == "PUT" and (found := re.fullmatch(r"/config/([^/]+)", path)):
            if sent["compatibility"] not in ("NONE", "BACKWARD", "FORWARD", "FULL"):
                raise RefusedError(422, {"error_code": 42203, "message": "Invalid compatibility level"})
            self.config[unquote(found[1])] = sent["compatibility"]
            return {"compatibility": sent["compatibility"]}
        if method == "POST" and (found := re.fullmatch(r"/subjects/([^/]+)/versions", path)):
            return {"id": self._register(unquote(found[1]), sent)}
        raise RefusedError(404, {"error_code": 404, "message": "HTTP 404 Not Found"})

    def _register(self, subject: str, sent: Any) -> int:
        if sent.get("schemaType") != "JSON":
            raise RefusedError(422, {"error_code": 42201, "message": "Invalid schema: no Avro"})
        schema = json.loads(sent["schema"])
        versions = self.versions.setdefault(subject, [])
        if schema not in versions:
            # By default a new field in an open object is refused; FORWARD asks whether old readers get on.
            if versions and (self.config.get(subject) != "FORWARD" or list(breaking_changes(versions[-1], schema))):
                told = "Schema being registered is incompatible with an earlier schema"
                raise RefusedError(409, {"error_code": 409, "message": f'{told} for subject "{subject}"'})
            versions.append(schema)
        if schema not in self.ids:
            self.ids.append(schema)
        return self.ids.index(schema) + 1


class Apicurio:
    """Groups of artifacts with versions, by the API of version 2 or 3."""

    media_type = "application/json"

    def __init__(self) -> None:
        self.artifacts: dict[tuple[str, str], list[Any]] = {}

    def answer(self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes) -> Any:
        found = re.fullmatch(r"/apis/registry/(v[23])/groups/([^/]+)/artifacts", path)
        if method != "POST" or not found:
            raise RefusedError(404, {"title": "Not Found", "status": 404})
        api, group = found[1], unquote(found[2])
        add = self._add_v3 if api == "v3" else self._add_v2
        return add(group, query.get("ifExists", ["FAIL"])[0], headers, json.loads(body))

    def _add_v3(self, group: str, if_exists: str, headers: Any, sent: Any) -> Any:
        if (
            headers["Content-Type"] != "application/json"
            or sent["firstVersion"]["content"]["contentType"] != "application/json"
        ):
            raise RefusedError(400, {"title": "Bad Request", "status": 400, "detail": "content type"})
        schema = json.loads(sent["firstVersion"]["content"]["content"])
        version = self._version(group, sent["artifactId"], schema, if_exists == "FIND_OR_CREATE_VERSION")
        named = {"groupId": group, "artifactId": sent["artifactId"], "artifactType": sent["artifactType"]}
        return {"artifact": named, "version": {**named, "version": version, "globalId": 1, "contentId": 1}}

    def _add_v2(self, group: str, if_exists: str, headers: Any, sent: Any) -> Any:
        if headers["X-Registry-ArtifactType"] != "JSON":
            raise RefusedError(400, {"message": "no type", "error_code": 400})
        artifact = headers["X-Registry-ArtifactId"]
        version = self._version(group, artifact, sent, if_exists == "RETURN_OR_UPDATE")
        return {"id": artifact, "groupId": group, "type": "JSON", "version": version, "globalId": 1, "contentId": 1}

    def _version(self, group: str, artifact: str, schema: Any, may_exist: bool) -> str:
        versions = self.artifacts.setdefault((group, artifact), [])
        if versions and not may_exist:
            raise RefusedError(
                409, {"title": "Conflict", "status": 409, "detail": f"An artifact with ID '{artifact}' already exists."}
            )
        if schema not in versions:
            versions.append(schema)
        return str(versions.index(schema) + 1)


@contextmanager
def served(registry: Any, authorization: str | None = None) -> Iterator[str]:
    """The registry on a free port of this machine; with ``authorization``, for those alone who send it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            if authorization is not None and self.headers["Authorization"] != authorization:
                self._send(401, {"error_code": 40101, "message": "Unauthorized"})
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                answer = registry.answer(self.command, parts.path, parse_qs(parts.query), self.headers, body)
                status = 200
            except RefusedError as refused:
                status, answer = refused.args
            self._send(status, answer)

        def _send(self, status: int, answer: Any) -> None:
            self.send_response(status)
            self.send_header("Content-Type", registry.media_type)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_PUT = do_POST  # noqa: N815 - http.server's name

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

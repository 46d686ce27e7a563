"""The pipeline runs with exactly the rights of infra/kubernetes/strimzi; `check` names any that is missing."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from confluent_kafka import Consumer
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from agents import pipeline_steps
from infra.kafka import EmbeddedKafka
from infra.ports import HOST, claim_port
from streams.commands.strimzi import users
from streams.kafka.admin import create_topics
from streams.settings import Settings
from streams.topics import topics_of

SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security.md"
MANIFESTS = Path(__file__).resolve().parents[2] / "infra" / "kubernetes" / "strimzi" / "headwater.yaml"
WORKER, OPERATOR, PRODUCER, CONSUMER = "headwater", "headwater-operator", "headwater-producer", "headwater-consumer"
LIMIT_S = 90.0
PASSWORD = "pw"  # every user's
KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "transactionalId": ResourceType.TRANSACTIONAL_ID}
PATTERNS = {"literal": ResourcePatternType.LITERAL, "prefix": ResourcePatternType.PREFIXED}


def rights() -> list[AclBinding]:
    """Every right of every user in the manifests."""
    found = []
    for each in yaml.safe_load_all(MANIFESTS.read_text("utf-8")):
        if each["kind"] == "KafkaUser":
            for acl in each["spec"]["authorization"]["acls"]:
                found += [binding(each["metadata"]["name"], acl["resource"], name) for name in acl["operations"]]
    return found


def binding(user, resource, operation):
    name = "".join("_" + letter if letter.isupper() else letter.upper() for letter in operation).lstrip("_")
    return AclBinding(
        KINDS[resource["type"]],
        resource["name"],
        PATTERNS[resource["patternType"]],
        f"User:{user}",
        "*",
        AclOperation[name],
        AclPermissionType.ALLOW,
    )


def documented_rights() -> list[AclBinding]:
    """Every right that the commands of docs/security.md give, as `kafka-acls` reads them."""
    written = SECURITY.read_text("utf-8").replace("\\\n", " ")
    commands = [shlex.split(line) for line in written.splitlines() if line.strip().startswith("kafka-acls ")]
    return [right for command in commands for right in _rights_of(command)]


def _rights_of(command):
    parser = argparse.ArgumentParser()
    for name in ("bootstrap-server", "command-config", "allow-principal", "topic", "group", "transactional-id"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--operation", action="append")
    parser.add_argument("--resource-pattern-type", default="literal")
    asked = parser.parse_args(command[1:])
    pattern = {"literal": "literal", "prefixed": "prefix"}[asked.resource_pattern_type]
    resources = {"topic": asked.topic, "group": asked.group, "transactionalId": asked.transactional_id}
    for kind, name in resources.items():
        if name is not None:
            resource = {"type": kind, "name": name, "patternType": pattern}
            yield from (binding(asked.allow_principal.removeprefix("User:"), resource, each) for each in asked.operation)


EVERY_RIGHT = AclBindingFilter(
    ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
)


@asynccontextmanager
async def guarding(folder: Path, given: list[AclBinding]):
    """A Kafka with an authorizer, its topics, and these rights: where to log in, and an administrator."""
    open_port, login_port, controller = claim_port(), claim_port(), claim_port()
    known = "".join(f' user_{user}="{PASSWORD}"' for user in {each.principal.removeprefix("User:") for each in given})
    login = f"org.apache.kafka.common.security.plain.PlainLoginModule required{known};"
    settings = {
        "listeners": f"PLAINTEXT://{HOST}:{open_port},LOGIN://{HOST}:{login_port},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{open_port},LOGIN://{HOST}:{login_port}",
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT",
        "listener.name.login.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.login.plain.sasl.jaas.config": login,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",  # the open listener's user: ourselves
    }
    with EmbeddedKafka(folder / "kafka", open_port, settings) as broker:
        admin = AdminClient({"bootstrap.servers": broker.brokers})
        own = Settings(brokers=(broker.brokers,))
        await create_topics(own, topics_of(pipeline_steps(own), own))
        for future in admin.create_acls(given).values():
            future.result(LIMIT_S)
        async with asyncio.timeout(LIMIT_S):
            while len(admin.describe_acls(EVERY_RIGHT).result(LIMIT_S)) < len(given):  # the broker learns of them later
                await asyncio.sleep(0.05)
        yield f"{HOST}:{login_port}", admin


@pytest.fixture
async def guarded(tmp_path):
    async with guarding(tmp_path, rights()) as found:
        yield found


def environment(address: str, user: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "HEADWATER_BROKERS": address,
        "HEADWATER_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "HEADWATER_SASL_MECHANISM": "PLAIN",
        "HEADWATER_SASL_USERNAME": user,
        "HEADWATER_SASL_PASSWORD": PASSWORD,
        "HEADWATER_STATE_DIR": str(folder / "state"),
        "HEADWATER_SETTINGS_FILE": "",
    }


async def headwater(*arguments, address, user, folder, standard_input=None):
    """The output and status of a command run as one of the users."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", *arguments),
        env=environment(address, user, folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(standard_input), LIMIT_S)
    return out.decode(), process.returncode


@asynccontextmanager
async def at_work(address: str, folder: Path):
    """A worker with its user's rights, which writes worker.log; ended in order."""
    with (folder / "worker.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", "worker", "--processes", "1"),
            env=environment(address, WORKER, folder),
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def an_article_passes(address: str, folder: Path, producer: str, consumer: str) -> Path:
    """One user publishes an article, and another reads it enriched; returns its file."""
    article = folder / "article.json"
    article.write_text(json.dumps({"title": "The ferry resumes its service", "text": "Boats leave at noon again."}))
    said, status = await headwater("publish", str(article), address=address, user=producer, folder=folder)
    assert status == 0, said
    tail = ("tail", "news.enriched", "--limit", "1", "--format", "{headlines.0.value}")
    said, status = await headwater(*tail, address=address, user=consumer, folder=folder)
    assert said.strip() == "The ferry resumes its service", said + (folder / "worker.log").read_text()
    return article


async def test_the_pipeline_runs_with_the_rights_of_the_manifests_and_no_others(guarded, tmp_path):
    address, admin = guarded
    worker = {"address": address, "user": WORKER, "folder": tmp_path}
    said, status = await headwater("check", **worker)
    assert status == 0, said

    async with at_work(address, tmp_path) as process:
        (tmp_path / "bad.json").write_text("{broken")
        await headwater("publish", str(tmp_path / "bad.json"), address=address, user=PRODUCER, folder=tmp_path)
        article = await an_article_passes(address, tmp_path, PRODUCER, CONSUMER)
        operator = {"address": address, "user": OPERATOR, "folder": tmp_path}
        for command in (("status",), ("topics", "list"), ("rejected", "list")):
            said, status = await headwater(*command, **operator)
            assert status == 0, (command, said)
        said, status = await headwater("rejected", "replay", "--yes", **operator, standard_input=b"y\n")
        assert status == 0, said
        assert process.returncode is None, (tmp_path / "worker.log").read_text()
        assert "Authorization" not in (tmp_path / "worker.log").read_text()

    # A producer can't read what others sent, and a consumer can't write.
    said, status = await headwater("tail", "news.enriched", "--once", address=address, user=PRODUCER, folder=tmp_path)
    assert status != 0
    said, status = await headwater("publish", str(article), address=address, user=CONSUMER, folder=tmp_path)
    assert status != 0

    wanting = [each for each in rights() if each.principal == f"User:{WORKER}" and each.operation is AclOperation.WRITE]
    for each in wanting:
        gone = AclBindingFilter(
            each.restype, each.name, each.resource_pattern_type, each.principal, each.host, each.operation, each.permission_type
        )
        for future in admin.delete_acls([gone]).values():
            future.result(LIMIT_S)
    said, status = await headwater("check", "--json", **worker)
    faults = [line["said"] for line in map(json.loads, said.splitlines()[:-1]) if line["grade"] == "FAULT"]
    assert status == 1
    for each in wanting:
        assert any(each.name in fault and "no Write" in fault for fault in faults), (each.name, faults)


async def test_the_commands_of_the_page_on_security_are_enough(tmp_path):
    """Typed as they stand there: the worker works, the gateway publishes, the desk reads, and neither does more."""
    given = documented_rights()
    assert {each.principal for each in given} == {"User:gateway", "User:headwater", "User:desk"}
    async with guarding(tmp_path, given) as (address, _):
        said, status = await headwater("check", address=address, user=WORKER, folder=tmp_path)
        assert status == 0, said
        async with at_work(address, tmp_path):
            await an_article_passes(address, tmp_path, "gateway", "desk")
            assert await asyncio.to_thread(read_in_group, address, "desk") == 1
            assert "Authorization" not in (tmp_path / "worker.log").read_text()
        for user, command in (("gateway", ("tail", "news.raw", "--once")), ("desk", ("tail", "news.rejected", "--once"))):
            said, status = await headwater(*command, address=address, user=user, folder=tmp_path)
            assert status != 0, (user, said)


def read_in_group(address, user):
    """How many records a consumer in the group of its name gets, up to the first."""
    login = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": user, "sasl.password": PASSWORD}
    consumer = Consumer({"bootstrap.servers": address, "group.id": user, "auto.offset.reset": "earliest", **login})
    consumer.subscribe(["news.enriched"])
    try:
        return len(consumer.consume(1, timeout=LIMIT_S))
    finally:
        consumer.close()


def test_the_manifests_give_every_user_what_the_pipeline_says_it_needs():
    own = Settings()
    assert users(pipeline_steps(own), own).keys() == {WORKER, OPERATOR, PRODUCER, CONSUMER}

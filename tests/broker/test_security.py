"""A Kafka with TLS and passwords: the right ones get in, others learn why not, and no secret is revealed."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra import kafka
from infra.kafka import EmbeddedKafka
from infra.ports import HOST, claim_port
from streams.kafka.clients import NotConnectedError, connection, opened, tls_context
from streams.settings import SaslMechanism, SecurityProtocol, Settings, SettingsError

USER, PASSWORD, WRONG_PASSWORD = "headwater", "correct-horse-battery-staple", "incorrect-zebra"
KEY_PASSWORD = "opens-the-key"
TIMEOUT_S = 60


class Pair(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def save(self, folder: Path, name: str, password: str | None = None) -> None:
        """Write name.pem and name-key.pem."""
        encryption = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        (folder / f"{name}-key.pem").write_bytes(key)
        (folder / f"{name}.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))


def certify(name: str, authority: Pair | None = None, address: str = HOST) -> Pair:
    """A certificate for an IP address, signed by an authority; without one, an authority's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, issuer_key = (authority.certificate.subject, authority.key) if authority else (subject, key)
    now = dt.datetime.now(dt.UTC)
    signs = authority is None
    other_uses = (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    uses = {"digital_signature": True, "key_cert_sign": signs, "crl_sign": signs, **dict.fromkeys(other_uses, False)}
    certificate = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signs, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return Pair(certificate, key)


class Secured(NamedTuple):
    """A Kafka with a listener of each kind, and a folder with certificates and password files."""

    folder: Path
    addresses: dict[str, str]

    def variables(self, listener: str, **settings: str) -> dict[str, str]:
        """The variables for one of its listeners: the right ones, except those that `settings` change."""
        protocol = PROTOCOLS[listener]
        right = {
            "BROKERS": self.addresses[listener],
            "SECURITY_PROTOCOL": protocol,
            "SASL_MECHANISM": "SCRAM-SHA-256",
            **({"SASL_USERNAME": USER, "SASL_PASSWORD_FILE": "password"} if protocol.sasl else {}),
            **({"TLS_CA_FILE": "authority.pem"} if protocol.tls else {}),
            **(OURS if listener == "MUTUAL" else {}),
        }
        changed = {name: value for name, value in {**right, **settings}.items() if value}
        return {f"HEADWATER_{name}": str(self.folder / value) if "FILE" in name else value for name, value in changed.items()}

    def settings(self, listener: str, **settings: str) -> Settings:
        return Settings.from_environment(self.variables(listener, **settings))

    def headwater(self, *arguments: str, listener: str, **settings: str) -> subprocess.Popen[str]:
        """One of our commands as a process, in a state folder and a stream of its own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
        state = {"HEADWATER_STATE_DIR": str(self.folder / listener), "HEADWATER_APP_ID": listener.lower()}
        command = [sys.executable, "-m", "streams", *arguments]
        environment = inherited | state | self.variables(listener, **settings)
        return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


PROTOCOLS = {
    "SECURE": SecurityProtocol.SASL_SSL,
    "OPEN": SecurityProtocol.SASL_PLAINTEXT,
    "MUTUAL": SecurityProtocol.SSL,
    "MISNAMED": SecurityProtocol.SSL,
}
OURS = {"TLS_CERT_FILE": "ours.pem", "TLS_KEY_FILE": "ours-key.pem", "TLS_KEY_PASSWORD_FILE": "key-password"}


@pytest.fixture(scope="module")
def secured(tmp_path_factory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    authority = certify("the authority")
    authority.save(folder, "authority")
    certify("a stranger").save(folder, "stranger")
    certify("headwater", authority).save(folder, "ours", KEY_PASSWORD)
    (folder / "password").write_text(PASSWORD + "\n")
    (folder / "wrong-password").write_text(WRONG_PASSWORD)
    (folder / "key-password").write_text(KEY_PASSWORD)
    plain_port, controller_port = claim_port(), claim_port()
    others = [claim_port() for _ in PROTOCOLS]
    addresses = {name: f"{HOST}:{port}" for name, port in zip(PROTOCOLS, others, strict=True)}
    advertised = ",".join(f"{name}://{address}" for name, address in addresses.items())
    settings = {
        "listeners": f"PLAINTEXT://{HOST}:{plain_port},CONTROLLER://{HOST}:{controller_port},{advertised}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{plain_port},{advertised}",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listener.security.protocol.map": ",".join(
            ["CONTROLLER:PLAINTEXT", "PLAINTEXT:PLAINTEXT", *(f"{name}:{protocol}" for name, protocol in PROTOCOLS.items())]
        ),
        **asking_for_a_password("SECURE", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
        **asking_for_a_password("OPEN", "SCRAM-SHA-256"),
        "listener.name.mutual.ssl.client.auth": "required",
        "listener.name.mutual.ssl.truststore.type": "PEM",
        "listener.name.mutual.ssl.truststore.location": str(folder / "authority.pem"),
    }
    for name, address in {"SECURE": HOST, "MUTUAL": HOST, "MISNAMED": "127.0.0.2"}.items():
        certify(name, authority, address).save(folder, name)
        both = (folder / f"{name}-both.pem", folder / f"{name}-key.pem", folder / f"{name}.pem")
        both[0].write_bytes(both[1].read_bytes() + both[2].read_bytes())
        settings[f"listener.name.{name.lower()}.ssl.keystore.type"] = "PEM"
        settings[f"listener.name.{name.lower()}.ssl.keystore.location"] = str(both[0])
    format_with_users(folder / "kafka", settings)
    with EmbeddedKafka(folder / "kafka", plain_port, settings):
        yield Secured(folder, addresses)


def asking_for_a_password(listener: str, *mechanisms: str) -> dict[str, str]:
    """Kafka's settings for a listener; they hold PLAIN's users, while SCRAM's are in Kafka's own data."""
    name = f"listener.name.{listener.lower()}"
    logins = {
        "PLAIN": f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
        "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    }
    return {
        f"{name}.sasl.enabled.mechanisms": ",".join(mechanisms),
        **{f"{name}.{mechanism.lower()}.sasl.jaas.config": logins[mechanism] for mechanism in mechanisms},
    }


def format_with_users(folder: Path, settings: dict[str, str]) -> None:
    """Make Kafka's data folder as `EmbeddedKafka` would, with SCRAM's users in it."""
    folder.mkdir()
    (folder / "server.properties").write_text(kafka._properties(1, 2, settings))
    users = [f"--add-scram=SCRAM-SHA-{bits}=[name={USER},password={PASSWORD}]" for bits in (256, 512)]
    tool = kafka._java(kafka.install(), "kafka.tools.StorageTool", "format", "-t", "headwater", "-c", "server.properties")
    subprocess.run([*tool, *users], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("client", [AIOKafkaAdminClient, AIOKafkaProducer, AIOKafkaConsumer])
@pytest.mark.parametrize(
    ("listener", "settings"),
    [
        *(pytest.param("SECURE", {"SASL_MECHANISM": each}, id=f"TLS and {each}") for each in SaslMechanism),
        pytest.param("OPEN", {}, id="SCRAM without TLS"),
        pytest.param("MUTUAL", {}, id="TLS, with a certificate of ours whose key is encrypted"),
    ],
)
async def test_every_client_of_ours_gets_in(secured, client, listener, settings):
    async with opened(client(**connection(secured.settings(listener, **settings)))) as inside:
        metadata = await (inside.client if client is AIOKafkaProducer else inside._client).fetch_all_metadata()
    [broker] = metadata.brokers()
    assert f"{broker.host}:{broker.port}" == secured.addresses[listener]


@pytest.mark.parametrize(
    ("listener", "settings", "reason"),
    [
        *(
            pytest.param(
                *("SECURE", {"SASL_MECHANISM": each, "SASL_PASSWORD_FILE": "wrong-password"}, "SASL_PASSWORD"),
                id=f"a wrong password for {each}",
            )
            for each in SaslMechanism
        ),
        pytest.param("SECURE", {"SASL_USERNAME": "nobody"}, "SASL_USERNAME", id="an unknown user"),
        pytest.param("OPEN", {"SASL_MECHANISM": "PLAIN"}, "SASL_MECHANISM", id="a mechanism it does not offer"),
        pytest.param("SECURE", {"TLS_CA_FILE": "stranger.pem"}, "TLS_CA_FILE", id="another authority"),
        pytest.param("SECURE", {"TLS_CA_FILE": ""}, "TLS_CA_FILE", id="the system's authorities"),
        pytest.param("MISNAMED", {}, "not valid for '127.0.0.1'", id="a certificate for another name"),
        pytest.param("MUTUAL", dict.fromkeys(OURS, ""), "TLS_CERT_FILE", id="no client certificate where one is required"),
        pytest.param(
            *("SECURE", {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", "TLS_CA_FILE": ""}, "SECURITY_PROTOCOL"),
            id="no TLS where it is required",
        ),
        pytest.param(
            *("OPEN", {"SECURITY_PROTOCOL": "SASL_SSL", "TLS_CA_FILE": "authority.pem"}, "SECURITY_PROTOCOL"),
            id="TLS to a plaintext listener",
        ),
        pytest.param(
            *("OPEN", {"SECURITY_PROTOCOL": "", "SASL_USERNAME": "", "SASL_PASSWORD_FILE": ""}, "SECURITY_PROTOCOL"),
            id="no password where one is required",
        ),
    ],
)
async def test_a_refused_client_is_told_why(secured, listener, settings, reason):
    with pytest.raises(NotConnectedError) as caught:
        async with opened(AIOKafkaAdminClient(**connection(secured.settings(listener, **settings)))):
            pass
    assert reason in str(caught.value)
    assert WRONG_PASSWORD not in repr(caught.value)


async def test_of_several_brokers_the_one_that_refuses_us_gives_the_reason(secured):
    settings = {"SASL_PASSWORD_FILE": "wrong-password", "BROKERS": f"{HOST}:1,{secured.addresses['SECURE']},{HOST}:2"}
    with pytest.raises(NotConnectedError, match="SASL_PASSWORD"):
        async with opened(AIOKafkaProducer(**connection(secured.settings("SECURE", **settings)))):
            pass


def headline(listener: str) -> str:
    return f"The {listener.lower()} ferry resumes its service"


@pytest.mark.parametrize(
    ("listener", "settings"),
    [
        pytest.param("SECURE", {"SASL_MECHANISM": "PLAIN"}, id="SASL_SSL"),
        pytest.param("OPEN", {}, id="SASL_PLAINTEXT"),
        pytest.param("MUTUAL", {}, id="SSL"),
    ],
)
async def test_articles_go_all_the_way_and_no_log_of_any_level_holds_a_secret(secured, tmp_path, listener, settings):
    """Commands and a worker as processes, including Faust's client; the log at level debug has everything that is sent."""
    article = tmp_path / "article.json"
    article.write_bytes(orjson.dumps({"title": headline(listener), "text": "Boats leave at noon again."}))

    def start(*arguments: str) -> subprocess.Popen[str]:
        return secured.headwater(*arguments, listener=listener, **settings)

    said = []
    for command in (("topics", "create"), ("publish", str(article))):
        process = start(*command)
        said += process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0, said
    worker, tail = start("worker", "--loglevel", "debug"), start("tail", "news.enriched", "--json")
    log = asyncio.create_task(asyncio.to_thread(worker.communicate))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while headline(listener) not in (line := await asyncio.to_thread(tail.stdout.readline)):
                assert line, "tail has ended"
                said.append(line)
        worker.terminate()
        await asyncio.wait_for(asyncio.shield(log), TIMEOUT_S)
    finally:
        tail.kill()
        worker.kill()
        said += await log
    assert worker.returncode == 0, said[-1]
    assert tail.communicate()[1] == ""
    assert "1 accepted\n" in said
    assert "Request to" in said[-1], "the log has level debug"
    assert "SaslAuthenticate" not in said[-1]
    for secret in (PASSWORD, KEY_PASSWORD):
        assert secret not in "".join(said)


@pytest.mark.parametrize("command", [("worker",), ("publish", os.devnull)])
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        pytest.param({"SASL_PASSWORD_FILE": "wrong-password"}, "credentials", id="a wrong password"),
        pytest.param({"TLS_CA_FILE": "stranger.pem"}, "not trusted", id="a certificate of a stranger"),
    ],
)
def test_a_command_that_does_not_get_in_says_so_in_one_line_and_ends_with_status_1(secured, command, settings, reason):
    process = secured.headwater(*command, listener="SECURE", **settings)
    output, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 1
    assert output == ""
    assert errors.startswith(f"Error: Kafka at {secured.addresses['SECURE']}: ")
    assert errors.count("\n") == 1
    assert reason in errors
    assert WRONG_PASSWORD not in errors


def test_tls_is_1_2_or_newer_checks_the_name_and_is_set_up_once(secured):
    settings = secured.settings("MUTUAL")
    context = tls_context(settings)
    assert context is tls_context(secured.settings("MUTUAL"))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert tls_context(Settings()) is None


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        pytest.param({"TLS_KEY_PASSWORD_FILE": ""}, "HEADWATER_TLS_KEY_PASSWORD", id="an encrypted key without its password"),
        pytest.param(
            {"TLS_KEY_PASSWORD_FILE": "password"}, "HEADWATER_TLS_KEY_PASSWORD", id="a password that does not open it"
        ),
        pytest.param({"TLS_KEY_FILE": "stranger-key.pem"}, "HEADWATER_TLS_KEY_FILE", id="the key of another certificate"),
        pytest.param({"TLS_CERT_FILE": "password"}, "HEADWATER_TLS_CERT_FILE", id="a file that is not a certificate"),
        pytest.param({"TLS_CA_FILE": "password"}, "HEADWATER_TLS_CA_FILE", id="a file without an authority"),
    ],
)
def test_unusable_certificates_are_errors_in_the_settings(secured, settings, variable):
    with pytest.raises(SettingsError, match=variable) as caught:
        secured.settings("MUTUAL", **settings)
    assert PASSWORD not in str(caught.value)
    assert KEY_PASSWORD not in str(caught.value)

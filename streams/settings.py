"""Settings: one frozen dataclass, read once from the variables ``HEADWATER_…`` of the environment and of a settings file."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from streams import lazy_re as re
from streams.settings_file import IN_FILE as _FILE
from streams.settings_file import PREFIX, VARIABLE, SettingsFileError, gather
from streams.text.duplicates import DuplicateKind
from streams.text.language.opinions import LanguageCheck, LanguageDetector

LATE_S = 7 * 24 * 3600
"""How far behind the newest of its partition a record may be and still find everything that is remembered for it."""


class SecurityProtocol(StrEnum):
    """How clients talk to Kafka; the names are Kafka's own."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def tls(self) -> bool:
        """Encrypted, with a broker that proves its identity."""
        return self in {self.SSL, self.SASL_SSL}

    @property
    def sasl(self) -> bool:
        """We prove our identity with a user name and password."""
        return self in {self.SASL_PLAINTEXT, self.SASL_SSL}


class SaslMechanism(StrEnum):
    """How the password is proved. PLAIN sends it; with SCRAM it never leaves this machine."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class Codec(StrEnum):
    """How the batches of a topic are compressed; Kafka's own names."""

    ZSTD = "zstd"
    GZIP = "gzip"


class EmbargoPolicy(StrEnum):
    """What happens to an article whose embargo ends later than its record's timestamp."""

    MARK = "mark"  # passed on, with the embargo in the document and headers
    HOLD = "hold"  # rejected as embargoed, until a replay releases it


class OnChangedTopic(StrEnum):
    """What to do if a topic is not the one that was worked on: recreated, truncated, or in another cluster."""

    STOP = "stop"
    BEGIN_ANEW = "begin-anew"


class TransactionProtocol(StrEnum):
    """Which of Kafka's transactions a worker uses: the newest that the cluster supports, or always v0."""

    NEWEST = "newest"
    V0 = "v0"


class SettingsError(ValueError):
    """One or more variables have an unusable value; the message names all of them."""


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


_HOST = re.compile(r"\[[\w:.%]+\]|[^\[\]\s/]+")  # IPv6 in brackets, or a name


def _brokers(value: str) -> tuple[str, ...]:
    brokers = tuple(part.strip() for part in value.split(",") if part.strip())
    if not brokers:
        raise ValueError("must be host:port, or several separated by commas")
    for broker in brokers:
        host, _, port = broker.rpartition(":")
        if not _HOST.fullmatch(host) or not port.isdecimal() or not 0 < int(port) < 1 << 16:
            raise ValueError(f"must be host:port, or several separated by commas; found {broker!r}")
    return brokers


def _whole(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    def read(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError(f"must be a whole number, found {value!r}") from None
        if number < minimum:
            raise ValueError(f"must be at least {minimum}, found {number}")
        if maximum is not None and number > maximum:
            raise ValueError(f"must be at most {maximum}, found {number}")
        return number

    return read


# Five years: a longer window is probably in milliseconds.
_window = _whole(1, 5 * 366 * 24 * 3600)


def _app_id(value: str) -> str:
    # It is the prefix of topic names and the name of a folder; what follows must fit into Kafka's 249 characters.
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", value.strip()) or not value.strip().strip("."):
        raise ValueError(f"must be letters, digits, '.', '_' and '-', at most 200, as Kafka names topics; found {value!r}")
    return value.strip()


def _yes_or_no(value: str) -> bool:
    answers = {"yes": True, "no": False}
    if (answer := answers.get(value.strip().lower())) is None:
        raise ValueError(f"must be yes or no, found {value!r}")
    return answer


def _addresses(value: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in value.split(",") if part.strip())
    for address in addresses:
        if not re.fullmatch(r"https?://[^\s/]+/?", address):
            raise ValueError(f"must be http://host:port, or several separated by commas; found {address!r}")
    return addresses


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in value.split(",") if part.strip())


def _kinds(value: str) -> frozenset[DuplicateKind]:
    names = [part.strip() for part in value.split(",") if part.strip()] or [""]
    if names == ["none"]:
        return frozenset()
    try:
        return frozenset(DuplicateKind(name) for name in names)
    except ValueError:
        raise ValueError(f"must be some of {', '.join(DuplicateKind)}, or none; found {value!r}") from None


def _one_of(choices: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(value: str) -> StrEnum:
        for choice in choices:
            if choice.lower() == value.strip().lower():
                return choice
        raise ValueError(f"must be one of {', '.join(choices)}; found {value!r}")

    return read


def _file(value: str) -> Path:
    path = Path(_text(value))
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror}: {value!r}") from None
    return path


def _certificates(value: str) -> Path:
    path = _file(value)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise ValueError(f"does not hold a certificate in PEM: {value!r}") from None
    return path


# Messages about a secret never quote the value: by mistake, even the file's name may be the secret itself.
def _secret(value: str) -> str:
    if not value or any(each in value for each in "\0\r\n"):
        raise ValueError("must be one line")
    if any("\ud800" <= each <= "\udfff" for each in value):  # how Python represents undecodable bytes of the environment
        raise ValueError("is not in UTF-8")
    return value


def _secret_from_file(path: str) -> str:
    try:
        content = Path(path.strip()).read_text("utf-8")
    except OSError as error:
        raise ValueError(f"the file can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("the file is not in UTF-8") from None
    return _secret(content.removesuffix("\n").removesuffix("\r"))


def _setting(default: Any, read: Callable[[str], Any], unit: str, meaning: str, *, secret: bool = False) -> Any:
    """A setting, declared in one place: its default, how it is read, its unit and its meaning.

    A secret is left out of `repr`, and may also come from the file that the variable with the suffix _FILE names.
    """
    metadata = {"read": read, "unit": unit, "meaning": meaning, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a person can set. ``Settings.from_environment()`` reads and checks all of it at once."""

    brokers: tuple[str, ...] = _setting(
        ("127.0.0.1:9092",), _brokers, "host:port,…", "the Kafka to work on; `run` starts one of its own when unset"
    )
    app_id: str = _setting(
        "headwater", _app_id, "", "names the consumer group, the transactions and the changelog: one stream, one id"
    )
    state_dir: Path = _setting(
        Path(".headwater"), lambda value: Path(_text(value)), "folder", "where a worker keeps its local state"
    )
    partitions: int = _setting(4, _whole(1, 100_000), "", "partitions of each topic at `topics create`; bounds the workers")
    replication: int = _setting(1, _whole(1, 1_000), "", "copies of each topic at `topics create`; 3 in production")
    window_s: int = _setting(
        72 * 3600, _window, "seconds", "two articles of one headline are repeats when their times are this close"
    )
    story_window_s: int = _setting(
        72 * 3600, _window, "seconds", "an article may join a story whose articles' times lie this close to its own"
    )
    most_stories: int = _setting(
        200_000,
        _whole(1, 1_000_000_000),
        "stories",
        "how many are remembered per partition of news.signatures, about 0.8 kB each; the oldest are forgotten first",
    )
    suppress: frozenset[DuplicateKind] = _setting(
        frozenset(DuplicateKind) - {DuplicateKind.NEW_VERSION, DuplicateKind.RUBRIC},
        _kinds,
        "kinds,…",
        "which kinds of repeat go to news.duplicates, not news.enriched (docs/repeats.md)",
    )
    embargo: EmbargoPolicy = _setting(
        EmbargoPolicy.MARK,
        _one_of(EmbargoPolicy),
        "",
        "an article under embargo by its record's time: mark passes it on, marked; hold rejects it as embargoed until a replay",
    )
    compression: Codec = _setting(
        Codec.ZSTD,
        _one_of(Codec),
        "",
        "of the topics that others read: zstd, or gzip for readers without zstd (kafkajs); set it before `topics create`",
    )
    source_header: str | None = _setting(
        None, _text, "", "a header that a gateway sets and producers cannot: its value becomes part of each article's id"
    )
    language_detector: LanguageDetector = _setting(
        LanguageDetector.HEADWATER,
        _one_of(LanguageDetector),
        "",
        "who names the language: headwater or langdetect",
    )
    language_check: LanguageCheck = _setting(
        LanguageCheck.NONE,
        _one_of(LanguageCheck),
        "",
        "who gives a second opinion on the language: none or langdetect",
    )
    max_article_bytes: int = _setting(2 << 20, _whole(1024, 4 << 20), "bytes", "a larger record is rejected; at most 4 MiB")
    max_unpacked_batch_bytes: int = _setting(
        64 << 20,
        _whole(32 << 20, 1 << 30),
        "bytes",
        "a producer's batch that is larger once decompressed is rejected as one; at least 32 MiB",
    )
    max_batch_records: int = _setting(2_000, _whole(1, 1_000_000), "records", "at most this many records in one transaction")
    linger_ms: int = _setting(
        10,
        _whole(0, 10_000),
        "milliseconds",
        "minimum gap between a step's transactions under load; 0 for none; at most 10,000",
    )
    session_timeout_s: int = _setting(
        10,
        _whole(6, 24 * 3600),
        "seconds",
        "a worker silent for this long loses its partitions to the others; at least 6, at most what the brokers take (1,800)",
    )
    instance_id: str | None = _setting(
        None, _text, "", "names this worker to its group: if it is back within the session timeout, it keeps its partitions"
    )
    web_port: int = _setting(0, _whole(0, 65_535), "port", "where a worker answers /health, /ready and /metrics; 0: nowhere")
    web_host: str = _setting("127.0.0.1", _text, "address", "the address it listens on; 0.0.0.0 for all of the machine's")
    stall_s: int = _setting(
        60, _whole(1, 365 * 24 * 3600), "seconds", "a worker that commits nothing for this long while records wait is unhealthy"
    )
    skip_foreign: bool = _setting(
        False,  # noqa: FBT003 - the fields before it have their default there, too
        _yes_or_no,
        "yes or no",
        "whether to pass over what others wrote into news.prepared or a changelog; with no, the worker stops there",
    )
    on_changed_topic: OnChangedTopic = _setting(
        OnChangedTopic.STOP,
        _one_of(OnChangedTopic),
        "",
        "what to do if a topic was recreated or truncated since it was worked on: stop, or begin-anew at its beginning",
    )
    transactions: TransactionProtocol = _setting(
        TransactionProtocol.NEWEST,
        _one_of(TransactionProtocol),
        "",
        "which Kafka transactions to use: the newest that the cluster supports (v2 since Kafka 4.0), or always the old v0",
    )
    console_port: int = _setting(8420, _whole(0, 65_535), "port", "where `console` answers; 0: any that is free")
    console_host: str = _setting("127.0.0.1", _text, "address", "the address it listens on; 0.0.0.0 for all of the machine's")
    console_names: tuple[str, ...] = _setting(
        (), _names, "name,…", "host names by which browsers may reach the console, besides localhost and IP addresses"
    )
    console_token: str | None = _setting(
        None,
        _secret,
        "",
        "whoever has it may replay from the console; if unset, one is made up and printed; or HEADWATER_CONSOLE_TOKEN_FILE",
        secret=True,
    )
    console_workers: tuple[str, ...] = _setting((), _addresses, "http://host:port,…", "workers whose /ready the console shows")
    http_connections: int = _setting(
        500,
        _whole(1, 10_000),
        "number",
        "connections that `console`, `serve` and `ingest` hold open, each process for itself; more are told to come back (503)",
    )
    ingest_token: str | None = _setting(
        None,
        _secret,
        "",
        "whoever has it may send articles to `ingest`; if unset, one is made up and printed; or HEADWATER_INGEST_TOKEN_FILE",
        secret=True,
    )
    webhook_secret: str | None = _setting(
        None, _secret, "", "what `webhook` signs with: whsec_ and base64; or HEADWATER_WEBHOOK_SECRET_FILE", secret=True
    )
    security_protocol: SecurityProtocol = _setting(
        SecurityProtocol.PLAINTEXT, _one_of(SecurityProtocol), "", "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; SSL means TLS"
    )
    sasl_mechanism: SaslMechanism = _setting(
        SaslMechanism.SCRAM_SHA_512, _one_of(SaslMechanism), "", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    sasl_username: str | None = _setting(None, _text, "", "the user name to log in to Kafka with")
    sasl_password: str | None = _setting(
        None, _secret, "", "its password; or HEADWATER_SASL_PASSWORD_FILE, the file that holds it", secret=True
    )
    tls_ca_file: Path | None = _setting(
        None, _certificates, "file, PEM", "the certificate authorities to trust for brokers; if unset, the system's"
    )
    tls_cert_file: Path | None = _setting(
        None, _file, "file, PEM", "Headwater's own certificate, for a Kafka that asks for one"
    )
    tls_key_file: Path | None = _setting(None, _file, "file, PEM", "the key of that certificate")
    tls_key_password: str | None = _setting(
        None,
        _secret,
        "",
        "decrypts the key if it is encrypted; or HEADWATER_TLS_KEY_PASSWORD_FILE, the file that holds it",
        secret=True,
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read every variable that is set; an empty one counts as unset if the setting has no default.

        Without an ``environment``, that of the process is used, complemented by the settings file
        (:mod:`streams.settings_file`).

        Raises:
            SettingsError: names each variable with an unusable value, and each unknown one that starts with HEADWATER_.
        """
        environment = variables_in_force() if environment is None else environment
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        in_files = {variable + _FILE: each for variable, each in known.items() if each.metadata["secret"]}
        values: dict[str, Any] = {}
        unusable: set[str] = set()
        wrong: list[str] = []
        for variable in sorted(name for name in environment if name.startswith(PREFIX) and name != VARIABLE):
            setting = known.get(variable) or in_files.get(variable)
            if setting is None:
                wrong.append(f"{variable}: there is no such setting")
                continue
            if setting.default is None and not environment[variable].strip():
                continue
            if setting.name in values or setting.name in unusable:
                wrong.append(f"{variable}: {variable.removesuffix(_FILE)} is also set; set only one of them")
                continue
            read = _secret_from_file if variable in in_files else setting.metadata["read"]
            try:
                values[setting.name] = read(environment[variable])
            except ValueError as error:
                wrong.append(f"{variable}: {error}")
                unusable.add(setting.name)
        wrong += [
            f"{PREFIX}{names[0].upper()}: {message}"
            for names, message in _contradictions(cls(**values), values.keys())
            if unusable.isdisjoint(names)
        ]
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(**values)

    @property
    def window_ms(self) -> int:
        return self.window_s * 1000

    @property
    def remember_s(self) -> int:
        """How long a headline's owner is remembered, by the time of its partition, which its records make.

        A record that is at most :data:`LATE_S` late looks back as far as the window. However long it waited for a worker, the
        partition's time has waited with it.
        """
        return self.window_s + LATE_S + 24 * 3600

    def as_environment(self) -> dict[str, str]:
        """The same settings as variables, for a child process; without secrets.

        A child gets a secret as we did: through the variable, or the one with its file's name, that it inherits; or from the
        settings file, which it reads again. So a secret from a file is in no process's environment.
        """
        return {
            PREFIX + each.name.upper(): written_value(getattr(self, each.name))
            for each in fields(self)
            if not each.metadata["secret"]
        }


def variables_in_force() -> dict[str, str]:
    """The variables of the process, complemented by those of the settings file.

    Raises:
        SettingsError: that file is unusable.
    """
    try:
        return gather(os.environ, Path()).values
    except SettingsFileError as error:
        raise SettingsError(str(error)) from error


def written_value(value: object) -> str:
    """A setting's value in the form that its variable takes."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case frozenset():
            return ",".join(sorted(map(str, value))) or "none"
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


def settings_document() -> str:
    """docs/configuration.md: every setting, generated from the declarations."""
    rows = (
        f"| `{PREFIX}{each.name.upper()}` | {_code(written_value(each.default))} | {each.metadata['unit']} | {_meaning(each)} |"
        for each in fields(Settings)
    )
    return "\n".join((_CONFIGURATION_HEAD, *rows, ""))


_CONFIGURATION_HEAD = """<!-- Made by `headwater settings --markdown`: change streams/settings.py instead. -->
# Configuration

Every command reads these variables: from the environment, and beneath it from the file that `HEADWATER_SETTINGS_FILE` names, or
`.env` in the working folder (lines of `NAME=value`; `HEADWATER_SETTINGS_FILE=` alone reads none). A wrong one ends the command
with a line that names each. `headwater settings` shows what is in force, and from where.

| variable | default | unit | meaning |
|---|---|---|---|"""


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _meaning(setting: Field[Any]) -> str:
    meaning: str = setting.metadata["meaning"].replace("|", "\\|")
    return meaning


def _contradictions(settings: Settings, named: Collection[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What does not fit together: the settings concerned, and what is wrong with the first of them.

    `named` are the settings that were set. One without effect is an error too: a person who names an authority to trust, but
    forgets the protocol, would send everything unencrypted.
    """
    protocol = settings.security_protocol
    # `run` without HEADWATER_BROKERS starts a Kafka of its own, which has no security.
    wanted = {"brokers"} if protocol is not SecurityProtocol.PLAINTEXT else set()
    idle: set[str] = set()
    (wanted if protocol.sasl else idle).update(("sasl_username", "sasl_password"))
    certificate, key, password = settings.tls_cert_file, settings.tls_key_file, settings.tls_key_password
    if not protocol.tls:
        idle.update(("tls_ca_file", "tls_cert_file", "tls_key_file", "tls_key_password"))
    elif certificate and not key:
        yield ("tls_key_file", "tls_cert_file"), f"is needed by {PREFIX}TLS_CERT_FILE"
    elif key and not certificate:
        yield ("tls_cert_file", "tls_key_file"), f"is needed by {PREFIX}TLS_KEY_FILE"
    elif password and not key:
        yield ("tls_key_file", "tls_key_password"), f"is needed by {PREFIX}TLS_KEY_PASSWORD"
    elif certificate and key:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, lambda: password or "")
        except (ssl.SSLError, ValueError):
            message = (
                "is not a certificate in PEM, or {0}TLS_KEY_FILE is not its key, or {0}TLS_KEY_PASSWORD does not open that"
            )
            yield ("tls_cert_file", "tls_key_file", "tls_key_password"), message.format(PREFIX)
    for name in sorted(wanted.difference(named)):
        yield (name, "security_protocol"), f"is needed by {PREFIX}SECURITY_PROTOCOL={protocol}"
    for name in sorted(idle.intersection(named)):
        yield (name, "security_protocol"), f"has no effect with {PREFIX}SECURITY_PROTOCOL={protocol}"

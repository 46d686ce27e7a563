"""Settings: one frozen dataclass, read once from the environment variables ``HEADWATER_…``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from streams.enrich.duplicates import DuplicateKind

PREFIX = "HEADWATER_"

RETENTION_S = 7 * 24 * 3600
"""How long Kafka keeps a record of news.raw and news.prepared: so long it may wait for a worker."""


class SettingsError(ValueError):
    """One or more variables hold a value that can't be used; the message names every one of them."""


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _brokers(value: str) -> tuple[str, ...]:
    brokers = tuple(part.strip() for part in value.split(",") if part.strip())
    if not brokers:
        raise ValueError("wants host:port, or several separated by commas")
    for broker in brokers:
        host, _, port = broker.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"wants host:port, or several separated by commas; found {broker!r}")
    return brokers


def _whole(minimum: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError(f"wants a whole number, found {value!r}") from None
        if number < minimum:
            raise ValueError(f"wants at least {minimum}, found {number}")
        return number

    return read


def _kinds(value: str) -> frozenset[DuplicateKind]:
    names = [part.strip() for part in value.split(",") if part.strip()]
    if names == ["none"]:
        return frozenset()
    try:
        return frozenset(DuplicateKind(name) for name in names)
    except ValueError:
        raise ValueError(f"wants some of {', '.join(DuplicateKind)}, or none; found {value!r}") from None


def _setting(default: Any, read: Callable[[str], Any], unit: str, meaning: str) -> Any:
    return field(default=default, metadata={"read": read, "unit": unit, "meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a person can set. ``Settings.from_environment()`` reads and checks all of it at once."""

    brokers: tuple[str, ...] = _setting(
        ("127.0.0.1:9092",), _brokers, "host:port,…", "the Kafka to work on; `run` starts one of its own when unset"
    )
    app_id: str = _setting(
        "headwater", _text, "", "names the consumer group, the transactions and the changelog: one stream, one id"
    )
    state_dir: Path = _setting(
        Path(".headwater"), lambda value: Path(_text(value)), "folder", "where a worker keeps its local state"
    )
    partitions: int = _setting(4, _whole(1), "", "partitions of each topic at `topics create`; bounds the workers")
    replication: int = _setting(1, _whole(1), "", "copies of each topic at `topics create`; 3 in production")
    window_s: int = _setting(
        72 * 3600, _whole(1), "seconds", "two articles of one headline are repeats when their times lie this close"
    )
    suppress: frozenset[DuplicateKind] = _setting(
        frozenset(DuplicateKind), _kinds, "kinds,…", "which kinds of duplicate go to news.duplicates, not news.enriched"
    )
    max_article_bytes: int = _setting(2 << 20, _whole(1024), "bytes", "a larger record is rejected")
    max_batch_records: int = _setting(500, _whole(1), "records", "at most this many records in one transaction")
    session_timeout_s: int = _setting(
        10, _whole(6), "seconds", "a worker silent for this long loses its partitions to the others"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read every variable that is set.

        Raises:
            SettingsError: naming each variable that can't be used, and each that starts with HEADWATER_ but is none.
        """
        environment = os.environ if environment is None else environment
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for variable in sorted(name for name in environment if name.startswith(PREFIX)):
            if variable not in known:
                wrong.append(f"{variable}: there is no such setting")
                continue
            setting = known[variable]
            try:
                values[setting.name] = setting.metadata["read"](environment[variable])
            except ValueError as error:
                wrong.append(f"{variable}: {error}")
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(**values)

    @property
    def window_ms(self) -> int:
        return self.window_s * 1000

    @property
    def remember_s(self) -> int:
        """How long a headline's owner is remembered: no decision can need it any more by then.

        A record waits at most a week to be decided on (the retention of its topic), and asks back as far as the window.
        """
        return self.window_s + RETENTION_S + 24 * 3600

    def as_environment(self) -> dict[str, str]:
        """The same settings as variables, for a child process."""
        return {
            PREFIX + "BROKERS": ",".join(self.brokers),
            PREFIX + "APP_ID": self.app_id,
            PREFIX + "STATE_DIR": str(self.state_dir),
            PREFIX + "PARTITIONS": str(self.partitions),
            PREFIX + "REPLICATION": str(self.replication),
            PREFIX + "WINDOW_S": str(self.window_s),
            PREFIX + "SUPPRESS": ",".join(sorted(self.suppress)) or "none",
            PREFIX + "MAX_ARTICLE_BYTES": str(self.max_article_bytes),
            PREFIX + "MAX_BATCH_RECORDS": str(self.max_batch_records),
            PREFIX + "SESSION_TIMEOUT_S": str(self.session_timeout_s),
        }

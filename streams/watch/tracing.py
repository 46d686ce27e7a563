"""Whether a worker reports spans, decided by OpenTelemetry's own variables; :mod:`streams.watch.spans` reports them."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final, cast

from streams.kafka.observer import Observer, Observers
from streams.settings import Settings

log = logging.getLogger(__name__)

_SET_UP: Final = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def traced(observer: Observer, settings: Settings) -> Observer:
    """The observer, joined by one that reports spans if OpenTelemetry's SDK is installed and configured."""
    if not is_wanted(os.environ):
        return observer
    if not is_installed():
        log.warning("OpenTelemetry is configured but not installed: no spans (pip install opentelemetry-sdk)")
        return observer
    try:
        spans = import_module("streams.watch.spans").spans(settings)
    except (ImportError, LookupError, ValueError) as error:
        log.warning("OpenTelemetry can't be started, so there are no spans: %s", error)
        return observer
    return Observers(observer, cast("Observer", spans))


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment says where spans should go: an exporter other than "none", or an OTLP address."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    return any(environment.get(name) for name in _SET_UP)


def is_installed() -> bool:
    """Whether OpenTelemetry's SDK is installed."""
    try:
        return find_spec("opentelemetry.sdk.trace") is not None
    except ModuleNotFoundError:
        return False

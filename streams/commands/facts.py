"""Facts about a record by name, for `tail --where` and `--format`. Pure.

A name is one of topic, partition, offset, place, key, value, time, timestamp, reason; or a header, by its full name or the part
after ``ce_`` or ``__streams.errors.``; or a field of the document, with dots between levels: ``language``,
``headlines.0.value``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from streams import lazy_re as re
from streams.documents import ERRORS, REASON_HEADER, time_text
from streams.rejected.letters import plain
from streams.steps import Record, header, origin

_PREFIXES: Final = ("", "ce_", ERRORS)

_OF_RECORD: Final[Mapping[str, Callable[[Record], Any]]] = {
    "topic": lambda record: record.topic,
    "partition": lambda record: record.partition,
    "offset": lambda record: record.offset,
    "place": origin,
    "key": lambda record: _text(record.key),
    "value": lambda record: _text(record.value),
    "time": lambda record: time_text(record.timestamp),
    "timestamp": lambda record: record.timestamp,
    "reason": lambda record: header(record, REASON_HEADER),
}


def fact(record: Record, name: str) -> str | None:
    """The fact with this name; None if the record has none."""
    if name in _OF_RECORD:
        return _written(_OF_RECORD[name](record))
    for prefix in _PREFIXES:
        if (found := header(record, prefix + name)) is not None:
            return found
    try:
        document = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return None
    return _written(_within(document, name))


def _within(document: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and part.isdecimal() and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document


def _written(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # nested too deeply to be written
        return None


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


_CONDITION = re.compile(r"(?P<name>[^=~!]+)(?P<sign>=|!=|~)(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """``name=value``, ``name!=value``, or ``name~value`` (contains it). Case is ignored."""

    name: str
    sign: str
    value: str

    @classmethod
    def read(cls, text: str) -> Condition:
        """Parse a condition.

        Raises:
            ValueError: it is malformed.
        """
        match = _CONDITION.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a condition: must be NAME=VALUE, NAME!=VALUE or NAME~TEXT")
        return cls(match["name"].strip(), match["sign"], match["value"].strip().casefold())

    def holds(self, record: Record) -> bool:
        """Whether the record meets the condition. A missing fact is unequal to everything except the empty value."""
        found = (fact(record, self.name) or "").casefold()
        if self.sign == "~":
            return self.value in found
        return (found == self.value) is (self.sign == "=")


_ESCAPES: Final = {r"\t": "\t", r"\n": "\n", r"\\": "\\"}
_PARTS = re.compile(r"\\[tn\\]|\{([^{}]+)\}")
_UNCLOSED = re.compile(r"\{[\w.][^{}]*(?=\{|\Z)")


def check_template(template: str) -> str:
    """The template itself. Braces around anything but a name are text, as in ``{"lang": "{language}"}``.

    Raises:
        ValueError: it has no name in braces, or a brace that is not closed behind a name.
    """
    if (found := _UNCLOSED.search(template)) is not None:
        raise ValueError(f"{found[0]!r} is not closed: expected {{NAME}}")
    if not any(match[1] and match[1].strip() for match in _PARTS.finditer(template)):
        raise ValueError(f"{template!r} has no {{NAME}}, so all lines would be the same")
    return template


def formatted(record: Record, template: str) -> str:
    r"""The template with a record's facts in place of ``{name}``; ``\t`` and ``\n`` have their usual meaning.

    Facts are third-party text: their control characters are escaped, so that they cannot affect a terminal.
    """

    def filled(match: re.Match[str]) -> str:
        return _ESCAPES[match[0]] if match[1] is None else plain(fact(record, match[1].strip()) or "")

    return _PARTS.sub(filled, template)

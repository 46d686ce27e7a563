"""Which form a record has: JSON, HTML, plain text or XML; by its content type, else by its first bytes."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from streams import lazy_re as re


class Form(Enum):
    JSON = auto()
    HTML = auto()
    TEXT = auto()
    XML = auto()


_FORM_BY_MEDIA_TYPE: Final = {
    "application/json": Form.JSON,
    "text/json": Form.JSON,
    "text/html": Form.HTML,
    "application/xhtml+xml": Form.HTML,
    "text/plain": Form.TEXT,
}
_JSON_START = re.compile(
    rb'\s*(?:\{|\[\s*(?:[\[{"\]]|-?\d+\s*,)'
    rb'|"(?:\s|\\[nrt"\\])*[\[{](?:\s|\\[nrt]|[\[{])*\\)'  # JSON in a string
)
_OBJECT_START = re.compile(rb'\s*\{\s*"[^"\\]{1,60}"\s*:')
_HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|!--|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)
_XML_START = re.compile(rb"\s*<(?:\?xml|rss|feed|newsml|newsitem|newsmessage|nitf)\b", re.IGNORECASE)
_HTML_ROOT = re.compile(rb"<(?:!doctype\s+)?html", re.IGNORECASE)
_BEGINNING = 2_048  # bytes in which a page shows that it is HTML
# Bytes of a frame: Confluent's, a zero and the schema's id; AWS Glue's, a 3, a zero for "not compressed" and the id.
_FRAMES: Final = ((b"\0", 5), (b"\x03\0", 18))


def unframed(value: bytes) -> bytes:
    """Without the frame of a schema registry, Confluent's or AWS Glue's, if it holds JSON, which never begins like one."""
    for start, length in _FRAMES:
        if value.startswith(start) and value[length:].lstrip()[:1] in (b"{", b"["):
            return value[length:]
    return value


def declared_form(content_type: str | None) -> Form | None:
    """The form that a content type names; None if it names none that we read."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return Form.JSON if media_type.endswith("+json") else _FORM_BY_MEDIA_TYPE.get(media_type)


def _belies(value: bytes, form: Form) -> bool:
    """Whether bytes are certainly of another form than declared: a page as JSON, an object as HTML."""
    if form is Form.JSON:
        return _HTML_START.match(value) is not None
    return form is Form.HTML and _OBJECT_START.match(value) is not None


def form_of(value: bytes, content_type: str | None) -> Form:
    """The form of bytes in an encoding that includes ASCII."""
    if (form := declared_form(content_type)) and not _belies(value, form):
        return form
    if _JSON_START.match(value):
        return Form.JSON
    if _XML_START.match(value):
        return Form.HTML if _HTML_ROOT.search(value, 0, _BEGINNING) else Form.XML
    return Form.HTML if _HTML_START.match(value) else Form.TEXT

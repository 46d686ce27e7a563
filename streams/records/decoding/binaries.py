"""Formats that are not text: each is refused by name, so that its producer knows what to change."""

from __future__ import annotations

import struct
from typing import Final

from streams import lazy_re as re

# The first bytes of files and messages of each format, and where. If a text could begin the same way, more is checked.
_SIGNATURES: Final = (
    (0, rb"%PDF-", "PDF"),
    (0, rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "zip (as Word's .docx and EPUB are)"),
    (0, rb"\x1f\x8b[\x00-\x08]", "gzip"),
    (0, rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", "Zstandard"),
    (0, rb"\x04\x22\x4d\x18", "LZ4"),
    (0, rb"BZh[1-9]1AY&SY", "bzip2"),
    (0, rb"\xfd7zXZ\x00", "xz"),
    (0, rb"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (0, rb"Rar!\x1a\x07", "RAR"),
    (0, rb"\xff\x06\x00\x00sNaPpY", "Snappy"),
    (257, rb"ustar[\x00 ]", "tar"),
    (0, rb"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, rb"\xff\xd8\xff", "a JPEG image"),
    (0, rb"GIF8[79]a", "a GIF image"),
    (0, rb"RIFF....WEBP", "a WebP image"),
    (0, rb"RIFF....(?:WAVE|AVI )", "audio or video (RIFF)"),
    (0, rb"II\*\x00|MM\x00\*", "a TIFF image"),
    (0, rb"BM.{4}\x00\x00\x00\x00", "a BMP image"),
    (0, rb"\x00\x00\x01\x00[\x01-\xff]\x00", "an icon"),
    (4, rb"ftyp(?:avif|heic|heix|mif1)", "an image (AVIF or HEIC)"),
    (4, rb"ftyp", "a video (MP4)"),
    (0, rb"ID3[\x02-\x04]\x00|\xff[\xfb\xf3\xf2][\x10-\xf0]", "audio (MP3)"),
    (0, rb"OggS\x00", "audio or video (Ogg)"),
    (0, rb"fLaC\x00", "audio (FLAC)"),
    (0, rb"\x1aE\xdf\xa3", "a video (Matroska)"),
    (0, rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (0, rb"\{\\rtf\d", "RTF"),
    (0, rb"Obj\x01", "Avro (a container file)"),
    (0, rb"\xc3\x01.{8}", "Avro (single object)"),
    (0, rb"PAR1", "Parquet"),
    (0, rb"ORC\x0a|ORC$", "ORC"),
    (0, rb"ARROW1\x00", "Arrow"),
    (0, rb"SQLite format 3\x00", "an SQLite database"),
    (0, rb"\x80[\x02-\x05](?:[\x95}\]c(]|q\x00)", "a Python pickle"),
    (0, rb"\xac\xed\x00\x05", "a serialised Java object"),
    (0, rb"\x7fELF|MZ\x90\x00", "a program"),
    (0, rb"wOF[F2]", "a font"),
)
_BY_PLACE: Final = tuple((at, re.compile(pattern, re.DOTALL), name) for at, pattern, name in _SIGNATURES)
_ANY = re.compile(b"|".join(b".{%d}(?:%b)" % (at, pattern) for at, pattern, _ in _SIGNATURES), re.DOTALL)
_FRAME_BYTES = 5  # Confluent's: a zero, then the schema's id in four bytes
_MOST_SCHEMAS = 1 << 24  # registries give small numbers as ids
_SPACE: Final = b" \t\r\n\x0b\x0c"
_FIRST_PRINTABLE: Final = 0x20
_CONTROLS: Final = bytes((*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)))


def binary_form(value: bytes) -> str | None:
    """The binary format of a record, by its beginning and structure; None for what may be text."""
    if _ANY.match(value):
        return next(name for at, pattern, name in _BY_PLACE if pattern.match(value, at))
    first = value[0] if value else 0
    if first == 0 and len(value) > _FRAME_BYTES and int.from_bytes(value[1:_FRAME_BYTES], "big") < _MOST_SCHEMAS:
        return "Avro or Protobuf in a Confluent frame" if _has_controls(value) or not _is_utf8(value) else None
    if _is_bson(value):
        return "BSON"
    return _message_form(value)


def _message_form(value: bytes) -> str | None:
    """The format of a message that has no frame, by its structure."""
    first = value[0] if value else 0
    if first >= _FIRST_PRINTABLE and not _has_controls(value) and _is_utf8(value):  # text: no message begins and goes on so
        return None
    if not _is_utf8(value[:64]) or first < _FIRST_PRINTABLE:
        if _is_messagepack(value):
            return "MessagePack"
        if _is_cbor(value):
            return "CBOR"
    if _is_one_field(value) or (first not in _SPACE[:1] and _has_controls(value) and _is_protobuf(value)):
        return "Protobuf"
    return "Avro" if _is_avro(value) else None


def _has_controls(value: bytes) -> bool:
    head = value[:4_096]
    return len(head.translate(None, _CONTROLS)) < len(head)  # three times as fast as a pattern


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(value) - 3 and error.reason == "unexpected end of data"  # cut off by us
    return True


def _is_bson(value: bytes) -> bool:
    """Whether it is a document that begins with its own length and ends with a zero."""
    return len(value) > 4 and value[-1] == 0 and struct.unpack_from("<i", value)[0] == len(value)


_KEY = rb"[A-Za-z_@$][\w@$:.-]*"
# A map (fixmap, map 16, map 32) whose first key is a string (fixstr, str 8).
_MESSAGEPACK = re.compile(rb"[\x91-\x9f]?(?:[\x81-\x8f]|\xde..|\xdf....|[\x91-\x9f])(?:([\xa1-\xbf])|\xd9(.))", re.DOTALL)
# A map (of up to 23, of 1 or 2 bytes' length, or open) whose first key is a text of up to 23 bytes.
_CBOR = re.compile(rb"(?:\xd9\xd9\xf7)?(?:[\xa1-\xb7]|\xb8.|\xb9..|\xbf)([\x61-\x77])", re.DOTALL)


def _is_messagepack(value: bytes) -> bool:
    found = _MESSAGEPACK.match(value)
    if not found:
        return False
    length = found[1][0] - 0xA0 if found[1] else found[2][0]
    return _is_key(value[found.end() : found.end() + length], length)


def _is_cbor(value: bytes) -> bool:
    found = _CBOR.match(value)
    return found is not None and _is_key(value[found.end() : found.end() + found[1][0] - 0x60], found[1][0] - 0x60)


def _is_key(name: bytes, length: int) -> bool:
    return len(name) == length and re.fullmatch(_KEY, name) is not None


_ONE_FIELD = b"\x0a"  # the tag of a message's first field, if it is a text: also the end of a line


def _is_one_field(value: bytes) -> bool:
    """Whether it is a message of one short text: its length, which reads as a character, is that of the rest."""
    return value[:1] == _ONE_FIELD and 2 < len(value) < 0x80 + 2 and value[1] == len(value) - 2 and value[1] not in _SPACE


_LEAST_AVRO_TEXTS, _LEAST_AVRO_SHARE = 2, 0.8


def _is_avro(value: bytes) -> bool:
    """Whether it is Avro's bare encoding: texts behind their lengths, with few other bytes between, to the very end."""
    if not (_has_controls(value) or not _is_utf8(value)):
        return False
    at = texts = said = items = 0
    while at < len(value):
        items += 1
        number, after = _varint(value, at)
        if after < 0 or items > _MOST_FIELDS:
            return False
        length = number >> 1
        piece = value[after : after + length]
        if number % 2 == 0 and length > 1 and len(piece) == length and not _has_controls(piece) and _is_utf8(piece):
            at, texts, said = after + length, texts + 1, said + length
        elif number % 2 and number > 1:
            return False
        else:  # a number, a boolean, a branch of a union
            at = after
    return texts >= _LEAST_AVRO_TEXTS and said >= _LEAST_AVRO_SHARE * len(value)


_LEAST_FIELDS, _MOST_FIELDS = 2, 10_000
_FIXED_BYTES: Final = {1: 8, 5: 4}  # by wire type
_LENGTH, _VARINT = 2, 0


def _is_protobuf(value: bytes) -> bool:
    """Whether all bytes are fields of a message, one after the other, at least one of them a text or a message."""
    at = fields = texts = 0
    while at < len(value) and fields <= _MOST_FIELDS:
        tag, at = _varint(value, at)
        kind = tag & 7
        if at < 0 or not 0 < tag >> 3 < 1 << 16:
            return False
        if kind == _LENGTH:
            length, at = _varint(value, at)
            texts += 1
            at = -1 if at < 0 else at + length
        elif kind == _VARINT:
            _, at = _varint(value, at)
        else:
            at = at + _FIXED_BYTES[kind] if kind in _FIXED_BYTES else -1
        if not 0 <= at <= len(value):
            return False
        fields += 1
    return at == len(value) and fields >= _LEAST_FIELDS and texts > 0


def _varint(value: bytes, at: int) -> tuple[int, int]:
    """A number with seven bits per byte, and where it ends; -1 if there is none."""
    number = 0
    for shift in range(0, 35, 7):
        if at >= len(value):
            return 0, -1
        byte = value[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    return 0, -1

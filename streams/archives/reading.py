"""An archive → its responses, each with where the next record begins.

warcio finds the records, whether compressed one by one (gzip) or not. It takes a truncated archive for a complete one, so
records are checked for completeness here.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from streams.archives.pages import MOST_PAGE_BYTES, Passed, Response

# It warns of addresses with spaces, as they are in the file: escape sequences would reach the terminal.
logging.getLogger("warcio").setLevel(logging.CRITICAL)

_UNPACKED: Final = {"", "identity", "gzip", "deflate"}
_MOST_HEAD_BYTES: Final = 1 << 20
_PIECE_BYTES: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_MOST_WORDS: Final = 200  # characters of a reader's message about a file, as it quotes the file
_HTTP: Final = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1", "HTTP/2"], verify=False)


class BrokenArchiveError(ValueError):
    """The file can't be read beyond some point; the message says where, and why."""


class _HeadTooLongError(ValueError):
    """The head of a record, or of the response in it, is unreasonably long."""


class _Reader(DecompressingBufferedReader):
    """Limits how far heads are read: compressed, a line of a gigabyte takes a megabyte."""

    head_bytes = 0
    """How much was read in lines since this was last set to 0."""
    broke_off = False
    """Whether a line without its end was read since this was last set to False: the file is truncated there."""
    first_lines = b""
    """The first four bytes that were read in lines since this was last set to nothing."""

    def readline(self, length: int | None = None) -> bytes:
        left = _MOST_HEAD_BYTES - self.head_bytes
        if left <= 0:  # checked before reading, so that the count of what is left of a record stays right
            raise _HeadTooLongError(f"a head of {_MOST_HEAD_BYTES:,} bytes or more")
        line: bytes = super().readline(left if length is None else min(length, left))
        self.head_bytes += len(line)
        self.broke_off |= not line.endswith(b"\n")
        self.first_lines = (self.first_lines + line)[:4]
        return line


@dataclass(frozen=True, slots=True)
class Found:
    """A record: its content, and the offset in the file at which the next one begins, in bytes."""

    what: Response | Passed
    next_offset: int


class _Record(NamedTuple):
    """Any record: a response, why it is passed over, or None for another type; and where the next one begins."""

    what: Response | Passed | None
    next_offset: int


def read_archive(file: Path, offset: int = 0) -> Iterator[Found]:
    """The responses of an archive from an offset at which a record begins. Records that are not responses are left out.

    Raises:
        OSError: the file can't be read.
        BrokenArchiveError: it is not an archive, or is truncated.
    """
    with file.open("rb") as opened:
        while True:
            try:
                for found in _records(file, opened, offset):
                    offset = found.next_offset
                    if found.what is not None:
                        yield Found(found.what, offset)
            except BrokenArchiveError:
                after = _next_member(opened, offset)
                if after is None:
                    raise
                offset = after
                yield Found(Passed("broken"), offset)
            else:
                return


def _records(file: Path, opened: BinaryIO, offset: int) -> Iterator[_Record]:
    """All records from an offset on, to the end of the file.

    Raises:
        BrokenArchiveError: a record can't be read, or is truncated.
    """
    _begin(opened, offset)
    iterator = ArchiveIterator(opened, no_record_parse=True)
    iterator.INC_RECORD = ""  # what it would write to stderr of a torn record, with the file's own bytes; we say where it is
    reader = iterator.reader = _Reader(opened)
    try:
        for record in iterator:
            has_whole_head = not reader.broke_off  # a length may have lost its last digits
            reader.head_bytes = 0
            what = _response(record) if record.rec_type == "response" else None
            reader.head_bytes, reader.first_lines = 0, b""
            iterator.read_to_end()
            reader.broke_off = False
            if not (has_whole_head and _is_whole(record, iterator)):
                raise BrokenArchiveError(f"{file}: breaks off in the record at offset {offset:,}")
            offset = iterator.offset
            yield _Record(what, offset)
    except (ArchiveLoadFailed, zlib.error, EOFError, AttributeError, _HeadTooLongError) as error:
        raise BrokenArchiveError(f"{file}: can't be read from offset {offset:,} on: {_first_line(error)}") from error
    _check_end(file, opened, offset)


def _next_member(opened: BinaryIO, offset: int) -> int | None:
    """Where the next packed record begins, if the one at the offset is whole as far as gzip can tell; else None.

    A record with a wrong length is then one broken page, not the end of the archive.
    """
    opened.seek(offset)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while not unpacking.eof:
            piece = unpacking.unconsumed_tail or opened.read(_PIECE_BYTES)
            if not piece:
                return None
            unpacking.decompress(piece, _PIECE_BYTES)
    except zlib.error:
        return None
    after = opened.tell() - len(unpacking.unused_data)
    opened.seek(after)
    return after if opened.read(2) == _GZIP else None


def _begin(opened: BinaryIO, offset: int) -> None:
    """Go to the next record: an offset noted for a truncated archive may be before the empty lines that end a record."""
    opened.seek(offset)
    beginning = opened.read(4)
    opened.seek(offset + len(beginning) - len(beginning.lstrip(b"\r\n")))


def _is_whole(record: Any, iterator: Any) -> bool:
    """Whether a record that was read to its end is complete. A packed one is alone and has its checksum; any other ends with
    two empty lines. Where an archive broke off and was continued, other bytes fill the declared length."""
    reader = iterator.reader
    packed = reader.decompressor
    # Without a limit, the record broke off in its head, before its length.
    if getattr(record.raw_stream, "limit", 1) != 0:
        return False
    if packed is None:
        read: bytes = reader.first_lines
        return record.format != "warc" or read.startswith((b"\r\n\r\n", b"\n\n"))
    return packed.eof and not (reader.buff and reader.buff.tell() < reader.buff_size)


def _check_end(file: Path, opened: BinaryIO, offset: int) -> None:
    """Check that the records end where the file ends.

    Raises:
        BrokenArchiveError: something follows.
    """
    opened.seek(offset)
    if opened.read(1 << 16).strip(b"\r\n"):
        raise BrokenArchiveError(f"{file}: can't be read from offset {offset:,} on")


def _first_line(error: Exception) -> str:
    words = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in words[:_MOST_WORDS])


def _response(record: Any) -> Response | Passed:
    """The response in a record, read no further than a page may be long."""
    told = record.rec_headers.get_header
    url = told("WARC-Target-URI") or told("uri") or ""
    if not url.startswith(("http://", "https://")):
        return Passed("without an address")
    try:
        record.http_headers = _HTTP.parse(record.raw_stream)
    except (StatusAndHeadersParserException, EOFError, ValueError):
        return Passed("broken")
    heading = record.http_headers.get_header
    if (heading("Content-Encoding") or "").strip().lower() not in _UNPACKED:
        return Passed("packed in an unsupported way")
    try:
        body = record.content_stream().read(MOST_PAGE_BYTES + 1)
    except (zlib.error, ValueError, OSError):
        return Passed("broken")
    date = told("WARC-Date") or told("archive-date") or ""
    return Response(url, date, record.http_headers.get_statuscode(), heading("Content-Type") or "", body)

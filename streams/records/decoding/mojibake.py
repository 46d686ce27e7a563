"""Text whose bytes were once read in a wrong encoding ("cafÃ©"), repaired where the repair is certain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from re import Match, Pattern
from typing import Any, Final

from streams import lazy_re as re
from streams.records.draft import Repair

_WRONG_CODECS: Final = ("cp1252", "latin-1", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp437")


def _looks_of(first: int, last: int) -> str:
    """What the bytes look like in any of the wrong encodings, as the inside of a regular expression's character class."""
    looks = {bytes((byte,)).decode(codec, "ignore") for codec in _WRONG_CODECS for byte in range(first, last + 1)} - {""}
    return "".join(map(re.escape, sorted(looks)))


_CONTROL: Final = "\x80-\x9f"
# UTF-8's first and second bytes, or a control character that is a letter in Windows' encodings. One class for both
# beginnings, as Python skips all other characters at once. This search passes 15 % of texts on to ftfy, whose own check takes
# 700 ns a character.
_SUSPECT = re.compile(rf"[{_CONTROL}{_looks_of(0xC2, 0xF4)}](?:(?<=[{_CONTROL}])|[{_looks_of(0x80, 0xBF)}])")
_NEXT_LINE = "\x85"  # a line break in its own right
_EXCERPT = 60  # characters
_MOST_MENDED = 500_000  # characters; the longest development article has 49,264
_LONGEST_PIECE = 40  # characters: a letter's bytes, or a word's in another script
_BESIDE = 4  # characters beside one that ftfy's pattern names, in the longest of its branches
_VARIANT = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xc0\x80")
_JAVAS_NUL = b"\xc0\x80"


def repair_mojibake(text: str) -> tuple[str, tuple[Repair, ...]]:
    """The text with its mojibake repaired, and an entry for the ledger if there was any.

    ftfy decides, line by line. Of 41,766 clean texts in 83 languages it changed 32, all of them broken in their source; of
    4,904 texts broken by reading UTF-8 as Windows-1252 it restored 99 %. What comes after 500,000 characters stays as it is: a
    letter that is broken takes ftfy up to 4 µs.
    """
    if len(text) > _MOST_MENDED:
        mended, repairs = repair_mojibake(text[:_MOST_MENDED])
        return mended + text[_MOST_MENDED:], repairs
    if text.isascii() or not _SUSPECT.search(text):
        return text, ()
    fix_encoding = _load_fix_encoding()
    lines = text.split("\n")
    repaired, first, count, offset = [], None, 0, 0
    for line in lines:
        mended = fix_encoding(line) if _SUSPECT.search(line.replace(_NEXT_LINE, "")) else line
        if mended != line:
            count += 1
            first = first or (offset, len(mended), mended[:_EXCERPT])
        offset += len(mended) + 1
        repaired.append(mended)
    if first is None:
        return text, ()
    start, length, excerpt = first
    reason = f"mojibake in {count:,} {'line' if count == 1 else 'lines'}: UTF-8 that had been read in another encoding"
    return "\n".join(repaired), (Repair("encoding", reason, start, length, excerpt),)


@cache
def _load_fix_encoding() -> Callable[[str], str]:
    """ftfy's own, which then comes to the same answers with less work."""
    import ftfy  # noqa: PLC0415 - 40 ms, which only those whose texts are suspect should pay
    from ftfy import fixes  # noqa: PLC0415
    from ftfy.bad_codecs.utf8_variants import IncrementalDecoder  # noqa: PLC0415
    from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES  # noqa: PLC0415
    from ftfy.chardata import UTF8_DETECTOR_RE  # noqa: PLC0415

    is_bad = _looking_nearby(BADNESS_RE, "".join(MOJIBAKE_CATEGORIES.values()))
    fix_encoding = ftfy.fix_encoding
    package: Any = ftfy
    of_lines: Any = fixes
    decoder: Any = IncrementalDecoder
    package.is_bad = is_bad
    of_lines.decode_inconsistent_utf8 = _piecewise(UTF8_DETECTOR_RE, fix_encoding, is_bad)
    decoder._buffer_decode = staticmethod(_decode_variants)  # noqa: SLF001
    return fix_encoding


def _looking_nearby(badness: Pattern[str], categories: str) -> Callable[[str], bool]:
    """Whether ftfy's pattern for mojibake is found in a text, looking only around the characters that it names.

    The pattern takes 400 ns a character. Each of its branches needs a character beyond ASCII that it names, and has at most
    four other characters.
    """
    named = categories + "".join({character for character in badness.pattern if not character.isascii()})
    near = re.compile(f"[{named}]+(?:[^{named}]{{1,{_BESIDE}}}[{named}]+)*")
    search = badness.search

    def is_bad(text: str) -> bool:
        if len(text) <= _LONGEST_PIECE:
            return bool(search(text))
        places = (place.span() for place in near.finditer(text))
        return any(search(text, max(0, start - _BESIDE), end + _BESIDE) for start, end in places)

    return is_bad


def _piecewise(
    mojibake: Pattern[str], fix_encoding: Callable[[str], str], is_bad: Callable[[str], bool]
) -> Callable[[str], str]:
    """ftfy's repair of a line that is broken only in places, each by itself.

    They are mostly the same few: in a line of 2 MB, 100,000 places with three different pieces took 2 s. Others are mostly
    UTF-8 that was read in one of the two encodings which ftfy tries first.
    """

    def fix_new(piece: str) -> str:
        if not is_bad(piece):
            return piece
        if min(piece) > "\x7f":  # else ftfy looks for bytes that were lost
            for encoding in ("latin-1", "cp1252"):
                with suppress(UnicodeError):
                    return fix_encoding(piece.encode(encoding).decode())
        return fix_encoding(piece)

    fix_again = lru_cache(maxsize=16_384)(fix_new)

    def fix_pieces(text: str) -> str:
        def fix(found: Match[str]) -> str:
            piece = found[0]
            if len(piece) == len(text):
                return piece
            return fix_again(piece) if len(piece) <= _LONGEST_PIECE else fix_new(piece)

        return mojibake.sub(fix, text)

    return fix_pieces


def _decode_variants(data: bytes, errors: str | None, _is_final: bool) -> tuple[str, int]:  # noqa: FBT001
    """UTF-8 as Java writes it: two surrogates for a character, two bytes for NUL.

    ftfy copies the rest of a text after each of them: 160,000 took 20 s.
    """
    return _VARIANT.sub(lambda found: _plain_utf8(found[0]), data).decode("utf-8", errors or "strict"), len(data)


@lru_cache(maxsize=4_096)
def _plain_utf8(variant: bytes) -> bytes:
    surrogates = variant.decode("utf-8", "surrogatepass") if variant != _JAVAS_NUL else "\0"
    return surrogates.encode("utf-16", "surrogatepass").decode("utf-16").encode()

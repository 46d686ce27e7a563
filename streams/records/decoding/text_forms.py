"""Text that is no prose: encoded data, messages of other protocols and source files. Each is refused by its name.

As plain text, it would come out as an article with a garbled headline. JSON with something around it is told here, too: what
servers put before it against scripts (``)]}'``) or around it for them (``callback(…)``) is taken off, anything else is refused.
"""

from __future__ import annotations

from typing import Final

import orjson

from streams import lazy_re as re
from streams.records.decoding.source_code import is_source_code

_COLUMN = r"(?:id|title|headline|body|text|content|url|link|date|published|author|summary|source|language|category)"
_JSON = "JSON with something around it"
# The beginning of a text of each form. A sentence begins like none of them.
_BEGINNINGS: Final = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,", "a data: address"),
        (r"begin [0-7]{3} \S+\r?\n[!-`]", "uuencoded data"),
        (r"-----BEGIN [A-Z0-9 ]+-----\r?\n", "PEM"),
        (r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*\s*$", "a JSON Web Token"),
        (r"%!PS(?:-Adobe)?", "PostScript"),
        (r"\s*\\documentclass\b", "LaTeX"),
        (r"HTTP/[12](?:\.\d)? [1-5]\d\d\b", "an HTTP response"),
        (r"(?:GET|POST|PUT|HEAD) \S+ HTTP/1\.[01]\r?\n", "an HTTP request"),
        (r"WARC/1\.[01]\r?\n", "a web archive (WARC): use headwater load-warc"),
        (r"--[\w'()+,./:=?-]{1,70}\r?\nContent-Disposition:", "a multipart form"),
        (r"(?:[A-Z][\w-]{1,30}: [^\n]*\n(?:[ \t][^\n]*\n)*){0,40}?MIME-Version: 1", "an e-mail"),
        (r"(?:(?:event|id|retry): ?[^\n]*\n){0,3}data: ?[{\[]", "a server-sent event"),
        (r"<\d{1,3}>1? ?(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d )", "a line of syslog"),
        (r"\(dp?\d?\n|\(lp?\d?\n|ccopy_reg\n", "a Python pickle"),
        (r"diff --git a/|--- a/\S+\n\+\+\+ b/", "a patch"),
        (r"(?:INSERT INTO|CREATE TABLE|SELECT [\w*, ]+ FROM) [\w\"`.]+[ (\n;]", "SQL"),
        (r"%YAML 1\.|---\r?\n[\w-]+: [^\n]*\n|(?:[a-z_]+: [^\n]*\n){0,20}?(?:body|text|content): ?[|>\"']", "YAML"),
        (r"(?:[a-z_]+ = [^\n]*\n){0,20}?(?:title|headline|body|text|content) = [\"']", "TOML"),
        (r"apiVersion: \S+\r?\n\w+: ", "YAML"),
        (r"WEBVTT\b[^\n]{0,80}\r?\n|\d{1,4}\r?\n\d\d:\d\d:\d\d[,.]\d{3} --> \d\d:", "subtitles"),
        (r"BEGIN:V(?:CALENDAR|CARD)\r?\n", "a calendar or a contact"),
        (r"Traceback \(most recent call last\):\r?\n", "an error of a program"),
        (r"User-agent: \S+\r?\n(?:Disallow|Allow|Crawl-delay):", "robots.txt"),
        (
            r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\]? +\[?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\b[^\n{]*(?:\n|$)",
            "a log",
        ),
        (r"Return-Path: <|Received: from [^\n]+\n|Message-I[Dd]: <", "an e-mail"),
        (r"#! ?/\S+", "source code"),
        (rf"(?:\"?{_COLUMN}\"?[,;\t]){{1,30}}\"?{_COLUMN}\"?\r?\n", "CSV"),
    )
)
_ANY_BEGINNING = re.compile("|".join(f"(?:{beginning.pattern})" for beginning, _ in _BEGINNINGS))
_BASE64 = re.compile(r"[\w+/-]+(?:\r?\n[\w+/-]+)*={0,2}\s*", re.ASCII)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}\s?)+")
_FORM = re.compile(r"[\w%.+\[\]-]{1,60}=[^\s&]*(?:&[\w%.+\[\]-]{1,60}=[^\s&]*)+\s*")
_LEAST_ENCODED = 100  # characters without a space that are data rather than a word
_GUARD = re.compile(r"\s*(?:\)\]\}'?,?|while\s?\(1\);|for\s?\(;;\);|\{\}\s?&&|throw 1;\s*<[^>]*>)\s*(?=[{\[])")
_CALLBACK = re.compile(r"\s*(?:/\*\*/\s*)?[A-Za-z_$][\w$.]{0,80}\s*\(\s*(?=[{\[])")
_CALLED = re.compile(r"\)\s{0,20};?\s{0,20}$")
_COMMENTS = re.compile(r"(?:\s*(?:/\*(?:[^*]|\*(?!/)){0,2000}\*/|//[^\n]{0,2000}\n))+\s*(?=[{\[])")
_MEMBER = re.compile(r"[{,]\s*\"[^\"\\]{1,60}\"\s*:\s*[\"\d\[{tfn-]")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n((?:[^\n]{0,2000}\n){1,60}?)---[ \t]*\r?\n\s*(?=\S)")
_NAMED = re.compile(r"[A-Za-z][\w-]{0,40}:[ \t]+\S")
_FEWEST_MEMBERS, _BEGINNING = 2, 4_096  # members of an object that is sent as plain text, in its first characters
_NEAR, _MOST_BEHIND = 400, 4  # characters before an object's bracket, and behind it


def bare_json(text: str) -> str | None:
    """The JSON that a stripped text is, or in what a server put around it; None for other texts."""
    if found := _GUARD.match(text) or _COMMENTS.match(text):
        return text[found.end() :]
    if (found := _CALLBACK.match(text)) and (end := _CALLED.search(text)):
        return text[found.end() : end.start()]
    is_object = text[:1] == "{" and _MEMBER.match(text) is not None
    return text if is_object and len(_MEMBER.findall(text, 0, _BEGINNING)) >= _FEWEST_MEMBERS else None


def front_matter(text: str) -> dict[str, str] | None:
    """The fields of a Markdown file's head ("---", then "title: …"), and what is below it as "text"; None if it has none."""
    if not (found := _FRONT_MATTER.match(text)):
        return None
    named = (line.partition(":") for line in found[1].splitlines() if _NAMED.match(line))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in named} | {"text": text[found.end() :]}


def text_form(text: str) -> str | None:
    """The form of a text that is no prose; None for what may be an article."""
    if _ANY_BEGINNING.match(text):
        return next(name for beginning, name in _BEGINNINGS if beginning.match(text))
    if name := next((name for is_form, name in _JUDGES if is_form(text)), None):
        return name
    if " " not in text[:_LEAST_ENCODED].strip() and len(text) >= _LEAST_ENCODED:
        if _HEX.fullmatch(text):
            return "data in hexadecimal digits"
        if text.isascii() and _BASE64.fullmatch(text):
            return "data in base64"
        if _FORM.fullmatch(text):
            return "a form's fields (urlencoded)"
    return None


def _is_json_within(text: str) -> bool:
    """Whether the text is a few words and an object that goes on to its end, as in a log."""
    at, end = text.find("{", 0, _NEAR), text.rfind("}") + 1
    if at < 1 or len(text.rstrip()) > end + _MOST_BEHIND or not _MEMBER.match(text, at):
        return False
    try:
        return isinstance(orjson.loads(text[at:end]), dict)
    except orjson.JSONDecodeError:
        return False


_JUDGES: Final = ((_is_json_within, _JSON), (is_source_code, "source code"))

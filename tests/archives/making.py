"""Archives as crawlers write them."""

from __future__ import annotations

import io

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGE = "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
TEXT = "<p>The council of {title} voted on Monday to build what was planned, and the mayor said that work would begin.</p>" * 6


def page(title):
    return PAGE.format(title=title, text=TEXT.format(title=title)).encode()


def archive(responses, *, packed=True):
    """The bytes of a WARC: a warcinfo, then of each ``(url, body, more)`` its request and its response; ``more`` has
    ``status``, ``date`` and headers of HTTP, with "_" for "-"."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed, warc_version="1.0")
    writer.write_record(writer.create_warcinfo_record("made.warc", {"software": "tests"}))
    for url, body, more in responses:
        told = {"status": "200 OK", "date": "2024-05-06T07:08:09Z", "Content_Type": "text/html; charset=utf-8", **more}
        status, date = told.pop("status"), told.pop("date")
        headers = [(name.replace("_", "-"), value) for name, value in told.items()]
        for kind, line, payload in (("request", "GET / HTTP/1.1", b""), ("response", status, body)):
            http = StatusAndHeaders(
                line, headers if kind == "response" else [], protocol="" if kind == "request" else "HTTP/1.1"
            )
            record = writer.create_warc_record(
                url, kind, payload=io.BytesIO(payload), http_headers=http, warc_headers_dict={"WARC-Date": date}
            )
            writer.write_record(record)
    return file.getvalue()

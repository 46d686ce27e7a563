"""The canonical form of an article's address."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from streams import lazy_re as re

_URL_LIMIT = 2_000  # characters
_URL_SAFE = "/%:@!$&'()*+,;=~-._?"
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}

# Parameters that Google, Meta, Microsoft, Yandex, X, TikTok, Snap, LinkedIn, Mailchimp, HubSpot, Marketo, Matomo, AT
# Internet, the BBC and Yahoo add. Names that a site may use for its content (id, cid, ref, source…) are not included.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|oly|vero|hsa|itm|at|ns|guce)_[a-z_]+"
    r"|(?:fb|g|d|y|ys|tw|tt|sc|msc?lk)clid|li_fat_id|gclsrc|[gw]braid|msclkid|igsh(?:id)?|mc_[ce]id|_hs(?:enc|mi)"
    r"|mkt_tok|xtor|ref_(?:src|url)|guccounter|cmpid|ncid|ocid|soc_(?:src|trk)|smid|srnd|spm|__twitter_impression"
    r"|srsltid|_g[al]|gaa_(?:at|n|ts|sig)|gad_(?:source|campaignid)|wt_z?mc(?:_o)?|int_?cmp|cmp|s_cid|dicbo|tblci|ob_?orig_?url|ftag|ftcamp|epik",
    re.IGNORECASE,
)


_NOWHERE: Final = SplitResult("", "", "", "", "")


def url_parts(url: str | None) -> SplitResult:
    """The parts of an address that somebody wrote; all empty where it is none ("http://[address]"). Never raises."""
    try:
        return urlsplit(url or "")
    except ValueError:
        return _NOWHERE


def joined_url(base: str, link: str) -> str:
    """The address that a link on the page ``base`` leads to; "" where it leads nowhere. Never raises."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def canonical_url(url: str) -> str | None:
    """The canonical form of an article's address: http or https, a host, at most 2,000 characters; else None. Never raises.

    Scheme and host are in lower case (international hosts in ASCII); credentials, default port and tracking
    parameters are removed, a fragment too unless it is an address ("#!/a/1"); other parameters keep their order and values.
    This is our own code because courlan (1.4.0) drops
    parameters that distinguish articles (``?12345``, ``?cid=7``), which would then share an identity.
    """
    url = url.strip()
    if len(url) > _URL_LIMIT or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        place = authority(parts)
        path = quote(_without_dots(parts.path), safe=_URL_SAFE) or "/"
        kept = (each for each in parts.query.split("&") if each and not _is_tracking(each))
        query = quote("&".join(kept), safe=_URL_SAFE)
    except ValueError:  # brackets around no address, no host, a path that can't be encoded
        return None
    page = quote(parts.fragment, safe=_URL_SAFE) if parts.fragment.startswith("!/") else ""
    return f"{parts.scheme}://{place}{path}{f'?{query}' if query else ''}{f'#{page}' if page else ''}"


def _is_tracking(parameter: str) -> bool:
    """Whether a parameter only tells where a reader came from; "amp;utm_source=x" is one whose separator was escaped."""
    return _TRACKING.fullmatch(parameter.partition("=")[0].removeprefix("amp;")) is not None


def _without_dots(path: str) -> str:
    """A path without its "." and ".." segments, as RFC 3986 (5.2.4) takes them out."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for place, segment in enumerate(segments):
        is_last = place == len(segments) - 1
        if segment == ".." and len(kept) > 1:
            kept.pop()
        if segment not in (".", ".."):
            kept.append(segment)
        elif is_last:
            kept.append("")
    return "/".join(kept)


def authority(parts: SplitResult) -> str:
    """Host and port of an address of http or https: in lower case and ASCII, without credentials and default port.

    Raises:
        ValueError: it has no host that DNS could know, or a port that there is not.
    """
    return _authority(parts.scheme, parts.netloc)


@lru_cache(maxsize=1_024)  # a stream has few outlets
def _authority(scheme: str, netloc: str) -> str:
    parts = SplitResult(scheme, netloc, "", "", "")
    host = (parts.hostname or "").encode("idna").decode()
    if not _HOST.fullmatch(host):
        raise ValueError(f"not a host: {host}")
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORT[scheme]) else ""
    return f"{host}{port}"


# Labels before a site's own name, and marks that copies of an article for phones, AMP and printers have in their addresses.
# Each means only such a copy; anything that may also mean another article ("?m=1", "?page=2", "/index.html") is left out.
_COPY_HOST = re.compile(
    r"^(?:(?:www|m|mobile|mobil|touch|wap|amp)\.)+(?=[^.]+\.[^.])(?!(?:ac|co|com|edu|go|gob|gov|ne|net|or|org)\.[a-z]{2}(?::\d+)?$)"
    r"|(?<=^[a-z]{2}\.)m\.(?=[^.]+\.[^.])"  # "de.m.…": the copy for phones in one language
)
_CACHE = re.compile(
    r"^https?://(?:(?:www\.)?google\.[a-z.]{2,6}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/(?:c|v|a|wp/c)"
    r"|(?:www\.)?bing-amp\.com/c)/(s/)?(?=[^/]+\.)"
)
# Archives' and networks' addresses that hold an article's own.
_ARCHIVE = re.compile(r"^https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/)", re.IGNORECASE)
_REDIRECT = re.compile(
    r"^https?://(?:(?:www\.)?google\.[a-z.]{2,6}/url|(?:l|lm)\.(?:facebook|instagram)\.com/(?:l\.php)?"
    r"|[a-z0-9]+\.safelinks\.protection\.outlook\.com/)\?(?:.*&)?(?:url|q|u)=(?P<inner>https?(?:%3A|:)[^&]+)",
    re.IGNORECASE,
)
_UNRESERVED = re.compile(r"%(?:2D|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
_COPY_END = re.compile(r"(?<=[^/])(?:/(?:amp|print)|[./]amp\.html?|\.amp|\.print\.html?)$", re.IGNORECASE)
_COPY_START = re.compile(r"^(?:/amp)+(?=/[^/]+/)", re.IGNORECASE)
_COPY_PARAMETER = re.compile(
    r"(?:amp|print|printable|printview|print_view|mobile)(?:=(?:1|true|yes|y|on|amp|print)?)?"
    r"|(?:noamp|nonamp|isamp|printer_?friendly)(?:=(?:1|true|yes|mobile|available)?)?"
    r"|share=(?:facebook|twitter|x|whatsapp|telegram|email|linkedin|pinterest|reddit|tumblr|jetpack-[\w-]+|custom-\d+)"
    r"|(?:output_?type|output|format|view|mode|type|version|layout)=(?:amp|print|mobile)|amp_js_v=.*|usqp=mq.*",
    re.IGNORECASE,
)


_BLOGSPOT = re.compile(r"\.blogspot\.[a-z.]{2,6}$")
_BLOGSPOT_COPY = re.compile(rf"m=[01]|{_COPY_PARAMETER.pattern}", re.IGNORECASE)
_SLASHES = re.compile("/{2,}")


def url_identity(url: str) -> str:
    """One address for all addresses of an article: takes a canonical URL, returns the same for all copies.

    These count as one: http and https, with and without "www.", with and without a final slash, and the copies for AMP (the
    site's own, and those in Google's and Bing's caches), for phones (``m.``, ``mobile.`` …, Blogspot's ``?m=1``), for sharing
    and for printing, the Wayback Machine's, and links of Google, Facebook and Outlook that lead there. Several slashes count as
    one, and so does a letter that was escaped without need. An https address without "www." and final slash that is none of
    these copies is its own identity.
    """
    parts = url_parts(_inner(url))
    host = _COPY_HOST.sub("", parts.netloc.rstrip("."))
    path = _UNRESERVED.sub(lambda found: chr(int(found[0][1:], 16)), parts.path)
    path = _COPY_START.sub("", _SLASHES.sub("/", path))
    while len(path) > 1 and (shorter := _COPY_END.sub("", path.rstrip("/"), count=1)) != path:
        path = shorter
    is_copy = _BLOGSPOT_COPY if _BLOGSPOT.search(host) else _COPY_PARAMETER
    query = "&".join(each for each in parts.query.split("&") if each and not is_copy.fullmatch(each))
    page = f"#{parts.fragment}" if parts.fragment else ""
    return f"https://{host}{path or '/'}{f'?{query}' if query else ''}{page}"


_MOST_INNER: Final = 4  # addresses within each other


def _inner(url: str) -> str:
    """The article's own address in one of a cache, an archive or a redirection; any other is returned as it is."""
    for _ in range(_MOST_INNER):
        if cache := _CACHE.match(url):
            inner = canonical_url(f"http{'s' if cache[1] else ''}://{url[cache.end() :]}")
        elif archive := _ARCHIVE.match(url):
            inner = canonical_url(re.sub("^(https?):/+", r"\1://", url[archive.end() :]))
        else:
            redirect = _REDIRECT.match(url)
            inner = canonical_url(unquote(redirect["inner"])) if redirect else None
        if inner is None:
            break
        url = inner
    return url

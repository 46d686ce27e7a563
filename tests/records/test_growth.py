"""What an article costs grows with its length: counted in calls, which no other process changes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import pytest

from streams.articles import read_article
from streams.records.pages import json_script
from streams.records.values import byline_parts

PROSE = "".join(
    f"<p>Boats left the harbour at noon on day {number}, said the mayor, who had waited for {number} hours.</p>"
    for number in range(8)
)
MOST_TIMES = 7  # as many calls for four times the elements; a quadratic family takes sixteen


def page(head: str = "", title: str = "Bridge closed today after the storm", shown: str = "") -> bytes:
    body = f"<article><h1>Bridge closed today after the storm</h1>{shown}{PROSE}</article>"
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def meta(name: str, content: str) -> Callable[[int], str]:
    return lambda count: "".join(f'<meta property="{name}" content="{content.format(number)}">' for number in range(count))


FAMILIES: dict[str, Callable[[int], bytes]] = {
    "separators in a title": lambda count: page(title="a |---|---| b " * count),
    "titles that were cut": lambda count: page(head=meta("og:title", "Bridge {} closed today after…")(count)),
    "titles with an outlet": lambda count: page(head=meta("og:title", "Bridge {0} closed - Gazette {0}")(count)),
    "names of the outlet beside headings": lambda count: page(
        head=meta("og:site_name", "Gazette {}")(count),
        shown="".join(f"<h1>Bridge {number} closed</h1>" for number in range(count)),
    ),
    "names of the outlet beside bylines": lambda count: page(
        head=meta("og:site_name", "Gazette {}")(count),
        shown="".join(f'<p class="byline">By Anna Smith{number}</p>' for number in range(count)),
    ),
    "elements of the site's own side by side": lambda count: page(shown="<div>" + "<x-part>a part</x-part>" * count + "</div>"),
    "elements of the site's own in a line": lambda count: page(shown="<p>" + "<x-part>a part</x-part> and " * count + "</p>"),
    "line breaks in a box": lambda count: page(shown="<div>" + f"{PROSE[3:90]}.<br>" * count + "</div>"),
    "asides": lambda count: page(shown=f"<aside>{PROSE}</aside>" * (count // 10)),
    "lists that look like comments": lambda count: page(
        shown="".join(
            f"<div><b>Ann {number}</b> <i>10:31</i><p>So said Ann on Monday, at noon.</p></div>" for number in range(count)
        )
    ),
}


def calls_of(value: bytes) -> int:
    """How many functions are called to read a record."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        read_article(value, None, 4 << 20)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_four_times_as_much_is_not_sixteen_times_the_work(family: Callable[[int], bytes]) -> None:
    calls_of(family(10))  # what is loaded once
    few = calls_of(family(200))  # first: after the many, the few would find all that is remembered of their texts
    assert calls_of(family(800)) < MOST_TIMES * few


# Patterns that are looked for anywhere in what a source gives, and a run at whose end each of them is found.
RUNS: dict[str, tuple[re.Pattern[str], str, str, str]] = {
    "brackets before who took the pictures": (byline_parts._OTHERS, "a", "(", "Foto: b"),
    "signs before who took the pictures": (byline_parts._OTHERS, "a", " ;", "Foto: b"),
    "brackets before an agency": (byline_parts._WITH, "a", "(", "mit dpa"),
    "spaces before an agency": (byline_parts._WITH, "a", " ", "with AFP"),
    "spaces at the end of a script": (json_script._WRAPPING, "{}", " ", ""),
    "semicolons at the end of a script": (json_script._WRAPPING, "{}", ";\n", ""),
}


@pytest.mark.parametrize(("pattern", "before", "run", "behind"), RUNS.values(), ids=RUNS)
def test_a_run_is_read_from_its_beginning_alone(pattern: re.Pattern[str], before: str, run: str, behind: str) -> None:
    """Of a pattern that begins within the run too, each place reads to its end: 64 authors "(((…" took 70 s."""
    text = before + 500 * run + behind
    read = sum(len(found[0]) for at in range(len(text)) if (found := pattern.match(text, at)))
    assert 0 < read <= len(text)

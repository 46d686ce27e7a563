"""HTML as a tree of lxml's."""

from __future__ import annotations

import pytest

from streams.records.pages.markup import parse, without_control


def test_all_elements_of_a_page_are_of_one_class_so_that_touching_one_asks_no_function() -> None:
    tree = parse(
        b"<html><body><form><input><select><option>a</select><textarea>b</textarea><label>c</label></form><p>d</body></html>"
    )

    assert {type(element).__name__ for element in tree.iter()} == {"HtmlElement"}


REFUSED_BY_LXML = {
    "a control": "&#1;",
    "a form feed, and a letter that hexadecimal has": "&#12about",
    "no character, in hexadecimal": "&#xFFFE;",
    "no character, in decimals": "&#65534;",
    "no character, in decimals, without an end": "&#65535 x",
    "as it is": "\ufffe\x01",
    "one around another": "&#&#1;2;",
    "two around another": "&#&#&#1;2;3;",
    "one around a document type": "&#<!doctype html>1;",
}


@pytest.mark.parametrize("written", REFUSED_BY_LXML.values(), ids=REFUSED_BY_LXML)
def test_no_text_of_a_tree_holds_what_lxml_refuses_to_write(written: str) -> None:
    tree = parse(without_control(f"<html><body><p>The bridge{written} closed</p></body></html>"))
    for element in tree.iter():
        element.text, element.tail = element.text, element.tail


@pytest.mark.parametrize("written", ["&#131070;", "&#120;", "&#x1f600;", "&#9;"])
def test_references_to_other_characters_are_left(written: str) -> None:
    assert written.encode() in without_control(f"<html><body><p>{written}")

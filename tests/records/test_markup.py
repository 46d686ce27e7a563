"""HTML as a tree of lxml's."""

from __future__ import annotations

from streams.records.markup import parse


def test_all_elements_of_a_page_are_of_one_class_so_that_touching_one_asks_no_function() -> None:
    tree = parse(
        b"<html><body><form><input><select><option>a</select><textarea>b</textarea><label>c</label></form><p>d</body></html>"
    )

    assert {type(element).__name__ for element in tree.iter()} == {"HtmlElement"}

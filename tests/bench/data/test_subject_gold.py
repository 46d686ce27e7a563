"""The gold set: its file, and which texts it is of."""

from __future__ import annotations

import gzip
import lzma
import re
from collections import Counter

import orjson
import pytest

from bench.data import subject_gold
from bench.data.subject_gold import ENGLISH, LABELS, OTHERS, chosen_texts, labelled_texts, labels
from streams.text.subjects.words import TOP_LEVELS

BODY = "The council voted on Tuesday to repair the old harbour bridge before winter, after months of talks with the county."


def test_each_text_is_labelled_once_by_its_hash_and_nothing_of_it_is_kept():
    """400 lines: a source, a language, sixteen hexadecimal digits, and three times numbers of top levels or none."""
    lines = [line for line in LABELS.read_text("utf-8").splitlines() if not line.startswith("#")]
    subjects = r"(-|\d{1,2}(,\d{1,2}){0,3})"
    assert all(re.fullmatch(rf"[a-z]+\t[a-z]{{2}}\t[0-9a-f]{{16}}(\t{subjects}){{3}}", line) for line in lines)
    found = labels()
    assert Counter(label.language for label in found) == {"en": ENGLISH, **OTHERS}
    assert len({label.hash for label in found}) == len(found) == 400


def test_what_two_readings_agree_on_is_settled():
    """A third reading decides where the two differ, and only there."""
    assert all(label.settled == label.first for label in labels() if label.first == label.second)
    assert {number for label in labels() for number in label.settled} == set(range(len(TOP_LEVELS)))


@pytest.mark.parametrize("subjects", ["0", "18", "sport"], ids=["below the first", "above the last", "a word"])
def test_a_label_that_is_not_a_top_level_is_refused(tmp_path, subjects):
    """Whoever edits the file is told."""
    path = tmp_path / "labels.tsv"
    path.write_text(f"pages\ten\t{'0' * 16}\t1\t1\t{subjects}\n", "utf-8")
    with pytest.raises(ValueError, match=subjects):
        labels(path)


def write_data(folder, pages, rows):
    (folder / "pages-more-dev.jsonl.xz").write_bytes(lzma.compress(b"\n".join(map(orjson.dumps, pages))))
    (folder / "language-dev.jsonl.gz").write_bytes(gzip.compress(b"\n".join(map(orjson.dumps, rows))))


def test_texts_are_chosen_by_their_hashes_whatever_the_order_of_the_data(tmp_path, monkeypatch):
    """English articles; of the other languages articles and paragraphs of news, an article with its first line as headline."""
    monkeypatch.setattr(subject_gold, "ENGLISH", 2)
    monkeypatch.setattr(subject_gold, "OTHERS", {"de": 2})
    pages = [{"kind": "article", "title": f"Bridge {number}", "article_body": BODY} for number in range(5)]
    pages += [{"kind": "forum", "title": "Bridge", "article_body": BODY}]
    pages += [
        {
            "kind": "article",
            "title": "Brücke",
            "article_body": "Der Rat hat beschlossen, die Brücke zu sanieren.",
        }
    ]
    rows = [
        {"text": f"Brücke {number}\nDer Rat hat beschlossen.", "lang": "de", "kind": "article", "set": "ntrex"}
        for number in range(5)
    ]
    rows += [{"text": "Alle Menschen sind frei.", "lang": "de", "kind": "paragraph", "set": "udhr"}]
    rows += [{"text": "Brücke gesperrt", "lang": "de", "kind": "headline", "set": "ntrex"}]
    write_data(tmp_path, pages, rows)
    chosen = chosen_texts(tmp_path)
    assert [text.language for text in chosen] == ["en", "en", "de", "de"]
    assert all(text.headline.startswith("Br") and "\n" not in text.body for text in chosen)
    write_data(tmp_path, pages[::-1], rows[::-1])
    assert chosen_texts(tmp_path) == chosen


def test_labels_find_their_texts_and_leave_out_those_that_are_not_there(tmp_path):
    """By hash alone: another edition of the data gives fewer texts, never wrong ones."""
    text = subject_gold.Text("pages", "en", "Bridge", BODY)
    path = tmp_path / "labels.tsv"
    path.write_text(f"pages\ten\t{text.hash}\t11\t11\t11\npages\ten\t{'0' * 16}\t1\t1\t1\n", "utf-8")
    [(found, label)] = labelled_texts([text], labels(path))
    assert found == text
    assert label.settled == {10}

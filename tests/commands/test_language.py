"""``headwater language``: what users of langdetect are shown."""

from __future__ import annotations

import json

from click.testing import CliRunner

from streams.__main__ import main

ARTICLES = [
    ("The council closes the bridge until spring", "The council said on Monday that the bridge needs repairs."),
    ("Nasjonalforsamlingen vedtok budsjettet", "Regjeringen vil bruke mer penger på sykehus, sa ministeren i går."),
    ("Ministri ya bowumi", "የትምህርት ሚኒስቴር አዲስ ትምህርት ቤቶችን በሚቀጥለው ዓመት እንደሚከፍት አስታወቀ።"),
]


def _compare(tmp_path, *options):
    path = tmp_path / "articles.jsonl"
    lines = [json.dumps({"title": title, "text": text}) for title, text in ARTICLES]
    path.write_text("\n".join([*lines, '{"title": ""}']), encoding="utf-8")
    answer = CliRunner().invoke(main, ["language", "compare", str(path), *options])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_articles_that_are_named_differently_are_listed_and_counted(tmp_path):
    """langdetect knows no Amharic; English is English to both, and what gives no article is counted apart."""
    told = _compare(tmp_path)
    assert "closes the bridge" not in told
    assert [line for line in told.splitlines() if "bowumi" in line and " am " in line]
    assert told.endswith("3 articles, 1 named differently; 1 document gave no article\n")


def test_all_of_them_are_listed_on_demand(tmp_path):
    assert all(title[:20] in _compare(tmp_path, "--all") for title, _ in ARTICLES)


def test_if_nothing_is_named_differently_there_is_a_count_and_no_empty_table():
    article = json.dumps({"title": ARTICLES[0][0], "text": ARTICLES[0][1]})
    answer = CliRunner().invoke(main, ["language", "compare"], input=article)
    assert answer.output == "1 article, 0 named differently; 0 documents gave no article\n"

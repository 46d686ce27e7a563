"""What is the result of a game and nothing else."""

from __future__ import annotations

import pytest

from streams.text.games import is_game


@pytest.mark.parametrize(
    "text",
    [
        "Göteborg – Malmö 1–0 (0–0)",
        "Carolina Hurricanes 4-2 Calgary Flames",
        "Boca Juniors 1 x 0 River Plate",
        "Hannover 96 - Energie Cottbus 2:0",
        "Boston Celtics 112, Miami Heat 98 (OT)",
        "Packers 24 Bears 21",
    ],
)
def test_two_opponents_and_a_score_are_a_game(text):
    assert is_game(text)


@pytest.mark.parametrize(
    "text",
    [
        "Malmö beat Göteborg 1–0",
        "Senate votes 52-48 to end debate",
        "Malmö – Göteborg",
        "Lesung um 19:30",
        "2:0",
        "",
    ],
)
def test_a_sentence_names_or_numbers_alone_are_none(text):
    assert not is_game(text)

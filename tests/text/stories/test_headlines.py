"""Near repeats of headlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.headline import normalise_headline
from streams.text.stories.headlines import are_alike, common_length, keep_order, sorted_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Ferry runs aground off Kellmouth", "Off Kellmouth, ferry runs aground", id="another order"),
        pytest.param("Ferry runs aground off Kellmouth", "Ferries run aground off Kellmouth", id="other forms of the words"),
        pytest.param("Okafor leads in Varnholm poll of voters", "Okafor leads in Varnholm polls of voters", id="no genre"),
        pytest.param("Ferry runs aground off Kellmouth coast", "Ferry runs aground off Kellmouth", id="a word more"),
        pytest.param(
            "214 saved as ferry runs aground off Kellmouth", "Ferry runs aground off Kellmouth, 214 saved", id="a number"
        ),
        pytest.param("Fähre läuft vor Kellmund auf Grund", "Vor Kellmund läuft Fähre auf Grund", id="German"),
        pytest.param(
            "Окафор победил в Техасе после подсчета",
            "Окафор победил на выборах в Техасе после подсчета",
            id="Russian, one of them in letters that Serbian has too",
        ),
        pytest.param("渡轮在凯尔茅斯附近海域搁浅，乘客全部获救", "渡轮在凯尔茅斯海域搁浅 乘客全部获救了", id="Chinese"),
        pytest.param("Паром сел на мель у Кельмута", "У Кельмута паром сел на мель", id="Russian"),
    ],
)
def test_a_headline_said_a_little_differently_is_a_near_repeat(one, other):
    assert are_alike(compared(one), compared(other))
    assert are_alike(compared(other), compared(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Okafor wins Ohio primary", "Okafor wins Iowa primary", id="another place in a template"),
        pytest.param("Ferry accident kills 3 people", "Ferry accident kills 5 people", id="another number"),
        pytest.param("Markets report for 10 March", "Markets report for 11 March", id="another day"),
        pytest.param("Okafor is guilty of fraud in Varnholm", "Okafor is not guilty of fraud in Varnholm", id="a negation"),
        pytest.param(
            "Thule schuldig des Betrugs in Varnholm", "Thule nicht schuldig des Betrugs in Varnholm", id="a German negation"
        ),
        pytest.param("Oil prices up 3 percent in Varnholm", "Oil prices down 3 percent in Varnholm", id="up and down"),
        pytest.param("Brandlow Motors shares rise in Varnholm", "Brandlow Motors shares fall in Varnholm", id="rise and fall"),
        pytest.param(
            "Bomber kills three at harbour base in Varnholm",
            "Bombers attack harbour base in Varnholm three",
            id="a word that begins with a short one of the other",
        ),
        pytest.param(
            "Fact check: ferry captain was drunk off Kellmouth", "Ferry captain was drunk off Kellmouth", id="a debunk"
        ),
        pytest.param("事实核查：渡轮船长在凯尔茅斯海域醉酒驾驶", "渡轮船长在凯尔茅斯海域醉酒驾驶", id="a Chinese debunk"),
        pytest.param(
            "UK economy grows faster than expected in spring", "US economy grows faster than expected in spring", id="short"
        ),
        pytest.param("特斯拉股价周一收盘大幅上涨", "特斯拉股价周一收盘大幅下跌", id="Chinese"),
        pytest.param("港口大橋因碰撞事故關閉一年", "港口大橋因碰撞事故關閉兩年", id="a Chinese number"),
        pytest.param("台風が関東に接近、交通機関に影響", "台風が関西に接近、交通機関に影響", id="Japanese"),
        pytest.param("코스피 외국인 매수에 사흘째 상승 마감", "코스피 외국인 매수에 사흘째 하락 마감", id="Korean"),
        pytest.param("รัฐบาลประกาศขึ้นภาษีน้ำมันดีเซล", "รัฐบาลประกาศลดภาษีน้ำมันดีเซล", id="Thai"),
        pytest.param("मोदी ने बंदरगाह पुल का उद्घाटन किया", "योगी ने बंदरगाह पुल का उद्घाटन किया", id="Hindi"),
        pytest.param("Titanfall review", "Titanfall reviews", id="too short to tell an article"),
        pytest.param("Aurelia runs aground", "Budget debate opens in Varnholm", id="another thing"),
        pytest.param("Aurelia", "Aurelia runs aground off Kellmouth, all passengers saved", id="one word of many"),
    ],
)
def test_what_differs_in_what_counts_is_not_a_near_repeat(one, other):
    assert not are_alike(compared(one), compared(other))
    assert not are_alike(compared(other), compared(one))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Alder beats Lorn in the harbour final", "Lorn beats Alder in the harbour final", False),
        ("Okafor sues Thule over Varnholm budget", "Thule sues Okafor over Varnholm budget", False),
        ("Ferry runs aground off Kellmouth", "Off Kellmouth, ferry runs aground", True),
        ("Ferry runs aground off Kellmouth coast", "Ferry runs aground off Kellmouth", True),
    ],
)
def test_who_does_what_to_whom_is_in_the_order_of_the_words(one, other, same):
    assert are_alike(compared(one), compared(other))
    assert keep_order(one, other) is keep_order(other, one) is same


@given(st.text(alphabet="abc ", max_size=12), st.text(alphabet="abc ", max_size=12))
def test_the_longest_common_subsequence_is_that_of_the_textbook(one, other):
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for row, left in enumerate(one, 1):
        for column, right in enumerate(other, 1):
            table[row][column] = (
                table[row - 1][column - 1] + 1 if left == right else max(table[row - 1][column], table[row][column - 1])
            )
    assert common_length(one, other) == table[-1][-1]


def compared(headline: str) -> str:
    return sorted_words(normalise_headline(headline))

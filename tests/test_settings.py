"""Settings: from the environment, checked all at once."""

from __future__ import annotations

import pytest

from streams.enrich.duplicates import DuplicateKind
from streams.settings import Settings, SettingsError


def test_without_variables_the_defaults_hold():
    assert Settings.from_environment({"PATH": "/bin"}) == Settings()


def test_variables_are_read_with_their_types():
    settings = Settings.from_environment(
        {
            "HEADWATER_BROKERS": "one:9092, two:9093",
            "HEADWATER_WINDOW_S": "60",
            "HEADWATER_SUPPRESS": "same-article,updated",
        }
    )
    assert settings.brokers == ("one:9092", "two:9093")
    assert settings.window_ms == 60_000
    assert settings.suppress == {DuplicateKind.SAME_ARTICLE, DuplicateKind.UPDATED}


def test_none_suppresses_nothing():
    assert Settings.from_environment({"HEADWATER_SUPPRESS": "none"}).suppress == frozenset()


def test_settings_survive_the_way_to_a_child_process():
    settings = Settings(brokers=("a:1", "b:2"), window_s=5, suppress=frozenset({DuplicateKind.UPDATED}))
    assert Settings.from_environment(settings.as_environment()) == settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("HEADWATER_BROKERS", "localhost", id="a broker without its port"),
        pytest.param("HEADWATER_BROKERS", " , ", id="no broker at all"),
        pytest.param("HEADWATER_WINDOW_S", "3 days", id="words where a number is wanted"),
        pytest.param("HEADWATER_PARTITIONS", "0", id="a number that is too small"),
        pytest.param("HEADWATER_SUPPRESS", "all", id="an unknown kind"),
        pytest.param("HEADWATER_APP_ID", " ", id="an empty name"),
        pytest.param("HEADWATER_WINDOW", "60", id="a setting that does not exist"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_variable(variable, value):
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: value})


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"HEADWATER_WINDOW_S": "x", "HEADWATER_PARTITIONS": "y"})
    assert str(caught.value).count("\n") == 1

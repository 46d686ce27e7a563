"""The settings file: overridden by the environment, read as shells, Docker and systemd read it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.settings import Settings, SettingsError
from streams.settings_file import SettingsFileError, gather, read_lines

SECRET = "correct-horse"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        pytest.param("HEADWATER_APP_ID=news", "news", id="as it is"),
        pytest.param("  export HEADWATER_APP_ID = news  ", "news", id="as a shell writes it, with spaces"),
        pytest.param('HEADWATER_APP_ID="news # 1"', "news # 1", id="in double quotes"),
        pytest.param(r'HEADWATER_APP_ID="a\"b"', 'a"b', id="with a quote within"),
        pytest.param("HEADWATER_APP_ID='a\\b' # why", "a\\b", id="in single quotes, nothing is escaped"),
        pytest.param("HEADWATER_APP_ID=news # why", "news", id="with a comment"),
        pytest.param("HEADWATER_APP_ID=a#b", "a#b", id="a # within a word is no comment"),
        pytest.param("HEADWATER_APP_ID=", "", id="empty"),
        pytest.param("HEADWATER_APP_ID=a\r\nHEADWATER_APP_ID=b\r", "b", id="twice, and as Windows ends lines"),
        pytest.param("\ufeffHEADWATER_APP_ID=news", "news", id="behind a byte order mark"),
        pytest.param("# why\n\nPATH=/bin\nHEADWATER_APP_ID=news", "news", id="among comments and what is not ours"),
    ],
)
def test_a_line_is_read_as_a_shell_would(line, value):
    assert {name: each.value for name, each in read_lines(line).items()} == {"HEADWATER_APP_ID": value}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40))
def test_whatever_is_quoted_comes_back_as_it_was(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    [line] = read_lines(f'HEADWATER_APP_ID="{escaped}"').values()
    assert line.value == value


def test_a_line_that_sets_nothing_is_named_by_its_number_and_never_quoted():
    with pytest.raises(SettingsFileError) as caught:
        read_lines(f"HEADWATER_APP_ID=news\n{SECRET}\n")
    assert str(caught.value) == "line 2 is not NAME=value"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HEADWATER_")]:
        monkeypatch.delenv(name)
    return tmp_path


def test_dot_env_is_read_and_the_environment_wins_setting_by_setting(folder, monkeypatch):
    (folder / ".env").write_text("HEADWATER_APP_ID=file\nHEADWATER_WINDOW_S=60\n")
    monkeypatch.setenv("HEADWATER_APP_ID", "environment")
    settings = Settings.from_environment()
    assert (settings.app_id, settings.window_s) == ("environment", 60)
    found = gather(os.environ, folder)
    assert found.sources == {"HEADWATER_APP_ID": "environment", "HEADWATER_WINDOW_S": ".env:2"}


def test_a_file_that_is_named_takes_the_place_of_dot_env(folder, monkeypatch):
    (folder / ".env").write_text("HEADWATER_APP_ID=usual\n")
    (folder / "other").write_text("HEADWATER_WINDOW_S=60\n")
    monkeypatch.setenv("HEADWATER_SETTINGS_FILE", "other")
    assert Settings.from_environment() == Settings(window_s=60)
    monkeypatch.setenv("HEADWATER_SETTINGS_FILE", "")
    assert Settings.from_environment() == Settings()


def test_a_password_in_the_environment_takes_precedence_over_the_files_password_file(folder):
    (folder / ".env").write_text("HEADWATER_SASL_PASSWORD_FILE=secret\n")
    found = gather({"HEADWATER_SASL_PASSWORD": SECRET}, folder)
    assert found.values == {"HEADWATER_SASL_PASSWORD": SECRET}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "HEADWATER_SETTINGS_FILE: can't be read", id="not there"),
        pytest.param(b"HEADWATER_APP_ID=caf\xe9", "is not in UTF-8", id="not in UTF-8"),
        pytest.param(b"HEADWATER_WINDOW_S=x", "HEADWATER_WINDOW_S: must be", id="a value that can't be used"),
        pytest.param(b"HEADWATER_WINDOW=1", "HEADWATER_WINDOW: there is no such setting", id="a setting that is none"),
        pytest.param(b"window_s: 60", "line 1 is not NAME=value", id="of another form"),
    ],
)
def test_a_file_that_cant_be_used_is_an_error_that_says_why(folder, monkeypatch, content, said):
    if content is not None:
        (folder / "file").write_bytes(content)
    monkeypatch.setenv("HEADWATER_SETTINGS_FILE", "file")
    with pytest.raises(SettingsError, match=said):
        Settings.from_environment()


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("HEADWATER_SASL_PASSWORD_FILE=secret", id="in a file of its own"),
        pytest.param(f"HEADWATER_SASL_PASSWORD={SECRET}", id="in the settings file"),
    ],
)
def test_a_password_from_a_file_reaches_a_child_and_never_its_environment(folder, lines):
    (folder / "secret").write_text(SECRET + "\n")
    secured = "HEADWATER_BROKERS=a:1\nHEADWATER_SECURITY_PROTOCOL=SASL_SSL\nHEADWATER_SASL_USERNAME=news\n"
    (folder / ".env").write_text(f"{secured}{lines}\n")
    settings = Settings.from_environment()
    environment = os.environ | settings.as_environment() | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert SECRET not in "".join(environment.values())
    code = "from streams.settings import Settings; print(Settings.from_environment().sasl_password)"
    child = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == SECRET

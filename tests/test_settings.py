"""Settings: from the environment, checked all at once."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from streams.commands.settings import settings as settings_command
from streams.settings import SaslMechanism, SecurityProtocol, Settings, SettingsError
from streams.text.duplicates import DuplicateKind
from streams.text.language.opinions import LanguageCheck, LanguageDetector


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
    settings = Settings(
        brokers=("a:1", "b:2"),
        window_s=5,
        suppress=frozenset({DuplicateKind.UPDATED}),
        language_detector=LanguageDetector.LANGDETECT,
        language_check=LanguageCheck.LANGDETECT,
    )
    assert Settings.from_environment(settings.as_environment()) == settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("HEADWATER_BROKERS", "localhost", id="a broker without its port"),
        pytest.param("HEADWATER_BROKERS", " , ", id="no broker at all"),
        pytest.param("HEADWATER_BROKERS", "[::1:9092", id="a bracket that is never closed"),
        pytest.param("HEADWATER_BROKERS", "kafka:99999", id="a port that there can't be"),
        pytest.param("HEADWATER_BROKERS", "kafka://one:9092", id="a broker as a URL"),
        pytest.param("HEADWATER_WINDOW_S", "3 days", id="words where a number is wanted"),
        pytest.param("HEADWATER_PARTITIONS", "0", id="a number that is too small"),
        pytest.param("HEADWATER_LANGUAGE_CHECK", "cld3", id="a second opinion that nobody can give"),
        pytest.param("HEADWATER_LANGUAGE_DETECTOR", "none", id="nobody to name the language"),
        pytest.param("HEADWATER_SUPPRESS", "all", id="an unknown kind"),
        pytest.param("HEADWATER_SUPPRESS", "", id="no kind, and not said to be none"),
        pytest.param("HEADWATER_APP_ID", " ", id="an empty name"),
        pytest.param("HEADWATER_APP_ID", "news desk", id="a name that no topic can begin with"),
        pytest.param("HEADWATER_APP_ID", "nachrichten-für-alle", id="a name with a letter that Kafka does not know"),
        pytest.param("HEADWATER_APP_ID", "../other", id="a name that leads out of the state folder"),
        pytest.param("HEADWATER_APP_ID", "..", id="a name that is another folder"),
        pytest.param("HEADWATER_APP_ID", "n" * 201, id="a name that leaves no room for a changelog's"),
        pytest.param("HEADWATER_WINDOW_S", "259200000", id="a window in milliseconds"),
        pytest.param("HEADWATER_STORY_WINDOW_S", "259200000", id="stories' window in milliseconds"),
        pytest.param("HEADWATER_STORY_WINDOW_S", "0", id="no window for stories"),
        pytest.param("HEADWATER_WINDOW", "60", id="a setting that does not exist"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_variable(variable, value):
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: value})


def test_all_wrong_values_are_reported_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"HEADWATER_WINDOW_S": "x", "HEADWATER_PARTITIONS": "y"})
    assert str(caught.value).count("\n") == 1


SECRET = "correct-horse"
SECURED = {"HEADWATER_BROKERS": "a:1", "HEADWATER_SECURITY_PROTOCOL": "SASL_SSL", "HEADWATER_SASL_USERNAME": "news"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with files to name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text(SECRET + "\n")
    (tmp_path / "two-lines").write_text(SECRET + "\n" + SECRET)
    (tmp_path / "latin-1").write_bytes(b"caf\xe9-" + SECRET.encode())
    (tmp_path / "empty").touch()
    return tmp_path


def test_a_password_may_come_from_a_file_and_the_end_of_its_line_is_not_part_of_it(folder):
    settings = Settings.from_environment({**SECURED, "HEADWATER_SASL_PASSWORD_FILE": "secret"})
    assert settings.sasl_password == SECRET
    assert settings.security_protocol is SecurityProtocol.SASL_SSL
    assert settings.sasl_mechanism is SaslMechanism.SCRAM_SHA_512


def test_security_goes_on_to_a_child_process_also_where_that_inherits_the_file(folder):
    environment = {**SECURED, "HEADWATER_SASL_PASSWORD_FILE": "secret", "HEADWATER_SASL_MECHANISM": "PLAIN"}
    settings = Settings.from_environment(environment)
    assert Settings.from_environment(environment | settings.as_environment()) == settings


def test_an_empty_variable_of_a_setting_without_a_default_counts_as_unset(folder):
    empty = {"HEADWATER_SASL_USERNAME": "", "HEADWATER_SASL_PASSWORD": "", "HEADWATER_TLS_CA_FILE": " "}
    assert Settings.from_environment(empty) == Settings()


def test_secrets_are_not_shown():
    environment = {**SECURED, "HEADWATER_SASL_PASSWORD": SECRET, "HEADWATER_TLS_KEY_PASSWORD": SECRET}
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environment)
    assert SECRET not in str(caught.value)
    del environment["HEADWATER_TLS_KEY_PASSWORD"]
    settings = Settings.from_environment(environment)
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)
    listed = CliRunner(env={"COLUMNS": "200", **environment}).invoke(settings_command)
    assert "HEADWATER_SASL_PASSWORD" in listed.output
    assert SECRET not in listed.output


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        pytest.param({"SECURITY_PROTOCOL": "TLS"}, ["SECURITY_PROTOCOL"], id="an unknown protocol"),
        pytest.param({"SASL_MECHANISM": "GSSAPI"}, ["SASL_MECHANISM"], id="an unknown mechanism"),
        pytest.param(
            {"SECURITY_PROTOCOL": "SASL_SSL"},
            ["BROKERS", "SASL_PASSWORD", "SASL_USERNAME"],
            id="a protocol and nothing it wants",
        ),
        pytest.param({"SASL_USERNAME": "news"}, ["SASL_USERNAME"], id="a user without a protocol that asks for one"),
        pytest.param({"SASL_PASSWORD": SECRET}, ["SASL_PASSWORD"], id="a password without such a protocol"),
        pytest.param({"TLS_CERT_FILE": "secret", "TLS_KEY_FILE": "secret"}, ["TLS_CERT_FILE", "TLS_KEY_FILE"], id="TLS unused"),
        pytest.param(
            {"SECURITY_PROTOCOL": "SSL", "BROKERS": "a:1", "TLS_CERT_FILE": "secret"},
            ["TLS_KEY_FILE"],
            id="a certificate without its key",
        ),
        pytest.param(
            {"SECURITY_PROTOCOL": "SSL", "BROKERS": "a:1", "TLS_KEY_FILE": "secret"},
            ["TLS_CERT_FILE"],
            id="a key without its certificate",
        ),
        pytest.param(
            {"SECURITY_PROTOCOL": "SSL", "BROKERS": "a:1", "TLS_KEY_PASSWORD": SECRET},
            ["TLS_KEY_FILE"],
            id="the password of no key",
        ),
        pytest.param(
            {"SECURITY_PROTOCOL": "SSL", "BROKERS": "a:1", "TLS_CA_FILE": "no", "TLS_CERT_FILE": ".", "TLS_KEY_FILE": "no"},
            ["TLS_CA_FILE", "TLS_CERT_FILE", "TLS_KEY_FILE"],
            id="files that are not there",
        ),
        pytest.param(
            {"SASL_PASSWORD": SECRET, "SASL_PASSWORD_FILE": "secret", "WINDOW_S": "x", "SECURITY_PROTOCOL": "X"},
            ["SASL_PASSWORD_FILE", "SECURITY_PROTOCOL", "WINDOW_S"],
            id="a password twice, among other errors",
        ),
        # By mistake, a password may stand where its file's name should.
        *(
            pytest.param(
                {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_PASSWORD_FILE": name},
                ["BROKERS", "SASL_PASSWORD_FILE", "SASL_USERNAME"],
                id=f"a password file that is {what}",
            )
            for name, what in {
                SECRET: "not there",
                ".": "a folder",
                "empty": "empty",
                "two-lines": "of two lines",
                "latin-1": "not in UTF-8",
            }.items()
        ),
    ],
)
def test_security_settings_that_do_not_fit_together_are_reported_all_at_once(folder, variables, wrong):
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({f"HEADWATER_{name}": value for name, value in variables.items()})
    named = [line.partition(":")[0].removeprefix("HEADWATER_") for line in str(caught.value).splitlines()]
    assert sorted(named) == wrong
    assert SECRET not in str(caught.value)

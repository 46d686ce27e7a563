"""Settings from a file: ``.env`` in the working folder, or the file that HEADWATER_SETTINGS_FILE names.

Lines are ``NAME=value``, as a shell, Docker and systemd write them: ``#`` begins a comment, ``export`` may precede the name,
quotes around the value are removed. Names other than HEADWATER_… are ignored. For each setting, the environment takes
precedence over the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from streams import lazy_re as re

PREFIX: Final = "HEADWATER_"
IN_FILE: Final = "_FILE"
VARIABLE: Final = PREFIX + "SETTINGS_FILE"
USUAL: Final = Path(".env")
ENVIRONMENT: Final = "environment"

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?P<value>.*?)\s*")
_QUOTED = re.compile(r"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)')\s*(?:\#.*)?""")
_COMMENT = re.compile(r"(?:^|\s+)\#.*")


class SettingsFileError(ValueError):
    """The file can't be read, or has malformed lines; the message names each but quotes none, as it may hold a secret."""


class FileLine(NamedTuple):
    """What a line of the file sets, and its number, from 1."""

    value: str
    number: int


@dataclass(frozen=True, slots=True)
class Variables:
    """All variables in force by name, and where each was set: ``environment``, or ``file:line``."""

    values: dict[str, str] = field(repr=False)
    sources: dict[str, str]


def read_lines(text: str) -> dict[str, FileLine]:
    """The variables HEADWATER_… that a file's text sets; the last line for a name counts.

    Raises:
        SettingsFileError: a line is neither a comment nor ``NAME=value``.
    """
    found: dict[str, FileLine] = {}
    wrong = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            wrong.append(f"line {number} is not NAME=value")
        elif match["name"].startswith(PREFIX) and match["name"] != VARIABLE:
            found[match["name"]] = FileLine(_unquoted(match["value"]), number)
    if wrong:
        raise SettingsFileError("; ".join(wrong))
    return found


def _unquoted(value: str) -> str:
    match = _QUOTED.fullmatch(value)
    if match is None:
        return _COMMENT.sub("", value)
    return match["single"] if match["double"] is None else re.sub(r"\\(.)", r"\1", match["double"])


def gather(environment: Mapping[str, str], folder: Path) -> Variables:
    """The environment's variables, complemented by those of the file; ``folder`` holds ``.env`` and resolves relative names.

    Raises:
        SettingsFileError: the file that HEADWATER_SETTINGS_FILE names can't be read, or has malformed lines.
    """
    values = {name: value for name, value in environment.items() if name != VARIABLE}
    sources = {name: ENVIRONMENT for name in values if name.startswith(PREFIX)}
    named = environment.get(VARIABLE)
    if named == "" or (named is None and not (folder / USUAL).is_file()):
        return Variables(values, sources)
    file = Path(named) if named else USUAL
    try:
        lines = read_lines((folder / file).read_text("utf-8"))
    except OSError as error:
        raise SettingsFileError(f"{VARIABLE}: can't be read: {error.strerror}: {str(file)!r}") from None
    except UnicodeDecodeError:
        raise SettingsFileError(f"{VARIABLE}: is not in UTF-8: {str(file)!r}") from None
    except SettingsFileError as error:
        raise SettingsFileError(f"{file}: {error}") from None
    for name, line in lines.items():
        # A password in the environment also overrides a password file named in the settings file, and the other way round.
        if not _names_of(name) & environment.keys():
            values[name] = line.value
            sources[name] = f"{file}:{line.number}"
    return Variables(values, sources)


def _names_of(name: str) -> set[str]:
    """The variables that set the same thing."""
    bare = name.removesuffix(IN_FILE)
    return {name, bare, bare + IN_FILE}

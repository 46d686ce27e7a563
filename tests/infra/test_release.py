"""The release's own judgements; the whole of it is `make release`, which CI runs."""

from __future__ import annotations

import sys
import zipfile

import pytest

from infra import release


def wheel_of(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return path


def test_a_file_that_git_has_and_the_wheel_has_not_stops_the_release(tmp_path, monkeypatch):
    wheel = wheel_of(tmp_path / "a.whl", ["streams/a.py"])
    monkeypatch.setattr(release, "run", lambda *_, **__: "streams/a.py\nstreams/text/model.xz\n")
    with pytest.raises(SystemExit, match=r"not in the wheel: streams/text/model\.xz"):
        release.check_contents(tmp_path, wheel, tmp_path, tmp_path)


def test_an_sdist_that_builds_another_wheel_stops_the_release(tmp_path, monkeypatch):
    wheel = wheel_of(tmp_path / "a.whl", ["streams/a.py", "streams/b.py"])
    (tmp_path / "again").mkdir()
    wheel_of(tmp_path / "again" / "a.whl", ["streams/a.py"])
    monkeypatch.setattr(release, "run", lambda *_, **__: "streams/a.py\n")
    with pytest.raises(SystemExit, match=r"streams/b\.py"):
        release.check_contents(tmp_path, wheel, tmp_path, tmp_path / "again")


def test_what_is_run_sees_neither_our_settings_nor_our_path(monkeypatch):
    monkeypatch.setenv("HEADWATER_APP_ID", "x")
    monkeypatch.setenv("PYTHONPATH", "/x")
    seen = release.run(sys.executable, "-c", "import os; print(sorted(os.environ))")
    assert "HEADWATER_APP_ID" not in seen
    assert "PYTHONPATH" not in seen


def test_the_python_at_hand_is_among_those_tried():
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in dict(release.pythons())


def test_a_stand_in_that_starts_no_python_is_passed_over(tmp_path, monkeypatch):
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(release, "PYTHONS", ("3.99",))
    assert dict(release.pythons()) == {}

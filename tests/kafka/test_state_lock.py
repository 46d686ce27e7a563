"""Two workers on one state folder: the second is told so before it joins anything."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from agents import pipeline_steps
from streams.kafka.state_lock import StateInUseError, hold_state
from streams.settings import Settings

LIMIT_S = 60


@pytest.fixture
def settings(tmp_path):
    return Settings(state_dir=tmp_path / "state")


def test_the_second_worker_on_a_folder_is_told_whose_it_is_and_what_to_do(settings):
    with hold_state(settings, pipeline_steps(settings)):
        with pytest.raises(StateInUseError) as caught:
            hold_state(settings, pipeline_steps(settings), wait_s=0.2)
        said = str(caught.value)
    assert all(each in said for each in ("HEADWATER_STATE_DIR", str(settings.state_dir), f"process {os.getpid()}"))
    assert "\n" not in said


def test_a_folder_that_was_let_go_of_is_free_again(settings):
    for _ in range(2):
        with hold_state(settings, pipeline_steps(settings), wait_s=0):
            pass


def test_one_that_was_refused_keeps_nothing_of_what_it_had_begun_to_take(settings):
    first, *others = pipeline_steps(settings)
    with hold_state(settings, others):
        with pytest.raises(StateInUseError):
            hold_state(settings, [first, *others], wait_s=0)
        with hold_state(settings, [first], wait_s=0):
            pass


@pytest.mark.parametrize(
    "other", [{"app_id": "another"}, {"state_dir": "elsewhere"}], ids=["of another group", "on another folder"]
)
def test_another_worker_is_undisturbed(settings, tmp_path, other):
    others = {name: tmp_path / value if name == "state_dir" else value for name, value in other.items()}
    with (
        hold_state(settings, pipeline_steps(settings)),
        hold_state(replace(settings, **others), pipeline_steps(settings), wait_s=0),
    ):
        pass


def test_workers_of_one_step_each_may_share_a_folder(settings):
    first, second, *_ = pipeline_steps(settings)
    with hold_state(settings, [first]), hold_state(settings, [second], wait_s=0):
        pass


def test_a_worker_that_was_killed_holds_nothing(settings):
    script = (
        "import os, signal; from streams.settings import Settings; from streams.kafka.state_lock import hold_state;"
        " from agents import pipeline_steps; settings = Settings.from_environment(os.environ);"
        " hold_state(settings, pipeline_steps(settings)); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | settings.as_environment()
    ended = subprocess.run([sys.executable, "-c", script], env=environment, timeout=LIMIT_S, check=False)
    assert ended.returncode == -9
    with hold_state(settings, pipeline_steps(settings), wait_s=0):
        pass

"""Runs the ten lines of the README and the examples."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest
from server import SDK, Server

import ringdown
from ringdown import flow


@pytest.fixture
def environment(server: Server) -> Mapping[str, str]:
    return {**os.environ, "RINGDOWN_ADDRESS": server.address, "RINGDOWN_KEY": server.key}


def run(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (SDK / "README.md").read_text(), re.DOTALL)


def test_ten_lines(environment: Mapping[str, str]) -> None:
    lines = blocks()[0]
    assert len(lines.splitlines()) <= 10
    said = run(environment, "-c", lines)
    assert said.splitlines()[-1].startswith("CALL_STATUS_HANGUP")


@pytest.mark.parametrize("number", range(1, 5))
def test_other_code_of_the_readme(number: int, environment: Mapping[str, str]) -> None:
    run(environment, "-c", blocks()[number])


def test_every_block_is_run() -> None:
    assert len(blocks()) == 5


def test_make_call(environment: Mapping[str, str]) -> None:
    assert "it ended as HANGUP_REASON_NORMAL" in run(environment, "examples/make_call.py")


def test_ivr(environment: Mapping[str, str]) -> None:
    said = run(environment, "examples/ivr.py")
    assert "talk You are with support." in said
    assert "department: support" in said


def test_wallboard(environment: Mapping[str, str], client: ringdown.Client) -> None:
    waiting = client.create_activeflow(actions=flow.block())
    board = subprocess.Popen(
        [sys.executable, "examples/wallboard.py", "--until-idle"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert board.stdout
    for line in board.stdout:
        if waiting.id in line and "block" in line:
            client.stop_activeflow(waiting.id)
            break
    assert board.stdout.read().splitlines()[-1] == "0 running"
    assert board.wait(30) == 0

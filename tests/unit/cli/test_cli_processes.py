"""Commands as processes of their own: exit codes, pipes, and one owner that works for the others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENVIRONMENT = {**{key: value for key, value in os.environ.items() if key not in ("LC_ALL", "LC_MESSAGES", "LANG")}, "RASHIN_USER": "tester"}
COMMAND = [sys.executable, "-c", "from rashin.cli import main; main()"]
#: How long a command may take before it counts as hanging: a slow machine is no fault.
PATIENCE_S = 240
HOLD = """
import sys, time
from rashin.cli.lib.owner import serve
from rashin.store import Store, Workspace
with Store.open(Workspace.find(sys.argv[1])) as store:
    if sys.argv[2] == "serve":
        with serve(store):
            print("held", flush=True)
            time.sleep(900)
    print("held", flush=True)
    time.sleep(900)
"""


def run(*words: object, cwd: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command line in its own process."""
    return subprocess.run(
        [*COMMAND, *map(str, words)], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE_S, check=False, **settings
    )  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def holder(small: Path) -> object:
    """Start a process that holds the workspace, serving others or not."""
    started: list[subprocess.Popen[str]] = []

    def start(how: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", HOLD, str(small), how], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_exit_codes_are_those_of_the_guide(small: Path, tmp_path: Path) -> None:
    assert run("kpis", cwd=tmp_path).returncode == 0
    assert run("kpsi", cwd=tmp_path).returncode == 2
    assert run("loads", cwd=tmp_path).returncode == 5
    assert run("-w", small, "load", "missing.csv", cwd=tmp_path).returncode == 4
    assert run("-w", small, "load", "calls.csv", "--strict", cwd=tmp_path).returncode == 8


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    line = " ".join(f"'{word}'" for word in COMMAND) + " kpis --variants | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)
    assert done.stdout.startswith("KPI")


def test_a_pipe_gets_plain_text_and_machines_get_bytes(small: Path, tmp_path: Path) -> None:
    run("-w", small, "load", "calls.csv", cwd=tmp_path)
    assert "\x1b" not in run("-w", small, "ask", "volume", "--period", "2026-10", cwd=tmp_path).stdout
    done = subprocess.run(
        [*COMMAND, "-w", str(small), "loads", "--format", "parquet"], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, check=True
    )
    assert done.stdout[:4] == done.stdout[-4:] == b"PAR1"


def test_a_command_lets_the_owner_do_its_work_and_says_so(small: Path, tmp_path: Path, holder) -> None:  # type: ignore[no-untyped-def]
    process = holder("serve")
    loaded = run("-w", "centre", "load", "calls.csv", "--format", "json", cwd=tmp_path)
    assert loaded.returncode == 0
    assert "its owner does this" in loaded.stderr
    assert str(process.pid) in loaded.stderr
    assert json.loads(loaded.stdout)[0]["accepted"] == 3
    assert run("-w", "centre", "load", "calls.csv", "--strict", cwd=tmp_path).returncode == 8
    asked = run("-w", "centre", "ask", "volume", "--period", "2026-10", "--lang", "ja", cwd=tmp_path)
    assert "充足状況" in asked.stdout
    wrong = run("-w", "centre", "ask", "volumee", cwd=tmp_path)
    assert (wrong.returncode, "volume" in wrong.stderr, wrong.stdout) == (2, True, "")
    written = run("-w", "centre", "loads", "--format", "csv", "--out", "loads.csv", cwd=tmp_path)
    assert written.returncode == 0
    assert (tmp_path / "loads.csv").read_bytes().startswith(b"\xef\xbb\xbfload,")
    assert process.poll() is None


def test_binary_results_come_through_the_owner(small: Path, tmp_path: Path, holder) -> None:  # type: ignore[no-untyped-def]
    holder("serve")
    done = subprocess.run(
        [*COMMAND, "-w", str(small), "loads", "--format", "xlsx", "-q"], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, check=True
    )
    assert done.stdout[:2] == b"PK"


def test_when_the_owner_ends_the_waiting_command_does_its_work_itself(small: Path, tmp_path: Path, holder) -> None:  # type: ignore[no-untyped-def]
    process = holder("silent")
    waiting = subprocess.Popen(
        [*COMMAND, "-w", str(small), "loads"], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(1.5)
    assert waiting.poll() is None
    process.send_signal(signal.SIGKILL)
    out, err = waiting.communicate(timeout=PATIENCE_S)
    assert (waiting.returncode, "0 loads" in out) == (0, True)
    assert "Traceback" not in err


def test_two_commands_at_once_both_end_well(small: Path, tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [*COMMAND, "-w", str(small), *words], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for words in (["load", "calls.csv"], ["check"], ["loads"])
    ]
    codes = [process.communicate(timeout=PATIENCE_S) and process.returncode for process in both]
    assert codes == [0, 0, 0]

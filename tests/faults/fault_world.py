"""Real processes on a real workspace, hit at a chosen system call by strace; where strace is missing, at random moments or by a limit of the system."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rashin.store import Store, Workspace

HERE = Path(__file__).parent
#: What makes bytes durable, or is about to.
WRITES = "pwrite64,write,fdatasync,fsync,ftruncate"

SOURCE, ROWS = "pbx", 1500


@dataclass(frozen=True)
class Ran:
    """What a process said line by line (as JSON), and how it ended."""

    said: list[object]
    code: int
    err: str


@cache
def strace() -> str | None:
    """Path of a strace that works here; None is told loudly, because the tests then reach fewer moments."""
    found = shutil.which("strace")
    if found and subprocess.run([found, "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync", "true"], capture_output=True).returncode == 0:
        return found
    print(
        "\n*** strace is missing or not allowed: faults strike at random moments instead of at every durable write ***", file=sys.__stderr__
    )
    return None


def centre(folder: Path, settings: str = "") -> Workspace:
    """A workspace with one load of ten contacts."""
    made = Workspace.create(folder)
    (made.path / "rashin.toml").write_text(f'[engine]\nthreads = 1\nmemory_limit = "500MB"\n{settings}', "utf-8")
    with Store.open(made) as store:
        load(store, "base.csv", range(10))
    return made


def load(store: Store, name: str, ids: range, queue: str = "A", revision: int = 1, batch_id: str | None = None):
    """Load a file of contacts."""
    import datetime as dt

    import pyarrow as pa

    day = dt.date(2026, 10, 1)
    table = pa.table(
        {
            "source": [SOURCE] * len(ids),
            "native_id": [str(n) for n in ids],
            "revision": pa.array([revision] * len(ids), pa.int64()),
            "queue": [queue] * len(ids),
            "category": [f"分類{n * 7919}" for n in ids],
            "channel": ["voice"] * len(ids),
            "direction": ["inbound"] * len(ids),
            "business_date": [day + dt.timedelta(days=n % 5) for n in ids],
            "_line": pa.array(ids, pa.int64()),
        }
    )
    with store.load(SOURCE, name, name, "m", "test", batch_id=batch_id) as running:
        running.stage("contact", table)
        return running.commit()


def command(workspace: Workspace, action: str) -> list[str]:
    """The command line of a process that does ``action`` (a function of fault_actions)."""
    return [sys.executable, str(HERE / "fault_actions.py"), action, str(workspace.path)]


def hit(workspace: Workspace, action: str, inject: str, calls: str = WRITES, paths: tuple[Path, ...] = ()) -> Ran:
    """Run ``action`` with a fault injected into system calls on the engine's files (or ``paths``)."""
    engine = workspace.engine_file
    watched = paths or (engine, engine.with_name(engine.name + ".wal"))
    names = [part for path in watched for part in ("-P", str(path))]
    return run(
        [
            strace() or "",
            "-f",
            "-qq",
            "-o",
            os.devnull,
            *names,
            "-e",
            f"trace={calls}",
            "-e",
            f"inject={inject}",
            *command(workspace, action),
        ]
    )


def calls_of(workspace: Workspace, action: str, calls: str = WRITES, paths: tuple[Path, ...] = ()) -> int:
    """How many such calls ``action`` makes when nothing goes wrong (run on a copy)."""
    copy = twin(workspace, "count")
    engine = copy.engine_file
    watched = tuple(copy.path / p.relative_to(workspace.path) for p in paths) or (engine, engine.with_name(engine.name + ".wal"))
    names = [part for path in watched for part in ("-P", str(path))]
    trace = workspace.path.parent / "trace"
    run([strace() or "", "-f", "--seccomp-bpf", "-qq", "-o", str(trace), *names, "-e", f"trace={calls}", *command(copy, action)])
    return len([line for line in trace.read_text(errors="replace").splitlines() if "(" in line and "resumed" not in line])


def run(words: list[str]) -> Ran:
    """Run a process to its end."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=240)
    return Ran([json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr)


def killed_at_random(workspace: Workspace, action: str, seed: int, longest_s: float | None = None, most: int = 0) -> Ran:
    """Run ``action`` and kill it -9 at a random moment after it has opened the workspace: within ``longest_s``, or after it has said as many as ``most`` things
    more, at a moment between two of them (so that a slow machine is hit as far along as a fast one)."""
    process = subprocess.Popen(command(workspace, action), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    chance = random.Random(seed)
    lines = [process.stdout.readline()]
    began = time.monotonic()
    lines += [process.stdout.readline() for _ in range(chance.randint(0, most))]
    pace_s = (time.monotonic() - began) / len(lines)
    time.sleep(chance.uniform(0, pace_s if longest_s is None else longest_s))
    process.kill()
    rest, err = process.communicate()
    return Ran([json.loads(line) for line in ("".join(lines) + rest).splitlines()], process.returncode, err)


def twin(workspace: Workspace, name: object) -> Workspace:
    """A copy of the workspace, to be hit."""
    target = workspace.path.with_name(f"{workspace.path.name}-{name}")
    shutil.copytree(workspace.path, target)
    return Workspace(target)


def victims(workspace: Workspace, action: str, calls: str = WRITES) -> Iterator[tuple[Workspace, Ran]]:
    """Copies of the workspace in which ``action`` was killed: at each durable write where strace works, else at a dozen random moments."""
    if strace():
        for n in range(1, calls_of(workspace, action, calls) + 1):
            copy = twin(workspace, n)
            yield copy, hit(copy, action, f"{calls}:signal=SIGKILL:when={n}", calls)
            shutil.rmtree(copy.path)
        return
    started = time.monotonic()
    run(command(twin(workspace, "whole"), action))
    longest = (time.monotonic() - started) / 2
    for seed in range(12):
        copy = twin(workspace, seed)
        yield copy, killed_at_random(copy, action, seed, longest)
        shutil.rmtree(copy.path)

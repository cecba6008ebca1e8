"""What the processes do that are hit: each action opens the workspace, says so, works, and says what became of it."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fault_world import ROWS, load

from rashin.errors import RashinError
from rashin.formula import parse_measure
from rashin.store import Store, Workspace, due
from rashin.store.rollup import Kept


def say(*words: object) -> None:
    print(json.dumps(words, ensure_ascii=False), flush=True)


def load_more(store: Store) -> None:
    """Load a second file: new contacts, and corrections of the first ones."""
    load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
    say("committed")


def withdraw(store: Store) -> None:
    """Withdraw the second load."""
    store.withdraw(2, "test")
    say("committed")


def seal(store: Store) -> None:
    """Export every day."""
    store.seal()
    say("committed")


def create(store: Store) -> None:
    """Nothing: opening was all."""
    say("committed")


def load_thrice(store: Store) -> None:
    """Try to load three times while other threads read; tell what each attempt and each reader saw."""
    for _ in range(3):
        try:
            load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
            say("committed")
        except RashinError as error:
            say("refused", error.code, error.text("ja"), error.text("en"))
        with ThreadPoolExecutor(2) as readers:
            say("readers", *readers.map(count, [store] * 4), count(store))


def load_within_limit(store: Store) -> None:
    """As above, with files that the system does not let grow any further."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = store.workspace.engine_file.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(size, 16 * 1024), resource.RLIM_INFINITY))
    load_thrice(store)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    load_thrice(store)


def batches(store: Store) -> None:
    """Send batches of twenty contacts for ever, from the first one on; say which are kept."""
    for number in itertools.count(1):
        load(store, f"batch {number}", range(20 * number + 10_000, 20 * number + 10_020), "live", batch_id=f"batch-{number}")
        say("kept", number)


def batches_that_wait(store: Store) -> None:
    """As above, with roll-ups whose upkeep is left to a clock that strikes every few batches, between and within commits, however slow the machine."""
    due.WAITS_FROM, due.CADENCE_S = 0, 0.0
    measure = parse_measure("live", "count(*) filter (where queue = 'live')", "contact", {}, "faults")
    store.keep([Kept("contact", "counted_at", (measure,))], "faults")
    began = time.monotonic()
    load(store, f"pace {os.getpid()}", range(9_000, 9_020), "pace")
    due.CADENCE_S = 4 * (time.monotonic() - began)
    say("keeps")
    batches(store)


def count(store: Store) -> int:
    return int(store.read("SELECT count(*) AS n FROM contact").to_pylist()[0]["n"])


if __name__ == "__main__":
    with Store.open(Workspace.find(sys.argv[2])) as opened:
        say("opened", opened.snapshot())
        {f.__name__: f for f in (load_more, withdraw, seal, create, load_thrice, load_within_limit, batches, batches_that_wait)}[
            sys.argv[1]
        ](opened)

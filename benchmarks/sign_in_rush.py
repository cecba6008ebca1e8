"""Fifty people of one office sign in at the same moment: is anybody refused, and what do the others notice? Against the real server.

Run: ``python benchmarks/sign_in_rush.py WORKSPACE [PEOPLE] [THREADS]``. WORKSPACE (a demo centre, say) is copied, not changed. Six people who are signed in ask for the
overview all the time, first alone, then while PEOPLE sign in from one address, one in ten of them with a wrong password at first. Prints what came back
and the times. 1 when somebody was refused or the others' p95 passes one second.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from socket import socket

from web_visitor import Visitor

PASSWORD, OTHERS, BAR_S = "a long enough password 1", 6, 1.0
MAKE = """
import sys; from pathlib import Path; from rashin.web.serve import prepare; prepare(Path(sys.argv[1]))
from rashin.web.people.models import Person
first = Person.objects.create_user("p0@rush.example", sys.argv[3], name="p0", role="analyst")
Person.objects.bulk_create(
    Person(email=f"p{n}@rush.example", name=f"p{n}", role="analyst", password=first.password) for n in range(1, int(sys.argv[2]))
)
"""


def served(folder: Path, people: int, threads: int) -> tuple[subprocess.Popen[bytes], int]:
    """Make the people, start the site, wait until it answers; return its process and port."""
    environment = os.environ | {"RASHIN_ALLOW_ROOT": "1", "RASHIN_LOG": "error"}
    subprocess.run([sys.executable, "-c", MAKE, str(folder), str(people), PASSWORD], env=environment, check=True)
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [sys.executable, "-c", "from rashin.cli import main; main()", "web", "--port", str(port), "--threads", str(threads)]
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    for _ in range(600):
        if Visitor(port).ready():
            return process, port
        time.sleep(0.1)
    raise SystemExit("the site does not answer")


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return how long ``work`` took and what it gave; "lost" when there was no answer."""
    began = time.perf_counter()
    try:
        found = work()
    except (OSError, HTTPException):
        found = "lost"
    return time.perf_counter() - began, found


def looking(visitors: list[Visitor], until: threading.Event) -> list[tuple[float, object]]:
    """The others ask for the overview until they are told to stop."""

    def one(visitor: Visitor) -> list[tuple[float, object]]:
        took = []
        while not until.is_set():
            took.append(timed(lambda: visitor.get("/")[0]))
            until.wait(0.2)
        return took

    with ThreadPoolExecutor(len(visitors)) as crowd:
        return [each for part in crowd.map(one, visitors) for each in part]


def told(took: list[tuple[float, object]]) -> dict[str, object]:
    """Return how many, with which answers, and the times in ms."""
    seconds = sorted(each[0] for each in took)
    p95 = seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]
    answers = {str(answer): count for answer, count in Counter(each[1] for each in took).items()}
    return {"n": len(took), "answers": answers, "p50": _ms(statistics.median(seconds)), "p95": _ms(p95), "max": _ms(seconds[-1])}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def main(source: Path, people: int, threads: int) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "centre"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("rashin.sqlite3*", "*.lock"))
        process, port = served(folder, people + OTHERS, threads)
        try:
            others = [Visitor(port) for _ in range(OTHERS)]
            for number, visitor in enumerate(others):
                visitor.sign_in(f"p{people + number}@rush.example", PASSWORD)
            stop = threading.Event()
            threading.Timer(5, stop.set).start()
            alone = looking(others, stop)
            coming = [Visitor(port) for _ in range(people)]
            forms = [visitor.form() for visitor in coming]
            with ThreadPoolExecutor(people + 1) as crowd:
                stop = threading.Event()
                watched = crowd.submit(looking, others, stop)
                gate = threading.Barrier(people)

                def come(number: int) -> list[tuple[float, object]]:
                    gate.wait()
                    tries = [PASSWORD] if number % 10 else ["mistyped password", PASSWORD]
                    return [timed(lambda t=each: coming[number].send(forms[number], f"p{number}@rush.example", t)) for each in tries]

                came = [each for part in crowd.map(come, range(people)) for each in part]
                stop.set()
                beside = watched.result()
        finally:
            process.terminate()
            process.wait(20)
    found = {"people": people, "threads": threads, "others alone": told(alone), "others beside": told(beside), "sign-ins": told(came)}
    print(json.dumps(found, indent=1))
    mistyped = len(range(0, people, 10))
    right = Counter(each[1] for each in came) == {302: people, 200: mistyped} and all(each[1] == 200 for each in beside)
    return int(not right or found["others beside"]["p95"] > BAR_S * 1000)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *(int(each) for each in (*sys.argv[2:], *("50", "8")[len(sys.argv) - 2 :]))))

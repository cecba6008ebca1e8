"""Two hundred scheduled reports in one night: are they all in their mailboxes, and do people who look at pages meanwhile notice? Against the real server.

Run: ``python benchmarks/report_night.py WORKSPACE [REPORTS] [PDF]``. WORKSPACE (a demo centre, say) is copied, not changed. REPORTS schedules, each with a filter of its own
so that none shares its figures, fall due at once; a mail server of the script takes them. Two people ask for the overview all the time, first with nothing due, then
meanwhile. Prints how long it took and the times of the pages. 1 when one is missing or doubled, or the pages' p95 passes half a second and twice what it was.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket

from sign_in_rush import looking, told
from web_visitor import Visitor

PASSWORD, LOOKERS = "a long enough password 1", 2
MAKE = """
import sys, datetime as dt; from pathlib import Path; from rashin.web.serve import prepare; prepare(Path(sys.argv[1]))
from rashin.web.people.models import Person; from rashin.web.acts.models import NoticeChoice, Schedule, ScheduledReader
first = Person.objects.create_user("p0@night.example", sys.argv[3], name="p0", role="analyst")
Person.objects.bulk_create(Person(email=f"p{n}@night.example", name=f"p{n}", role="analyst", password=first.password) for n in range(1, 2))
NoticeChoice.objects.create(person=first, alerts="never"); NoticeChoice.objects.create(person=Person.objects.get(email="p1@night.example"), alerts="never")
now = dt.datetime.now(dt.UTC)
at = (now + dt.timedelta(seconds=int(sys.argv[4]))).replace(second=0, microsecond=0)
for n in range(int(sys.argv[2])):
    made = Schedule.objects.create(name=f"night {n}", kind="weekly", weekday=at.isoweekday(), at=at.time(), zone="UTC", owner=first, where={"hour": [n % 24]} if n % 25 else {},
        by_dimension=("team", "queue", "channel")[n % 3], formats=["pdf"] if len(sys.argv) > 5 else [], created_at=now - dt.timedelta(minutes=5))
    ScheduledReader.objects.create(schedule=made, person=first)
print(at.timestamp())
"""


def main(source: Path, reports: int, pdf: bool) -> int:
    """Measure and print."""
    import logging
    import warnings

    from aiosmtpd.controller import Controller

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    got: Counter[str] = Counter()

    class Office:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
            head = bytes(envelope.content).split(b"\r\n\r\n", 1)[0].decode()  # type: ignore[attr-defined]
            got[next(line for line in head.split("\r\n") if line.startswith("Message-ID"))] += 1
            return "250 taken"

    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        smtp = int(probe.getsockname()[1])
    office = Controller(Office(), hostname="127.0.0.1", port=smtp)
    office.start()
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as held:
        held.callback(office.stop)
        folder = Path(place) / "centre"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("rashin.sqlite3*", "*.lock"))
        environment = os.environ | {
            "RASHIN_ALLOW_ROOT": "1",
            "RASHIN_LOG": "error",
            "RASHIN_SMTP": f"smtp://127.0.0.1:{smtp}",
            "RASHIN_MAIL_FROM": "rashin@night.example",
        }
        words = [str(folder), str(reports), PASSWORD, "120", *(["pdf"] if pdf else [])]
        due = float(
            subprocess.run([sys.executable, "-c", MAKE, *words], env=environment, check=True, capture_output=True, text=True).stdout
        )
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        process = subprocess.Popen(
            [sys.executable, "-c", "from rashin.cli import main; main()", "web", "--port", str(port)],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        held.callback(lambda: (process.terminate(), process.wait(20)))
        while not Visitor(port).ready():
            time.sleep(0.1)
        visitors = [Visitor(port) for _ in range(LOOKERS)]
        for number, visitor in enumerate(visitors):
            visitor.sign_in(f"p{number}@night.example", PASSWORD)
        stop = threading.Event()
        threading.Timer(max(due - time.time() - 5, 5), stop.set).start()
        alone = looking(visitors, stop)
        began, stop = max(due, time.time()), threading.Event()
        with ThreadPoolExecutor(1) as beside:
            watched = beside.submit(looking, visitors, stop)
            while len(got) < reports and time.time() - began < 7200:
                time.sleep(0.5)
            took = time.time() - began
            stop.set()
            meanwhile = watched.result()
        time.sleep(3)
    found = {
        "reports": len(got),
        "doubled": sum(count > 1 for count in got.values()),
        "minutes": round(took / 60, 1),
        "pages alone": told(alone),
        "pages meanwhile": told(meanwhile),
    }
    print(json.dumps(found, indent=1))
    slow = found["pages meanwhile"]["p95"] > max(500, 2 * found["pages alone"]["p95"])  # type: ignore[index]
    return int(len(got) != reports or any(count > 1 for count in got.values()) or slow)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200, len(sys.argv) > 3))

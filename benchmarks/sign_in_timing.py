"""Can it be told from the time of the answer whether an address is known? 200 wrong passwords of a known and of an unknown address, in turn; Welch's t.

Run: ``python benchmarks/sign_in_timing.py [TRIES]``. Prints the means, the deviations and t, of the processor's time and of the clock's.
|t| < 3 is the bar; the clock's t on a busy machine says less than the processor's.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

KNOWN, UNKNOWN, LEFT = "known@umineko.example", "nobody@umineko.example", "left@umineko.example"


def welch(a: list[float], b: list[float]) -> float:
    """Return Welch's t of two samples."""
    return (statistics.mean(a) - statistics.mean(b)) / math.sqrt(statistics.variance(a) / len(a) + statistics.variance(b) / len(b))


def main(tries: int) -> int:
    """Measure and print; 1 when the two can be told apart by the processor's time."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "rashin.toml").write_text('[organisation]\nname = "x"\n', "utf-8")
        os.environ |= {"RASHIN_WORKSPACE": str(folder), "DJANGO_SETTINGS_MODULE": "rashin.web.settings", "RASHIN_LOG": "error"}
        from rashin.web.serve import prepare

        prepare(folder)
        from django.core.cache import cache
        from django.test import Client

        from rashin.web.people.models import Person

        for email in (KNOWN, LEFT):
            Person.objects.create_user(email, "a long enough password 1", name="x", role="analyst", is_active=email == KNOWN)
        took: dict[str, list[tuple[float, float]]] = {KNOWN: [], UNKNOWN: [], LEFT: []}
        order = random.Random(1)
        for number in range(tries + 5):
            for email in order.sample(list(took), 3):
                cache.clear()
                client = Client(headers={"host": "127.0.0.1"})
                clock, processor = time.perf_counter(), time.thread_time()
                client.post("/sign/login/", {"login": email, "password": "wrong password 123"})
                if number >= 5:
                    took[email].append((time.thread_time() - processor, time.perf_counter() - clock))
    told = {}
    for other in (UNKNOWN, LEFT):
        told[other.split("@")[0]] = {
            name: round(welch([each[index] for each in took[KNOWN]], [each[index] for each in took[other]]), 2)
            for index, name in enumerate(("t_processor", "t_clock"))
        }
    means = {email.split("@")[0]: round(statistics.mean(each[0] for each in pairs) * 1000, 2) for email, pairs in took.items()}
    deviations = {email.split("@")[0]: round(statistics.stdev(each[0] for each in pairs) * 1000, 2) for email, pairs in took.items()}
    print(json.dumps({"tries": tries, "ms": means, "deviation_ms": deviations, "t": told}))
    return int(any(abs(each["t_processor"]) >= 3 for each in told.values()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))

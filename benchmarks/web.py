"""Measures the site as people meet it: the real server on a workspace, real sign-ins, twenty people at once, and the first view in a real browser.

    python benchmarks/web.py WORKSPACE [--users 20] [--rounds 6] [--pause 0] [--port 8799] [--no-browser] [--json FILE] [--page PAGE]

The workspace gets people of its own for the run (a name on ``bench.example``; their passwords are made up for the run and written nowhere). Server time is
what the server's own log says of each request; beside it stands what the client waited. Nothing is simulated.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import web_view  # noqa: E402 - found through the line above
from web_visitor import Visitor  # noqa: E402

SEED = 20_261_101
#: Bars: route → most milliseconds of server time at the 95th percentile, once answers are kept.
BARS = {"overview": 300.0, "kpi": 400.0, "overview-more": 100.0, "kpi-slices": 100.0, "kpi-hours": 100.0, "kpi-variants": 100.0}
TITLES = {
    "overview": "overview",
    "kpi": "page of one KPI",
    "overview-more": "overview: hours and channels",
    "kpi-slices": "KPI: by dimension",
    "kpi-hours": "KPI: weekday × hour",
    "kpi-variants": "KPI: every definition",
}
PERIODS = ("latest week", "latest 4 weeks", "latest month")
KPIS = ("answer_rate", "service_level", "aht", "fcr")
#: As `make bench` runs it: people, pages that each views, seconds between two pages of the first round, port.
USERS, ROUNDS, PAUSE_S, PORT = 20, 12, 1.0, 8799
SETS = ("stage_5", "stage_12", "stage_21")


@dataclass
class Server:
    """The running site. ``log``: one JSON line per request."""

    folder: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    ready_s: float = 0.0

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {**os.environ, "RASHIN_ALLOW_ROOT": "1", "RASHIN_URL": f"http://127.0.0.1:{self.port}"}
        environment["PYTHONPATH"] = str(HERE.parent / "src")
        code = "import sys; from rashin.cli import main; sys.exit(main())"
        began = time.perf_counter()
        with self.log.open("wb") as log:
            arguments = ["-w", str(self.folder), "web", "--port", str(self.port)]
            self.process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=log, stderr=subprocess.STDOUT, env=environment)
        while not Visitor(self.port).ready():
            if self.process.poll() is not None:
                raise SystemExit(f"the site did not start:\n{self.log.read_text('utf-8')[-2000:]}")
            time.sleep(0.1)
        self.ready_s = time.perf_counter() - began

    def settle(self, most_s: float = 300.0) -> float:
        """Wait until it has worked out what it does by itself after a start; the CPU seconds that took."""
        before, until, quiet = self.cpu_s(), time.perf_counter() + most_s, 0
        while quiet < 3 and time.perf_counter() < until:
            seen = self.cpu_s()
            time.sleep(1)
            quiet = quiet + 1 if self.cpu_s() - seen < 0.05 else 0
        return self.cpu_s() - before

    def stop(self) -> None:
        """Let it end."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def cpu_s(self) -> float:
        """CPU seconds of the server's processes so far (Linux)."""
        own = [self.process.pid] if self.process else []
        tick, total = os.sysconf("SC_CLK_TCK"), 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text("ascii", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat.parent.name) in own or int(fields[1]) in own:
                total += int(fields[11]) + int(fields[12])
        return total / tick

    def lines(self) -> int:
        """How many lines the log has."""
        return len(self.log.read_bytes().splitlines())

    def durations(self, since: int) -> dict[str, list[float]]:
        """Route → milliseconds of each request after line ``since``; a request that failed ends the run."""
        found: dict[str, list[float]] = defaultdict(list)
        for raw in self.log.read_text("utf-8").splitlines()[since:]:
            line = json.loads(raw) if raw.startswith("{") else {}
            if line.get("message") == "request" and line.get("route") in TITLES:
                if line["status_code"] != 200:
                    raise SystemExit(f"a request failed: {raw}")
                found[line["route"]].append(line["duration_ms"])
        return found


@dataclass
class Phase:
    """One phase: what each route took on the server and for the client, in milliseconds."""

    title: str
    server: dict[str, list[float]] = field(default_factory=dict)
    client: dict[str, list[float]] = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def summary(self) -> dict[str, Any]:
        """Return percentiles by route, and requests a second."""
        count = sum(len(each) for each in self.server.values())
        routes = {
            route: {"n": len(each), "p50": _at(each, 50), "p95": _at(each, 95), "max": max(each), "client_p95": _at(self.client[route], 95)}
            for route, each in self.server.items()
        }
        return {
            "title": self.title,
            "routes": routes,
            "requests": count,
            "per_s": count / self.wall_s,
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
        }


def _at(values: list[float], percent: int) -> float:
    return values[0] if len(values) == 1 else statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def addresses(known: dict[str, list[str]], rng: random.Random, count: int) -> list[tuple[str, str]]:
    """Return (route, address) of ``count`` page views: half overviews, a third KPI pages, the rest parts; periods, sets, channels and queues mixed."""
    found = []
    for _ in range(count):
        route = rng.choices(list(TITLES), (45, 30, 10, 7, 5, 3))[0]
        query = [("period", rng.choices(PERIODS, (6, 3, 1))[0])]
        if rng.random() < 0.3 and known["channel"]:
            query.append(("w.channel", rng.choice(known["channel"][:3])))
        if rng.random() < 0.2 and known["queue"]:
            query.append(("w.queue", rng.choice(known["queue"][:4])))
        kpi = rng.choices(KPIS, (4, 3, 2, 1))[0]
        if route.startswith("overview"):
            query.append(("set", rng.choices(SETS, (6, 3, 1))[0]))
        path = {"overview": "/", "overview-more": "/more/", "kpi": f"/kpi/{kpi}/"}.get(route, f"/kpi/{kpi}/{route[4:]}/")
        found.append((route, Visitor.address(path, query)))
    return found


def busy(server: Server, visitors: list[Visitor], plans: list[list[tuple[str, str]]], title: str, pause_s: float) -> Phase:
    """Let all visitors view their pages at the same time, one page after another, ``pause_s`` between two."""
    since, cpu, lock = server.lines(), server.cpu_s(), threading.Lock()
    client: dict[str, list[float]] = defaultdict(list)
    failed: list[str] = []

    def view(visitor: Visitor, plan: list[tuple[str, str]]) -> None:
        rng = random.Random(plan[0][1])
        for route, address in plan:
            if pause_s:
                time.sleep(rng.uniform(0.5, 1.5) * pause_s)
            began = time.perf_counter()
            status, _ = visitor.get(address)
            with lock:
                client[route].append((time.perf_counter() - began) * 1e3)
                if status != 200:
                    failed.append(f"{status} {address}")

    began = time.perf_counter()
    threads = [threading.Thread(target=view, args=pair) for pair in zip(visitors, plans, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise SystemExit(f"requests failed: {failed[:3]}")
    wall = time.perf_counter() - began
    time.sleep(0.3)
    return Phase(title, server.durations(since), client, wall, server.cpu_s() - cpu)


def measure(folder: Path, users: int, rounds: int, pause_s: float, port: int, browser: bool) -> dict[str, Any]:
    """Run all phases and return what was measured."""
    made = subprocess.run(
        [sys.executable, str(HERE / "web_people.py"), str(folder), str(users)], stdout=subprocess.PIPE, text=True, check=True
    )
    given = json.loads(made.stdout.splitlines()[-1])
    known: dict[str, list[str]] = given["values"]
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(folder, port, Path(scratch) / "server.log")
        server.start()
        try:
            visitors = [Visitor(port) for _ in given["people"]]
            first = time.perf_counter()
            visitors[0].sign_in(*given["people"][0])
            status, size = visitors[0].get("/")
            opening_s = time.perf_counter() - first
            if status != 200:
                raise SystemExit(f"the overview answered {status}")
            settled_s, load = server.settle(), os.getloadavg()[0]
            for visitor, person in zip(visitors[1:], given["people"][1:], strict=True):
                visitor.sign_in(*person)
            rng = random.Random(SEED)
            plans = [addresses(known, rng, rounds) for _ in visitors]
            phases = [
                busy(server, visitors, plans, f"{users} people at once, every page for the first time", pause_s),
                busy(server, visitors, plans, f"{users} people at once, the same pages again", 0.0),
            ]
            seen = web_view.first_view(port, *given["people"][0]) if browser else None
        finally:
            server.stop()
    return {
        "users": users,
        "contacts": given["contacts"],
        "ready_s": server.ready_s,
        "opening_s": opening_s,
        "page_bytes": size,
        "settled_s": settled_s,
        "load": load,
        "pause_s": pause_s,
        "phases": [phase.summary() for phase in phases],
        "view": seen,
    }


def text(found: dict[str, Any]) -> list[str]:
    """Return the section of the page of benchmarks, as lines of Markdown."""
    lines = [f"## The site at {found['contacts']:,} contacts", ""]
    lines += [
        f"`rashin web` on the same machine that runs the visitors: {found['users']} people sign in with their passwords, a third of them limited to a team, a",
        "vendor or a site, and view overviews, KPI pages and their parts with mixed periods, channels and queues. Server time by the server's own log, in ms.",
        "",
    ]
    for phase in found["phases"]:
        pause = f", about {found['pause_s']:g} s between two pages of a person" if found["pause_s"] and phase is found["phases"][0] else ""
        cpu = phase["cpu_s"] / phase["requests"] * 1e3
        lines += [
            f"**{phase['title'][0].upper()}{phase['title'][1:]}**{pause}: {phase['requests']} views, {phase['per_s']:,.0f} a second, {cpu:,.0f} ms CPU each.",
            "",
            "| | views | median | 95 % | slowest | client 95 % | bar |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        kept = phase is found["phases"][-1]
        for route, title in TITLES.items():
            if one := phase["routes"].get(route):
                bar = f"{BARS[route]:,.0f}" if kept or route in {"overview", "kpi"} else ""
                figures = " | ".join(f"{one[name]:,.0f}" for name in ("p50", "p95", "max", "client_p95"))
                lines.append(f"| {title} | {one['n']} | {figures} | {bar} |")
        lines.append("")
    lines.append(
        f"From the start of the command until it answers: {found['ready_s']:.1f} s; signing in and the first overview after that: {found['opening_s']:.2f} s."
    )
    lines.append(
        f"After a start it works out by itself what people ask for first and which source records what: {found['settled_s']:.0f} s of CPU, once."
    )
    if found["load"] > 1:
        lines.append(
            f"Other programs kept the machine busy meanwhile (load {found['load']:.0f} on {os.cpu_count()} cores before the first round): "
            "waits are upper bounds, CPU is not."
        )
    if view := found["view"]:
        kb = view["bytes"] / 1e3
        lines.append(
            f"First view in Chromium with an empty cache: {view['paint_ms']:,.0f} ms to the first paint, {view['content_ms']:,.0f} ms to the last KPI tile, "
            f"{kb:,.0f} kB over the wire (bars: 1,000 ms, 700 kB); a KPI page with its charts {view['kpi_bytes'] / 1e3:,.0f} kB."
        )
    return [*lines, ""]


def placed(page: str, lines: list[str]) -> str:
    """Return the page of benchmarks with its section about the site replaced, or put before the notes at its end."""
    before, mark, after = page.partition("## How it was measured")
    kept = before.partition("## The site at ")[0]
    return kept + "\n".join(lines) + "\n" + mark + after


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0 also when a bar is missed: the figures say so."""
    parser = argparse.ArgumentParser(description="The site under twenty people.")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="pages that each person views")
    parser.add_argument("--pause", type=float, default=PAUSE_S, help="seconds between two pages of a person in the first phase")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="leave the first view out")
    parser.add_argument("--json", type=Path, help="write what was measured")
    parser.add_argument("--page", type=Path, help="page of benchmarks whose section about the site is replaced")
    asked = parser.parse_args(arguments)
    found = measure(asked.workspace, asked.users, asked.rounds, asked.pause, asked.port, asked.browser)
    if asked.json:
        asked.json.write_text(json.dumps(found), "utf-8")
    lines = text(found)
    if asked.page:
        asked.page.write_text(placed(asked.page.read_text("utf-8"), lines), "utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

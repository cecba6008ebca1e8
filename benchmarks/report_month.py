"""A monthly report of 40 KPIs by team on a large workspace: seconds until the document stands, and until its PDF does.

Run: ``python benchmarks/report_month.py WORKSPACE [MONTH] [KPIS]``. WORKSPACE is opened as it is: hand in a copy. A first process chooses KPIs that have a figure in
that month (the usual sets first), so that the second begins cold: it opens the workspace, makes the report, has it typeset, and does both again. CPU seconds
count all threads and the typesetter; on a machine that others use they say more than the clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import rashin


def chosen(folder: Path, month: str, count: int) -> list[str]:
    """Return so many KPIs that have a figure, those of the catalogue's sets first."""
    from rashin.catalogue.sets import load_sets

    with rashin.open(folder) as centre:
        usual = [kpi for each in load_sets(centre.catalogue).values() for kpi in each.kpis]
        names = list(dict.fromkeys([*usual, *centre.catalogue.kpis]))
        answer = centre.ask(names, period=month)
        return [one.name for one in answer.series if answer.at(one, 0).value is not None][:count]


def spent() -> float:
    """CPU seconds of this process and of those that it waited for."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def measure(folder: Path, month: str, kpis: list[str]) -> dict[str, object]:
    """Make the report twice."""
    from rashin.judge.goals import of_store
    from rashin.query import Scope
    from rashin.report import monthly
    from rashin.report.model import dump
    from rashin.report.render import apart

    found: dict[str, object] = {}
    with rashin.open(folder) as centre:
        goals, period = of_store(centre.store, centre.catalogue), centre.period(month)
        found["contacts"] = int(centre.ask("volume").value or 0)
        for run in ("cold", "again"):
            clock, cpu = time.perf_counter(), spent()
            report = monthly.build(
                centre.store, centre.catalogue, goals, period, scope=Scope.everything(), lang="ja", today=centre.today(), kpis=kpis
            )
            document = dump(report)
            between, used = time.perf_counter(), spent()
            pdf = apart(document, "pdf")
            found[run] = {
                "figures_s": round(between - clock, 1), "figures_cpu_s": round(used - cpu, 1),
                "pdf_s": round(time.perf_counter() - between, 1), "pdf_cpu_s": round(spent() - used, 1),
                "questions": len(report.made.questions), "pdf_kb": len(pdf) // 1024,
            }  # fmt: skip
        by_team = [table for table in report.tables() if len(table.columns) > 2 and table.columns[0].title in ("チーム", "Team", "KPI")]
        found["kpis"], found["goals"] = len(report.figures), len(goals)
        found["tables"] = [(table.title, len(table.columns), len(table.rows)) for table in by_team]
        Path("report_month.pdf").write_bytes(pdf)
    return found


if __name__ == "__main__":
    place, which = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "2026-10"
    if "--cold" in sys.argv:
        print(json.dumps(measure(place, which, json.loads(sys.stdin.read())), ensure_ascii=False, indent=1))
    else:
        names = chosen(place, which, int(sys.argv[3]) if len(sys.argv) > 3 else 40)
        sys.exit(subprocess.run([sys.executable, __file__, str(place), which, "--cold"], input=json.dumps(names), text=True).returncode)

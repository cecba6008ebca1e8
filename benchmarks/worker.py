"""Runs one contender in a process of its own: so that each has its own memory, its own caches and nothing of the others.

python benchmarks/worker.py ask CONTENDER PLACE REPEATS      → JSON: {question: {wall, cpu}}, peak memory; answers in PLACE/answers
python benchmarks/worker.py load CONTENDER PLACE FILE…       → JSON: {wall, cpu}, peak memory
python benchmarks/worker.py part NAME PLACE                  → JSON: what parts/NAME.py measures
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

#: No more repeats of a question that takes longer than this, in seconds.
ENOUGH_S = 20.0


def timed(action: Callable[[], object]) -> tuple[float, float, object]:
    """Wall seconds, CPU seconds of all threads and of the programs that were run, and what came back."""
    wall, cpu = time.perf_counter(), _cpu()
    found = action()
    return time.perf_counter() - wall, _cpu() - cpu, found


def _cpu() -> float:
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + others.ru_utime + others.ru_stime


def ask(name: str, place: Path, repeats: int) -> dict[str, object]:
    """Ask every question ``repeats`` times after one warm-up; medians of wall and CPU."""
    import pyarrow.parquet as pq
    from questions import QUESTIONS

    contender = import_module(f"contenders.{name}")
    prepared = contender.prepare(place)
    times = {}
    for question in QUESTIONS.values():
        first_wall, _, answer = timed(lambda question=question: contender.ask(prepared, question))
        pq.write_table(answer, place / "answers" / f"{name}-{question.name}.parquet")
        runs, spent = [], first_wall
        while len(runs) < repeats and (spent < ENOUGH_S or not runs):
            wall, cpu, _ = timed(lambda question=question: contender.ask(prepared, question))
            runs.append((wall, cpu))
            spent += wall
        walls, cpus = zip(*runs, strict=True)
        times[question.name] = {"wall": statistics.median(walls), "cpu": statistics.median(cpus), "first": first_wall, "runs": len(runs)}
    return {"times": times, "peak_mib": _peak_mib()}


def load(name: str, place: Path, files: list[Path]) -> dict[str, object]:
    """Load the files once into an empty place."""
    loader = import_module(f"loaders.{name}")
    wall, cpu, rows = timed(lambda: loader.load(place, files))
    return {"wall": wall, "cpu": cpu, "rows": rows, "peak_mib": _peak_mib()}


def _peak_mib() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        # of this program alone: what rusage says begins with the memory of whoever started it
        return int(next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    """Do what the arguments say and print JSON on the last line."""
    work, name, place, *rest = arguments
    if work == "part":
        found = import_module(f"parts.{name}").measure(Path(place))
    else:
        found = ask(name, Path(place), int(rest[0])) if work == "ask" else load(name, Path(place), [Path(each) for each in rest])
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])

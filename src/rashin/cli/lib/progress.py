"""Progress bars on the error channel, only when somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rashin.cli.lib.app import App

if TYPE_CHECKING:
    from rashin.intake.job import Progress

Step = Callable[[float, str], None]


@contextmanager
def bar(state: App, title: str, total: float) -> Iterator[Step]:
    """Yield ``step(done, what)``, which moves the bar; nothing is drawn when nobody watches."""
    if not state.interactive:
        yield lambda done, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    words = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    with Progress(*words, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=max(total, 1), what="")
        yield lambda done, what: progress.update(task, completed=done, what=what)


def watcher(step: Step, before: int) -> Callable[[Progress], None]:
    """Return a watch for one file of a load: ``before`` bytes were done with earlier files."""

    def watch(progress: Progress) -> None:
        share = {"land": 0.05, "read": 0.75, "commit": 1.0}[progress.stage]
        start = {"land": 0.0, "read": 0.05, "commit": 0.80}[progress.stage]
        done = start + (share - start) * (progress.done / max(progress.total, 1)) if progress.stage != "commit" else 0.85
        step(before + done * progress.total, f"{progress.file}  {progress.rows:,}" if progress.rows else progress.file)

    return watch

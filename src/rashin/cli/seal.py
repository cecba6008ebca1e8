"""`rashin seal`: finished days as Parquet."""

from __future__ import annotations

from datetime import date

from rashin.cli.lib.app import WRITING, app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import say


@command(
    "日ごとの実績を、検証できる一覧(manifest)付きのParquetとして facts/ に書き出す。変わっていない日はそのまま。",
    "Export the facts of finished days as Parquet into facts/, with a manifest that proves them. Days that did not change stay as they are.",
    option("--period", "-p", ja="期間(省略時はすべての日)", en="period (default: every day)"),
    examples=("rashin seal --period 2026-09", "rashin seal"),
)
def seal(period: str | None) -> None:
    """Seal days."""
    from rashin.cli.lib.person import who
    from rashin.cli.lib.progress import bar

    state = app()
    days: list[date] | None = None
    if period is not None:
        asked = state.centre.period(period)
        days = [day for day in _known_days(state.store.coverage().column("business_date").to_pylist()) if asked.start <= day < asked.end]
    with bar(state, say("書き出し", "Sealing"), 1) as step, WRITING:
        manifest = state.store.seal(days, who(), lambda done, of: step(done / max(of, 1), f"{done}/{of}"))
    rows = sum(each.rows for each in manifest.partitions)
    folder = state.workspace.folder("facts")
    state.note(
        say(
            f"{len(manifest.partitions)} 個の区画、{rows:,} 行: {folder}",
            f"{len(manifest.partitions)} partitions, {rows:,} rows: {folder}",
        )
    )


def _known_days(days: list[date]) -> list[date]:
    return sorted(set(days))


COMMAND = seal

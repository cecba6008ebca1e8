"""`rashin reconcile`: our figure beside the one that a source reported itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import app
from rashin.cli.lib.asking import question_options, question_parts
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option
from rashin.cli.lib.lang import lang, say, told

if TYPE_CHECKING:
    from rashin.cli.lib.answers import Names
    from rashin.query import Reconciliation


@command(
    "連携元が自ら報告した値と、こちらの定義で計算した値を突き合わせ、差の内訳を示す。",
    "Put the figures that a source reported itself beside ours, and itemise the difference.",
    argument("kpi", type=KpiName()),
    *question_options(compare=False),
    option("--source", ja="この連携元の報告値だけ", en="only figures reported by this source"),
    examples=("rashin reconcile service_level --period 2026-10 --by queue",),
)
def reconcile(kpi: str, source: str | None, **given: Any) -> None:
    """Reconcile and print."""
    from rashin.cli.lib.answers import Names, kpi_title
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.cli.lib.machine import write
    from rashin.display import scale
    from rashin.query import dimensions

    state = app()
    found = state.centre.reconcile(kpi, source=source, **question_parts(given))
    if state.format != "table":
        write(state, {name: found.table.column(name).to_pylist() for name in found.table.column_names})
        return
    records = _records(found, Names(state))
    how = scale(found.definition.unit, [record.get(key) for record in records for key in ("reported", "ours")])
    by = list(dict.fromkeys(name for figure in found.figures for name, _ in figure.dimensions))
    columns = [
        column("source", "連携元", "Source"),
        column("bucket", "期間", "Bucket"),
        *(column(name, dimensions.label(name).ja, dimensions.label(name).en) for name in by),
        column("reported", "報告値", "Reported", lambda value: "" if value is None else how.text(value), right=True),
        column("ours", "当方の値", "Ours", lambda value: "" if value is None else how.text(value), right=True),
        column("difference", "差", "Difference", lambda value: how.change(value, lang()), right=True),
        column("rows", "件数", "Rows", lambda n: "" if n is None else f"{n:,.0f}", right=True),
        column("item", "差の内訳", "Made of"),
    ]
    notes = [_nearest(found), *(told(note) for note in found.notes)]
    deliver(
        state,
        Listing(
            columns,
            records,
            say(f"{kpi_title(found.definition)}: 報告値との突合", f"{kpi_title(found.definition)}: reported against ours"),
            notes,
        ),
    )


def _records(found: Reconciliation, names: Names) -> list[dict[str, Any]]:
    """One line for each reported figure, then one for each part of the difference."""
    records: list[dict[str, Any]] = []
    for figure in found.figures:
        head = {"source": figure.source, "bucket": figure.bucket, **{name: names.of(name, value) for name, value in figure.dimensions}}
        records.append(
            {**head, "reported": figure.reported, "ours": figure.ours, "difference": figure.difference, "rows": figure.reported_n}
        )
        records += [{"difference": item.effect, "rows": item.rows, "item": told(item.text)} for item in figure.items]
        if figure.unexplained is not None and figure.items:
            records.append({"difference": figure.unexplained, "item": say("説明できない残り", "left unexplained")})
    return records


def _nearest(found: Reconciliation) -> str:
    name, label = told(found.nearest.name), found.nearest.label
    if found.named:
        return say(f"連携元が名乗る定義: {name}({label})", f"The source names this definition: {name} ({label})")
    return say(f"報告値に最も近い定義: {name}({label})", f"The reading nearest to what is reported: {name} ({label})")


COMMAND = reconcile

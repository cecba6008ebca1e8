"""`rashin changes`: what a correction changed."""

from __future__ import annotations

from typing import Any

from rashin.cli.lib.app import app
from rashin.cli.lib.asking import question_options, question_parts
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option
from rashin.cli.lib.lang import lang, say


@command(
    "二つのデータ版の間で変わった値と、その原因になった取込を示す。",
    "Show which figures changed between two snapshots, and which loads changed them.",
    argument("kpis", type=KpiName(), nargs=-1, required=True),
    *question_options(compare=False, as_of=False),
    option("--before", type=int, required=True, ja="古いほうのデータ版", en="the older snapshot"),
    option("--after", type=int, ja="新しいほうのデータ版(省略時は最新)", en="the newer snapshot (default: the newest)"),
    examples=("rashin changes aht --period 2026-08 --before 210 --by queue",),
)
def changes(kpis: tuple[str, ...], before: int, after: int | None, **given: Any) -> None:
    """List the changed cells and their causes."""
    from rashin.cli.lib.answers import Names, kpi_title, with_unit
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.cli.lib.machine import write
    from rashin.display import scale
    from rashin.query import dimensions

    state = app()
    parts = question_parts(given)
    parts.pop("as_of", None)
    newest = state.store.snapshot() if after is None else after
    found = state.centre.difference(kpis, before, newest, **parts)
    if state.format != "table":
        write(state, {name: found.table.column(name).to_pylist() for name in found.table.column_names})
        return
    names = Names(state)
    definitions = {one.name: one.definition for one in found.after.series}
    records: list[dict[str, Any]] = []
    for cell in found.cells:
        definition = definitions[cell.kpi]
        values = [each.value if each else None for each in (cell.before, cell.after)]
        how = scale(definition.unit, values)
        record: dict[str, Any] = {"kpi": kpi_title(definition), "bucket": cell.bucket, **{n: names.of(n, v) for n, v in cell.dimensions}}
        record |= {"before": with_unit(how, values[0]), "after": with_unit(how, values[1]), "change": how.change(cell.change, lang())}
        record |= {"n_before": cell.before.n if cell.before else None, "n_after": cell.after.n if cell.after else None}
        records.append(record)
    by = found.question.by
    columns = [column("kpi", "KPI", "KPI")]
    columns += [column("bucket", "期間", "Bucket")] if found.question.grain else []
    columns += [column(name, dimensions.label(name).ja, dimensions.label(name).en) for name in by]
    columns += [
        column("before", f"データ版{before}", f"Snapshot {before}", right=True),
        column("after", f"データ版{newest}", f"Snapshot {newest}", right=True),
        column("change", "変化", "Change", right=True),
        column("n_before", "n(前)", "n before", lambda n: "" if n is None else f"{n:,.0f}", right=True),
        column("n_after", "n(後)", "n after", lambda n: "" if n is None else f"{n:,.0f}", right=True),
    ]
    notes = [
        say(f"変わらなかった値: {found.unchanged}", f"Unchanged: {found.unchanged}"),
        say("原因:", "Because of:") if found.causes else "",
    ]
    for cause in found.causes:
        where = f"{cause.load_id} {cause.source} / {cause.file_name} ({cause.by}, {cause.at:%Y-%m-%d %H:%M} UTC)"
        notes.append(
            "  "
            + where
            + say(f": {cause.brought:,} 行が入り {cause.closed:,} 行が閉じた", f": {cause.brought:,} rows came, {cause.closed:,} closed")
        )
    deliver(state, Listing(columns, records, say("訂正による変化", "What the correction changed"), [note for note in notes if note]))


COMMAND = changes

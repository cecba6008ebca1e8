"""`rashin rows`: the very rows behind one figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import app
from rashin.cli.lib.asking import question_options, question_parts
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command, option
from rashin.cli.lib.lang import lang, say, told

if TYPE_CHECKING:
    from rashin.cli.lib.listing import Column
    from rashin.query import Rows

PARTS = ("numerator", "denominator", "excluded")
_HIDDEN = ("source", "revision", "utc_offset_s", "_file", "load_id", "business_date")
_SHOWN = 12


@command(
    "一つの値のもとになった行を示す。分子・分母・数えなかった行(理由つき)のどれか。",
    "List the very rows behind one figure: its numerator, its denominator, or what does not count, with the reason.",
    argument("kpi", type=KpiName()),
    *question_options(compare=False),
    option(
        "--part",
        default="numerator",
        show_default=True,
        ja="numerator 分子、denominator 分母、excluded 数えなかった行",
        en="numerator, denominator or excluded",
    ),
    option(
        "--bucket", ja="--grain を付けたときの区間(例: 2026-10-01 10:00)", en="the bucket when --grain is given, such as “2026-10-01 10:00”"
    ),
    option("--fact", ja="複数の実績を使うKPIで、どの実績の行か", en="which fact's rows, for a KPI that reads several"),
    option("--first", type=int, default=0, ja="何行目から(0始まり)", en="from this row on (0 is the first)"),
    option("--count", type=int, default=20, show_default=True, ja="行数", en="how many rows"),
    option("--all-columns", is_flag=True, ja="すべての列を表示", en="show all columns"),
    option("--personal", is_flag=True, ja="顧客に関わる列を伏せずに表示", en="show columns about customers unmasked"),
    examples=(
        "rashin rows service_level --period 2026-10-01 --where queue=order",
        "rashin rows service_level --period 2026-10-01 --where queue=order --part excluded --format csv --out excluded.csv",
        'rashin rows aht --period 2026-10-01 --grain 30min --bucket "2026-10-01 10:00"',
    ),
)
def rows(
    kpi: str, part: str, bucket: str | None, fact: str | None, first: int, count: int, all_columns: bool, personal: bool, **given: Any
) -> None:
    """List the rows of one cell."""
    from rashin.cli.lib.listing import Listing, deliver
    from rashin.cli.lib.machine import write
    from rashin.query import Scope, Spot
    from rashin.query import rows as rows_behind

    state = app()
    question = state.centre.question(kpi, **question_parts(given))
    scope = Scope.everything(rows="full" if personal else "masked")
    spot = Spot(question, bucket if question.grain else None, {})
    found = rows_behind(state.store, state.centre.catalogue, kpi, spot, scope=scope, part=part, fact=fact, first=first, count=count)  # type: ignore[arg-type]
    table = found.table
    if state.format != "table":
        write(state, {name: table.column(name).to_pylist() for name in table.column_names})
        return
    records = [_on_the_sites_clock(record) for record in table.to_pylist()]
    measures = state.centre.catalogue.definition(kpi).measures.values()
    read = sorted({name for measure in measures if measure.fact == found.fact for name in measure.columns})
    notes = [
        say(
            f"{found.total:,} 行中 {first + 1:,}〜{first + len(found):,} 行目",
            f"Rows {first + 1:,} to {first + len(found):,} of {found.total:,}",
        )
    ]
    notes += [f"  {number:,}  {told(reason)}" for reason, number in found.reasons]
    if found.note is not None:
        notes.append(told(found.note))
    if not found.total:
        notes = [say("該当する行はありません。", "There are no such rows.")]
    deliver(state, Listing(_columns(found, records, read, all_columns=all_columns), records, _title(found, question.period), notes))
    if first + len(found) < found.total:
        state.next_step(f"続きは --first {first + len(found)}", f"More with --first {first + len(found)}")


def _on_the_sites_clock(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with its instants as the site's clock showed them; machines get UTC."""
    shift = timedelta(seconds=record.get("utc_offset_s") or 0)
    return {name: value + shift if isinstance(value, datetime) else value for name, value in record.items()}


def _title(found: Rows, period: Any) -> str:
    part = {
        "numerator": say("分子", "numerator"),
        "denominator": say("分母", "denominator"),
        "excluded": say("数えなかった行", "rows that do not count"),
    }[found.part]
    return f"{found.kpi}  {period.start} – {period.last}  {part}"


def _columns(found: Rows, records: list[dict[str, Any]], read: list[str], *, all_columns: bool) -> list[Column]:
    """Return the columns to show: those that say something on this page, first those that the definition reads, a screenful unless all are wanted."""
    from rashin.cli.lib.listing import column
    from rashin.errors import Bilingual
    from rashin.records import FACTS

    fact = FACTS[found.fact]
    labels = {each: fact.column(each).label for each in fact.names}
    own = {
        "_contribution": Bilingual("寄与", "Counts"),
        f"_reason_{lang()}": Bilingual("理由", "Reason"),
        "_file": Bilingual("ファイル", "File"),
    }
    own["load_id"] = Bilingual("取込", "Load")
    first = [name for name in own if name in found.table.column_names and name.startswith(("_contribution", "_reason"))]
    rest = [name for name in ("native_id", *fact.anchors[:1], "queue", "agent", *read, *fact.names) if name in found.table.column_names]
    chosen = list(dict.fromkeys([*first, *rest, *(["load_id", "_file"] if all_columns else [])]))
    if not all_columns:
        chosen = [name for name in chosen if name not in _HIDDEN and any(record.get(name) is not None for record in records)]
        chosen = chosen[: len(first) + _SHOWN]
    result = []
    for name in chosen:
        label = own.get(name) or labels[name]
        number = name in labels and fact.column(name).type in ("number", "integer")
        result.append(column(name, label.ja, label.en, _text_of(name), right=number or name == "_contribution"))
    return result


def _text_of(name: str) -> Callable[[Any], str]:
    def text(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return say("はい", "yes") if value else say("いいえ", "no")
        if isinstance(value, float):
            return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
        return f"{value:%Y-%m-%d %H:%M:%S}" if name.endswith("_at") and hasattr(value, "strftime") else str(value)

    return text


COMMAND = rows

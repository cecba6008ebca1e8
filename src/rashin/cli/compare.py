"""`rashin compare`: every reading of one KPI on the same rows."""

from __future__ import annotations

from typing import Any

from rashin.cli.lib.app import app
from rashin.cli.lib.asking import question_options, question_parts, whose
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command
from rashin.cli.lib.lang import told


@command(
    "一つのKPIのすべての定義の別を、同じデータで並べて比べる。どの製品の値を再現するかも示す。",
    "Show every variant of one KPI on the same rows, side by side, with the product whose figure each reproduces.",
    argument("kpi", type=KpiName()),
    *question_options(compare=False),
    examples=("rashin compare service_level --period 2026-10-01 --where queue=order", "rashin compare aht --period 2026-10 --by channel"),
)
def compare(kpi: str, **given: Any) -> None:
    """Compare and print."""
    from rashin.cli.lib import answers
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.cli.lib.units import state_word
    from rashin.display import scale

    state = app()
    answer = whose(state, state.centre.compare(kpi, **question_parts(given)))
    if state.format != "table":
        answers.deliver(state, answer)
        return
    names = answers.Names(state)
    how = {
        unit: scale(unit, [v for one in answer.series if one.definition.unit == unit for v in one.value.tolist()])
        for unit in _units(answer)
    }
    records = []
    size = len(answer.keys)
    for place, cell in enumerate(answer.cells()):
        definition = answer.series[place // size].definition
        reading = definition.entry.readings[definition.variant or "default"]
        record: dict[str, Any] = {"bucket": cell.bucket, **{name: names.of(name, value) for name, value in cell.dimensions.items()}}
        record |= {
            "variant": definition.variant or "default",
            "name": told(reading.name),
            "value": answers.with_unit(how[cell.unit], cell.value),
        }
        record |= {"numerator": cell.numerator, "denominator": cell.denominator, "n": cell.n}
        record["equivalent"] = reading.equivalent or ""
        record["state"] = state_word(cell.state)
        records.append(record)
    columns = [column("variant", "定義の別", "Variant"), column("name", "名称", "Name")]
    keys = [column("bucket", "期間", "Bucket")] if answer.question.grain else []
    keys += [column(name, name, name) for name in answer.keys.by]
    columns = [*keys, *columns, column("value", "値", "Value", right=True), column("numerator", "分子", "Numerator", _figure, right=True)]
    columns += [column("denominator", "分母", "Denominator", _figure, right=True), column("state", "状態", "State")]
    columns.append(column("equivalent", "再現する値", "Reproduces"))
    title = f"{told(answer.series[0].definition.entry.name)}  {answer.question.period.start} – {answer.question.period.last}"
    deliver(state, Listing(columns, records, title, [*answers.completeness(answer), *answers.versions(answer)]))
    state.next_step(
        f"`rashin explain {kpi.partition(':')[0]}` に式と出典があります。",
        f"`rashin explain {kpi.partition(':')[0]}` has formulas and sources.",
    )


def _units(answer: Any) -> set[str]:
    return {one.definition.unit for one in answer.series}


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


COMMAND = compare

"""`rashin explain`: everything that is known of a KPI's definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.cli.lib.app import app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import argument, command
from rashin.cli.lib.lang import lang, say, told

if TYPE_CHECKING:
    from rashin.catalogue import Definition, Kpi
    from rashin.catalogue.model import Reading
    from rashin.cli.lib.page import Page


@command(
    "KPIの定義・式・定義の別・出典・ベンチマークとその出どころ・対抗指標・版を表示する。",
    "Show a KPI's definition, formula, variants, source, benchmark with its origin, counter-metrics and version.",
    argument("kpi", type=KpiName()),
    examples=("rashin explain service_level", "rashin explain service_level:amazon_connect", "rashin explain aht --format json"),
)
def explain(kpi: str) -> None:
    """Print one entry of the catalogue; with “:variant”, that reading of it."""
    from rashin.cli.lib.page import Page

    state = app()
    definition = state.catalogue.definition(kpi)
    entry = definition.entry
    reading = entry.readings[definition.variant or "default"]
    page = Page()
    page.heading(f"{entry.name.ja} / {entry.name.en}  [{definition.label}]")
    _purpose(page, entry, definition)
    _formula(page, definition, reading)
    _judging(page, definition)
    _origin(page, definition, entry)
    if definition.variant is None and entry.variants:
        _variants(page, entry)
    page.deliver(state)
    if state.format == "table" and entry.variants:
        state.next_step(
            f"`rashin compare {entry.key} --period 2026-10` で定義の別を並べて比べます。",
            f"`rashin compare {entry.key} --period 2026-10` shows the variants side by side.",
        )


def _purpose(page: Page, entry: Kpi, definition: Definition) -> None:
    page.item("purpose", say("目的", "Purpose"), told(entry.purpose))
    page.item("meaning", say("定義", "Meaning"), told(definition.meaning))
    if definition.variant is not None:
        page.item("reading", say("定義の別", "Variant"), told(definition.name))
    page.item(
        "family", say("系統・優先度", "Family, priority"), f"{entry.family}, {entry.priority}" + (f" ({entry.seed})" if entry.seed else "")
    )


def _formula(page: Page, definition: Definition, reading: Reading) -> None:
    page.item("value", say("式", "Formula"), reading.value_text)
    for name, measure in definition.measures.items():
        where = "" if measure.fact == definition.fact else f"  [{measure.fact}]"
        page.item(f"measures.{name}", f"  {name}", reading.measure_texts.get(name, measure.text) + where)
    for name, value in definition.params.items():
        page.item(f"params.{name}", f"  :{name}", str(value))
    page.item("fact", say("実績・計上時刻", "Fact, counted at"), f"{definition.fact}, {definition.at}")
    for number, each in enumerate(reading.exclude, start=1):
        page.item(f"exclude.{number}", say("除外", "Left out"), f"{told(each.reason)}  ({each.text})")
    if definition.repeat is not None:
        page.item("repeat", say("再問い合わせの判定", "Repeat contacts"), str(definition.repeat))


def _judging(page: Page, definition: Definition) -> None:
    from rashin.cli.lib.units import better_word, unit_word

    page.item("unit", say("単位", "Unit"), unit_word(definition.unit))
    page.item("better", say("良い方向", "Better"), better_word(definition.better))
    if definition.band is not None:
        origin = f"({told(definition.band.origin)})" if definition.band.origin else ""
        page.item("band", say("範囲", "Band"), f"{_bound(definition.band.low)} – {_bound(definition.band.high)} {origin}")
    page.item("interval", say("区間推定・最小件数", "Interval, minimum n"), f"{definition.interval}, {definition.min_n}")
    if definition.bounds is not None:
        page.item("bounds", say("ありえる範囲", "Possible values"), f"{_bound(definition.bounds[0])} – {_bound(definition.bounds[1])}")


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _origin(page: Page, definition: Definition, entry: Kpi) -> None:
    from rashin.query.figures import limits_shown

    page.item("source", say("出典", "Source"), told(definition.source))
    for number, each in enumerate(definition.benchmark, start=1):
        low, high = (each.low, each.high) if each.value is None else (each.value, each.value)
        figure = limits_shown(low, high, definition.unit, lang())
        page.item(f"benchmark.{number}", say("ベンチマーク", "Benchmark"), f"{figure}: {told(each.origin)}")
    if not definition.benchmark:
        page.item("benchmark", say("ベンチマーク", "Benchmark"), say("なし", "none"))
    page.item("counter", say("対抗指標", "Counter-metrics"), ", ".join(entry.counter) or say("なし", "none"))
    for number, hint in enumerate(entry.hints, start=1):
        page.item(f"hint.{number}", say("確かめること", "Look at"), told(hint) + (f" → {', '.join(hint.kpis)}" if hint.kpis else ""))
    page.item(
        "version", say("版", "Version"), say(f"{definition.version}({entry.since} から)", f"{definition.version} (since {entry.since})")
    )
    page.item("place", say("書かれている場所", "Written in"), entry.place)


def _variants(page: Page, entry: Kpi) -> None:
    page.gap(say("定義の別", "Variants"))
    for name, reading in entry.variants.items():
        same = f"  [= {reading.equivalent}]" if reading.equivalent else ""
        page.item(f"variants.{name}", f"  {entry.key}:{name}", f"{told(reading.name)}: {told(reading.meaning)}{same}")


COMMAND = explain

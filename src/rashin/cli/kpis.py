"""`rashin kpis`: the KPIs that can be asked for."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import say, told


@command(
    "問い合わせできるKPIを一覧にする。語を付けると名前・目的にその語を含むものだけを示す。",
    "List the KPIs that can be asked for. With a word, only those whose name or purpose contains it.",
    option(
        "--family",
        ja="系統(接続 accessibility、応対 courtesy、生産 productivity、処理 accuracy …)で絞る",
        en="only this family (accessibility, courtesy …)",
    ),
    option("--priority", ja="優先度(high、middle、low)で絞る", en="only this priority (high, middle, low)"),
    option("--find", ja="この語を含むもの", en="only those that contain this word"),
    option("--variants", is_flag=True, ja="定義の別も一行ずつ示す", en="a line for each variant too"),
    examples=("rashin kpis --family accessibility", "rashin kpis --find 応答 --variants"),
)
def kpis(family: str | None, priority: str | None, find: str | None, variants: bool) -> None:
    """List the catalogue."""
    from rashin.cli.lib.choices import check_word
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.cli.lib.units import better_word, unit_word

    state = app()
    known = state.catalogue.kpis
    if family is not None:
        check_word(family, {kpi.family for kpi in known.values()}, say("系統", "family"))
    if priority is not None:
        check_word(priority, {kpi.priority for kpi in known.values()}, say("優先度", "priority"))
    records = []
    for kpi in known.values():
        if (family and kpi.family != family) or (priority and kpi.priority != priority):
            continue
        words = f"{kpi.key} {kpi.name.ja} {kpi.name.en} {kpi.purpose.ja} {kpi.purpose.en}".casefold()
        if find and find.casefold() not in words:
            continue
        for name, reading in kpi.readings.items() if variants else [("default", kpi.default)]:
            label = kpi.key if name == "default" else f"{kpi.key}:{name}"
            record = {"kpi": label, "name": told(reading.name), "family": kpi.family, "priority": kpi.priority, "unit": reading.unit}
            records.append({**record, "better": reading.better, "variants": len(kpi.variants), "seed": kpi.seed})
    columns = [
        column("kpi", "KPI", "KPI"),
        column("name", "名称", "Name"),
        column("family", "系統", "Family"),
        column("priority", "優先度", "Priority"),
        column("unit", "単位", "Unit", unit_word),
        column("better", "良い方向", "Better", better_word),
        column("variants", "定義の別", "Variants", right=True),
        column("seed", "出典番号", "Seed"),
    ]
    deliver(state, Listing(columns, records, notes=[say(f"{len(records)} 件", f"{len(records)} in all")]))
    state.next_step("`rashin explain KPI` で定義・式・出典を表示します。", "`rashin explain KPI` shows definition, formula and source.")


COMMAND = kpis

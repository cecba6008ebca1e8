"""The KPI board: the first KPIs to manage, by channel, this period against the one before."""

from __future__ import annotations

from typing import Any

from rashin.cli.lib.answers import completeness, kpi_title, versions, with_unit
from rashin.cli.lib.app import App
from rashin.cli.lib.lang import lang, say
from rashin.cli.lib.listing import Listing, column
from rashin.cli.lib.listing import show as show_listing
from rashin.cli.lib.units import state_word
from rashin.display import scale
from rashin.records import CALLED

#: The five of highest priority, then the ones that mail, chat and social are judged by.
KPIS = (
    "service_level",
    "answer_rate",
    "abandon_rate",
    "fcr:no_repeat_7d",
    "aht",
    "first_response_time",
    "resolution_rate:judged_only",
    "csat",
)
CHANNELS = ("voice", "mail", "chat", "social")


def show(state: App, period: str) -> None:
    """Print the board for ``period``."""
    known = [name for name in KPIS if name.partition(":")[0] in state.centre.catalogue.kpis]
    answer = state.centre.ask(known, by="channel", period=period, filters={"channel": CHANNELS}, compare="previous")
    records: list[dict[str, Any]] = []
    for one in answer.series:
        record: dict[str, Any] = {"kpi": kpi_title(one.definition)}
        for channel in CHANNELS:
            if channel not in answer.keys.values("channel").tolist():
                continue
            cell = answer.cell(one.name, channel=channel)
            how = scale(one.definition.unit, [cell.value])
            change = f" ({how.change(cell.change, lang())})" if cell.change is not None and cell.value is not None else ""
            words = state_word(cell.state)
            record[channel] = f"{with_unit(how, cell.value)}{change}" if cell.value is not None else words
        records.append(record)
    columns = [
        column("kpi", "KPI", "KPI"),
        *(column(name, CALLED["channel"][name].ja, CALLED["channel"][name].en, right=True) for name in CHANNELS),
    ]
    other = answer.question.compare_period
    title = (
        say(
            f"KPIボード {period}(かっこ内は前月 {other.start:%Y-%m} との差)",
            f"KPI board {period} (in brackets: change from {other.start:%Y-%m})",
        )
        if other
        else period
    )
    show_listing(state, Listing(columns, records, title, [*completeness(answer), *versions(answer)]))

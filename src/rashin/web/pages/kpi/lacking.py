"""Why a KPI has no value here, and what to do next: never loaded, not in this period, or loaded without what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rashin.errors import Bilingual
from rashin.query.answer import Cell
from rashin.records import FACTS
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters
from rashin.web.pages.kpi.links import Links

if TYPE_CHECKING:
    from rashin.catalogue import Definition


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is going on (``said``), what to do (``step``), and where that is done (``address``; "" where the reader may not)."""

    said: str
    step: str
    address: str


def make(definition: Definition, cell: Cell, filters: Filters, links: Links, may_load: bool) -> Lacking | None:
    """Return why ``cell`` has no value; None when it has one, or when its own reason says all."""
    if cell.value is not None or cell.state != "no_data":
        return None
    lang, scope = filters.lang, filters.scope
    for fact in sorted(definition.facts, key=lambda name: name != definition.fact):
        days = _days(fact)
        label = FACTS[fact].label
        if not days:
            said = Bilingual(
                f"「{label.ja}」の実績は、まだ一件も取り込まれていません。", f"No record of “{label.en}” has ever been loaded here."
            )
            step = Bilingual("この実績のあるファイルを取り込むと、値が出ます。", "Load a file that has them, and the figure appears.")
            return Lacking(said(lang), step(lang), reverse("data") if may_load else "")
        if scope.limited:  # what has arrived for others is not told
            continue
        inside = sum(count for day, count in days.items() if filters.period.start <= day <= filters.period.last)
        if not inside:
            first, last = min(days), max(days)
            said = Bilingual(
                f"この期間に「{label.ja}」の実績はありません。取り込まれているのは {first} 〜 {last} です。",
                f"No record of “{label.en}” in this period; loaded are {first} – {last}.",
            )
            step = Bilingual("その期間で見る", "Look at that period")
            return Lacking(said(lang), step(lang), links.closer(period=f"{first}..{last}"))
    if filters.where or scope.limited:
        said = Bilingual(
            "この期間・この絞り込みに当たる、見える範囲の実績がありません。", "No record in your sight fits this period and these filters."
        )
        step = Bilingual("絞り込みを外すか、期間を広げてください。", "Take filters out, or widen the period.")
        return Lacking(said(lang), step(lang), "")
    label = FACTS[definition.fact].label
    said = Bilingual(
        f"「{label.ja}」の実績はありますが、この指標に要る項目が記録されていないため、数えられる行がありません。",
        f"There are records of “{label.en}”, but none has what this KPI reads, so none can be counted.",
    )
    step = Bilingual("数えない行と、その理由を見る", "See the rows that do not count, with the reason")
    return Lacking(said(lang), step(lang), links.rows("excluded"))


def _days(fact: str) -> dict[Any, int]:
    """On which business dates records of ``fact`` have arrived, and how many."""
    import pyarrow.compute as pc

    table = centre().store.coverage()
    own = table.filter(pc.equal(table["fact"], fact)).group_by("business_date").aggregate([("row_count", "sum")])
    return {row["business_date"]: row["row_count_sum"] for row in own.to_pylist() if row["business_date"] is not None}

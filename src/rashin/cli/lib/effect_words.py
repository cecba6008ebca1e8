"""An effect as a page: verdict, interval, what was compared, what else may have moved the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.cli.lib.app import app
from rashin.cli.lib.lang import say, told
from rashin.cli.lib.page import Page

if TYPE_CHECKING:
    from rashin.insight.effect import Effect
    from rashin.insight.plan import Picking


def page_of(found: Effect, chosen: Picking | None) -> Page:
    """Return the page of one effect."""
    from rashin.insight.change import sayings
    from rashin.insight.effect import METHODS

    plain = app().format == "table"
    page = Page()
    page.heading(told(found.text))
    page.gap(say("内訳", "In full"))
    page.item("kpi", say("KPI", "KPI"), found.kpi)
    page.item("verdict", say("判定", "Verdict"), told(found.word))
    page.item("method", say("方法", "Method"), told(METHODS[found.method]))
    for key, label, value in (
        ("value", say("推定", "Estimate"), found.value),
        ("low", say("下限(95%)", "Lower end (95 %)"), found.low),
        ("high", say("上限(95%)", "Upper end (95 %)"), found.high),
        ("p", "p", found.p),
        ("placebo_p", say("偽の日付での p", "p of fake dates"), found.placebo_p),
    ):
        if value is not None:
            people = f"{value:.3f}" if key.endswith("p") else told(sayings.signed(value, found.unit))
            page.item(key, label, people if plain else f"{value:.6g}")
    counted = found.n
    page.item(
        "n",
        say("数えたもの", "Counted"),
        say(
            f"実施 {counted['units']}、比較 {counted['others']}、前 {counted['before']} 週、後 {counted['after']} 週",
            f"units: {counted['units']}, others: {counted['others']}, weeks before: {counted['before']}, after: {counted['after']}",
        ),
    )
    if chosen is not None:
        page.item("picked", say("選び方", "Picking"), told(chosen.text))
    if found.confounders:
        page.gap(say("ほかに数字を動かしたかもしれないこと", "What else may have moved the figure"))
        for number, each in enumerate(found.confounders, 1):
            page.item(f"confounder.{number}", f"  {number}", told(each))
    return page

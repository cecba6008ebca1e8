"""Totals are asked for by the variants that are made of totals: said where somebody would look for them in vain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rashin.cli.lib.app import App

if TYPE_CHECKING:
    from rashin.intake.receipt import Receipt
    from rashin.query import Answer

_TOTALS = "contact_total"


def after_asking(state: App, answer: Answer) -> None:
    """Name the variants over totals where no single contact answers and totals have been loaded."""
    from rashin.query.cells import NO_DATA

    empty = [one.name.partition(":")[0] for one in answer.series if (one.state == NO_DATA).all()]
    named = [f"{kpi}:{variant}" for kpi in dict.fromkeys(empty) if (variant := _variant(state, kpi))]
    if named and state.store.read(f"SELECT 1 FROM {state.store.relation(_TOTALS)} LIMIT 1").num_rows:
        listed = " ".join(named)
        state.next_step(
            f"集計済みの行が取り込まれています。合計から計算するには `rashin ask {listed}`",
            f"Totals have been loaded. To compute from them: `rashin ask {listed}`",
        )


def after_loading(state: App, receipts: Sequence[Receipt]) -> None:
    """Say how to ask for totals that have just been loaded."""
    if any(receipt.counts.get(_TOTALS) and receipt.counts[_TOTALS].accepted for receipt in receipts):
        state.next_step(
            "集計済みの行は `rashin ask volume:from_totals answer_rate:from_totals` のように、定義 from_totals で尋ねます。",
            "Totals are asked for by the variant from_totals: `rashin ask volume:from_totals answer_rate:from_totals`.",
        )


def _variant(state: App, kpi: str) -> str:
    kpi_found = state.centre.catalogue.kpis.get(kpi)
    return next((name for name, each in kpi_found.variants.items() if each.fact == _TOTALS), "") if kpi_found else ""

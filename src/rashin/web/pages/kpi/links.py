"""Where the marks of this page lead: to the rows behind them, or to the same page looking closer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from rashin.web.pages.filters import Filters


@dataclass(frozen=True)
class Links:
    """Addresses about one KPI under the filters in force. ``rows`` is False for who may not see rows: their marks lead nowhere."""

    filters: Filters
    asked: str
    may_see_rows: bool

    def closer(self, **changes: Any) -> str:
        """Return the address of the page with some of its filters changed."""
        return f"{reverse('kpi', args=[self._kpi])}?{self.filters.query(**changes)}{self._variant}"

    def rows(self, part: str = "denominator", **changes: Any) -> str:
        """Return the address of the rows; "" for who may not see them."""
        if not self.may_see_rows:
            return ""
        return f"{reverse('kpi-rows', args=[self._kpi])}?{self.filters.query(part=part, **changes)}{self._variant}"

    @property
    def _kpi(self) -> str:
        return self.asked.partition(":")[0]

    @property
    def _variant(self) -> str:
        name = self.asked.partition(":")[2]
        return f"&variant={name}" if name else ""

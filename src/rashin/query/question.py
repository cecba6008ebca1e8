"""What was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from rashin.calendars import Period, grain
from rashin.errors import Bilingual, QuestionError, nearest
from rashin.query import dimensions
from rashin.query.dimensions import Filters

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition
    from rashin.formula import ParamValue

Compare = Literal["previous", "last_year"] | Period | None
COMPARE = ("previous", "last_year")


@dataclass(frozen=True, slots=True, init=False)
class Question:
    """Which KPIs, over which period, sliced how.

    - ``kpis``: "service_level", or "service_level:amazon_connect" for a variant. - ``by``: dimensions. - ``grain``: None = one figure for the whole period.
    - ``filters``: dimension → value or values; None among them = rows whose value is not known. - ``compare``: "previous", "last_year" or a period.
    - ``as_of``: a snapshot; None = the newest. - ``params``: parameter → value, for every asked KPI that has it. - ``late``: label times past midnight as 25:00.
    - ``dense``: False leaves out buckets in which nothing happened. - ``exact``: percentiles from the facts, never from binned roll-ups.

    Raises QuestionError for an unknown dimension, grain, filter value or comparison; the KPIs are looked up when the question is asked.
    """

    kpis: tuple[str, ...]
    period: Period
    by: tuple[str, ...]
    grain: str | None
    filters: Filters
    compare: Compare
    as_of: int | None
    params: tuple[tuple[str, ParamValue], ...]
    late: bool
    dense: bool
    exact: bool

    def __init__(
        self,
        kpis: Iterable[str] | str,
        period: Period,
        by: Iterable[str] | str = (),
        grain: str | None = None,
        filters: Mapping[str, object] | None = None,
        compare: Compare = None,
        as_of: int | None = None,
        params: Mapping[str, ParamValue] | None = None,
        late: bool = False,
        dense: bool = True,
        exact: bool = False,
    ) -> None:
        settle = object.__setattr__
        settle(self, "kpis", tuple(dict.fromkeys((kpis,) if isinstance(kpis, str) else kpis)))
        settle(self, "period", period)
        settle(self, "by", dimensions.check((by,) if isinstance(by, str) else by or ()))
        settle(self, "grain", _grain(grain))
        settle(self, "filters", dimensions.check_filters(filters or {}))
        settle(self, "compare", _compare(compare))
        settle(self, "as_of", as_of)
        settle(self, "params", tuple(sorted((params or {}).items())))
        settle(self, "late", late)
        settle(self, "dense", dense)
        settle(self, "exact", exact)
        if not self.kpis:
            raise QuestionError(
                "kpi_missing",
                Bilingual("KPIが指定されていません。", "No KPI was asked for."),
                Bilingual("`rashin kpis` で一覧を見てください。", "List them with `rashin kpis`."),
            )

    def with_(self, **changes: object) -> Question:
        """Return the question with some attributes changed."""
        given = {name: getattr(self, name) for name in self.__slots__} | changes
        for name in ("filters", "params"):
            given[name] = dict(given[name] or ())
        return Question(**given)

    @property
    def compare_period(self) -> Period | None:
        """The period compared with, if any."""
        if self.compare == "previous":
            return self.period.previous()
        if self.compare == "last_year":
            return self.period.last_year()
        return self.compare


def _grain(name: str | None) -> str | None:
    return None if name is None else grain(name).name


def _compare(value: Compare) -> Compare:
    if value is None or isinstance(value, Period) or value in COMPARE:
        return value
    near = nearest(str(value), COMPARE)
    raise QuestionError(
        "compare_unknown",
        Bilingual(f"比較対象「{value}」はありません。", f"There is no comparison “{value}”."),
        Bilingual(
            (f"もしかして「{near}」? " if near else "") + "previous、last_year、または期間を指定してください。",
            (f"Did you mean “{near}”? " if near else "") + "Use previous, last_year or a period.",
        ),
    )


def definitions(catalogue: Catalogue, question: Question) -> tuple[Definition, ...]:
    """Return the definitions asked for, in order. QuestionError for a KPI, variant or parameter that does not exist."""
    found = []
    used: set[str] = set()
    for name in question.kpis:
        kpi, _, variant = name.partition(":")
        known = catalogue.definition(kpi, variant or None).params
        own = {key: value for key, value in question.params if key in known}
        used |= own.keys()
        found.append(catalogue.definition(kpi, variant or None, own or None))
    for name, _ in question.params:
        if name not in used:
            known_names = {key for each in found for key in each.params}
            near = nearest(name, known_names)
            raise QuestionError(
                "param_unknown",
                Bilingual(f"指定したKPIにパラメータ「{name}」はありません。", f"None of the asked KPIs has a parameter “{name}”."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
            )
    return tuple(found)


def days(period: Period) -> tuple[date, date]:
    """Return the first and the last business date of a period."""
    return period.start, period.last


__all__ = ["COMPARE", "Compare", "Question", "days", "definitions"]

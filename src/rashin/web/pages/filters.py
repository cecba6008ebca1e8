"""The filters that live in the address: period, comparison, grain and dimension values. The same link shows the same question to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from rashin.calendars import GRAINS, Period
from rashin.errors import Bilingual, QuestionError
from rashin.query import dimensions
from rashin.query.scope import Scope
from rashin.web import asking
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages.names import check_names
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from rashin.query.answer import Answer

#: Dimensions that every page offers as filters, in this order; explore offers them all.
OFFERED = ("channel", "queue", "team", "site", "vendor", "category")
PERIODS: tuple[tuple[str, Bilingual], ...] = (
    ("latest week", Bilingual("最新の1週間", "Latest week")),
    ("latest 4 weeks", Bilingual("最新の4週間", "Latest 4 weeks")),
    ("latest month", Bilingual("最新の月", "Latest month")),
    ("yesterday", Bilingual("昨日", "Yesterday")),
    ("last 7 days", Bilingual("直近7日", "Last 7 days")),
    ("this month", Bilingual("今月", "This month")),
    ("previous month", Bilingual("先月", "Previous month")),
)
COMPARISONS: tuple[tuple[str, Bilingual], ...] = (
    ("previous", Bilingual("直前の期間", "Period before")),
    ("last_year", Bilingual("前年同期", "Last year")),
    ("none", Bilingual("比較しない", "No comparison")),
)
#: A value that stands for "not known" in an address.
UNKNOWN = "-"


@dataclass(frozen=True)
class Filters:
    """What was asked for in the address of a page."""

    period_text: str
    period: Period
    compare: str | None
    grain: str | None
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    scope: Scope
    lang: str
    other: Mapping[str, str] = field(default_factory=dict)
    as_of: int | None = None

    @classmethod
    def read(cls, request: HttpRequest, *, period: str = "latest week", compare: str = "previous", grain: str | None = None) -> Filters:
        """Read the address of ``request``; what it leaves out takes the page's defaults. QuestionError for what makes no sense."""
        given: QueryDict = request.GET
        text = given.get("period", "").strip() or period
        chosen = given.get("compare", compare)
        by, where = dimensions.check([name for name in given.getlist("by") if name]), _where(given)
        check_names(request.user, by, where)
        return cls(
            text,
            read_period(text),
            None if chosen == "none" else chosen,
            _grain(given.get("grain") or grain),
            by,
            where,
            scopes.of(request.user),
            language_of(request),
            {
                name: given[name]
                for name in given
                if name not in {"period", "compare", "grain", "by", "where", "as_of"} and not name.startswith("w.")
            },
            _snapshot(given.get("as_of", "")),
        )

    @cached_property
    def question_filters(self) -> dict[str, tuple[str | None, ...]]:
        """The dimension filters as a question wants them."""
        return {name: tuple(None if value == UNKNOWN else value for value in values) for name, values in self.where.items()}

    def ask(self, kpis: Any, **options: Any) -> Answer:
        """Ask with these filters; ``options`` (by, grain, compare, period, filters …) take precedence."""
        asked: dict[str, Any] = {
            "period": self.period,
            "filters": self.question_filters,
            "compare": self.compare,
            "by": self.by,
            "grain": self.grain,
            "as_of": self.as_of,
        }
        asked.update(options)
        return asking.answer(centre().question(kpis, **asked), scope=self.scope, lang=self.lang)

    def query(self, **changes: Any) -> str:
        """Return the query string of these filters with some changed; None takes one out. ``where`` = {dimension: values} replaces those dimensions."""
        pairs: list[tuple[str, str]] = [("period", self.period_text), ("compare", self.compare or "none")]
        if self.grain:
            pairs.append(("grain", self.grain))
        if self.as_of is not None:
            pairs.append(("as_of", str(self.as_of)))
        pairs += [("by", name) for name in self.by]
        where = {**self.where, **{name: tuple(values) for name, values in changes.pop("where", {}).items()}}
        pairs = [(name, value) for name, value in pairs if name not in changes]
        for name, value in changes.items():
            values = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, str(each)) for each in values if each is not None]
        pairs += [(f"w.{name}", value) for name, values in where.items() for value in values]
        return urlencode(pairs)

    @cached_property
    def active(self) -> list[tuple[str, str, str, str]]:
        """Dimension filters in force: (dimension, its label, value, query string without it)."""
        return [
            (name, dimensions.label(name)(self.lang), value, self.query(where={name: tuple(v for v in values if v != value)}))
            for name, values in self.where.items()
            for value in values
        ]

    def choices(self, offered: tuple[str, ...] = OFFERED) -> list[dict[str, Any]]:
        """Return for each offered dimension its label, the values within the reader's scope, and which are chosen."""
        found = []
        for name in offered:
            values = values_of(name, self.scope, self.lang)
            if len(values) > 1 or name in self.where:
                found.append(
                    {"name": name, "label": dimensions.label(name)(self.lang), "values": values, "chosen": self.where.get(name, ())}
                )
        return found

    def context(self, offered: tuple[str, ...] = OFFERED) -> dict[str, Any]:
        """Return what ``_filters.html`` needs."""
        return {
            "filters": self,
            "choices": self.choices(offered),
            "periods": [(text, label(self.lang)) for text, label in PERIODS],
            "comparisons": [(text, label(self.lang)) for text, label in COMPARISONS],
            "grains": list(GRAINS),
            "period_label": self.period.label(self.lang),
        }


def read_period(text: str) -> Period:
    """Read a period; "latest …" ends at the last day on which contacts have arrived, whatever today is."""
    own = centre()
    if not text.startswith("latest"):
        return own.period(text)
    last = last_day()
    settings = own.period("yesterday").settings
    named = {"latest week": "last 7 days", "latest 4 weeks": "last 28 days", "latest month": "this month"}.get(text)
    if named is None:
        raise QuestionError(
            "period_unknown",
            Bilingual(f"期間「{text}」は読めません。", f"The period “{text}” cannot be read."),
            Bilingual("例: 2026-10、last 7 days、先月", "For example: 2026-10, last 7 days, FY2026"),
        )
    from datetime import timedelta

    return Period.parse(named, last + timedelta(days=1) if named != "this month" else last, settings)


def last_day() -> Any:
    """Return the last business date on which contacts (or anything at all) have arrived; today when nothing has."""
    own = centre()
    import pyarrow.compute as pc

    days = own.store.coverage().select(["fact", "business_date"])
    contacts = days.filter(pc.equal(days["fact"], "contact"))
    last = pc.max((contacts if contacts.num_rows else days)["business_date"]).as_py()
    return own.today() if last is None else last


def values_of(dimension: str, scope: Scope, lang: str) -> list[str]:
    """Return the values of ``dimension`` among contacts of the last 400 days within ``scope``, the most frequent first, at most 200."""
    from datetime import timedelta

    last = last_day()
    period = Period(last - timedelta(days=399), last + timedelta(days=1), settings=centre().period("yesterday").settings)
    question = centre().question("volume", by=dimension, period=period, dense=False)
    cells = [cell for cell in asking.answer(question, scope=scope, lang=lang).cells() if cell.dimensions.get(dimension) is not None]
    cells.sort(key=lambda cell: -(cell.value or 0))
    return [str(cell.dimensions[dimension]) for cell in cells[:200]]


def _snapshot(text: str) -> int | None:
    """Read the number of a snapshot; nothing or the newest one mean “as of now”."""
    if not text:
        return None
    if not text.isdigit() or len(text) > 9:
        raise QuestionError(
            "snapshot_unknown",
            Bilingual("データ版は番号で指定します。", "A snapshot is named by its number."),
            Bilingual("「データ > データ版」の一覧から選んでください。", "Choose one from Data > Snapshots."),
        )
    return None if int(text) >= centre().snapshot() else int(text)


def _grain(name: str | None) -> str | None:
    if not name:
        return None
    from rashin.calendars import grain

    return grain(name).name


def _where(given: QueryDict) -> dict[str, tuple[str, ...]]:
    where: dict[str, tuple[str, ...]] = {}
    for key in given:
        if key.startswith("w."):
            values = tuple(dict.fromkeys(value for value in given.getlist(key) if value))
            if values:
                where[key[2:]] = values
    dimensions.check(where)
    return where

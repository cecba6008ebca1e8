"""The filters that live in the address: period, comparison, grain and dimension values. The same link shows the same question to everybody."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from rashin.calendars import GRAINS, Period
from rashin.errors import Bilingual, QuestionError
from rashin.query import choices, dimensions
from rashin.query.scope import Scope
from rashin.query.settings import Settings
from rashin.records import called
from rashin.web import asking, kept
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages.names import check_names
from rashin.web.pages.wording import hour_word, weekday_word
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from rashin.query.answer import Answer

#: Dimensions that every page offers as filters, in this order; explore offers them all.
OFFERED = ("channel", "queue", "team", "site", "vendor", "category")
PERIODS: tuple[tuple[str, Bilingual], ...] = (
    ("latest week", Bilingual("最新の1週間", "Latest week")),
    ("latest 4 weeks", Bilingual("最新の4週間", "Latest 4 weeks")),
    ("latest month", Bilingual("最新の月", "Latest month")),
    ("latest 13 weeks", Bilingual("最新の13週間", "Latest 13 weeks")),
    ("latest 26 weeks", Bilingual("最新の26週間", "Latest 26 weeks")),
    ("yesterday", Bilingual("昨日", "Yesterday")),
    ("last 7 days", Bilingual("直近7日", "Last 7 days")),
    ("this month", Bilingual("今月", "This month")),
    ("previous month", Bilingual("先月", "Previous month")),
    ("this fiscal year", Bilingual("今年度", "This fiscal year")),
)
COMPARISONS: tuple[tuple[str, Bilingual], ...] = (
    ("previous", Bilingual("直前の期間", "Period before")),
    ("last_year", Bilingual("前年同期", "Last year")),
    ("none", Bilingual("比較しない", "No comparison")),
)
#: So many values of a dimension are offered.
MOST = 200
_LATEST = {
    "latest week": "last 7 days",
    "latest 4 weeks": "last 28 days",
    "latest 13 weeks": "last 91 days",
    "latest 26 weeks": "last 182 days",
    "latest month": "this month",
}
#: How a period is called in either language → how it stands in an address.
_CALLED = {word: text for text, label in PERIODS for word in (label.ja, label.en, label.en.lower())}
NOT_KNOWN = Bilingual("不明", "not known")
#: One's own staff has no outsourcer: that is not a gap in the data.
NOBODY = Bilingual("なし・不明", "none or not known")
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
        text = _CALLED.get(text, text)
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
                if name not in {"period", "compare", "grain", "by", "where", "as_of", *OFFERED} and not name.startswith("w.")
            },
            _snapshot(given.get("as_of", "")),
        )

    @classmethod
    def opening(cls, scope: Scope, lang: str) -> Filters:
        """Return the filters with which the first page opens."""
        return cls("latest week", read_period("latest week"), "previous", None, (), {}, scope, lang)

    @cached_property
    def identity(self) -> Hashable:
        """Everything that these filters are: equal for two addresses exactly when the same is shown."""
        return self.query(), self.period.start, self.period.last, self.period.text, tuple(self.other.items()), self.scope, self.lang

    @property
    def period_shown(self) -> str:
        """The period as the reader calls it: by its name where it has one."""
        return next((label(self.lang) for text, label in PERIODS if text == self.period_text), self.period_text)

    @cached_property
    def slips(self) -> list[tuple[str, str, str]]:
        """Values filtered by that no row in sight has: (what is wrong, the nearest that there is, the address with it); the last two are "" where none is near."""
        from rashin.query.unknown import strangers

        if not self.where:
            return []
        found = []
        for name, value, note, near in strangers(centre().store, self.where, self.scope, but=UNKNOWN):
            instead = tuple(near if each == value else each for each in self.where[name]) if near else ()
            found.append((note(self.lang), near or "", self.query(where={name: instead}, **self.other) if near else ""))
        return found

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
            (
                name,
                dimensions.label(name)(self.lang),
                called_value(name, value, self.lang),
                self.query(where={name: tuple(v for v in values if v != value)}),
            )
            for name, values in self.where.items()
            for value in values
        ]

    def choices(self, offered: tuple[str, ...] = OFFERED) -> list[dict[str, Any]]:
        """Return for each offered dimension its label, the values within the reader's scope with what people call them, and which are chosen."""
        found = []
        for name in offered:
            values = values_of(name, self.scope, self.lang)
            if len(values) > 1 or name in self.where:
                chosen = self.where.get(name, ())
                called = [(value, called_value(name, value, self.lang)) for value in (*values, *(v for v in chosen if v not in values))]
                found.append({"name": name, "label": dimensions.label(name)(self.lang), "values": called, "chosen": chosen})
        return found

    def channels(self, **keep: Any) -> list[tuple[str, str, bool]]:
        """Return (what it is called, query string, whether it is chosen) for all channels together and for each within the scope; [] where there is one only.

        ``keep``: what else of the address stays."""
        values = values_of("channel", self.scope, self.lang)
        chosen = self.where.get("channel", ())
        if len(values) < 2 and not chosen:
            return []
        every = Bilingual("全チャネル", "All channels")(self.lang)
        listed = [(every, self.query(where={"channel": ()}, **keep), not chosen)]
        return listed + [
            (called_value("channel", value, self.lang), self.query(where={"channel": (value,)}, **keep), chosen == (value,))
            for value in (*values, *(v for v in chosen if v not in values))
        ]

    def context(self, offered: tuple[str, ...] = OFFERED) -> dict[str, Any]:
        """Return what ``_filters.html`` needs."""
        return {
            "filters": self,
            "choices": self.choices(offered),
            "held": [(f"w.{name}", value) for name, values in self.where.items() if name not in offered for value in values],
            "periods": [label(self.lang) for _, label in PERIODS],
            "comparisons": [(text, label(self.lang)) for text, label in COMPARISONS],
            "grains": list(GRAINS),
            "period_label": self.period.label(self.lang),
        }


def called_value(dimension: str, value: str, lang: str) -> str:
    """Return what people call a value of a dimension; the value itself where it is a name of their own."""
    if value == UNKNOWN:
        return (NOBODY if dimension in ("vendor", "client") else NOT_KNOWN)(lang)
    if dimension in ("weekday", "hour") and value.isdecimal() and len(value) < 3:
        return weekday_word((int(value) - 1) % 7 + 1, lang) if dimension == "weekday" else hour_word(business_hour(int(value)), lang)
    return called(dimension, value, lang)


def business_hour(hour: int) -> int:
    """Return an hour of the clock as an hour of the business date: with a cut-over at 05:00 one o'clock at night is hour 25 of the day before."""
    return hour + 24 if hour < Settings.of(centre().store).cutover_s // 3600 else hour


def read_period(text: str) -> Period:
    """Read a period; "latest …" ends at the last day on which contacts have arrived, whatever today is."""
    own = centre()
    text = _CALLED.get(text, text)
    if not text.startswith("latest"):
        return own.period(text)
    last = last_day()
    settings = own.period("yesterday").settings
    named = _LATEST.get(text)
    if named is None:
        raise QuestionError(
            "period_unknown",
            Bilingual(f"期間「{text}」は読めません。", f"The period “{text}” cannot be read."),
            Bilingual("例: 2026-10、last 7 days、先月", "For example: 2026-10, last 7 days, FY2026"),
        )
    return Period.parse(named, last + timedelta(days=1) if named != "this month" else last, settings)


def last_day() -> Any:
    """Return the last business date on which contacts (or anything at all) have arrived; today when nothing has."""
    last = kept.of_facts("last_day", _last_day)
    return centre().today() if last is None else last


def _last_day() -> Any:
    import pyarrow.compute as pc

    days = centre().store.coverage().select(["fact", "business_date"])
    contacts = days.filter(pc.equal(days["fact"], "contact"))
    return pc.max((contacts if contacts.num_rows else days)["business_date"]).as_py()


def values_of(dimension: str, scope: Scope, lang: str) -> list[str]:
    """Return the values of ``dimension`` among contacts of the last 400 days within ``scope``, the most frequent first, at most 200."""
    return all_values_of(dimension, scope, lang)[:MOST]


def all_values_of(dimension: str, scope: Scope, lang: str) -> list[str]:
    """Return all the values that :func:`values_of` cuts off at 200."""
    last = last_day()
    return kept.of_facts(("values", dimension, scope, last), lambda: _values_of(dimension, scope, lang, last))


def _values_of(dimension: str, scope: Scope, lang: str, last: date) -> list[str]:
    if choices.covers(dimension, scope):
        return choices.choices(centre().store, dimension, scope=scope, last=last)
    period = Period(last - timedelta(days=choices.DAYS - 1), last + timedelta(days=1), settings=centre().period("yesterday").settings)
    question = centre().question("volume", by=dimension, period=period, dense=False)
    cells = [cell for cell in asking.answer(question, scope=scope, lang=lang).cells() if cell.dimensions.get(dimension) is not None]
    cells.sort(key=lambda cell: -(cell.value or 0))
    return [str(cell.dimensions[dimension]) for cell in cells]


def _snapshot(text: str) -> int | None:
    """Read the number of a snapshot; nothing or the newest one mean “as of now”."""
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
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
        name = key[2:] if key.startswith("w.") else key if key in OFFERED else ""
        if name:
            values = tuple(dict.fromkeys((*where.get(name, ()), *(value for value in given.getlist(key) if value))))
            if values:
                where[name] = values
    dimensions.check(where)
    return where

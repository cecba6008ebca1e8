"""What a fact is: its columns with type, unit and the meaning of null; derived columns; the instant it is counted at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rashin.errors import Bilingual

Type = Literal["text", "integer", "number", "instant", "date", "bool"]
Role = Literal["key", "time", "dimension", "quantity", "flag", "attribute"]

#: column type → the type that the embedded engine stores; instants are UTC without a zone mark.
ENGINE_TYPE: dict[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "instant": "TIMESTAMP",
    "date": "DATE",
    "bool": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a fact.

    ``unit``: "s", "yen", "count", "share", "points" … or None for text, instants and flags. ``null`` says what a missing value means.
    ``choices``: the closed list of values, if there is one.
    """

    name: str
    type: Type
    role: Role
    label: Bilingual
    null: Bilingual
    unit: str | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """A row-level expression that formulas may use like a column; never stored. Written in the formula language."""

    name: str
    expression: str
    type: Type
    label: Bilingual
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row that breaks ``expression`` (a condition in the formula language that must not be false) is impossible: a reject."""

    code: str
    expression: str
    reason: Bilingual
    column: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind of canonical record.

    ``anchors``: columns tried in order; the first that is not null is the instant (or date) the row is counted at, kept as ``counted_at``.
    ``required``: columns that must not be null. ``key``: what identifies the record inside one source.
    """

    name: str
    label: Bilingual
    columns: tuple[Column, ...]
    anchors: tuple[str, ...]
    required: tuple[str, ...] = ()
    derived: tuple[Derived, ...] = ()
    rules: tuple[Rule, ...] = ()
    doc: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    _by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, Column] = {}
        for each in (*self.columns, *COMMON):
            named.setdefault(each.name, each)
        object.__setattr__(self, "_by_name", named)

    def column(self, name: str) -> Column:
        """Return the column called ``name`` (own or common); KeyError when there is none."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all stored columns: own columns, then the common ones."""
        return tuple(self._by_name)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the columns that one can slice by."""
        return tuple(c.name for c in (*self.columns, *COMMON) if c.role == "dimension")


def _null(ja: str, en: str) -> Bilingual:
    return Bilingual(ja, en)


UNKNOWN = _null("不明", "not known")

#: Columns that every fact has. The intake fills them; a mapping gives source, native_id and revision.
COMMON: tuple[Column, ...] = (
    Column("source", "text", "key", Bilingual("連携元", "Source"), _null("なし(必須)", "never null")),
    Column("native_id", "text", "key", Bilingual("元の番号", "Native id"), _null("なし(必須)", "never null")),
    Column(
        "revision",
        "integer",
        "attribute",
        Bilingual("改訂", "Revision"),
        _null("なし(必須)", "never null: microseconds since 1970 of the record's last update, or of the file's export"),
    ),
    Column("counted_at", "instant", "time", Bilingual("計上時刻", "Counted at"), _null("日付のみの実績", "a fact that has a date only")),
    Column("business_date", "date", "time", Bilingual("営業日", "Business date"), _null("なし(必須)", "never null")),
    Column(
        "utc_offset_s",
        "integer",
        "attribute",
        Bilingual("時差(秒)", "UTC offset"),
        _null("日付のみの実績", "a fact that has a date only"),
        unit="s",
    ),
)


def text(name: str, ja: str, en: str, null: Bilingual = UNKNOWN, role: Role = "dimension", choices: tuple[str, ...] = ()) -> Column:
    """A text column; a dimension unless said otherwise."""
    return Column(name, "text", role, Bilingual(ja, en), null, choices=choices)


def instant(name: str, ja: str, en: str, null: Bilingual = UNKNOWN) -> Column:
    """A UTC instant; the name ends in ``_at``."""
    return Column(name, "instant", "time", Bilingual(ja, en), null)


def seconds(name: str, ja: str, en: str, null: Bilingual = UNKNOWN) -> Column:
    """A duration in seconds, never negative; the name ends in ``_s``."""
    return Column(name, "number", "quantity", Bilingual(ja, en), null, unit="s", minimum=0)


def count(name: str, ja: str, en: str, null: Bilingual = UNKNOWN) -> Column:
    """A whole number of things, never negative."""
    return Column(name, "integer", "quantity", Bilingual(ja, en), null, unit="count", minimum=0)


def number(
    name: str,
    ja: str,
    en: str,
    unit: str,
    null: Bilingual = UNKNOWN,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Column:
    """A number with a unit."""
    return Column(name, "number", "quantity", Bilingual(ja, en), null, unit=unit, minimum=minimum, maximum=maximum)


def flag(name: str, ja: str, en: str, null: Bilingual = UNKNOWN) -> Column:
    """Yes, no, or not known."""
    return Column(name, "bool", "flag", Bilingual(ja, en), null)


def organisation() -> tuple[Column, ...]:
    """The dimensions of who did the work: queue, team, agent, site, vendor, client."""
    return (
        text("queue", "窓口(キュー)", "Queue"),
        text("team", "チーム", "Team"),
        text("agent", "担当者", "Agent"),
        text("site", "拠点", "Site"),
        text("vendor", "委託先", "Vendor", Bilingual("自社", "in-house or not known")),
        text("client", "委託元", "Client", Bilingual("自社業務または不明", "own business or not known")),
    )

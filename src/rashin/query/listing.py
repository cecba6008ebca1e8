"""The rows behind a cell: those in the numerator, those in the denominator, and those that do not count, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rashin.calendars import Period
from rashin.errors import Bilingual, ForbiddenError, QuestionError, nearest
from rashin.query import words
from rashin.query.collect import View, axis_of, frame, parameters
from rashin.query.grain import below_day
from rashin.query.question import Question
from rashin.query.recorded import limited_definition
from rashin.query.run import view_of
from rashin.query.scan import Scan, bucket_sql, rows_sql
from rashin.query.scope import PERSONAL, Scope
from rashin.query.settings import Settings
from rashin.query.share import Share, shares
from rashin.records import FACTS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from rashin.catalogue import Catalogue, Definition
    from rashin.store import Store

Part = Literal["numerator", "denominator", "excluded"]
PARTS: tuple[str, ...] = ("numerator", "denominator", "excluded")
#: So many rows at most come at once.
PAGE_LIMIT = 10_000
MASK = "***"


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of an answer to ``question``: its bucket (the label; None = the whole period) and its dimension values."""

    question: Question
    bucket: str | None = None
    dimensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """A page of the rows behind a cell: ``table`` has _contribution (to the numerator or denominator) or _reason_ja and _reason_en (of not counting), the
    fact's columns, load_id and _file. ``total``: rows of this part in all. ``reasons``: (reason, rows) over all excluded rows, most frequent first.
    ``note``: what to know where the rows are not what is counted (different customers), else None."""

    kpi: str
    fact: str
    part: str
    table: pa.Table
    total: int
    first: int
    reasons: tuple[tuple[Bilingual, int], ...] = ()
    note: Bilingual | None = None

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def to_list(self) -> list[dict[str, Any]]:
        """Return the rows as dicts."""
        found: list[dict[str, Any]] = self.table.to_pylist()
        return found

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame."""
        return self.table.to_pandas()


def rows(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    cell: Spot,
    *,
    scope: Scope,
    part: Part = "numerator",
    fact: str | None = None,
    first: int = 0,
    count: int = 100,
    between: tuple[float | None, float | None] = (None, None),
) -> Rows:
    """Return rows ``first`` … ``first + count`` of one part, in order of time, within ``scope``.

    ``between``: only rows that add at least the first and less than the second to this part (calls of 600 to under 660 seconds behind a mean).
    A KPI over several facts: ``fact`` says which; default the part's first. Personal columns read "***" unless the scope shows rows in full.
    ForbiddenError when the scope shows no rows, or the cell is about too few people. QuestionError when the bucket does not exist.
    """
    scope.needs_rows()
    _check(part, first, count)
    question = narrowed(cell, Settings.of(store))
    view, snapshot = view_of(store, question, scope)
    definition = limited_definition(catalogue.definition(kpi, None, _own_params(catalogue, kpi, question)), view, snapshot)
    chosen = _chosen(shares(definition), part, fact, definition)
    if beyond := scope.beyond(chosen.fact):
        raise _out_of_reach(chosen.fact, beyond)
    return _Listing(view, question, cell, definition, chosen, part, between).page(first, count, snapshot)


def narrowed(cell: Spot, settings: Settings) -> Question:
    """Return the question about one cell only: its values become filters; a bucket of a day or more becomes the period."""
    question = cell.question
    filters: dict[str, object] = {**dict(question.filters), **{name: (value,) for name, value in cell.dimensions.items()}}
    period = question.period
    if cell.bucket is not None and not below_day(question.grain):
        period = _bucket_period(cell, settings)
    keep = question.grain if below_day(question.grain) and cell.bucket is not None else None
    return question.with_(by=(), filters=filters, period=period, grain=keep, compare=None)


def _bucket_period(cell: Spot, settings: Settings) -> Period:
    question = cell.question
    axis = axis_of(question, question.period, settings)
    at = _bucket_index(axis.labels, cell.bucket)
    low, high = axis.starts[at].astype("datetime64[D]").item(), axis.ends[at].astype("datetime64[D]").item()
    return Period(max(low, question.period.start), min(high, question.period.end), settings=question.period.settings)


def _bucket_index(labels: tuple[str, ...], wanted: str | None) -> int:
    if wanted in labels:
        return labels.index(wanted)
    near = nearest(str(wanted), labels)
    raise QuestionError(
        "bucket_unknown",
        Bilingual(f"区間「{wanted}」はこの答えにありません。", f"There is no bucket “{wanted}” in this answer."),
        Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
    )


class _Listing:
    """Composes and runs the SELECTs over the rows of one cell."""

    def __init__(
        self,
        view: View,
        question: Question,
        cell: Spot,
        definition: Definition,
        share: Share,
        part: str,
        between: tuple[float | None, float | None] = (None, None),
    ) -> None:
        self.view, self.question, self.definition, self.share, self.part = view, question, definition, share, part
        place = share.place
        self.frame = frame(question, question.period, view)
        relation = view.relation(place[0])
        source, where, moments = rows_sql(Scan(*place), self.frame, relation)
        self.bound = parameters(question, question.period, view.scope)
        if question.grain is not None:
            axis = axis_of(question, question.period, view.settings)
            self.bound.append(int(axis.keys[_bucket_index(axis.labels, cell.bucket)]))
            where = [*where, f"{bucket_sql(self.frame, moments)} = ${len(self.bound)}"]
        inside = share.numerator if part == "numerator" else share.denominator
        where = [*where, f"NOT coalesce({share.counts}, FALSE)"] if part == "excluded" else [*where, f"coalesce({inside.contains}, FALSE)"]
        if part != "excluded":
            where += self._within(inside.contribution, between)
        self.extra = f"{share.reason_code} AS _code" if part == "excluded" else f"{inside.contribution} AS _contribution"
        self.tail = f"FROM {source} AS f WHERE {' AND '.join(where)}"
        self.instant = "start_at" if place[0] == "agent_time" else place[1]

    def _within(self, contribution: str, between: tuple[float | None, float | None]) -> list[str]:
        found = []
        for sign, limit in zip((">=", "<"), between, strict=True):
            if limit is not None:
                self.bound.append(limit)
                found.append(f"{contribution} {sign} ${len(self.bound)}")
        return found

    def page(self, first: int, count: int, snapshot: int) -> Rows:
        import pyarrow as pa

        if self.view.min_group:
            self._enough_people()
        shown = ", ".join(self._column(name) for name in FACTS[self.share.fact].names)
        text = f"SELECT {self.extra}, {shown}, f.load_id {self.tail} ORDER BY f.{self.instant}, f.business_date, f.source, f.native_id LIMIT {count} OFFSET {first}"
        table = self.view.store.read(text, self.bound)
        counted = self.view.store.read(
            f"SELECT {'_code' if self.part == 'excluded' else '0'} AS code, count(*) AS n FROM (SELECT {self.extra} {self.tail}) GROUP BY 1",
            self.bound,
        )
        totals = {row["code"]: row["n"] for row in counted.to_pylist()}
        files = {load.load_id: load.file_name for load in self.view.store.loads()}
        table = table.append_column("_file", pa.array([files.get(each) for each in table.column("load_id").to_pylist()], pa.string()))
        reasons: tuple[tuple[Bilingual, int], ...] = ()
        if self.part == "excluded":
            table = self._with_reasons(table)
            ranked = sorted(totals.items(), key=lambda each: (-each[1], each[0]))
            reasons = tuple((self.share.reasons[code], number) for code, number in ranked)
        total = sum(totals.values())
        return Rows(self.definition.label, self.share.fact, self.part, table, total, first, reasons, self._distinct(total))

    def _distinct(self, total: int) -> Bilingual | None:
        """Where different values are counted and not rows: how many there are in these rows."""
        side = {"numerator": self.share.numerator, "denominator": self.share.denominator}.get(self.part)
        counted = [self.definition.measures[name] for name in (side.measures if side else ())]
        distinct = [measure for measure in counted if measure.kind == "distinct" and measure.argument is not None]
        if not distinct:
            return None
        asked = ", ".join(f"{measure.sql(table='f')} AS n{at}" for at, measure in enumerate(distinct))
        numbers = self.view.store.read(f"SELECT {asked} {self.tail}", self.bound).to_pylist()[0].values()
        names = [words.holds(measure.argument, self.share.fact) for measure in distinct if measure.argument is not None]
        pairs = list(zip(names, numbers, strict=True))
        ja = "、".join(f"{name.ja} {number:,} 種" for name, number in pairs)
        en = ", ".join(f"{number:,} different values of “{name.en}”" for name, number in pairs)
        return Bilingual(f"数えているのは行ではなく {ja}です({total:,} 行から)", f"counted are not rows but {en} (in {total:,} rows)")

    def _column(self, name: str) -> str:
        hidden = (name in PERSONAL or name.startswith("detail")) and self.view.scope.rows != "full"
        if hidden or (name == "agent" and self.view.min_group):
            return f"CASE WHEN f.{name} IS NOT NULL THEN '{MASK}' END AS {name}"
        return f"f.{name}"

    def _with_reasons(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        said = [self.share.reasons[code] for code in table.column("_code").to_pylist()]
        both = {
            "_reason_ja": pa.array([each.ja for each in said], pa.string()),
            "_reason_en": pa.array([each.en for each in said], pa.string()),
        }
        rest = table.drop_columns(["_code"])
        return pa.table({**both, **{name: rest.column(name) for name in rest.column_names}})

    def _enough_people(self) -> None:
        if "agent" not in FACTS[self.share.fact].dimensions:
            return
        found = self.view.store.read(f"SELECT count(DISTINCT f.agent) AS people {self.tail}", self.bound).to_pylist()[0]["people"]
        if 0 < found < self.view.min_group:
            raise ForbiddenError(
                "group_too_small",
                Bilingual("対象の人数が少ないため、明細を表示できません。", "These rows are about too few people to be shown."),
                Bilingual("期間や切り口を広げてください。", "Widen the period or the slice."),
            )


def _own_params(catalogue: Catalogue, kpi: str, question: Question) -> Any:
    known = catalogue.definition(kpi).params
    return {name: value for name, value in question.params if name in known} or None


def _check(part: str, first: int, count: int) -> None:
    if part not in PARTS:
        near = nearest(part, PARTS)
        raise QuestionError(
            "part_unknown",
            Bilingual(f"明細の区分「{part}」はありません。", f"There is no part “{part}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
            if near
            else Bilingual(f"使える区分: {'、'.join(PARTS)}", f"Parts: {', '.join(PARTS)}"),
        )
    if first < 0 or not 1 <= count <= PAGE_LIMIT:
        raise QuestionError(
            "page_invalid",
            Bilingual(f"一度に表示できるのは 1~{PAGE_LIMIT} 行です。", f"A page holds 1 to {PAGE_LIMIT} rows."),
            Bilingual("first は0以上、count はこの範囲にしてください。", "Give a first of 0 or more and a count in that range."),
        )


def _chosen(found: tuple[Share, ...], part: str, fact: str | None, definition: Definition) -> Share:
    """The share of the fact that is asked for (without one, of any) that stands in this part of the value. A fact may have several: clipped intervals and whole ones."""
    mine = [each for each in found if fact is None or each.fact == fact]
    in_part = [each for each in mine if (each.numerator if part == "numerator" else each.denominator).measures]
    if mine:
        return (in_part or mine)[0]
    assert fact is not None  # every definition reads some fact
    names = [each.fact for each in found]
    near = nearest(fact, names)
    raise QuestionError(
        "fact_not_used",
        Bilingual(f"{definition.label} は「{fact}」を使っていません。", f"{definition.label} does not read “{fact}”."),
        Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
        if near
        else Bilingual(f"使う実績: {'、'.join(names)}", f"It reads: {', '.join(names)}"),
    )


def _out_of_reach(fact: str, names: tuple[str, ...]) -> ForbiddenError:
    label = FACTS[fact].label
    return ForbiddenError(
        "scope_beyond_fact",
        Bilingual(
            f"「{label.ja}」は {'・'.join(names)} で分けられないため、この閲覧範囲では表示できません。",
            f"“{label.en}” is not known by {', '.join(names)}, which limits this scope.",
        ),
        Bilingual("閲覧範囲の広い人に依頼してください。", "Ask somebody with a wider scope."),
    )

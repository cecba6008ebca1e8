"""Our figure against the source's own: the difference itemised down to the kinds of rows that one definition counts and the other does not.

From our value V₀ = N₀/D₀ to the value V₁ = N₁/D₁ of the definition that the source seems to use, every kind of row c adds (ΔN_c − V₀·ΔD_c)/D₁; these sum to
V₁ − V₀ exactly. What then remains to the reported figure is unexplained, and is shown day by day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, QuestionError
from rashin.query import dimensions
from rashin.query.answer import Answer
from rashin.query.collect import View, frame, parameters
from rashin.query.question import Question
from rashin.query.recorded import limited_definition
from rashin.query.run import view_of
from rashin.query.scan import Scan, key_columns, rows_sql
from rashin.query.scope import Scope
from rashin.query.share import Share, shares
from rashin.query.variants import compare_variants
from rashin.records import FACTS, called

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.catalogue import Catalogue, Definition
    from rashin.store import Store

_FACT = "reported_figure"
#: What a reported figure may be about; its kpi and variant are not slices of ours.
_SLICES = tuple(name for name in FACTS[_FACT].dimensions if name not in ("kpi", "variant"))
_GRAINS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")


@dataclass(frozen=True, slots=True)
class Item:
    """``effect`` (in the KPI's unit) of ``rows`` rows of one kind on the way from our definition to the source's."""

    text: Bilingual
    rows: int
    effect: float


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One reported figure beside ours. ``ours + Σ effects + unexplained = reported``; None where there is no value of ours."""

    bucket: str
    dimensions: tuple[tuple[str, object], ...]
    source: str
    reported: float
    reported_n: float | None
    ours: float | None
    theirs: float | None
    n: float | None
    items: tuple[Item, ...]
    unexplained: float | None

    @property
    def difference(self) -> float | None:
        """Reported minus ours."""
        return None if self.ours is None else self.reported - self.ours


@dataclass(frozen=True)
class Reconciliation:
    """``definition``: ours. ``nearest``: the reading under which our rows come nearest to what is reported (or the one that the source names)."""

    kpi: str
    definition: Definition
    nearest: Definition
    named: bool
    figures: tuple[Reconciled, ...]
    notes: tuple[Bilingual, ...] = ()

    @property
    def table(self) -> pa.Table:
        """One row per reported figure: bucket, <dimensions>, source, reported, ours, difference, explained, unexplained."""
        import pyarrow as pa

        return pa.Table.from_pylist(
            [
                {
                    "bucket": each.bucket,
                    **dict(each.dimensions),
                    "source": each.source,
                    "reported": each.reported,
                    "ours": each.ours,
                    "difference": each.difference,
                    "explained": sum(item.effect for item in each.items) if each.unexplained is not None else None,
                    "unexplained": each.unexplained,
                }
                for each in self.figures
            ]
        )


def reconcile(
    store: Store, catalogue: Catalogue, kpi: str, question: Question, *, scope: Scope, source: str | None = None
) -> Reconciliation:
    """Compare what ``source`` (None = every source) reported of ``kpi`` in the question's period with the value from the rows, within ``scope``.

    QuestionError when nothing was reported, or a filter names a dimension that reported figures do not have.
    """
    definition = catalogue.definition(kpi)
    reported = _reported(store, definition.kpi, question, scope, source)
    if not reported:
        raise QuestionError(
            "nothing_reported",
            Bilingual(f"この期間に {definition.kpi} の報告値はありません。", f"No source reported {definition.kpi} in this period."),
            Bilingual("報告値を reported_figure として取り込んでください。", "Load the source's own figures as reported_figure."),
        )
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for row in reported:
        known = tuple(name for name in _SLICES if row[name] is not None)
        groups.setdefault((row["grain"] if row["grain"] in _GRAINS else "day", known), []).append(row)
    answered = [(rows, _ours(store, catalogue, definition, question, scope, grain, by)) for (grain, by), rows in groups.items()]
    nearest, named = _nearest(catalogue, definition, reported, answered)
    figures: list[Reconciled] = []
    for rows, answer in answered:
        figures += _figures(store, definition, nearest, rows, answer, scope)
    return Reconciliation(definition.label, definition, nearest, named, tuple(figures), tuple(_notes(definition, reported)))


def _reported(store: Store, kpi: str, question: Question, scope: Scope, source: str | None) -> list[dict[str, Any]]:
    lacking = [name for name, _ in question.filters if name not in dimensions.of_fact(FACTS[_FACT])]
    if lacking:
        raise QuestionError(
            "reported_dimension",
            Bilingual(f"報告値は {'・'.join(lacking)} で分けられません。", f"Reported figures are not known by {', '.join(lacking)}."),
            Bilingual("その絞り込みを外してください。", "Leave that filter out."),
        )
    if scope.beyond(_FACT):
        return []
    view, _ = view_of(store, question, scope)
    origin, where, _ = rows_sql(Scan(_FACT), frame(question.with_(by=(), grain=None), question.period, view), view.relation(_FACT))
    bound = [*parameters(question, question.period, scope), kpi]
    where = [*where, f"f.kpi = ${len(bound)}"]
    if source is not None:
        bound.append(source)
        where.append(f"f.source = ${len(bound)}")
    names = ", ".join(f"f.{name}" for name in ("business_date", "source", "variant", "grain", *_SLICES, "reported", "reported_n"))
    found: list[dict[str, Any]] = store.read(
        f"SELECT {names} FROM {origin} AS f WHERE {' AND '.join(where)} ORDER BY ALL", bound
    ).to_pylist()
    return found


def _ours(
    store: Store, catalogue: Catalogue, definition: Definition, question: Question, scope: Scope, grain: str, by: tuple[str, ...]
) -> Answer:
    asked = question.with_(by=by, grain=grain, compare=None, dense=False)
    return compare_variants(store, catalogue, definition.kpi, asked, scope=scope)


def _places(rows: Iterable[Mapping[str, Any]], answer: Answer) -> list[tuple[Mapping[str, Any], int | None]]:
    """For each reported row the row of the answer that it is about."""
    import numpy as np

    from rashin.calendars import grain_start

    question = answer.question
    wanted = {}
    for index in range(len(answer.keys)):
        key = answer.keys.row(index)
        wanted[int(answer.keys.axis.keys[answer.keys.bucket[index]]), tuple(key[name] for name in question.by)] = index
    found = []
    for row in rows:
        start = grain_start(np.datetime64(row["business_date"], "D"), question.grain or "day", question.period.settings)[0]
        found.append((row, wanted.get((int(start.astype(np.int64)), tuple(row[name] for name in question.by)))))
    return found


def _nearest(
    catalogue: Catalogue,
    definition: Definition,
    reported: Sequence[Mapping[str, Any]],
    answered: Sequence[tuple[list[dict[str, Any]], Answer]],
) -> tuple[Definition, bool]:
    """The reading that the source names, if there is one of that name; else the one that comes nearest to its figures; of equals the first."""
    readings = catalogue.kpi(definition.kpi).readings
    names = {row["variant"] for row in reported if row["variant"] in readings}
    if len(names) == 1:
        return catalogue.definition(definition.kpi, names.pop()), True
    distance: dict[str, float] = {}
    for rows, answer in answered:
        for row, index in _places(rows, answer):
            if index is None:
                continue
            for one in answer.series:
                value = float(one.value[index])
                if value == value:
                    distance[one.name] = distance.get(one.name, 0.0) + abs(row["reported"] - value)
    return (
        catalogue.definition(min(distance, key=lambda name: (distance[name], name != definition.label))) if distance else definition
    ), False


def _figures(
    store: Store, ours: Definition, theirs: Definition, rows: list[dict[str, Any]], answer: Answer, scope: Scope
) -> Iterable[Reconciled]:
    by_label = {one.definition.label: one for one in answer.series}
    base, goal = by_label[ours.label], by_label[theirs.label]
    kinds = _kinds(store, ours, theirs, answer, scope) if ours.label != theirs.label else {}
    for row, index in _places(rows, answer):
        key = tuple((name, row[name]) for name in answer.question.by)
        label, value, other, n = str(row["business_date"]), None, None, None
        items: tuple[Item, ...] = ()
        if index is not None:
            label = answer.keys.axis.labels[int(answer.keys.bucket[index])]
            value, other, n = (_known(column[index]) for column in (base.value, goal.value, base.n))
            items = _items(kinds.get(_cell_key(answer, index), ()), value, other, _known(goal.denominator[index]))
        missing = None if value is None or other is None else row["reported"] - value - sum(item.effect for item in items)
        yield Reconciled(label, key, row["source"], row["reported"], row["reported_n"], value, other, n, items, missing)


def _known(value: Any) -> float | None:
    return None if value != value else float(value)


def _cell_key(answer: Answer, index: int) -> tuple[object, ...]:
    return (int(answer.keys.axis.keys[answer.keys.bucket[index]]), *answer.keys.row(index).values())


_Kind = tuple[str | None, int, float, float]


def _items(kinds: Sequence[_Kind], ours: float | None, theirs: float | None, denominator: float | None) -> tuple[Item, ...]:
    """The effects of each kind of row; one item for the whole where the definitions cannot be told apart row by row."""
    if ours is None or theirs is None or (ours == theirs and not kinds):
        return ()
    if not kinds or not denominator:
        return (
            Item(Bilingual("定義の違い(行ごとには分けられない)", "the definitions as a whole (not separable by row)"), 0, theirs - ours),
        )
    found = [Item(_kind_text(kind, above, below), rows, (above - ours * below) / denominator) for kind, rows, above, below in kinds]
    return tuple(sorted(found, key=lambda item: -abs(item.effect)))


def _kind_text(kind: str | None, above: float, below: float) -> Bilingual:
    said = []
    if below:
        said.append(
            Bilingual("分母に加える", "counted in their denominator")
            if below > 0
            else Bilingual("分母に入れない", "not in their denominator")
        )
    if above:
        said.append(
            Bilingual("分子に加える", "counted in their numerator") if above > 0 else Bilingual("分子に入れない", "not in their numerator")
        )
    name = Bilingual(*(called("outcome", kind, lang) for lang in ("ja", "en"))) if kind else Bilingual("記録なし", "not recorded")
    return Bilingual(f"結果 {name.ja}: {'・'.join(each.ja for each in said)}", f"outcome {name.en}: {', '.join(each.en for each in said)}")


def _kinds(store: Store, ours: Definition, theirs: Definition, answer: Answer, scope: Scope) -> dict[tuple[object, ...], list[_Kind]]:
    """Rows that the two definitions count differently: cell → (outcome, rows, ΔN, ΔD). Empty when they do not count the same rows of one fact."""
    question = answer.question.with_(as_of=answer.snapshot)
    view, snapshot = view_of(store, question, scope)
    one, other = (shares(limited_definition(each, view, snapshot)) for each in (ours, theirs))
    if len(one) != 1 or len(other) != 1 or one[0].place != other[0].place or ours.value.ratio is None or theirs.value.ratio is None:
        return {}
    text, bound = _kinds_sql(view, question, one[0], other[0])
    found: dict[tuple[object, ...], list[_Kind]] = {}
    for row in store.read(text, bound).to_pylist():
        kind, rows, above, below, day, *dims = row.values()
        bucket = day.toordinal() - 719_163  # days since 1970, as the keys of buckets are
        found.setdefault((bucket, *dims), []).append((kind, rows, above, below))
    return found


def _kinds_sql(view: View, question: Question, ours: Share, theirs: Share) -> tuple[str, list[object]]:
    shape = frame(question, question.period, view)
    source, where, moments = rows_sql(Scan(*ours.place), shape, view.relation(ours.fact))
    keys = key_columns(shape, moments)
    kind = "f.outcome" if ours.fact == "contact" else "CAST(NULL AS VARCHAR)"
    above = f"({theirs.numerator.contribution} - {ours.numerator.contribution})"
    below = f"({theirs.denominator.contribution} - {ours.denominator.contribution})"
    inner = f"SELECT {', '.join(keys)}, {kind} AS kind, {above} AS above, {below} AS below FROM {source} AS f WHERE {' AND '.join(where)}"
    names = ", ".join(["_k", *(f"_d{i}" for i in range(len(question.by)))])
    text = (
        f"SELECT kind, count(*) AS n, sum(above) AS above, sum(below) AS below, {names} FROM ({inner}) WHERE above <> 0 OR below <> 0 "
        f"GROUP BY {names}, kind, sign(above), sign(below) ORDER BY ALL"
    )
    return text, parameters(question, question.period, view.scope)


def _notes(definition: Definition, reported: Sequence[Mapping[str, Any]]) -> Iterable[Bilingual]:
    if definition.unit == "share" and all(row["reported"] > 1.5 for row in reported):
        yield Bilingual(
            "報告値がパーセントのまま取り込まれているようです(0〜1で持ちます)",
            "the reported figures look like per cent; shares are kept as 0–1",
        )

"""Why a KPI moved between two periods or groups: by every way of slicing, along its tree, by queue and half hour; noise hidden, nothing left over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, QuestionError
from rashin.insight.change import sayings
from rashin.insight.change.lacking import notes_of
from rashin.insight.change.parts import FALSE_RATE, Split, error_of_whole, split, table
from rashin.insight.change.sides import SLOT, Days, Form, Side, Sums, ask_side, days, form, headline, sums, usual_against
from rashin.insight.change.ways import check, known_of, nobodys, says_nothing, usual

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.insight.change.staffed import Staffed
    from rashin.insight.trees import Trees
    from rashin.insight.trees.values import ComputedTree
    from rashin.query import Answer, Cell, Scope
    from rashin.store import Store

_Z = 1.959964


@dataclass(frozen=True)
class Change:
    """Why ``kpi`` moved from ``before`` to ``after``. ``total``: value after − value before; ``low``, ``high``: its 95 % interval, None where the scatter is not known.

    ``noise``: the whole change is within chance. ``splits``: by way of slicing, the most telling first; the parts of each add up to ``total``. ``residual``: the largest
    amount by which any of them misses it. ``tree``: the KPI's part of a logic tree with figures, ``staffed``: the same change through the staffing model; None where there
    is none. ``not_split``: ways of slicing that were asked for and say nothing, with the reason. ``notes``: what else the figures lack.
    """

    kpi: str
    name: Bilingual
    unit: str
    better: str
    before: Side
    after: Side
    cell0: Cell
    cell1: Cell
    total: float
    low: float | None
    high: float | None
    noise: bool
    splits: tuple[Split, ...]
    not_split: tuple[tuple[str, Bilingual], ...]
    tree: ComputedTree | None
    staffed: Staffed | None
    residual: float
    notes: tuple[Bilingual, ...]
    text: Bilingual

    @property
    def value0(self) -> float:
        """The value before."""
        return float(self.cell0.value or 0.0)

    @property
    def value1(self) -> float:
        """The value after."""
        return float(self.cell1.value or 0.0)

    @property
    def good(self) -> bool | None:
        """Whether the change is for the better; None where the KPI has no good side, or the change is noise."""
        if self.noise or self.better not in ("higher", "lower") or self.total == 0:
            return None
        return (self.total > 0) == (self.better == "higher")

    def split(self, *by: str) -> Split:
        """Return the split by these dimensions. QuestionError when there is none."""
        for each in self.splits:
            if set(each.by) == set(by):
                return each
        raise QuestionError(
            "split_missing", Bilingual(f"「{' × '.join(by)}」の内訳はありません。", f"There is no split by {' × '.join(by)}.")
        )


def explain(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    period: Period,
    against: Period | None = None,
    *,
    scope: Scope,
    by: Iterable[str | tuple[str, ...]] | None = None,
    where: Mapping[str, object] | None = None,
    other_where: Mapping[str, object] | None = None,
    trees: Trees | None = None,
    along: bool = True,
    as_of: int | None = None,
) -> Change:
    """Return why ``kpi`` in ``period`` differs from ``against``.

    ``against``: the period before unless given; with ``other_where`` the same period. ``where``: limits of both sides; ``other_where``: those of the other side instead.
    ``by``: ways of slicing, a tuple for a cross, ``slot`` for half hours of the day; None = all the KPI knows, and queue × half hour. ``trees``: where the KPI is looked for;
    None = the ready ones and the workspace's own. ``along``: False leaves tree and staffing model out (:func:`along_tree` gives them). ``as_of``: the snapshot that both sides are
    asked; None = the newest. QuestionError for unknown names, and where one side has no value.
    """
    same = dict(where or {})
    other = same if other_where is None else dict(other_where)
    before = Side(against or (period if other_where is not None else usual_against(period)), other, as_of)
    after = Side(period, same, as_of)
    definition = catalogue.definition(kpi)
    for _ in range(3):  # a load in between would compare two states of the data
        first = ask_side(store, catalogue, kpi, before, scope=scope), ask_side(store, catalogue, kpi, after, scope=scope)
        found = _explain(store, catalogue, kpi, definition, (before, after), first, by, scope, trees, along)
        if (store.snapshot() if as_of is None else as_of) == first[0].snapshot == first[1].snapshot:
            break
    return found


def _explain(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    definition: Definition,
    sides: tuple[Side, Side],
    first: tuple[Answer, Answer],
    by: Iterable[str | tuple[str, ...]] | None,
    scope: Scope,
    trees: Trees | None,
    along: bool,
) -> Change:
    cell0, cell1 = (headline(each) for each in first)
    for side, cell, answer in zip(sides, (cell0, cell1), first, strict=True):
        if cell.value is None:
            raise _nothing(side, cell, answer)
    assert cell0.value is not None
    assert cell1.value is not None
    how = form(definition)
    asker = _Asker(store, catalogue, kpi, sides, scope)
    total, error, chance_only = cell1.value - cell0.value, math.nan, True
    splits: list[Split] = []
    left_out: list[tuple[str, Bilingual]] = []
    if how is not None:
        whole = sums(first[0], how), sums(first[1], how)
        past = asker.past(how, (), ((),))
        error, known = error_of_whole(table(*whole, _whole(whole)), how, past, asker.ahead)
        chance_only = not known
        splits, left_out = _splits(asker, definition, how, _whole(whole), by)
    low, high = (total - _Z * error, total + _Z * error) if math.isfinite(error) and error > 0 else (None, None)
    noise = low is not None and high is not None and bool(low <= 0 <= high)
    tree, through = along_tree(store, catalogue, definition.label, *sides, scope=scope, trees=trees) if along else (None, None)
    residual = max((abs(math.fsum(one.part for one in each.segments) - total) for each in splits), default=0.0)
    notes = notes_of(store, first, sides, definition, how, chance_only)
    made = Change(
        definition.label, definition.name if definition.variant else definition.entry.name, definition.unit, definition.better, *sides, cell0, cell1,
        total, low, high, noise, tuple(splits), tuple(left_out), tree, through, residual, tuple(notes), Bilingual("", ""),
    )  # fmt: skip
    return replace(made, text=_said(made))


def along_tree(
    store: Store, catalogue: Catalogue, kpi: str, before: Side, after: Side, *, scope: Scope, trees: Trees | None = None
) -> tuple[ComputedTree | None, Staffed | None]:
    """Return the change along the first tree that takes the KPI apart, and through the staffing model where that knows the KPI; None for what there is not."""
    from rashin.insight.change.staffed import FIGURES, staffed
    from rashin.insight.trees import load
    from rashin.insight.trees.values import compute

    known = trees if trees is not None else load(store.workspace.folder("trees"), catalogue)
    place = known.with_kpi(kpi)
    tree = through = None
    if place is not None:
        tree = compute(
            store,
            catalogue,
            place[0],
            after.period,
            before.period,
            scope=scope,
            where=after.filters,
            other_where=before.filters,
            below=place[1].name,
            as_of=after.as_of,
        )
        through = tree.roots[0].staffed
    if through is None and kpi in FIGURES:
        through = staffed(store, catalogue, kpi, before, after, scope=scope)
    return tree, through


def _whole(whole: tuple[Sums, Sums]) -> tuple[float, float, float, float]:
    return tuple(float(column.sum()) for each in whole for column in (each.under, each.over))  # type: ignore[return-value]


@dataclass(frozen=True)
class _Asker:
    """What the two sides are asked for, slice by slice."""

    store: Store
    catalogue: Catalogue
    kpi: str
    sides: tuple[Side, Side]
    scope: Scope

    @property
    def ahead(self) -> int:
        """Days of the shorter side."""
        return min(each.period.days for each in self.sides)

    def both(self, how: Form, by: tuple[str, ...]) -> tuple[Sums, Sums]:
        """Return the sums of both sides by segment."""
        found = []
        for side in self.sides:
            answer = ask_side(
                self.store, self.catalogue, self.kpi, side, scope=self.scope, by=_plain(by), grain="30min" if SLOT in by else None
            )
            found.append(sums(answer, how, SLOT in by))
        return found[0], found[1]

    def past(self, how: Form, by: tuple[str, ...], keys: tuple[tuple[object, ...], ...]) -> list[Days]:
        """Return day-by-day sums that say how much the segments scatter: the weeks before the earlier side under each side's limits; without any, the sides' own days."""
        first = min(each.period.start for each in self.sides)
        limits = [self.sides[0]] if self.sides[0].filters == self.sides[1].filters else list(self.sides)
        grain = "30min" if SLOT in by else "day"
        found = [self._days(side.past(first), how, by, keys, grain) for side in limits]
        if all(each.over.shape[1] < 8 for each in found):
            found = [self._days(side, how, by, keys, grain) for side in self.sides]
        return found

    def _days(self, side: Side, how: Form, by: tuple[str, ...], keys: tuple[tuple[object, ...], ...], grain: str) -> Days:
        answer = ask_side(self.store, self.catalogue, self.kpi, side, scope=self.scope, by=_plain(by), grain=grain)
        return days(answer, how, keys, SLOT in by)


def _plain(by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in by if name != SLOT)


def _splits(
    asker: _Asker, definition: Definition, how: Form, whole: tuple[float, float, float, float], by: Iterable[str | tuple[str, ...]] | None
) -> tuple[list[Split], list[tuple[str, Bilingual]]]:
    known = known_of(definition)
    asked = by is not None
    ways = [(each,) if isinstance(each, str) else tuple(each) for each in by] if by is not None else usual(known, asker.sides)
    found: list[Split] = []
    left_out: list[tuple[str, Bilingual]] = []
    for way in ways:
        way = tuple(sorted(way, key=lambda name: name != SLOT))
        check(way, known)
        before, after = asker.both(how, way)
        laid = table(before, after, whole)
        why = says_nothing(way, laid.keys, before, after, how.kind)
        if why is None:
            shown = tuple(key for key in laid.keys if key)
            found.append(
                split(laid, how, way, asker.past(how, way, shown), unit=definition.unit, ahead=asker.ahead, q=FALSE_RATE / len(ways))
            )
        elif asked:
            left_out.append((" × ".join(way), why))
    if not asked:
        found.sort(key=_telling, reverse=True)
    return found, left_out


def _telling(each: Split) -> float:
    """How much a way of slicing tells: how much of the change lies in how small a piece of the whole, in how few words; a cross says no more than its sides.

    Nothing where all that moved is what has no category, stage …: those are the contacts that nobody took.
    """
    if all(nobodys(each.by, one.key) for one in each.shown):
        return -1.0
    both = [math.fsum(getattr(one, name) for one in each.segments if one.key) for name in ("n0", "n1")]
    piece = math.fsum(
        getattr(one, name) / (2 * whole) for one in each.shown if one.key for name, whole in zip(("n0", "n1"), both, strict=True) if whole
    )
    return min(max(each.coverage or 0.0, 0.0), 1.0) * max(1 - piece, 0.0) / (len(each.by) * (1 + math.log(max(len(each.shown), 1))))


def _nothing(side: Side, cell: Cell, answer: Answer) -> QuestionError:
    from rashin.query import mistyped

    why = cell.reason or Bilingual("実績がありません", "there is no record")
    return QuestionError(
        "change_without_value",
        Bilingual(
            f"{side.label.ja} の値がないため比べられません({why.ja})。", f"There is no value of {side.label.en} to compare ({why.en})."
        ),
        mistyped(answer) or Bilingual("期間か絞り込みを変えてください。", "Choose another period or filter."),
    )


def _said(found: Change) -> Bilingual:
    was, now = (sayings.value(each, found.unit) for each in (found.value0, found.value1))
    far = sayings.signed(found.total, found.unit)
    ends = Bilingual("", "")
    if found.low is not None and found.high is not None:
        low, high = sayings.signed(found.low, found.unit), sayings.signed(found.high, found.unit)
        ends = Bilingual(f"(95%区間 {low.ja}〜{high.ja})", f" (95 % interval {low.en} to {high.en})")
    ja = f"{found.name.ja}: {found.before.label.ja} {was.ja} → {found.after.label.ja} {now.ja}。差は{far.ja}{ends.ja}"
    en = f"{found.name.en}: {found.before.label.en} {was.en} → {found.after.label.en} {now.en}, a change of {far.en}{ends.en}"
    best = next((each for each in found.splits if each.shown), None)
    if found.noise:
        ja, en = f"{ja}で、偶然の範囲です", f"{en}, within chance"
        if best is not None:  # a mean can hide what happened in a part of it
            return Bilingual(
                f"{ja}。ただし内訳には偶然を超えた動きがあります。{best.text.ja}", f"{en}. Yet within it something moved: {best.text.en}"
            )
    told = [best.text] if best is not None else []
    if found.staffed is not None and found.staffed.drivers:
        told.append(found.staffed.text)
    return Bilingual(f"{ja}。{''.join(each.ja for each in told)}", " ".join((f"{en}.", *(each.en for each in told))))

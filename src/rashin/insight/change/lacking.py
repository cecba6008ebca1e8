"""What the figures of a comparison lack: days, holidays, definitions, what nobody can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual, DefinitionError
from rashin.insight.change.sides import Form, Side, headline

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query import Answer
    from rashin.store import Store


def notes_of(
    store: Store, first: tuple[Answer, Answer], sides: tuple[Side, Side], definition: Definition, how: Form | None, chance_only: bool
) -> list[Bilingual]:
    """Return what a reader must know beside the figures of a comparison."""
    told: list[Bilingual] = []
    if how is None:
        told.append(
            Bilingual(
                "この値は区分ごとの値を足し合わせられない(中央値・人数など)ため、切り口ごとの内訳は出せません。",
                "Values of segments do not add up to this figure (a median, a number of people …), so it is not split by dimension.",
            )
        )
    elif chance_only and how.kind == "amount":
        told.append(
            Bilingual(
                "日ごとの記録がないため、偶然の幅は出せません。動いた区分をすべて示します。",
                "There are no daily records, so nobody can say what chance does; every segment that moved is shown.",
            )
        )
    elif chance_only:
        told.append(
            Bilingual(
                "過去の日ごとのばらつきが分からないため、偶然の幅は狭めに見積もられています。",
                "No past says how this figure scatters from day to day, so chance is reckoned narrowly.",
            )
        )
    for answer, side in zip(first, sides, strict=True):
        cell = headline(answer)
        if cell.state == "too_few" and cell.reason is not None:
            told.append(Bilingual(f"{side.label.ja}: {cell.reason.ja}", f"{side.label.en}: {cell.reason.en}"))
    own, other = sides[1].period, sides[0].period
    if own.days != other.days and how is not None and how.kind in ("count", "amount"):
        told.append(
            Bilingual(
                f"日数が違います({other.days}日と{own.days}日)。件数の差には日数の差が含まれます。",
                f"The periods differ in length ({other.days} and {own.days} days): so do the counts.",
            )
        )
    elif own.days == other.days and own.days < 28 and own.start.weekday() != other.start.weekday():
        told.append(Bilingual("曜日の並びが違う期間を比べています。", "The periods begin on different weekdays."))
    told += _holidays(store, sides)
    kinds = ("missing_days", "before_first", "immature", "rejected", "not_yet")
    for answer, side in zip(first, sides, strict=True):
        told += [
            Bilingual(f"{side.period.label.ja}: {note.text.ja}", f"{side.period.label.en}: {note.text.en}")
            for note in answer.completeness.notes
            if note.kind in kinds
        ]
    since = definition.entry.since
    if definition.entry.version > 1 and other.start < since <= own.last:
        told.append(
            Bilingual(
                f"定義が {since} に変わりました(どちらも今の定義で計算)", f"the definition changed on {since}; both sides use today's"
            )
        )
    return list(dict.fromkeys(told))


def _holidays(store: Store, sides: tuple[Side, Side]) -> list[Bilingual]:
    """Public holidays fall unevenly on two periods; a change of volume may be no more than that."""
    from rashin.calendars import load_calendars, public_holidays

    try:
        calendar = load_calendars(store.workspace.folder("calendars")).for_queue(None)
    except DefinitionError:
        return []  # a wrong calendar is told where calendars are read
    if calendar is None or not calendar.holidays:
        return []
    before, after = (len(public_holidays(calendar.holidays, each.period.start, each.period.end)) for each in sides)
    if before == after:
        return []
    return [Bilingual(f"祝日の数が違います(前 {before}日、後 {after}日)。", f"Public holidays differ: {before} before, {after} after.")]

"""Late data: which figures of a report have changed since it was made, and the loads that changed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.nobodys import nobodys
from rashin.judge.words import value_text
from rashin.report import complete
from rashin.report.figures import SHOWN, name_of
from rashin.report.model import Block, Figure, Note, Report

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Question, Scope
    from rashin.store import Store

#: Two figures are one when they differ by less: a document keeps twelve digits.
_SAME = 1e-9
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure that a report showed otherwise: ``before`` as reported, ``after`` as it is in ``snapshot``; None = not shown. ``files``: the loads (or
    withdrawals) since then that touched days of the report."""

    figure: Figure
    name: Bilingual
    period: str
    before: float | None
    after: float | None
    snapshot: int
    files: tuple[str, ...]


def question_of(report: Report) -> Question:
    """Return the question of a report's headline figures."""
    from rashin.calendars import Period
    from rashin.query import Question

    asked = report.asked
    period = Period(date.fromisoformat(asked.first), date.fromisoformat(asked.last) + timedelta(days=1), asked.kind)
    return Question(asked.kpis, period, filters=dict(asked.where))


def changes(store: Store, catalogue: Catalogue, report: Report, *, scope: Scope, as_of: int | None = None) -> tuple[Restated, ...]:
    """Return the headline figures of ``report`` that are others in snapshot ``as_of`` (None = the newest); nothing when no snapshot came since.

    A KPI that the catalogue no longer has is not compared. What the report withheld and can be shown by now is named too.
    """
    from rashin.query import ask

    snapshot = store.snapshot() if as_of is None else as_of
    if snapshot <= report.made.snapshot or not report.asked.kpis:
        return ()
    question = question_of(report)
    known = [kpi for kpi in question.kpis if kpi.partition(":")[0] in catalogue.kpis]
    if not known:
        return ()
    answer = ask(store, catalogue, question.with_(kpis=tuple(known), as_of=snapshot), scope=scope)
    told = {each.kpi: each for each in report.figures}
    lacks = complete.check(store, catalogue, answer, today=date.fromisoformat(report.made.today), scope=scope)
    hidden = complete.withheld(lacks).keys() | nobodys(store, catalogue, answer, scope=scope).keys()  # as the report itself would
    moved = []
    for one in answer.series:
        cell = answer.at(one, 0)
        after = cell.value if cell.state in SHOWN and one.name not in hidden else None
        if not _same(told[one.name].value, after):
            moved.append((one.definition, told[one.name], after))
    if not moved:
        return ()
    files = _files(store, report, snapshot, frozenset(fact for definition, *_ in moved for fact in definition.facts), scope)
    return tuple(
        Restated(figure, name_of(definition), report.period_text, figure.value, after, snapshot, files)
        for definition, figure, after in moved
    )


def visible(each: Restated, lang: str) -> bool:
    """Whether somebody who remembers the figure reads another one now."""
    was, now = _texts(each, lang)
    return was != now


def notes(restated: Sequence[Restated], lang: str) -> list[Block]:
    """Return what has changed as one note, naming the figures and the files. Changes too small to be seen as figures are printed are counted only."""
    if not restated:
        return []
    seen = [each for each in restated if visible(each, lang)]
    small = len(restated) - len(seen)
    first = restated[0]
    files_ja = f"届いたもの: {'、'.join(first.files[:3])}" if first.files else "期間より後のデータで確定した数字です"
    files_en = f"What arrived: {', '.join(first.files[:3])}" if first.files else "They were settled by data of later days"
    version_ja, version_en = f"{files_ja}(データ版 {first.snapshot})。", f"{files_en} (snapshot {first.snapshot})."
    if not seen:
        text = Bilingual(
            f"{first.period}の報告後にデータが届きましたが、表示の桁で変わった数字はありません({small}項目がごくわずかに変化)。{version_ja}",
            f"Data arrived after the report on {first.period}; no figure changed as it is printed ({small} by less than the last digit). {version_en}",
        )
        return [Note(text(lang))]
    listed = [f"{each.name(lang)} {' → '.join(_texts(each, lang))}" for each in seen[:_NAMED]]
    more = len(seen) - _NAMED
    tail = Bilingual(f"、ほか{more}項目", f", and {more} more")(lang) if more > 0 else ""
    tail += (
        Bilingual(f"。このほか{small}項目は表示の桁では同じです", f"; {small} more changed by less than the last digit")(lang)
        if small
        else ""
    )
    text = Bilingual(
        f"{first.period}の報告後にデータが届き、数字が変わりました: {'、'.join(listed)}{tail}。{version_ja}",
        f"Data arrived after the report on {first.period}; its figures changed: {', '.join(listed)}{tail}. {version_en}",
    )
    return [Note(text(lang), "restated")]


def _texts(each: Restated, lang: str) -> tuple[str, str]:
    beside = (each.before, each.after)
    return value_text(each.before, each.figure.unit, beside)(lang), value_text(each.after, each.figure.unit, beside)(lang)


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _SAME * max(abs(one), abs(other), 1e-12)


def _files(store: Store, report: Report, snapshot: int, facts: frozenset[str], scope: Scope) -> tuple[str, ...]:
    """The files loaded since the report whose rows lie in its days, and those withdrawn since."""
    from rashin.query import coverage
    from rashin.query.run import view_of

    view, _ = view_of(store, question_of(report).with_(as_of=snapshot), scope)
    first, last = date.fromisoformat(report.asked.first), date.fromisoformat(report.asked.last)
    brought = {load for fact in sorted(facts) for load in coverage.loads_with_rows(view, snapshot, fact, first, last)}
    found = []
    for each in store.loads():
        gone = each.withdrawn_snapshot
        late = report.made.snapshot < each.load_id <= snapshot and each.load_id in brought
        if late or (gone is not None and each.load_id <= report.made.snapshot < gone <= snapshot):
            found.append(each.file_name)
    return tuple(dict.fromkeys(found))

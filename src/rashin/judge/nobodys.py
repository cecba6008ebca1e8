"""What cannot be told of a team or a person alone: figures that also count cases which never had one, such as calls lost before anybody answered.

Nobody's abandoned calls would make every team's answer rate perfect. The figure itself stands (of the calls that reached the team, all were answered); it is
neither judged nor reported as the team's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Answer, Cell, Question, Scope
    from rashin.query.cells import Series
    from rashin.query.notes import Note
    from rashin.store import Store

    Asker = Callable[[Question, Scope], Answer]

#: A case gets these only when somebody takes it.
TAKEN_BY = ("team", "agent")
#: More than this part of the cases without one, and the figure cannot be told by it.
UNTOLD = 0.01
#: A bare count is one's own however many others there are: withheld only where more than this part is nobody's, as of lost calls, of which no team has any.
UNCOUNTED = 0.5


def nobodys(store: Store, catalogue: Catalogue, answer: Answer, *, scope: Scope, asked: Asker | None = None) -> dict[str, Bilingual]:
    """Return the KPIs of ``answer`` that its filters or ``scope`` cut down to teams or people although they count cases of nobody, each with the reason. Bare counts
    (the contacts of a team) are told: see :data:`UNCOUNTED`.

    The cases of nobody lie beyond the scope: only whether there are more of them than :data:`UNTOLD` is told, never how many. ``asked``: who answers
    (question, scope); ``query.ask`` unless given.
    """
    limits, found = {**dict(answer.question.filters), **dict(scope.allow)}, dict[str, Bilingual]()
    for by in TAKEN_BY:
        if by in limits and None not in limits[by]:
            for name in _lost(store, catalogue, answer, by, scope, asked):
                found.setdefault(name, reason(by))
    return found


def told(store: Store, catalogue: Catalogue, answer: Answer, *, scope: Scope, asked: Asker | None = None) -> Answer:
    """Return ``answer`` without the figures that are no team's or person's: of the KPIs that :func:`nobodys` names, and of those that are sliced by team or
    person although they count cases of nobody. Its notes say which they are, and why. Figures about all teams together stay."""
    if not len(answer.keys):
        return answer
    why = dict(nobodys(store, catalogue, answer, scope=scope, asked=asked))
    for by in TAKEN_BY:
        if by in answer.question.by:
            for name in _lost(store, catalogue, answer, by, scope, asked):
                why.setdefault(name, reason(by))
    if not why:
        return answer
    notes = tuple(_note(one, why[one.name]) for one in answer.series if one.name in why)
    completeness = replace(answer.completeness, notes=(*notes, *answer.completeness.notes))
    series = tuple(_without_figures(one, why[one.name]) if one.name in why else one for one in answer.series)
    return replace(answer, series=series, completeness=completeness)


def _note(one: Series, why: Bilingual) -> Note:
    from rashin.query.notes import Note

    name = one.definition.name
    return Note(
        "untold", Bilingual(f"{name.ja}は表示しません: {why.ja}", f"{name.en} is withheld: {why.en}"), names=(one.definition.label,)
    )


def _lost(store: Store, catalogue: Catalogue, answer: Answer, by: str, scope: Scope, asked: Asker | None) -> Iterator[str]:
    """Yield the KPIs of which more than :data:`UNTOLD` of the cases belong to no team (to nobody), whatever teams and people the question is limited to."""
    from rashin.query import Question, ask

    question = answer.question
    rest = {name: values for name, values in question.filters if name not in TAKEN_BY}
    wider = Question(
        question.kpis, question.period, by=(by,), filters=rest, params=dict(question.params), as_of=answer.snapshot, dense=False
    )
    whole = _without(scope)
    found = asked(wider, whole) if asked is not None else ask(store, catalogue, wider, scope=whole)
    known = [value is not None for value in found.keys.values(by)]
    for one in found.series:
        cases = [(float(n), mine) for n, mine in zip(one.n, known, strict=True) if n > 0]
        lost = sum(n for n, mine in cases if not mine)
        if lost > (UNCOUNTED if _bare_count(one) else UNTOLD) * sum(n for n, _ in cases):
            yield one.name


def _bare_count(one: Series) -> bool:
    return one.definition.value.ratio is None and all(measure.kind == "count" for measure in one.definition.measures.values())


def _without_figures(one: Series, why: Bilingual) -> Series:
    """Return the series without its figures. Where there is none anyway, why there is none stays."""
    import numpy as np

    from rashin.query.cells import STATES

    gone = ~np.isnan(one.value)
    nothing = np.full(len(one.value), np.nan)
    return replace(
        one,
        value=nothing,
        n=np.where(gone, np.nan, one.n),
        state=np.where(gone, STATES.index("withheld"), one.state).astype(np.uint8),
        why=[*((where & ~gone, text) for where, text in one.why), (gone, why)],
        compare_value=None if one.compare_value is None else nothing,
    )


def hidden(cell: Cell, reason: Bilingual) -> Cell:
    """Return a cell without its figure."""
    return replace(
        cell, value=None, n=None, low=None, high=None, numerator=None, denominator=None, measures={}, state="withheld", reason=reason
    )


def _without(scope: Scope) -> Scope:
    from rashin.query import Scope

    rest: Mapping[str, tuple[str | None, ...]] = {name: values for name, values in scope.allow if name not in TAKEN_BY}
    return Scope(rest, "none", 0) if rest else Scope.everything("none", 0)


def reason(dimension: str) -> Bilingual:
    """Return in words why a figure is not told of a team or a person."""
    from rashin.query import dimensions

    by = dimensions.label(dimension)
    return Bilingual(
        f"{by.ja}の決まらない件(つながる前に切れた電話など)も数えるため、{by.ja}だけの値では言えない",
        f"it also counts cases without any {by.en.lower()}, such as calls lost before anybody answered",
    )

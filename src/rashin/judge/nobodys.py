"""What cannot be told of a team or a person alone: figures that also count cases which never had one, such as calls lost before anybody answered.

Nobody's abandoned calls would make every team's answer rate perfect. The figure itself stands (of the calls that reached the team, all were answered); it is
neither judged nor reported as the team's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Answer, Cell, Scope
    from rashin.store import Store

#: A case gets these only when somebody takes it.
TAKEN_BY = ("team", "agent")
#: More than this part of the cases without one, and the figure cannot be told by it.
UNTOLD = 0.01


def nobodys(store: Store, catalogue: Catalogue, answer: Answer, *, scope: Scope) -> dict[str, Bilingual]:
    """Return the KPIs of ``answer`` that its filters or ``scope`` cut down to teams or people although they count cases of nobody, each with the reason.

    The cases of nobody lie beyond the scope: only whether there are more of them than :data:`UNTOLD` is told, never how many.
    """
    from rashin.query import Question, ask, dimensions

    question, found = answer.question, dict[str, Bilingual]()
    limits = {**dict(question.filters), **dict(scope.allow)}
    rest = {name: values for name, values in question.filters if name not in TAKEN_BY}
    for by in TAKEN_BY:
        if by not in limits or None in limits[by]:
            continue
        asked = Question(
            question.kpis, question.period, by=(by,), filters=rest, params=dict(question.params), as_of=answer.snapshot, dense=False
        )
        told = ask(store, catalogue, asked, scope=_without(scope))
        known = [value is not None for value in told.keys.values(by)]
        for one in told.series:
            cases = [(float(n), mine) for n, mine in zip(one.n, known, strict=True) if n > 0]
            lost = sum(n for n, mine in cases if not mine)
            if lost > UNTOLD * sum(n for n, _ in cases):
                found.setdefault(one.name, _reason(dimensions.label(by)))
    return found


def hidden(cell: Cell, reason: Bilingual) -> Cell:
    """Return a cell without its figure."""
    return replace(
        cell, value=None, n=None, low=None, high=None, numerator=None, denominator=None, measures={}, state="withheld", reason=reason
    )


def _without(scope: Scope) -> Scope:
    from rashin.query import Scope

    rest: Mapping[str, tuple[str | None, ...]] = {name: values for name, values in scope.allow if name not in TAKEN_BY}
    return Scope(rest, "none", 0) if rest else Scope.everything("none", 0)


def _reason(by: Bilingual) -> Bilingual:
    return Bilingual(
        f"{by.ja}の決まらない件(つながる前に切れた電話など)も数えるため、{by.ja}だけの値では言えない",
        f"it also counts cases without any {by.en.lower()}, such as calls lost before anybody answered",
    )

"""Figures as they stood when somebody acted on them: asked for at that moment, within that person's scope, kept with the snapshot that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, RashinError
from rashin.web.acts.reach import Where, asked
from rashin.web.centre import centre

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.insight.action import Action
    from rashin.insight.effect import Effect
    from rashin.judge.causes import Cause, Evidence
    from rashin.query.scope import Scope


def both(text: Bilingual | None) -> dict[str, str]:
    """Return a two-language text as it is stored."""
    return {"ja": text.ja, "en": text.en} if text else {"ja": "", "en": ""}


def read(text: Any) -> Bilingual:
    """Return a stored two-language text."""
    return Bilingual(str(text.get("ja", "")), str(text.get("en", ""))) if isinstance(text, dict) else Bilingual("", "")


def figure(kpi: str, period: Period, where: Where, *, scope: Scope) -> dict[str, Any]:
    """Return one KPI over ``period`` against the period before, as it stands now: value, n, 95 % interval, words, whose it is, snapshot and definitions."""
    from rashin.judge import causes
    from rashin.judge.nobodys import told
    from rashin.query import Question, ask

    own = centre()
    question = Question(kpi, period, filters=asked(where))
    now = told(own.store, own.catalogue, ask(own.store, own.catalogue, question, scope=scope), scope=scope)
    earlier = question.with_(period=period.previous(), as_of=now.snapshot)
    before = told(own.store, own.catalogue, ask(own.store, own.catalogue, earlier, scope=scope), scope=scope)
    one, other = now.series[0], before.series[0]
    return _stored(causes.evidence(one.name, one.definition, now.at(one, 0), before.at(other, 0)), period, where, now.snapshot)


def untold(kpi: str, period: Period, dimension: str, where: Where, *, scope: Scope) -> bool:
    """Say whether a KPI cannot be told by ``dimension``: more of its cases than a report allows belong to nobody (abandoned calls have no team, so every team's
    answer rate would be perfect)."""
    from rashin.judge.nobodys import UNTOLD
    from rashin.query import Question, ask

    own = centre()
    rest = {name: values for name, values in where.items() if name != dimension}
    answer = ask(own.store, own.catalogue, Question(kpi, period, by=(dimension,), filters=asked(rest), dense=False), scope=scope)
    cells = [cell for cell in answer.cells() if cell.n]
    whole = sum(cell.n or 0 for cell in cells)
    known = sum(cell.n or 0 for cell in cells if cell.dimensions[dimension] is not None)
    return whole > 0 and known < (1 - UNTOLD) * whole


def hints(kpi: str, period: Period, where: Where, *, scope: Scope) -> list[Cause]:
    """Return what to look into for ``kpi``, each hint with the figures that would confirm or refute it."""
    from rashin.judge import causes

    own = centre()
    return causes.causes(own.store, own.catalogue, kpi, period, scope=scope, filters=asked(where))


def of_cause(cause: Cause, period: Period, where: Where) -> list[dict[str, Any]]:
    """Return the figures of one hint, as they are stored."""
    return [_stored(each, period, where, centre().snapshot(), speaks=cause.speaks) for each in cause.evidence]


def _stored(found: Evidence, period: Period, where: Where, snapshot: int, speaks: str = "") -> dict[str, Any]:
    cell = found.cell
    return {
        "kpi": found.kpi,
        "name": both(found.name),
        "unit": found.unit,
        "value": cell.value,
        "n": cell.n,
        "low": cell.low,
        "high": cell.high,
        "state": cell.state,
        "change": found.change,
        "way": found.way,
        "speaks": speaks,
        "text": both(found.text),
        "period": period.text,
        "where": {name: list(values) for name, values in where.items()},
        "snapshot": snapshot,
        "catalogue": centre().catalogue.version,
    }


def check(
    kpi: str, action: Action, how_picked: str, where: Where, *, scope: Scope, cycles: list[tuple[str, Any, Any]]
) -> tuple[dict[str, Any], Effect | None]:
    """Return what can be said of an action today, as it is stored, and the effect itself; an effect that cannot be asked for is stored with the reason."""
    from rashin.insight.effect import effect

    own = centre()
    stored: dict[str, Any] = {
        "kpi": kpi,
        "where": {name: list(values) for name, values in where.items()},
        "snapshot": own.snapshot(),
        "catalogue": own.catalogue.version,
        "today": own.today().isoformat(),
        "start": action.start.isoformat(),
        "end": action.end.isoformat() if action.end else None,
        "picking": picking(kpi, action, how_picked, scope=scope),
    }
    try:
        found = effect(own.store, own.catalogue, kpi, action, scope=scope, today=own.today(), cycles=cycles)
    except RashinError as error:
        return stored | {"verdict": "cannot be known", "method": "none", "error": both(error.what)}, None
    return stored | shape(found), found


def shape(found: Effect) -> dict[str, Any]:
    """Return an effect as plain values."""
    return {
        "unit": found.unit,
        "method": found.method,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "placebo_p": found.placebo_p,
        "verdict": found.verdict,
        "n": dict(found.n),
        "series": [[day.isoformat(), ours, others] for day, ours, others in found.series],
        "confounders": [both(each) for each in found.confounders],
        "text": both(found.text),
    }


def picking(kpi: str, action: Action, how: str, *, scope: Scope) -> dict[str, Any] | None:
    """Return what the units would change by with no action, from how they were picked; None where nobody was picked or nothing can be said."""
    from rashin.insight.plan import picked
    from rashin.stats.rebound import HOW_PICKED

    own = centre()
    if action.dimension is None or how not in HOW_PICKED:
        return None
    try:
        found = picked(own.store, own.catalogue, kpi, action, how, scope=scope)
    except RashinError as error:
        return {"how": how, "warn": False, "expected": None, "text": both(error.what)}
    return {"how": how, "warn": found.rebound.warn, "expected": found.rebound.expected, "text": both(found.text)}

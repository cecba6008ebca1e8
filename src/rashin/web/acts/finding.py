"""What was found, as plain values: kept with the row of an alert, shown by the page, sent by notices. And whose alert it is.

The figures of an alert are those of the scope in which it was looked for. So an alert of a limited scope has that scope in its key, and only people of that scope
see it; an alert about a goal that lies wholly within somebody's scope is the same for everybody, and has one row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.query.scope import Scope
from rashin.web.pages.names import PEOPLE

if TYPE_CHECKING:
    from rashin.judge.alerts.model import Alert
    from rashin.query import Spot
    from rashin.web.people.models import Person

#: What stands before the scope in the key of a limited scope's alert.
_MARK = "#scope-"
#: Alerts about one goal: nothing in them reaches beyond the goal's own rows.
OF_GOALS = frozenset({"goal", "band", "counter"})


def mark_of(scope: Scope) -> str:
    """Return what the keys of a scope's alerts end with: "" where the scope is everything."""
    if not scope.limited:
        return ""
    told = sorted((name, sorted(map(str, values))) for name, values in scope.allow)
    return _MARK + hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def key_of(alert: Alert, scope: Scope) -> str:
    """Return the key of the row of ``alert`` as it was found within ``scope``."""
    if alert.kind in OF_GOALS and _within(alert.where, scope):
        return alert.key[:200]
    mark = mark_of(scope)
    return alert.key[: 200 - len(mark)] + mark


def of_limited(key: str) -> bool:
    """Say whether the alert with ``key`` was found within a limited scope: its figures are that scope's."""
    return _MARK in key


def ref_of(key: str) -> str:
    """Return how addresses call the alert with ``key``: the same for the same key, and nothing of it can be read from it."""
    return hashlib.sha256(f"alert {key}".encode()).hexdigest()[:24]


def may_see(person: Person, scope: Scope, *, key: str, kind: str, where: Mapping[str, Any]) -> bool:
    """Say whether somebody whose scope is ``scope`` may see the alert of a row."""
    if not person.may("see_alerts") or (not person.may("see_agents") and any(name in PEOPLE for name in where)):
        return False
    if _MARK in key:
        return scope.limited and key.endswith(mark_of(scope))
    return not scope.limited or (kind in OF_GOALS and _within(where, scope))


def _within(where: Mapping[str, Any], scope: Scope) -> bool:
    return all(name in where and set(map(str, where[name])) <= set(map(str, allowed)) for name, allowed in scope.allow)


def plain(alert: Alert) -> dict[str, Any]:
    """Return an alert as values that JSON knows; :func:`text` reads its texts."""
    return {
        "key": alert.key,
        "kind": alert.kind,
        "kpi": alert.kpi,
        "where": {name: [str(value) for value in values] for name, values in alert.where.items()},
        "period": [alert.period.start.isoformat(), alert.period.last.isoformat()],
        "title": _both(alert.title),
        "evidence": [_both(each) for each in alert.evidence],
        "spots": [_spot(spot) for spot in alert.spots],
        "figures": dict(alert.figures),
        "severity": alert.severity,
        "owner": alert.owner,
        "since": alert.since.isoformat(),
        "reason": _both(alert.reason) if alert.reason else None,
    }


def text(both: Mapping[str, str] | None) -> Bilingual:
    """Return a text of :func:`plain` in both languages."""
    return Bilingual(both.get("ja", ""), both.get("en", "")) if both else Bilingual("", "")


def _both(told: Bilingual) -> dict[str, str]:
    return {"ja": told.ja, "en": told.en}


def _spot(spot: Spot) -> dict[str, Any]:
    question = spot.question
    return {
        "kpi": question.kpis[0],
        "period": [question.period.start.isoformat(), question.period.last.isoformat()],
        "grain": question.grain if spot.bucket else None,
        "bucket": spot.bucket,
        "filters": {name: ["-" if value is None else str(value) for value in values] for name, values in question.filters},
    }

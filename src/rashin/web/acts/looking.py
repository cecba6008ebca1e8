"""What there is to look into now, for one scope: worked out once per snapshot, definitions, goals, limits and day, whether or not a tick has run."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

from rashin.errors import RashinError
from rashin.judge.alerts.limits import FILE
from rashin.judge.goals import Goals
from rashin.query.scope import Scope
from rashin.web import kept
from rashin.web.acts import finding
from rashin.web.centre import centre
from rashin.web.pages.goals import held
from rashin.web.pages.names import PEOPLE


@dataclass(frozen=True)
class Looked:
    """``found``: key of its row → finding (:func:`rashin.web.acts.finding.plain`), the gravest first. ``expected``: false alarms a week, at most; ``budget``: what
    is allowed. ``last``: the newest day that was looked at. ``error``: why nothing could be looked for."""

    found: dict[str, dict[str, Any]]
    held_back: tuple[dict[str, Any], ...] = ()
    expected: float = 0.0
    budget: float = 0.0
    last: date | None = None
    error: RashinError | None = None


def look(scope: Scope, *, named: bool) -> Looked:
    """Return what is to be looked into within ``scope``. ``named``: whether people may be called by name."""

    def make() -> Looked:
        found = _look(scope, named)
        kept.shelf("lists").put(_last(scope, named), (time.monotonic(), found))
        return found

    return kept.shelf("answers").get(key(scope, named), make)


def lately(scope: Scope, *, named: bool, within_s: float) -> Looked | None:
    """Return what was found within ``scope`` on the facts of now, or not longer ago than ``within_s`` seconds; None when it would have to be worked out.

    Where small loads come every minute, nobody shall look for alerts anew every minute: they are about days that are over.
    """
    if kept.shelf("answers").has(key(scope, named)):
        return look(scope, named=named)
    last: tuple[float, Looked] | None = kept.shelf("lists").peek(_last(scope, named))
    return last[1] if last is not None and time.monotonic() - last[0] <= within_s else None


def key(scope: Scope, named: bool) -> Hashable:
    """Return what the alerts of a scope are kept under: the facts, what they depend on beside these, who looks."""
    return "alerts", centre().snapshot(), _beside(), scope, named


def _last(scope: Scope, named: bool) -> Hashable:
    return "alerts of late", _beside(), scope, named


def _beside() -> Hashable:
    """What the alerts depend on beside the facts: definitions, goals, limits, the day."""
    own = centre()
    try:
        seen = (own.workspace.path / FILE).stat()
        limits = (seen.st_mtime_ns, seen.st_size)
    except OSError:
        limits = (0, 0)
    return own.catalogue.version, held.version(), limits, own.today()


def _look(scope: Scope, named: bool) -> Looked:
    from rashin.judge.alerts.limits import of_store
    from rashin.judge.watch import watch

    own = centre()
    try:
        limits = of_store(own.store, own.catalogue)
        watched = watch(own.store, own.catalogue, goals_of(scope, named=named), own.today(), scope=scope, settings=limits)
    except RashinError as error:
        return Looked({}, error=error)
    shown = [alert for alert in watched.alerts if named or not PEOPLE & set(alert.where)]
    held_back = tuple(finding.plain(alert) for alert in watched.held_back if named or not PEOPLE & set(alert.where))
    found = {finding.key_of(alert, scope): finding.plain(alert) for alert in shown}
    return Looked(found, held_back, watched.expected_false_per_week, limits.budget, watched.last)


def goals_of(scope: Scope, *, named: bool) -> Goals:
    """Return the goals that can have rows within ``scope``, without those about people by name where these may not be named."""
    known = held.known()
    mine = {
        name: goal
        for name, goal in known.items()
        if held.touches(dict(goal.where), scope) and (named or not PEOPLE & {dimension for dimension, _ in goal.where})
    }
    return Goals(mine, known.refused, known.version)

"""Sources that fell silent: said at the top, for what is missing makes every figure below doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from rashin.query.arrival import arrivals
from rashin.query.scope import Scope
from rashin.records import FACTS
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.filters import last_day
from rashin.web.pages.overview.judging import called_day

#: So many days back a source may have stopped and still be told of.
_DAYS = 56


@dataclass(frozen=True, slots=True)
class Stopped:
    """A source from which nothing has come since ``day``: what it is called, what it brings, its last day with data."""

    source: str
    brings: str
    day: str
    last: str


def stopped(scope: Scope, lang: str) -> list[Stopped]:
    """Return the sources within ``scope`` that stopped while others went on, the latest first."""
    return kept.of_facts(("stopped", scope, lang), lambda: _stopped(scope, lang))


def _stopped(scope: Scope, lang: str) -> list[Stopped]:
    last = last_day()
    found: list[tuple[date, Stopped]] = []
    config = centre().workspace.config
    for each in arrivals(centre().store, last - timedelta(days=_DAYS - 1), last, scope=scope):
        if each.stopped is None or each.stopped < last - timedelta(days=_DAYS):
            continue
        brings = "・" if lang == "ja" else ", "
        said = Stopped(
            config.source(each.source).title or each.source,
            brings.join(FACTS[fact].label(lang) for fact in each.facts),
            called_day(each.stopped.isoformat(), lang),
            called_day(each.last.isoformat(), lang),
        )
        found.append((each.stopped, said))
    return [said for _, said in sorted(found, key=lambda pair: pair[0], reverse=True)]

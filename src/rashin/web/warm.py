"""After a start, a load or a change of definitions, what everybody asks for first in the morning is worked out before they ask.

One thread beside those that serve. It works out the answers of the first page – for each scope that somebody has, the largest first – and nothing that
nobody asked for yet. Without it all is right as well, only the first reader waits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

from rashin.errors import RashinError
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.spoken import by_name

log = logging.getLogger("rashin.web")
#: How often it looks whether something changed, and how long nothing must have changed before it begins: loads often come one after another.
_LOOK_S, _SETTLED_S = 1.0, 2.0
#: For so many different scopes at most.
_SCOPES = 60
#: So many conditions are looked up in one pass.
_AT_ONCE = 8
#: Between two questions others get their turn.
_PAUSE_S = 0.02

_stop = threading.Event()
_thread: threading.Thread | None = None


def begin() -> None:
    """Start looking after the open workspace."""
    global _thread
    _stop.clear()
    _thread = threading.Thread(target=_run, name="rashin-warm", daemon=True)
    _thread.start()


def end() -> None:
    """Stop; returns when nothing is asked any more."""
    _stop.set()
    if _thread is not None:
        _thread.join(30)


def _run() -> None:
    from django.db import connections

    _templates()
    done: object = None
    while not _stop.is_set():
        now = _state()
        if now != done and (done is None or _settled(now)):
            try:
                with by_name():
                    work()
            except RashinError as error:
                log.warning("warming", extra={"code": error.code})
            except Exception as error:
                log.warning("warming", exc_info=error)
            finally:
                connections.close_all()
            done = now
        _stop.wait(_LOOK_S)


def _state() -> object:
    own = centre()
    return own.snapshot(), own.catalogue.version


def _settled(state: object) -> bool:
    return not _stop.wait(_SETTLED_S) and _state() == state


def _templates() -> None:
    """Read the routes and the templates of the first pages: the first reader would wait for that too."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    for name in ("overview/page.html", "overview/_more.html", "overview/_tile.html", "kpi/page.html", "account/login.html"):
        get_template(name)


def work() -> int:
    """Work out the first page of every scope; the number of scopes that were done."""
    if centre().snapshot() == 0:
        return 0
    done = 0
    for scope in scopes():
        for _ in _first_page(scope):
            if _stop.wait(_PAUSE_S):
                return done
        done += 1
    for _ in _recorded():
        if _stop.wait(_PAUSE_S):
            break
    return done


def _recorded() -> Iterator[None]:
    """Look up which sources record what the staged KPIs and the readings of the first of them need, some columns at a time: it goes through all rows."""
    from rashin.catalogue.sets import load_sets
    from rashin.query import recorded, seen
    from rashin.query.run import planned, view_of
    from rashin.web.pages.overview.board import STAGES

    own = centre()
    sets = load_sets(own.catalogue)
    readings = [f"{name}:{variant}" for name in sets[STAGES[0]].kpis for variant in own.catalogue.kpis[name.partition(":")[0]].variants]
    question = own.question([*sets[STAGES[-1]].kpis, *readings], period="yesterday")
    view, snapshot = view_of(own.store, question, Scope.everything())
    work = planned(own.catalogue, question)
    recorded.limited(work, view, snapshot)
    yield
    for fact, conditions in work.shown.items():
        for first in range(0, len(conditions), _AT_ONCE):
            seen.sources_with(view, snapshot, fact, conditions[first : first + _AT_ONCE])
            yield


def scopes() -> list[Scope]:
    """Return the scopes that people who see figures have, unlimited ones first, at most :data:`_SCOPES`."""
    from rashin.web.people import scope as of_people
    from rashin.web.people.models import Person

    people = Person.objects.filter(is_active=True).prefetch_related("grants")
    found = dict.fromkeys(of_people.of(person) for person in people if person.may("see_figures"))
    return sorted(found, key=lambda scope: scope.limited)[:_SCOPES]


def _first_page(scope: Scope) -> Iterator[None]:
    """Ask what the overview asks as it opens, a step at a time."""
    from rashin.catalogue.sets import load_sets
    from rashin.web.pages.filters import Filters
    from rashin.web.pages.goals import held, standing
    from rashin.web.pages.overview import arriving, board, hours

    first = board.STAGES[0]
    filters = Filters.opening(scope, centre().lang)
    board.ask(filters, load_sets(centre().catalogue)[first].kpis)
    yield
    filters.choices()
    arriving.stopped(scope, filters.lang)
    yield
    hours.make(filters)
    yield
    hours.channels(filters, first)
    yield
    for goal in held.known().values():
        if held.touches(dict(goal.where), scope):
            standing.of(goal, scope)
            yield

"""One tick: everything that is due now, in an order in which each step may fail without the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from rashin.errors import RashinError
from rashin.notify.webhook import Door
from rashin.report.shelf import Shelf
from rashin.web import environment
from rashin.web.acts import watching
from rashin.web.acts.models import TickMark, TickRun
from rashin.web.people import retention
from rashin.web.spoken import by_name
from rashin.web.tick import lock, making, notices, outbox, restating, trouble

log = logging.getLogger("rashin.web.tick")
#: Looks that found nothing to do share a row; those that did something are kept so long.
KEPT = timedelta(days=60)


@dataclass
class Done:
    """``busy``: another tick runs, nothing was done. ``counts``: what was done, by name. ``errors``: step → what went wrong."""

    busy: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, count: int) -> None:
        """Count."""
        if count:
            self.counts[name] = self.counts.get(name, 0) + count


def tick(now: datetime | None = None, *, door: Door | None = None, between: Callable[[], object] = lambda: None) -> Done:
    """Do what is due at ``now`` (aware; None = this moment) and say what was done. Never raises for a step that fails.

    ``between``: called after each report that was made, to let others have their turn.
    """
    given = now
    with lock.alone(environment.workspace_folder()) as mine, by_name():
        if not mine:
            return Done(busy=True)
        now = given or timezone.now()
        done = Done()
        row = TickRun.objects.create(started_at=now)
        _step(done, "held", lambda: outbox.settle(now))
        _step(done, "alerts", lambda: watching.watch(now))
        _step(done, "reports", lambda: _reports(done, given, door, between))
        _step(done, "alert_notices", lambda: notices.alerts_at_once(now))
        _step(done, "digests", lambda: notices.digests(now))
        _step(done, "mentions", lambda: notices.mentions(now))
        _step(done, "restated", lambda: restating.look(now))
        _step(done, "retention", lambda: retention.keep(now))
        _step(done, "deliver", lambda: _deliver(done, given or timezone.now(), door))
        _end(row, done, given or timezone.now())
    trouble.forget()
    return done


def _reports(done: Done, given: datetime | None, door: Door | None, between: Callable[[], object]) -> int:
    """Keep each appointment that is due, and send at once what came of it: two hundred reports must not make the first wait."""
    kept, shelf = 0, Shelf()
    # the oldest first, and those that share figures and files one after the other
    for schedule, slot in sorted(making.due(given or timezone.now()), key=lambda each: (each[1], making.likeness(each[0]))):
        now = given or timezone.now()
        run = making.keep(schedule, slot, now, shelf)
        if run.state == "made":
            kept += 1
        else:
            done.errors["reports"] = run.state
        _deliver(done, now, door)
        between()
    return kept


def _deliver(done: Done, now: datetime, door: Door | None) -> int:
    for state, count in outbox.deliver(now, door=door).items():
        done.add(state, count)
    return 0


def _step(done: Done, name: str, work: Callable[[], Any]) -> None:
    try:
        done.add(name, int(work()))
    except RashinError as error:
        done.errors[name] = error.code
        log.warning("tick", extra={"code": f"{name}: {error.code}"})
    except Exception as error:
        done.errors[name] = type(error).__name__
        log.error("tick", exc_info=error, extra={"code": name})


def _end(row: TickRun, done: Done, now: datetime) -> None:
    if not done.counts and not done.errors:
        TickRun.objects.filter(done={}, error="").exclude(pk=row.pk).delete()
    TickRun.objects.filter(started_at__lt=now - KEPT).delete()
    TickMark.objects.filter(name__startswith="digest:", at__lt=now - KEPT).delete()
    making.forget_old(now)
    error = "; ".join(f"{name}: {what}" for name, what in done.errors.items())[:200]
    TickRun.objects.filter(pk=row.pk).update(ended_at=now, done=done.counts, error=error)

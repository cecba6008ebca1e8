"""Review meetings, reviews of the KPIs themselves, and praise that rests on a figure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, QuestionError
from rashin.web.acts import frozen, reach
from rashin.web.acts.actions import base
from rashin.web.acts.models import Cycle, KpiReview, Meeting, Praise
from rashin.web.centre import centre
from rashin.web.people import audit
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

if TYPE_CHECKING:
    from rashin.calendars import Period

_NOTES = Bilingual("メモ", "Notes")
_REASON = Bilingual("理由", "Reason")
_PRAISE = Bilingual("称賛の言葉", "Praise")
REVIEWED: dict[str, Bilingual] = {
    "keep": Bilingual("そのまま使う", "Keep as it is"),
    "change": Bilingual("定義・目標を変える", "Change definition or goal"),
    "drop": Bilingual("使うのをやめる", "Stop using it"),
}


def meet(by: Person, kind: str, period: str, where: reach.Where, *, request: HttpRequest | None = None) -> tuple[Meeting, bool]:
    """Return the review of a week or month for what ``by`` may see, and whether it is new: two who open it at once hold the same meeting."""
    found = whole(kind, period)
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        place = reach.restricted(actor, where)
        for meeting in Meeting.objects.select_for_update().filter(kind=kind, period=found.text):
            if meeting.where == place:
                return meeting, False
        meeting = Meeting.objects.create(kind=kind, period=found.text, where=place, snapshot=centre().snapshot(), by=actor)
        audit.record(
            "meeting_opened", meeting.public_id, by=actor, request=request, detail={"kind": kind, "period": found.text, "where": place}
        )
    return meeting, True


def whole(kind: str, text: str) -> Period:
    """Return the week or month of a meeting. QuestionError when ``text`` is none."""
    from rashin.calendars.period import around
    from rashin.web.pages.filters import read_period

    found = read_period(text)
    size = {"weekly": "week", "monthly": "month"}.get(kind)
    asked = around(found.start, size, found.settings) if size else None
    if asked is None or (asked.start, asked.end) != (found.start, found.end):
        raise QuestionError(
            "meeting_period",
            Bilingual(
                "週次は一週間(2026-W43)、月次は一か月(2026-10)で開きます。",
                "A weekly review has a week (2026-W43), a monthly one a month (2026-10).",
            ),
        )
    return asked


def note(by: Person, public_id: str, version: int, notes: str, *, request: HttpRequest | None = None) -> Meeting:
    """Write the notes of a meeting. ConflictError when somebody else wrote meanwhile."""
    with transaction.atomic():
        actor, meeting = _meeting(by, public_id, version)
        meeting.notes = base.text(notes, _NOTES, 8000)
        audit.record("meeting_noted", meeting.public_id, by=actor, request=request, detail={"characters": len(meeting.notes)})
        return _kept(meeting)


def close(by: Person, public_id: str, version: int, *, closed: bool, request: HttpRequest | None = None) -> Meeting:
    """End a meeting, or open it again."""
    with transaction.atomic():
        actor, meeting = _meeting(by, public_id, version)
        meeting.closed_at = timezone.now() if closed else None
        audit.record("meeting_closed" if closed else "meeting_reopened", meeting.public_id, by=actor, request=request)
        return _kept(meeting)


def refresh(by: Person, public_id: str, version: int, *, request: HttpRequest | None = None) -> Meeting:
    """Take the figures of a meeting from the newest snapshot from now on."""
    with transaction.atomic():
        actor, meeting = _meeting(by, public_id, version)
        before, meeting.snapshot = meeting.snapshot, centre().snapshot()
        audit.record("meeting_refreshed", meeting.public_id, by=actor, request=request, detail={"from": before, "to": meeting.snapshot})
        return _kept(meeting)


def plan_review(by: Person, kpi: str, due: date, *, cycle: str = "", request: HttpRequest | None = None) -> KpiReview:
    """Say until when somebody shall look at a KPI itself; an open review of it gets the new date."""
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        centre().catalogue.definition(kpi)
        source = Cycle.objects.filter(public_id=cycle[:32]).first() if cycle else None
        if cycle and (source is None or not reach.visible(actor, {**source.where, **source.units})):
            raise Http404
        review = KpiReview.objects.select_for_update().filter(kpi=kpi, reviewed_at=None).first()
        if review is None:
            review = KpiReview.objects.create(kpi=kpi, due=due, cycle=source, by=actor)
        else:
            review.due, review.cycle = due, source or review.cycle
            review.version += 1
            review.save()
        audit.record("review_planned", kpi, by=actor, request=request, detail={"due": str(due), "cycle": cycle})
    return review


def reviewed(
    by: Person, kpi: str, decision: str, reason: str, *, next_due: date | None = None, version: int = 0, request: HttpRequest | None = None
) -> KpiReview:
    """Write down what a review of a KPI came to, and when it is due again: for who sees the whole centre, since a KPI is everybody's."""
    with transaction.atomic():
        actor = base.actor(by, "write_cycles")
        if scopes.of(actor).limited:
            raise Http404
        centre().catalogue.definition(kpi)
        if decision not in REVIEWED:
            raise QuestionError("review_decision", Bilingual("見直しの結果を選んでください。", "Choose what the review came to."))
        review = KpiReview.objects.select_for_update().filter(kpi=kpi, reviewed_at=None).first()
        base.current(review.version if review else 0, version)
        review = review or KpiReview(kpi=kpi, due=timezone.localdate())
        review.decision, review.reason = decision, base.text(reason, _REASON, 4000, needed=True)
        review.reviewed_at, review.by, review.version = timezone.now(), actor, review.version + 1
        review.save()
        if next_due is not None:
            KpiReview.objects.create(kpi=kpi, due=next_due, by=actor)
        audit.record("kpi_reviewed", kpi, by=actor, request=request, detail={"decision": decision, "next": str(next_due or "")})
    return review


def praise(by: Person, kpi: str, period: str, where: reach.Where, text: str, *, request: HttpRequest | None = None) -> Praise:
    """Say what was kept high, and by whom. The figure is asked for and kept as it stands; without one that may be read, nothing is said."""
    from rashin.web.pages.filters import read_period

    place = reach.restricted(by, where)
    found = read_period(period)
    figure = frozen.figure(kpi, found, place, scope=scopes.of(by))
    for name in where:
        if frozen.untold(kpi, found, name, place, scope=scopes.of(by)):
            raise QuestionError(
                "praise_untold",
                Bilingual(
                    "この指標は、持ち主の分からない件が多く、チームなどの別には言えません。",
                    "Too many cases of this KPI belong to nobody: it cannot be told by team or the like.",
                ),
                Bilingual("別のKPIを選ぶか、全体について伝えてください。", "Choose another KPI, or say it of the whole."),
            )
    if figure["value"] is None or figure["state"] not in ("ok", "approximate"):
        raise QuestionError(
            "praise_without_figure",
            Bilingual(
                "この期間・対象には、よりどころにできる数字がありません(件数が少ない、または未着)。",
                "There is no figure to rest on for this period and these rows: too few cases, or not arrived.",
            ),
            Bilingual("期間を広げるか、別のKPIを選んでください。", "Choose a longer period or another KPI."),
        )
    with transaction.atomic():
        actor = base.actor(by, "comment")
        words = base.text(text, _PRAISE, 1000, needed=True)
        made = Praise.objects.create(kpi=kpi, period=found.text, where=place, figure=figure, text=words, by=actor)
        audit.record("praised", kpi, by=actor, request=request, detail={"period": found.text, "where": place})
    return made


def withdraw_praise(by: Person, public_id: str, *, back: bool = False, request: HttpRequest | None = None) -> Praise:
    """Take one's own praise back, or put it where it was."""
    with transaction.atomic():
        actor = base.actor(by, "comment")
        made = Praise.objects.select_for_update().filter(public_id=public_id[:32], by=actor).first()
        if made is None or not reach.visible(actor, made.where):
            raise Http404
        made.removed_at = None if back else timezone.now()
        made.save(update_fields=["removed_at"])
        audit.record("praise_restored" if back else "praise_withdrawn", made.kpi, by=actor, request=request)
    return made


def _meeting(by: Person, public_id: str, version: int) -> tuple[Person, Meeting]:
    actor = base.actor(by, "write_cycles")
    meeting = Meeting.objects.select_for_update().filter(public_id=public_id[:32]).first()
    if meeting is None or not reach.visible(actor, meeting.where):
        raise Http404
    base.current(meeting.version, version)
    return actor, meeting


def _kept(meeting: Meeting) -> Meeting:
    meeting.version += 1
    meeting.save()
    return meeting

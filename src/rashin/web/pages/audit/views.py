"""The audit log: who did what, when, from where; searched, verified, exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from rashin.query.export import guarded
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.audit.words import told
from rashin.web.people import audit
from rashin.web.people.models import AuditRow
from rashin.web.people.roles import ROLES

PER_PAGE = 100
HEADER = ("sequence", "at_utc", "person", "role", "address", "action", "target", "detail", "before", "digest")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; days are the organisation's, both ends included."""

    person: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, given: QueryDict) -> Search:
        """Read a search from an address or a form; what cannot be understood is left out."""
        given = QueryDict(given.urlencode().replace("%00", ""))
        return cls(
            given.get("person", "")[:254].strip(), given.get("action", "")[:64], _day(given.get("since", "")), _day(given.get("until", ""))
        )

    def rows(self) -> QuerySet[AuditRow]:
        """Return the lines that fit, the newest first."""
        rows = AuditRow.objects.order_by("-sequence")
        if self.person:
            rows = rows.filter(Q(person__icontains=self.person) | Q(target__icontains=self.person))
        if self.action:
            rows = rows.filter(action=self.action)
        if self.since:
            rows = rows.filter(at__gte=_midnight(self.since))
        if self.until:
            rows = rows.filter(at__lt=_midnight(self.until + timedelta(days=1)))
        return rows


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except (ValueError, ValidationError):
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@page("read_audit")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the newest lines that fit; ``before`` goes on from a sequence number."""
    search, lang = Search.read(request.GET), language_of(request)
    before = request.GET.get("before", "")
    rows = search.rows()
    if before.isdecimal():
        rows = rows.filter(sequence__lt=int(before[:18]))
    found = list(rows[: PER_PAGE + 1])
    shown = [
        {"row": row, "action": word(row.action, lang), "role": _role(row.role, lang), "detail": told(row.detail, lang)}
        for row in found[:PER_PAGE]
    ]
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "rows": shown,
        "search": search,
        "actions": sorted(((name, text(lang)) for name, text in audit.ACTIONS.items()), key=lambda each: each[1]),
        "older": found[PER_PAGE - 1].sequence if len(found) > PER_PAGE else None,
        "query": query.urlencode(),
    }
    return render(request, "audit/page.html", context)


def word(action: str, lang: str) -> str:
    """Return an action in words."""
    return audit.ACTIONS[action](lang) if action in audit.ACTIONS else action


def _role(role: str, lang: str) -> str:
    return ROLES[role].label(lang) if role in ROLES else role


@page("read_audit")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain and say whether it holds."""
    verdict = audit.verify()
    audit.record("audit_verified", by=request.user, request=request, detail={"rows": verdict.rows, "broken_at": verdict.broken_at})
    template = "audit/_verdict.html" if request.headers.get("HX-Request") else "audit/verdict.html"
    return render(request, template, {"verdict": verdict})


@page("read_audit")
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the lines that fit as CSV, oldest first; texts cannot become formulas."""
    search = Search.read(request.POST)
    wanted = {"person": search.person, "action": search.action, "since": str(search.since or ""), "until": str(search.until or "")}
    last = audit.record("audit_exported", by=request.user, request=request, detail=wanted)
    rows = search.rows().filter(sequence__lte=last.sequence).order_by("sequence")
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rashin-audit-{timezone.localdate():%Y%m%d}.csv"'
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(rows: QuerySet[AuditRow]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow(HEADER)
    for row in rows.iterator(chunk_size=2000):
        detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True)
        texts = (row.person, row.role, row.address, row.action, row.target, detail, row.before, row.digest)
        yield writer.writerow((row.sequence, row.at.isoformat(timespec="microseconds"), *map(guarded, texts)))

"""Reports: the list, one report with what became of it, its files, and making one now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.report.render import FORMS, apart
from rashin.web.acts.models import Schedule, SentReport
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.reports import actions, document, offered, wording
from rashin.web.people import audit
from rashin.web.people.models import Person
from rashin.web.tick import making, orders, readers, slots

#: So many reports are looked through, and so many shown.
_LOOKED, _SHOWN = 600, 100
PERIODS: tuple[tuple[str, Bilingual], ...] = (
    ("previous week", Bilingual("先週", "Last week")),
    ("this week", Bilingual("今週(途中)", "This week (so far)")),
    ("previous month", Bilingual("先月", "Last month")),
    ("this month", Bilingual("今月(途中)", "This month (so far)")),
    ("yesterday", Bilingual("昨日", "Yesterday")),
)


@require_GET
@page("see_reports")
def show(request: HttpRequest) -> HttpResponse:
    """List the reports sent to the reader, or all that lie within their scope."""
    lang, which = language_of(request), request.GET.get("show", "mine")
    rows = SentReport.objects.defer("document").select_related("schedule", "made_by").order_by("-made_at", "-pk")[:_LOOKED]
    seen = [row for row in rows if readers.covers(request.user, row)]
    mine = [row for row in seen if request.user.public_id in row.readers]
    chosen = seen if which == "all" else mine
    read = set(request.user.receipts.filter(about="report").values_list("thing", flat=True))
    listed = [_listed(row, lang, read) for row in chosen[:_SHOWN]]
    tabs = [
        ("mine", Bilingual("自分あて", "Sent to me")(lang), len(mine), which != "all"),
        ("all", Bilingual("見られるすべて", "All within my scope")(lang), len(seen), which == "all"),
    ]
    context = {
        "reports": listed,
        "elsewhere": len(seen) if which != "all" else 0,
        "tabs": tabs,
        "next": _coming(request.user, lang),
        **tabs_of(request.user, "list"),
    }
    return render(request, "reports/page.html", context)


def _listed(row: SentReport, lang: str, read: set[str]) -> dict[str, Any]:
    said = offered.named_where(dict(row.scope.get("allow", {})) | row.where, lang)
    return {
        "row": row,
        "period": row.period,
        "of": said or Bilingual("全体", "everything")(lang),
        "from": row.schedule.name if row.schedule is not None else "",
        "by": row.made_by.name if row.made_by is not None and row.schedule is None else "",
        "unread": row.public_id not in read,
        "restated": row.restates_id is not None,
    }


def _coming(person: Person, lang: str) -> list[tuple[str, str, str]]:
    from django.utils import timezone

    now = timezone.now()
    found = Schedule.objects.filter(active=True, readers__person=person, next_at__isnull=False).order_by("next_at")[:5]
    return [
        (
            each.name,
            slots.rule_text(making.rule_of(each))(lang),
            slots.moment_text(slots.following(making.rule_of(each), now), each.zone)(lang),
        )
        for each in found
    ]


def tabs_of(person: Person, here: str) -> dict[str, Any]:
    """Return which pages of reports ``person`` reaches."""
    return {
        "tab": here,
        "may_schedule": person.may("edit_schedules"),
        "may_room": person.may("manage_webhooks"),
        "may_make": person.may("export_figures"),
    }


def find(request: HttpRequest, public_id: str) -> SentReport:
    """Return a report; what does not exist and what lies beyond the reader's scope answer alike."""
    row = SentReport.objects.select_related("schedule__owner", "made_by", "restates").filter(public_id=public_id).first()
    if row is None or not readers.covers(request.user, row):
        raise Http404
    return row


@require_GET
@page("see_reports")
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one report as it was made, with its restatements, its readers and what was said about it."""
    row, lang = find(request, public_id), language_of(request)
    report = orders.report_of(row)
    found = document.parts(report)
    later = row.restated_by.order_by("-made_at").first()
    owns = request.user.role == "administrator" or request.user.pk in {row.made_by_id, row.schedule.owner_id if row.schedule else None}
    context = {
        "row": row,
        "report": report,
        "parts": found,
        "contents": document.contents(found),
        "later": later,
        "restatement": (row.restatement or {}).get("note", ""),
        "deliveries": wording.deliveries(row.deliveries.select_related("person", "webhook").order_by("pk")[:300], lang) if owns else [],
        "owns": owns,
        "forms": [(form, form.upper()) for form in FORMS] if request.user.may("export_figures") else [],
        "other_language": report.lang != lang,
        **tabs_of(request.user, "one"),
    }
    return render(request, "reports/one.html", context)


@require_GET
@page("export_figures")
def download(request: HttpRequest, public_id: str, form: str) -> HttpResponse:
    """Give a report as a file, made from the kept document: the same content whenever it is asked for."""
    if not request.user.may("see_reports") or form not in FORMS:
        raise Http404
    row = find(request, public_id)
    data = apart(orders.document_of(row), form)
    audit.record("report_downloaded", row.public_id, by=request.user, request=request, detail={"form": form, "period": row.period})
    response = HttpResponse(data, content_type=FORMS[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{row.title}_{row.period}.{form}")
    return response


@require_http_methods(["GET", "POST"])
@page("export_figures")
def make(request: HttpRequest) -> HttpResponse:
    """Make a report now, within one's own scope."""
    if not request.user.may("see_reports"):
        raise Http404
    lang = language_of(request)
    if request.method == "POST":
        try:
            sent = actions.make(request.user, _order(request, request.POST), request=request)
            return redirect("reports-one", sent.public_id)
        except RashinError as error:
            return _form(request, lang, request.POST, error)
    return _form(request, lang, request.GET, None)


def _order(request: HttpRequest, given: QueryDict) -> orders.Order:
    person = request.user
    kind = given.get("kind", "weekly")
    if kind not in orders.KINDS:
        raise QuestionError("schedule_kind", Bilingual("レポートの種類を選んでください。", "Choose the kind of report."))
    text = given.get("other", "").strip() or given.get("period", "previous week")
    period = orders.period(text[:60], orders.today_of(_now()))
    by, kpis = given.get("by", "team") or None, tuple(given.getlist("kpi"))
    if kind == "view" and not kpis:
        raise QuestionError("no_kpis", Bilingual("KPIを選んでください。", "Choose KPIs."))
    if by is not None and by not in {name for name, _ in offered.slices(person, "ja")}:
        raise QuestionError("schedule_by", Bilingual("この切り口は使えません。", "It cannot be sliced by that."))
    where = {name: tuple(values) for name, values in offered.read_where(given.getlist("where"), person).items()}
    return orders.Order(kind, period, readers.scope_of(person), language_of(request), kpis, by, where)


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _form(request: HttpRequest, lang: str, given: QueryDict, error: RashinError | None) -> HttpResponse:
    person = request.user
    context = {
        "kinds": [(name, label(lang)) for name, label in orders.KINDS.items()],
        "periods": [(text, label(lang)) for text, label in PERIODS],
        "slices": offered.slices(person, lang),
        "wheres": offered.wheres(person, lang),
        "kpis": offered.kpis(lang),
        "f": {name: given.get(name, "") for name in ("kind", "period", "other", "by")},
        "chosen": set(given.getlist("kpi")),
        "chosen_where": set(given.getlist("where")),
        "error": error.what(lang) if error else "",
        "step": error.next_step(lang) if error and error.next_step else "",
        **tabs_of(person, "make"),
    }
    return render(request, "reports/make.html", context, status=400 if error else 200)

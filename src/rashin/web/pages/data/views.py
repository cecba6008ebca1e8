"""Loads, receipts, completeness, snapshots: what there is to see about the data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.data import actions, calendar, effect, jobs, loads, refusals, snapshots
from rashin.web.people import approvals, audit
from rashin.web.people import scope as scopes


def around(request: HttpRequest, tab: str) -> dict[str, Any]:
    """Return what every part of this page needs."""
    rest = request.GET.copy()
    rest.pop("page", None)
    return {
        "tab": tab,
        "query": f"{rest.urlencode()}&" if rest else "",
        "may_write": actions.may_write(request.user),
        "limited": scopes.of(request.user).limited,
    }


def number(request: HttpRequest, name: str = "page") -> int:
    """Return a positive whole number of the address, 1 for anything else."""
    text = request.GET.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@page("see_data")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show every load, newest first; what is being loaded now; which sources have stopped."""
    scope, lang = scopes.of(request.user), language_of(request)
    source, text = request.GET.get("source", ""), request.GET.get("q", "")
    listed = loads.listing(source, text, number(request))
    context = {**around(request, "loads"), **listed, "source": source, "q": text, "snapshot": centre().snapshot()}
    context["jobs"] = jobs.moving(centre()) if context["may_write"] else []
    context["stopped"] = calendar.make(scope, "", lang)["stopped"] if listed["every"] else []
    return render(request, "data/page.html", context)


@page("see_data")
@require_GET
def one(request: HttpRequest, load_id: int) -> HttpResponse:
    """Show one load: its receipt, its rejects by reason, its notes, what it changed."""
    record = found(load_id)
    lang = language_of(request)
    context = {
        **around(request, "loads"),
        "load": loads.shown(record),
        "facts": loads.facts(record, lang),
        "said": loads.said(record),
        "reasons": refusals.reasons(record, lang, rows_too=refusals.may_see(request.user)) if record.receipt().total.rejected else [],
        "mends": loads.mended_by(record),
        "may_see_rows": refusals.may_see(request.user),
        "withdrawn_why": _why_withdrawn(record),
        "may_download": request.user.may("manage_people"),
    }
    return render(request, "data/load.html", context)


def found(load_id: int) -> Any:
    """Return the record of a load; 404 when there is none."""
    record = loads.find(load_id)
    if record is None:
        raise Http404
    return record


def _why_withdrawn(record: Any) -> str:
    from rashin.web.people.models import AuditRow

    if record.withdrawn_at is None:
        return ""
    row = AuditRow.objects.filter(action="load_withdrawn", target=str(record.load_id)).first()
    return str(row.detail.get("reason", "")) if row else ""


@page("see_data")
@require_GET
def changes(request: HttpRequest, snapshot: int) -> HttpResponse:
    """Show which figures a snapshot changed, before and after (asked for by the pages once they stand)."""
    if not 1 <= snapshot <= centre().snapshot():
        raise Http404
    scope = scopes.of(request.user)
    if not request.user.may("see_figures"):
        scope = Scope({"team": (scopes.NOBODY,)})
    return render(request, "data/_changes.html", {"effect": effect.of(snapshot, scope, language_of(request)), "snapshot": snapshot})


@page("see_data")
@require_GET
def completeness(request: HttpRequest) -> HttpResponse:
    """Show which source lacks which day."""
    made = calendar.make(scopes.of(request.user), request.GET.get("period", "").strip(), language_of(request))
    return render(request, "data/calendar.html", {**around(request, "calendar"), **made, "empty": not centre().loads()})


@page("see_data")
@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """Show the snapshots, newest first, each with what made it."""
    return render(
        request, "data/snapshots.html", {**around(request, "snapshots"), **snapshots.listing(number(request), language_of(request))}
    )


@page("see_data")
@require_GET
def version(request: HttpRequest, snapshot: int) -> HttpResponse:
    """Show one snapshot and what it changed."""
    made = snapshots.find(snapshot, language_of(request))
    if made is None:
        raise Http404
    return render(request, "data/snapshot.html", {**around(request, "snapshots"), "made": made})


@page("see_data")
@require_GET
def refused_rows(request: HttpRequest, load_id: int) -> HttpResponse:
    """Show the refused rows of a load to those who may see them, a page at a time, ready to be mended. Every look is logged."""
    record, lang = found(load_id), language_of(request)
    may_see, code = refusals.may_see(request.user), request.GET.get("code", "")[:60]
    context = {
        **around(request, "loads"),
        "load": loads.shown(record),
        "reasons": refusals.reasons(record, lang),
        "code": code,
        "may_see_rows": may_see,
    }
    if may_see:
        context["open"] = refusals.open_rows(record, lang, code, number(request))
        detail = {"rows": len(context["open"]["rows"]), "of": context["open"]["total"], "code": code}
        audit.record("rejects_viewed", str(load_id), by=request.user, request=request, detail=detail)
    return render(request, "data/rejects.html", context)


@page("see_data")
@require_GET
def refused_file(request: HttpRequest, load_id: int) -> HttpResponse:
    """Hand out the open rejects as a CSV that can be mended in a spreadsheet and uploaded again. Logged."""
    from rashin.intake import rejects

    record = found(load_id)
    if not refusals.may_see(request.user):
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rejects.csv"
        approvals.before_export(request, record.receipt().total.rejected)
        rows = rejects.export(centre().store, path, record.load_id, lang=language_of(request))
        audit.record("rejects_exported", str(load_id), by=request.user, request=request, detail={"rows": rows})
        return _download(path.read_bytes(), f"rejects-{record.load_id}.csv")


def _download(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@page("manage_people")
@require_GET
def landed_file(request: HttpRequest, load_id: int) -> StreamingHttpResponse:
    """Hand out a landed file as it came: to administrators only (nobody else may manage people), and logged."""
    from rashin.intake.land import find_landed

    record = found(load_id)
    path = find_landed(centre().workspace.folder("landing"), record.file_hash)
    if path is None or not record.file_hash:
        raise Http404
    approvals.before_export(request, record.receipt().total.rows_in)
    audit.record("file_downloaded", str(load_id), by=request.user, request=request, detail={"file": record.file_name})
    answer = StreamingHttpResponse(_pieces(path), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, record.file_name) or "attachment"
    answer.headers["Content-Length"] = str(path.stat().st_size)
    return answer


def _pieces(path: Path) -> Iterator[bytes]:
    """Read a file a piece at a time; it is opened only when somebody takes the first."""
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            yield piece

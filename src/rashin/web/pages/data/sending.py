"""What people send in: files, mappings, mended rows, withdrawals. The views only read the request; the writes are in ``actions``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.data import actions, fitting, incoming, jobs, loads, proposal, refusals
from rashin.web.pages.data.jobs import Job
from rashin.web.pages.data.views import around, found


def _job(request: HttpRequest, job_id: str) -> Job:
    """Return a job of the served workspace; 404 otherwise, and for whom no load is: its file has rows of every scope."""
    job = jobs.find(job_id)
    if job is None or job.centre is not centre() or not actions.may_write(request.user):
        raise Http404
    return job


@page("load_data")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose files; take them in. The script sends the same form and is told the address of the progress."""
    if request.method == "GET":
        return render(request, "data/upload.html", {**around(request, "upload"), **_upload_form()})
    files = request.FILES.getlist("files")
    if not files:
        raise _nothing(request)
    stamps = request.POST.getlist("modified")
    stamps = stamps if len(stamps) == len(files) else [""] * len(files)
    known = {each.name for each in fitting.saved(centre().workspace)}
    chosen = request.POST.get("mapping", "")
    pairs = [(file, incoming.last_modified(stamp)) for file, stamp in zip(files, stamps, strict=True)]
    batch = actions.receive(request.user, pairs, chosen if chosen in known else "", request=request)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"next": reverse("data-progress", args=[batch])})
    return redirect("data-progress", batch)


def _upload_form() -> dict[str, Any]:
    known = fitting.saved(centre().workspace)
    return {
        "own_mappings": [each for each in known if not each.built_in],
        "presets": [each for each in known if each.built_in],
        "limit": incoming.limit(),
        "limit_mb": incoming.limit() // (1024 * 1024),
    }


def _nothing(request: HttpRequest) -> QuestionError:
    size = request.META.get("CONTENT_LENGTH") or "0"
    most = incoming.limit() // (1024 * 1024)
    if size.isdigit() and int(size) > incoming.limit():
        return QuestionError(
            "upload_too_large",
            Bilingual(
                f"一度に送れるのは合わせて {most:,} MB までです。何も取り込んでいません。",
                f"One upload may have {most:,} MB in all. Nothing was loaded.",
            ),
            Bilingual("gzip や zip にするか、期間で分けて送ってください。", "Compress the files (gzip, zip), or send them in parts."),
        )
    return QuestionError(
        "no_file",
        Bilingual("ファイルが選ばれていません。", "No file was chosen."),
        Bilingual("取り込むファイルを選んでから、もう一度押してください。", "Choose the files to load, then press again."),
    )


@page("load_data")
@require_GET
def progress(request: HttpRequest, batch: str) -> HttpResponse:
    """Show how far the files of one upload have come; as a fragment when htmx asks."""
    listed = [each for each in jobs.of_batch(batch) if each.centre is centre()]
    if not listed or not actions.may_write(request.user):
        raise Http404
    context = {
        **around(request, "upload"),
        "batch": batch,
        "jobs": listed,
        "moving": any(each.moving for each in listed),
        "asking": any(each.state == "needs_mapping" for each in listed),
        "waiting": _ahead(listed),
    }
    return render(request, "data/_progress.html" if request.headers.get("HX-Request") else "data/progress.html", context)


def _ahead(listed: list[Job]) -> int:
    mine = {each.id for each in listed}
    first = min(each.created for each in listed)
    return sum(each.moving and each.id not in mine and each.created < first for each in jobs.moving(centre()))


@page("load_data")
@require_POST
def stop(request: HttpRequest, job_id: str) -> HttpResponse:
    """Stop a file on its way in."""
    job = _job(request, job_id)
    actions.cancel(request.user, job, request=request)
    return redirect("data-progress", job.batch)


@page("load_data")
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, job_id: str) -> HttpResponse:
    """Say how a file is read: choose a saved mapping, or go through the proposal, look at what comes of it, save and load."""
    job, lang = _job(request, job_id), language_of(request)
    if job.state != "needs_mapping":
        return redirect("data-progress", job.batch)
    given = request.POST if request.method == "POST" else request.GET
    if given.get("action") == "again":  # another proposal: answers about the columns of the one before say nothing
        given = {name: given[name] for name in ("fact", "source", "name", "expect") if name in given}
    if request.method == "POST" and given.get("action") == "use":
        actions.load_with(request.user, job, _chosen(given.get("mapping", "")), request=request)
        return redirect("data-progress", job.batch)
    context, ready = _mapping_form(request, job, given, lang)
    if request.method == "POST" and given.get("action") == "save" and ready is not None:
        try:
            name = given.get("name", "").strip()
            actions.save_mapping(request.user, name, ready, replace=given.get("replace") == "1", request=request)
            actions.load_with(request.user, job, ready, request=request)
            return redirect("data-progress", job.batch)
        except RashinError as error:
            context["trouble"] = proposal.trouble(error, lang)
    refused = request.method == "POST" and given.get("action") == "save"
    fragment = request.headers.get("HX-Request") and given.get("action") == "preview"
    return render(request, "data/_preview.html" if fragment else "data/mapping.html", context, status=422 if refused else 200)


def _chosen(name: str) -> str:
    if name in {each.name for each in fitting.saved(centre().workspace)}:
        return name
    raise QuestionError("mapping_missing", Bilingual("この対応づけはありません。", "There is no such mapping."))


def _mapping_form(request: HttpRequest, job: Job, given: Any, lang: str) -> tuple[dict[str, Any], Any]:
    """Return what the form shows, and the mapping that is ready to be saved (None while something is open or wrong)."""
    from rashin.intake.preview import preview

    known = fitting.saved(centre().workspace)
    context: dict[str, Any] = {
        **around(request, "upload"),
        "job": job,
        "fits": [each for each in known if each.name in job.fits],
        "saved": known,
        "given": given,
    }
    context["facts"] = proposal.facts(lang)
    try:
        found = proposal.proposed(job, given)
        context |= {
            "proposal": found,
            "fact": found.mapping.facts[0].fact if found.mapping.facts else "",
            "columns": proposal.columns(found, given, lang),
            "doubts": proposal.doubts(found.mapping, given, lang),
            "source": given.get("source", "").strip() or found.mapping.source,
            "name": given.get("name", "").strip() or found.mapping.source,
            "expect": given.get("expect") or found.mapping.expect,
        }
        mapping = proposal.made(found, given)
        context["doubts"] = proposal.doubts(mapping, given, lang)
        mapping, still = proposal.settled(mapping, given)
        context["still"] = still
        if still or job.path is None:
            return context, None
        context["preview"] = [_shown(each, lang) for each in preview(job.path, mapping, centre().workspace)]
        return context, mapping
    except RashinError as error:
        context["trouble"] = proposal.trouble(error, lang)
        return context, None


def _shown(found: Any, lang: str) -> dict[str, Any]:
    """One entry of the preview with headings in words and values as text."""
    from rashin.records import FACTS, called

    fact = FACTS[found.fact]
    names = list(dict.fromkeys(name for row in found.rows for name, value in row.items() if value is not None and name != "utc_offset_s"))
    return {
        "label": fact.label(lang),
        "headings": [fact.column(name).label(lang) for name in names],
        "rows": [[called(name, _text(row.get(name), row.get("utc_offset_s")), lang) for name in names] for row in found.rows],
        "accepted": found.accepted,
        "rejected": found.rejected,
        "rejects": [{**row, "reason": row[f"reason_{lang}"], "mend": row[f"mend_{lang}"]} for row in found.rejects],
    }


def _text(value: Any, offset_s: int | None = None) -> str:
    """One value; an instant by the clock of the place where it happened."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) + timedelta(seconds=offset_s or 0)).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "✓" if value else "–"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)[:120]


@page("load_data")
@require_POST
def mend(request: HttpRequest, load_id: int) -> HttpResponse:
    """Load the rows that were mended in the page."""
    record = found(load_id)
    if not refusals.may_see(request.user):
        raise Http404
    rows = refusals.mended(record, language_of(request), request.POST.dict())
    return redirect("data-progress", actions.mend(request.user, record.load_id, rows, request=request))


@page("load_data")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, load_id: int) -> HttpResponse:
    """Ask whether and why; then take the load back."""
    record, lang = found(load_id), language_of(request)
    context = {
        **around(request, "loads"),
        "load": loads.shown(record),
        "facts": loads.facts(record, lang),
        "mends": loads.mended_by(record),
    }
    if request.method == "GET":
        return render(request, "data/withdraw.html", context)
    if request.POST.get("sure") != "1":
        context["unsure"] = True
        return render(request, "data/withdraw.html", context, status=422)
    return redirect("data-progress", actions.withdraw(request.user, record.load_id, request.POST.get("reason", ""), request=request))


@page("load_data")
@require_POST
def again(request: HttpRequest, load_id: int) -> HttpResponse:
    """Bring a withdrawn load back, from the landing."""
    record = found(load_id)
    if record.withdrawn_at is None:
        messages.info(request, Bilingual("この取込は有効です。", "This load is in force.")(language_of(request)))
        return redirect("data-load", load_id)
    return redirect("data-progress", actions.reload(request.user, record.load_id, request=request))

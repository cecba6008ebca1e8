"""``staffing.toml`` in the browser: read, edited with its checks, versions side by side, taken back."""

from __future__ import annotations

import difflib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, ConflictError, DefinitionError, QuestionError, RashinError
from rashin.insight.staffing.workforce import MODELS, Workforce
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.staffing import settling


def _guard(request: HttpRequest) -> None:
    """The file is the whole centre's: for somebody of a limited scope it does not exist."""
    if not settling.may(request.user):
        raise Http404


@require_http_methods(["GET", "POST"])
@page("plan_staffing")
def edit(request: HttpRequest) -> HttpResponse:
    """Show the file and take an edited one; saving needs a reason and is refused when somebody else was faster."""
    _guard(request)
    if request.method == "POST":
        return _save(request)
    now, lang = settling.now(), language_of(request)
    filled = request.GET.get("example") == "1" or not now.text
    text = settling.example(lang) if filled else now.text
    return _editor(request, text, now.version, example=filled)


def _save(request: HttpRequest) -> HttpResponse:
    given, lang = request.POST, language_of(request)
    text, base = given.get("text", ""), _whole(given.get("base", ""))
    if given.get("do") == "check":
        return _editor(request, text, base, reason=given.get("reason", ""))
    try:
        step = settling.save(request.user, text, base, given.get("reason", ""), request=request)
    except ConflictError as error:
        now = settling.now()
        lines = [(line[0].strip(), line[2:]) for line in difflib.ndiff(now.text.splitlines(), text.splitlines()) if line[0] != "?"]
        return _editor(request, text, now.version, reason=given.get("reason", ""), conflict=error, theirs=lines, status=409)
    except (DefinitionError, QuestionError) as error:
        return _editor(request, text, base, reason=given.get("reason", ""), wrong=error, status=400)
    said = Bilingual(
        f"要員の設定を保存しました(版 {step.version})。次の計画から使います。",
        f"Saved as version {step.version}; plans use it from now on.",
    )
    messages.success(request, said(lang))
    return HttpResponseRedirect(reverse("staffing"))


def _editor(
    request: HttpRequest,
    text: str,
    base: int,
    *,
    reason: str = "",
    example: bool = False,
    conflict: RashinError | None = None,
    theirs: Any = None,
    wrong: RashinError | None = None,
    status: int = 200,
) -> HttpResponse:
    lang = language_of(request)
    context = {
        "tab": "staffing",
        "text": text,
        "base": base,
        "reason": reason[:500],
        "example": example,
        "held": bool(settling.now().text),
        "theirs": theirs,
        "conflict": conflict.what(lang) if conflict else "",
        "conflict_next": conflict.next_step(lang) if conflict and conflict.next_step else "",
        "versions": settling.history()[:50],
        **(_wrong(wrong, lang) if wrong is not None else _checked(text, lang)),
    }
    return render(request, "staffing/settings.html", context, status=status)


@require_POST
@page("plan_staffing")
def check(request: HttpRequest) -> HttpResponse:
    """Check a text as planning would; nothing is saved."""
    _guard(request)
    return render(request, "staffing/_check.html", _checked(request.POST.get("text", ""), language_of(request)))


@require_GET
@page("plan_staffing")
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Show one saved version, and how it differs from what is in force."""
    _guard(request)
    found, now = _numbered(number), settling.now()
    lines = [(line[0].strip(), line[2:]) for line in difflib.ndiff(now.text.splitlines(), found.text.splitlines()) if line[0] != "?"]
    context = {"tab": "staffing", "version": found, "now": now, "lines": lines, "same": found.text == now.text}
    return render(request, "staffing/version.html", context)


@require_POST
@page("plan_staffing")
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Make an earlier version what is in force again, as a new version."""
    _guard(request)
    found, given = _numbered(number), request.POST
    step = settling.save(request.user, found.text, _whole(given.get("base", "")), given.get("reason", ""), request=request)
    said = Bilingual(f"版 {number} に戻しました(版 {step.version})。", f"Version {number} is in force again, as version {step.version}.")
    messages.success(request, said(language_of(request)))
    return HttpResponseRedirect(reverse("staffing-settings"))


def _numbered(number: int) -> Any:
    found = next((each for each in settling.history() if each.version == number), None)
    if found is None:
        raise Http404
    return found


def _checked(text: str, lang: str) -> dict[str, Any]:
    """What a text says, or the first fault in it."""
    if not text.strip():
        said = Bilingual("空で保存すると、窓口ごとに初期値で計画します。", "Saved empty, every queue is planned with the defaults.")
        return {"checked": True, "said": said(lang), "groups": []}
    try:
        found = settling.check(text)
    except DefinitionError as error:
        return _wrong(error, lang)
    return {
        "checked": True,
        "said": "",
        "groups": _groups(found, lang),
        "shift_count": len(found.shifts),
        "people_count": len(found.people),
    }


def _wrong(error: RashinError, lang: str) -> dict[str, Any]:
    from rashin.web.pages.staffing.views import refusal

    told = refusal(error, lang)
    return {
        "wrong": told["refused"](lang),
        "wrong_next": told["next_step"](lang) if told["next_step"] else "",
        "place": told.get("place"),
        "guess": told.get("guess"),
    }


def _groups(found: Workforce, lang: str) -> list[dict[str, str]]:
    """Each group in a line: what it takes, who, how well, when."""
    rows = []
    for each in found.groups.values():
        target = (
            Bilingual(f"営業時間{each.within_hours:g}時間以内", f"within {each.within_hours:g} opening hours")
            if each.model == "pile"
            else Bilingual(f"{each.target_s:g}秒以内{each.service_level:.0%}", f"{each.service_level:.0%} within {each.target_s:g} s")
        )
        rows.append(
            {
                "name": each.title(lang),
                "model": MODELS[each.model](lang),
                "where": "、".join(str(value) for values in each.where.values() for value in values),
                "staff": "、".join(str(value) for values in each.staff.values() for value in values) or "–",
                "target": target(lang),
                "quantile": f"{each.quantile:g}",
                "shrinkage": f"{float(each.shrinkage) * 100:g}%",
                "shifts": "、".join(shift.name for shift in each.shifts) or "–",
            }
        )
    return rows


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1

"""One folder per page. Here: who may open what, and the order of the navigation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from rashin.errors import Bilingual, ForbiddenError

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation."""

    route: str
    label: Bilingual
    permission: str
    #: Other routes that belong to this entry.
    also: tuple[str, ...] = ()


NAVIGATION: tuple[Entry, ...] = (
    Entry("overview", Bilingual("概要", "Overview"), "see_figures"),
    Entry("goals", Bilingual("目標", "Goals"), "read_goals"),
    Entry("alerts", Bilingual("アラート", "Alerts"), "see_alerts"),
    Entry("cycles", Bilingual("改善", "Improve"), "see_cycles"),
    Entry("why", Bilingual("なぜ", "Why"), "see_figures", ("tree", "related", "fair")),
    Entry("review", Bilingual("会議", "Review"), "see_cycles"),
    Entry("mine", Bilingual("自分の数字", "My page"), "see_own"),
    Entry("explore", Bilingual("探索", "Explore"), "see_figures"),
    Entry("forecast", Bilingual("予測", "Forecast"), "see_figures", ("peaks", "whatif", "staffing")),
    Entry("reports", Bilingual("レポート", "Reports"), "see_reports"),
    Entry("data", Bilingual("データ", "Data"), "see_data"),
    Entry("definitions", Bilingual("定義", "Definitions"), "read_definitions"),
    Entry("people", Bilingual("利用者", "People"), "see_people"),
    Entry("audit", Bilingual("監査記録", "Audit log"), "read_audit"),
)


def page(permission: str | None) -> Callable[[View], View]:
    """Guard a view: ``permission`` of the role, "" for anybody signed in, None for anybody at all.

    Every route carries this mark; one without it fails the build (tests/web/test_access.py).
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if permission is not None:
                person = request.user
                if not person.is_authenticated:
                    return _sign_in_first(request)
                if permission and not person.may(permission):
                    if request.path == "/" and (first := first_page(person)) is not None:
                        return redirect(first)
                    raise forbidden()
            return view(request, *args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and back; a fragment's page is loaded again whole, so that no sign-in form ends up inside it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def first_page(person: Any) -> str | None:
    """Return the route of the first page that the person's role reaches: where they begin."""
    if not person.may("see_figures") and person.may("see_own"):
        return "mine"
    return next((entry.route for entry in NAVIGATION if person.may(entry.permission)), None)


def forbidden() -> ForbiddenError:
    """Return the error for a page that the reader's role does not reach."""
    return ForbiddenError(
        "page_forbidden",
        Bilingual("このページを開く権限がありません。", "Your role does not include this page."),
        Bilingual("必要なら管理者に依頼してください。", "Ask your administrator if you need it."),
    )

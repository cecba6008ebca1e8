"""Around every answer: headers that hold a browser back, errors that say what to do, and a log line without personal data."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from rashin.errors import Bilingual, ConflictError, ForbiddenError, InputError, OutsideError, QuestionError, RashinError, WorkspaceError
from rashin.web.language import language_of

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("rashin.web")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
STATUS = (
    (ForbiddenError, 403),
    (ConflictError, 409),
    (QuestionError, 400),
    (InputError, 400),
    (OutsideError, 503),
    (WorkspaceError, 503),
    (RashinError, 422),
)


def harden(answer: Answer) -> Answer:
    """Add the headers every page carries; keep pages with figures out of shared caches; log method, route, status, duration."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        match = request.resolver_match
        person = getattr(request, "user", None)
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": match.view_name if match else "-",
                "status_code": response.status_code,
                "duration_ms": round((time.perf_counter() - began) * 1000, 1),
                "person_id": getattr(person, "pk", None),
            },
        )
        return response

    return middleware


def errors(answer: Answer) -> Answer:
    """Turn what went wrong into a page (or JSON, or a fragment) with a code, what happened, and what to do next; never a traceback."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            response = answer(request)
            bare = response.status_code == 405 and not response.streaming and not response.content
            return wrong_way(request, response.headers.get("Allow", "")) if bare else response

        def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]) -> HttpResponse | None:
            """Refuse NUL characters in an address: no field holds one, and PostgreSQL cannot even compare them."""
            given = [*kwargs.values(), *(value for values in request.GET.lists() for value in (values[0], *values[1]))]
            return unclear(request) if any("\x00" in str(value) for value in given) else None

        def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
            if isinstance(error, RashinError):
                status = next(code for kind, code in STATUS if isinstance(error, kind))
                return show(request, status, error.code, error.what, error.next_step)
            if getattr(error, "__module__", "").startswith(("django.http", "django.core.exceptions", "allauth.")):
                return None
            reference = secrets.token_hex(4)
            log.error("unexpected", exc_info=error, extra={"code": reference})
            return show(
                request,
                500,
                f"unexpected-{reference}",
                Bilingual("予期しない問題が起きました。", "Something unexpected happened."),
                Bilingual(f"番号 {reference} を管理者に伝えてください。", f"Tell your administrator the number {reference}."),
            )

    return Middleware()


def show(request: HttpRequest, status: int, code: str, what: Bilingual, next_step: Bilingual | None) -> HttpResponse:
    """Return an error in the form that was asked for."""
    lang = language_of(request)
    if request.path.startswith("/api/"):
        body = {"code": code, "message": {"ja": what.ja, "en": what.en}}
        if next_step:
            body["next"] = {"ja": next_step.ja, "en": next_step.en}
        return JsonResponse(body, status=status)
    context = {"code": code, "what": what(lang), "next_step": next_step(lang) if next_step else "", "status": status}
    template = "_error.html" if request.headers.get("HX-Request") else "error.html"
    return render(request, template, context, status=status)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: what does not exist and what is out of scope answer alike."""
    what = Bilingual("このページはありません。", "There is no such page.")
    return show(request, 404, "not_found", what, Bilingual("ないか、閲覧範囲の外です。", "It does not exist, or it is outside your scope."))


def refused(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403, a forged or stale form among them."""
    what = Bilingual("この操作は受け付けられませんでした。", "This was not accepted.")
    next_step = Bilingual("ページを開き直してから、もう一度試してください。", "Open the page again, then try once more.")
    return show(request, 403, "csrf" if reason else "refused", what, next_step)


def wrong_way(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an address that only takes a form was opened, or the other way round."""
    what = Bilingual("このアドレスは直接開けません。", "This address cannot be opened like that.")
    response = show(
        request, 405, "method_not_allowed", what, Bilingual("前のページのボタンから操作してください。", "Use the button on its page.")
    )
    response.headers["Allow"] = allowed
    return response


def unclear(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that makes no sense."""
    what = Bilingual("この要求は読み取れませんでした。", "This request makes no sense.")
    return show(request, 400, "bad_request", what, Bilingual("ページを開き直してください。", "Open the page again."))

"""Who comes in to the API: a key in the Authorization header, or the session of somebody signed in; how often; and what goes wrong said as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from rashin.errors import Bilingual, RashinError
from rashin.web.middleware import STATUS, show
from rashin.web.people import actions, audit, limits
from rashin.web.people import scope as scopes
from rashin.web.people.models import ApiKey
from rashin.web.people.sessions import owes_second_factor

#: Requests a minute: of one key (or one session), and failed keys of one address.
LIMIT, FAILED_LIMIT, WINDOW_S = 120, 20, 60
View = Callable[..., HttpResponse]
#: What does not exist, or is not the asker's: answered alike.
_MISSING = frozenset({"unknown_kpi", "unknown_variant", "load_unknown", "unknown_tree", "unknown_address"})


def endpoint(permission: str | None, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Guard an address of the API: ``permission`` besides "use_api"; None = anybody. The view finds ``request.user`` and ``request.scope``."""

    def guard(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                refused = _method(request, methods) or (_enter(request, permission) if permission is not None else None)
                response = refused or view(request, *args, **kwargs)
            except RashinError as error:
                response = _told(request, error)
            except Http404:
                response = _missing(request)
            response.headers.setdefault("Cache-Control", "private, no-cache" if "ETag" in response.headers else "private, no-store")
            response.headers["Vary"] = "Authorization, Cookie"
            return response

        guarded.access = permission
        guarded.of_api = True
        return guarded

    return guard


def _told(request: HttpRequest, error: RashinError) -> HttpResponse:
    status = 404 if error.code in _MISSING else next(code for kind, code in STATUS if isinstance(error, kind))
    return show(request, status, error.code, error.what, error.next_step)


def _missing(request: HttpRequest) -> HttpResponse:
    return show(request, 404, "not_found", Bilingual("見つかりません。", "There is nothing here."), None)


def _method(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    allowed = (*methods, "HEAD") if "GET" in methods else methods
    if request.method in allowed:
        return None
    response = show(
        request,
        405,
        "method_not_allowed",
        Bilingual(f"{request.method} は使えません。", f"{request.method} is not used here."),
        Bilingual(f"使えるもの: {', '.join(allowed)}", f"Use {', '.join(allowed)}."),
    )
    response["Allow"] = ", ".join(allowed)
    return response


def _enter(request: HttpRequest, permission: str) -> HttpResponse | None:
    """Find out who asks; return a refusal, or None when they may come in."""
    header = request.headers.get("Authorization", "")
    refused = _by_key(request, header) if header else _by_session(request)
    if refused:
        return refused
    if not (request.user.may("use_api") and (not permission or request.user.may(permission))):
        return show(
            request,
            403,
            "permission_missing",
            Bilingual("この役割では使えません。", "Your role does not include this."),
            Bilingual("必要なら管理者に依頼してください。", "Ask your administrator if you need it."),
        )
    return None


def _by_key(request: HttpRequest, header: str) -> HttpResponse | None:
    kind, _, secret = header.partition(" ")
    address = f"api-failed:{audit.address(request)}"
    if (cache.get(address) or 0) >= FAILED_LIMIT:
        return _too_many(request, WINDOW_S)
    key = actions.key_of(secret.strip()) if kind.lower() == "bearer" else None
    if key is None:
        _count(address)
        return _unknown(
            request,
            Bilingual("APIキーが無効か、期限切れか、取り消されています。", "The API key is not valid: unknown, expired or revoked."),
        )
    if wait := limits.over(f"api:{key.pk}", LIMIT):
        return _too_many(request, wait)
    _used(key)
    request.user = key.person
    request.scope = scopes.of(key.person, [(str(d), str(v)) for d, v in key.grants])
    return None


def _by_session(request: HttpRequest) -> HttpResponse | None:
    """A browser's session may read; what is not safe needs the token against cross-site requests as well."""
    if not request.user.is_authenticated or owes_second_factor(request.user):
        return _unknown(request, Bilingual("APIキーが必要です。", "An API key is needed."))
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    if check.process_view(request, _unmarked, (), {}) is not None:
        return show(
            request,
            403,
            "csrf",
            Bilingual("画面のセッションだけでは実行できません。", "A browser session alone may not do this."),
            Bilingual("APIキーを Authorization ヘッダーに付けてください。", "Send an API key in the Authorization header."),
        )
    if wait := limits.over(f"api-session:{request.user.pk}", LIMIT):
        return _too_many(request, wait)
    request.scope = scopes.of(request.user)
    return None


def _unmarked(request: HttpRequest) -> HttpResponse:
    """A view without the mark that frees it from the check."""
    return HttpResponse()


def _used(key: ApiKey) -> None:
    """Remember that the key was used, at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _count(name: str) -> int:
    """Count one more in this minute and return how many there have been."""
    cache.add(name, 0, WINDOW_S)
    try:
        return int(cache.incr(name))
    except ValueError:
        return 1


def _unknown(request: HttpRequest, what: Bilingual) -> HttpResponse:
    response = show(
        request,
        401,
        "key_needed",
        what,
        Bilingual(
            "「API」のページでキーを作り、Authorization: Bearer … として送ってください。",
            "Make a key on the page “API” and send it as Authorization: Bearer ….",
        ),
    )
    response["WWW-Authenticate"] = 'Bearer realm="rashin"'
    return response


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    response = show(
        request,
        429,
        "too_many_requests",
        Bilingual(f"1分に{LIMIT}回までです。", f"{LIMIT} requests a minute at most."),
        Bilingual("少し待ってからやり直すか、一度の問いにまとめてください。", "Wait a little, or ask for more in one question."),
    )
    response["Retry-After"] = str(wait)
    return response


def tagged(request: HttpRequest, tag: tuple[object, ...], make: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Return ``make()`` as JSON under an ETag from ``tag``; 304 without making anything when the asker has just that."""
    etag = '"' + hashlib.sha256(repr(tag).encode()).hexdigest()[:32] + '"'
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    response: HttpResponse = (
        HttpResponse(status=304) if etag in known or "*" in known else JsonResponse(make(), json_dumps_params={"ensure_ascii": False})
    )
    response["ETag"] = etag
    return response

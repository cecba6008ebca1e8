"""How often one person may take things away, search, or look through rows: what a person does by hand never reaches it, a script soon does."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from rashin.errors import Bilingual

Answer = Callable[[HttpRequest], HttpResponse]
WINDOW_S = 60
#: Requests a minute of one person, for each kind.
PER_MINUTE = {"export": 20, "search": 120, "rows": 120, "words": 30}
ROUTES = {
    "explore-download": "export",
    "why-download": "export",
    "related-download": "export",
    "fair-download": "export",
    "forecast-download": "export",
    "forecast-review-download": "export",
    "peaks-download": "export",
    "staffing-download": "export",
    "staffing-review-download": "export",
    "staffing-roster-download": "export",
    "audit-export": "export",
    "data-rejects-file": "export",
    "data-file": "export",
    "goals-export": "export",
    "cycles-file": "export",
    "reports-file": "export",
    "reports-make": "export",
    "explore-kpis": "search",
    "people": "search",
    "audit": "search",
    "definitions": "search",
    "cycles": "search",
    "talk-people": "search",
    "data": "search",
    "talk-say": "words",
    "cycles-attach": "words",
    "kpi-rows": "rows",
    "mine-rows": "rows",
    "data-rejects": "rows",
}
WHAT = {
    "export": Bilingual("書き出しが続いています(1分に{n}回まで)。", "Too many exports ({n} a minute at most)."),
    "search": Bilingual("検索が続いています(1分に{n}回まで)。", "Too many searches ({n} a minute at most)."),
    "words": Bilingual("書き込みが続いています(1分に{n}回まで)。", "Too many comments and files ({n} a minute at most)."),
    "rows": Bilingual("明細の表示が続いています(1分に{n}回まで)。", "Too many pages of rows ({n} a minute at most)."),
}


def over(name: str, most: int) -> int:
    """Count one more of ``name`` in this minute; return the seconds until the next one may be asked for when it is too many, else 0."""
    now = time.time()
    slot = int(now // WINDOW_S)
    key = f"limit:{name}:{slot}"
    cache.add(key, 0, WINDOW_S * 2)
    try:
        count = int(cache.incr(key))
    except ValueError:
        count = 1
    return max(1, int((slot + 1) * WINDOW_S - now) + 1) if count > most else 0


def hold_back(answer: Answer) -> Answer:
    """Refuse the requests of somebody signed in that come too often (429, with Retry-After and words); every 429 says when to come back."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            response = answer(request)
            if response.status_code == 429:
                response.headers.setdefault("Retry-After", str(WINDOW_S))
            return response

        def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
            kind = ROUTES.get(request.resolver_match.view_name if request.resolver_match else "")
            if kind is None or not request.user.is_authenticated:
                return None
            most = PER_MINUTE[kind]
            wait = over(f"{kind}:{request.user.pk}", most)
            return refused(request, kind, most, wait) if wait else None

    return Middleware()


def refused(request: HttpRequest, kind: str, most: int, wait: int) -> HttpResponse:
    """Return the answer to what came too often."""
    from rashin.web.middleware import show

    what = Bilingual(*(text.format(n=most) for text in (WHAT[kind].ja, WHAT[kind].en)))
    next_step = Bilingual(f"{wait}秒待ってから、もう一度試してください。", f"Wait {wait} seconds, then try again.")
    response = show(request, 429, "too_many_requests", what, next_step)
    response.headers["Retry-After"] = str(wait)
    return response

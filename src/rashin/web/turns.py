"""Who may keep a thread: as many pages at once as the site was told, and beside them lanes of their own for what may take long for no fault of the site.

Comparing a password costs a fifth of a second of a processor, two at a time (``people/passwords.py``): fifty people at nine o'clock take some seconds. They
wait in threads of their own, so that nobody who is already in waits for them. A form that is sent slowly, or never to its end, and an upload over a thin line
hold threads of their own, too: whoever reads figures notices nothing. Who finds their lane full is told at once, and when to come back.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from rashin.errors import Bilingual

Answer = Callable[[HttpRequest], HttpResponse]
#: Threads besides the pages': people signing in, forms on their way, uploads on their way. A thread that waits costs next to nothing; all of them together stay
#: below the hundred connections that PostgreSQL has.
QUEUE, ARRIVING, UPLOADS = 56, 20, 8
#: What tells the worker process how many pages it answers at once.
PAGES = "RASHIN_THREADS"
RETRY_S = 5
#: A form sent to these may cost a hash.
_HASHING = ("/sign/", "/account/join/")
_HEALTH = frozenset({"/healthz", "/readyz"})
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_IN = "/sign/login/"


def beside() -> int:
    """Return how many threads the site needs besides those of its pages."""
    return QUEUE + ARRIVING + UPLOADS


def in_turn(answer: Answer) -> Answer:
    """Let each request in when it is its turn. Health is never kept waiting: a busy site is not a dead one."""
    pages = threading.BoundedSemaphore(int(os.environ.get(PAGES, "8")))
    queue, arriving, uploads = (threading.BoundedSemaphore(count) if count else None for count in (QUEUE, ARRIVING, UPLOADS))

    def lane(request: HttpRequest, held: ExitStack) -> None:
        """Enter the lane of ``request``; how it is left is kept in ``held``."""
        if request.method not in _WITHOUT_BODY:
            if request.path.startswith(_HASHING) and _enter(queue, held, request):
                return
            if (request.content_type or "").startswith("multipart/") and _enter(uploads, held, request):
                return
            with ExitStack() as short:
                if not hasattr(request, "turned_away") and _enter(arriving, short, request):
                    _take(request)
        held.enter_context(pages)

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            if request.path in _HEALTH:
                return answer(request)
            with ExitStack() as held:
                try:
                    lane(request, held)
                except UnreadablePostError:
                    return HttpResponse(status=400)  # whoever sent it is gone
                return answer(request)

        def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
            return _busy(request) if hasattr(request, "turned_away") else None

    return Middleware()


def _enter(gate: threading.BoundedSemaphore | None, held: ExitStack, request: HttpRequest) -> bool:
    """Enter if there is room; else ``request`` is marked to be turned away."""
    if gate is None or not gate.acquire(blocking=False):
        request.turned_away = True
        return False
    held.callback(gate.release)
    return True


def _take(request: HttpRequest) -> None:
    """Have the whole form before a page's turn is taken; what is too large is refused later, without being read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:12]) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        _ = request.body


def _busy(request: HttpRequest) -> HttpResponse:
    """503 with words and the time to wait; after a sign-in, the page leads back to the form by itself."""
    from rashin.web.middleware import show

    what = Bilingual("いま混み合っています。", "The site is busy right now.")
    next_step = Bilingual("数秒待ってから、もう一度送信してください。", "Wait a few seconds, then send it again.")
    if request.path == SIGN_IN:
        what = Bilingual("サインインが混み合っています。", "Many people are signing in right now.")
        next_step = Bilingual(
            "数秒後にサインインの画面へ戻ります。もう一度入力してください(失敗には数えません)。",
            "The sign-in page comes back in a few seconds. Enter your password again (this does not count as a failed try).",
        )
    response = show(request, 503, "site_busy", what, next_step)
    response.headers["Retry-After"] = str(RETRY_S)
    if request.path == SIGN_IN:
        response.headers["Refresh"] = f"{RETRY_S}; url={SIGN_IN}"
    return response

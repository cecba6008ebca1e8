"""Who may keep a thread: as many pages at once as the site was told, and beside them a queue of people signing in.

Comparing a password costs a fifth of a second of a processor, two at a time (``people/passwords.py``): fifty people at nine o'clock take some seconds. They
wait in threads of their own, so that nobody who is already in waits for them; who finds the queue full is told at once, and when to come back.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from rashin.errors import Bilingual

Answer = Callable[[HttpRequest], HttpResponse]
#: People signing in at once; a thread that waits costs next to nothing. With the pages' threads it stays below the hundred connections that PostgreSQL has.
QUEUE = 60
#: What tells the worker process how many pages it answers at once.
PAGES = "RASHIN_THREADS"
RETRY_S = 5
#: A form sent to these may cost a hash.
_HASHING = ("/sign/", "/account/join/")
_HEALTH = frozenset({"/healthz", "/readyz"})
SIGN_IN = "/sign/login/"


def in_turn(answer: Answer) -> Answer:
    """Let each request in when it is its turn. Health is never kept waiting: a busy site is not a dead one."""
    pages = threading.BoundedSemaphore(int(os.environ.get(PAGES, "8")))
    queue = threading.BoundedSemaphore(QUEUE)

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            if request.path in _HEALTH:
                return answer(request)
            if request.method == "POST" and request.path.startswith(_HASHING):
                if queue.acquire(blocking=False):
                    try:
                        return answer(request)
                    finally:
                        queue.release()
                request.queue_full = True
            with pages:
                return answer(request)

        def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
            return _busy(request) if getattr(request, "queue_full", False) else None

    return Middleware()


def _busy(request: HttpRequest) -> HttpResponse:
    """503 with words and the time to wait; after a sign-in, the page leads back to the form by itself."""
    from rashin.web.middleware import show

    what = Bilingual("サインインが混み合っています。", "Many people are signing in right now.")
    next_step = Bilingual(
        "数秒後にサインインの画面へ戻ります。もう一度入力してください(失敗には数えません)。",
        "The sign-in page comes back in a few seconds. Enter your password again (this does not count as a failed try).",
    )
    if request.path != SIGN_IN:
        next_step = Bilingual("数秒待ってから、もう一度送信してください。", "Wait a few seconds, then send it again.")
    response = show(request, 503, "sign_in_busy", what, next_step)
    response.headers["Retry-After"] = str(RETRY_S)
    if request.path == SIGN_IN:
        response.headers["Refresh"] = f"{RETRY_S}; url={SIGN_IN}"
    return response

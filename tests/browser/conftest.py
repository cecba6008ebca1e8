"""A real browser on the real site: pages that log an error, break their security policy or call elsewhere fail the test that opened them."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from site_fixtures import centre, client_of, database, empty_centre, own_centre, people, shelf

__all__ = ["centre", "client_of", "database", "empty_centre", "own_centre", "people", "shelf"]

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none",
)  # fmt: skip
CRITERIA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: How long a page may take to become what a test waits for: a slow machine is no fault of the page.
PATIENCE_MS = 60_000
#: A page that is refused (403, 404) is a result: its status is what the test looks at. A check that a newer one replaces is called off.
MEANT = ("Failed to load resource: the server responded with a status of 4", "htmx:sendAbort", "htmx:afterRequest")
#: What shows that a part of a page is on its way: being fetched, put in, drawn.
UNDERWAY = (
    ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, figure.chart[data-drawn]:not(:has(.chart-place svg[aria-hidden='true']))"
)
NO_BROWSER = (
    "not run: there is no Chrome or Chromium here. Install one (Debian/Ubuntu: apt-get install chromium) or name it in RASHIN_CHROMIUM "
    "/ Chrome・Chromium がないため実行していません"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.committed)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "committed: what the test writes to the people's database is written for good")


def find_browser() -> str | None:
    """Return the path of a Chrome or Chromium: RASHIN_CHROMIUM, else the first on the path."""
    named = os.environ.get("RASHIN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    found = find_browser()
    if found is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site(centre: Any) -> Iterator[str]:
    """The address of the running site: threads of this process answer."""
    from django.conf import settings
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from rashin.web.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """The site logs for itself."""

    class Server(ThreadedWSGIServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A browser that hangs up midway is no error."""
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    parts = urlsplit(settings.SITE_URL)
    server = Server((str(parts.hostname), int(parts.port or 80)), Quiet)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield str(settings.SITE_URL)
    server.shutdown()
    server.server_close()
    thread.join()


class Watch:
    """What must not happen on a page, written down as it happens. ``allow`` takes a piece of text of something that is meant to happen."""

    def __init__(self, site: str) -> None:
        self.site, self.found, self.allowed = site, list[str](), list[str]()

    def on(self, page: Any) -> None:
        """Watch ``page``."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.found.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", self._request)
        page.on("response", lambda answer: self.found.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))"
        )

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(MEANT):
            self.found.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.found.append(f"elsewhere: {request.url}")

    def allow(self, text: str) -> None:
        """From now on, ``text`` is meant to happen."""
        self.allowed.append(text)

    @property
    def faults(self) -> list[str]:
        """What happened that must not."""
        return [each for each in self.found if not any(text in each for text in self.allowed)]


@pytest.fixture
def page_for(site: str, people: dict[str, Any], browser: Any) -> Iterator[Callable[..., Any]]:
    """``page_for("supervisor", width=375, lang="en", scheme="dark")``: a page of a browser in which that person is signed in (None: nobody).

    Addresses are relative: ``page.goto("/explore/")``. ``page.watch`` holds what went wrong so far; anything there at the end fails the test.
    """
    from django.conf import settings
    from django.test import Client

    opened: list[tuple[Any, Watch]] = []

    def make(who: Any, width: int = 1280, lang: str = "ja", scheme: str = "light", **options: Any) -> Any:
        height = 900 if width > 600 else 812
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": height}, locale={"ja": "ja-JP", "en": "en-GB"}[lang],
            color_scheme=scheme, timezone_id="Asia/Tokyo", reduced_motion="reduce", **options,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        if who is not None:
            client = Client()
            client.force_login(people[who] if isinstance(who, str) else who)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site, "httpOnly": True}])
        page, watch = context.new_page(), Watch(site)
        watch.on(page)
        page.watch = watch
        opened.append((context, watch))
        return page

    yield make
    faults = [fault for _, watch in opened for fault in watch.faults]
    for context, _ in opened:
        context.close()
    assert faults == []


def settle(page: Any) -> None:
    """Wait until no part of the page is on its way: being fetched (and greyed meanwhile), being put in, being drawn."""
    page.locator(UNDERWAY).first.wait_for(state="detached")


def check_fits(page: Any) -> None:
    """The page does not scroll sideways."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room, f"{page.url} is {wide} px wide in a window of {room} px"


@pytest.fixture
def check_accessible() -> Callable[[Any], None]:
    """``check_accessible(page)``: no violation of WCAG 2.2 AA that axe-core can find, and no sideways scrolling of the page."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Any) -> None:
        settle(page)
        check_fits(page)
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": CRITERIA}})
        found = [
            f"{each['id']}: {each['help']}\n    "
            + "\n    ".join(node["html"][:200] + "  " + node["failureSummary"].replace("\n", " ")[:300] for node in each["nodes"][:5])
            for each in results.response["violations"]
        ]
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check

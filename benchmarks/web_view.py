"""The first view in a real browser: what goes over the wire, and when there is something to read."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import Any

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Milliseconds from the start of navigation until the last tile stood there, and until anything was painted.
_PAINTED = "performance.getEntriesByType('paint').find(e => e.name === 'first-contentful-paint')?.startTime ?? null"
_ENDED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def first_view(port: int, email: str, password: str, runs: int = 5) -> dict[str, Any] | None:
    """Open the overview with an empty cache ``runs`` times and return medians; None where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if find_spec("playwright") is None or chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    site = f"http://127.0.0.1:{port}"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(f"{site}/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector(".tile-kpi")
        signed_in = context.storage_state()
        views = [_view(browser, signed_in, f"{site}/", ".tile-kpi") for _ in range(runs)]
        kpi = _view(browser, signed_in, f"{site}/kpi/answer_rate/", "figure.chart svg")
        browser.close()
    middle = sorted(views, key=lambda view: view["content_ms"])[runs // 2]
    return {**middle, "kpi_bytes": kpi["bytes"], "kpi_content_ms": kpi["content_ms"]}


def _view(browser: Any, signed_in: Any, address: str, wanted: str) -> dict[str, float]:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900}, storage_state=signed_in)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector(wanted)
    page.wait_for_load_state("networkidle")
    found = {"bytes": sum(sizes), "paint_ms": page.evaluate(_PAINTED), "content_ms": page.evaluate(_ENDED), "requests": len(sizes)}
    context.close()
    return found

"""Take the pictures of the guide again: the demo centre with its fixed seed and people, served by `rashin web`, walked through in a headless Chromium.

    python docs/guide/shots.py [--only NAME …]     or: make shots

The pictures go to images/ja and images/en beside this file. It needs a Chrome or Chromium (RASHIN_CHROMIUM, or on the path) and, to make them small,
`pngquant` where there is one. Figures, names and dates of the records are the same every time; only the moments of loading and signing in are today's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
IMAGES = HERE / "images"
CONTACTS, MONTH = 120_000, "2026-10"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--font-render-hinting=none",
)
RASHIN = (sys.executable, "-c", "from rashin.cli import main; main()")
WIDE, PHONE = (1280, 900), (375, 812)
#: No picture is higher than this: what follows is more of the same.
HIGHEST = 1500
HEAVIEST = 120_000


@dataclass(frozen=True)
class Shot:
    """One picture: its name, who looks, where, and what is done there before it is taken. ``phone``: narrow and dark."""

    name: str
    who: str
    path: str
    act: Callable[[Any, Path], None] | None = None
    phone: bool = False
    high: int = HIGHEST


def _send(page: Any, work: Path, file: Path) -> None:
    page.set_input_files("#files", str(file))
    page.locator("[data-send]").click()
    page.wait_for_url("**/data/uploads/**")


def _mapping(page: Any, work: Path) -> None:
    """Send a table of a form that is not known yet, answer what is asked, and look at what is read."""
    lines = ["通話ID,受付日時,窓口,担当者,結果,待ち時間(秒),通話時間"]
    lines += [
        f"K-{n:03},2026-11-02 09:{n:02}:00,注文,佐藤,{'放棄' if n % 9 == 0 else '応答'},{n * 3 % 50},{'0:00' if n % 9 == 0 else f'{n % 7 + 1}:{n:02}'}"
        for n in range(40)
    ]
    file = work / "新拠点_2026-11.csv"
    file.write_text("\r\n".join(lines) + "\r\n", encoding="cp932")
    _send(page, work, file)
    page.locator("a[href*='/mapping/']").first.click()
    page.locator("select[name^='d:']").first.wait_for()
    for select in page.locator("select[name^='d:']").all():
        select.select_option(index=1)
    page.wait_for_timeout(2500)


def _progress(page: Any, work: Path) -> None:
    """Send the calls of one more day, with lines that cannot be read."""
    source = next(work.glob(f"centre/sources/pbx-sapporo/*{MONTH}.csv"))
    file = work / "通話履歴_札幌_追加.csv"
    lines = source.read_bytes().replace(b"S2610-", b"T2610-").split(b"\r\n")
    file.write_bytes(b"\r\n".join(lines[:400]) + b"\r\n")
    _send(page, work, file)
    page.locator("a[href*='/data/loads/']").first.wait_for(timeout=60_000)


def _first_of(selector: str) -> Callable[[Any, Path], None]:
    """Follow the first link that fits."""

    def act(page: Any, work: Path) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")

    return act


def _made(page: Any, work: Path) -> None:
    """Wait until what takes longer has been worked out."""
    page.locator("#made.working").wait_for(state="detached", timeout=600_000)
    if page.locator("#along").count():  # asked for by the page once it stands
        page.locator("#along table, #along figure").first.wait_for(timeout=600_000)


LOAD = 79  # the calls of Sapporo in October: has rejects
SHOTS = (
    Shot("sign-in", "", "/sign/login/", high=700),
    Shot("overview", "administrator", "/"),
    Shot("kpi", "administrator", f"/kpi/answer_rate/?period={MONTH}&compare=previous", high=1400),
    Shot("kpi-duration", "administrator", f"/kpi/aht/?period={MONTH}&grain=week", high=1750),
    Shot(
        "rows",
        "administrator",
        f"/kpi/service_level/rows/?period={MONTH}-28&grain=30min&bucket={MONTH}-28+14%3A00&part=denominator",
        high=1000,
    ),
    Shot("rows-excluded", "supervisor", f"/kpi/answer_rate/rows/?period={MONTH}&part=excluded", high=900),
    Shot("explore", "analyst", f"/explore/?kpi=answer_rate&kpi=aht&by=queue&grain=week&pivot=time&period={MONTH}", high=1500),
    Shot("goals", "administrator", "/goals/", high=900),
    Shot("goal", "administrator", "/goals/", act=_first_of("main table th a[href^='/goals/'], main li a[href^='/goals/']"), high=1300),
    Shot("alerts", "administrator", "/alerts/", high=900),
    Shot("alert", "administrator", "/alerts/", act=_first_of("main a[href^='/alerts/']:not([href*='?']):has-text('85.0')"), high=1300),
    Shot("reports", "administrator", "/reports/", high=900),
    Shot("why", "administrator", f"/why/?kpi=answer_rate&period={MONTH}", act=_made, high=1500),
    Shot("tree", "administrator", f"/tree/satisfaction/?period={MONTH}", act=_made, high=1300),
    Shot("related", "administrator", "/related/?kpi=aht", act=_made, high=1400),
    Shot("fair", "administrator", "/fair/?kpi=aht", act=_made, high=1400),
    Shot("forecast", "administrator", "/forecast/", act=_made, high=1400),
    Shot("peaks", "administrator", f"/peaks/?period={MONTH}", act=_made, high=1300),
    Shot("staffing", "administrator", "/staffing/", act=_made, high=1400),
    Shot("whatif", "administrator", "/whatif/", act=_made, high=1300),
    Shot("cycles", "administrator", "/cycles/?show=all", high=700),
    Shot("cycle", "administrator", "/cycles/?show=closed", act=_first_of("table.ledger th a"), high=1900),
    Shot("cycle-new", "analyst", "/cycles/-/new/?template=aht", high=1500),
    Shot("review", "administrator", "/review/", act=_first_of("table a[href^='/review/']"), high=1300),
    Shot("mine", "agent", "/mine/", high=1300),
    Shot("data", "analyst", "/data/", high=900),
    Shot("data-upload", "analyst", "/data/upload/", high=900),
    Shot("data-calendar", "analyst", "/data/calendar/", high=1150),
    Shot("data-load", "analyst", f"/data/loads/{LOAD}/", high=1200),
    Shot("data-rejects", "analyst", f"/data/loads/{LOAD}/rejects/", high=1100),
    Shot("data-snapshots", "analyst", "/data/snapshots/", high=700),
    Shot("data-personal", "administrator", "/data/personal/", high=900),
    Shot("data-withdraw", "analyst", f"/data/loads/{LOAD}/withdraw/", high=800),
    Shot("definitions", "analyst", "/definitions/", high=900),
    Shot("definition", "analyst", "/definitions/service_level/", high=1600),
    Shot("definition-edit", "administrator", "/definitions/service_level/edit/", high=1100),
    Shot("people", "administrator", "/people/", high=700),
    Shot("person", "administrator", "sapporo@umineko.example", high=1100),
    Shot("roles", "administrator", "/people/roles/", high=1300),
    Shot("audit", "administrator", "/audit/", high=900),
    Shot("account", "agent", "/account/", high=800),
    Shot("api", "analyst", "/api/", high=900),
    Shot("data-mapping", "analyst", "/data/upload/", act=_mapping, high=1500),
    Shot("data-progress", "analyst", "/data/upload/", act=_progress, high=700),
    Shot("phone-overview", "administrator", "/", phone=True, high=1400),
    Shot("phone-kpi", "administrator", f"/kpi/answer_rate/?period={MONTH}", phone=True, high=1500),
    Shot("phone-mine", "agent", "/mine/", phone=True, high=1200),
)


def centre(work: Path) -> Path:
    """Make the demo centre in ``work`` and return it."""
    folder = work / "centre"
    words = (*RASHIN, "demo", str(folder), "--contacts", str(CONTACTS), "--no-site")
    subprocess.run(words, check=True, env=_environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    return folder


def people(folder: Path) -> dict[str, tuple[str, str]]:
    """Make the demo's people; return role → address and password."""
    words = (sys.executable, "-m", "rashin.web.people.demo", str(folder))
    done = subprocess.run(words, check=True, env=_environ(), capture_output=True, text=True)  # noqa: S603 - our own
    return {role: (address, password) for role, address, password in json.loads(done.stdout)}


def _environ(**more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RASHIN_", "DJANGO_", "DATABASE_")) or name == "RASHIN_CHROMIUM"
    }
    return kept | {"RASHIN_USER": "demo", "RASHIN_ALLOW_ROOT": "1", "RASHIN_LOG": "warning"} | more


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve ``folder`` within the block; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = (*RASHIN, "-w", str(folder), "web", "--port", str(port))
    site = subprocess.Popen(words, env=_environ(), stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - our own
                break
            time.sleep(0.3)
        yield address
    finally:
        site.terminate()
        site.wait(20)


def take(address: str, known: dict[str, tuple[str, str]], work: Path, lang: str, wanted: tuple[Shot, ...]) -> None:
    """Take the pictures of one language."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("RASHIN_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    (IMAGES / lang).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        pages: dict[tuple[str, bool], Any] = {}
        for shot in wanted:
            key = (shot.who, shot.phone)
            if key not in pages:
                pages[key] = _signed_in(browser, address, known.get(shot.who), lang, shot.phone)
            _one(pages[key], address, shot, work, lang)
        browser.close()


def _signed_in(browser: Any, address: str, who: tuple[str, str] | None, lang: str, phone: bool) -> Any:
    width, height = PHONE if phone else WIDE
    page = browser.new_context(
        viewport={"width": width, "height": height},
        locale={"ja": "ja-JP", "en": "en-GB"}[lang],
        color_scheme="dark" if phone else "light",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    ).new_page()
    page.set_default_timeout(60_000)
    if who is not None:
        page.goto(f"{address}/sign/login/")
        page.fill("input[name=login]", who[0])
        page.fill("input[name=password]", who[1])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign/" not in url)
    return page


def _one(page: Any, address: str, shot: Shot, work: Path, lang: str) -> None:
    if shot.path.startswith("/"):
        page.goto(address + shot.path)
    else:  # somebody's own page, under an address that cannot be guessed
        page.goto(f"{address}/people/")
        page.locator("tr", has_text=shot.path).locator("a").first.click()
    page.wait_for_load_state("networkidle")
    if shot.act is not None:
        shot.act(page, work)
        page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # parts further down are asked for when they come into sight
    page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, 0); document.activeElement && document.activeElement.blur()")
    page.wait_for_timeout(200)
    width, whole = page.evaluate("[window.innerWidth, Math.ceil(document.querySelector('main').getBoundingClientRect().bottom)]")
    target = IMAGES / lang / f"{shot.name}.png"
    page.screenshot(path=str(target), full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(whole, shot.high)})
    _shrink(target)
    print(f"{lang}/{shot.name}: {target.stat().st_size / 1000:.0f} kB", flush=True)
    if target.stat().st_size > HEAVIEST:
        raise SystemExit(f"{target.name} is heavier than {HEAVIEST / 1000:.0f} kB: make it less high")


def _shrink(path: Path) -> None:
    tool = shutil.which("pngquant")
    for colours in ("48", "24", "16") if tool is not None else ():
        words = (str(tool), "--force", "--strip", "--speed", "3", "--output", str(path), colours, "--", str(path))
        subprocess.run(words, check=False)  # noqa: S603 - the picture that was just made
        if path.stat().st_size <= HEAVIEST:
            break


def main() -> None:
    """Take all pictures, or those that are named."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--only", nargs="+", default=[], help="names of pictures")
    names = asked.parse_args().only
    wanted = tuple(shot for shot in SHOTS if not names or shot.name in names)
    with tempfile.TemporaryDirectory(prefix="rashin-shots-") as place:
        work = Path(place)
        folder = centre(work)
        known = people(folder)
        for lang in ("ja", "en"):  # each on a copy of its own: what one loads does not show in the other
            own = work / lang
            shutil.copytree(folder, own / "centre")
            with served(own / "centre") as address:
                take(address, known, own, lang, wanted)
    shutil.copyfile(IMAGES / "ja" / "overview.png", IMAGES / "overview.png")


if __name__ == "__main__":
    main()

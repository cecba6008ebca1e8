"""What the product calls: nothing, but where the organisation has set up a mail server, chat rooms or a provider of single sign-on."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = sorted((Path(__file__).resolve().parents[2] / "src" / "rashin").rglob("*.py"))
CALLS = re.compile(
    r"urllib\.request|^\s*(?:import|from) (?:requests|httpx|aiohttp|smtplib|ftplib|http\.client|telnetlib)|create_connection|urlopen",
    re.MULTILINE,
)
#: `rashin demo` asks its own site whether it is ready before it opens the browser; mail goes to the one server that the organisation names; notices go to
#: chat rooms that an administrator names, by a way that leads to public hosts only (tests/unit/notify/test_webhook_safety.py).
KNOWN = {"cli/lib/opening.py", "notify/mail/send.py", "notify/webhook/send.py"}


def test_no_module_opens_a_connection_of_its_own() -> None:
    found = {path.as_posix().split("src/rashin/")[1] for path in SOURCES if CALLS.search(path.read_text("utf-8"))}
    assert found - KNOWN == set()


def test_no_page_takes_an_address_to_fetch() -> None:
    """A field called url, host, link or callback would be the beginning of one."""
    pages = [path for path in SOURCES if "web/pages" in path.as_posix()]
    taken = re.compile(r"""(?:GET|POST|given)(?:\.get\(|\[)["'](?:url|uri|host|link|callback|webhook|issuer|server)["']""")
    assert [path.name for path in pages if taken.search(path.read_text("utf-8"))] == []

"""The browser of these tests: real pages, in either language, width and colour scheme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ja", "light", 1280), ("en", "dark", 375)])
def test_the_sign_in_page_opens_without_an_error(page_for: Callable[..., Any], lang: str, scheme: str, width: int) -> None:
    page = page_for(None, width=width, lang=lang, scheme=scheme)
    assert page.goto("/sign/login/").status == 200


def test_a_signed_in_person_is_greeted_by_name(page_for: Callable[..., Any]) -> None:
    page = page_for("supervisor")
    page.goto("/")
    page.get_by_role("link", name="札幌 花子").wait_for()


def test_what_goes_wrong_on_a_page_is_seen(page_for: Callable[..., Any]) -> None:
    page = page_for("supervisor")
    page.goto("/")
    with page.expect_console_message(lambda message: message.text.startswith("policy:")):
        page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }")
    assert any("policy" in fault for fault in page.watch.faults)
    page.watch.allow("policy")
    page.watch.allow("Content Security Policy")

"""The pages of comparison in a real browser: readable by everybody, at desk and phone width, charts drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

AUTUMN = "period=2026-08-01..2026-10-31"
PLACES = [
    (f"/related/?kpi=volume&{AUTUMN}", (375, "en", "dark")),
    (f"/fair/?kpi=aht&unit=team&w.channel=voice&{AUTUMN}", (1280, "ja", "light")),
]


@pytest.mark.parametrize(("address", "look"), PLACES, ids=["related", "fair"])
def test_comparisons_are_accessible(
    page_for: Callable[..., Any], check_accessible: Callable[..., Any], address: str, look: tuple[int, str, str]
) -> None:
    width, lang, scheme = look
    page = page_for("analyst", width=width, lang=lang, scheme=scheme)
    page.goto(address)
    page.locator(".chart-place svg[aria-hidden=true]").first.wait_for()
    check_accessible(page)


WHY = [
    ("/why/?kpi=aht&period=2026-10&w.channel=voice", (1280, "ja", "light"), "#along h2"),
    ("/tree/handling/?period=2026-10", (375, "en", "dark"), ".tree-table"),
    ("/tree/handling/edit/", (1280, "en", "dark"), ".outline"),
]


@pytest.mark.parametrize(("address", "look", "wait"), WHY, ids=["why", "tree", "edit"])
def test_why_and_trees_are_accessible(
    page_for: Callable[..., Any], check_accessible: Callable[..., Any], address: str, look: tuple[int, str, str], wait: str
) -> None:
    width, lang, scheme = look
    page = page_for("analyst", width=width, lang=lang, scheme=scheme)
    page.goto(address)
    page.locator(wait).first.wait_for()
    page.wait_for_load_state("networkidle")
    check_accessible(page)

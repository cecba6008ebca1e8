"""People in a real browser: coming in, the second factor, changing who may see what, the audit log; by keyboard, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin.web.people import actions, audit

LOOKS = [("ja", "light", 1280), ("en", "dark", 375)]


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
@pytest.mark.parametrize(
    "address",
    [
        "/people/",
        "/people/roles/",
        "/people/invite/",
        "/people/{qa}/",
        "/audit/",
        "/account/",
        "/sign/2fa/",
        "/sign/sessions/",
        "/sign/password/change/",
        "/nowhere/",
    ],
)
def test_pages_about_people_are_accessible(
    page_for: Callable[..., Any],
    check_accessible: Callable[[Any], None],
    people: dict[str, Any],
    address: str,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    actions.invite(people["administrator"], "new@umineko.example", "新人", "supervisor", [("team", "naha-1")])
    audit.record("rows_viewed", "service_level 2026-10", by=people["qa"], detail={"rows": 41})
    page = page_for("administrator", width=width, lang=lang, scheme=scheme)
    page.goto(address.format(qa=people["qa"].public_id))
    check_accessible(page)


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
@pytest.mark.parametrize("address", ["/sign/login/", "/sign/password/reset/", "/account/join/"])
def test_the_way_in_is_accessible(
    page_for: Callable[..., Any], check_accessible: Callable[[Any], None], address: str, lang: str, scheme: str, width: int
) -> None:
    page = page_for(None, width=width, lang=lang, scheme=scheme)
    page.goto(address)
    check_accessible(page)


def test_an_invited_person_comes_in_by_keyboard_alone(page_for: Callable[..., Any], people: dict[str, Any]) -> None:
    boss = page_for("administrator")
    boss.goto("/people/invite/")
    boss.get_by_label("メールアドレス").fill("new@umineko.example")
    boss.get_by_label("名前").fill("新人 一")
    boss.get_by_label("役割").select_option("supervisor")
    boss.get_by_label("那覇第1チーム").check()
    boss.get_by_role("button", name="招待する").click()
    link = boss.locator(".once code").inner_text()
    page = page_for(None)
    page.goto(link)
    assert page.url.endswith("/account/join/")
    page.get_by_label("新しいパスワード", exact=True).focus()
    page.keyboard.type("kamome to nami no oto")
    page.keyboard.press("Tab")
    page.keyboard.type("kamome to nami no oto")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="新人 一").wait_for()
    assert not page.url.endswith("/account/join/")


def test_the_chain_is_verified_without_leaving_the_page(page_for: Callable[..., Any], people: dict[str, Any]) -> None:
    audit.record("rows_viewed", "x", by=people["qa"])
    page = page_for("auditor", lang="en")
    page.goto("/audit/")
    page.get_by_role("button", name="Verify the chain").click()
    page.get_by_text("none changed, removed or inserted").wait_for()
    assert page.url.endswith("/audit/")


def test_who_changed_somebody_meanwhile_is_told(page_for: Callable[..., Any], people: dict[str, Any]) -> None:
    page = page_for("administrator", width=375)
    page.goto(f"/people/{people['qa'].public_id}/")
    people["qa"].version += 1
    people["qa"].save()
    page.get_by_label("名前").fill("品質 二")
    page.get_by_role("button", name="保存する").click()
    assert page.get_by_role("alert").inner_text().startswith("ほかの人が先に変更しました")

"""What everybody asks for first is worked out before they ask: after it, opening the first page asks the engine nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin.web import asking, kept, warm


def test_the_first_page_of_everybody_is_at_hand_afterwards(
    centre: Any, people: dict[str, Any], client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.forget()
    assert warm.work() == len(warm.scopes()) >= 3

    def refuse(*asked: object) -> None:
        raise AssertionError(f"asked the engine: {asked}")

    monkeypatch.setattr(asking, "_ask", refuse)
    for role in ("analyst", "supervisor", "vendor_supervisor"):
        assert client_of(role).get("/").status_code == 200, role
        assert client_of(role).get("/more/").status_code == 200, role


def test_unlimited_scopes_come_first_and_agents_are_left_out(people: dict[str, Any]) -> None:
    found = warm.scopes()
    assert [scope.limited for scope in found] == sorted(scope.limited for scope in found)
    assert not any(name == "agent" for scope in found for name, _ in scope.allow)


def test_an_empty_workspace_has_nothing_to_work_out(empty_centre: Any) -> None:
    assert warm.work() == 0


def test_what_the_sources_record_is_looked_up_beforehand(centre: Any, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    warm.work()
    asked: list[str] = []
    read = centre.store.read
    monkeypatch.setattr(centre.store, "read", lambda sql, parameters=(): (asked.append(sql), read(sql, parameters))[1])
    kept.forget()
    for kpi in ("aht", "service_level", "answer_rate"):
        centre.ask([kpi, *(f"{kpi}:{variant}" for variant in centre.catalogue.kpis[kpi].variants)], period="2026-10-01")
    assert asked
    assert not [sql for sql in asked if "bool_or" in sql]

"""The world of these tests: people of every role sign in to the demo centre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rashin.web.people.roles import ROLES


def test_there_is_a_person_of_every_role(people: dict[str, Any]) -> None:
    assert set(people) == set(ROLES)


def test_everybody_but_an_agent_comes_to_the_overview(client_of: Callable[..., Any]) -> None:
    assert {role: client_of(role).get("/").status_code for role in ROLES if role != "agent"} == {r: 200 for r in ROLES if r != "agent"}
    assert client_of(None).get("/").status_code == 302


def test_a_test_may_have_a_centre_of_its_own(centre: Any, own_centre: Any) -> None:
    assert own_centre.snapshot() == centre.snapshot()
    own_centre.withdraw(1)
    assert own_centre.snapshot() > centre.snapshot()


def test_an_empty_workspace_is_served_too(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    assert empty_centre.snapshot() == 0
    assert client_of("analyst").get("/").status_code == 200

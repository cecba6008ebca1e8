"""Role × address × whose data: what is within one's scope is shown; what is somebody else's and what does not exist answer alike, to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from scoped_routes import SCOPED

from rashin.intake.org import load_org
from rashin.web.people import actions
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person, SavedView

#: Role → the dimension that bounds it, a value of its own, one of somebody else's.
BOUNDS = {
    "supervisor": ("team", "sapporo-1", "naha-1"),
    "qa": ("site", "sapporo", "naha"),
    "vendor_supervisor": ("team", "hoshizora-day", "naha-1"),
    "agent": ("agent", "sato.aoi", "takahashi.yu"),
}
ABSENT = "zzz-absent"


def plain(text: str, value: str) -> str:
    """What an answer says, without tokens, and with the value that was asked for under one name."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", text)
    return text.replace(value, "VALUE")


def values_of(centre: Any, dimension: str) -> list[str]:
    """What of a dimension occurs in the facts."""
    return [each for each in centre.ask("volume", by=dimension).table.column(dimension).to_pylist() if each]


@pytest.mark.parametrize("route", SCOPED, ids=lambda route: route.split("?")[0])
@pytest.mark.parametrize("role", BOUNDS)
def test_somebody_elses_and_absent_answer_alike(
    role: str, route: str, centre: Any, client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    dimension, own, other = BOUNDS[role]
    assert other in values_of(centre, dimension), f"{other} must exist, or the test proves nothing"
    client = client_of(role)
    joined = "&" if "?" in route else "?"
    answers = {value: client.get(f"{route}{joined}w.{dimension}={value}") for value in (own, other, ABSENT)}
    got = {value: (answer.status_code, plain(_body(answer), value)) for value, answer in answers.items()}
    assert got[other][0] == got[ABSENT][0]
    assert got[other][1] == got[ABSENT][1]
    assert got[own][0] != 500
    # what is theirs by name or number does not stand on the page in another way either
    names = {each for each in values_of(centre, "agent") if dimension != "agent" or each != own}
    if role == "agent":
        assert not any(name in got[own][1] for name in names)


def _body(answer: Any) -> str:
    if answer.headers.get("Content-Type", "").startswith("application/vnd.openxml"):
        return "xlsx"
    return bytes(answer.getvalue()).decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("role", ["supervisor", "qa", "vendor_supervisor"])
@pytest.mark.parametrize("route", SCOPED, ids=lambda route: route.split("?")[0])
def test_nothing_outside_the_scope_stands_on_any_page(
    role: str, route: str, centre: Any, client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    """Names of teams, agents and queues that only others have, in page, chart, filter, table or file."""
    scope = scopes.of(people[role])
    for each in ("agent", "team"):
        mine = set(centre.ask("volume", by=each, scope=scope).table.column(each).to_pylist())
        foreign = [name for name in values_of(centre, each) if name not in mine and re.search(r"[.-]", name)]  # “social” is a word, too
        assert foreign
        text = _body(client_of(role).get(route + ("&" if "?" in route else "?") + f"by={each}&slice={each}"))
        called = load_org(centre.workspace.path / "org.csv").names[each]
        assert [name for name in (*foreign, *(called[name] for name in foreign)) if name in text] == []


@pytest.mark.parametrize("role", ["supervisor", "qa", "analyst", "vendor_supervisor", "administrator"])
def test_a_view_or_key_of_somebody_else_is_as_if_it_were_not(role: str, client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    owner = people["qa" if role != "qa" else "analyst"]
    view = SavedView.objects.create(owner=owner, name="mine", path="/explore/", query="kpi=answer_rate")
    key, secret = actions.make_key(owner, "theirs", timezone.now() + timedelta(days=1))
    client = client_of(role)
    for address, absent in (
        (f"/explore/views/{view.public_id}/", "/explore/views/AAAAAAAAAAAAAAAAAAAAAA/"),
        (f"/api/keys/{key.public_id}/revoke/", "/api/keys/AAAAAAAAAAAAAAAAAAAAAA/revoke/"),
    ):
        if role == "administrator" and "keys" in address:
            continue  # who manages people may end anybody's key
        theirs, none = (
            client.post(address, {"action": "remove", "name": "x"}),
            client.post(address.replace(address, absent), {"action": "remove", "name": "x"}),
        )
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert plain(theirs.text, address) == plain(none.text, absent)
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert actions.key_of(secret) is not None


def test_a_key_narrower_than_its_person_sees_less_and_never_more(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    ends = timezone.now() + timedelta(days=1)
    asked = "/api/v1/ask?kpi=volume&by=team&period=2026-10&dense=0"

    def teams(role: str, grants: list[tuple[str, str]]) -> set[str]:
        _, secret = actions.make_key(people[role], "k", ends, grants)
        answer = client_of(None).get(asked, headers={"authorization": f"Bearer {secret}"})
        return {cell["dimensions"]["team"] for cell in answer.json()["cells"]} if answer.status_code == 200 else set()

    assert teams("analyst", [("team", "naha-1")]) == {"naha-1"}
    assert teams("supervisor", [("team", "naha-1")]) == set()
    assert teams("supervisor", []) == {"sapporo-1"}


def test_a_change_of_scope_and_a_leaving_reach_keys_and_sessions_on_the_next_request(
    client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    person, boss = people["supervisor"], people["administrator"]
    _, secret = actions.make_key(person, "k", timezone.now() + timedelta(days=1))
    by_key = {"authorization": f"Bearer {secret}"}
    asked = "/api/v1/ask?kpi=volume&by=team&period=2026-10&dense=0"
    client = client_of("supervisor")
    assert "sapporo-1" in client_of(None).get(asked, headers=by_key).text
    tag = client.get(asked).headers["ETag"]
    changed = actions.change_person(
        boss, person.public_id, person.version, name=person.name, role="supervisor", grants=[("team", "naha-1")]
    )
    for answer in (client_of(None).get(asked, headers=by_key), client.get(asked, headers={"If-None-Match": tag})):
        assert answer.status_code == 200  # not 304: the tag of the old scope is no tag of the new one
        assert "sapporo-1" not in answer.text
        assert "naha-1" in answer.text
    actions.leave(boss, person.public_id, changed.version)
    assert client_of(None).get(asked, headers=by_key).status_code == 401
    assert client.get(asked).status_code == 401
    assert client.get("/").status_code == 302

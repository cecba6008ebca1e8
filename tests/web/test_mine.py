"""My page: one's own figures and records against one's own past; nobody else appears anywhere on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from site_world import MONTH, PEOPLE

from rashin.query.scope import Scope
from rashin.web.people.models import AuditRow

AGENT = PEOPLE["agent"][2]


def agents(centre: Any) -> set[str]:
    cells = centre.ask("volume", by="agent", period=MONTH, dense=False).cells()
    return {str(cell.dimensions["agent"]) for cell in cells if cell.dimensions["agent"] is not None}


def test_an_agent_sees_their_own_figures(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("agent").get(f"/mine/?period={MONTH}")
    shown = {each.definition.label: each.cell.value for each in page.context["own"]}
    own = Scope({"agent": [AGENT]}, min_group=0)
    assert shown["handled"] == centre.ask("handled", period=MONTH, scope=own).value > 0
    assert shown["aht"] == centre.ask("aht", period=MONTH, scope=own).value


def test_nobody_else_appears(centre: Any, client_of: Callable[..., Any]) -> None:
    others = agents(centre) - {AGENT}
    assert others
    client = client_of("agent")
    for address in (
        f"/mine/?period={MONTH}",
        *(f"/mine/handled/rows/?period={MONTH}&part={part}" for part in ("numerator", "denominator", "excluded")),
    ):
        page = client.get(address).content.decode()
        assert not {name for name in others if name in page}


def test_each_figure_says_what_it_means_and_why_it_is_watched(centre: Any, client_of: Callable[..., Any]) -> None:
    for lang in ("ja", "en"):
        page = client_of("agent", lang=lang).get(f"/mine/?period={MONTH}")
        for each in page.context["own"]:
            assert each.definition.entry.purpose(lang)[:20].replace("'", "&#x27;") in page.content.decode()


def test_the_course_is_that_of_ones_own_weeks(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("agent").get(f"/mine/?period={MONTH}")
    handled = next(each for each in page.context["own"] if each.definition.kpi == "handled")
    assert len(handled.table) in {12, 13}
    assert handled.chart is not None
    assert sum(cell.n or 0 for _, cell in handled.table) >= handled.cell.n


def test_own_rows_are_shown_in_full_and_logged(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("agent").get(f"/mine/handled/rows/?period={MONTH}")
    rows = page.context["rows"]
    assert rows
    assert {each["row"]["agent"] for each in rows} == {AGENT}
    line = AuditRow.objects.filter(action="rows_viewed").get()
    assert (line.person, line.target) == ("agent@umineko.example", "handled")
    assert line.detail["rows"] == len(rows)


@pytest.mark.parametrize("address", ["/mine/labour_cost/rows/", "/mine/no_such/rows/"])
def test_rows_of_other_kpis_are_not_there(centre: Any, client_of: Callable[..., Any], address: str) -> None:
    assert client_of("agent").get(address).status_code == 404


def test_asking_for_somebody_else_gives_nothing(centre: Any, client_of: Callable[..., Any], people: dict[str, Any]) -> None:
    other = sorted(agents(centre) - {AGENT})[0]
    assert client_of("agent").get(f"/mine/?period={MONTH}&w.agent={other}").status_code == 403
    people["supervisor"].agent_key = AGENT
    people["supervisor"].save()
    page = client_of("supervisor").get(f"/mine/?period={MONTH}&w.agent={other}")
    assert page.context["own"] == []


def test_without_an_agent_key_it_says_what_to_do(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", lang="en")
    page = client.get("/mine/")
    assert page.status_code == 200
    assert "Ask an administrator" in page.content.decode()
    assert client.get("/mine/handled/rows/").status_code == 404
    assert client_of("auditor").get("/mine/").status_code == 403


def test_masked_roles_see_their_own_records_masked(centre: Any, client_of: Callable[..., Any], people: dict[str, Any]) -> None:
    people["analyst"].agent_key = AGENT
    people["analyst"].save()
    rows = client_of("analyst").get(f"/mine/handled/rows/?period={MONTH}").context["rows"]
    assert {each["row"]["customer_key"] for each in rows} <= {"***", None}


def test_an_agent_without_records_in_the_period_is_told(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("agent", lang="en").get("/mine/?period=2001-01")
    assert "No record of yours" in page.content.decode()


def test_an_empty_workspace_is_shown(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    assert client_of("agent").get("/mine/").status_code == 200

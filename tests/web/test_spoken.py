"""Queues, teams and people are called as ``org.csv`` names them; nobody learns a name that lies outside their scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rashin.records import called, own_names

Clients = Callable[..., Any]
SLICES = "/kpi/volume/slices/?period=2026-10&slice=team"


def test_a_name_of_ones_own_is_spoken_where_the_language_can_show_it() -> None:
    with own_names({"queue": {"Q7": "注文窓口", "Q8": "Orders"}}):
        assert called("queue", "Q7", "ja") == "注文窓口"
        assert called("queue", "Q7", "en") == "Q7"
        assert called("queue", "Q8", "en") == "Orders"
        assert called("queue", "Q9", "ja") == "Q9"
        assert called("channel", "voice", "ja") == "電話"
    assert called("queue", "Q7", "ja") == "Q7"


def test_the_page_speaks_in_names_and_its_addresses_in_ids(centre: Any, client_of: Clients) -> None:
    page = client_of("analyst").get(SLICES).content.decode()
    assert "札幌第1チーム" in page
    assert "w.team=sapporo-1" in page
    assert "札幌" not in client_of("analyst", lang="en").get(SLICES).content.decode()


def test_somebody_elses_team_is_not_named_when_it_is_asked_for(centre: Any, client_of: Clients) -> None:
    asked = client_of("supervisor").get("/kpi/volume/?period=2026-10&w.team=naha-1").content.decode()
    assert "那覇第1チーム" not in asked
    assert "naha-1" in asked  # as it was typed


def test_a_changed_name_is_seen_at_the_next_page(own_centre: Any, client_of: Clients) -> None:
    client = client_of("analyst")
    assert "札幌第1チーム" in client.get(SLICES).content.decode()
    path = own_centre.workspace.path / "org.csv"
    path.write_text(path.read_text("utf-8").replace("札幌第1チーム", "札幌いちばん"), "utf-8")
    page = client.get(SLICES).content.decode()
    assert "札幌いちばん" in page
    assert "札幌第1チーム" not in page


def test_an_unreadable_file_leaves_the_ids(own_centre: Any, client_of: Clients) -> None:
    (own_centre.workspace.path / "org.csv").write_text("nonsense\n1\n", "utf-8")
    assert "sapporo-1" in client_of("analyst").get(SLICES).content.decode()

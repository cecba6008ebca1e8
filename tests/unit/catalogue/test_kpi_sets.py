"""Sets of KPIs to begin with, and the dimensions one can slice by."""

from __future__ import annotations

from pathlib import Path

import pytest

from rashin.catalogue import Catalogue, load
from rashin.catalogue.dimensions import load_dimensions
from rashin.catalogue.sets import load_sets
from rashin.errors import DefinitionError
from rashin.records import FACTS

STAGES = {"stage_5": ("high",), "stage_12": ("high", "middle"), "stage_21": ("high", "middle", "low")}
SET = """
[ours]
name = { ja = "当社", en = "Ours" }
meaning = { ja = "当社の項目。", en = "Our own." }
origin = { ja = "当社", en = "Ours" }
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.mark.parametrize("stage", STAGES)
def test_stages_follow_from_the_priorities_of_the_twenty_one(stage: str, catalogue: Catalogue) -> None:
    numbers = {f"K{number:02d}" for number in range(7, 28)}
    wanted = {kpi.key for kpi in catalogue.kpis.values() if kpi.priority in STAGES[stage] and set((kpi.seed or "").split(", ")) & numbers}
    # the mean score belongs to the same number as the share satisfied; the stages take the share
    assert set(load_sets(catalogue)[stage].kpis) == wanted
    assert len(wanted) == int(stage.removeprefix("stage_"))


def test_a_stage_keeps_what_the_stage_before_has(catalogue: Catalogue) -> None:
    sets = load_sets(catalogue)
    assert sets["stage_21"].kpis[:12] == sets["stage_12"].kpis
    assert len(sets["stage_21"].added) == 9


def test_a_workspace_may_have_sets_of_its_own(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "sets.toml"
    path.write_text(SET + 'kpis = ["csat", "service_level:amazon_connect"]', encoding="utf-8")
    assert load_sets(catalogue, path)["ours"].kpis == ("csat", "service_level:amazon_connect")


def test_an_unknown_kpi_is_refused_with_the_nearest(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "sets.toml"
    path.write_text(SET + 'kpis = ["servise_level"]', encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_sets(catalogue, path)
    assert refused.value.word == "servise_level"
    assert refused.value.suggestion == "service_level"
    assert refused.value.place == "sets.toml › ours › kpis"


def test_a_set_may_extend_only_one_above_it(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "sets.toml"
    path.write_text(SET + 'extends = "ours"\nkpis = ["csat"]', encoding="utf-8")
    with pytest.raises(DefinitionError):
        load_sets(catalogue, path)


def test_dimensions_name_exactly_the_facts_that_have_them() -> None:
    dimensions = load_dimensions()
    for fact in FACTS.values():
        listed = {key for key, each in dimensions.items() if fact.name in each.facts and not each.clock}
        assert listed == {*fact.dimensions, "source"}, fact.name


def test_dimensions_of_the_clock() -> None:
    """Facts that have a date only know the weekday, not the hour."""
    dimensions = load_dimensions()
    assert {key for key, each in dimensions.items() if each.clock} == {"weekday", "hour"}
    assert set(dimensions["weekday"].facts) - set(dimensions["hour"].facts) == {"account_day", "cost", "headcount", "reported_figure"}

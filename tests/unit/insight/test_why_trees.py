"""Logic trees: read, checked against the definitions, saved with their history; and what is refused, with place, word and nearest name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import rashin.catalogue
from rashin.catalogue import Catalogue, load
from rashin.errors import ConflictError, DefinitionError, QuestionError
from rashin.insight import trees
from rashin.insight.trees import shelf as tree_shelf


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


HEAD = 'name = { ja = "木", en = "tree" }\npurpose = { ja = "目的", en = "purpose" }\n'


def _check(catalogue: Catalogue, text: str) -> trees.Tree:
    return tree_shelf.check("mine", HEAD + text, catalogue)


def _refused(catalogue: Catalogue, text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as found:
        _check(catalogue, text)
    assert found.value.place.startswith("trees/mine.toml")
    return found.value


def test_the_ready_trees_agree_with_the_definitions(catalogue: Catalogue) -> None:
    found = trees.ready(catalogue)
    assert set(found) == {"reach", "handling", "satisfaction", "resolution", "social", "cost"}
    assert {tree.nodes[tree.roots[0]].kpi for tree in found.values()} == {
        "answer_rate", "aht", "csat", "fcr", "social_within_hour", "cost_per_resolved",
    }  # fmt: skip
    for tree in found.values():
        assert tree.kgi is not None
        assert any(node.actions for node in tree.nodes.values()), tree.name
        kinds = {edge.kind for edge in tree.edges}
        assert {"identity", "statistical", "goal"} <= kinds, tree.name
    reach = found["reach"]
    assert reach.nodes["answer_rate"].whole
    assert reach.nodes["unanswered"].parts == ("abandoned", "busy", "unanswered.rest")
    assert not reach.nodes["unanswered"].whole


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("1 - abandoned", "identity_false"),  # busy, closed and call-backs are not answered either
        ("1 - abandoned - busy", "identity_false"),
        ("1 + abandoned + rest", "identity_false"),  # a part is no larger than its whole
        ("1 - abandond", "unknown_measure"),
        ("talk - abandoned", "unit_clash"),
        ("rest * abandoned", "identity_false"),
    ],
)
def test_a_formula_that_the_definitions_contradict_is_refused(catalogue: Catalogue, formula: str, code: str) -> None:
    nodes = "".join(
        f'[nodes.{name}]\nkpi = "{kpi}"\n' for name, kpi in (("abandoned", "abandon_rate"), ("busy", "busy_rate"), ("talk", "att"))
    )
    error = _refused(catalogue, f'roots = ["top"]\n[nodes.top]\nkpi = "answer_rate"\nis = "{formula}"\n{nodes}')
    assert "top › is" in error.place
    assert error.code == code
    assert error.suggestion == ("abandoned" if code == "unknown_measure" else None)


def test_where_records_have_gaps_a_rest_is_asked_for(catalogue: Catalogue) -> None:
    nodes = "".join(f'[nodes.{name}]\nkpi = "{kpi}"\n' for name, kpi in (("talk", "att"), ("hold", "hold_time"), ("work", "acw")))
    error = _refused(catalogue, f'roots = ["aht"]\n[nodes.aht]\nkpi = "aht"\nis = "talk + hold + work"\n{nodes}')
    assert error.code == "identity_with_gaps"
    assert "+ rest" in error.text("en")
    found = _check(catalogue, f'roots = ["aht"]\n[nodes.aht]\nkpi = "aht"\nis = "talk + hold + work + rest"\n{nodes}')
    assert found.nodes["aht"].parts[-1] == "aht.rest"


def test_words_that_do_not_exist_are_named_with_the_nearest(catalogue: Catalogue) -> None:
    kpi = _refused(catalogue, 'roots = ["a"]\n[nodes.a]\nkpi = "anwser_rate"\n')
    assert (kpi.word, kpi.place.endswith("kpi")) == ("anwser_rate", True)
    assert "answer_rate" in kpi.text("ja")
    measure = _refused(catalogue, 'roots = ["a"]\n[nodes.a]\nmeasure = "answer_rate.ofered"\nname = { ja = "x", en = "x" }\n')
    assert measure.suggestion == "offered"
    child = _refused(catalogue, 'roots = ["a"]\n[nodes.a]\nkpi = "aht"\nmoved_by = ["trainin"]\n[nodes.training]\nkpi = "fcr"\n')
    assert child.suggestion == "training"
    assert _refused(catalogue, 'roots = ["a"]\n[nodes.a]\nkpi = "aht"\nmovedby = []\n').suggestion == "moved_by"
    assert _refused(catalogue, 'roots = ["a"]\n[nodes.a]\nkpi = "fcr"\nstaffing = true\n').code == "not_of_the_model"


def test_a_tree_has_one_place_for_each_node_and_no_circle(catalogue: Catalogue) -> None:
    two = '[nodes.a]\nkpi = "aht"\nmoved_by = ["b"]\n[nodes.b]\nkpi = "fcr"\n'
    assert _refused(catalogue, f'roots = ["a"]\n{two}moved_by = ["a"]\n').code == "tree_circle"
    assert _refused(catalogue, f'roots = ["a", "b"]\n{two}').code == "node_twice"
    assert _refused(catalogue, f'roots = ["a"]\n{two}[nodes.c]\nkpi = "csat"\n').code == "node_without_place"


def test_a_tree_that_would_take_minutes_is_refused(catalogue: Catalogue) -> None:
    """Parts double the work with each sibling, at every level."""
    levels = "".join(
        f'[nodes.t{at}]\nkpi = "total_cost"\nis = "t{at + 1} + a{at} + b{at} + c{at} + d{at} - a{at} - b{at} - c{at} - d{at}"\n'
        + "".join(f'[nodes.{name}{at}]\nkpi = "labour_cost"\n' for name in "abcd")
        for at in range(4)
    )
    assert _refused(catalogue, f'roots = ["t0"]\n{levels}[nodes.t4]\nkpi = "total_cost"\n').code == "tree_too_deep"
    assert _refused(catalogue, "#" * 200_000).code == "tree_too_long"


def test_own_trees_are_kept_with_who_and_why(tmp_path: Path, catalogue: Catalogue) -> None:
    text = HEAD + '# our own\nroots = ["a"]\n[nodes.a]\nkpi = "aht"\nactions = [{ ja = "研修", en = "training" }]\n'
    first = tree_shelf.save(tmp_path, "reach", text, by="mori", reason="own view", catalogue=catalogue, expect_version=0)
    assert (first.version, first.origin) == (1, "workspace")
    with pytest.raises(ConflictError):
        tree_shelf.save(tmp_path, "reach", text, by="sato", reason="late", catalogue=catalogue, expect_version=0)
    tree_shelf.save(tmp_path, "reach", text.replace("研修", "研修とFAQ"), by="sato", reason="faq", catalogue=catalogue, expect_version=1)
    assert [(each.version, each.by, each.reason) for each in tree_shelf.history(tmp_path, "reach")] == [
        (2, "sato", "faq"),
        (1, "mori", "own view"),
    ]
    assert "# our own" in (tmp_path / "reach.toml").read_text("utf-8")
    (tmp_path / "broken.toml").write_text(HEAD + 'roots = ["a"]\n[nodes.a]\nkpi = "ath"\n', "utf-8")
    found = trees.load(tmp_path, catalogue)
    assert found["reach"].version == 2
    assert next(iter(found)) == "reach"
    assert set(found.refused) == {"broken.toml"}
    with pytest.raises(DefinitionError):
        found.tree("broken")
    with pytest.raises(QuestionError, match="reach"):
        found.tree("reech")
    tree_shelf.remove(tmp_path, "reach", by="mori", reason="back")
    assert trees.load(tmp_path, catalogue)["reach"].origin == "built_in"
    for name in ("../reach", "Reach", ""):
        with pytest.raises(DefinitionError):
            tree_shelf.save(tmp_path, name, text, by="x", reason="x", catalogue=catalogue)


def test_a_workspace_that_redefines_a_kpi_loses_the_trees_that_no_longer_hold(tmp_path: Path) -> None:
    built_in = (Path(rashin.catalogue.__file__).parent / "kpis" / "accessibility.toml").read_text("utf-8")
    entry: Any = built_in[built_in.index("[abandon_rate]") : built_in.index("[service_level]")]
    (tmp_path / "own.toml").write_text(
        entry.replace('value = "(offered - answered) / offered"', 'value = "(offered - answered) / queued"'), "utf-8"
    )
    own = load(folder=tmp_path)
    assert "reach" not in trees.ready(own)
    refused = trees.load(tmp_path / "none", own).refused
    assert "answer_rate › is" in refused["reach.toml"].place  # type: ignore[attr-defined]

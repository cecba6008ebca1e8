"""What somebody may see: rows outside the scope change nothing that comes back, in figures, rows, notes or errors."""

from __future__ import annotations

import inspect
from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.errors import ForbiddenError, QuestionError
from rashin.query import Question, Scope, Spot, ask, compare_variants, difference, reconcile, rows

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[rate]
measures.calls = "count(*) filter (where offered)"
measures.taken = "count(*) filter (where offered and answered)"
value = "taken / calls"

[rate.variants.all]
name = { ja = "x", en = "x" }
meaning = { ja = "x", en = "x" }
source = { ja = "x", en = "x" }
value = "taken / calls"
measures.calls = "count(*)"

[costs]
fact = "cost"
unit = "yen"
measures.spent = "sum(amount_yen)"
value = "spent"

[followers]
fact = "account_day"
unit = "count"
measures.followers = "max(followers)"
value = "followers"
"""
SECRET = "SECRET"


def call(queue: str | None, vendor: str | None, outcome: str = "answered", **more: Any) -> dict[str, Any]:
    return {
        "channel": "voice",
        "direction": "inbound",
        "queue": queue,
        "vendor": vendor,
        "outcome": outcome,
        "offered_at": "2026-10-01 10:00",
        **more,
    }


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Two vendors in one centre. Whatever belongs to the other one carries the word SECRET."""
    world = shared_world()
    world.catalogue = world.kpis(KPIS)
    mine = [call("A", "v1", customer_key="c1", agent="sato"), call("A", "v1", "abandoned", customer_key="c2"), call("B", "v1", agent="ito")]
    theirs = [call("A", f"v-{SECRET}", customer_key=SECRET, category=SECRET, agent=SECRET, contact_point=SECRET) for _ in range(40)]
    world.load("contact", mine)
    world.load("contact", theirs, source=f"pbx-{SECRET}")
    world.load("contact", [call(None, None, category=SECRET)], source=f"other-{SECRET}")
    world.load(
        "cost",
        [{"kind": "system", "amount_yen": 5, "vendor": each, "business_date": "2026-10-01"} for each in ("v1", SECRET)],
        source="ledger",
    )
    world.load("account_day", [{"account": SECRET, "followers": 5, "business_date": "2026-10-01"}], source="sns")
    world.load(
        "reported_figure",
        [{"kpi": "rate", "vendor": each, "reported": 0.5, "business_date": "2026-10-01"} for each in ("v1", SECRET)],
        source="report",
    )
    return world


MINE = Scope({"vendor": "v1"}, rows="full")


def test_a_scope_must_say_what_it_allows() -> None:
    with pytest.raises(ForbiddenError, match="scope_empty"):
        Scope({})
    with pytest.raises(QuestionError, match="Did you mean “queue”"):
        Scope({"queu": "A"})
    with pytest.raises(QuestionError, match="scope_rows_unknown"):
        Scope({"queue": "A"}, rows="some")  # type: ignore[arg-type]


@pytest.mark.parametrize("give", [ask, rows, compare_variants, reconcile, difference])
def test_no_function_gives_a_figure_or_a_row_without_a_scope(give: Any) -> None:
    scope = inspect.signature(give).parameters["scope"]
    assert (scope.kind, scope.default) == (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty)


def test_figures_are_those_of_the_rows_in_sight(centre: Any) -> None:
    answer = ask(centre.store, centre.catalogue, Question("rate", OCTOBER, by="queue"), scope=MINE)
    assert {cell.dimensions["queue"]: (cell.numerator, cell.denominator) for cell in answer.cells()} == {"A": (1, 2), "B": (1, 1)}


def test_nothing_of_the_others_is_in_an_answer_however_it_is_sliced_or_shown(centre: Any) -> None:
    for by in ("category", "agent", "source", "vendor", ("source", "queue"), ()):
        for grain in (None, "day", "hour"):
            question = Question(("rate", "costs"), OCTOBER, by=by, grain=grain, compare="previous", dense=False)
            answer = ask(centre.store, centre.catalogue, question, scope=MINE)
            shown = [answer.to_csv(), answer.to_json(), answer._repr_html_(), repr(answer.completeness), repr(answer.plan)]
            assert SECRET not in "".join(text or "" for text in shown)
    assert SECRET not in repr(
        compare_variants(centre.store, centre.catalogue, "rate", Question("rate", OCTOBER, by="category"), scope=MINE).rows()
    )


def test_nothing_of_the_others_is_in_rows_corrections_or_reconciliations(centre: Any) -> None:
    for part in ("numerator", "denominator", "excluded"):
        found = rows(centre.store, centre.catalogue, "rate", Spot(Question("rate", OCTOBER)), scope=MINE, part=part)
        assert SECRET not in repr(found.to_list())
    changed = difference(centre.store, centre.catalogue, Question("rate", OCTOBER, by="source"), 0, centre.store.snapshot(), scope=MINE)
    assert [cause.source for cause in changed.causes] == ["pbx"]
    assert SECRET not in repr(changed.table.to_pylist())
    assert SECRET not in repr(reconcile(centre.store, centre.catalogue, "rate", Question("rate", OCTOBER), scope=MINE).table.to_pylist())


def test_a_filter_cannot_reach_beyond_the_scope(centre: Any) -> None:
    answer = ask(centre.store, centre.catalogue, Question("rate", OCTOBER, filters={"vendor": f"v-{SECRET}"}), scope=MINE)
    assert (answer.cell().state, answer.value) == ("no_data", None)


def test_rows_of_nobody_are_seen_only_by_whom_it_was_granted(centre: Any) -> None:
    def calls(scope: Scope) -> float | None:
        return ask(centre.store, centre.catalogue, Question("rate", OCTOBER), scope=scope).cell().denominator

    assert calls(Scope({"queue": ["A", "B"]})) == 43
    assert calls(Scope({"queue": ["A", "B", None]})) == 44
    assert calls(Scope({"queue": []})) in (None, 0)


def test_several_limits_must_all_hold(centre: Any) -> None:
    answer = ask(centre.store, centre.catalogue, Question("rate", OCTOBER), scope=Scope({"vendor": "v1", "queue": "B"}))
    assert answer.cell().denominator == 1


def test_a_fact_that_is_not_known_by_the_limit_is_withheld(centre: Any) -> None:
    """Nobody can say whose followers these are, so a vendor does not see them."""
    cell = ask(centre.store, centre.catalogue, Question("followers", OCTOBER), scope=MINE).cell()
    assert (cell.state, cell.value, cell.n) == ("withheld", None, None)
    with pytest.raises(ForbiddenError, match="scope_beyond_fact"):
        rows(centre.store, centre.catalogue, "followers", Spot(Question("followers", OCTOBER)), scope=MINE)


def test_personal_columns_are_masked_unless_rows_are_shown_in_full(centre: Any) -> None:
    def listed(level: str) -> list[dict[str, Any]]:
        spot = Spot(Question("rate", OCTOBER, filters={"vendor": "v1", "queue": "A"}))
        return rows(centre.store, centre.catalogue, "rate", spot, scope=Scope.everything(level), part="denominator").to_list()  # type: ignore[arg-type]

    assert [row["customer_key"] for row in listed("full")] == ["c1", "c2"]
    assert [row["customer_key"] for row in listed("masked")] == ["***", "***"]
    assert [row["contact_point"] for row in listed("masked")] == [None, None], "what is not there needs no mask"
    with pytest.raises(ForbiddenError, match="scope_without_rows"):
        listed("none")


def test_a_group_smaller_than_the_privacy_minimum_is_withheld(make_world: Any) -> None:
    world = make_world("[privacy]\nminimum_group = 2")
    catalogue = world.kpis(KPIS)
    world.load("contact", [call("A", "v1", agent="sato"), call("A", "v1", agent="ito"), call("B", "v1", agent="ito")])

    def by_queue(scope: Scope) -> dict[Any, str]:
        answer = ask(world.store, catalogue, Question("rate", OCTOBER, by="queue"), scope=scope)
        return {cell.dimensions["queue"]: cell.state for cell in answer.cells()}

    assert by_queue(Scope.everything()) == {"A": "withheld", "B": "withheld"}  # the total less A would tell B
    assert by_queue(Scope.everything(min_group=0)) == {"A": "ok", "B": "ok"}
    assert by_queue(Scope.everything(min_group=3)) == {"A": "withheld", "B": "withheld"}
    one = ask(world.store, catalogue, Question("rate", OCTOBER, filters={"queue": "B"}), scope=Scope.everything()).cell()
    assert (one.value, one.n, one.numerator, one.denominator, one.low) == (None, None, None, None, None)
    with pytest.raises(ForbiddenError, match="group_too_small"):
        rows(world.store, catalogue, "rate", Spot(Question("rate", OCTOBER), dimensions={"queue": "B"}), scope=Scope.everything())
    shown = rows(world.store, catalogue, "rate", Spot(Question("rate", OCTOBER), dimensions={"queue": "A"}), scope=Scope.everything())
    assert {row["agent"] for row in shown.to_list()} == {"***"}


def test_a_percentile_alone_is_held_to_the_privacy_minimum_too(world: Any) -> None:
    catalogue = world.kpis(
        """
        [median]
        unit = "s"
        measures.waits = "histogram(wait_s)"
        value = "median(waits)"
        """
    )
    world.load("contact", [call("A", "v1", agent=agent, wait_s=9) for agent in ("sato", "ito")] + [call("B", "v1", agent="ito", wait_s=5)])
    answer = ask(world.store, catalogue, Question("median", OCTOBER, by="queue"), scope=Scope.everything(min_group=2))
    assert {cell.dimensions["queue"]: (cell.state, cell.value) for cell in answer.cells()} == {
        "A": ("withheld", None),
        "B": ("withheld", None),
    }


def test_rows_that_are_about_nobody_need_no_minimum(world: Any) -> None:
    """Abandoned calls had no agent."""
    catalogue = world.kpis(KPIS)
    world.load("contact", [call("A", "v1", "abandoned"), call("A", "v1", "abandoned")])
    assert ask(world.store, catalogue, Question("rate", OCTOBER), scope=Scope.everything(min_group=2)).cell().state == "ok"

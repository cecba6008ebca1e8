"""What a definition works out for itself: n, interval, squares; and its evaluation by the reference."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rashin.catalogue import Definition, load, reference
from rashin.catalogue.specs import load_specs
from rashin.errors import DefinitionError


def define(folder: Path, measures: str, value: str, unit: str = "share", more: str = "", fact: str = "contact") -> Definition:
    both = '{ ja = "x", en = "x" }'
    (folder / "own.toml").write_text(
        f'[mine]\nname = {both}\nfamily = "business"\npriority = "low"\nfact = "{fact}"\nunit = "{unit}"\nbetter = "higher"\npurpose = {both}\n'
        f'meaning = {both}\nsource = {both}\nversion = 1\nsince = 2026-11-01\nmin_n = 1\nvalue = "{value}"\n{more}\n{measures}\n',
        "utf-8",
    )
    return load(builtin=False, folder=folder).definition("mine")


COUNTS = 'measures.a = "count(*) filter (where answered)"\nmeasures.o = "count(*) filter (where offered)"\nmeasures.t = "sum(talk_s)"\n'
COUNTS += 'measures.h = "histogram(wait_s)"\nmeasures.d = "count(distinct agent)"\nmeasures.c = "sum(transfers)"'


@pytest.mark.parametrize(
    ("value", "unit", "n", "interval"),
    [
        ("a / o", "share", "o", "wilson"),
        ("1 - a / o", "share", "o", "wilson"),
        ("t / a", "s", "a", "mean"),
        ("c / a", "count", "a", "mean"),
        ("percentile(h, 0.9)", "s", "h", "order"),
        ("a", "count", "a", "poisson"),
        ("a / d", "count", "d", "none"),
        ("a / (o - a)", "share", "a", "wilson"),
        ("a / (t / 3600)", "per_hour", "a", "none"),
        ("t", "s", None, "none"),
    ],
)
def test_n_and_interval_follow_from_the_form(tmp_path: Path, value: str, unit: str, n: str | None, interval: str) -> None:
    found = define(tmp_path, COUNTS, value, unit)
    assert (found.n, found.interval) == (n, interval)


def test_the_interval_of_a_mean_needs_the_sum_of_squares_over_the_same_rows(tmp_path: Path) -> None:
    found = define(tmp_path, COUNTS, "t / a", "s", 'exclude = [{ when = "is_test", reason = { ja = "x", en = "x" } }]')
    assert found.squares is not None
    assert found.squares.text == "sum(talk_s * talk_s) filter (where not coalesce(is_test, false))"
    assert define(tmp_path, COUNTS, "a / o").squares is None


def test_what_the_entry_says_wins(tmp_path: Path) -> None:
    found = define(tmp_path, COUNTS, "a / o", more='n = "d"\ninterval = "none"')
    assert (found.n, found.interval) == ("d", "none")
    assert set(found.measures) == {"a", "o", "d"}


CALLS: list[dict[str, Any]] = [
    {"direction": "inbound", "outcome": "answered", "talk_s": 60.0, "is_test": None},
    {"direction": "inbound", "outcome": "abandoned", "talk_s": None, "is_test": None},
    {"direction": "inbound", "outcome": "answered", "talk_s": 30.0, "is_test": True},
]


def test_the_reference_evaluates_a_whole_definition(tmp_path: Path) -> None:
    assert reference.evaluate(define(tmp_path, COUNTS, "a / o"), {"contact": CALLS}) == 2 / 2
    exclude = 'exclude = [{ when = "is_test", reason = { ja = "x", en = "x" } }]'
    assert reference.evaluate(define(tmp_path, COUNTS, "a / o", more=exclude), {"contact": CALLS}) == 1 / 2
    assert reference.evaluate(define(tmp_path, COUNTS, "a / o"), {}) is None
    assert reference.evaluate(define(tmp_path, COUNTS, "a", "count"), {}) == 0


def test_repeats_and_clipped_time_are_filled_in(tmp_path: Path) -> None:
    start = datetime.fromisoformat("2026-10-01T09:00:00")
    rows = [{"counted_at": start + timedelta(days=day), "customer_key": "c", "native_id": str(day), "source": "s"} for day in (0, 3, 20)]
    repeat = 'repeat = { identity = "customer_key", window_days = 7 }'
    asking = 'measures.r = "count(*) filter (where repeat_of_earlier)"\nmeasures.f = "count(*) filter (where repeated_later)"\nmeasures.n = "count(*)"'
    assert reference.evaluate(define(tmp_path, asking, "(r + f) / n", more=repeat), {"contact": rows}) == 2 / 3
    states = [
        {"state": "talk", "start_at": start, "end_at": start + timedelta(minutes=10)},
        {"state": "talk", "start_at": start, "end_at": None},
    ]
    worked = define(tmp_path, 'measures.w = "sum(clipped_s) filter (where handling)"', "w", "s", fact="agent_time")
    assert reference.evaluate(worked, {"agent_time": states}) == 600


def test_variant_of_another_fact_leaves_the_entrys_fact_keys_behind(tmp_path: Path) -> None:
    both = '{ ja = "x", en = "x" }'
    more = 'at = "answered_at"\nexclude = [{ when = "is_test", reason = { ja = "x", en = "x" } }]'
    define(tmp_path, COUNTS, "a / o", more=more)
    variant = f'\n[mine.variants.totals]\nname = {both}\nmeaning = {both}\nsource = {both}\nfact = "contact_total"\n'
    variant += 'measures.a = "sum(answered_count)"\nmeasures.o = "sum(offered_count)"\n'
    with (tmp_path / "own.toml").open("a", encoding="utf-8") as file:
        file.write(variant)
    found = load(builtin=False, folder=tmp_path).definition("mine:totals")
    assert found.facts == {"contact_total"}
    assert found.at == "counted_at"
    assert found.exclude == ()


def test_the_whole_catalogue_loads_quickly() -> None:
    started = time.process_time()
    catalogue = load()
    assert len(list(catalogue.definitions())) > 100
    assert time.process_time() - started < 1.5


# specs

SPEC = """
[[spec]]
kpi = "mine"
title = { ja = "例", en = "example" }
source = "arithmetic"
rows.contact = '''
n | direction | outcome  | wait_s | offered_at       | is_test | transfers | business_date
2 | inbound   | answered | 1.5    | 2026-10-01 09:00 | yes     | 3         |
  |           |          |        |                  |         |           | 2026-10-05
'''
expect = { default = 0.5, other = "null" }
params = { target_s = 30 }
tolerance = 0.01
"""


def write_spec(folder: Path, text: str) -> Path:
    (folder / "some.toml").write_text(text, "utf-8")
    return folder


def test_a_spec_is_a_small_table_with_typed_cells(tmp_path: Path) -> None:
    (spec,) = load_specs(write_spec(tmp_path, SPEC))
    first, second, third = spec.rows["contact"]
    assert first["wait_s"] == 1.5
    assert first["is_test"] is True
    assert first["transfers"] == 3
    assert first["counted_at"] == first["offered_at"] == datetime.fromisoformat("2026-10-01T09:00")
    assert str(first["business_date"]) == "2026-10-01"
    assert (first["native_id"], second["native_id"]) == ("000001", "000002")
    assert first["queue"] is None
    assert third["direction"] is None
    assert str(third["business_date"]) == "2026-10-05"
    assert spec.expect == {"default": 0.5, "other": None}
    assert (spec.params, spec.tolerance) == ({"target_s": 30}, 0.01)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("| outcome ", "| outcom ", "unknown_column"),
        ("| answered | 1.5 ", "| answered | x ", "bad_cell"),
        ("| yes ", "| maybe ", "bad_cell"),
        ("2 | inbound ", "-2 | inbound ", "bad_cell"),
        ("2 | inbound ", "99999999 | inbound ", "bad_cell"),
        ("rows.contact", "rows.contacts", "unknown_key"),
        ("expect = {", "expected = {", "unknown_key"),
        ("2 | inbound   | answered", "2 | answered", "cell_count"),
        ('other = "null"', 'other = "none"', "wrong_type"),
    ],
)
def test_a_spec_is_read_as_strictly_as_an_entry(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in SPEC
    with pytest.raises(DefinitionError) as caught:
        load_specs(write_spec(tmp_path, SPEC.replace(old, new)))
    assert caught.value.code == code
    assert caught.value.place.startswith("some.toml › spec")

"""Laws of agents' states: whatever arrives in whatever order, the same states hold, none overlaps another, and what is withdrawn has never been."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rashin.connect import parse_mapping
from rashin.intake.run import load, withdraw
from rashin.store import Store, Workspace

LAWS = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
MAPPING = """
source = "{source}"
zone = "UTC"
[[fact]]
fact = "agent_time"
key = [{key}]
[fact.fields]
agent = "who"
state = "what"
start_at = {{ column = "from", unit = "epoch_s" }}
end_at = {{ column = "until", unit = "epoch_s" }}
"""
numbers = itertools.count()
BEGIN = 1_790_000_000

#: (id, agent, state, first minute, minutes)
state = st.tuples(
    st.sampled_from("123456"), st.sampled_from("ab"), st.sampled_from(("talk", "break", "login")), st.integers(0, 12), st.integers(1, 5)
)
file_of_states = st.lists(state, min_size=1, max_size=5, unique_by=lambda row: row[0])
files_of_states = st.lists(file_of_states, min_size=2, max_size=4, unique_by=repr)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Store]]:
    folder = tmp_path_factory.mktemp("states")
    opened = []
    for name in ("one", "other"):
        workspace = Workspace.create(folder / name)
        (workspace.path / "rashin.toml").write_text('[engine]\nthreads = 1\nmemory_limit = "500MB"\nrollups = "never"\n')
        opened.append(Store.open(workspace))
    yield opened
    for store in opened:
        store.close()


class Source:
    """A source of its own for each example, so that examples do not meet in one store."""

    def __init__(self, store: Store, folder: Path, name: str, *, keyed: bool) -> None:
        self.store, self.folder, self.name = store, folder, name
        self.mapping = parse_mapping(MAPPING.format(source=name, key='"id"' if keyed else ""))

    def load(self, rows: list[tuple[Any, ...]], day: int) -> Any:
        path = self.folder / f"states-{next(numbers)}.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(
                [("id", "who", "what", "from", "until"), *((i, w, s, BEGIN + at * 60, BEGIN + (at + n) * 60) for i, w, s, at, n in rows)]
            )
        return load(self.store, [path], self.mapping, by="test", exported_at=dt.datetime(2026, 11, day, tzinfo=dt.UTC))[0]

    def facts(self) -> list[Any]:
        return self.store.read(
            "SELECT native_id, agent, state, start_at, end_at FROM agent_time WHERE source = ? ORDER BY ALL", [self.name]
        ).to_pylist()


@LAWS
@given(files=files_of_states, keyed=st.booleans(), same_day=st.booleans(), data=st.data())
def test_the_same_states_hold_in_any_order_of_files(
    files: list[Any], keyed: bool, same_day: bool, data: st.DataObject, stores: list[Store], tmp_path: Path
) -> None:
    name = f"s{next(numbers)}"
    ordered, shuffled = (Source(store, tmp_path, name, keyed=keyed) for store in stores)
    days = [(1 if same_day else day, rows) for day, rows in enumerate(files, start=1)]
    for day, rows in days:
        receipt = ordered.load(rows, day)
        counts = receipt.counts["agent_time"]
        assert counts.accepted == counts.opened + counts.replaced + counts.superseded_on_arrival
        assert min(counts.opened, counts.replaced, counts.superseded_on_arrival) >= 0
    for day, rows in data.draw(st.permutations(days)):
        shuffled.load(rows, day)
    assert shuffled.facts() == ordered.facts()
    for one, other in itertools.combinations([row for row in ordered.facts() if row["state"] != "login"], 2):
        assert one["agent"] != other["agent"] or one["end_at"] <= other["start_at"] or other["end_at"] <= one["start_at"]


@LAWS
@given(files=files_of_states, extra=file_of_states, keyed=st.booleans(), at=st.integers(0, 3), day=st.integers(1, 9))
def test_states_that_gave_way_to_a_withdrawn_load_hold_again(
    files: list[Any], extra: list[Any], keyed: bool, at: int, day: int, stores: list[Store], tmp_path: Path
) -> None:
    assume(extra not in files)  # the same file again is the same load
    name = f"s{next(numbers)}"
    plain, with_extra = (Source(store, tmp_path, name, keyed=keyed) for store in stores)
    taken_back = None
    for number, rows in enumerate(files):
        plain.load(rows, number + 3)
        if number == min(at, len(files) - 1):
            taken_back = with_extra.load(extra, day).load_id
        with_extra.load(rows, number + 3)
    withdraw(with_extra.store, taken_back, "test")
    assert with_extra.facts() == plain.facts()

"""Every value of a closed list has a name in both languages; names of somebody's own stay as they are."""

from __future__ import annotations

import pytest

from rashin.records import CALLED, FACTS, called

CLOSED = sorted({(each.name, value) for fact in FACTS.values() for each in fact.columns for value in each.choices})


@pytest.mark.parametrize(("column", "value"), CLOSED)
def test_a_value_of_a_closed_list_has_a_name(column: str, value: str) -> None:
    name = CALLED[column][value]
    assert name.ja
    assert name.en
    assert name.en != value


def test_no_name_is_left_of_a_value_that_is_gone() -> None:
    assert {(column, value) for column, names in CALLED.items() for value in names} == set(CLOSED)


def test_two_values_of_a_column_are_never_called_the_same() -> None:
    for names in CALLED.values():
        for lang in ("ja", "en"):
            said = [name(lang) for name in names.values()]
            assert len(said) == len(set(said))


def test_names_of_ones_own_stay() -> None:
    assert (called("outcome", "answered", "ja"), called("outcome", "answered", "en")) == ("応答", "Answered")
    assert called("queue", "order", "ja") == "order"
    assert called("end_reason", "agent_hangup", "ja") == "agent_hangup"

"""When a contact repeats an earlier one: each switch, each edge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from rashin.formula.repeats import Repeat, link

WEEK = Repeat(window_days=7)


def contact(at: str, customer: str | None = "c1", **more: Any) -> dict[str, Any]:
    return {
        "source": "s",
        "native_id": at,
        "counted_at": datetime.fromisoformat(at),
        "customer_key": customer,
        "direction": "inbound",
        "channel": "voice",
        "category": "bill",
        "is_test": None,
        "promised_callback": None,
        **more,
    }


def flags(rows: list[dict[str, Any]], repeat: Repeat = WEEK) -> str:
    """One letter per contact: "." alone, "r" repeated later, "R" a repeat, "B" both."""
    return "".join({(False, False): ".", (False, True): "r", (True, False): "R", (True, True): "B"}[pair] for pair in link(rows, repeat))


def test_a_later_contact_of_the_same_customer_within_the_window() -> None:
    assert flags([contact("2026-10-01"), contact("2026-10-03"), contact("2026-10-04", "c2")]) == "rR."


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert flags([contact("2026-10-03"), contact("2026-10-01")]) == "Rr"


@pytest.mark.parametrize(("second", "expected"), [("2026-10-08T00:00:00", "rR"), ("2026-10-08T00:00:00.000001", "..")])
def test_a_gap_of_exactly_the_window_still_links(second: str, expected: str) -> None:
    assert flags([contact("2026-10-01"), contact(second)]) == expected


def test_a_chain_links_neighbours_though_its_ends_are_far_apart() -> None:
    assert flags([contact("2026-10-01"), contact("2026-10-06"), contact("2026-10-12"), contact("2026-10-30")]) == "rBR."


def test_contacts_of_one_instant_stand_in_the_order_of_their_ids() -> None:
    rows = [contact("2026-10-01", native_id="b"), contact("2026-10-01", native_id="a")]
    assert flags(rows) == "Rr"
    assert flags([{**rows[0], "source": "a"}, {**rows[1], "source": "z"}]) == "rR"


def test_without_identity_as_a_test_or_inside_the_house_nothing_links() -> None:
    assert flags([contact("2026-10-01", None), contact("2026-10-02", None)]) == ".."
    assert flags([contact("2026-10-01", is_test=True), contact("2026-10-02")]) == ".."
    assert flags([contact("2026-10-01"), contact("2026-10-02", direction="internal")]) == ".."
    assert flags([contact("2026-10-01", counted_at=None), contact("2026-10-02")]) == ".."
    assert flags([contact("2026-10-01", is_test=False), contact("2026-10-02", direction="outbound")]) == "rR"


def test_same_category_and_channel() -> None:
    rows = [contact("2026-10-01"), contact("2026-10-02", category="move", channel="mail")]
    assert flags(rows) == "rR"
    assert flags(rows, Repeat(same_category=True)) == ".."
    assert flags(rows, Repeat(same_channel=True)) == ".."
    unknown = [contact("2026-10-01", category=None), contact("2026-10-02", category=None)]
    assert flags(unknown) == "rR"
    assert flags(unknown, Repeat(same_category=True)) == ".."


def test_a_promised_call_back_is_no_repeat_but_can_be_repeated() -> None:
    rows = [contact("2026-10-01"), contact("2026-10-02", promised_callback=True), contact("2026-10-03")]
    assert flags(rows) == "rBR"
    assert flags(rows, Repeat(skip_promised=True)) == "rrR"


def test_another_identity() -> None:
    rows = [contact("2026-10-01", "c1", contact_point="090"), contact("2026-10-02", "c2", contact_point="090")]
    assert flags(rows) == ".."
    assert flags(rows, Repeat(identity="contact_point")) == "rR"

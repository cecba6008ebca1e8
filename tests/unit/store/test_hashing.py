"""The content hash: equal for equal contents however they arrive, different for different ones, and the same in every version."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.records import FACTS
from rashin.store.hashing import arrow_types, content_hashes

CONTACT = FACTS["contact"]


def table(**columns: list[object]) -> pa.Table:
    types = arrow_types()
    return pa.table({name: pa.array(values, types[CONTACT.column(name).type]) for name, values in columns.items()})


WIDE = 2**64
FIRST = {"native_id": "1", "queue": "予約受付", "wait_s": 12.5, "transfers": 2, "resolved": True}


GOLDEN = 1445492674681419257


def mix(x: int) -> int:
    """The finaliser of MurmurHash3."""
    x ^= x >> 33
    x = x * 0xFF51AFD7ED558CCD % WIDE
    x ^= x >> 33
    x = x * 0xC4CEB9FE1A85EC53 % WIDE
    return x ^ x >> 33


def blake(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def by_hand(row: dict[str, object]) -> int:
    """The rule, row by row and byte by byte: sum over the columns of mix(value ⊕ seed of the name)."""
    total = 0
    for name, value in row.items():
        if isinstance(value, str):
            data = value.encode()
            number = mix(len(data))
            for start in range(0, len(data), 8):
                number = mix(number ^ int.from_bytes(data[start : start + 8], "little"))
            if len(data) > 1024:
                number = blake(data)
        elif isinstance(value, float):
            number = struct.unpack("<Q", struct.pack("<d", value))[0]
        else:
            number = int(value) % WIDE
        total += mix(number ^ blake(name.encode()))
    return total % WIDE


def test_the_hash_of_a_row_is_fixed_for_ever() -> None:
    """It stands in files: were it to change, every row loaded again would look like a correction."""
    assert content_hashes(CONTACT, table(**{name: [value] for name, value in FIRST.items()})).tolist() == [GOLDEN]
    assert by_hand(FIRST) == GOLDEN


def test_instants_and_dates_count_microseconds_and_days() -> None:
    at, day = dt.datetime(2026, 10, 1, 9, 30, 0, 1, dt.UTC), dt.date(1969, 12, 31)
    rows = table(offered_at=[at.replace(tzinfo=None)], business_date=[day])
    assert content_hashes(CONTACT, rows).tolist() == [by_hand({"offered_at": 1_790_847_000_000_001, "business_date": -1})]


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 16, 1023, 1024, 1025, 5000])
def test_texts_of_any_length_follow_the_rule(length: int) -> None:
    texts = ["x" * length, None, "あ" * (length // 3)]
    assert content_hashes(CONTACT, table(queue=texts)).tolist() == [by_hand({"queue": t}) if t is not None else 0 for t in texts]


def test_null_columns_their_order_and_the_revision_do_not_matter() -> None:
    plain = table(native_id=["1"], queue=["A"])
    assert content_hashes(CONTACT, plain) == content_hashes(CONTACT, table(queue=["A"], team=[None], native_id=["1"], revision=[7]))


def test_null_is_not_empty_and_a_value_knows_its_column() -> None:
    rows = table(
        native_id=["1"] * 5, queue=[None, "", "A", None, "0"], team=[None, None, None, "A", None], transfers=[None, None, None, None, 0]
    )
    assert len(set(content_hashes(CONTACT, rows).tolist())) == 5


def test_minus_zero_is_zero() -> None:
    assert len(set(content_hashes(CONTACT, table(wait_s=[0.0, -0.0])).tolist())) == 1


texts = st.one_of(st.none(), st.text(max_size=40), st.text("ab", min_size=1020, max_size=1030))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(texts, texts, st.one_of(st.none(), st.floats(0, 1e9)), st.one_of(st.none(), st.booleans())), min_size=1, max_size=30
    ),
    st.data(),
)
def test_equal_hashes_exactly_for_equal_rows_wherever_they_are_cut(rows, data) -> None:
    queue, team, wait, resolved = (list(column) for column in zip(*rows, strict=True))
    whole = table(queue=queue, team=team, wait_s=wait, resolved=resolved)
    hashes = content_hashes(CONTACT, whole).tolist()
    cut = data.draw(st.integers(0, len(rows)))
    assert hashes == content_hashes(CONTACT, whole.slice(0, cut)).tolist() + content_hashes(CONTACT, whole.slice(cut)).tolist()
    assert (len(set(hashes))) == len(set(rows))

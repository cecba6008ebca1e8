"""A file is read ahead in a thread of its own: same items, same order, same errors, and nothing goes on behind the reader's back."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator

import pytest

from rashin.intake.ahead import LOT, WAITING, Ahead

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who")


def small(_: object) -> bool:
    return False


def bulky(_: object) -> bool:
    return True


@pytest.mark.parametrize("kind", [small, bulky])
@pytest.mark.parametrize("count", [0, 1, LOT, 3 * LOT + 1])
def test_every_item_comes_once_and_in_order(kind: object, count: int) -> None:
    with Ahead(iter(range(count)), kind) as items:  # type: ignore[arg-type]
        assert list(items) == list(range(count))


def test_an_error_in_reading_comes_after_what_was_read_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"), Ahead(broken(), small) as items:
        list(items)
    with Ahead(broken(), small) as items:
        assert [next(items), next(items)] == [1, 2]


def test_only_a_few_items_wait() -> None:
    read = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            read.append(number)
            yield number
            number += 1

    with Ahead(endless(), bulky) as items:
        assert next(items) == 0
    assert len(read) <= WAITING + 4


def test_when_the_block_ends_early_the_file_is_closed_and_the_thread_has_ended() -> None:
    closed = threading.Event()

    def file() -> Iterator[int]:
        try:
            yield from range(10_000)
        finally:
            closed.set()

    with Ahead(file(), bulky) as items:
        next(items)
    assert closed.is_set()
    assert "reading-ahead" not in {thread.name for thread in threading.enumerate()}


def test_reading_sees_the_context_it_was_started_in() -> None:
    WHO.set("the progress bar")
    with Ahead((WHO.get() for _ in range(1)), small) as items:
        assert list(items) == ["the progress bar"]

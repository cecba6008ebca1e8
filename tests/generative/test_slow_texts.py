"""No text that somebody can type or put into a file takes longer than its length: patterns that go wrong on repetition would."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import date

import pytest

from rashin.errors import RashinError

LONG = 20_000
#: What makes nested repetitions go wrong: one sign many times, and an end that does not fit.
TEXTS = [
    each * (LONG // len(each)) + "!"
    for each in ("a", " ", "0", "(", "1:", "-", "あ", "a.", "1,", "'", '"', "年", "/", "=", "a@", "\t ", "０", "not ")
]


def condition(text: str) -> object:
    from rashin.formula import parse_condition

    return parse_condition(text, "contact", {}, "x")


def period(text: str) -> object:
    from rashin.calendars import Period, TimeSettings

    return Period.parse(text, date(2026, 10, 1), TimeSettings())


def duration(text: str) -> object:
    from rashin.intake.values.durations import parse_duration

    return parse_duration(text)


def guarded(text: str) -> object:
    from rashin.intake.rejects import safe_cell

    return safe_cell(text)


@pytest.mark.parametrize("read", [condition, period, duration, guarded], ids=lambda read: read.__name__)
def test_a_long_text_is_read_or_refused_at_once(read: Callable[[str], object]) -> None:
    for text in TEXTS:
        began = time.process_time()
        with contextlib.suppress(RashinError):
            read(text)
        took = time.process_time() - began
        assert took < 2, (text[:5], took)

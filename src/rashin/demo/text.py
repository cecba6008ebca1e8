"""Columns of text, quickly: numbers, clocks and words become Arrow strings; a whole file is one join of columns."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.demo.days import EPOCH, JST_S

_JOIN = pc.JoinOptions(null_handling="replace", null_replacement="")


def join(*parts: pa.Array | str) -> pa.Array:
    """Concatenate columns and constants, row by row; a null is nothing."""
    wanted = [pa.scalar(part) if isinstance(part, str) else part.cast(pa.string()) for part in parts]
    return pc.binary_join_element_wise(*wanted, pa.scalar(""), options=_JOIN)


def rows(separator: str, *columns: pa.Array | str) -> pa.Array:
    """Join columns into lines: ``separator`` between them, a line feed behind."""
    parts: list[pa.Array | str] = []
    for place, column in enumerate(columns):
        parts += [separator, column] if place else [column]
    return join(*parts, "\n")


def content(lines: pa.Array) -> bytes:
    """Return the bytes of all lines behind each other."""
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines), "")
    return whole[0].as_buffer().to_pybytes() if len(lines) else b""


def whole(values: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    """Write integers; null (nothing) where ``where`` is false."""
    return pa.array(values, mask=None if where is None else ~where).cast(pa.string())


def pick(words: list[str], codes: np.ndarray) -> pa.Array:
    """Return ``words[code]`` for every code."""
    return pa.array(words, pa.string()).take(pa.array(codes))


def only(values: pa.Array, where: np.ndarray) -> pa.Array:
    """Return ``values`` where true, nothing elsewhere."""
    return pc.if_else(pa.array(where), values, pa.scalar(None, pa.string()))


def stamp(local_s: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    """Write local instants as ``2026-10-01 09:05:03``."""
    return pa.array(local_s.astype("datetime64[s]"), mask=None if where is None else ~where).cast(pa.string())


def utc(local_s: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    """Write Japanese local instants as UTC, ``2026-10-01T00:05:03Z``."""
    return pc.replace_substring(
        join(stamp(local_s - JST_S, where), only(pick(["Z"], np.zeros(len(local_s), dtype=int)), _all(where, local_s))), " ", "T"
    )


def _all(where: np.ndarray | None, like: np.ndarray) -> np.ndarray:
    return np.ones(len(like), dtype=bool) if where is None else where


@cache
def _clocks(padded: bool) -> pa.Array:
    form = "{:02d}:{:02d}:{:02d}" if padded else "{}:{:02d}:{:02d}"
    return pa.array([form.format(s // 3600, s // 60 % 60, s % 60) for s in range(30 * 3600)])


def clock(seconds: np.ndarray, where: np.ndarray | None = None, *, padded: bool = False) -> pa.Array:
    """Write seconds as ``9:05:03`` (below thirty hours)."""
    return _clocks(padded).take(pa.array(seconds, mask=None if where is None else ~where))


def slashed(local_s: np.ndarray) -> pa.Array:
    """Write the date of local instants as Excel shows it in Japan, ``2026/10/1``."""
    return _dated(local_s, lambda day: f"{day.year}/{day.month}/{day.day}")


def era(local_s: np.ndarray) -> pa.Array:
    """Write the date of local instants in the Reiwa era, ``令和8年10月1日``."""
    return _dated(local_s, lambda day: f"令和{day.year - 2018}年{day.month}月{day.day}日")


def _dated(local_s: np.ndarray, form) -> pa.Array:  # type: ignore[no-untyped-def]
    number = local_s // 86400
    first = int(number.min()) if len(number) else 0
    last = int(number.max()) if len(number) else 0
    names = [form(EPOCH + dt.timedelta(days=n)) for n in range(first, last + 1)]
    return pick(names, number - first)


def grouped(values: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    """Write integers with thousands separators as a quoted CSV cell where they need one: ``"1,234"``."""
    top = int(values.max()) if len(values) else 0
    words = [f'"{n:,}"' if n > 999 else str(n) for n in range(top + 1)]
    return pa.array(words, pa.string()).take(pa.array(values, mask=None if where is None else ~where))


def customer(numbers: np.ndarray) -> pa.Array:
    """Write customer numbers; they are the help desk's user ids, so that one customer has one number in all sources but the telephone log."""
    return whole(numbers + 10_000_000)


def phone(numbers: np.ndarray, head: str = "0900") -> pa.Array:
    """Write telephone numbers that nobody can have (mobile numbers in Japan have no 0 there), one for each customer number."""
    return join(head, pc.utf8_lpad(whole((numbers * 7919 + 13) % 10_000_000), 7, "0"))

"""Fewest shifts that cover the seats asked for: a whole-number program for HiGHS, which says how far from the best its answer can be at most."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual, OutsideError
from rashin.staffing.shifts import Shift

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cover:
    """``counts``: people on each shift, days × shifts; ``staffed``, ``required``, ``short``, ``over``: people at work, days × slots (part of a slot counts in part).
    ``cost``: of all shifts; ``gap``: the best possible total is at most this share better (0 when ``optimal``); ``seconds``: spent."""

    shifts: tuple[Shift, ...]
    counts: Ints
    required: Floats
    staffed: Floats
    short: Floats
    over: Floats
    cost: float
    optimal: bool
    gap: float
    seconds: float

    @property
    def waste(self) -> float:
        """People beyond what was asked ÷ people asked, over all slots; NaN when nothing was asked."""
        asked = float(self.required.sum())
        return float(self.over.sum()) / asked if asked else float("nan")


def cover(
    required: ArrayLike,
    shifts: Sequence[Shift],
    *,
    first_minute: int = 0,
    slot_minutes: int = 30,
    over: float = 0.0,
    under: float | None = None,
    most_people: int | None = None,
    gap: float = 0.0,
    time_limit_s: float = 20.0,
    seed: int = 1,
) -> Cover:
    """Return how many people work each shift on each day so that the cost of shifts, plus ``under`` for each seat missing and ``over`` for each beyond in a slot, is least.

    ``required``: days × slots (or the slots of one day); slots of ``slot_minutes`` begin at ``first_minute`` of the day. A shift that passes the last slot of its day goes on in
    the first slots of the next when days are whole (24 hours), else its rest covers nothing. ``under`` None: so much that a seat is missing only where no shift reaches it or
    limits forbid it. ``most_people``: on a day over all shifts. Days that cannot touch each other are solved apart, equal ones once. OutsideError without the library.
    """
    asked = np.atleast_2d(np.asarray(required, np.float64))
    if not shifts:
        raise ValueError("shifts: at least one pattern")
    if not (np.isfinite(asked) & (asked >= 0)).all():
        raise ValueError("required: finite numbers, not below 0")
    began = time.perf_counter()
    patterns = [each.slots(first_minute, slot_minutes) for each in shifts]
    day_slots = asked.shape[1]
    whole = day_slots * slot_minutes == 1440
    touching = whole and any(begin + share.size > day_slots for begin, share in patterns)
    penalty = under if under is not None else 1.0 + max(each.price + over * each.worked / slot_minutes for each in shifts)
    blocks = [asked] if touching else [asked[day : day + 1] for day in range(asked.shape[0])]
    distinct = {block.tobytes(): block for block in blocks}
    found: dict[bytes, tuple[Ints, bool, float]] = {}
    for key, block in distinct.items():
        left = max(time_limit_s - (time.perf_counter() - began), 0.2) / max(len(distinct) - len(found), 1)
        found[key] = _solve(block, shifts, patterns, penalty, over, most_people, gap, max(left, 0.2), seed)
    counts = np.vstack([found[block.tobytes()][0] for block in blocks])
    staffed = people(counts, patterns, asked.shape)
    done = [found[block.tobytes()] for block in blocks]
    price = float(counts.sum(axis=0) @ np.array([each.price for each in shifts]))
    return Cover(
        tuple(shifts),
        counts,
        asked,
        staffed,
        np.maximum(asked - staffed, 0.0),
        np.maximum(staffed - asked, 0.0),
        price,
        all(each[1] for each in done),
        max(each[2] for each in done),
        time.perf_counter() - began,
    )


def people(counts: NDArray[Any], patterns: Sequence[tuple[int, Floats]], shape: tuple[int, ...]) -> Floats:
    """Return people at work, days × slots, from people on each shift."""
    days, slots = shape
    line = np.zeros(days * slots)
    for day in range(days):
        for number, (begin, share) in zip(counts[day], patterns, strict=True):
            at, part = _within(day, begin, share, slots, days)
            line[at] += number * part
    return line.reshape(shape)


def _within(day: int, begin: int, share: Floats, slots: int, days: int) -> tuple[NDArray[np.intp], Floats]:
    """Places and parts of a shift on the line of all slots: those of its own day, and of the next when days follow without a gap."""
    at = day * slots + begin + np.arange(share.size)
    there = (at >= day * slots) & (at < days * slots)
    return at[there], share[there]


def _solve(
    asked: Floats,
    shifts: Sequence[Shift],
    patterns: Sequence[tuple[int, Floats]],
    under: float,
    over: float,
    most_people: int | None,
    gap: float,
    seconds: float,
    seed: int,
) -> tuple[Ints, bool, float]:
    days, slots = asked.shape
    count = len(shifts)
    if not asked.any() and not any(each.least for each in shifts):
        return np.zeros((days, count), np.int64), True, 0.0
    rows = days * slots
    starts, index, value, price = [0], [], [], []
    for day in range(days):
        for each, (begin, share) in zip(shifts, patterns, strict=True):
            at, part = _within(day, begin, share, slots, days)
            used = part > 0
            index += at[used].tolist() + ([rows + day] if most_people is not None else [])
            value += part[used].tolist() + ([1.0] if most_people is not None else [])
            starts.append(len(index))
            price.append(each.price + over * float(part.sum()))
    for row in range(rows):  # seats missing in a slot: what is beyond = at work + missing − asked
        index.append(row)
        value.append(1.0)
        starts.append(len(index))
    size = days * count
    most = [np.inf if each.most is None else float(each.most) for each in shifts] * days
    model = _model(
        cost=np.array(price + [under + over] * rows),
        lower=np.array([float(each.least) for each in shifts] * days + [0.0] * rows),
        upper=np.array(most + asked.ravel().tolist()),
        rows_lower=np.concatenate([asked.ravel(), np.full(days if most_people is not None else 0, -np.inf)]),
        rows_upper=np.concatenate([np.full(rows, np.inf), np.full(days if most_people is not None else 0, float(most_people or 0))]),
        matrix=(starts, index, value),
        whole=size,
    )
    values, optimal, left = _run(model, gap, seconds, seed)
    return np.rint(values[:size]).astype(np.int64).reshape(days, count), optimal, left


def _model(
    *,
    cost: Floats,
    lower: Floats,
    upper: Floats,
    rows_lower: Floats,
    rows_upper: Floats,
    matrix: tuple[list[int], list[int], list[float]],
    whole: int,
) -> Any:
    highs = _library()
    lp = highs.HighsLp()
    lp.num_col_, lp.num_row_ = cost.size, rows_lower.size
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, lower, upper
    lp.row_lower_, lp.row_upper_ = rows_lower, rows_upper
    lp.a_matrix_.format_ = highs.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        np.array(matrix[0], np.int32),
        np.array(matrix[1], np.int32),
        np.array(matrix[2], np.float64),
    )
    kinds = highs.HighsVarType
    lp.integrality_ = [kinds.kInteger] * whole + [kinds.kContinuous] * (cost.size - whole)
    return lp


def _run(model: Any, gap: float, seconds: float, seed: int) -> tuple[Floats, bool, float]:
    highs = _library()
    solver = highs.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", seed),
        ("time_limit", seconds),
        ("mip_rel_gap", gap),
        ("mip_abs_gap", 1e-6),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    info, status = solver.getInfo(), solver.getModelStatus()
    if info.primal_solution_status != highs.SolutionStatus.kSolutionStatusFeasible:
        raise ValueError("cover: the limits of the shifts contradict each other (least above most_people?)")
    left = max(float(info.mip_gap), 0.0) if np.isfinite(info.mip_gap) else 1.0
    proven = status == highs.HighsModelStatus.kOptimal and left <= 1e-6
    return np.asarray(solver.getSolution().col_value), proven, 0.0 if proven else left


def _library() -> Any:
    try:
        import highspy
    except ImportError as error:
        raise OutsideError(
            "needs_highs",
            Bilingual("シフトの割り付けには追加のライブラリが要ります。", "Covering seats by shifts needs a further library."),
            Bilingual('`pip install "rashin[staffing]"` で入ります。', 'Install it with `pip install "rashin[staffing]"`.'),
        ) from error
    return highspy

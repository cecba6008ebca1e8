"""Seats on the roster for seats at work: exact, so that 21 seats with 30 % away are 30 and not 31."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

Share = str | int | float | Decimal | Fraction


def with_shrinkage(servers: int, shrinkage: Share) -> int:
    """Return ⌈servers ÷ (1 − shrinkage)⌉. ``shrinkage``: share of the paid time away from work (0 ≤ s < 1); a float counts as its shortest decimal form.

    with_shrinkage(21, 0.30) is 30, with_shrinkage(14, "0.30") is 20.
    """
    count = int(servers)
    if count != servers or count < 0:
        raise ValueError("servers: a whole number, not below 0")
    return -(-count // _at_work(shrinkage)) if count else 0


def many_with_shrinkage(servers: ArrayLike, shrinkage: Share) -> NDArray[np.int64]:
    """Return :func:`with_shrinkage` of each element."""
    counts = np.asarray(servers, np.int64)
    if (counts < 0).any():
        raise ValueError("servers: not below 0")
    work = _at_work(shrinkage)
    return np.asarray(-(-counts * work.denominator // work.numerator), np.int64)


def at_work(rostered: ArrayLike, shrinkage: Share) -> NDArray[np.int64]:
    """Return how many of ``rostered`` are surely at work: ⌊rostered · (1 − shrinkage)⌋, the way back."""
    work = _at_work(shrinkage)
    return np.asarray(np.asarray(rostered, np.int64) * work.numerator // work.denominator, np.int64)


def exact_share(shrinkage: Share) -> Fraction:
    """Return a share as it was written: 0.1 is a tenth. ValueError unless 0 ≤ share < 1."""
    try:
        share = Fraction(str(shrinkage)) if isinstance(shrinkage, str | float) else Fraction(shrinkage)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share < 1:
        raise ValueError("shrinkage: a share of at least 0 and below 1")
    return share


def together(*shares: Share) -> Fraction:
    """Return the shrinkage of several reasons that do not overlap: their sum (leave 0.08, training 0.05 and breaks 0.1 are 0.23)."""
    return exact_share(sum((exact_share(each) for each in shares), Fraction(0)))


def _at_work(shrinkage: Share) -> Fraction:
    return 1 - exact_share(shrinkage)

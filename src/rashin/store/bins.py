"""What a histogram keeps of a value: itself, or the middle of a bucket that is nowhere off by more than the stated error."""

from __future__ import annotations

from math import log

import numpy as np

from rashin.store.dense import Codes, Flags, Floats, Ints
from rashin.store.lattice import EXACT_UP_TO, RELATIVE_ERROR

_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_WHOLE = int(EXACT_UP_TO) + 1


def binned(values: Floats) -> tuple[Codes, Floats, Flags]:
    """Return the codes of the values and, for each code, what is kept and whether that is approximate; the rule of :func:`rashin.store.lattice.binned_sql`."""
    exact = (values >= 0) & (values <= EXACT_UP_TO) & (values == np.floor(values))
    codes: Ints = np.zeros(len(values), np.int64)
    codes[exact] = values[exact].astype(np.int64)
    others = values[~exact]
    if not len(others):
        return Codes(codes, _WHOLE), np.arange(_WHOLE, dtype=np.float64), np.zeros(_WHOLE, np.bool_)
    buckets = np.ceil(np.log(np.abs(others)) / log(_GAMMA)).astype(np.int64)
    low, span = int(buckets.min()), int(buckets.max() - buckets.min()) + 1
    codes[~exact] = _WHOLE + (buckets - low) + np.where(others < 0, span, 0)
    middles = 2 * np.power(_GAMMA, np.arange(low, low + span, dtype=np.float64)) / (_GAMMA + 1)
    kept = np.concatenate([np.arange(_WHOLE, dtype=np.float64), np.round(middles, 6), -np.round(middles, 6)])
    return Codes(codes, len(kept)), kept, np.arange(len(kept)) >= _WHOLE

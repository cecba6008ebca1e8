"""Parts that add up to their whole to the last digit: what rounding leaves over goes to the largest part."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: What rounding may leave over, as a share of the largest figure that took part.
_ROUNDING = 1e-10


def settled(parts: Floats, total: float, scale: float) -> Floats:
    """Return ``parts`` with the rounding left over given to the largest; their exact sum then lies within one rounding of ``total``.

    ``scale``: the largest figure that took part. More than rounding is never hidden: parts that miss the total by more stay as they are.
    """
    found = np.array(parts, np.float64)
    if not found.size or not np.isfinite(found).all():
        return found
    for _ in range(3):
        left = total - math.fsum(found.ravel())
        if left == 0 or abs(left) > _ROUNDING * max(scale, abs(total)):
            break
        found.flat[int(np.argmax(np.abs(found)))] += left
    return found

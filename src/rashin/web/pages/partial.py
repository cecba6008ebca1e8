"""Weeks, months and longer buckets that are not whole: their counts would look like a fall (or a rise) that is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.web.pages.filters import last_day

if TYPE_CHECKING:
    from rashin.query.answer import Answer

#: The bucket goes on after the period, or after the last day on which records have arrived.
SO_FAR = Bilingual("途中まで", "so far")
#: The bucket began before the period.
MIDWAY = Bilingual("途中から", "from midway")
#: A bucket is called partial from this length on; of a day or an hour nobody expects the rest.
_DAY = np.timedelta64(1, "D")


def of(answer: Answer) -> dict[str, Bilingual]:
    """Return label → in which way the bucket is not whole, for the buckets of weeks and longer that are not."""
    axis = answer.keys.axis
    if axis.grain is None or not len(axis):
        return {}
    arrived = np.datetime64(last_day(), "D")
    first, last = np.datetime64(answer.question.period.start, "D"), np.datetime64(answer.question.period.last, "D")
    found: dict[str, Bilingual] = {}
    for label, begin, finish in zip(axis.labels, axis.starts.astype("datetime64[D]"), axis.ends.astype("datetime64[D]"), strict=True):
        if finish - begin <= _DAY:
            continue
        if finish - _DAY > last or begin <= arrived < finish - _DAY:
            found[label] = SO_FAR
        elif begin < first:
            found[label] = MIDWAY
    return found


def named(bucket: str, parts: Mapping[str, Bilingual], lang: str) -> str:
    """Return the label of a bucket, and in brackets in which way it is not whole."""
    if bucket not in parts:
        return bucket
    return Bilingual(f"{bucket}({parts[bucket].ja})", f"{bucket} ({parts[bucket].en})")(lang)

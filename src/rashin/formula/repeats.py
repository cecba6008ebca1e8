"""Repeat contacts: the switches, and the rule that links a contact to an earlier one, in plain Python.

Contacts are put in the order (``counted_at``, ``source``, ``native_id``), the last two compared as text. A contact *repeats* every earlier
one with the same identity whose ``counted_at`` lies at most ``window_days`` × 86,400 seconds before its own (a gap of exactly the window
still links). With ``same_category`` / ``same_channel`` those must be equal too, and null equals nothing. Test contacts (``is_test`` true),
internal ones (``direction`` = internal) and those without identity or ``counted_at`` never link, on either side. With ``skip_promised`` a
promised call-back (``promised_callback`` true) is no repeat of anything; it can still be repeated by a later contact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

IDENTITIES = ("customer_key", "contact_point", "issue_key")


@dataclass(frozen=True, slots=True)
class Repeat:
    """The switches of an entry's ``repeat`` table."""

    identity: str = "customer_key"
    same_category: bool = False
    same_channel: bool = False
    window_days: float = 7
    skip_promised: bool = False

    @property
    def signature(self) -> str:
        """All switches as text."""
        return f"{self.identity}/{self.same_category}/{self.same_channel}/{self.window_days:g}/{self.skip_promised}"


def link(rows: Sequence[Mapping[str, Any]], repeat: Repeat) -> list[tuple[bool, bool]]:
    """Return (repeat_of_earlier, repeated_later) for each contact, in the order given. Compares each pair: slow and obvious."""
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        key = _group(row, repeat)
        if key is not None:
            groups[key].append(place)
    earlier, later = [False] * len(rows), [False] * len(rows)
    window = timedelta(days=repeat.window_days)
    for places in groups.values():
        ordered = sorted(places, key=lambda place: _order(rows[place]))
        for rank, second in enumerate(ordered):
            if repeat.skip_promised and rows[second].get("promised_callback") is True:
                continue
            for first in ordered[:rank]:
                if rows[second]["counted_at"] - rows[first]["counted_at"] <= window:
                    earlier[second] = later[first] = True
    return list(zip(earlier, later, strict=True))


def _group(row: Mapping[str, Any], repeat: Repeat) -> tuple[Any, ...] | None:
    if row.get("is_test") is True or row.get("direction") == "internal" or row.get("counted_at") is None:
        return None
    key = [row.get(repeat.identity)]
    if repeat.same_category:
        key.append(row.get("category"))
    if repeat.same_channel:
        key.append(row.get("channel"))
    return None if None in key else tuple(key)


def _order(row: Mapping[str, Any]) -> tuple[Any, str, str]:
    return row["counted_at"], str(row.get("source") or ""), str(row.get("native_id") or "")

"""Quiet hours: when nothing is sent to somebody, and when it is again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def until(now: datetime, start: time | None, end: time | None, zone: str) -> datetime | None:
    """Return the instant (UTC) at which quiet hours that hold ``now`` end; None when it is not quiet. They may go past midnight; equal ends = none."""
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(ZoneInfo(zone))
    at = local.time().replace(tzinfo=None)
    inside = start <= at < end if start < end else at >= start or at < end
    if not inside:
        return None
    day = local.date() if at < end else local.date() + timedelta(days=1)
    over = datetime.combine(day, end, ZoneInfo(zone)).astimezone(UTC)
    return over if over > now else now + timedelta(minutes=1)  # an hour that comes twice

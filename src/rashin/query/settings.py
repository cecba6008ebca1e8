"""What the workspace says about time and privacy, as far as a question needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rashin.calendars import TimeSettings
    from rashin.store import Store

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Settings:
    """``zone``: the organisation's time zone. ``zones``: it and those of the sources. ``cutover_s``: when a business date begins, seconds after local
    midnight. ``week_start``: 1 Monday … 7 Sunday. ``fiscal_start``: first month of the fiscal year. ``min_group``: the least number of agents that a shown
    cell must rest on (0 = no limit). ``language``: of texts when nobody says otherwise."""

    zone: str = "Asia/Tokyo"
    zones: tuple[str, ...] = ()
    cutover_s: int = 0
    week_start: int = 1
    fiscal_start: int = 4
    min_group: int = 0
    language: str = "ja"

    @property
    def time(self) -> TimeSettings:
        """How weeks and years are cut, as :mod:`rashin.calendars` wants it."""
        from rashin.calendars import TimeSettings

        return TimeSettings(fiscal_month=self.fiscal_start, week_start=_WEEKDAYS[self.week_start - 1][:3])

    @classmethod
    def of(cls, store: Store) -> Settings:
        """Return what ``rashin.toml`` of the store's workspace says."""
        from rashin.calendars import parse_cutover

        config = store.workspace.config
        own = config.organisation
        least = config.privacy.minimum_group
        return cls(
            zone=own.zone,
            zones=tuple(sorted({own.zone, *(source.zone for source in config.sources.values() if source.zone)})),
            cutover_s=parse_cutover(own.cutover),
            week_start=_WEEKDAYS.index(own.week_start) + 1,
            fiscal_start=own.fiscal_year_start,
            min_group=least if least > 1 else 0,
            language=own.language,
        )

"""The period of a look back: what was asked, or so many days up to the newest day with data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.cli.lib.app import App

if TYPE_CHECKING:
    from rashin.calendars import Period


def looking_back(state: App, text: str | None, days: int) -> Period:
    """Return the period that ``text`` names; without one the last ``days`` days with data."""
    from datetime import timedelta

    from rashin.calendars import Period
    from rashin.cli.lib.goal_words import seen_from
    from rashin.query.settings import Settings

    if text is not None:
        return state.centre.period(text)
    newest, _ = seen_from(state, None)
    return Period(newest - timedelta(days=days - 1), newest + timedelta(days=1), settings=Settings.of(state.store).time)

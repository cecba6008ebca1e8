"""The two periods of a comparison, as options."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rashin.cli.lib.app import App
from rashin.cli.lib.command import option

if TYPE_CHECKING:
    from rashin.calendars import Period

AS_OF = option(
    "--as-of",
    "as_of",
    type=int,
    ja="このデータ版での値(`rashin loads` の番号)",
    en="figures as of this snapshot (a number from `rashin loads`)",
)


def periods(state: App, period: str | None, against: str | None) -> tuple[Period, Period | None]:
    """Return the period asked for (default: the last seven days with data) and the one it is compared with (None: whoever compares knows).

    QuestionError for a text that is no period.
    """
    from rashin.calendars import Period
    from rashin.cli.lib.goal_words import seen_from
    from rashin.query.settings import Settings

    settings = Settings.of(state.store).time
    today = state.centre.today()
    if period is None:
        last, _ = seen_from(state, None)
        own = Period(last - timedelta(days=6), last + timedelta(days=1), settings=settings)
    else:
        own = Period.parse(period, today, settings)
    if against is None:
        return own, None
    if against in ("previous", "last_year"):
        return own, own.previous() if against == "previous" else own.last_year()
    return own, Period.parse(against, today, settings)

"""Public holidays of a country, from the maintained ``holidays`` library: never a list of ours.

Japan's include substitute days (振替休日), days between two holidays (国民の休日) and the moved days of 2019, 2020 and 2021.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from rashin.errors import Bilingual, DefinitionError, nearest


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    from holidays.utils import list_supported_countries

    return dict(list_supported_countries(include_aliases=False))


def check_country(code: str, place: str = "") -> str:
    """Return ``code`` when it is a country, or country and region, that has holidays ("JP", "US-CA"); DefinitionError otherwise."""
    country, _, region = code.partition("-")
    known = _countries()
    if country in known and (not region or region in known[country]):
        return code
    raise DefinitionError(
        "holidays_unknown",
        Bilingual(f"「{code}」の祝日は分かりません。", f"The public holidays of “{code}” are not known."),
        Bilingual(
            "「JP」のような国コード(地域は「US-CA」)か「none」を書いてください。",
            "Write a country code such as “JP” (with a region “US-CA”), or “none”.",
        ),
        place=place,
        word=code,
        suggestion=_suggest(code, known),
    )


def _suggest(code: str, known: dict[str, list[str]]) -> str | None:
    """The code that ``code`` may have been meant to be: that country by its English name or three letters, else the nearest."""
    from holidays.registry import COUNTRIES

    country = code.partition("-")[0]
    if country in known:
        return nearest(code, [f"{country}-{region}" for region in known[country]])
    for module, names in COUNTRIES.items():
        if country.casefold() in (module.replace("_", " "), names[1].casefold(), names[2].casefold()):
            return str(names[1])
    return nearest(code, ["none", *(each for each in known if each[:1] == code[:1].upper())])


@lru_cache(maxsize=2048)
def _of_year(code: str, year: int) -> tuple[tuple[date, Bilingual], ...]:
    import holidays

    country, _, region = code.partition("-")
    names: dict[str, dict[date, str]] = {}
    for language in ("ja", "en_US"):
        days = holidays.country_holidays(country, subdiv=region or None, years=year, language=language)
        names[language] = {day: str(name) for day, name in days.items() if day.year == year}
    return tuple((day, Bilingual(name, names["en_US"].get(day, name))) for day, name in sorted(names["ja"].items()))


def public_holidays(code: str, first: date, until: date) -> dict[date, Bilingual]:
    """Return the public holidays of ``code`` with their names, from ``first`` up to, not including, ``until``.

    ``public_holidays("JP", date(2026, 9, 20), date(2026, 9, 24))`` gives 敬老の日, 国民の休日 and 秋分の日. Names that the library does not
    have in a language come in the country's own. Years the library does not cover (Japan: before 1949, after 2099) have none.
    """
    found: dict[date, Bilingual] = {}
    for year in range(first.year, until.year + 1):
        found |= {day: name for day, name in _of_year(code, year) if first <= day < until}
    return found

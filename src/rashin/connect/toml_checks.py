"""Small checks that all parts of a mapping file share: each refuses with the place, the word and the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from typing import Any, NoReturn

from rashin.errors import Bilingual, DefinitionError, nearest


def zone_name(value: Any, place: str) -> str | None:
    """Return the IANA zone, or None for an empty value."""
    if value in (None, ""):
        return None
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(str(value))
    except Exception:
        # zoneinfo raises several kinds of error for a bad key (unknown, absolute path, folder): all mean the same here.
        one_of(value, available_timezones(), place)
    return str(value)


def texts(value: Any, place: str) -> tuple[str, ...]:
    """Return a text or a list of texts as a tuple."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, int | float):
        return (str(value),)
    if isinstance(value, list | tuple) and all(isinstance(each, str | int | float) for each in value):
        return tuple(str(each) for each in value)
    wrong_type(place, place.rsplit(" › ", 1)[-1], "a text or a list of texts", "文字列または文字列の並び")


def text(data: AnyMapping[str, Any], key: str, place: str, default: str | None = None) -> str:
    """Return the text under ``key``; ``default`` None = it must be there."""
    value = data.get(key, default)
    if isinstance(value, str) and (value or default == ""):
        return value
    if value is None:
        refuse(place, "missing_key", Bilingual(f"「{key}」がありません。", f"“{key}” is missing."), word=key)
    wrong_type(f"{place} › {key}", key, "a text", "文字列")


def tables(data: AnyMapping[str, Any], key: str, place: str) -> list[Any]:
    """Return the list of tables under ``key``."""
    value = data.get(key, [])
    if not isinstance(value, list):
        refuse(
            f"{place} › {key}", "not_a_list", Bilingual(f"[[{key}]] と二重の角括弧で書いてください。", f"Write it as [[{key}]]."), word=key
        )
    return value


def only_known(data: AnyMapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse keys that are not known."""
    for each in data:
        one_of(each, known, place)


def one_of(word: Any, known: Iterable[str], place: str, also: AnyMapping[str, str] | None = None) -> None:
    """Refuse a word that is not one of the known. ``also``: what people write instead → the known name."""
    names = tuple(known)
    if word in names:
        return
    listed = ", ".join(sorted(names)[:24])
    raise DefinitionError(
        "unknown_word",
        Bilingual(f"「{word}」という名前はありません。", f"There is no “{word}” here."),
        Bilingual(f"使えるもの: {listed}" + (" …" if len(names) > 24 else ""), f"Valid: {listed}" + (" …" if len(names) > 24 else "")),
        place=place,
        word=str(word),
        suggestion=(also or {}).get(str(word).casefold()) or nearest(str(word), names),
    )


def wrong_type(place: str, word: str, wanted_en: str, wanted_ja: str) -> NoReturn:
    """Refuse a value of another kind."""
    refuse(place, "wrong_type", Bilingual(f"「{word}」は{wanted_ja}で書いてください。", f"“{word}” must be {wanted_en}."), word=word)


def refuse(place: str, code: str, what: Bilingual, *, word: str) -> NoReturn:
    """Raise the DefinitionError."""
    raise DefinitionError(code, what, place=place, word=word)

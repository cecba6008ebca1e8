"""What ``rashin.toml`` may say, as typed values; a key or value that is not known is refused with its place and the nearest valid one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from rashin.errors import Bilingual, DefinitionError, nearest

FILE = "rashin.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXPECT = ("daily", "open_days", "none")
ROLLUPS = ("auto", "always", "never")
SECOND_FACTOR = ("optional", "administrators", "everybody")
T = TypeVar("T")
_MEMORY = re.compile(r"\d+(\.\d+)?\s*(MB|MiB|GB|GiB)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who counts, and by which day: ``zone`` is the default site zone, ``cutover`` the hour at which a business date begins ("05:00" = "29:00")."""

    name: str = ""
    zone: str = "Asia/Tokyo"
    cutover: str = "00:00"
    fiscal_year_start: int = 4
    week_start: str = "monday"
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class Source:
    """What the workspace says of one source: a title for people, its zone, and on which days data is expected (``daily | open_days | none``)."""

    title: str = ""
    zone: str = ""
    expect: str = "open_days"
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """Limits of the embedded engine. ``threads`` 0 = all cores; ``rollups`` "auto" = only where they pay (large workspaces)."""

    memory_limit: str = "2GiB"
    threads: int = 0
    rollups: str = "auto"


@dataclass(frozen=True, slots=True)
class Privacy:
    """``minimum_group``: a figure about fewer people than this is withheld. ``approve_exports_over``: a file of more rows than this is handed out when a second
    person has agreed (0 = always)."""

    minimum_group: int = 1
    approve_exports_over: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """How many months what tells persons is kept; 0 = as long as the workspace. ``customer_months``: keys and numbers of customers, from their last contact on;
    ``text_months``: what they wrote; ``raw_months``: files as they came and raw rejects; ``people_months``: names and addresses of users who have left."""

    customer_months: int = 0
    text_months: int = 0
    raw_months: int = 0
    people_months: int = 0


@dataclass(frozen=True, slots=True)
class SignIn:
    """How people come in. ``issuer`` and ``client_id``: single sign-on by OpenID Connect (its secret never stands in a file: RASHIN_OIDC_SECRET);
    ``label``: what its button says; ``second_factor``: from whom one is demanded."""

    issuer: str = ""
    client_id: str = ""
    label: str = ""
    second_factor: str = "optional"


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of ``rashin.toml``."""

    organisation: Organisation = field(default_factory=Organisation)
    sources: Mapping[str, Source] = field(default_factory=dict)
    engine: Engine = field(default_factory=Engine)
    privacy: Privacy = field(default_factory=Privacy)
    retention: Retention = field(default_factory=Retention)
    sign_in: SignIn = field(default_factory=SignIn)

    def source(self, name: str) -> Source:
        """Return what is said of the source ``name``, or the defaults."""
        return self.sources.get(name, Source())

    def zone(self, source: str = "") -> str:
        """Return the zone of ``source``, or the organisation's."""
        return self.source(source).zone or self.organisation.zone


def parse(text: str, place: str = FILE) -> Config:
    """Return the checked configuration; DefinitionError with place, word and suggestion for whatever is not understood."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(
            "config_syntax",
            Bilingual("TOML として読めません。", "This is not valid TOML."),
            Bilingual(f"書き方を直してください({error})。", f"Correct the syntax ({error})."),
            place=place,
        ) from None
    _known(raw, ("organisation", "sources", "engine", "privacy", "retention", "sign_in"), place)
    organisation = _section(raw, "organisation", Organisation, place)
    _check_organisation(organisation, place)
    engine = _section(raw, "engine", Engine, place)
    _check_engine(engine, place)
    privacy = _section(raw, "privacy", Privacy, place)
    _at_least(privacy.minimum_group, 1, f"{place} › privacy › minimum_group")
    _at_least(privacy.approve_exports_over, 0, f"{place} › privacy › approve_exports_over")
    retention = _section(raw, "retention", Retention, place)
    for name in Retention.__dataclass_fields__:
        _at_least(getattr(retention, name), 0, f"{place} › retention › {name}")
    sign_in = _section(raw, "sign_in", SignIn, place)
    _one_of(sign_in.second_factor, SECOND_FACTOR, f"{place} › sign_in › second_factor")
    return Config(organisation, _sources(raw, place), engine, privacy, retention, sign_in)


def read(path: Path) -> Config:
    """Return the configuration kept at ``path``."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionError(
            "config_encoding",
            Bilingual("UTF-8 として読めません。", "The file is not UTF-8."),
            Bilingual("UTF-8 で保存し直してください。", "Save it as UTF-8."),
            place=path.name,
        ) from None
    return parse(text, path.name)


def _sources(raw: Mapping[str, object], place: str) -> dict[str, Source]:
    table = raw.get("sources", {})
    if not isinstance(table, dict):
        raise _wrong_type(table, "table", f"{place} › sources")
    found = {}
    for name in table:
        where = f"{place} › sources › {name}"
        source = _section(table, name, Source, f"{place} › sources")
        _one_of(source.expect, EXPECT, f"{where} › expect")
        if source.zone:
            _zone(source.zone, f"{where} › zone")
        found[name] = source
    return found


def _check_organisation(organisation: Organisation, place: str) -> None:
    from rashin.calendars.clock import parse_cutover

    where = f"{place} › organisation"
    _zone(organisation.zone, f"{where} › zone")
    parse_cutover(organisation.cutover, f"{where} › cutover")
    _one_of(organisation.week_start, WEEKDAYS, f"{where} › week_start")
    _one_of(organisation.language, ("ja", "en"), f"{where} › language")
    if not 1 <= organisation.fiscal_year_start <= 12:
        raise _out_of_range(organisation.fiscal_year_start, "1-12", f"{where} › fiscal_year_start")


def _check_engine(engine: Engine, place: str) -> None:
    where = f"{place} › engine"
    _one_of(engine.rollups, ROLLUPS, f"{where} › rollups")
    _at_least(engine.threads, 0, f"{where} › threads")
    if not _MEMORY.fullmatch(engine.memory_limit):
        raise DefinitionError(
            "config_value",
            Bilingual(f"「{engine.memory_limit}」はメモリ量として読めません。", f"“{engine.memory_limit}” is not an amount of memory."),
            Bilingual("「2GiB」「512MiB」のように書いてください。", "Write it like “2GiB” or “512MiB”."),
            place=f"{where} › memory_limit",
            word=engine.memory_limit,
        )


def _section(raw: Mapping[str, object], name: str, kind: type[T], place: str) -> T:
    """Build ``kind`` from the table ``name``; each key must be one of its fields and have the type of its default."""
    table = raw.get(name, {})
    where = f"{place} › {name}"
    if not isinstance(table, dict):
        raise _wrong_type(table, "table", where)
    default = kind()
    _known(table, tuple(kind.__dataclass_fields__), where)  # type: ignore[attr-defined]
    for key, value in table.items():
        wanted = type(getattr(default, key))
        if type(value) is not wanted:
            raise _wrong_type(value, wanted.__name__, f"{where} › {key}")
    return kind(**table)


def _known(table: Mapping[str, object], names: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in names:
            raise DefinitionError(
                "config_key",
                Bilingual(f"「{key}」という項目はありません。", f"There is no key “{key}” here."),
                Bilingual(f"使える項目: {'、'.join(names)}", f"Keys: {', '.join(names)}"),
                place=place,
                word=key,
                suggestion=nearest(key, names),
            )


def _one_of(value: str, names: tuple[str, ...], place: str) -> None:
    if value not in names:
        raise DefinitionError(
            "config_value",
            Bilingual(f"「{value}」は使えません。", f"“{value}” cannot be used here."),
            Bilingual(f"次のいずれかにしてください: {'、'.join(names)}", f"Use one of: {', '.join(names)}"),
            place=place,
            word=value,
            suggestion=nearest(value, names),
        )


def _zone(name: str, place: str) -> None:
    from rashin.calendars.zones import zone_info

    zone_info(name, place)


def _at_least(value: int, least: int, place: str) -> None:
    if value < least:
        raise _out_of_range(value, f"≥ {least}", place)


def _out_of_range(value: object, span: str, place: str) -> DefinitionError:
    return DefinitionError(
        "config_value",
        Bilingual(f"「{value}」は範囲の外です。", f"“{value}” is out of range."),
        Bilingual(f"{span} の整数にしてください。", f"Use a whole number {span}."),
        place=place,
        word=str(value),
    )


_TYPE_WORDS = {
    "str": Bilingual('文字列("…")', "text in quotes"),
    "int": Bilingual("整数", "a whole number"),
    "table": Bilingual("表([…])", "a table ([…])"),
}


def _wrong_type(value: object, wanted: str, place: str) -> DefinitionError:
    words = _TYPE_WORDS[wanted]
    return DefinitionError(
        "config_type",
        Bilingual(f"「{value}」は型が違います。", f"“{value}” is of the wrong type."),
        Bilingual(f"{words.ja}で書いてください。", f"Write {words.en}."),
        place=place,
        word=str(value),
    )

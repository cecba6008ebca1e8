"""``alerts.toml``: which kinds are looked for, and how strictly. Without the file the defaults hold; a wrong key is refused with the nearest name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.catalogue.entry import Table
from rashin.catalogue.loader import read_toml
from rashin.errors import Bilingual, DefinitionError, QuestionError
from rashin.judge.alerts.model import KINDS

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.store import Store

FILE = "alerts.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    """What ``alerts.toml`` says. Times are days or weeks before today; rates are 0–1.

    ``budget``: false alarms a week at most, over everything watched. ``days``: how recent a finding must be. ``off``: kinds that are not looked for.
    ``owner``: who is named where no goal names anybody. ``unlikely``: a goal whose chance is at most this counts as lost. ``near_level``: sureness of bands.
    ``control_*``: which figures are watched day by day, split by what (by nothing when empty), against how many weeks. ``gaming_*``: which targets, over which
    units (a dimension), at which false discovery rate. ``counter_alpha``: how often a counter-metric that did not move may be said to break.
    ``least_rows``: a source's day is called thin only where so many rows are usual. ``reported_*``: which reported figures, and how far off they must be.
    """

    budget: float = 0.9
    days: int = 7
    off: tuple[str, ...] = ()
    owner: str = ""
    unlikely: float = 0.05
    control_kpis: tuple[str, ...] = ("volume", "service_level", "aht", "repeat_rate", "csat", "negative_post_rate")
    control_by: str = "channel"
    control_weeks: int = 12
    gaming_kpis: tuple[str, ...] = ("aht", "acw", "fcr", "resolution_time")
    gaming_by: str = "agent"
    gaming_rate: float = 0.05
    counter_alpha: float = 0.005
    least_rows: int = 50
    reported_kpis: tuple[str, ...] = ("service_level", "answer_rate", "abandon_rate", "aht")
    reported_share: float = 0.02
    reported_part: float = 0.05

    def on(self, kind: str) -> bool:
        """Say whether a kind is looked for."""
        return kind not in self.off


def of_store(store: Store, catalogue: Catalogue) -> Limits:
    """Return the limits of an open workspace."""
    return load(store.workspace.path / FILE, catalogue)


def load(path: Path, catalogue: Catalogue) -> Limits:
    """Return the limits of a file, the defaults where there is none. Raises DefinitionError with place, word and nearest name."""
    return read(read_toml(path), catalogue) if path.is_file() else _known(Limits(), catalogue)


def read(data: Mapping[str, Any], catalogue: Catalogue) -> Limits:
    """Return checked limits from the content of ``alerts.toml``. Raises DefinitionError."""
    table = Table(data, FILE)
    table.keys((), ("budget", "days", "off", "owner", "goal", "control", "gaming", "counter", "missing", "reported"))
    usual = _known(Limits(), catalogue)
    goal, control, gaming = table.table("goal"), table.table("control"), table.table("gaming")
    counter, missing, reported = table.table("counter"), table.table("missing"), table.table("reported")
    for part, keys in (
        (goal, ("unlikely",)),
        (control, ("kpis", "by", "weeks")),
        (gaming, ("kpis", "by", "rate")),
        (counter, ("alpha",)),
        (missing, ("least_rows",)),
        (reported, ("kpis", "share", "part")),
    ):
        part.keys((), keys)
    return Limits(
        budget=_between(table, "budget", usual.budget, 0.01, 1.0),
        days=_whole(table, "days", usual.days, 1, 31),
        off=_kinds(table),
        owner=table.text("owner") if "owner" in data else "",
        unlikely=_between(goal, "unlikely", usual.unlikely, 0.0, 0.5),
        control_kpis=_kpis(control, catalogue, usual.control_kpis),
        control_by=_dimension(control, usual.control_by, empty=True),
        control_weeks=_whole(control, "weeks", usual.control_weeks, 6, 52),
        gaming_kpis=_kpis(gaming, catalogue, usual.gaming_kpis),
        gaming_by=_dimension(gaming, usual.gaming_by, empty=False),
        gaming_rate=_between(gaming, "rate", usual.gaming_rate, 0.001, 0.2),
        counter_alpha=_between(counter, "alpha", usual.counter_alpha, 0.0001, 0.05),
        least_rows=_whole(missing, "least_rows", usual.least_rows, 10, 1_000_000),
        reported_kpis=_kpis(reported, catalogue, usual.reported_kpis),
        reported_share=_between(reported, "share", usual.reported_share, 0.001, 1.0),
        reported_part=_between(reported, "part", usual.reported_part, 0.001, 1.0),
    )


def _known(usual: Limits, catalogue: Catalogue) -> Limits:
    """The defaults as far as the catalogue has their KPIs."""
    from dataclasses import replace

    named = ("control_kpis", "gaming_kpis", "reported_kpis")
    kept = {name: tuple(kpi for kpi in getattr(usual, name) if kpi in catalogue.kpis) for name in named}
    return replace(usual, **kept)  # type: ignore[arg-type]


def _between(table: Table, key: str, usual: float, least: float, most: float) -> float:
    value = table.number(key)
    if value is None:
        return usual
    if not least <= value <= most:
        table.wrong(key, f"{least:g}〜{most:g} の数", f"a number from {least:g} to {most:g}")
    return float(value)


def _whole(table: Table, key: str, usual: int, least: int, most: int) -> int:
    if key not in table.data:
        return usual
    value = table.integer(key, least)
    if value > most:
        table.wrong(key, f"{least}〜{most} の整数", f"a whole number from {least} to {most}")
    return value


def _kinds(table: Table) -> tuple[str, ...]:
    found = table.texts("off")
    for kind in found:
        if kind not in KINDS:
            table.refuse(
                "unknown_alert_kind",
                "off",
                Bilingual(f"アラートの種類「{kind}」はありません。", f"There is no kind of alert “{kind}”."),
                word=kind,
                known=KINDS,
                next_step=Bilingual(f"使えるもの: {'、'.join(KINDS)}", f"Known: {', '.join(KINDS)}"),
            )
    return found


def _kpis(table: Table, catalogue: Catalogue, usual: tuple[str, ...]) -> tuple[str, ...]:
    if "kpis" not in table.data:
        return usual
    found = table.texts("kpis")
    for kpi in found:
        try:
            catalogue.definition(kpi)
        except QuestionError as error:
            raise DefinitionError(error.code, error.what, error.next_step, place=table.at("kpis"), word=kpi) from None
    return found


def _dimension(table: Table, usual: str, *, empty: bool) -> str:
    from rashin.query import dimensions

    if "by" not in table.data:
        return usual
    value = table.data["by"]
    if empty and value == "":
        return ""
    name = table.text("by")
    try:
        dimensions.check((name,))
    except QuestionError as error:
        raise DefinitionError(error.code, error.what, error.next_step, place=table.at("by"), word=name) from None
    return name

"""Forecasts that are kept: ``forecasts/<name>.json`` of the workspace, so that what was foretold can be held to what came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual, DefinitionError, QuestionError, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.insight.forecast.model import Forecast
    from rashin.query import Scope

FOLDER = "forecasts"
_FORM = 1
_NAME = re.compile(r"[^\W_][\w.-]{0,79}")
_ARRAYS = ("mean", "low80", "high80", "low95", "high95", "naive_mean")


@dataclass(frozen=True, eq=False)
class KeptSeries:
    """One forecast as it was made. ``starts``: UTC; ``labels``: local; arrays of one length: mean, low80 … high95, naive_mean."""

    key: Mapping[str, str | int | None]
    method: str
    wape: float | None
    naive: float | None
    floor: float | None
    phi: float
    day_phi: float
    starts: NDArray[np.datetime64]
    labels: tuple[str, ...]
    arrays: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Kept:
    """A kept forecast: made on ``made`` for ``first`` … ``last`` of what ``where`` selects, one series for each key. ``snapshot``: of the facts it learned from."""

    name: str
    made: date
    first: date
    last: date
    slot_minutes: int
    kpi: str
    snapshot: int
    by: str
    where: Mapping[str, tuple[str | int | None, ...]]
    series: tuple[KeptSeries, ...]

    def visible(self, scope: Scope) -> bool:
        """Return whether somebody of this scope may see it: of a limited one, only when everything it speaks of lies within."""
        for name, values in scope.allow:
            told = self.where.get(name)
            for each in self.series:
                own = (each.key[name],) if name in each.key else told
                if own is None or not set(own) <= set(values):
                    return False
        return True


def keep(workspace: Path, forecasts: Sequence[Forecast], name: str | None = None, *, by: str = "") -> Path:
    """Write forecasts of one call (same days, filters and slots) as one file and return its path.

    ``name``: by default "<first>_<last>_made_<today>"; a name that exists is refused, so that no forecast is mended after the fact. QuestionError for a
    name that cannot be a file's, one that is taken, or no forecast at all.
    """
    if not forecasts:
        raise QuestionError("forecast_none", Bilingual("残す予測がありません。", "There is no forecast to keep."))
    one = forecasts[0]
    chosen = name or f"{one.first}_{one.last}_made_{one.today}"
    path = _path(workspace, chosen)
    if path.exists():
        raise QuestionError(
            "forecast_name_taken",
            Bilingual(f"予測「{chosen}」はもう残してあります。", f"A forecast “{chosen}” is kept already."),
            Bilingual("別の名前を付けてください。残した予測は後から変えません。", "Choose another name: a kept forecast is never changed."),
        )
    document = {
        "form": _FORM,
        "made": str(one.today),
        "first": str(one.first),
        "last": str(one.last),
        "slot_minutes": one.slot_minutes,
        "kpi": one.kpi,
        "snapshot": one.snapshot,
        "by": by,
        "where": {key: list(values) for key, values in one.where.items()},
        "series": [_written(each) for each in forecasts],
    }
    path.parent.mkdir(exist_ok=True)
    waiting = path.with_name(f".{path.name}.new")
    waiting.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    waiting.replace(path)
    return path


def names(workspace: Path) -> list[str]:
    """Return the names of the kept forecasts, in order."""
    return sorted(path.stem for path in (workspace / FOLDER).glob("*.json") if not path.name.startswith("."))


def kept(workspace: Path, name: str) -> Kept:
    """Return a kept forecast. QuestionError, with the nearest name, when there is none; DefinitionError when its file is not as it was written."""
    path = _path(workspace, name)
    if not path.exists():
        known = names(workspace)
        near = nearest(name, known)
        raise QuestionError(
            "forecast_unknown",
            Bilingual(f"残した予測「{name}」はありません。", f"No forecast “{name}” is kept."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
            if near
            else Bilingual(f"残してあるもの: {'、'.join(known)}", f"Kept: {', '.join(known)}")
            if known
            else Bilingual("予測を残してから比べます(`rashin forecast --keep`)。", "Keep a forecast first (`rashin forecast --keep`)."),
        )
    try:
        return _read(name, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DefinitionError(
            "forecast_unreadable",
            Bilingual("残した予測として読めません。", "cannot be read as a kept forecast."),
            Bilingual("手を加えていなければ、控えから戻してください。", "Unless it was edited on purpose, restore it from a copy."),
            place=f"{FOLDER}/{path.name}",
            word=str(problem)[:60],
        ) from None


def _path(workspace: Path, name: str) -> Path:
    if not _NAME.fullmatch(name) or ".." in name:
        raise QuestionError(
            "forecast_name",
            Bilingual(f"「{name[:80]}」は予測の名前にできません。", f"“{name[:80]}” cannot be a forecast's name."),
            Bilingual("文字・数字と . _ - で80文字までです。", "Use letters, digits and . _ - , 80 at most."),
        )
    return workspace / FOLDER / f"{name}.json"


def _written(made: Forecast) -> dict[str, Any]:
    return {
        "key": dict(made.key),
        "method": made.method,
        "wape": made.wape,
        "naive": made.naive,
        "floor": made.floor,
        "phi": made.phi,
        "day_phi": made.day_phi,
        "starts": made.starts.astype("datetime64[s]").astype(np.int64).tolist(),
        "labels": list(made.labels),
        **{name: np.round(getattr(made, name), 4).tolist() for name in _ARRAYS},
    }


def _read(name: str, data: Mapping[str, Any]) -> Kept:
    if data["form"] != _FORM:
        raise ValueError(f"form {data['form']}")
    made, first, last = (date.fromisoformat(data[key]) for key in ("made", "first", "last"))
    where = {str(key): tuple(_value(each) for each in values) for key, values in data["where"].items()}
    series = tuple(_series(each) for each in data["series"])
    return Kept(name, made, first, last, int(data["slot_minutes"]), str(data["kpi"]), int(data["snapshot"]), str(data["by"]), where, series)


def _series(data: Mapping[str, Any]) -> KeptSeries:
    labels = tuple(str(each) for each in data["labels"])
    starts = np.array(data["starts"], np.int64).astype("datetime64[s]").astype("datetime64[us]")
    arrays = {name: _numbers(data[name], len(labels)) for name in _ARRAYS}
    if len(starts) != len(labels):
        raise ValueError("starts")
    wape, naive, floor = (None if data[name] is None else float(data[name]) for name in ("wape", "naive", "floor"))
    key = {str(name): _value(value) for name, value in data["key"].items()}
    phi, day_phi = float(data["phi"]), float(data["day_phi"])
    return KeptSeries(key, str(data["method"]), wape, naive, floor, phi, day_phi, starts, labels, arrays)


def _numbers(values: Iterable[Any], length: int) -> NDArray[np.float64]:
    found = np.array(values, np.float64)
    if found.shape != (length,) or not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("numbers")
    return found


def _value(value: Any) -> str | int | None:
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError(str(value))

"""Kept plans: ``plans/<name>.json`` of the workspace, so that what was planned can be laid beside what happened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual, ConflictError, InputError, OutsideError, QuestionError, nearest
from rashin.insight.staffing.model import Coming, GroupPlan, Json, Plan, number
from rashin.insight.staffing.workforce import Group

if TYPE_CHECKING:
    from rashin.staffing import Cost, Cover, Patience

FOLDER = "plans"
_FORMAT = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NUMBERS = (
    "service_level",
    "target_s",
    "abandon",
    "asa_s",
    "occupancy",
    "quantile",
    "patience_s",
    "handle_s",
    "answer_s",
    "concurrency",
    "within_hours",
    "opening",
    "redial",
    "least",
    "hourly_yen",
    "seat_yen",
    "night_premium",
)
_TABLES = ("mean", "planned", "low80", "high80")


def keep(workspace: Path, name: str, plan: Plan, *, replace: bool = False, by: str = "") -> Path:
    """Write a plan and return its file; ``by``: who kept it. ConflictError when there is one of that name, unless ``replace``; QuestionError for a name that is no name."""
    path = _path(workspace, name)
    if path.exists() and not replace:
        raise ConflictError(
            "plan_exists",
            Bilingual(f"計画「{name}」はすでにあります。", f"There is a plan “{name}” already."),
            Bilingual("別の名前にするか、--replace を付けてください。", "Use another name, or --replace."),
        )
    text = json.dumps({**as_data(plan), **({"by": by} if by else {})}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(".json.new")
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise OutsideError(
            "plan_not_written",
            Bilingual(f"計画を書き込めません({error.strerror})。", f"The plan cannot be written ({error.strerror})."),
        ) from error
    return path


def kept(workspace: Path) -> list[str]:
    """Return the names of the kept plans, in order."""
    return sorted(path.stem for path in (workspace / FOLDER).glob("*.json") if _NAME.fullmatch(path.stem))


def load_plan(workspace: Path, name: str) -> Plan:
    """Return a kept plan; errors as of :func:`load_kept`."""
    return load_kept(workspace, name)[0]


def load_kept(workspace: Path, name: str) -> tuple[Plan, str]:
    """Return a kept plan and who kept it ("" = not written down). QuestionError with the nearest name when there is none; InputError when its file is damaged."""
    path = _path(workspace, name)
    if not path.exists():
        near = nearest(name, kept(workspace))
        raise QuestionError(
            "plan_unknown",
            Bilingual(f"計画「{name}」はありません。", f"There is no plan “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
            if near
            else Bilingual(
                "`rashin staff plan … --keep 名前` で残した計画が対象です。", "Keep one first: `rashin staff plan … --keep NAME`."
            ),
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return from_data(data), str(data.get("by", ""))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "plan_damaged",
            Bilingual(f"計画「{name}」のファイルが壊れています。", f"The file of the plan “{name}” is damaged."),
            Bilingual(f"plans/{name}.json を消して作り直してください。", f"Remove plans/{name}.json and plan again."),
        ) from error


def _path(workspace: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise QuestionError(
            "plan_name",
            Bilingual(f"「{name}」は計画の名前に使えません。", f"“{name}” cannot be the name of a plan."),
            Bilingual("英小文字・数字・_・- で64字までです。", "Use lower-case letters, digits, _ and -, at most 64."),
        )
    return workspace / FOLDER / f"{name}.json"


def as_data(plan: Plan) -> Json:
    """Return a plan as plain values; None for what is not known."""
    return {
        "format": _FORMAT,
        "first": str(plan.first),
        "last": str(plan.last),
        "today": str(plan.today),
        "slot_minutes": plan.slot_minutes,
        "snapshot": plan.snapshot,
        "groups": [_group_data(each) for each in plan.groups],
        "skipped": [{"name": name, "ja": why.ja, "en": why.en} for name, why in plan.skipped],
        "notes": [{"ja": each.ja, "en": each.en} for each in plan.notes],
    }


def _group_data(each: GroupPlan) -> Json:
    group, coming = each.group, each.coming
    return {
        "name": group.name,
        "title": {"ja": group.title.ja, "en": group.title.en},
        "where": {key: list(values) for key, values in group.where.items()},
        "staff": {key: list(values) for key, values in group.staff.items()},
        "model": group.model,
        "shrinkage": str(group.shrinkage),
        **{key: getattr(group, key) for key in _NUMBERS},
        "days": [str(day) for day in coming.days],
        "first_minute": coming.first_minute,
        "day_cv": coming.day_cv,
        "errors": {"wape": coming.wape, "naive": coming.naive, "floor": coming.floor},
        **{key: np.round(getattr(coming, key), 3).tolist() for key in _TABLES},
        "handling_s": [number(value) for value in each.handle_s.tolist()],
        "patience": None if each.patience is None else _patience_data(each.patience),
        "opened_s": each.opened_s.tolist(),
        "seats": each.seats.tolist(),
        "rostered": each.rostered.tolist(),
        "level_more": number(each.level_more),
        "cover": None if each.cover is None else _cover_data(each.cover),
        "cost": _cost_data(each.cost),
        "outside": None if each.outside is None else _cost_data(each.outside),
        "notes": [{"ja": note.ja, "en": note.en} for note in each.notes],
    }


def _patience_data(found: Patience) -> Json:
    return {
        "mean_s": number(found.mean_s),
        "low_s": number(found.low_s),
        "high_s": number(found.high_s),
        "n": found.n,
        "abandons": found.abandons,
    }


def _cost_data(found: Cost) -> Json:
    return {name: number(getattr(found, name)) for name in ("seat_hours", "paid_hours", "yen", "per_contact")}


def _cover_data(found: Cover) -> Json:
    return {
        "shifts": [
            {"name": each.name, "start": each.start, "end": each.end, "breaks": [list(span) for span in each.breaks]}
            for each in found.shifts
        ],
        "counts": found.counts.tolist(),
        "optimal": found.optimal,
        "gap": found.gap,
    }


def from_data(data: Mapping[str, Any]) -> Plan:
    """Return the plan that plain values say. ValueError, KeyError or TypeError when they say none."""
    if data["format"] != _FORMAT:
        raise ValueError("format")
    return Plan(
        date.fromisoformat(data["first"]),
        date.fromisoformat(data["last"]),
        date.fromisoformat(data["today"]),
        int(data["slot_minutes"]),
        tuple(_group(each, int(data["slot_minutes"])) for each in data["groups"]),
        tuple((each["name"], Bilingual(each["ja"], each["en"])) for each in data["skipped"]),
        int(data["snapshot"]),
        tuple(Bilingual(each["ja"], each["en"]) for each in data["notes"]),
    )


def _group(data: Mapping[str, Any], slot_minutes: int) -> GroupPlan:
    from rashin.insight.staffing.reckon import reckon
    from rashin.staffing import Cost, Patience

    group = Group(
        data["name"],
        Bilingual(data["title"]["ja"], data["title"]["en"]),
        {key: tuple(values) for key, values in data["where"].items()},
        {key: tuple(values) for key, values in data["staff"].items()},
        data["model"],
        shrinkage=Fraction(data["shrinkage"]),
        **{key: data[key] for key in _NUMBERS if key in data},  # what an older plan does not say has its default
    )
    errors = data["errors"]
    tables: dict[str, Any] = {key: np.array(data[key], np.float64) for key in _TABLES}
    coming = Coming(
        tuple(date.fromisoformat(day) for day in data["days"]),
        int(data["first_minute"]),
        slot_minutes,
        **tables,
        day_cv=float(data["day_cv"]),
        wape=errors["wape"],
        naive=errors["naive"],
        floor=errors["floor"],
    )
    known = {None: np.nan}
    seats, opened = np.array(data["seats"], np.int64), np.array(data["opened_s"], np.float64)
    handle = np.array([known.get(value, value) for value in data["handling_s"]], np.float64)
    own = data["patience"]
    times = {} if own is None else {key: np.inf if own[key] is None else own[key] for key in ("mean_s", "low_s", "high_s")}
    patience = None if own is None else Patience(**times, n=own["n"], abandons=own["abandons"])
    mean_s = None if patience is None or not np.isfinite(patience.mean_s) else patience.mean_s
    expected = reckon(group, seats, coming.mean, handle, mean_s, coming.width_s, opened)
    rostered = np.array(data["rostered"], np.int64)
    costs = [
        None if each is None else Cost(**{key: known.get(value, value) for key, value in each.items()})
        for each in (data["cost"], data["outside"])
    ]
    assert costs[0] is not None  # every plan has its own cost
    return GroupPlan(
        group,
        coming,
        handle,
        patience,
        opened,
        seats,
        rostered,
        expected.level,
        expected.abandon,
        expected.occupancy,
        known.get(data["level_more"], data["level_more"]),
        _cover(data["cover"], rostered, coming),
        costs[0],
        costs[1],
        None,
        None,
        tuple(Bilingual(each["ja"], each["en"]) for each in data["notes"]),
    )


def _cover(data: Mapping[str, Any] | None, rostered: Any, coming: Coming) -> Cover | None:
    if data is None:
        return None
    from rashin.staffing import Cover, Shift
    from rashin.staffing.covering import people

    shifts = tuple(Shift(each["name"], each["start"], each["end"], tuple((a, b) for a, b in each["breaks"])) for each in data["shifts"])
    counts, asked = np.array(data["counts"], np.int64), rostered.astype(np.float64)
    staffed = people(counts, [each.slots(coming.first_minute, coming.slot_minutes) for each in shifts], asked.shape)
    price = float(counts.sum(axis=0) @ np.array([each.price for each in shifts]))
    return Cover(
        shifts,
        counts,
        asked,
        staffed,
        np.maximum(asked - staffed, 0),
        np.maximum(staffed - asked, 0),
        price,
        data["optimal"],
        data["gap"],
        0.0,
    )

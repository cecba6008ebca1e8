"""Writing goals: checked first, refused when somebody else was faster, kept as a version with its reason, written down in the audit log."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError, RashinError
from rashin.judge import goals as files
from rashin.judge import sheet
from rashin.judge.goal import Goal
from rashin.judge.goals import Revision, name_for
from rashin.judge.presets import Preset, dated
from rashin.judge.written import dump_data
from rashin.query.settings import Settings
from rashin.web.centre import centre
from rashin.web.pages.goals import form, held
from rashin.web.people import audit
from rashin.web.people.models import Person

#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
REASON = 500


def save(by: Person, name: str, data: Mapping[str, Any], base: int, reason: str, *, request: HttpRequest | None = None) -> Goal:
    """Save what ``data`` says as the goal ``name``. ``base``: the version that was edited, 0 = a new goal.

    DefinitionError when it is wrong, ConflictError when the goal has changed since, ForbiddenError when it is or would be beyond what ``by`` may write,
    QuestionError without a reason; then nothing is written.
    """
    reason = _reason(reason)
    now = held.known().get(name)
    if now is not None:
        _may(by, dict(now.where))
    goal = form.goal_of(data, name)
    _may(by, dict(goal.where))
    with _writing:
        return _write(by, name, _merged(name, data), base, reason, request)


def _write(by: Person, name: str, text: str, base: int, reason: str, request: HttpRequest | None) -> Goal:
    own = centre()
    with transaction.atomic():
        made = files.save(
            held.folder(),
            name,
            text,
            by=by.email,
            reason=reason,
            catalogue=own.catalogue,
            settings=Settings.of(own.store),
            expect_version=base,
        )
        detail = {"version": made.version, "reason": reason, "kpi": made.kpi, "low": made.ends.low, "high": made.ends.high}
        audit.record("goal_changed" if base else "goal_added", name, by=by, request=request, detail=detail)
    return made


def remove(by: Person, name: str, base: int, reason: str, *, request: HttpRequest | None = None) -> Revision:
    """Take a goal away; its versions stay and can be brought back."""
    reason = _reason(reason)
    _may(by, dict(held.known().goal(name).where))
    with _writing, transaction.atomic():
        step = files.remove(held.folder(), name, by=by.email, reason=reason, expect_version=base)
        audit.record("goal_removed", name, by=by, request=request, detail={"version": step.version, "reason": reason})
    return step


def restore(by: Person, name: str, number: int, base: int, reason: str, *, request: HttpRequest | None = None) -> Goal:
    """Make an earlier version the goal again, as a new version."""
    import tomllib

    reason = _reason(reason)
    text = next((each.text for each in files.history(held.folder(), name) if each.version == number and each.text), "")
    if not text:
        raise QuestionError("version_unknown", Bilingual(f"版 {number} はありません。", f"There is no version {number}."))
    now = held.known().get(name)
    if now is not None:
        _may(by, dict(now.where))
    _may(by, tomllib.loads(text).get("where", {}))
    with _writing:
        return _write(by, name, text, base, reason, request)


def lead_to(by: Person, name: str, cycle: str, title: str, *, request: HttpRequest | None = None) -> bool:
    """Write into a goal which cycle works on it, as a new version; False where ``by`` may not write that goal, or somebody was faster: the cycle names the
    goal all the same."""
    from rashin.judge.written import as_data

    with _writing:
        now = held.known().get(name)
        if now is None or not held.may_edit(by, dict(now.where)):
            return False
        data = {key: value for key, value in as_data(now).items() if key != "version"} | {"cycle": cycle}
        try:
            _write(by, name, _merged(name, data), now.version, f"PDCA: {title}"[:REASON], request)
        except RashinError:
            return False
    return True


def adopt(
    by: Person, preset: Preset, reason: str, *, start: date | None = None, request: HttpRequest | None = None
) -> tuple[list[str], list[str]]:
    """Make the goals of a preset goals of this centre, from ``start`` on (None: the first of this month), for what ``by`` may write; return (added, left as
    they are). Until ``start`` nothing is judged by them: there is time to give them purpose, owner and plan."""
    from rashin.web.people import scope as scopes

    known, (on, _) = held.known(), held.seen_from()
    where = {} if by.may("edit_goals") else {name: [str(each) for each in allowed] for name, allowed in scopes.of(by).allow}
    _may(by, where)
    covered = {goal.kpi for goal in held.of(by).values() if held.may_edit(by, dict(goal.where)) and (not where or _where(goal) == where)}
    taken = [*known, *(each.removesuffix(".toml") for each in known.refused)]
    added: list[str] = []
    with _writing:
        for goal in preset.goals:
            if goal.kpi in covered:
                continue
            name = name_for(goal.name, taken)
            taken.append(name)
            _write(by, name, dated(goal, start or on.replace(day=1), None, owner=by.email, where=where), 0, reason, request)
            added.append(name)
    return added, [goal.kpi for goal in preset.goals if goal.kpi in covered]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one row of a workbook. ``state``: added, changed, same, refused."""

    row: int
    column: str
    value: str
    state: str
    reason: Bilingual | None = None


def bring(by: Person, data: bytes, file_name: str, *, dry_run: bool, request: HttpRequest | None = None) -> list[Taken]:
    """Take goals out of a workbook. A row that is wrong, stale or beyond what ``by`` may write is told and stops no other. InputError as a whole."""
    own = centre()
    country = next((goal.country for goal in held.known().values()), None)
    found = []
    for each in sheet.read(data, own.catalogue, Settings.of(own.store), country):
        if isinstance(each, sheet.SheetProblem):
            found.append(Taken(each.row, each.column, each.value, "refused", each.reason))
            continue
        try:
            state = _one(by, each.goal, f"import {file_name}"[:REASON], dry_run, request)
        except RashinError as error:
            reason = Bilingual(*(f"{error.what(lang)} {error.next_step(lang) if error.next_step else ''}".strip() for lang in ("ja", "en")))
            found.append(Taken(each.row, "", each.goal.name, "refused", reason))
        else:
            found.append(Taken(each.row, "", each.goal.name, state))
    return found


def _one(by: Person, goal: Goal, reason: str, dry_run: bool, request: HttpRequest | None) -> str:
    from rashin.judge.written import as_data

    before = held.known().get(goal.name)
    if before is not None:
        _may(by, dict(before.where))
        if replace(before, version=goal.version) == goal and before.version == goal.version:
            return "same"
        if goal.version != before.version:
            raise ConflictError(
                "goal_of_other_version",
                Bilingual(
                    f"今の版は {before.version} です(表の版は {goal.version or '空'})。",
                    f"It is of version {before.version} now; the sheet says {goal.version or 'none'}.",
                ),
                Bilingual("書き出し直した表に入力してください。", "Export again and edit that."),
            )
    _may(by, dict(goal.where))
    if not dry_run:
        with _writing:
            text = _merged(goal.name, {key: value for key, value in as_data(goal).items() if key != "version"})
            _write(by, goal.name, text, goal.version if before is not None else 0, reason, request)
    return "added" if before is None else "changed"


def _where(goal: Goal) -> dict[str, list[str]]:
    return {name: [str(each) for each in values] for name, values in goal.where}


def _merged(name: str, data: Mapping[str, Any]) -> str:
    """The text of the file with what changed put in: comments and order of the rest stay."""
    import tomlkit

    try:
        document = tomlkit.parse((held.folder() / f"{name}.toml").read_text("utf-8-sig"))
    except (OSError, ValueError):
        return dump_data(data)
    fresh = tomlkit.parse(dump_data(data))
    for key in [key for key in document if key not in fresh and key != "version"]:
        del document[key]
    before, after = document.unwrap(), fresh.unwrap()
    for key, value in fresh.items():
        if key not in before or before[key] != after[key]:
            document[key] = value
    return tomlkit.dumps(document)


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:REASON]
    if len(reason) < 3:
        raise QuestionError(
            "reason_missing",
            Bilingual("理由を書いてください。", "Say why."),
            Bilingual("後で、なぜ目標が変わったかを説明するときに使います。", "It will explain later on why the goal changed."),
        )
    return reason


def _may(by: Person, where: Mapping[str, Any]) -> None:
    if not held.may_edit(by, where):
        raise ForbiddenError(
            "goal_beyond_scope",
            Bilingual("自分の範囲(チームなど)に絞った目標だけを書けます。", "You write goals within your own scope (your team) only."),
            Bilingual("対象を自分の範囲に絞るか、管理者に依頼してください。", "Limit it to your scope, or ask your administrator."),
        )

"""What the people of the demo centre have done already: a finished cycle (the planted programme of one team), the next one, a meeting, comments, praise.

Dates hang on the planted stories, texts are invented, figures are asked for like anybody's. Nothing is made twice.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import RashinError

if TYPE_CHECKING:
    from rashin.web.acts.models import Cycle
    from rashin.web.people.models import Person

_TEAM = "naha-2"
#: Reason and lesson, by whether the figures bear the programme out: a small demo has too few contacts to show it.
_SAID = {
    True: (
        "実施しなかったチームとの差が開始後に広がり、解決率は変わらなかった。希望したチームで始めたため、次は別のチームで確かめる。",
        "後処理の定型文が効いた。検索の手順は、画面の位置を固定してから使われた。",
    ),
    False: (
        "件数が少なく、効果があったとは言えない。現場の負担は減ったので、別のチームでもう一度確かめる。",
        "件数の少ないチームだけでは、効果は数字に表れにくい。検索の手順は、画面の位置を固定してから使われた。",
    ),
}
#: Weeks of data before the programme that its effect needs.
_BEFORE = 8


def create(folder: Path) -> None:
    """Write down what the demo's people did; nothing when it is there already, or when another process has the workspace open."""
    from rashin.face import Centre
    from rashin.web import centre as site
    from rashin.web.acts.models import Comment, Cycle
    from rashin.web.people.models import Person

    people = {person.role: person for person in Person.objects.prefetch_related("grants")}
    if not {"administrator", "supervisor", "analyst"} <= people.keys() or Cycle.objects.exists() or Comment.objects.exists():
        return
    told = json.loads((folder / "expected.json").read_text("utf-8"))
    stories = {name: date.fromisoformat(day) for name, day in told["stories"].items()}
    try:
        opened = Centre.open(str(folder), lang="ja")
    except RashinError:
        return  # its site is open elsewhere: it stays as it is
    with opened:
        site.use(opened)
        try:
            if opened.store.coverage().num_rows:
                _tell(people, stories, date.fromisoformat(told["first"]), date.fromisoformat(told["until"]))
        finally:
            site.use(None)


def _tell(people: dict[str, Person], stories: dict[str, date], first: date, until: date) -> None:
    done = _programme(people, stories["programme"]) if first <= stories["programme"] - timedelta(weeks=_BEFORE) else None
    _rolled_out(people, done, until)
    _meeting(people, until)
    _said(people, until)
    _back_to(until)


def _programme(people: dict[str, Person], start: date) -> Cycle:
    """The planted programme, from its plan to the decision to take it to other teams."""
    from rashin.web.acts.actions import cycles, work
    from rashin.web.acts.actions.plans import Plan

    by, chief = people["analyst"], people["administrator"]
    cycle = cycles.begin(
        by,
        Plan(
            title="処理時間の短縮: 検索の定型化と後処理の定型文(那覇第2)",
            kpi="aht",
            issue="電話の平均処理時間が長く、夕方に放棄が増えている。解決率を落とさずに、探す時間と後処理を短くしたい。",
            where={"channel": ["voice"]},
            cause="回答を探す画面が3つに分かれ、後処理の記録を毎回はじめから書いている。",
            measure="よくある10の問い合わせについて、検索の手順と後処理の定型文を一枚にまとめ、那覇第2チームだけで使う。",
            owner=by.public_id,
            due=start + timedelta(weeks=8),
            start=start,
            units={"team": [_TEAM]},
            how_picked="volunteers",
            expected=-30.0,
            period=f"{start - timedelta(weeks=4)}..{start - timedelta(days=1)}",
        ),
    )
    work.task(by, cycle.public_id, "定型文10件を作り、品質管理に見てもらう", due=start - timedelta(days=4))
    work.task(by, cycle.public_id, "朝礼で使い方を説明する", due=start)
    cycle = cycles.move(by, cycle.public_id, cycle.version, "do")
    work.log(by, cycle.public_id, "初日は半数が使い忘れ。2日目から画面の左に固定した。")
    work.log(by, cycle.public_id, "解決率と再入電も毎週確認。いまのところ動いていない。")
    for entry in cycle.entries.filter(kind="task"):
        work.done(by, cycle.public_id, entry.public_id, done=True)
    cycle = cycles.move(by, cycle.public_id, cycle.version, "check")
    verdict = cycles.checked_now(chief, cycle)[0]["verdict"]
    cycle = cycles.decide(chief, cycle.public_id, cycle.version, "roll_out", *_SAID[verdict == "evidence"])
    cycle = cycles.move(chief, cycle.public_id, cycle.version, "closed")
    _dated(cycle, start - timedelta(days=12), start + timedelta(weeks=9))
    return cycle


def _rolled_out(people: dict[str, Person], source: Cycle | None, until: date) -> None:
    """The same measure in another team, under way; its supervisor is named."""
    from rashin.web.acts import subjects
    from rashin.web.acts.actions import cycles, talk, work
    from rashin.web.acts.actions.plans import Plan

    by, leader = people["analyst"], people["supervisor"]
    start = until - timedelta(days=until.weekday() + 21)
    cycle = cycles.begin(
        by,
        Plan(
            title="横展開: 検索の定型化と後処理の定型文(札幌第1)",
            kpi="aht",
            issue="那覇第2で処理時間が短くなった施策が、札幌でも同じように効くかを確かめる。",
            where={"channel": ["voice"]},
            cause="札幌も、後処理の記録を毎回はじめから書いている。",
            measure="那覇第2の定型文10件を札幌の窓口に合わせて直し、札幌第1チームだけで使う。",
            owner=leader.public_id,
            due=start + timedelta(weeks=8),
            start=start,
            units={"team": ["sapporo-1"]},
            others={"team": ["sapporo-2", "naha-1", "hoshizora-day", "hoshizora-night"]},
            how_picked="other",
            expected=-25.0,
            period=f"{start - timedelta(weeks=4)}..{start - timedelta(days=1)}",
        ),
        rolled_from=source.public_id if source else "",
    )
    work.task(by, cycle.public_id, "定型文10件を札幌の窓口に合わせて直す", leader.public_id, start - timedelta(days=3))
    work.task(by, cycle.public_id, "使われているかを週に一度確かめる", leader.public_id, until + timedelta(days=5))
    cycle = cycles.move(by, cycle.public_id, cycle.version, "do")
    first = cycle.entries.filter(kind="task").first()
    if first is not None:
        work.done(leader, cycle.public_id, first.public_id, done=True)
    work.log(leader, cycle.public_id, "2週目から全員が使っている。")
    there = subjects.find(by, "cycle", cycle.public_id)
    talk.say(by, there, f"@{leader.name} さん、来週は解決率も一緒に見てください。短くなった分だけ再入電が増えていないかを確かめます。")
    _dated(cycle, start - timedelta(days=10), until)


def _meeting(people: dict[str, Person], until: date) -> None:
    """The review of the last whole week, with what was decided."""
    from rashin.calendars.period import around
    from rashin.web.acts import subjects
    from rashin.web.acts.actions import reviews, talk
    from rashin.web.centre import centre

    by = people["administrator"]
    running = around(until, "week", centre().period("yesterday").settings)
    week = running if running.last <= until else running.previous()
    meeting, _ = reviews.meet(by, "weekly", week.text, {})
    there = subjects.find(by, "meeting", meeting.public_id)
    talk.say(
        by,
        there,
        f"アンケートが届かない件を連携元に問い合わせる。@{people['analyst'].name}",
        period=week.text,
        decision=True,
        owner=people["analyst"].public_id,
        due=until + timedelta(days=30),
    )
    reviews.note(by, meeting.public_id, meeting.version, "CSATは届いた分だけの値。判断は次週に持ち越す。")


def _said(people: dict[str, Person], until: date) -> None:
    """Comments on a figure, and praise of the team that kept at it."""
    from rashin.web.acts import subjects
    from rashin.web.acts.actions import reviews, talk

    by, month = people["analyst"], f"{until:%Y-%m}"
    there = subjects.find(by, "kpi", "aht", {}, month)
    talk.say(by, there, "9月から平均は横ばい。チームごとに見ると動きが違うので、切り口「チーム」で見てください。", period=month)
    for kpi, team, text in (
        ("aht", _TEAM, "定型文を自分たちで直しながら使い続け、短い処理時間を保っています。"),
        ("fcr", "sapporo-1", "混む月末も、一度で解決できた割合を保ちました。"),
    ):
        try:
            reviews.praise(people["administrator"], kpi, month, {"team": [team]}, text)
        except RashinError:
            continue  # a small demo has no figure to rest on


def _back_to(until: date) -> None:
    """What was said today was said on the evening of the centre's last day."""
    from rashin.web.acts.models import Comment, Meeting, Praise

    at = _noon(until)
    for model in (Comment, Meeting, Praise):
        model.objects.exclude(about="cycle").update(at=at) if model is Comment else model.objects.update(at=at)


def _dated(cycle: Cycle, opened: date, closed: date) -> None:
    """Spread a cycle's steps over its days, in the order in which they were written."""
    from rashin.web.acts.models import Comment
    from rashin.web.acts.models import Cycle as Cycles

    entries = list(cycle.entries.order_by("pk"))
    step = (closed - opened) / max(len(entries), 1)
    for number, entry in enumerate(entries):
        at = _noon(opened + step * number)
        changes: dict[str, Any] = {"at": at}
        if entry.done_at is not None and entry.due is not None:
            changes["done_at"] = _noon(entry.due)
        type(entry).objects.filter(pk=entry.pk).update(**changes)
    fields: dict[str, Any] = {"created_at": _noon(opened), "changed_at": _noon(closed)}
    Cycles.objects.filter(pk=cycle.pk).update(**fields, **({"decided_at": _noon(closed)} if cycle.decision else {}))
    Comment.objects.filter(about="cycle", thing=cycle.public_id).update(at=_noon(closed))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(3), UTC)

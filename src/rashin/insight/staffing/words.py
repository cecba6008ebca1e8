"""Sentences of plans and back-tests, made from their figures and from nothing else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.staffing.model import GroupBackTest, GroupPlan, Plan

#: A part of the level smaller than this is not worth a word.
_WORTH = 0.005
_PARTS = {
    "volume": Bilingual("件数", "volume"),
    "handling": Bilingual("処理時間", "handling time"),
    "seats": Bilingual("実際の席数", "seats at work"),
    "rest": Bilingual("その他(モデルで説明できない分)", "the rest (what the model does not explain)"),
}


def group_said(plan: GroupPlan) -> Bilingual:
    """Return contacts, seats, what to expect and what it costs."""
    group, (most, when) = plan.group, plan.peak
    title = group.title
    parts = [
        Bilingual(
            f"{title.ja}: {plan.contacts:,.0f}件の見込みに対し、必要な席は最大{most}席({when})、のべ{plan.seat_hours:,.0f}席時間。"
            f"シュリンケージ{_share(float(group.shrinkage))}を含む配置はのべ{plan.rostered_hours:,.0f}時間。",
            f"{title.en}: for {plan.contacts:,.0f} contacts at most {most} seat{'s are' if most != 1 else ' is'} needed ({when}), {plan.seat_hours:,.0f} seat-hours in all; "
            f"{plan.rostered_hours:,.0f} with a shrinkage of {_share(float(group.shrinkage))}.",
        ),
        _expected(plan),
    ]
    if plan.check is not None and math.isfinite(plan.check.day_level):
        parts.append(
            Bilingual(
                f"最も多い日({plan.check_day})を一日通して模擬すると{_share(plan.check.day_level)}(10日に8日は{_share(plan.check.day_low)}〜{_share(plan.check.day_high)})。",
                f"Simulated call by call, the busiest day ({plan.check_day}) comes to {_share(plan.check.day_level)} "
                f"(eight days of ten: {_share(plan.check.day_low)} to {_share(plan.check.day_high)}).",
            )
        )
    if plan.cover is not None:
        people = int(plan.cover.counts.sum())
        proven = (
            Bilingual("これ以上減らせないことを確かめてあります", "proven to be the fewest hours")
            if plan.cover.optimal
            else Bilingual(f"最善との差は{_share(plan.cover.gap)}以内", f"within {_share(plan.cover.gap)} of the best")
        )
        parts.append(
            Bilingual(
                f"シフトはのべ{people}人回、{plan.cover.cost:,.0f}時間({proven.ja})。",
                f"Shifts: {people} in all, {plan.cover.cost:,.0f} hours ({proven.en}).",
            )
        )
    if plan.cost.yen > 0:
        parts.append(_money(plan))
    return Bilingual("".join(each.ja for each in parts), " ".join(each.en for each in parts))


def _expected(plan: GroupPlan) -> Bilingual:
    group = plan.group
    if group.model == "pile":
        return Bilingual(
            f"営業時間で{group.within_hours:g}時間以内に終わる割合の見込みは{_share(plan.expected_level)}(1割多く来ると{_share(plan.level_more)})。",
            f"{_share(plan.expected_level)} are expected to be done within {group.within_hours:g} opening hours ({_share(plan.level_more)} if a tenth more came).",
        )
    return Bilingual(
        f"{group.target_s:g}秒以内の応答(着信比)は{_share(plan.expected_level)}の見込み(1割多く来ると{_share(plan.level_more)})、"
        f"放棄{_share(plan.expected_abandon)}、占有率{_share(plan.expected_occupancy)}。",
        f"Expected: {_share(plan.expected_level)} of the offered answered within {group.target_s:g} s ({_share(plan.level_more)} if a tenth more came), "
        f"{_share(plan.expected_abandon)} give up, occupancy {_share(plan.expected_occupancy)}.",
    )


def _money(plan: GroupPlan) -> Bilingual:
    own, outside = plan.cost, plan.outside
    each = f"(1件{own.per_contact:,.0f}円)" if math.isfinite(own.per_contact) else ""
    each_en = f" (¥{own.per_contact:,.0f} a contact)" if math.isfinite(own.per_contact) else ""
    said = Bilingual(f"費用は{own.yen:,.0f}円{each}。", f"Cost: ¥{own.yen:,.0f}{each_en}.")
    if outside is None:
        return said
    cheaper = own.yen <= outside.yen
    gap = abs(own.yen - outside.yen)
    return Bilingual(
        f"{said.ja}委託の条件では{outside.yen:,.0f}円で、{'自社' if cheaper else '委託'}の方が{gap:,.0f}円少ない。",
        f"{said.en} By the outsourcer's terms ¥{outside.yen:,.0f}: {'in-house' if cheaper else 'outsourcing'} is ¥{gap:,.0f} less.",
    )


def plan_said(plan: Plan) -> Bilingual:
    """Return the plan in all: span, groups, hours, cost."""
    hours = sum(each.rostered_hours for each in plan.groups)
    groups = len(plan.groups)
    cost = (
        (f"費用{plan.yen:,.0f}円", f"¥{plan.yen:,.0f}")
        if plan.yen > 0
        else ("費用は時給がないため不明", "its cost not known without wages")
    )
    said = Bilingual(
        f"{plan.first}〜{plan.last}の計画({groups}グループ): 配置はのべ{hours:,.0f}時間、{cost[0]}。",
        f"Plan of {plan.first} to {plan.last} ({groups} {'group' if groups == 1 else 'groups'}): {hours:,.0f} hours with shrinkage, {cost[1]}.",
    )
    if plan.skipped:
        names = [name for name, _ in plan.skipped]
        said = Bilingual(f"{said.ja}計画できなかったもの: {'、'.join(names)}。", f"{said.en} Not planned: {', '.join(names)}.")
    return said


def back_said(test: GroupBackTest) -> Bilingual:
    """Return how far contacts, handling and seats were off, and what that did to the level."""
    title = test.group.title
    parts = [
        Bilingual(
            f"{title.ja}({test.days[0]}〜{test.days[-1]}): 見込み{test.planned:,.0f}件に対し実績{test.came:,.0f}件(区間ごとの誤差{_share(test.wape)}、偏り{_signed(test.bias)})。",
            f"{title.en} ({test.days[0]} to {test.days[-1]}): {test.planned:,.0f} contacts planned, {test.came:,.0f} came (error by slot {_share(test.wape)}, bias {_signed(test.bias)}).",
        )
    ]
    if math.isfinite(test.actual) and math.isfinite(test.expected):
        parts.append(
            Bilingual(
                f"サービスレベルは計画{_share(test.expected)}、実績{_share(test.actual)}(区間ごとの差は平均{_points(test.slot_error).ja})。",
                f"Service level: {_share(test.expected)} planned, {_share(test.actual)} reached (by slot {_points(test.slot_error).en} apart on average).",
            )
        )
        moved = [(name, value) for name, value in test.parts.items() if abs(value) >= _WORTH]
        if moved:
            listed = sorted(moved, key=lambda each: -abs(each[1]))
            parts.append(
                Bilingual(
                    "内訳: " + "、".join(f"{_PARTS[name].ja} {_signed_points(value).ja}" for name, value in listed) + "。",
                    "Of this: " + ", ".join(f"{_PARTS[name].en} {_signed_points(value).en}" for name, value in listed) + ".",
                )
            )
        parts.append(_model(test))
    if test.group.model == "pile":
        parts.append(
            Bilingual(
                "メール・SNSは件数だけを比べています(期限内の割合は実績の席数が分からないと比べられません)。",
                "Of mail and social only the contacts are compared.",
            )
        )
    return Bilingual("".join(each.ja for each in parts), " ".join(each.en for each in parts))


def _model(test: GroupBackTest) -> Bilingual:
    if not test.measured:
        return Bilingual(
            "実際の席数は測れません(staffing.toml の staff に担当チームを書くと、稼働時間から測ります)。",
            "Seats at work are not measured (name the teams under staff in staffing.toml, and they are, from agents' time).",
        )
    return Bilingual(
        f"実績の件数・処理時間・席数を入れた場合の計算は{_share(test.model)}で、区間ごとに平均{_points(test.model_error).ja}ずれます。",
        f"With the actual contacts, handling and seats the model says {_share(test.model)}; by slot it is {_points(test.model_error).en} off on average.",
    )


def _share(value: float) -> str:
    return f"{value * 100:.1f}%" if math.isfinite(value) else "–"


def _signed(value: float) -> str:
    return f"{value * 100:+.1f}%".replace("-", "−")


def _points(value: float) -> Bilingual:
    return Bilingual(f"{value * 100:.1f}ポイント", f"{value * 100:.1f} points")


def _signed_points(value: float) -> Bilingual:
    text = f"{value * 100:+.1f}".replace("-", "−")
    return Bilingual(f"{text}ポイント", f"{text} points")

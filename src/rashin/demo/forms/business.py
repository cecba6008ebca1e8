"""What the office keeps: costs (fixed vendor fee with cap and overage, metered calls, labour), headcount, sales and orders, the vendor's own report."""

from __future__ import annotations

import numpy as np

from rashin.demo import days, line
from rashin.demo.book import Book
from rashin.demo.centre import TEAMS, VENDOR
from rashin.demo.world import Month, World

COSTS, HEADCOUNT, SALES, REPORT = "costs", "headcount", "sales", "vendor-report"
FIXED_YEN, FIXED_CALLS, OVERAGE_YEN, NIGHT_YEN = 1_750_000, 5_500, 330, 360
_WAGE_YEN = {"sapporo": 1_720, "naha": 1_510}


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's four small files."""
    label = world.whole
    for source, name, header, rows in (
        (COSTS, f"費用_{label}.csv", "計上日,費目,契約,チャネル,チーム,拠点,委託先,金額(円),数量", _costs(world, month)),
        (HEADCOUNT, f"人員_{label}.csv", "基準日,チーム,拠点,委託先,雇用形態,在籍者数,入職者数,退職者数", _headcount(world, month)),
        (SALES, f"売上_{label}.csv", "日付,系列,値,単位", _sales(world, month)),
        (
            REPORT,
            f"月次報告_ほしぞら_{label}.csv",
            "対象月末,窓口,着信数,応答数,サービスレベル,放棄率,平均処理時間(秒)",
            _report(world, month),
        ),
    ):
        data = "".join(f"{row}\n" for row in rows).encode()
        book.extend(source, name, f"{header}\n".encode(), data).rows += len(rows)


def _answered(month: Month, pool: str) -> int:
    calls = month.contacts.get(pool) or {}
    return int((calls["outcome"] == line.ANSWERED).sum()) if calls else 0


def _costs(world: World, month: Month) -> list[str]:
    """Vendor: a fixed fee covers a number of day calls, more cost extra; night calls are metered. Own teams: paid hours × wage."""
    day = f"{month.last:%Y-%m-%d}"
    handled, night = _answered(month, "vendor_day"), _answered(month, "vendor_night")
    scale = max(world.scale, 0.001)
    fixed, cap = round(FIXED_YEN * scale), round(FIXED_CALLS * scale)
    over = max(0, handled - cap)
    vendor = f"hoshizora-day,takamatsu,{VENDOR}"
    rows = [
        f'{day},固定費,hoshizora-2025,voice,{vendor},"{fixed:,}",{handled}',
        f'{day},超過料金,hoshizora-2025,voice,{vendor},"{over * OVERAGE_YEN:,}",{over}',
        f'{day},従量課金,hoshizora-2025,voice,hoshizora-night,takamatsu,{VENDOR},"{night * NIGHT_YEN:,}",{night}',
    ]
    dates = list(days.span(month.first, month.last))
    for team in TEAMS:
        if team.vendor:
            continue
        paid = sum(
            t.end_s - t.start_s - 3600 for d in dates for t in world.rota.turns(team.pool, d) if world.people[t.agent].team.id == team.id
        )
        channel = team.pool if team.pool in ("mail", "chat", "social") else "voice"
        amount = round(paid / 3600 * _WAGE_YEN[team.site])
        rows.append(f'{day},人件費,,{channel},{team.id},{team.site},,"{amount:,}",')
    rng = world.rng("costs", month.first)
    rows.append(f'{day},システム,,,,sapporo,,"{round(1_180_000 * scale):,}",')
    rows.append(f'{day},採用費,,,,sapporo,,"{int(rng.integers(0, 4)) * 180_000:,}",')
    rows.append(f'{day},研修費,,,,naha,,"{int(rng.integers(1, 5)) * 65_000:,}",')
    return rows


def _headcount(world: World, month: Month) -> list[str]:
    """People per team at the month's end; who leaves is replaced within the month."""
    rng = world.rng("headcount", month.first)
    rows = []
    for team in TEAMS:
        size = sum(agent.team.id == team.id for agent in world.people)
        left = int(rng.binomial(size, 0.018))
        kind = "委託" if team.vendor else ("契約社員" if team.id.endswith("2") else "正社員")
        rows.append(f"{month.last:%Y-%m-%d},{team.id},{team.site},{team.vendor},{kind},{size},{left},{left}")
    return rows


def _sales(world: World, month: Month) -> list[str]:
    """Orders and sales of each day; the campaign lifts them, the outage costs most of a day's."""
    rows = []
    for day in days.span(month.first, month.last):
        rng = world.rng("sales", day)
        level = 2_400 * max(world.scale, 0.001) * days.weight(day, "chat", world.first) * rng.normal(1, 0.05)
        if world.stories.campaign <= day < world.stories.campaign_until:
            level *= world.stories.campaign_sales
        if day == world.stories.outage:
            level *= 0.55
        orders = max(1, round(level))
        yen = round(orders * rng.normal(6_850, 160))
        rows += [f'{day:%Y-%m-%d},注文数,"{orders:,}",件', f'{day:%Y-%m-%d},売上,"{yen:,}",円']
    return rows


def _report(world: World, month: Month) -> list[str]:
    """The vendor's own monthly figures, by its own rules: answered in time ÷ answered; short abandons left out of the abandon rate."""
    rows = []
    for pool, queue in (("vendor_day", "order"), ("vendor_night", "night")):
        calls = month.contacts.get(pool) or {}
        if not calls:
            continue
        level, lost, length, answered, offered = own_figures(calls, world.stories.vendor_target_s, world.stories.vendor_short_s)
        rows.append(f"{month.last:%Y-%m-%d},{queue},{offered},{answered},{level:.1%},{lost:.1%},{length:.1f}")
    return rows


def own_figures(calls: dict[str, np.ndarray], target_s: int, short_s: int) -> tuple[float, float, float, int, int]:
    """Return (service level, abandon rate, AHT, answered, offered without short abandons) by the vendor's rules."""
    wait = calls["start"] - calls["arrive"]
    answered = calls["outcome"] == line.ANSWERED
    lost = (calls["outcome"] == line.ABANDONED) & (wait >= short_s)
    offered = int(answered.sum() + lost.sum())
    took = int(answered.sum())
    level = float((answered & (wait <= target_s)).sum()) / max(took, 1)
    length = float((calls["talk"] + calls["hold"] + calls["acw"])[answered].sum()) / max(took, 1)
    return level, float(lost.sum()) / max(offered, 1), length, took, offered

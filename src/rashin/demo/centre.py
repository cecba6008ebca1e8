"""Who works where in the demo centre: an invented seller of household goods, its two sites and its outsourcer.

Everything here is made up. Ids are romanised; names are given in both languages because `org.csv` carries both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COMPANY_JA = "うみねこ堂(架空の生活用品通販)"
COMPANY_EN = "Umineko-do (an invented household-goods mail order)"
CENTRE_JA = "うみねこ生活サポートセンター"
CENTRE_EN = "Umineko Living Support Centre"
VENDOR = "hoshizora"
#: What sites and vendors are called.
PLACES = {"sapporo": "札幌", "naha": "那覇", "takamatsu": "高松", VENDOR: "ほしぞらコンタクト"}
VENDOR_JA = "ほしぞらコンタクト(架空の委託先)"

#: contacts and months at which the full team sizes below are right; other sizes scale the teams in proportion
FULL_CONTACTS = 1_000_000
FULL_MONTHS = 14


@dataclass(frozen=True, slots=True)
class Team:
    """One team. ``pool``: the waiting line that it serves; ``size``: people at full size."""

    id: str
    ja: str
    en: str
    site: str
    vendor: str
    pool: str
    size: int


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue (窓口). ``share``: of all fresh contacts; times are mean seconds; ``unresolved``: share not solved at the first try."""

    id: str
    ja: str
    channel: str
    pool: str
    share: float
    talk_s: float
    acw_s: float
    unresolved: float
    categories: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Queues that one group of people serves. Hours are local seconds after midnight (25:00 is 90,000)."""

    id: str
    source: str
    opens_s: int
    closes_s: int
    days: str  # daily | no_sunday (Sundays and public holidays closed) | weekdays
    shifts: tuple[tuple[int, int], ...]
    slots: int = 1  # contacts that one person handles at once


@dataclass(frozen=True, slots=True)
class Agent:
    """One person. ``pace`` multiplies talk and after-call work; ``miss`` is added to the chance of an unsolved contact; ``warmth`` to CSAT."""

    index: int
    id: str
    name: str
    team: Team
    pace: float
    miss: float
    warmth: float


H = 3600
POOLS = (
    Pool("sapporo", "pbx-sapporo", 9 * H, 19 * H, "daily", ((9 * H, 18 * H), (10 * H, 19 * H), (9 * H + 1800, 18 * H + 1800))),
    Pool("naha", "pbx-naha", 9 * H, 18 * H, "no_sunday", ((9 * H, 18 * H), (9 * H, 17 * H + 1800), (9 * H, 18 * H))),
    Pool("vendor_day", "connect-hoshizora", 9 * H, 20 * H, "daily", ((9 * H, 18 * H), (11 * H, 20 * H))),
    Pool("vendor_night", "connect-hoshizora", 20 * H, 25 * H, "daily", ((20 * H, 25 * H),)),
    Pool("mail", "zendesk", 9 * H, 18 * H, "weekdays", ((9 * H, 18 * H),)),
    Pool("chat", "chat", 10 * H, 20 * H, "no_sunday", ((10 * H, 19 * H), (11 * H, 20 * H)), slots=2),
    Pool("social", "social", 9 * H, 20 * H, "daily", ((9 * H, 18 * H), (11 * H, 20 * H))),
    Pool("outbound", "dialler", 10 * H, 19 * H, "weekdays", ((10 * H, 19 * H),)),
)
POOL = {pool.id: pool for pool in POOLS}

TEAMS = (
    Team("sapporo-1", "札幌第1チーム", "Sapporo team 1", "sapporo", "", "sapporo", 8),
    Team("sapporo-2", "札幌第2チーム", "Sapporo team 2", "sapporo", "", "sapporo", 8),
    Team("naha-1", "那覇第1チーム", "Naha team 1", "naha", "", "naha", 6),
    Team("naha-2", "那覇第2チーム", "Naha team 2", "naha", "", "naha", 7),
    Team("hoshizora-day", "ほしぞら日勤", "Hoshizora day shift", "takamatsu", VENDOR, "vendor_day", 7),
    Team("hoshizora-night", "ほしぞら夜間", "Hoshizora night shift", "takamatsu", VENDOR, "vendor_night", 6),
    Team("mail", "メールチーム", "Mail team", "sapporo", "", "mail", 10),
    Team("chat", "チャットチーム", "Chat team", "naha", "", "chat", 7),
    Team("social", "SNSチーム", "Social team", "sapporo", "", "social", 3),
    Team("outbound", "発信チーム", "Outbound team", "naha", "", "outbound", 3),
)

_ORDER = (("order", 0.52), ("product", 0.28), ("billing", 0.20))
_DELIVERY = (("delivery", 0.68), ("return", 0.32))
_REPAIR = (("fault", 0.72), ("product", 0.28))
_MEMBER = (("membership", 0.55), ("billing", 0.45))
_ALL = (("order", 0.22), ("product", 0.22), ("delivery", 0.22), ("return", 0.12), ("membership", 0.12), ("billing", 0.10))

QUEUES = (
    Queue("order", "注文窓口", "voice", "sapporo", 0.178, 214, 62, 0.10, _ORDER),
    Queue("delivery", "配送窓口", "voice", "sapporo", 0.142, 232, 70, 0.15, _DELIVERY),
    Queue("repair", "修理窓口", "voice", "naha", 0.098, 330, 96, 0.19, _REPAIR),
    Queue("member", "会員窓口", "voice", "naha", 0.116, 205, 64, 0.11, _MEMBER),
    Queue("order", "注文窓口", "voice", "vendor_day", 0.086, 222, 66, 0.13, _ORDER),
    Queue("night", "夜間窓口", "voice", "vendor_night", 0.052, 226, 60, 0.16, _ALL),
    Queue("mail", "メール窓口", "mail", "mail", 0.146, 400, 0, 0.14, _ALL),
    Queue("chat", "チャット窓口", "chat", "chat", 0.119, 560, 40, 0.15, _ALL),
    Queue("social", "SNS窓口", "social", "social", 0.062, 230, 0, 0.18, _ALL),
    Queue("welcome", "新規会員ご案内", "voice", "outbound", 0.037, 150, 40, 0.0, (("membership", 1.0),)),
    Queue("renewal", "保守プラン更新", "voice", "outbound", 0.023, 190, 45, 0.0, (("product", 1.0),)),
)

CATEGORIES = ("order", "product", "billing", "delivery", "return", "fault", "membership")
CATEGORY_JA = dict(zip(CATEGORIES, ("注文", "商品", "請求", "配送", "返品", "故障", "会員"), strict=True))
STAGE = dict(zip(CATEGORIES, ("at", "before", "at", "after", "after", "after", "other"), strict=True))

_FAMILY = """
    佐藤 sato 鈴木 suzuki 高橋 takahashi 田中 tanaka 伊藤 ito 渡辺 watanabe 山本 yamamoto 中村 nakamura 小林 kobayashi 加藤 kato
    吉田 yoshida 山田 yamada 佐々木 sasaki 山口 yamaguchi 松本 matsumoto 井上 inoue 木村 kimura 林 hayashi 斎藤 saito 清水 shimizu
    比嘉 higa 金城 kinjo 大城 oshiro 宮城 miyagi 新垣 arakaki 玉城 tamaki 島袋 shimabukuro 平良 taira 工藤 kudo 阿部 abe
"""
_GIVEN = """
    葵 aoi 陽菜 hina 蓮 ren 結衣 yui 大和 yamato 美咲 misaki 翔太 shota 恵 megumi 直樹 naoki 千尋 chihiro 悠 yu 真由美 mayumi 健 ken
"""


def _pairs(words: str) -> list[tuple[str, str]]:
    """Return (Japanese, romanised) names from a list that alternates."""
    flat = words.split()
    return list(zip(flat[::2], flat[1::2], strict=True))


def name_of(index: int) -> tuple[str, str]:
    """Return (romanised id, Japanese name) of the ``index``-th person; unique up to 390 people, numbered beyond."""
    families, givens = _pairs(_FAMILY), _pairs(_GIVEN)
    family = families[index % len(families)]
    given = givens[(index * 5 + index // len(families)) % len(givens)]
    lap = index // (len(families) * len(givens))
    return f"{family[1]}.{given[1]}" + (str(lap + 1) if lap else ""), f"{family[0]} {given[0]}"


def agents_for(scale: float, rng: np.random.Generator) -> tuple[Agent, ...]:
    """Return everybody who works in a centre of ``scale`` times the full size; each team keeps at least one person."""
    people: list[Agent] = []
    for team in TEAMS:
        for _ in range(max(1, round(team.size * scale))):
            index = len(people)
            ident, name = name_of(index)
            pace = float(np.clip(rng.normal(1.0, 0.07), 0.84, 1.18))
            people.append(Agent(index, ident, name, team, pace, float(rng.normal(0, 0.02)), float(rng.normal(0, 0.12))))
    return tuple(people)

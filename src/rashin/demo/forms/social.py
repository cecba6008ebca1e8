"""The social-media tool: a month's posts (questions, praise, our own posts) in one CSV with a byte-order mark, and the followers of each day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rashin.demo import days, text
from rashin.demo.book import Book
from rashin.demo.centre import CATEGORIES, CATEGORY_JA
from rashin.demo.world import Month, World

SOURCE = "social"
FOLLOWERS = "social-followers"
HEADER = (
    "投稿ID,SNS,種別,投稿日時,アカウント,投稿者,本文,感情,感情スコア,いいね,コメント数,リポスト,引用,保存,表示回数,リーチ,フォロワー数,"
    "対応状況,初回返信日時,対応終了日時,担当者ID,分類,顧客番号"
)
NETWORKS = ("x", "instagram")
_TONES = ("肯定", "中立", "否定")
_WORDS = (
    ("うみねこ堂さんの対応、とても丁寧でした!", "問い合わせたらすぐ教えてくれて助かった。", "この掃除機、買ってよかった。"),
    ("注文した商品はいつ届きますか?", "この商品の替えフィルターはありますか。", "会員登録の方法を教えてください。"),
    ("電話が全然つながらない。", "ログインできないんだけど障害?", "返品の返事がまだ来ない。ひどい。", "届いた商品が壊れていた。"),
)
_OWN = ("新商品のご案内です。", "お手入れのコツを動画でご紹介します。", "配送に関するお知らせです。", "季節のおすすめをまとめました。")


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's posts and followers."""
    rng = world.rng("social posts", month.first)
    asked_when, asked = _questions(world, month, rng)
    more_when, more = _others(world, month, rng)
    when = np.concatenate([asked_when, more_when])
    lines = pa.concat_arrays([asked, more]).take(pa.array(np.argsort(when, kind="stable")))
    ids = text.join(f"P{month.first:%y%m}", text.whole(np.arange(100001, 100001 + len(lines))))
    rows = text.join(ids, ",", lines)
    bad = f"P{month.first:%y%m}900001,x,question,{month.first:%Y-%m-%d} 25時頃,umineko_do,user0,本文,中立,0,0,0,0,0,0,0,0,0,未対応,,,,注文,"
    header = b"\xef\xbb\xbf" + f"{HEADER}\n".encode()
    entry = book.extend(SOURCE, f"SNS投稿_{world.quarter(month)}.csv", header, text.content(rows) + f"{bad}\n".encode())
    entry.rows += len(rows) + 1
    entry.bad["bad_time"] += 1
    _followers(book, world, month)


def _numbers(values: np.ndarray) -> pa.Array:
    return text.whole(values.astype(np.int64))


def _questions(world: World, month: Month, rng: np.random.Generator) -> tuple[np.ndarray, pa.Array]:
    """Compose the threads that the social team answers."""
    threads = month.contacts.get("social") or {
        name: np.empty(0, dtype=np.int64) for name in ("arrive", "start", "work", "agent", "category", "customer")
    }
    count = len(threads["arrive"])
    cut = days.local_s(world.until) + 86400
    answered = (threads["start"] >= 0) & (threads["start"] + threads["work"] < cut)
    first = threads["start"] + np.minimum(threads["work"] // 2, 600)
    solved = answered & ~threads["unsolved"].astype(bool) if count else answered
    outage = threads["arrive"] // 86400 == (world.stories.outage - days.EPOCH).days
    tone = np.searchsorted([0.06, 0.72], rng.random(count) + 0.34 * outage)
    likes = rng.geometric(0.25, count) - 1
    nothing = np.zeros(count, dtype=np.int64)
    lines = text.rows(
        ",",
        text.pick(list(NETWORKS), (rng.random(count) < 0.27).astype(int)),
        "question",
        text.stamp(threads["arrive"]),
        "umineko_do",
        text.join("user", text.whole(threads["customer"])),
        _said(tone, rng),
        text.pick(list(_TONES), tone),
        text.pick(["0.6", "0.0", "-0.7"], tone),
        _numbers(likes),
        _numbers(rng.poisson(0.4, count)),
        _numbers(rng.poisson(0.2 + 1.5 * (tone == 2), count)),
        _numbers(rng.poisson(0.05, count)),
        _numbers(nothing),
        _numbers(40 + rng.gamma(1.2, 160, count)),
        _numbers(30 + rng.gamma(1.2, 110, count)),
        text.whole(_follower_count(world, threads["arrive"] // 86400)),
        text.pick(["未対応", "対応中", "解決"], answered.astype(int) + solved),
        text.stamp(first, answered),
        text.stamp(threads["start"] + threads["work"], solved),
        text.only(text.pick([one.id for one in world.people], np.maximum(threads["agent"], 0)), answered),
        text.pick([CATEGORY_JA[name] for name in CATEGORIES], threads["category"]),
        text.customer(threads["customer"]),
    )
    return threads["arrive"], lines


def _others(world: World, month: Month, rng: np.random.Generator) -> tuple[np.ndarray, pa.Array]:
    """Compose what needs no answer: mentions by others, and our own two posts a day on each network."""
    length = (month.last - month.first).days + 1
    base = days.local_s(month.first)
    mentions = int(rng.poisson(46 * length * min(world.scale, 4)))
    own = 4 * length
    when = np.concatenate(
        [base + rng.integers(0, length * 86400, mentions), base + np.arange(own) // 4 * 86400 + 36000 + np.arange(own) % 4 * 9000]
    )
    count = mentions + own
    mine = np.arange(count) >= mentions
    outage = (when // 86400 == (world.stories.outage - days.EPOCH).days) & ~mine
    tone = np.where(mine, 1, np.searchsorted([0.46, 0.83], np.minimum(rng.random(count) + 0.45 * outage, 0.999)))
    size = np.where(mine, 14.0, 1.0)
    lines = text.rows(
        ",",
        text.pick(list(NETWORKS), np.where(mine, np.arange(count) % 2, rng.random(count) < 0.3).astype(int)),
        text.pick(["mention", "own"], mine.astype(int)),
        text.stamp(when),
        "umineko_do",
        text.pick(["umineko_do", *(f"fan{n}" for n in range(400))], np.where(mine, 0, rng.integers(1, 401, count))),
        text.pick([*(word for group in _WORDS for word in group), *_OWN], np.where(mine, 10 + rng.integers(0, 4, count), _word(tone, rng))),
        text.pick(list(_TONES), tone),
        text.pick(["0.7", "0.0", "-0.6"], tone),
        _numbers(rng.gamma(1.4, 4.0, count) * size),
        _numbers(rng.gamma(1.0, 0.5, count) * size),
        _numbers(rng.gamma(1.0, 0.8, count) * size),
        _numbers(rng.gamma(1.0, 0.15, count) * size),
        _numbers(rng.gamma(1.0, 0.3, count) * size),
        _numbers(60 + rng.gamma(1.3, 260, count) * size),
        _numbers(50 + rng.gamma(1.3, 190, count) * size),
        text.whole(_follower_count(world, when // 86400)),
        "対応不要",
        "",
        "",
        "",
        text.pick([CATEGORY_JA[name] for name in CATEGORIES], rng.integers(0, len(CATEGORIES), count)),
        "",
    )
    return when, lines


def _word(tone: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose words that fit the tone."""
    start, size = np.array([0, 3, 6])[tone], np.array([3, 3, 4])[tone]
    return np.asarray(start + (rng.random(len(tone)) * size).astype(np.int64))


def _said(tone: np.ndarray, rng: np.random.Generator) -> pa.Array:
    return text.pick([word for group in _WORDS for word in group], _word(tone, rng))


def _follower_count(world: World, day: np.ndarray) -> np.ndarray:
    """Return the followers of the main account on a day (days since 1970): slow growth, a step with the campaign."""
    since = day - (world.first - days.EPOCH).days
    campaign = day - (world.stories.campaign - days.EPOCH).days
    return np.asarray(48_000 + 31 * since + np.clip(campaign, 0, 7) * 210, dtype=np.int64)


def _followers(book: Book, world: World, month: Month) -> None:
    """One row for each day and network."""
    rng = world.rng("followers", month.first)
    rows = []
    for day in days.span(month.first, month.last):
        number = np.array([(day - days.EPOCH).days])
        for network, share in zip(NETWORKS, (1.0, 0.62), strict=True):
            followers = int(_follower_count(world, number)[0] * share) + int(rng.integers(-15, 15))
            busy = 2.4 if day == world.stories.outage else 1.0
            visits, mentions = int(rng.poisson(420 * share * busy)), int(rng.poisson(46 * share * busy))
            rows.append(f'{day:%Y-%m-%d},{network},umineko_do,"{followers:,}",{visits},{mentions}\n')
    header = "日付,SNS,アカウント,フォロワー数,プロフィール閲覧,言及数\n".encode()
    book.extend(FOLLOWERS, f"フォロワー推移_{world.whole}.csv", header, "".join(rows).encode()).rows += len(rows)
